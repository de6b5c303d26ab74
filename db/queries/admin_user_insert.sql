-- admin_user_insert: a new user. $1 name, $2 password hash or NULL, $3 is_superuser, $4 may_manage_tokens, $5 first name, $6 last
-- name, $7 e-mail. Column: id.
INSERT INTO postern.users (username, password_hash, is_superuser, may_manage_tokens, first_name, last_name, email)
VALUES ($1::text, $2::text, $3::boolean, $4::boolean, $5::text, $6::text, $7::text) RETURNING id
