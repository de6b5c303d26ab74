-- token_by_digest: the token with one of these digests, its owner, and whether the owner may do something.
-- $1 digests bytea[] (one for each pepper), $2 client address or NULL, $3 object type or NULL, $4 action.
-- Columns: id, write_enabled, expired, address_allowed, network_limited, use_is_stale, user_id, username, is_active,
-- is_superuser, may_manage_tokens, permitted (true when $3 is NULL).
SELECT t.id, t.write_enabled, coalesce(now() >= t.expires, false) AS expired,
    cardinality(t.allowed_ips) = 0 OR coalesce($2::inet <<= ANY (t.allowed_ips), false) AS address_allowed,
    cardinality(t.allowed_ips) > 0 AS network_limited,
    coalesce(w.last_used < now() - interval '1 minute', true) AS use_is_stale,
    u.id AS user_id, u.username, u.is_active, u.is_superuser, u.may_manage_tokens,
    CASE WHEN $3::text IS NULL THEN true ELSE postern.user_may(u.id, $3::text, $4::text) END AS permitted
FROM postern.tokens t
JOIN postern.users u ON u.id = t.user_id
LEFT JOIN postern.token_use w ON w.token_id = t.id
WHERE t.digest = ANY ($1::bytea[])
