-- session_list: a user's live sessions, the latest first. $1 user id, $2 idle limit in seconds, $3 absolute limit in seconds.
-- Columns: id, created, last_seen, address, user_agent.
SELECT id, (extract(epoch FROM created) * 1000000)::bigint AS created,
    (extract(epoch FROM last_seen) * 1000000)::bigint AS last_seen, host(address) AS address, user_agent
FROM postern.sessions
WHERE user_id = $1::uuid
    AND last_seen > now() - make_interval(secs => $2::int) AND created > now() - make_interval(secs => $3::int)
ORDER BY sessions.last_seen DESC, sessions.created DESC, id
