-- admin_session_end: ends one session. $1 its id. Column: count.
WITH ended AS (DELETE FROM postern.sessions WHERE id = $1::uuid RETURNING id) SELECT count(*) AS count FROM ended
