-- admin_audit_retain: drops the months that are older than this. $1 an interval. Column: count of months dropped.
SELECT postern.audit_retain($1::interval) AS count
