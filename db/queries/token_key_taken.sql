-- token_key_taken: whether a token other than $2 (or any, when NULL) has one of the digests $1 bytea[]. Column: taken.
SELECT EXISTS (SELECT FROM postern.tokens WHERE digest = ANY ($1::bytea[]) AND id IS DISTINCT FROM $2::uuid) AS taken
