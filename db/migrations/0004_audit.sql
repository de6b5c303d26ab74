-- The audit log: who changed what, written by triggers, so that psql counts too. Append-only.

CREATE TABLE postern.audit_events (
    id          bigint GENERATED ALWAYS AS IDENTITY,
    occurred    timestamptz NOT NULL DEFAULT clock_timestamp(),
    db_role     name NOT NULL DEFAULT session_user,
    user_id     uuid,
    username    text,
    token_id    uuid,
    session_id  uuid,
    request_id  text,
    address     inet,
    action      text NOT NULL CONSTRAINT audit_events_action_form CHECK (action ~ '^[a-z][a-z_]*$'),
    object_type text,
    object_id   text,
    object_name text,
    old         jsonb,
    new         jsonb,
    PRIMARY KEY (id, occurred)
) PARTITION BY RANGE (occurred);
CREATE INDEX audit_events_occurred_idx ON postern.audit_events (occurred);
CREATE INDEX audit_events_user_id_idx ON postern.audit_events (user_id, occurred);
CREATE INDEX audit_events_object_idx ON postern.audit_events (object_id, occurred);
COMMENT ON TABLE postern.audit_events IS
    'Append-only audit log, one partition per month (UTC). Rows come from triggers and postern.audit_failure(); old months go with postern.audit_retain().';
COMMENT ON COLUMN postern.audit_events.id IS 'Number of the event.';
COMMENT ON COLUMN postern.audit_events.occurred IS 'When.';
COMMENT ON COLUMN postern.audit_events.db_role IS 'Database role that was connected: the workers'' role, or an administrator in psql.';
COMMENT ON COLUMN postern.audit_events.user_id IS 'Postern user who did it; NULL: not known, for example psql.';
COMMENT ON COLUMN postern.audit_events.username IS 'That user''s name at the time; NULL with user_id. Whom a failed sign-in was meant for is the object.';
COMMENT ON COLUMN postern.audit_events.token_id IS 'Token that the request came with.';
COMMENT ON COLUMN postern.audit_events.session_id IS 'Session that the request came with.';
COMMENT ON COLUMN postern.audit_events.request_id IS 'Request, as in the access log and X-Request-ID.';
COMMENT ON COLUMN postern.audit_events.address IS 'Client address.';
COMMENT ON COLUMN postern.audit_events.action IS 'What happened, for example token_created, password_changed, login, login_failed.';
COMMENT ON COLUMN postern.audit_events.object_type IS 'user, token, session, group or permission.';
COMMENT ON COLUMN postern.audit_events.object_id IS 'Identifier of the object.';
COMMENT ON COLUMN postern.audit_events.object_name IS 'Name of the object at the time, for people.';
COMMENT ON COLUMN postern.audit_events.old IS 'Values before, changed columns only; secrets appear as "(changed)" or "(set)".';
COMMENT ON COLUMN postern.audit_events.new IS 'Values after, changed columns only; secrets appear as "(changed)" or "(set)".';

CREATE TABLE postern.audit_events_default PARTITION OF postern.audit_events DEFAULT;
COMMENT ON TABLE postern.audit_events_default IS
    'Audit events of months that have no partition yet, so that an insert never fails; postern.audit_extend() moves them.';

-- Append-only.

CREATE FUNCTION postern.audit_refuse() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only'
        USING ERRCODE = 'insufficient_privilege',
              HINT = 'Drop old months with SELECT postern.audit_retain(interval ''1 year'').';
END $$;
COMMENT ON FUNCTION postern.audit_refuse() IS 'Trigger: refuses to change or delete audit events.';
CREATE TRIGGER audit_events_append_only BEFORE UPDATE OR DELETE ON postern.audit_events FOR EACH ROW
    WHEN (current_setting('postern.audit_upkeep', true) IS DISTINCT FROM 'on') EXECUTE FUNCTION postern.audit_refuse();
CREATE TRIGGER audit_events_no_truncate BEFORE TRUNCATE ON postern.audit_events EXECUTE FUNCTION postern.audit_refuse();
CREATE TRIGGER audit_events_no_truncate BEFORE TRUNCATE ON postern.audit_events_default EXECUTE FUNCTION postern.audit_refuse();

-- Writing.

-- Everybody can set a setting, so it counts from the one role that the workers connect as (db/roles.sql), and from no
-- member of it: superusers are members of every role.
CREATE FUNCTION postern.is_worker() RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$ SELECT session_user = 'postern' $$;
COMMENT ON FUNCTION postern.is_worker() IS 'Whether a worker of Postern is connected, and not a person.';

CREATE FUNCTION postern.actor() RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    said jsonb;
BEGIN
    IF NOT postern.is_worker() THEN
        RETURN '{}';
    END IF;
    said := nullif(current_setting('postern.actor', true), '')::jsonb;
    PERFORM nullif(said->>'user_id', '')::uuid, nullif(said->>'token_id', '')::uuid, nullif(said->>'session_id', '')::uuid,
            nullif(said->>'address', '')::inet;
    RETURN CASE jsonb_typeof(said) WHEN 'object' THEN said ELSE '{}' END;
EXCEPTION WHEN data_exception THEN
    RETURN '{}';
END $$;
COMMENT ON FUNCTION postern.actor() IS
    'Who is acting, as the workers say with set_config(''postern.actor'', json, true): user_id, username, token_id, session_id, request_id, address, action. Empty for everybody else, whatever the setting says, and when it makes no sense.';

CREATE FUNCTION postern.audit_write(action text, object_type text, object_id text, object_name text, old jsonb, new jsonb,
                                    actor jsonb DEFAULT postern.actor()) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO postern.audit_events (user_id, username, token_id, session_id, request_id, address,
                                      action, object_type, object_id, object_name, old, new)
    VALUES (nullif(actor->>'user_id', '')::uuid, nullif(actor->>'username', ''), nullif(actor->>'token_id', '')::uuid,
            nullif(actor->>'session_id', '')::uuid, nullif(actor->>'request_id', ''), nullif(actor->>'address', '')::inet,
            audit_write.action, audit_write.object_type, audit_write.object_id, audit_write.object_name, audit_write.old, audit_write.new);
END $$;
COMMENT ON FUNCTION postern.audit_write(text, text, text, text, jsonb, jsonb, jsonb) IS
    'Writes one audit event. For the owner''s triggers and functions only.';

CREATE FUNCTION postern.audit_values(values_of jsonb, other jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT jsonb_object_agg(key, CASE WHEN key NOT IN ('password_hash', 'digest') OR value = 'null' THEN value
                                              WHEN other IS NULL THEN '"(set)"' ELSE '"(changed)"' END)
              FROM jsonb_each(values_of)
             WHERE value <> coalesce(other->key, 'null')
               AND key NOT IN ('id', 'config', 'last_login', 'last_seen', 'flash'));
END $$;
COMMENT ON FUNCTION postern.audit_values(jsonb, jsonb) IS
    'The columns of a row that differ from the other row (NULL: none), without secrets and without what is not audited; NULL when none.';

CREATE FUNCTION postern.audit_action(kind text, op text, changed jsonb, wish text) RETURNS text
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (
        SELECT action
          FROM (VALUES (1, 'session', 'INSERT', NULL,            'login'),
                       (1, 'session', 'DELETE', NULL,            'session_ended'),
                       (3, 'session', 'DELETE', NULL,            'logout'),
                       (3, 'session', 'DELETE', NULL,            'session_expired'),
                       (1, 'session', 'UPDATE', 'digest',        'session_key_changed'),
                       (1, 'user',    'UPDATE', 'password_hash', 'password_changed'),
                       (3, 'user',    'UPDATE', 'password_hash', 'password_rehashed'),
                       (1, 'token',   'UPDATE', 'digest',        'token_key_changed'),
                       (3, 'token',   'UPDATE', 'digest',        'token_rehashed'),
                       (3, 'token',   'INSERT', NULL,            'token_provisioned'),
                       (2, kind, op, NULL, kind || CASE op WHEN 'INSERT' THEN '_created' WHEN 'UPDATE' THEN '_changed' ELSE '_deleted' END)
               ) AS known (rank, of_kind, of_op, of_column, action)
         WHERE of_kind = kind AND of_op = op AND (of_column IS NULL OR changed ? of_column) AND (rank < 3 OR action = wish)
         ORDER BY action = wish DESC NULLS LAST, rank
         LIMIT 1);
END $$;
COMMENT ON FUNCTION postern.audit_action(text, text, jsonb, text) IS
    'Name of the action: what the actor calls it (wish), if that fits what was done, else the usual name (rank 1 before 2).';

CREATE FUNCTION postern.audit_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    kind   constant text := TG_ARGV[0];
    before constant jsonb := to_jsonb(OLD);
    after  constant jsonb := to_jsonb(NEW);
    this   constant jsonb := coalesce(after, before);
    was    constant jsonb := postern.audit_values(before, after);
    now_is constant jsonb := postern.audit_values(after, before);
    actor  jsonb := postern.actor();
    owner  text;
BEGIN
    IF TG_OP = 'UPDATE' AND (was IS NULL AND now_is IS NULL OR kind = 'session' AND postern.is_worker()) THEN	-- renewal is routine
        RETURN NULL;
    END IF;
    SELECT username INTO owner FROM postern.users WHERE id = (this->>'user_id')::uuid;
    IF kind = 'session' AND TG_OP = 'INSERT' THEN	-- a login: if nobody else is named, the session's user acts
        actor := jsonb_build_object('user_id', this->>'user_id', 'username', owner, 'address', this->>'address') || jsonb_strip_nulls(actor);
    END IF;
    PERFORM postern.audit_write(postern.audit_action(kind, TG_OP, coalesce(was, '{}') || coalesce(now_is, '{}'), actor->>'action'), kind, this->>'id',
        coalesce(this->>'username', this->>'name', (this->>'tail') || coalesce(' (' || owner || ')', ''), owner),
        was, now_is, actor);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION postern.audit_change() IS 'Trigger: one audit event per changed row. Argument: the kind of object.';

CREATE TRIGGER users_audit AFTER INSERT OR UPDATE OR DELETE ON postern.users FOR EACH ROW EXECUTE FUNCTION postern.audit_change('user');
CREATE TRIGGER tokens_audit AFTER INSERT OR UPDATE OR DELETE ON postern.tokens FOR EACH ROW EXECUTE FUNCTION postern.audit_change('token');
CREATE TRIGGER sessions_audit AFTER INSERT OR UPDATE OF digest OR DELETE ON postern.sessions FOR EACH ROW EXECUTE FUNCTION postern.audit_change('session');
CREATE TRIGGER groups_audit AFTER INSERT OR UPDATE OR DELETE ON postern.groups FOR EACH ROW EXECUTE FUNCTION postern.audit_change('group');
CREATE TRIGGER permissions_audit AFTER INSERT OR UPDATE OR DELETE ON postern.permissions FOR EACH ROW EXECUTE FUNCTION postern.audit_change('permission');

CREATE FUNCTION postern.audit_link_row(kind text, action text, link jsonb, added boolean) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    object constant text := link->>(kind || '_id');
    name   text;
    holder jsonb := link - (kind || '_id');
BEGIN
    IF kind = 'group' THEN
        SELECT g.name INTO name FROM postern.groups AS g WHERE g.id = object::integer;
    ELSE
        SELECT p.name INTO name FROM postern.permissions AS p WHERE p.id = object::uuid;
    END IF;
    IF holder ? 'user_id' THEN
        holder := holder || jsonb_build_object('user', (SELECT u.username FROM postern.users AS u WHERE u.id = (holder->>'user_id')::uuid));
    ELSE
        holder := holder || jsonb_build_object('group', (SELECT g.name FROM postern.groups AS g WHERE g.id = (holder->>'group_id')::integer));
    END IF;
    PERFORM postern.audit_write(action, kind, object, name, CASE WHEN NOT added THEN holder END, CASE WHEN added THEN holder END);
END $$;
COMMENT ON FUNCTION postern.audit_link_row(text, text, jsonb, boolean) IS 'Writes the audit event of one membership or grant.';

CREATE FUNCTION postern.audit_link() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM postern.audit_link_row(TG_ARGV[0], TG_ARGV[2], to_jsonb(OLD), false);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM postern.audit_link_row(TG_ARGV[0], TG_ARGV[1], to_jsonb(NEW), true);
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION postern.audit_link() IS
    'Trigger: audit events of memberships and grants. Arguments: the kind of object, the action of a new row, that of a removed one.';

CREATE TRIGGER group_members_audit AFTER INSERT OR UPDATE OR DELETE ON postern.group_members
    FOR EACH ROW EXECUTE FUNCTION postern.audit_link('group', 'group_member_added', 'group_member_removed');
CREATE TRIGGER permission_users_audit AFTER INSERT OR UPDATE OR DELETE ON postern.permission_users
    FOR EACH ROW EXECUTE FUNCTION postern.audit_link('permission', 'permission_granted', 'permission_revoked');
CREATE TRIGGER permission_groups_audit AFTER INSERT OR UPDATE OR DELETE ON postern.permission_groups
    FOR EACH ROW EXECUTE FUNCTION postern.audit_link('permission', 'permission_granted', 'permission_revoked');

-- What belongs to a row goes just before it and not by the cascade, which comes when the row's name is gone.
CREATE FUNCTION postern.delete_dependents() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    CASE TG_TABLE_NAME
    WHEN 'users' THEN
        DELETE FROM postern.sessions AS s WHERE s.user_id = OLD.id;
        DELETE FROM postern.tokens AS t WHERE t.user_id = OLD.id;
        DELETE FROM postern.group_members AS m WHERE m.user_id = OLD.id;
        DELETE FROM postern.permission_users AS g WHERE g.user_id = OLD.id;
    WHEN 'groups' THEN
        DELETE FROM postern.group_members AS m WHERE m.group_id = OLD.id;
        DELETE FROM postern.permission_groups AS g WHERE g.group_id = OLD.id;
    WHEN 'permissions' THEN
        DELETE FROM postern.permission_users AS g WHERE g.permission_id = OLD.id;
        DELETE FROM postern.permission_groups AS g WHERE g.permission_id = OLD.id;
    END CASE;
    RETURN OLD;
END $$;
COMMENT ON FUNCTION postern.delete_dependents() IS
    'Trigger: deletes what belongs to a user, group or permission while the audit log can still name it.';

CREATE TRIGGER users_dependents BEFORE DELETE ON postern.users FOR EACH ROW EXECUTE FUNCTION postern.delete_dependents();
CREATE TRIGGER groups_dependents BEFORE DELETE ON postern.groups FOR EACH ROW EXECUTE FUNCTION postern.delete_dependents();
CREATE TRIGGER permissions_dependents BEFORE DELETE ON postern.permissions FOR EACH ROW EXECUTE FUNCTION postern.delete_dependents();

CREATE FUNCTION postern.audit_truncate() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM postern.audit_write(TG_ARGV[0], NULL, NULL, format('all of %s (truncate)', TG_TABLE_NAME), NULL, NULL);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION postern.audit_truncate() IS 'Trigger: one audit event for a whole table. Argument: the action.';

CREATE TRIGGER users_audit_truncate AFTER TRUNCATE ON postern.users EXECUTE FUNCTION postern.audit_truncate('user_deleted');
CREATE TRIGGER tokens_audit_truncate AFTER TRUNCATE ON postern.tokens EXECUTE FUNCTION postern.audit_truncate('token_deleted');
CREATE TRIGGER sessions_audit_truncate AFTER TRUNCATE ON postern.sessions EXECUTE FUNCTION postern.audit_truncate('session_ended');
CREATE TRIGGER groups_audit_truncate AFTER TRUNCATE ON postern.groups EXECUTE FUNCTION postern.audit_truncate('group_deleted');
CREATE TRIGGER permissions_audit_truncate AFTER TRUNCATE ON postern.permissions EXECUTE FUNCTION postern.audit_truncate('permission_deleted');
CREATE TRIGGER group_members_audit_truncate AFTER TRUNCATE ON postern.group_members EXECUTE FUNCTION postern.audit_truncate('group_member_removed');
CREATE TRIGGER permission_users_audit_truncate AFTER TRUNCATE ON postern.permission_users EXECUTE FUNCTION postern.audit_truncate('permission_revoked');
CREATE TRIGGER permission_groups_audit_truncate AFTER TRUNCATE ON postern.permission_groups EXECUTE FUNCTION postern.audit_truncate('permission_revoked');

CREATE FUNCTION postern.audit_failures_from(address inet, action text, reason text) RETURNS bigint
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    first constant inet := CASE family(address) WHEN 6 THEN set_masklen(network(set_masklen(address, 64))::inet, 128) ELSE address END;
    last  constant inet := CASE family(address) WHEN 6 THEN set_masklen(broadcast(set_masklen(address, 64)), 128) ELSE address END;
BEGIN
    RETURN (SELECT count(*) FROM postern.audit_events AS e
             WHERE e.occurred > now() - interval '1 minute' AND e.action = audit_failures_from.action
               AND e.new->>'reason' = left(audit_failures_from.reason, 200)
               AND CASE WHEN first IS NULL THEN e.address IS NULL ELSE e.address BETWEEN first AND last END);
END $$;
COMMENT ON FUNCTION postern.audit_failures_from(inet, text, text) IS
    'How many such failures of the last minute are on record for an address, or for the /64 network of an IPv6 address.';

-- A password that was looked at is always recorded. That cannot fill the disk: the throttle lets only so many through for
-- a name and an address (both limits are at least 1 in the settings), and even without it, each costs the client the
-- computation of a hash, which the password workers do a few times a second. What costs nothing has a quota, by kind, so
-- that nobody can use up that of another: tries that the throttle refused, overlong ones, and what a right password
-- that the throttle does not count was refused for.
CREATE FUNCTION postern.audit_failure(action text, username text, address inet, request_id text, reason text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    quota    constant integer := 30;	-- a minute, address and kind
    measured constant boolean := action <> 'login_failed' OR coalesce(reason, '') IN ('', 'throttled', 'overlong');
    seen     bigint := 0;
    known    uuid;
    name     text;
BEGIN
    IF action !~ '_(failed|refused)$' THEN
        RAISE EXCEPTION 'audit_failure records failures only, not "%"', action
            USING ERRCODE = 'invalid_parameter_value', HINT = 'The action ends in _failed or _refused.';
    END IF;
    IF measured THEN
        seen := postern.audit_failures_from(address, action, coalesce(reason, ''));
    END IF;
    IF seen >= quota THEN
        RETURN;
    END IF;
    SELECT u.id, u.username INTO known, name FROM postern.users AS u WHERE lower(u.username) = postern.login_name(audit_failure.username);
    name := coalesce(name, '(unknown)');	-- what nobody is called may be a password or a key in the wrong field
    PERFORM postern.audit_write(action, CASE WHEN known IS NOT NULL THEN 'user' END, known::text, name, NULL,
        jsonb_build_object('reason', left(coalesce(reason, ''), 200))
            || CASE WHEN seen = quota - 1 THEN '{"note": "more of this minute are not recorded"}' ELSE '{}' END::jsonb,
        jsonb_build_object('address', address, 'request_id', left(request_id, 200))
            || CASE WHEN action = 'login_failed' THEN '{}' ELSE jsonb_build_object('user_id', known, 'username', name) END);
END $$;
COMMENT ON FUNCTION postern.audit_failure(text, text, inet, text, text) IS
    'Records what was refused. login_failed: a sign-in, reason wrong_password, unknown_user, no_password, inactive, throttled or overlong; the object is the user that was tried, or "(unknown)", and nobody is taken to have acted. provisioning_refused: a user with the right password who may not manage tokens. throttled, overlong and provisioning_refused: at most 30 of each a minute and address.';

-- Months.

CREATE FUNCTION postern.audit_extend(months integer DEFAULT 3) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET lock_timeout = '5s' AS $$
DECLARE
    first timestamptz;
    next  timestamptz;
    part  text;
    made  integer := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('postern.audit_extend'));
    PERFORM set_config('postern.audit_upkeep', 'on', true);
    FOR n IN 0 .. least(greatest(months, 0), 24) LOOP
        first := date_trunc('month', now()) + make_interval(months => n);
        next := first + interval '1 month';
        part := 'audit_events_' || to_char(first, 'YYYY_MM');
        CONTINUE WHEN to_regclass('postern.' || part) IS NOT NULL;
        EXECUTE format('CREATE TABLE postern.%I (LIKE postern.audit_events INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', part);
        EXECUTE format('COMMENT ON TABLE postern.%I IS %L', part, 'Audit events of ' || to_char(first, 'YYYY-MM') || ' (UTC).');
        EXECUTE format('WITH gone AS (DELETE FROM postern.audit_events_default WHERE occurred >= $1 AND occurred < $2 RETURNING *) '
                       'INSERT INTO postern.%I SELECT * FROM gone', part) USING first, next;
        EXECUTE format('ALTER TABLE postern.audit_events ATTACH PARTITION postern.%I FOR VALUES FROM (%L) TO (%L)', part, first, next);
        EXECUTE format('CREATE TRIGGER audit_events_no_truncate BEFORE TRUNCATE ON postern.%I EXECUTE FUNCTION postern.audit_refuse()', part);
        made := made + 1;
    END LOOP;
    PERFORM set_config('postern.audit_upkeep', 'off', true);
    RETURN made;
END $$;
COMMENT ON FUNCTION postern.audit_extend(integer) IS
    'Makes the partitions of this month and the next ones where missing, and moves events there from the default partition. Returns how many were made.';

CREATE FUNCTION postern.audit_retain(keep interval, OUT partitions integer, OUT events bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET lock_timeout = '5s' AS $$
DECLARE
    until   constant timestamptz := now() - keep;
    part    name;
    dropped text[] := '{}';
BEGIN
    IF keep IS NULL OR keep < interval '7 days' THEN
        RAISE EXCEPTION 'the audit log keeps at least 7 days'
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Give how long to keep, for example interval ''1 year''.';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('postern.audit_extend'));
    FOR part IN SELECT c.relname FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
                 WHERE i.inhparent = 'postern.audit_events'::regclass AND c.relname ~ '^audit_events_[0-9]{4}_[0-9]{2}$' ORDER BY 1 LOOP
        CONTINUE WHEN to_timestamp(right(part, 7), 'YYYY_MM') + interval '1 month' > until;
        EXECUTE format('DROP TABLE postern.%I', part);
        dropped := dropped || part::text;
    END LOOP;
    PERFORM set_config('postern.audit_upkeep', 'on', true);
    DELETE FROM postern.audit_events_default WHERE occurred < until;
    GET DIAGNOSTICS events = ROW_COUNT;
    PERFORM set_config('postern.audit_upkeep', 'off', true);
    IF cardinality(dropped) + events > 0 THEN
        PERFORM postern.audit_write('audit_trimmed', NULL, NULL, NULL, jsonb_build_object('partitions', dropped, 'events', events),
                                    jsonb_build_object('keep', keep::text));
    END IF;
    PERFORM postern.audit_extend();
    partitions := cardinality(dropped);
END $$;
COMMENT ON FUNCTION postern.audit_retain(interval) IS
    'Drops the months that lie wholly before now() - keep, deletes older events that wait in the default partition, and makes the next months. Leaves an event of its own. Returns how many partitions were dropped and how many single events were deleted.';

SELECT postern.audit_extend();
