-- admin_user_id: who has this name, whatever its case. $1 name. Columns: id, username.
SELECT id, username FROM postern.users WHERE id = postern.find_user($1::text)
