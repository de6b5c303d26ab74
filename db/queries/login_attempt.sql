-- login_attempt: counts a try before the password is checked. $1 user name, $2 address or NULL, $3 limit for the name,
-- $4 limit for the address, $5 window in seconds, $6 secret under which names that nobody has are counted. Columns: wait,
-- seconds until a try is allowed, 0: go on; known, whether somebody has the name.
SELECT postern.login_attempt($1::text, $2::inet, $3::int, $4::int, make_interval(secs => $5::int), $6::text) AS wait,
       postern.login_known($1::text) AS known
