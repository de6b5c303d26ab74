-- session_renew: a new id for a session that goes on. $1 session id, $2 digest of the new cookie, $3 first messages, a JSON
-- array. Column: id.
UPDATE postern.sessions SET digest = $2::bytea, flash = $3::jsonb WHERE id = $1::uuid RETURNING id
