-- admin_permission_grant: lets a user or group do something. $1 who, $2 object types, $3 actions, lists separated by commas.
-- Column: id of the permission.
SELECT postern.grant_permission($1::text, $2::text, $3::text) AS id
