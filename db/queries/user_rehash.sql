-- user_rehash: the same password under new hash parameters; nothing of the user's ends by it.
-- $1 user id, $2 new hash, $3 the hash it replaces. Column: id, no row when the hash is another one by now.
UPDATE postern.users SET password_hash = $2::text WHERE id = $1::uuid AND password_hash = $3::text RETURNING id
