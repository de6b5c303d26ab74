-- session_end: ends sessions of a user. $1 user id, $2 the one session to end, or NULL: all; $3 a session to keep, or NULL.
-- Column: id, a row each.
DELETE FROM postern.sessions
WHERE user_id = $1::uuid AND ($2::uuid IS NULL OR id = $2::uuid) AND id IS DISTINCT FROM $3::uuid
RETURNING id
