-- group_remove: deletes a group, its memberships and grants. $1 id. Column: id, no row when there is no such group.
DELETE FROM postern.groups WHERE id = $1::integer RETURNING id
