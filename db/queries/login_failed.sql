-- login_failed: writes a refused sign-in to the audit log. $1 user name as given, $2 address or NULL, $3 request id, $4 reason.
SELECT postern.audit_failure('login_failed', $1::text, $2::inet, $3::text, $4::text)
