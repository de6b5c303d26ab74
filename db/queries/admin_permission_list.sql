-- admin_permission_list: permissions and who holds them. $1 the user or group that holds them, as postern.find_holder reads
-- it ("user:" or "group:" in front decides; nobody of that name is an error), or NULL.
-- Columns: name, enabled, object_types, actions, users, groups; the last four JSON arrays, or NULL.
WITH holder AS MATERIALIZED (
    SELECT h.user_id, h.group_id FROM postern.find_holder($1::text) AS h WHERE $1::text IS NOT NULL
    UNION ALL SELECT NULL, NULL WHERE $1::text IS NULL
)
SELECT p.name, p.enabled, to_json(p.object_types) AS object_types, to_json(p.actions) AS actions,
    (SELECT json_agg(u.username ORDER BY lower(u.username)) FROM postern.permission_users l
        JOIN postern.users u ON u.id = l.user_id WHERE l.permission_id = p.id) AS users,
    (SELECT json_agg(g.name ORDER BY lower(g.name)) FROM postern.permission_groups l
        JOIN postern.groups g ON g.id = l.group_id WHERE l.permission_id = p.id) AS groups
FROM holder CROSS JOIN LATERAL (    -- OFFSET: the holder is looked up even when there is no permission
    SELECT * FROM postern.permissions AS q
    WHERE $1::text IS NULL
        OR EXISTS (SELECT FROM postern.permission_users l WHERE l.permission_id = q.id AND l.user_id = holder.user_id)
        OR EXISTS (SELECT FROM postern.permission_groups l WHERE l.permission_id = q.id AND l.group_id = holder.group_id)
    OFFSET 0
) AS p
ORDER BY lower(p.name)
