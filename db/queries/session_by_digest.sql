-- session_by_digest: a live session and its user. $1 digest, $2 idle limit in seconds, $3 absolute limit in seconds,
-- $4 object type or NULL, $5 action. Columns: id, use_is_stale, has_flash (messages wait), user_id, username, is_superuser,
-- may_manage_tokens, permitted.
SELECT s.id, s.last_seen < now() - interval '1 minute' AS use_is_stale, s.flash <> '[]' AS has_flash,
    u.id AS user_id, u.username, u.is_superuser, u.may_manage_tokens,
    CASE WHEN $4::text IS NULL THEN true ELSE postern.user_may(u.id, $4::text, $5::text) END AS permitted
FROM postern.sessions s
JOIN postern.users u ON u.id = s.user_id
WHERE s.digest = $1::bytea AND u.is_active
    AND s.last_seen > now() - make_interval(secs => $2::int) AND s.created > now() - make_interval(secs => $3::int)
