-- admin_user_set_may_manage_tokens: restricts a user or lifts it. $1 name, $2 may_manage_tokens. Column: id, no row: no such user.
UPDATE postern.users SET may_manage_tokens = $2::boolean WHERE lower(username) = lower($1::text) RETURNING id
