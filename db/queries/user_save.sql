-- user_save: changes a user, or adds one, in a superuser's name. $1 id or NULL, $2 the members to set, a JSON object.
-- Column: id, NULL when there is no such user.
SELECT postern.save_user($1::uuid, $2::jsonb) AS id
