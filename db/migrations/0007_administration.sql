-- For administrators in psql: views to look at, functions to act with. db/admin/README.md shows them in use.
-- The functions run with the caller's own rights; tables, constraints and triggers decide.

-- Views.

CREATE VIEW postern.tokens_overview AS
    SELECT t.id, t.tail, u.username, t.description,
           CASE WHEN NOT u.is_active THEN 'user inactive'
                WHEN t.expires <= now() THEN 'expired'
                ELSE 'live' END AS state,
           t.write_enabled, t.created, t.expires, w.last_used, t.allowed_ips, t.pepper
      FROM postern.tokens AS t
      JOIN postern.users AS u ON u.id = t.user_id
      LEFT JOIN postern.token_use AS w ON w.token_id = t.id;
COMMENT ON VIEW postern.tokens_overview IS 'Every token with its owner and its state, without its digest.';
COMMENT ON COLUMN postern.tokens_overview.id IS 'Token.';
COMMENT ON COLUMN postern.tokens_overview.tail IS 'Last six digits of the key.';
COMMENT ON COLUMN postern.tokens_overview.username IS 'Owner.';
COMMENT ON COLUMN postern.tokens_overview.description IS 'What it is for.';
COMMENT ON COLUMN postern.tokens_overview.state IS 'live, expired, or user inactive.';
COMMENT ON COLUMN postern.tokens_overview.write_enabled IS 'False: read only.';
COMMENT ON COLUMN postern.tokens_overview.created IS 'When it was created.';
COMMENT ON COLUMN postern.tokens_overview.expires IS 'When it ends; NULL: never.';
COMMENT ON COLUMN postern.tokens_overview.last_used IS 'Last accepted use, exact to one minute; NULL: never.';
COMMENT ON COLUMN postern.tokens_overview.allowed_ips IS 'Networks it is accepted from; empty: any.';
COMMENT ON COLUMN postern.tokens_overview.pepper IS 'Number of the pepper that made its digest.';

CREATE VIEW postern.expiring_tokens AS
    SELECT t.id, t.tail, t.username, u.email, t.description, t.expires,
           ceil(extract(epoch FROM t.expires - now()) / 86400)::integer AS days_left, t.last_used
      FROM postern.tokens_overview AS t
      JOIN postern.users AS u ON u.username = t.username
     WHERE t.state = 'live' AND t.expires <= now() + interval '30 days'
     ORDER BY t.expires, t.id;
COMMENT ON VIEW postern.expiring_tokens IS 'Live tokens that end within 30 days, soonest first.';
COMMENT ON COLUMN postern.expiring_tokens.id IS 'Token.';
COMMENT ON COLUMN postern.expiring_tokens.tail IS 'Last six digits of the key.';
COMMENT ON COLUMN postern.expiring_tokens.username IS 'Owner.';
COMMENT ON COLUMN postern.expiring_tokens.email IS 'Owner''s e-mail address, or empty.';
COMMENT ON COLUMN postern.expiring_tokens.description IS 'What it is for.';
COMMENT ON COLUMN postern.expiring_tokens.expires IS 'When it ends.';
COMMENT ON COLUMN postern.expiring_tokens.days_left IS 'Days until then, rounded up.';
COMMENT ON COLUMN postern.expiring_tokens.last_used IS 'Last accepted use; NULL: never.';

CREATE VIEW postern.user_rights AS
    SELECT u.username, r.object_type, r.action, r.via, r.permission
      FROM postern.users AS u
      CROSS JOIN LATERAL (
            SELECT '*' AS object_type, '*' AS action, 'superuser' AS via, NULL AS permission WHERE u.is_superuser
            UNION ALL
            SELECT o, a, held.via, p.name
              FROM (SELECT g.permission_id, 'user' AS via FROM postern.permission_users AS g WHERE g.user_id = u.id
                    UNION ALL
                    SELECT g.permission_id, 'group ' || gr.name
                      FROM postern.group_members AS m
                      JOIN postern.groups AS gr ON gr.id = m.group_id
                      JOIN postern.permission_groups AS g ON g.group_id = m.group_id
                     WHERE m.user_id = u.id) AS held
              JOIN postern.permissions AS p ON p.id = held.permission_id AND p.enabled
             CROSS JOIN unnest(p.object_types) AS o
             CROSS JOIN unnest(p.actions) AS a) AS r
     WHERE u.is_active;
COMMENT ON VIEW postern.user_rights IS 'What every active user may do, and by which permission; * stands for all.';
COMMENT ON COLUMN postern.user_rights.username IS 'User.';
COMMENT ON COLUMN postern.user_rights.object_type IS 'Object type, or *.';
COMMENT ON COLUMN postern.user_rights.action IS 'Action, or *.';
COMMENT ON COLUMN postern.user_rights.via IS 'How the user comes to it: superuser, user, or group and its name.';
COMMENT ON COLUMN postern.user_rights.permission IS 'Name of the permission; NULL for superusers.';

CREATE VIEW postern.active_sessions AS
    SELECT s.id, u.username, s.created, s.last_seen, s.address, s.user_agent
      FROM postern.sessions AS s
      JOIN postern.users AS u ON u.id = s.user_id
     ORDER BY s.last_seen DESC, s.id;
COMMENT ON VIEW postern.active_sessions IS 'Signed-in browsers, the latest first, without their digests. The workers'' time limits decide whether one is still accepted.';
COMMENT ON COLUMN postern.active_sessions.id IS 'Session.';
COMMENT ON COLUMN postern.active_sessions.username IS 'Whose.';
COMMENT ON COLUMN postern.active_sessions.created IS 'Sign-in.';
COMMENT ON COLUMN postern.active_sessions.last_seen IS 'Last request, exact to one minute.';
COMMENT ON COLUMN postern.active_sessions.address IS 'Client address at sign-in.';
COMMENT ON COLUMN postern.active_sessions.user_agent IS 'Browser at sign-in.';

CREATE VIEW postern.recent_events AS
    SELECT occurred, CASE WHEN user_id IS NULL THEN db_role::text ELSE username END AS who, action, object_type, object_name, old, new,
           address, request_id, db_role
      FROM postern.audit_events
     WHERE occurred > now() - interval '30 days'
     ORDER BY occurred DESC, id DESC;
COMMENT ON VIEW postern.recent_events IS 'The audit log of the last 30 days, newest first.';
COMMENT ON COLUMN postern.recent_events.occurred IS 'When.';
COMMENT ON COLUMN postern.recent_events.who IS 'Postern user who did it over the web, else the database role: that of whoever was in psql, or the workers'' for what nobody signed in for.';
COMMENT ON COLUMN postern.recent_events.action IS 'What happened.';
COMMENT ON COLUMN postern.recent_events.object_type IS 'What kind of object.';
COMMENT ON COLUMN postern.recent_events.object_name IS 'Which one.';
COMMENT ON COLUMN postern.recent_events.old IS 'Changed values before.';
COMMENT ON COLUMN postern.recent_events.new IS 'Changed values after.';
COMMENT ON COLUMN postern.recent_events.address IS 'Client address.';
COMMENT ON COLUMN postern.recent_events.request_id IS 'Request, as in the access log.';
COMMENT ON COLUMN postern.recent_events.db_role IS 'Database role that was connected.';

-- Users.

CREATE FUNCTION postern.find_user(name text) RETURNS uuid
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found_id uuid;
BEGIN
    SELECT u.id INTO found_id FROM postern.users AS u WHERE lower(u.username) = lower(name);
    IF found_id IS NULL THEN
        RAISE EXCEPTION 'there is no user "%"', name
            USING ERRCODE = 'no_data_found', HINT = 'SELECT username FROM postern.users; lists them all.';
    END IF;
    RETURN found_id;
END $$;
COMMENT ON FUNCTION postern.find_user(text) IS 'Identifier of the user with this name, whatever its case; an error when there is none.';

CREATE FUNCTION postern.create_user(username text, password_hash text DEFAULT NULL, superuser boolean DEFAULT false) RETURNS uuid
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    new_id uuid;
BEGIN
    IF coalesce(create_user.username, '') !~ '^[[:alnum:]@.+_-]{1,150}$' THEN
        RAISE EXCEPTION '"%" is no user name', create_user.username
            USING ERRCODE = 'check_violation', CONSTRAINT = 'username_text',
                  HINT = 'A name has 1 to 150 letters, digits and @ . + - _';
    END IF;
    IF EXISTS (SELECT FROM postern.users AS u WHERE lower(u.username) = lower(create_user.username)) THEN
        RAISE EXCEPTION 'there is already a user "%"', create_user.username
            USING ERRCODE = 'unique_violation', CONSTRAINT = 'users_username_key',
                  HINT = 'Names are the same whatever their case. postern.set_password(name, hash) gives an existing user a new password.';
    END IF;
    INSERT INTO postern.users (username, password_hash, is_superuser)
    VALUES (create_user.username, create_user.password_hash, superuser) RETURNING id INTO new_id;
    RETURN new_id;
END $$;
COMMENT ON FUNCTION postern.create_user(text, text, boolean) IS
    'Adds a user and returns the identifier. The hash is the line that "postern hash" prints; without one there is no password sign-in.';

CREATE FUNCTION postern.set_password(username text, password_hash text) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    UPDATE postern.users AS u SET password_hash = set_password.password_hash WHERE u.id = postern.find_user(set_password.username)
$$;
COMMENT ON FUNCTION postern.set_password(text, text) IS
    'Gives the user a new password (a line of "postern hash"; NULL: no password sign-in) and ends the user''s sessions. Tokens stay.';

CREATE FUNCTION postern.restrict_tokens(username text) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    UPDATE postern.users AS u SET may_manage_tokens = false WHERE u.id = postern.find_user(restrict_tokens.username)
$$;
COMMENT ON FUNCTION postern.restrict_tokens(text) IS 'Takes away the right to create and modify own tokens; existing ones stay valid.';

CREATE FUNCTION postern.allow_tokens(username text) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    UPDATE postern.users AS u SET may_manage_tokens = true WHERE u.id = postern.find_user(allow_tokens.username)
$$;
COMMENT ON FUNCTION postern.allow_tokens(text) IS 'Gives back the right to create and modify own tokens.';

CREATE FUNCTION postern.disable_user(username text) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    UPDATE postern.users AS u SET is_active = false WHERE u.id = postern.find_user(disable_user.username)
$$;
COMMENT ON FUNCTION postern.disable_user(text) IS 'From now on nothing of the user is accepted: password, tokens, sessions. Sessions end; tokens come back with enable_user.';

CREATE FUNCTION postern.enable_user(username text) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    UPDATE postern.users AS u SET is_active = true WHERE u.id = postern.find_user(enable_user.username)
$$;
COMMENT ON FUNCTION postern.enable_user(text) IS 'Accepts the user again.';

CREATE FUNCTION postern.end_sessions(username text) RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ended integer;
BEGIN
    DELETE FROM postern.sessions AS s WHERE s.user_id = postern.find_user(end_sessions.username);
    GET DIAGNOSTICS ended = ROW_COUNT;
    RETURN ended;
END $$;
COMMENT ON FUNCTION postern.end_sessions(text) IS 'Signs the user out everywhere; returns how many sessions ended.';

-- Tokens.

CREATE FUNCTION postern.revoke_token(token text) RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    wanted constant text := lower(btrim(token));
    ids    uuid[];
    shown  text;
BEGIN
    IF wanted ~ '^[0-9a-f]{40}$' THEN
        RAISE EXCEPTION 'give the token''s id or the last six digits of its key, not the key'
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Statements are logged and kept in psql''s history; a key does not belong there.';
    END IF;
    SELECT array_agg(t.id ORDER BY t.id) INTO ids FROM postern.tokens AS t WHERE t.id::text = wanted OR t.tail = wanted;
    IF ids IS NULL THEN
        RAISE EXCEPTION 'there is no token "%"', token
            USING ERRCODE = 'no_data_found', HINT = 'SELECT id, tail, username FROM postern.tokens_overview; lists them all.';
    ELSIF cardinality(ids) > 1 THEN
        RAISE EXCEPTION 'there are % tokens with the digits "%"', cardinality(ids), token
            USING ERRCODE = 'cardinality_violation', DETAIL = array_to_string(ids, ', '), HINT = 'Name the one that is meant by its id.';
    END IF;
    SELECT format('%s (%s)', o.tail, o.username) INTO shown FROM postern.tokens_overview AS o WHERE o.id = ids[1];
    DELETE FROM postern.tokens AS t WHERE t.id = ids[1];
    RETURN shown;
END $$;
COMMENT ON FUNCTION postern.revoke_token(text) IS
    'Deletes the token with this id, or with these last six digits of the key if only one has them; returns its display name.';

CREATE FUNCTION postern.revoke_all(username text) RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    revoked integer;
BEGIN
    DELETE FROM postern.tokens AS t WHERE t.user_id = postern.find_user(revoke_all.username);
    GET DIAGNOSTICS revoked = ROW_COUNT;
    RETURN revoked;
END $$;
COMMENT ON FUNCTION postern.revoke_all(text) IS 'Deletes all tokens of the user; returns how many.';

-- Permissions.

CREATE FUNCTION postern.word_list(words text) RETURNS text[]
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT array_agg(DISTINCT w ORDER BY w) FROM regexp_split_to_table(lower(words), '[\s,]+') AS w WHERE w <> ''
$$;
COMMENT ON FUNCTION postern.word_list(text) IS 'Words separated by commas or blanks, as a sorted array in lower case; NULL when there are none.';

CREATE FUNCTION postern.find_holder(who text, OUT user_id uuid, OUT group_id integer)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    bare constant text := lower(regexp_replace(who, '^(user|group):', ''));
BEGIN
    IF who !~ '^group:' THEN
        SELECT u.id INTO user_id FROM postern.users AS u WHERE lower(u.username) = bare;
    END IF;
    IF who !~ '^user:' THEN
        SELECT g.id INTO group_id FROM postern.groups AS g WHERE lower(g.name) = bare;
    END IF;
    IF user_id IS NULL AND group_id IS NULL THEN
        RAISE EXCEPTION 'there is no user or group "%"', who
            USING ERRCODE = 'no_data_found', HINT = 'SELECT username FROM postern.users; SELECT name FROM postern.groups;';
    ELSIF user_id IS NOT NULL AND group_id IS NOT NULL THEN
        RAISE EXCEPTION '"%" is both a user and a group', who
            USING ERRCODE = 'ambiguous_parameter', HINT = format('Say "user:%s" or "group:%s".', who, who);
    END IF;
END $$;
COMMENT ON FUNCTION postern.find_holder(text) IS 'The user or the group with this name; user: or group: in front decides when both exist.';

CREATE FUNCTION postern.grant_permission(who text, object_types text, actions text) RETURNS uuid
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    types  constant text[] := postern.word_list(object_types);
    verbs  constant text[] := postern.word_list(actions);
    holder constant record := postern.find_holder(who);
    title  text := left(format('%s: %s', array_to_string(types, ', '), array_to_string(verbs, ', ')), 100);
    given  uuid;
BEGIN
    IF types IS NULL OR NOT postern.all_match(types, '^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$') THEN
        RAISE EXCEPTION '"%" is no list of object types', object_types
            USING ERRCODE = 'invalid_parameter_value', HINT = 'An object type is app.model, for example dcim.site; several are separated by commas.';
    ELSIF verbs <@ '{view,add,change,delete}' IS NOT TRUE THEN
        RAISE EXCEPTION '"%" is no list of actions', actions
            USING ERRCODE = 'invalid_parameter_value', HINT = 'The actions are view, add, change and delete; several are separated by commas.';
    END IF;
    SELECT p.id INTO given FROM postern.permissions AS p
     WHERE p.enabled AND p.object_types <@ types AND types <@ p.object_types AND p.actions <@ verbs AND verbs <@ p.actions
     ORDER BY p.name LIMIT 1;
    IF given IS NULL THEN
        given := gen_random_uuid();
        IF EXISTS (SELECT FROM postern.permissions AS p WHERE p.name = title) THEN
            title := left(title, 60) || ' ' || given::text;
        END IF;
        INSERT INTO postern.permissions (id, name, object_types, actions) VALUES (given, title, types, verbs);
    END IF;
    IF holder.user_id IS NOT NULL THEN
        INSERT INTO postern.permission_users (permission_id, user_id) VALUES (given, holder.user_id) ON CONFLICT DO NOTHING;
    ELSE
        INSERT INTO postern.permission_groups (permission_id, group_id) VALUES (given, holder.group_id) ON CONFLICT DO NOTHING;
    END IF;
    RETURN given;
END $$;
COMMENT ON FUNCTION postern.grant_permission(text, text, text) IS
    'Lets a user or group do the actions on the object types (lists separated by commas). Uses the enabled permission that says just this, or makes one; returns its identifier.';

CREATE FUNCTION postern.revoke_permission(who text, object_types text, actions text) RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    types  constant text[] := coalesce(postern.word_list(object_types), '{}');
    verbs  constant text[] := coalesce(postern.word_list(actions), '{}');
    holder constant record := postern.find_holder(who);
    inside uuid[];
    wider  text;
BEGIN
    IF NOT verbs <@ '{view,add,change,delete}' THEN
        RAISE EXCEPTION '"%" is no list of actions', actions
            USING ERRCODE = 'invalid_parameter_value', HINT = 'The actions are view, add, change and delete; several are separated by commas.';
    END IF;
    SELECT array_agg(p.id) FILTER (WHERE p.object_types <@ types AND p.actions <@ verbs),
           string_agg(quote_literal(p.name), ', ' ORDER BY p.name) FILTER (WHERE NOT (p.object_types <@ types AND p.actions <@ verbs))
      INTO inside, wider
      FROM postern.permissions AS p
     WHERE p.object_types && types AND p.actions && verbs
       AND (EXISTS (SELECT FROM postern.permission_users AS g WHERE g.permission_id = p.id AND g.user_id = holder.user_id)
         OR EXISTS (SELECT FROM postern.permission_groups AS g WHERE g.permission_id = p.id AND g.group_id = holder.group_id));
    IF wider IS NOT NULL THEN
        RAISE EXCEPTION '"%" holds wider permissions that give this too: %', who, wider
            USING ERRCODE = 'dependent_objects_still_exist',
                  HINT = 'Revoke all that the permission gives and grant the rest anew, or UPDATE postern.permissions if nobody else needs it as it is.';
    ELSIF inside IS NULL THEN
        RAISE EXCEPTION '"%" holds no such permission', who
            USING ERRCODE = 'no_data_found', HINT = 'SELECT * FROM postern.user_rights; shows who may do what, and through which group.';
    END IF;
    DELETE FROM postern.permission_users AS g WHERE g.permission_id = ANY (inside) AND g.user_id = holder.user_id;
    DELETE FROM postern.permission_groups AS g WHERE g.permission_id = ANY (inside) AND g.group_id = holder.group_id;
    RETURN cardinality(inside);
END $$;
COMMENT ON FUNCTION postern.revoke_permission(text, text, text) IS
    'Takes from a user or group the permissions that lie within these object types and actions; returns how many. Refuses when a wider permission would still give the right.';

-- Over REST. The workers' role cannot make superusers by itself; these two functions act in the name of the superuser whose
-- request it is (postern.actor), and keep at least one who can still sign in.

CREATE FUNCTION postern.require_superuser() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM FROM postern.users AS u WHERE u.is_superuser AND u.is_active ORDER BY u.id FOR NO KEY UPDATE;	-- one change at a time
    IF NOT EXISTS (SELECT FROM postern.users AS u
                    WHERE u.id = nullif(postern.actor()->>'user_id', '')::uuid AND u.is_superuser AND u.is_active) THEN
        RAISE EXCEPTION 'only a superuser may change users'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'users_actor_superuser', HINT = 'In psql, change postern.users itself.';
    END IF;
END $$;
COMMENT ON FUNCTION postern.require_superuser() IS
    'Refuses unless the actor is an active superuser; holds all of those until the transaction ends.';

CREATE FUNCTION postern.require_last_superuser() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM postern.users AS u WHERE u.is_superuser AND u.is_active) THEN
        RAISE EXCEPTION 'This is the last active superuser.'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'users_last_superuser',
                  HINT = 'Make somebody else a superuser first.';
    END IF;
END $$;
COMMENT ON FUNCTION postern.require_last_superuser() IS 'Refuses when no active superuser is left.';

CREATE FUNCTION postern.save_user(of_id uuid, change jsonb) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    saved uuid;
BEGIN
    PERFORM postern.require_superuser();
    IF of_id IS NULL THEN
        INSERT INTO postern.users (username, password_hash, is_active, is_superuser, may_manage_tokens, first_name, last_name, email)
        VALUES (change->>'username', change->>'password_hash', coalesce((change->>'is_active')::boolean, true),
                coalesce((change->>'is_superuser')::boolean, false), coalesce((change->>'may_manage_tokens')::boolean, true),
                coalesce(change->>'first_name', ''), coalesce(change->>'last_name', ''), coalesce(change->>'email', ''))
        RETURNING id INTO saved;
    ELSE
        UPDATE postern.users AS u
           SET username = coalesce(change->>'username', u.username),
               password_hash = CASE WHEN change ? 'password_hash' THEN change->>'password_hash' ELSE u.password_hash END,
               is_active = coalesce((change->>'is_active')::boolean, u.is_active),
               is_superuser = coalesce((change->>'is_superuser')::boolean, u.is_superuser),
               may_manage_tokens = coalesce((change->>'may_manage_tokens')::boolean, u.may_manage_tokens),
               first_name = coalesce(change->>'first_name', u.first_name),
               last_name = coalesce(change->>'last_name', u.last_name),
               email = coalesce(change->>'email', u.email)
         WHERE u.id = of_id
        RETURNING u.id INTO saved;
    END IF;
    IF saved IS NOT NULL AND change ? 'groups' THEN
        DELETE FROM postern.group_members AS m
         WHERE m.user_id = saved AND m.group_id <> ALL (ARRAY(SELECT g::integer FROM jsonb_array_elements_text(change->'groups') AS g));
        INSERT INTO postern.group_members (group_id, user_id)
        SELECT g::integer, saved FROM jsonb_array_elements_text(change->'groups') AS g ON CONFLICT DO NOTHING;
    END IF;
    PERFORM postern.require_last_superuser();
    RETURN saved;
END $$;
COMMENT ON FUNCTION postern.save_user(uuid, jsonb) IS
    'Changes the members given of a user, or adds one (id NULL), and returns the identifier; NULL: no such user. For superusers'' requests only.';

CREATE FUNCTION postern.remove_user(of_id uuid) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    removed uuid;
BEGIN
    PERFORM postern.require_superuser();
    DELETE FROM postern.users AS u WHERE u.id = of_id RETURNING u.id INTO removed;
    PERFORM postern.require_last_superuser();
    RETURN removed;
END $$;
COMMENT ON FUNCTION postern.remove_user(uuid) IS
    'Deletes a user with all tokens and sessions and returns the identifier; NULL: no such user. For superusers'' requests only.';
