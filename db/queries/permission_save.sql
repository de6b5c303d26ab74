-- permission_save: changes a permission, or adds one, and sets who holds it. $1 id or NULL, $2 the members to set, a JSON
-- object; users and groups are lists of identifiers. Column: id, no row when there is no such permission.
WITH added AS (
    INSERT INTO postern.permissions (name, description, enabled, object_types, actions)
    SELECT c ->> 'name', coalesce(c ->> 'description', ''), coalesce((c ->> 'enabled')::boolean, true),
        ARRAY(SELECT jsonb_array_elements_text(c -> 'object_types')), ARRAY(SELECT jsonb_array_elements_text(c -> 'actions'))
    FROM (SELECT $2::jsonb) AS given (c) WHERE $1::uuid IS NULL
    RETURNING id
), changed AS (
    UPDATE postern.permissions SET name = coalesce(c ->> 'name', name), description = coalesce(c ->> 'description', description),
        enabled = coalesce((c ->> 'enabled')::boolean, enabled),
        object_types = CASE WHEN c ? 'object_types' THEN ARRAY(SELECT jsonb_array_elements_text(c -> 'object_types')) ELSE object_types END,
        actions = CASE WHEN c ? 'actions' THEN ARRAY(SELECT jsonb_array_elements_text(c -> 'actions')) ELSE actions END
    FROM (SELECT $2::jsonb) AS given (c) WHERE id = $1::uuid
    RETURNING id
), saved AS (
    SELECT id FROM added UNION ALL SELECT id FROM changed
), users_gone AS (
    DELETE FROM postern.permission_users l USING saved WHERE l.permission_id = saved.id AND $2::jsonb ? 'users'
        AND l.user_id <> ALL (ARRAY(SELECT jsonb_array_elements_text($2::jsonb -> 'users')::uuid))
), users_new AS (
    INSERT INTO postern.permission_users (permission_id, user_id)
    SELECT saved.id, u::uuid FROM saved, jsonb_array_elements_text($2::jsonb -> 'users') AS u ON CONFLICT DO NOTHING
), groups_gone AS (
    DELETE FROM postern.permission_groups l USING saved WHERE l.permission_id = saved.id AND $2::jsonb ? 'groups'
        AND l.group_id <> ALL (ARRAY(SELECT jsonb_array_elements_text($2::jsonb -> 'groups')::integer))
), groups_new AS (
    INSERT INTO postern.permission_groups (permission_id, group_id)
    SELECT saved.id, g::integer FROM saved, jsonb_array_elements_text($2::jsonb -> 'groups') AS g ON CONFLICT DO NOTHING
)
SELECT id FROM saved
