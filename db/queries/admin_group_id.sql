-- admin_group_id: the group with this name, whatever its case. $1 name. Column: id, no row: no such group.
SELECT id FROM postern.groups WHERE lower(name) = lower($1::text)
