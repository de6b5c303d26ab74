-- user_list: all users, or one. $1 name or NULL. Columns: username, is_active, is_superuser, may_manage_tokens, tokens, last_login.
SELECT u.username, u.is_active, u.is_superuser, u.may_manage_tokens,
    (SELECT count(*) FROM postern.tokens t WHERE t.user_id = u.id) AS tokens,
    (extract(epoch FROM u.last_login) * 1000000)::bigint AS last_login
FROM postern.users u WHERE $1::text IS NULL OR u.username = $1::text ORDER BY lower(u.username)
