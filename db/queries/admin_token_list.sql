-- admin_token_list: tokens of all users or of one. $1 user name or NULL. Columns: id, tail, username, state,
-- write_enabled, created, expires, last_used, allowed_ips (a JSON array), description.
SELECT t.id, t.tail, t.username, t.state, t.write_enabled, (extract(epoch FROM t.created) * 1000000)::bigint AS created,
    (extract(epoch FROM t.expires) * 1000000)::bigint AS expires, (extract(epoch FROM t.last_used) * 1000000)::bigint AS last_used,
    to_json(t.allowed_ips::text[]) AS allowed_ips, t.description
FROM postern.tokens_overview t WHERE $1::text IS NULL OR t.username = (SELECT u.username FROM postern.users u WHERE u.id = postern.find_user($1::text))
ORDER BY lower(t.username), t.created, t.id
