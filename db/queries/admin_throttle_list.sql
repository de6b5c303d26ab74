-- admin_throttle_list: names and addresses whose passwords are not looked at for now. Columns: kind, key, failures,
-- last_attempt, blocked_until, seconds_left.
SELECT kind, key, failures, (extract(epoch FROM last_attempt) * 1000000)::bigint AS last_attempt,
    (extract(epoch FROM blocked_until) * 1000000)::bigint AS blocked_until, seconds_left
FROM postern.blocked_logins ORDER BY blocked_until, kind, key
