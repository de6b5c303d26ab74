-- admin_token_revoke_all: deletes all tokens of a user. $1 name. Column: count.
SELECT postern.revoke_all($1::text) AS count
