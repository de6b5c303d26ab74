-- admin_explain_rights: what a user holds on an object type. $1 user id, $2 object type. Columns: action, via, permission.
SELECT r.action, r.via, r.permission FROM postern.user_rights r JOIN postern.users u ON u.username = r.username
WHERE u.id = $1::uuid AND r.object_type IN ($2::text, '*') ORDER BY r.action, r.via
