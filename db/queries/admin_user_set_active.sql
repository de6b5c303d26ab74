-- admin_user_set_active: disables or enables a user. $1 name, $2 is_active. Column: id, no row when there is no such user.
UPDATE postern.users SET is_active = $2::boolean WHERE lower(username) = lower($1::text) RETURNING id
