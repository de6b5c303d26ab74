-- user_page: a page of all users. $1 ids text[] or NULL, $2 exact names text[] or NULL, $3 text to look for in names and
-- e-mail, or NULL, $4 limit, $5 offset. Columns: total (of all pages), objects (a JSON array; times in microseconds).
WITH found AS (
    SELECT * FROM postern.users u
    WHERE ($1::text[] IS NULL OR u.id = ANY ($1::text[]::uuid[])) AND ($2::text[] IS NULL OR u.username = ANY ($2::text[]))
        AND ($3::text IS NULL OR strpos(lower(concat_ws(E'\n', u.username, u.first_name, u.last_name, u.email)), lower($3::text)) > 0)
), page AS (
    SELECT * FROM found ORDER BY lower(username), id LIMIT $4::bigint OFFSET $5::bigint
)
SELECT (SELECT count(*) FROM found) AS total, coalesce(json_agg(json_build_object('id', u.id, 'username', u.username,
    'first_name', u.first_name, 'last_name', u.last_name, 'email', u.email, 'is_staff', u.is_superuser, 'is_active', u.is_active,
    'date_joined', (extract(epoch FROM u.created) * 1000000)::bigint,
    'groups', (SELECT coalesce(json_agg(json_build_object('id', g.id, 'name', g.name) ORDER BY lower(g.name)), '[]')
        FROM postern.group_members m JOIN postern.groups g ON g.id = m.group_id WHERE m.user_id = u.id),
    'display', u.username, 'is_superuser', u.is_superuser, 'may_manage_tokens', u.may_manage_tokens,
    'last_login', (extract(epoch FROM u.last_login) * 1000000)::bigint) ORDER BY lower(u.username), u.id), '[]') AS objects
FROM page u
