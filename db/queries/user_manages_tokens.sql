-- user_manages_tokens: whether a user may create and modify own tokens; whoever takes that away waits until the transaction
-- ends. $1 user id. Column: id, no row when the user may not, or is gone or inactive.
SELECT id FROM postern.users WHERE id = $1::uuid AND is_active AND may_manage_tokens FOR SHARE
