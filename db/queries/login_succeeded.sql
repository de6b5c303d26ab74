-- login_succeeded: the password was right, so the count of this name begins anew. $1 user name, $2 address or NULL.
SELECT postern.login_succeeded($1::text, $2::inet)
