-- user_config_set: replaces a user's preferences. $1 user id, $2 a JSON object. Column: config, JSON text as stored.
UPDATE postern.users SET config = $2::jsonb WHERE id = $1::uuid RETURNING config::text AS config
