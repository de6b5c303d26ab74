-- flash_take: takes the messages of a session out; two pages at once never show the same. $1 session id. Column: flash.
WITH kept AS (
    SELECT id, flash FROM postern.sessions WHERE id = $1::uuid AND flash <> '[]' FOR UPDATE
), taken AS (
    UPDATE postern.sessions SET flash = '[]' FROM kept WHERE sessions.id = kept.id
)
SELECT flash::text AS flash FROM kept
