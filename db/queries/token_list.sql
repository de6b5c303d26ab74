-- token_list: a page of a user's own tokens. $1 user id, $2 filters as [{"field", "op", "vals": [text]}] for
-- token_matches, $3 digests bytea[] of which one must fit, or NULL, $4 up to three sort fields, each with "-" before it for
-- descending, $5 limit, $6 offset. Columns: total (of all pages), then those of a token; one row with a NULL id when the page is empty.
WITH mine AS (
    SELECT t AS token, u.username, w.last_used
    FROM postern.tokens t
    JOIN postern.users u ON u.id = t.user_id
    LEFT JOIN postern.token_use w ON w.token_id = t.id
    WHERE t.user_id = $1::uuid AND ($3::bytea[] IS NULL OR t.digest = ANY ($3::bytea[]))
        AND NOT EXISTS (SELECT FROM jsonb_to_recordset($2::jsonb) AS f (field text, op text, vals text[])
            WHERE NOT postern.token_matches(t, w.last_used, f.field, f.op, f.vals))
), page AS (
    SELECT (token).*, username, last_used, jsonb_build_object('id', (token).id,
        'created', to_char((token).created, 'YYYYMMDDHH24MISSUS'), 'expires', to_char((token).expires, 'YYYYMMDDHH24MISSUS'),
        'last_used', to_char(last_used, 'YYYYMMDDHH24MISSUS'), 'description', (token).description,
        'write_enabled', (token).write_enabled) AS sort, $4::text[] AS by
    FROM mine
), sorted AS (
    SELECT page.*, row_number() OVER (ORDER BY
        CASE WHEN by[1] NOT LIKE '-%' THEN sort ->> by[1] END, CASE WHEN by[1] LIKE '-%' THEN sort ->> substr(by[1], 2) END DESC NULLS LAST,
        CASE WHEN by[2] NOT LIKE '-%' THEN sort ->> by[2] END, CASE WHEN by[2] LIKE '-%' THEN sort ->> substr(by[2], 2) END DESC NULLS LAST,
        CASE WHEN by[3] NOT LIKE '-%' THEN sort ->> by[3] END, CASE WHEN by[3] LIKE '-%' THEN sort ->> substr(by[3], 2) END DESC NULLS LAST,
        created, id) AS place
    FROM page
)
SELECT (SELECT count(*) FROM mine) AS total,
    t.id, t.tail, t.username, (extract(epoch FROM t.created) * 1000000)::bigint AS created,
    (extract(epoch FROM t.expires) * 1000000)::bigint AS expires, t.write_enabled, t.description,
    (extract(epoch FROM t.last_used) * 1000000)::bigint AS last_used, array_to_string(t.allowed_ips, ',') AS allowed_ips
FROM (SELECT) AS one
LEFT JOIN (SELECT * FROM sorted ORDER BY place LIMIT $5::bigint OFFSET $6::bigint) t ON true
ORDER BY t.place
