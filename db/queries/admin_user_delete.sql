-- admin_user_delete: deletes a user with tokens and sessions. $1 name. Column: id, no row when there is no such user.
DELETE FROM postern.users WHERE lower(username) = lower($1::text) RETURNING id
