-- admin_permission_list: permissions and who holds them. $1 the name of a user or group that holds them, or NULL.
-- Columns: name, enabled, object_types, actions, users, groups; the last four JSON arrays, or NULL.
SELECT p.name, p.enabled, to_json(p.object_types) AS object_types, to_json(p.actions) AS actions,
    (SELECT json_agg(u.username ORDER BY lower(u.username)) FROM postern.permission_users l
        JOIN postern.users u ON u.id = l.user_id WHERE l.permission_id = p.id) AS users,
    (SELECT json_agg(g.name ORDER BY lower(g.name)) FROM postern.permission_groups l
        JOIN postern.groups g ON g.id = l.group_id WHERE l.permission_id = p.id) AS groups
FROM postern.permissions p
WHERE $1::text IS NULL
    OR EXISTS (SELECT FROM postern.permission_users l JOIN postern.users u ON u.id = l.user_id
        WHERE l.permission_id = p.id AND lower(u.username) = lower($1::text))
    OR EXISTS (SELECT FROM postern.permission_groups l JOIN postern.groups g ON g.id = l.group_id
        WHERE l.permission_id = p.id AND lower(g.name) = lower($1::text))
ORDER BY lower(p.name)
