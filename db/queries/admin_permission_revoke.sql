-- admin_permission_revoke: takes it back. Parameters as admin_permission_grant. Column: count of permissions taken.
SELECT postern.revoke_permission($1::text, $2::text, $3::text) AS count
