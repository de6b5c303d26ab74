-- token_used: notes that a token was used, at most once a minute whoever asks. $1 token id.
INSERT INTO postern.token_use (token_id, last_used) SELECT id, now() FROM postern.tokens WHERE id = $1::uuid
ON CONFLICT (token_id) DO UPDATE SET last_used = excluded.last_used
WHERE token_use.last_used < excluded.last_used - interval '1 minute'
