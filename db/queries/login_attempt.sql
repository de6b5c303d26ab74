-- login_attempt: counts a try before the password is checked. $1 user name, $2 address or NULL, $3 limit for the name,
-- $4 limit for the address, $5 window in seconds. Column: wait, seconds until a try is allowed; 0: go on.
SELECT postern.login_attempt($1::text, $2::inet, $3::int, $4::int, make_interval(secs => $5::int)) AS wait
