-- session_insert: a browser that has signed in. $1 user id, $2 digest, $3 client address or NULL, $4 user agent (cut at 300
-- characters here), $5 first messages, a JSON array. Column: id.
INSERT INTO postern.sessions (user_id, digest, address, user_agent, flash)
VALUES ($1::uuid, $2::bytea, $3::inet, left($4::text, 300), $5::jsonb)
RETURNING id
