-- admin_explain_user: a user and whether the user may do something. $1 name, $2 object type or NULL, $3 action.
-- Columns: user_id, username, is_active, is_superuser, may_manage_tokens, permitted.
SELECT u.id AS user_id, u.username, u.is_active, u.is_superuser, u.may_manage_tokens,
    CASE WHEN $2::text IS NULL THEN true ELSE postern.user_may(u.id, $2::text, $3::text) END AS permitted
FROM postern.users u WHERE lower(u.username) = lower($1::text)
