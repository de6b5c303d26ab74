-- permission_remove: deletes a permission and with it all grants of it. $1 id. Column: id, no row: no such permission.
DELETE FROM postern.permissions WHERE id = $1::uuid RETURNING id
