-- admin_tokens_exist: whether there is any token. Column: found.
SELECT EXISTS (SELECT FROM postern.tokens) AS found
