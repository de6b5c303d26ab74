-- admin_user_set_password: a new password. $1 name, $2 hash. Column: id, no row when there is no such user.
UPDATE postern.users SET password_hash = $2::text WHERE lower(username) = lower($1::text) RETURNING id
