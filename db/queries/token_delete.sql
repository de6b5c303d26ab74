-- token_delete: deletes those of a user's own tokens that are listed. $1 user id, $2 token ids uuid[]. Column: id, a row each.
DELETE FROM postern.tokens WHERE user_id = $1::uuid AND id = ANY ($2::uuid[]) RETURNING id
