-- user_config: a user's preferences. $1 user id. Column: config, JSON text.
SELECT config::text AS config FROM postern.users WHERE id = $1::uuid
