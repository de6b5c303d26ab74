-- admin_audit_retain: drops the months that are older than this. $1 an interval. Columns: count of months dropped, events
-- that were deleted beside them.
SELECT partitions AS count, events FROM postern.audit_retain($1::interval)
