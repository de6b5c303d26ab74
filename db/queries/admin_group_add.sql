-- admin_group_add: a new group. $1 name. Column: id.
INSERT INTO postern.groups (name) VALUES ($1::text) RETURNING id
