-- Wrong passwords are counted here, before the hash is computed, per user name and per client address,
-- with one counter for every entrance (page, Basic, command line).

CREATE TABLE postern.login_attempts (
    kind          text NOT NULL CONSTRAINT login_attempts_kind CHECK (kind IN ('user', 'address')),
    key           text NOT NULL CONSTRAINT login_attempts_key_length CHECK (char_length(key) <= 150),
    failures      integer NOT NULL,
    first_attempt timestamptz NOT NULL,
    last_attempt  timestamptz NOT NULL,
    window_ends   timestamptz NOT NULL,
    blocked_until timestamptz,
    PRIMARY KEY (kind, key)
) WITH (fillfactor = 70);
CREATE INDEX login_attempts_window_ends_idx ON postern.login_attempts (window_ends);
COMMENT ON TABLE postern.login_attempts IS
    'Sign-in attempts not yet known to be right, per user name and per address, within a window of time. postern.blocked_logins shows who has to wait.';
COMMENT ON COLUMN postern.login_attempts.kind IS 'What is counted: user or address.';
COMMENT ON COLUMN postern.login_attempts.key IS 'Folded user name (postern.login_name), a digest of one that nobody has, or address: IPv4, or the /64 network of an IPv6 address.';
COMMENT ON COLUMN postern.login_attempts.failures IS 'Attempts in this window, without those that turned out right.';
COMMENT ON COLUMN postern.login_attempts.first_attempt IS 'When the window began.';
COMMENT ON COLUMN postern.login_attempts.last_attempt IS 'Last counted attempt.';
COMMENT ON COLUMN postern.login_attempts.window_ends IS 'When the window ends and counting starts anew.';
COMMENT ON COLUMN postern.login_attempts.blocked_until IS 'Until then every attempt is refused unseen; NULL: the limit is not reached.';

CREATE FUNCTION postern.login_name(name text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT left(lower(btrim(normalize(left(btrim(name, E' \t\n\v\f\r'), 1000), NFKC), E' \t\n\v\f\r')), 150)
$$;
COMMENT ON FUNCTION postern.login_name(text) IS
    'The name under which attempts are counted: trimmed, NFKC, lower case, so that spellings of one name share a counter.';

CREATE FUNCTION postern.login_address(address inet) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN family(address) = 4 THEN host(address)
                WHEN address <<= '::ffff:0.0.0.0/96' THEN host('0.0.0.0'::inet + (set_masklen(address, 128) - inet '::ffff:0.0.0.0'))
                ELSE network(set_masklen(address, 64))::text END
$$;
COMMENT ON FUNCTION postern.login_address(inet) IS
    'The address under which attempts are counted: IPv4 (also when mapped into IPv6), or the /64 network, which one IPv6 client has to itself.';

CREATE FUNCTION postern.login_count(kind text, key text, allowed integer, "window" interval) RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    at  timestamptz;
    row postern.login_attempts;
BEGIN
    IF login_count.key IS NULL OR coalesce(allowed, 0) <= 0 THEN
        RETURN 0;
    END IF;
    SELECT * INTO row FROM postern.login_attempts AS a	-- the block stands: nothing to write, so a flood costs a read each
     WHERE a.kind = login_count.kind AND a.key = login_count.key AND a.failures >= allowed AND a.window_ends > clock_timestamp();
    IF FOUND THEN
        RETURN greatest(ceil(extract(epoch FROM row.window_ends - clock_timestamp())), 1)::integer;
    END IF;
    INSERT INTO postern.login_attempts AS a (kind, key, failures, first_attempt, last_attempt, window_ends)
    VALUES (login_count.kind, login_count.key, 0, clock_timestamp(), clock_timestamp(), clock_timestamp() + login_count."window")
    ON CONFLICT (kind, key) DO UPDATE SET key = excluded.key	-- locks the row: whoever comes second sees the count of the first
    RETURNING * INTO row;
    at := clock_timestamp();
    IF row.window_ends <= at THEN
        row.failures := 0;
        row.first_attempt := at;
        row.window_ends := at + login_count."window";
    ELSIF row.failures >= allowed THEN
        RETURN greatest(ceil(extract(epoch FROM row.window_ends - at)), 1)::integer;
    END IF;
    UPDATE postern.login_attempts AS a
       SET failures = row.failures + 1, first_attempt = row.first_attempt, last_attempt = at, window_ends = row.window_ends,
           blocked_until = CASE WHEN row.failures + 1 >= allowed THEN row.window_ends END
     WHERE a.kind = login_count.kind AND a.key = login_count.key;
    RETURN 0;
END $$;
COMMENT ON FUNCTION postern.login_count(text, text, integer, interval) IS
    'Counts one attempt and returns 0, or returns the seconds to wait when the limit is reached. Limit 0 or NULL, or no key: no limit.';

CREATE FUNCTION postern.login_give_back(kind text, key text) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    UPDATE postern.login_attempts AS a SET failures = greatest(a.failures - 1, 0), blocked_until = NULL
     WHERE a.kind = login_give_back.kind AND a.key = login_give_back.key
$$;
COMMENT ON FUNCTION postern.login_give_back(text, text) IS 'Takes one attempt back from the counter.';

CREATE FUNCTION postern.login_sweep() RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    DELETE FROM postern.login_attempts WHERE (kind, key) IN (
        SELECT a.kind, a.key FROM postern.login_attempts AS a WHERE a.window_ends < clock_timestamp()
         ORDER BY a.window_ends LIMIT 1000 FOR UPDATE SKIP LOCKED)
$$;
COMMENT ON FUNCTION postern.login_sweep() IS 'Removes counters whose window is over, a thousand at a time; one attempt in a hundred does it.';

CREATE FUNCTION postern.login_known(name text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM postern.users AS u WHERE lower(u.username) = postern.login_name(name))
$$;
COMMENT ON FUNCTION postern.login_known(text) IS
    'Whether a spelling of this name is a user''s. Other names are written nowhere: they may be a password or a key in the wrong field.';

-- Every function locks the user's row before the address's row, so that they cannot deadlock.
CREATE FUNCTION postern.login_attempt(username text, address inet, user_limit integer, address_limit integer, "window" interval,
                                      secret text DEFAULT NULL) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    name text := postern.login_name(username);
    wait integer;
BEGIN
    IF secret IS NOT NULL AND NOT postern.login_known(username) THEN
        name := 'unknown ' || encode(sha256(convert_to(secret || name, 'UTF8')), 'hex');
    END IF;
    wait := postern.login_count('user', name, user_limit, "window");
    IF wait > 0 THEN
        RETURN wait;
    END IF;
    wait := postern.login_count('address', postern.login_address(address), address_limit, "window");
    IF wait > 0 AND user_limit > 0 THEN
        PERFORM postern.login_give_back('user', name);	-- the password is not looked at, so the name is not to blame
    END IF;
    IF random() < 0.01 THEN	-- last, when nothing more is waited for
        PERFORM postern.login_sweep();
    END IF;
    RETURN wait;
END $$;
COMMENT ON FUNCTION postern.login_attempt(text, inet, integer, integer, interval, text) IS
    'Asks before a password is checked. 0: go on, the attempt has been counted; else refuse and tell the client to wait so many seconds. Commit before hashing. With a secret, names that nobody has are counted under a digest.';

CREATE FUNCTION postern.login_succeeded(username text, address inet) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    DELETE FROM postern.login_attempts WHERE kind = 'user' AND key = postern.login_name(username);
    SELECT postern.login_give_back('address', postern.login_address(address));
$$;
COMMENT ON FUNCTION postern.login_succeeded(text, inet) IS
    'After a right password: forgets the name''s attempts and gives this one back to the address.';

CREATE VIEW postern.blocked_logins AS
    SELECT kind, key, failures, last_attempt, blocked_until,
           ceil(extract(epoch FROM blocked_until - clock_timestamp()))::integer AS seconds_left
      FROM postern.login_attempts
     WHERE blocked_until > clock_timestamp();
COMMENT ON VIEW postern.blocked_logins IS
    'Names and addresses that have to wait before another password is looked at. Lift one with postern.unblock_user(name) or postern.unblock_address(address).';
COMMENT ON COLUMN postern.blocked_logins.kind IS 'user or address.';
COMMENT ON COLUMN postern.blocked_logins.key IS 'Folded user name, "unknown" and a digest for a name that nobody has, or address.';
COMMENT ON COLUMN postern.blocked_logins.failures IS 'Wrong attempts in this window.';
COMMENT ON COLUMN postern.blocked_logins.last_attempt IS 'Last attempt that was looked at.';
COMMENT ON COLUMN postern.blocked_logins.blocked_until IS 'When it ends by itself.';
COMMENT ON COLUMN postern.blocked_logins.seconds_left IS 'Seconds until then.';

CREATE FUNCTION postern.login_unblock(of_kind text, of_key text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    count integer;
BEGIN
    DELETE FROM postern.login_attempts WHERE kind = of_kind AND key = of_key RETURNING failures INTO count;
    IF count IS NOT NULL THEN
        PERFORM postern.audit_write('login_unblocked', CASE of_kind WHEN 'user' THEN 'user' END, NULL, of_key,
                                    jsonb_build_object('failures', count), NULL);
    END IF;
    RETURN count IS NOT NULL;
END $$;
COMMENT ON FUNCTION postern.login_unblock(text, text) IS 'Forgets one counter and says whether there was one. Used by unblock_user and unblock_address.';

CREATE FUNCTION postern.unblock_user(name text) RETURNS boolean
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$ SELECT postern.login_unblock('user', postern.login_name(name)) $$;
COMMENT ON FUNCTION postern.unblock_user(text) IS 'Forgets the wrong attempts on a user name; true: there were some.';

CREATE FUNCTION postern.unblock_address(address inet) RETURNS boolean
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$ SELECT postern.login_unblock('address', postern.login_address(address)) $$;
COMMENT ON FUNCTION postern.unblock_address(inet) IS 'Forgets the wrong attempts from an address; true: there were some.';
