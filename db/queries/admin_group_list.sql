-- admin_group_list: groups whose name contains a text. $1 text or NULL. Columns: id, name, members (a JSON array or NULL).
SELECT g.id, g.name, (SELECT json_agg(u.username ORDER BY lower(u.username)) FROM postern.group_members m
    JOIN postern.users u ON u.id = m.user_id WHERE m.group_id = g.id) AS members
FROM postern.groups g WHERE $1::text IS NULL OR strpos(lower(g.name), lower($1::text)) > 0 ORDER BY lower(g.name)
