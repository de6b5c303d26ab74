-- audit_extend: makes the audit log's partitions for the next months. Column: made, how many.
SELECT postern.audit_extend() AS made
