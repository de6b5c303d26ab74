-- admin_explain_token: finds a token as a request would. $1 id or last six digits of the key. Columns: id, tail, digest as
-- bytea[] literal, username, expires, description.
SELECT t.id, t.tail, ARRAY[t.digest]::text AS digests, u.username, (extract(epoch FROM t.expires) * 1000000)::bigint AS expires,
    t.description
FROM postern.tokens t JOIN postern.users u ON u.id = t.user_id
WHERE t.id::text = lower($1::text) OR t.tail = lower($1::text) ORDER BY t.id
