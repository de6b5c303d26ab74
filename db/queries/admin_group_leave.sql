-- admin_group_leave: ends a membership. $1 group id, $2 user id. Column: group_id, no row: was none.
DELETE FROM postern.group_members WHERE group_id = $1::integer AND user_id = $2::uuid RETURNING group_id
