-- admin_user_set_superuser: gives a user all rights or takes them. $1 name, $2 is_superuser. Column: id, no row: no such user.
UPDATE postern.users SET is_superuser = $2::boolean WHERE lower(username) = lower($1::text) RETURNING id
