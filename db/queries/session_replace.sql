-- session_replace: ends the session that a browser had before it signed in again, whoever's it was. $1 digest.
DELETE FROM postern.sessions WHERE digest = $1::bytea
