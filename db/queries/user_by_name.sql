-- user_by_name: a user by exact name. $1 name. Columns: id, username, password_hash, is_active, is_superuser, may_manage_tokens.
SELECT id, username, password_hash, is_active, is_superuser, may_manage_tokens
FROM postern.users WHERE lower(username) = lower($1::text) AND username = $1::text
