-- token_lock: keeps others from changing or deleting those of a user's own tokens that are listed, until the transaction
-- ends; everybody locks them in the same order, so nobody waits in a circle. $1 user id, $2 token ids uuid[]. Column: id.
SELECT id FROM postern.tokens WHERE user_id = $1::uuid AND id = ANY ($2::uuid[]) ORDER BY id FOR UPDATE
