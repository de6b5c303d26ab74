-- user_config_lock: the same, and keeps others from changing them until the transaction ends. $1 user id. Column: config.
SELECT config::text AS config FROM postern.users WHERE id = $1::uuid FOR NO KEY UPDATE
