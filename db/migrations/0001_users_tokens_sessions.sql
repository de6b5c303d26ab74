-- Users, their API tokens and their sessions.

CREATE FUNCTION postern.time_in_range(at timestamptz) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT at >= '0001-01-01 00:00+00' AND at < '10000-01-01 00:00+00'
$$;
COMMENT ON FUNCTION postern.time_in_range(timestamptz) IS
    'Whether a time lies in the years 1 to 9999, as answers can show it; infinity does not. Used by constraints.';

CREATE TABLE postern.users (
    id                uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    username          text NOT NULL CONSTRAINT username_text
                      CHECK (username ~ '^[[:alnum:]@.+_-]+$' AND char_length(username) <= 150),
    password_hash     text CONSTRAINT users_password_hash_argon2id
                      CHECK (password_hash ~ '^\$argon2id\$v=19\$m=[0-9]+,t=[0-9]+,p=[0-9]+\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+$'),
    is_active         boolean NOT NULL DEFAULT true,
    is_superuser      boolean NOT NULL DEFAULT false,
    may_manage_tokens boolean NOT NULL DEFAULT true,
    first_name        text NOT NULL DEFAULT '' CONSTRAINT users_first_name_length CHECK (char_length(first_name) <= 150),
    last_name         text NOT NULL DEFAULT '' CONSTRAINT users_last_name_length CHECK (char_length(last_name) <= 150),
    email             text NOT NULL DEFAULT '' CONSTRAINT users_email_form
                      CHECK (email = '' OR (email ~ '^[^@[:space:][:cntrl:]]+@[^@[:space:][:cntrl:]]+$' AND char_length(email) <= 254)),
    config            jsonb NOT NULL DEFAULT '{}' CONSTRAINT users_config_object
                      CHECK (jsonb_typeof(config) = 'object' AND octet_length(config::text) <= 131072),
    created           timestamptz NOT NULL DEFAULT now() CONSTRAINT users_created_range CHECK (postern.time_in_range(created)),
    last_login        timestamptz CONSTRAINT users_last_login_range CHECK (postern.time_in_range(last_login))
);
CREATE UNIQUE INDEX users_username_key ON postern.users (lower(username));
COMMENT ON TABLE postern.users IS 'Who may sign in and own API tokens.';
COMMENT ON COLUMN postern.users.id IS 'Identifier, never reused.';
COMMENT ON COLUMN postern.users.username IS 'Name to sign in with: 1 to 150 letters, digits and @ . + - _; unique whatever its case.';
COMMENT ON COLUMN postern.users.password_hash IS 'argon2id line (RFC 9106) as printed by "postern hash"; NULL: no password sign-in.';
COMMENT ON COLUMN postern.users.is_active IS 'False: nothing of this user is accepted, neither password, token nor session.';
COMMENT ON COLUMN postern.users.is_superuser IS 'True: every permission is granted.';
COMMENT ON COLUMN postern.users.may_manage_tokens IS 'False: may not create or modify own API tokens (listing and deleting stay allowed).';
COMMENT ON COLUMN postern.users.first_name IS 'Given name, for display.';
COMMENT ON COLUMN postern.users.last_name IS 'Family name, for display.';
COMMENT ON COLUMN postern.users.email IS 'E-mail address, or empty.';
COMMENT ON COLUMN postern.users.config IS 'Preferences that /api/users/config/ reads and writes, a JSON object.';
COMMENT ON COLUMN postern.users.created IS 'When the user was added.';
COMMENT ON COLUMN postern.users.last_login IS 'Last sign-in on the web page; NULL: never. Tokens and Basic do not count.';

CREATE TABLE postern.tokens (
    id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id       uuid NOT NULL REFERENCES postern.users ON DELETE CASCADE,
    digest        bytea NOT NULL CONSTRAINT tokens_digest_key UNIQUE
                  CONSTRAINT tokens_digest_length CHECK (octet_length(digest) = 32),
    pepper        smallint NOT NULL CONSTRAINT tokens_pepper_positive CHECK (pepper > 0),
    tail          text NOT NULL CONSTRAINT tokens_tail_form CHECK (tail ~ '^[0-9a-f]{6}$'),
    created       timestamptz NOT NULL DEFAULT now() CONSTRAINT tokens_created_range CHECK (postern.time_in_range(created)),
    expires       timestamptz CONSTRAINT tokens_expires_range CHECK (postern.time_in_range(expires)),
    write_enabled boolean NOT NULL DEFAULT true,
    description   text NOT NULL DEFAULT '' CONSTRAINT tokens_description_length CHECK (char_length(description) <= 200),
    allowed_ips   cidr[] NOT NULL DEFAULT '{}' CONSTRAINT tokens_allowed_ips_count CHECK (cardinality(allowed_ips) <= 100)
);
CREATE INDEX tokens_user_id_created_idx ON postern.tokens (user_id, created, id);
COMMENT ON TABLE postern.tokens IS 'API tokens. The key itself is stored nowhere, only its keyed digest.';
COMMENT ON COLUMN postern.tokens.id IS 'Identifier, as used in URLs and logs.';
COMMENT ON COLUMN postern.tokens.user_id IS 'Owner.';
COMMENT ON COLUMN postern.tokens.digest IS 'HMAC-SHA-256 of the 20 key bytes under the pepper.';
COMMENT ON COLUMN postern.tokens.pepper IS 'Number of the pepper (POSTERN_PEPPER_FILE) that made the digest.';
COMMENT ON COLUMN postern.tokens.tail IS 'Last six hex digits of the key, for people to tell tokens apart.';
COMMENT ON COLUMN postern.tokens.created IS 'When the token was created.';
COMMENT ON COLUMN postern.tokens.expires IS 'From this moment on the token is refused; NULL: never.';
COMMENT ON COLUMN postern.tokens.write_enabled IS 'False: only GET, HEAD and OPTIONS.';
COMMENT ON COLUMN postern.tokens.description IS 'What the token is for, at most 200 characters.';
COMMENT ON COLUMN postern.tokens.allowed_ips IS 'Networks from which the token is accepted; empty: any.';

CREATE TABLE postern.token_use (
    token_id  uuid PRIMARY KEY REFERENCES postern.tokens ON DELETE CASCADE,
    last_used timestamptz NOT NULL CONSTRAINT token_use_last_used_range CHECK (postern.time_in_range(last_used))
);
COMMENT ON TABLE postern.token_use IS 'When tokens were last used, kept apart so that use never locks the token itself.';
COMMENT ON COLUMN postern.token_use.token_id IS 'The token.';
COMMENT ON COLUMN postern.token_use.last_used IS 'Last accepted use, exact to one minute.';

CREATE TABLE postern.sessions (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id    uuid NOT NULL REFERENCES postern.users ON DELETE CASCADE,
    digest     bytea NOT NULL CONSTRAINT sessions_digest_key UNIQUE
               CONSTRAINT sessions_digest_length CHECK (octet_length(digest) = 32),
    created    timestamptz NOT NULL DEFAULT now() CONSTRAINT sessions_created_range CHECK (postern.time_in_range(created)),
    last_seen  timestamptz NOT NULL DEFAULT now() CONSTRAINT sessions_last_seen_range CHECK (postern.time_in_range(last_seen)),
    address    inet,
    user_agent text NOT NULL DEFAULT '' CONSTRAINT sessions_user_agent_length CHECK (char_length(user_agent) <= 300),
    flash      jsonb NOT NULL DEFAULT '[]' CONSTRAINT sessions_flash_array CHECK (jsonb_typeof(flash) = 'array'),
    CONSTRAINT sessions_seen_after_created CHECK (last_seen >= created)
);
CREATE INDEX sessions_user_id_idx ON postern.sessions (user_id);
CREATE INDEX sessions_last_seen_idx ON postern.sessions (last_seen);
COMMENT ON TABLE postern.sessions IS 'Signed-in browsers.';
COMMENT ON COLUMN postern.sessions.id IS 'Identifier, as used in logs and on the sessions page; no secret.';
COMMENT ON COLUMN postern.sessions.user_id IS 'Whose session.';
COMMENT ON COLUMN postern.sessions.digest IS 'SHA-256 of the 256-bit session id in the cookie.';
COMMENT ON COLUMN postern.sessions.created IS 'Sign-in; the absolute limit counts from here.';
COMMENT ON COLUMN postern.sessions.last_seen IS 'Last request, exact to one minute; the idle limit counts from here.';
COMMENT ON COLUMN postern.sessions.address IS 'Client address at sign-in.';
COMMENT ON COLUMN postern.sessions.user_agent IS 'Browser at sign-in, cut at 300 characters.';
COMMENT ON COLUMN postern.sessions.flash IS 'Messages to show on the next page.';

-- Rules on tokens and identifiers that hold whoever writes.

CREATE FUNCTION postern.refuse_born_expired() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'a token cannot expire before it was created'
        USING ERRCODE = 'check_violation', SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME, COLUMN = 'expires',
              CONSTRAINT = 'tokens_expires_after_created',
              DETAIL = format('created %s, expires %s', NEW.created, NEW.expires),
              HINT = 'Give a later time, or NULL for a token that never expires. To end an existing token now, UPDATE its expires.';
END $$;
COMMENT ON FUNCTION postern.refuse_born_expired() IS 'Trigger: a new token may not lie in the past already.';

CREATE TRIGGER tokens_expires_after_created BEFORE INSERT ON postern.tokens
    FOR EACH ROW WHEN (NEW.expires < NEW.created) EXECUTE FUNCTION postern.refuse_born_expired();

CREATE FUNCTION postern.refuse_new_identity() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '% of a % never change', TG_ARGV[0], TG_ARGV[1]
        USING ERRCODE = 'integrity_constraint_violation', SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME,
              CONSTRAINT = TG_NAME, HINT = TG_ARGV[2];
END $$;
COMMENT ON FUNCTION postern.refuse_new_identity() IS
    'Trigger: refuses the update. Arguments: the columns, the kind of row, the hint.';

CREATE TRIGGER users_identity BEFORE UPDATE ON postern.users
    FOR EACH ROW WHEN ((OLD.id, OLD.created) IS DISTINCT FROM (NEW.id, NEW.created))
    EXECUTE FUNCTION postern.refuse_new_identity('id and created', 'user', 'The username can be changed; the identity behind it cannot.');
CREATE TRIGGER tokens_identity BEFORE UPDATE ON postern.tokens
    FOR EACH ROW WHEN ((OLD.id, OLD.user_id, OLD.created) IS DISTINCT FROM (NEW.id, NEW.user_id, NEW.created))
    EXECUTE FUNCTION postern.refuse_new_identity('id, user_id and created', 'token',
                                                 'Delete the token and create one for the other user.');
CREATE TRIGGER sessions_identity BEFORE UPDATE ON postern.sessions
    FOR EACH ROW WHEN ((OLD.id, OLD.user_id, OLD.created) IS DISTINCT FROM (NEW.id, NEW.user_id, NEW.created))
    EXECUTE FUNCTION postern.refuse_new_identity('id, user_id and created', 'session',
                                                 'End the session; the user signs in again.');

-- The constraints above hold in any case. Alone they would speak in expressions, and PostgreSQL would quote the whole
-- row, and with it a password's hash or a digest, to the client and in the server's log. So this comes first.
CREATE FUNCTION postern.refuse_bad_row() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    dates constant text := 'Give a date of the years 1 to 9999.';
    keys  constant text := 'Keys are made by the page, the API or "postern token add", not in SQL; sessions by signing in.';
    rule  record;
BEGIN
    CASE TG_TABLE_NAME
    WHEN 'users' THEN
        SELECT * INTO rule FROM (VALUES
            (NEW.username ~ '^[[:alnum:]@.+_-]+$' AND char_length(NEW.username) <= 150,
             'username', 'username_text', 'this is no user name', 'A name has 1 to 150 letters, digits and @ . + - _'),
            (lower(NEW.username) = lower(OLD.username)
                 OR NOT EXISTS (SELECT FROM postern.users AS u WHERE lower(u.username) = lower(NEW.username) AND u.id <> NEW.id),
             'username', 'users_username_key', 'there is already a user of this name', 'Names are the same whatever their case.'),
            (NEW.password_hash IS NULL
                 OR NEW.password_hash ~ '^\$argon2id\$v=19\$m=[0-9]+,t=[0-9]+,p=[0-9]+\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+$',
             'password_hash', 'users_password_hash_argon2id', 'this is not an argon2id hash',
             'Make one with "postern hash" and give the line that it prints, never the password.'),
            (char_length(NEW.first_name) <= 150, 'first_name', 'users_first_name_length', 'this given name is too long',
             'It has at most 150 characters; without one it is empty, not NULL.'),
            (char_length(NEW.last_name) <= 150, 'last_name', 'users_last_name_length', 'this family name is too long',
             'It has at most 150 characters; without one it is empty, not NULL.'),
            (NEW.email = '' OR (NEW.email ~ '^[^@[:space:][:cntrl:]]+@[^@[:space:][:cntrl:]]+$' AND char_length(NEW.email) <= 254),
             'email', 'users_email_form', 'this is no e-mail address', 'Write name@example.org, at most 254 characters; without one it is empty, not NULL.'),
            (jsonb_typeof(NEW.config) = 'object' AND octet_length(NEW.config::text) <= 131072,
             'config', 'users_config_object', 'preferences are a JSON object of at most 128 KiB', 'None are ''{}''.'),
            (postern.time_in_range(NEW.created), 'created', 'users_created_range', 'this is no time that can be shown', dates),
            (NEW.last_login IS NULL OR postern.time_in_range(NEW.last_login),
             'last_login', 'users_last_login_range', 'this is no time that can be shown', dates),
            (num_nulls(NEW.id, NEW.is_active, NEW.is_superuser, NEW.may_manage_tokens) = 0,
             NULL, 'users_not_null', 'a user must be one thing or the other', 'is_active, is_superuser and may_manage_tokens are true or false.')
          ) AS rules (kept, of_column, name, message, hint) WHERE kept IS NOT TRUE LIMIT 1;
    WHEN 'tokens' THEN
        SELECT * INTO rule FROM (VALUES
            (octet_length(NEW.digest) = 32, 'digest', 'tokens_digest_length', 'this is not the digest of a key', keys),
            (NEW.digest = OLD.digest OR NOT EXISTS (SELECT FROM postern.tokens AS t WHERE t.digest = NEW.digest AND t.id <> NEW.id),
             'digest', 'tokens_digest_key', 'there is already a token with this key', keys),
            (NEW.pepper > 0, 'pepper', 'tokens_pepper_positive', 'peppers are numbered from 1', keys),
            (NEW.tail ~ '^[0-9a-f]{6}$', 'tail', 'tokens_tail_form', 'this is not the end of a key', 'It has six digits 0-9 a-f.'),
            (postern.time_in_range(NEW.created), 'created', 'tokens_created_range', 'this is no time that can be shown', dates),
            (NEW.expires IS NULL OR postern.time_in_range(NEW.expires),
             'expires', 'tokens_expires_range', 'this is no time that can be shown', dates || ' NULL is for a token that never expires.'),
            (char_length(NEW.description) <= 200, 'description', 'tokens_description_length', 'this description is too long',
             'It has at most 200 characters; without one it is empty, not NULL.'),
            (cardinality(NEW.allowed_ips) <= 100, 'allowed_ips', 'tokens_allowed_ips_count', 'these are too many networks',
             'There are at most 100; ''{}'' is for a token that is accepted from everywhere.'),
            (num_nulls(NEW.id, NEW.user_id, NEW.write_enabled) = 0,
             NULL, 'tokens_not_null', 'a token has an owner and either may write or may not', 'write_enabled is true or false.')
          ) AS rules (kept, of_column, name, message, hint) WHERE kept IS NOT TRUE LIMIT 1;
    WHEN 'sessions' THEN
        SELECT * INTO rule FROM (VALUES
            (octet_length(NEW.digest) = 32, 'digest', 'sessions_digest_length', 'this is not the digest of a session', keys),
            (NEW.digest = OLD.digest OR NOT EXISTS (SELECT FROM postern.sessions AS s WHERE s.digest = NEW.digest AND s.id <> NEW.id),
             'digest', 'sessions_digest_key', 'there is already such a session', keys),
            (postern.time_in_range(NEW.created), 'created', 'sessions_created_range', 'this is no time that can be shown', dates),
            (postern.time_in_range(NEW.last_seen), 'last_seen', 'sessions_last_seen_range', 'this is no time that can be shown', dates),
            (NEW.last_seen >= NEW.created, 'last_seen', 'sessions_seen_after_created', 'a session cannot be used before it began', 'Give a later last_seen.'),
            (char_length(NEW.user_agent) <= 300, 'user_agent', 'sessions_user_agent_length', 'this user agent is too long', 'Cut it at 300 characters.'),
            (jsonb_typeof(NEW.flash) = 'array', 'flash', 'sessions_flash_array', 'messages are a JSON array', 'None are ''[]''.'),
            (num_nulls(NEW.id, NEW.user_id) = 0, NULL, 'sessions_not_null', 'a session is somebody''s', 'Give its user_id.')
          ) AS rules (kept, of_column, name, message, hint) WHERE kept IS NOT TRUE LIMIT 1;
    END CASE;
    IF FOUND THEN
        RAISE EXCEPTION '%', rule.message
            USING ERRCODE = CASE WHEN rule.name LIKE '%\_key' THEN 'unique_violation' ELSE 'check_violation' END,
                  SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME, COLUMN = coalesce(rule.of_column, ''), CONSTRAINT = rule.name, HINT = rule.hint;
    END IF;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION postern.refuse_bad_row() IS
    'Trigger: refuses what the constraints of users, tokens and sessions forbid, in words for people and without repeating the row.';

CREATE TRIGGER users_rules BEFORE INSERT OR UPDATE ON postern.users FOR EACH ROW EXECUTE FUNCTION postern.refuse_bad_row();
CREATE TRIGGER tokens_rules BEFORE INSERT OR UPDATE ON postern.tokens FOR EACH ROW EXECUTE FUNCTION postern.refuse_bad_row();
CREATE TRIGGER sessions_rules BEFORE INSERT OR UPDATE ON postern.sessions FOR EACH ROW EXECUTE FUNCTION postern.refuse_bad_row();
