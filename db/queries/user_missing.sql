-- user_missing: those of the identifiers that no user has. $1 ids text[]. Column: id.
SELECT wanted.id FROM unnest($1::text[]) AS wanted (id)
WHERE NOT EXISTS (SELECT FROM postern.users u WHERE u.id = wanted.id::uuid)
