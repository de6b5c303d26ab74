-- admin_audit_list: the newest audit events that fit. $1 who (user or database role) or NULL, $2 action or NULL, $3 name or
-- identifier of the object, or NULL, $4 from, $5 before (points in time, or NULL), $6 how many at most.
-- Columns: id, occurred, who, db_role, action, object_type, object_id, object_name, old, new, address, token_id, request_id.
SELECT * FROM (
    SELECT id, (extract(epoch FROM occurred) * 1000000)::bigint AS occurred, who, db_role, action, object_type,
        object_id, object_name, old::text AS old, new::text AS new, host(address) AS address, token_id, request_id
    FROM postern.audit_events, LATERAL (SELECT CASE WHEN user_id IS NULL THEN db_role::text ELSE username END) AS actor (who)
    WHERE ($1::text IS NULL OR lower(who) = lower($1::text)) AND ($2::text IS NULL OR action = $2::text)
        AND ($3::text IS NULL OR object_id = $3::text OR lower(object_name) = lower($3::text))
        AND ($4::timestamptz IS NULL OR occurred >= $4::timestamptz) AND ($5::timestamptz IS NULL OR occurred < $5::timestamptz)
    ORDER BY audit_events.occurred DESC, audit_events.id DESC LIMIT $6::bigint
) AS newest ORDER BY newest.occurred, newest.id
