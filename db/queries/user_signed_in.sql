-- user_signed_in: notes when a user signed in on the page. $1 user id.
UPDATE postern.users SET last_login = now() WHERE id = $1::uuid
