-- set_actor: names who causes the changes of this transaction, for the audit log. $1 user id, $2 user name, $3 token id,
-- $4 session id, $5 request id, $6 client address, $7 name of the action; each may be NULL.
SELECT set_config('postern.actor', jsonb_strip_nulls(jsonb_build_object('user_id', $1::text, 'username', $2::text,
    'token_id', $3::text, 'session_id', $4::text, 'request_id', $5::text, 'address', $6::text, 'action', $7::text))::text, true)
