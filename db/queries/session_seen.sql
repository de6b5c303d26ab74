-- session_seen: notes that a session was used, at most once a minute. $1 session id.
UPDATE postern.sessions SET last_seen = now() WHERE id = $1::uuid AND last_seen < now() - interval '1 minute'
