-- The filters of the token list, evaluated in one place so that count and page agree.

CREATE FUNCTION postern.text_matches(value text, op text, vals text[]) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    negated boolean := op LIKE 'n%';
    v       text;
    hit     boolean;
BEGIN
    FOREACH v IN ARRAY vals LOOP
        hit := CASE CASE WHEN negated THEN substr(op, 2) ELSE op END
            WHEN ''    THEN value = v
            WHEN 'ie'  THEN lower(value) = lower(v)
            WHEN 'ic'  THEN strpos(lower(value), lower(v)) > 0
            WHEN 'isw' THEN starts_with(lower(value), lower(v))
            WHEN 'iew' THEN right(lower(value), char_length(lower(v))) = lower(v)
            WHEN 're'  THEN value ~ v
            WHEN 'ire' THEN value ~* v
        END;
        IF hit IS NULL THEN
            RAISE EXCEPTION 'unknown text filter "%"', op USING ERRCODE = 'invalid_parameter_value';
        END IF;
        EXIT WHEN hit;
    END LOOP;
    RETURN coalesce(hit, false) <> negated;
END $$;
COMMENT ON FUNCTION postern.text_matches(text, text, text[]) IS
    'One text filter. op: "" exact, ie, ic, isw, iew (case-insensitive: equal, contains, starts, ends), re, ire; with n in front negated. Values are ORed, the negation applies to the whole.';

CREATE FUNCTION postern.time_matches(value timestamptz, op text, vals text[]) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    us constant bigint := extract(epoch FROM value) * 1000000;
BEGIN
    RETURN CASE op
        WHEN ''    THEN coalesce(us = ANY (vals::bigint[]), false)
        WHEN 'n'   THEN coalesce(us <> ALL (vals::bigint[]), true)
        WHEN 'lt'  THEN coalesce(us < ANY (vals::bigint[]), false)
        WHEN 'lte' THEN coalesce(us <= ANY (vals::bigint[]), false)
        WHEN 'gt'  THEN coalesce(us > ANY (vals::bigint[]), false)
        WHEN 'gte' THEN coalesce(us >= ANY (vals::bigint[]), false)
    END;
END $$;
COMMENT ON FUNCTION postern.time_matches(timestamptz, text, text[]) IS
    'One time filter. op: "" exact, n, lt, lte, gt, gte; values are microseconds since the epoch, ORed (n: none of them). No time matches nothing but n. NULL: unknown op.';

CREATE FUNCTION postern.token_matches(t postern.tokens, last_used timestamptz, field text, op text, vals text[]) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    result boolean;
BEGIN
    result := CASE field
        WHEN 'id'            THEN postern.text_matches(t.id::text, CASE op WHEN '' THEN 'ie' WHEN 'n' THEN 'nie' ELSE op END, vals)
        WHEN 'description'   THEN postern.text_matches(t.description, op, vals)
        WHEN 'created'       THEN postern.time_matches(t.created, op, vals)
        WHEN 'expires'       THEN postern.time_matches(t.expires, op, vals)
        WHEN 'last_used'     THEN postern.time_matches(token_matches.last_used, op, vals)
        WHEN 'write_enabled' THEN CASE op WHEN '' THEN t.write_enabled = ANY (vals::boolean[]) END
        WHEN 'q'             THEN CASE op WHEN '' THEN postern.text_matches(t.description, 'ic', vals)
                                      OR EXISTS (SELECT FROM unnest(vals) AS v WHERE lower(btrim(v)) = t.id::text) END
    END;
    IF result IS NULL THEN
        RAISE EXCEPTION 'unknown token filter "%__%"', field, op USING ERRCODE = 'invalid_parameter_value';
    END IF;
    RETURN result;
END $$;
COMMENT ON FUNCTION postern.token_matches(postern.tokens, timestamptz, text, text, text[]) IS
    'Whether a token passes one filter of the token list. Fields: id, description (text ops), created, expires, last_used (time ops), write_enabled ("true" or "false"), q (description contains, or id is). An unknown field or op is an error, never a match.';
