-- token_insert: a new token. $1 user id, $2 digest, $3 pepper number, $4 tail, $5 expires or NULL, $6 write_enabled,
-- $7 description, $8 allowed_ips cidr[]. Columns: those of a token. Tokens of one request keep their order by `created`.
WITH t AS (
    INSERT INTO postern.tokens (user_id, digest, pepper, tail, created, expires, write_enabled, description, allowed_ips)
    VALUES ($1::uuid, $2::bytea, $3::smallint, $4::text, clock_timestamp(), $5::timestamptz, $6::boolean, $7::text, $8::cidr[])
    RETURNING *
)
SELECT
    t.id, t.tail, u.username, (extract(epoch FROM t.created) * 1000000)::bigint AS created,
    (extract(epoch FROM t.expires) * 1000000)::bigint AS expires, t.write_enabled, t.description,
    (extract(epoch FROM w.last_used) * 1000000)::bigint AS last_used, array_to_string(t.allowed_ips, ',') AS allowed_ips
FROM t
JOIN postern.users u ON u.id = t.user_id
LEFT JOIN postern.token_use w ON w.token_id = t.id
