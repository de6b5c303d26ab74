-- group_missing: those of the identifiers that no group has. $1 ids text[]. Column: id.
SELECT wanted.id FROM unnest($1::text[]) AS wanted (id)
WHERE NOT EXISTS (SELECT FROM postern.groups g WHERE g.id = wanted.id::integer)
