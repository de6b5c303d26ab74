-- admin_session_end_all: ends all sessions of a user. $1 name. Column: count.
SELECT postern.end_sessions($1::text) AS count
