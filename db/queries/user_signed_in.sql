-- user_signed_in: notes when a user signed in on the page. $1 user id, $2 the hash that the password was checked against.
-- Column: id, no row when the user has another password by now or was disabled, so that no session begins with what is over.
UPDATE postern.users SET last_login = now() WHERE id = $1::uuid AND is_active AND password_hash = $2::text RETURNING id
