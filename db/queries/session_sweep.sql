-- session_sweep: removes sessions that are past their limits, at most 100 at a time, so that no sign-in waits for it.
-- $1 idle limit in seconds, $2 absolute limit in seconds.
DELETE FROM postern.sessions WHERE id IN (
    SELECT id FROM postern.sessions
    WHERE last_seen <= now() - make_interval(secs => $1::int) OR created <= now() - make_interval(secs => $2::int)
    LIMIT 100 FOR UPDATE SKIP LOCKED)
