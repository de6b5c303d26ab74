-- user_change_password: a user's new password; a trigger ends the user's other sessions. $1 user id, $2 hash, $3 the hash that
-- the old password was checked against. Column: id, no row when the user has another password by now, is gone or inactive.
UPDATE postern.users SET password_hash = $2::text WHERE id = $1::uuid AND is_active AND password_hash = $3::text RETURNING id
