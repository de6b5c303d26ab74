-- admin_group_delete: deletes a group, its memberships and grants. $1 name. Column: id, no row: no such group.
DELETE FROM postern.groups WHERE lower(name) = lower($1::text) RETURNING id
