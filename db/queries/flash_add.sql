-- flash_add: keeps a message for the next page of a session, and of those that no page has shown yet the last twenty.
-- $1 session id, $2 message, a JSON object.
UPDATE postern.sessions
SET flash = CASE WHEN jsonb_array_length(flash) < 20 THEN flash ELSE flash - 0 END || jsonb_build_array($2::jsonb)
WHERE id = $1::uuid
