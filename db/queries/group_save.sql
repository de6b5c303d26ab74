-- group_save: changes a group, or adds one. $1 id or NULL, $2 the members to set, a JSON object. Column: id, no row: no such group.
WITH added AS (
    INSERT INTO postern.groups (name) SELECT $2::jsonb ->> 'name' WHERE $1::integer IS NULL RETURNING id
), changed AS (
    UPDATE postern.groups SET name = coalesce($2::jsonb ->> 'name', name) WHERE id = $1::integer RETURNING id
)
SELECT id FROM added UNION ALL SELECT id FROM changed
