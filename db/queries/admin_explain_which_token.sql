-- admin_explain_which_token: the tokens that a command may mean. $1 id or last six digits of the key. Columns: id, tail,
-- username.
SELECT t.id, t.tail, u.username FROM postern.tokens t JOIN postern.users u ON u.id = t.user_id
WHERE t.id::text = lower($1::text) OR t.tail = lower($1::text) ORDER BY t.id
