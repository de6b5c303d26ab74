-- group_page: a page of all groups. Parameters and columns as user_page.
WITH found AS (
    SELECT * FROM postern.groups g
    WHERE ($1::text[] IS NULL OR g.id = ANY ($1::text[]::integer[])) AND ($2::text[] IS NULL OR g.name = ANY ($2::text[]))
        AND ($3::text IS NULL OR strpos(lower(g.name), lower($3::text)) > 0)
), page AS (
    SELECT * FROM found ORDER BY lower(name), id LIMIT $4::bigint OFFSET $5::bigint
)
SELECT (SELECT count(*) FROM found) AS total, coalesce(json_agg(json_build_object('id', g.id, 'name', g.name,
    'user_count', (SELECT count(*) FROM postern.group_members m WHERE m.group_id = g.id), 'display', g.name)
    ORDER BY lower(g.name), g.id), '[]') AS objects
FROM page g
