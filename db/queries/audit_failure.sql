-- audit_failure: writes a refusal to the audit log. $1 login_failed or provisioning_refused, $2 user name as given, $3 address
-- or NULL, $4 request id, $5 reason.
SELECT postern.audit_failure($1::text, $2::text, $3::inet, $4::text, $5::text)
