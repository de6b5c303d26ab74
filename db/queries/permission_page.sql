-- permission_page: a page of all permissions. Parameters and columns as user_page.
WITH found AS (
    SELECT * FROM postern.permissions p
    WHERE ($1::text[] IS NULL OR p.id = ANY ($1::text[]::uuid[])) AND ($2::text[] IS NULL OR p.name = ANY ($2::text[]))
        AND ($3::text IS NULL OR strpos(lower(concat_ws(E'\n', p.name, p.description)), lower($3::text)) > 0)
), page AS (
    SELECT * FROM found ORDER BY lower(name), id LIMIT $4::bigint OFFSET $5::bigint
)
SELECT (SELECT count(*) FROM found) AS total, coalesce(json_agg(json_build_object('id', p.id, 'name', p.name,
    'description', p.description, 'enabled', p.enabled, 'object_types', p.object_types,
    'groups', (SELECT coalesce(json_agg(json_build_object('id', g.id, 'name', g.name) ORDER BY lower(g.name)), '[]')
        FROM postern.permission_groups l JOIN postern.groups g ON g.id = l.group_id WHERE l.permission_id = p.id),
    'users', (SELECT coalesce(json_agg(json_build_object('id', u.id, 'name', u.username) ORDER BY lower(u.username)), '[]')
        FROM postern.permission_users l JOIN postern.users u ON u.id = l.user_id WHERE l.permission_id = p.id),
    'actions', p.actions, 'constraints', NULL, 'display', p.name) ORDER BY lower(p.name), p.id), '[]') AS objects
FROM page p
