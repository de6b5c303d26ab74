-- admin_explain_token: what token_by_digest would find, without looking at a digest, which not everybody who may ask can
-- read. $1 token id, the other parameters and the columns as there.
SELECT t.id, t.write_enabled, coalesce(now() >= t.expires, false) AS expired,
    cardinality(t.allowed_ips) = 0 OR coalesce($2::inet <<= ANY (t.allowed_ips), false) AS address_allowed,
    cardinality(t.allowed_ips) > 0 AS network_limited,
    coalesce(w.last_used < now() - interval '1 minute', true) AS use_is_stale,
    u.id AS user_id, u.username, u.is_active, u.is_superuser, u.may_manage_tokens,
    CASE WHEN $3::text IS NULL THEN true ELSE postern.user_may(u.id, $3::text, $4::text) END AS permitted
FROM postern.tokens t
JOIN postern.users u ON u.id = t.user_id
LEFT JOIN postern.token_use w ON w.token_id = t.id
WHERE t.id = $1::uuid
