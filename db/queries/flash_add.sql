-- flash_add: keeps a message for the next page of a session. $1 session id, $2 message, a JSON object.
UPDATE postern.sessions SET flash = flash || jsonb_build_array($2::jsonb) WHERE id = $1::uuid
