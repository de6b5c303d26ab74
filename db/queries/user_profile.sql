-- user_profile: what the profile page shows of a user. $1 user id. Columns: username, full_name, email, created, groups
-- (names, comma separated), is_superuser.
SELECT username, btrim(first_name || ' ' || last_name) AS full_name, email,
    (extract(epoch FROM created) * 1000000)::bigint AS created,
    (SELECT string_agg(g.name, ', ' ORDER BY g.name) FROM postern.group_members m
        JOIN postern.groups g ON g.id = m.group_id WHERE m.user_id = u.id) AS groups,
    is_superuser
FROM postern.users u WHERE id = $1::uuid
