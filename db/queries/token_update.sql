-- token_update: changes a user's own token; NULL keeps a value. $1 token id, $2 user id, $3 digest, $4 pepper number,
-- $5 tail, $6 whether to set expires, $7 expires (NULL: never), $8 write_enabled, $9 description, $10 allowed_ips cidr[].
-- Columns: those of a token.
WITH t AS (
    UPDATE postern.tokens SET digest = coalesce($3::bytea, digest), pepper = coalesce($4::smallint, pepper),
        tail = coalesce($5::text, tail), expires = CASE WHEN $6::boolean THEN $7::timestamptz ELSE expires END,
        write_enabled = coalesce($8::boolean, write_enabled), description = coalesce($9::text, description),
        allowed_ips = coalesce($10::cidr[], allowed_ips)
    WHERE id = $1::uuid AND user_id = $2::uuid
    RETURNING *
)
SELECT
    t.id, t.tail, u.username, (extract(epoch FROM t.created) * 1000000)::bigint AS created,
    (extract(epoch FROM t.expires) * 1000000)::bigint AS expires, t.write_enabled, t.description,
    (extract(epoch FROM w.last_used) * 1000000)::bigint AS last_used, array_to_string(t.allowed_ips, ',') AS allowed_ips
FROM t
JOIN postern.users u ON u.id = t.user_id
LEFT JOIN postern.token_use w ON w.token_id = t.id
