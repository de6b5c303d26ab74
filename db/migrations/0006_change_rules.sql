-- What follows from a change, whoever makes it: sessions end, and the workers hear of it.

CREATE FUNCTION postern.end_sessions_of_user() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    actor constant jsonb := postern.actor();
BEGIN
    IF NEW.is_active AND actor->>'action' = 'password_rehashed' THEN	-- same password, newer parameters
        RETURN NULL;
    END IF;
    DELETE FROM postern.sessions AS s
     WHERE s.user_id = NEW.id
       AND (NOT NEW.is_active OR s.id IS DISTINCT FROM nullif(actor->>'session_id', '')::uuid);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION postern.end_sessions_of_user() IS
    'Trigger: a new password ends the user''s other sessions (all but the actor''s own), disabling the user ends all.';

CREATE TRIGGER users_end_sessions AFTER UPDATE ON postern.users FOR EACH ROW
    WHEN (OLD.password_hash IS DISTINCT FROM NEW.password_hash OR (OLD.is_active AND NOT NEW.is_active))
    EXECUTE FUNCTION postern.end_sessions_of_user();

-- Notices on channel postern_changes, payload kind:id (user, token, session, group, permission), or kind:* when
-- a statement changed more than 100 of them. Sign-ins and preferences (last_login, config), last_seen and flash
-- are no news.

CREATE FUNCTION postern.notify_changes() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    kind   constant text := TG_ARGV[0];
    id_of  constant text := TG_ARGV[1];
    silent constant text[] := '{config,last_login}';
    ids    text[];
BEGIN
    CASE TG_OP
    WHEN 'INSERT' THEN
        SELECT array_agg(DISTINCT to_jsonb(n)->>id_of) INTO ids FROM new_rows AS n;
    WHEN 'DELETE' THEN
        SELECT array_agg(DISTINCT to_jsonb(o)->>id_of) INTO ids FROM old_rows AS o;
    WHEN 'UPDATE' THEN
        WITH was AS (SELECT to_jsonb(o) - silent AS r FROM old_rows AS o),
             now_is AS (SELECT to_jsonb(n) - silent AS r FROM new_rows AS n)
        SELECT array_agg(DISTINCT r->>id_of) INTO ids
          FROM ((TABLE was EXCEPT TABLE now_is) UNION ALL (TABLE now_is EXCEPT TABLE was)) AS changed;
    WHEN 'TRUNCATE' THEN
        ids := '{*}';
    END CASE;
    IF cardinality(ids) > 100 THEN
        ids := '{*}';
    END IF;
    PERFORM pg_notify('postern_changes', kind || ':' || id) FROM unnest(ids) AS id;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION postern.notify_changes() IS
    'Trigger: tells the workers what changed. Arguments: the kind, and the column that holds its identifier.';

DO $$
DECLARE
    t record;
BEGIN
    FOR t IN SELECT * FROM (VALUES ('users',             'user',       'id',       'INSERT UPDATE DELETE TRUNCATE'),
                                   ('tokens',            'token',      'id',       'INSERT UPDATE DELETE TRUNCATE'),
                                   ('sessions',          'session',    'id',       'DELETE TRUNCATE'),
                                   ('permissions',       'permission', 'id',       'INSERT UPDATE DELETE TRUNCATE'),
                                   ('permission_users',  'user',       'user_id',  'INSERT UPDATE DELETE TRUNCATE'),
                                   ('permission_groups', 'group',      'group_id', 'INSERT UPDATE DELETE TRUNCATE'),
                                   ('group_members',     'user',       'user_id',  'INSERT UPDATE DELETE TRUNCATE')
                  ) AS noticed (tab, kind, id_of, ops), unnest(string_to_array(ops, ' ')) AS op LOOP
        EXECUTE format('CREATE TRIGGER %I AFTER %s ON postern.%I %s FOR EACH STATEMENT EXECUTE FUNCTION postern.notify_changes(%L, %L)',
                       t.tab || '_notify_' || lower(t.op), t.op, t.tab,
                       CASE t.op WHEN 'INSERT' THEN 'REFERENCING NEW TABLE AS new_rows'
                                 WHEN 'UPDATE' THEN 'REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows'
                                 WHEN 'DELETE' THEN 'REFERENCING OLD TABLE AS old_rows'
                                 ELSE '' END,
                       t.kind, t.id_of);
    END LOOP;
END $$;
