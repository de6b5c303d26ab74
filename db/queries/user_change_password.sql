-- user_change_password: a user's new password; a trigger ends the user's other sessions. $1 user id, $2 hash.
-- Column: id, no row when the user is gone or inactive.
UPDATE postern.users SET password_hash = $2::text WHERE id = $1::uuid AND is_active RETURNING id
