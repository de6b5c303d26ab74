-- admin_user_list: users whose name contains a text. $1 text or NULL. Columns: username, is_active, is_superuser,
-- may_manage_tokens, tokens, groups (a JSON array or NULL), last_login.
SELECT u.username, u.is_active, u.is_superuser, u.may_manage_tokens,
    (SELECT count(*) FROM postern.tokens t WHERE t.user_id = u.id) AS tokens,
    (SELECT json_agg(g.name ORDER BY lower(g.name)) FROM postern.group_members m
        JOIN postern.groups g ON g.id = m.group_id WHERE m.user_id = u.id) AS groups,
    (extract(epoch FROM u.last_login) * 1000000)::bigint AS last_login
FROM postern.users u WHERE $1::text IS NULL OR strpos(lower(u.username), lower($1::text)) > 0 ORDER BY lower(u.username)
