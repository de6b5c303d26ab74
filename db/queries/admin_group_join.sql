-- admin_group_join: makes a user a member of a group. $1 group id, $2 user id. Column: group_id, no row: is one already.
INSERT INTO postern.group_members (group_id, user_id) VALUES ($1::integer, $2::uuid) ON CONFLICT DO NOTHING RETURNING group_id
