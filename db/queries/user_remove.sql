-- user_remove: deletes a user with tokens and sessions, in a superuser's name. $1 id. Column: id, NULL: no such user.
SELECT postern.remove_user($1::uuid) AS id
