-- admin_token_revoke: deletes one token. $1 its id or the last six digits of its key. Column: display.
SELECT postern.revoke_token($1::text) AS display
