-- admin_session_list: signed-in browsers of all users or of one. $1 user name or NULL. Columns: id, username, created,
-- last_seen, address, user_agent.
SELECT s.id, s.username, (extract(epoch FROM s.created) * 1000000)::bigint AS created,
    (extract(epoch FROM s.last_seen) * 1000000)::bigint AS last_seen, host(s.address) AS address, s.user_agent
FROM postern.active_sessions s WHERE $1::text IS NULL OR s.username = (SELECT u.username FROM postern.users u WHERE u.id = postern.find_user($1::text))
ORDER BY s.last_seen DESC, s.id
