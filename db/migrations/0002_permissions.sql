-- Groups and permissions: what users may do with the objects behind the web server.

CREATE FUNCTION postern.all_match(list text[], pattern text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(bool_and(v IS NOT NULL AND v ~ pattern), true) FROM unnest(list) AS v
$$;
COMMENT ON FUNCTION postern.all_match(text[], text) IS
    'Whether every element of the list matches the pattern; a NULL element does not. Used by constraints.';

CREATE TABLE postern.groups (
    id   integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL CONSTRAINT groups_name_text
         CHECK (name = btrim(name) AND name <> '' AND char_length(name) <= 150 AND name !~ '[[:cntrl:]]')
);
CREATE UNIQUE INDEX groups_name_key ON postern.groups (lower(name));
COMMENT ON TABLE postern.groups IS 'Groups of users, to grant permissions to many at once.';
COMMENT ON COLUMN postern.groups.id IS 'Identifier.';
COMMENT ON COLUMN postern.groups.name IS 'Name, 1 to 150 characters; unique whatever its case.';

CREATE TABLE postern.group_members (
    group_id integer NOT NULL REFERENCES postern.groups ON DELETE CASCADE,
    user_id  uuid NOT NULL REFERENCES postern.users ON DELETE CASCADE,
    PRIMARY KEY (user_id, group_id)
);
CREATE INDEX group_members_group_id_idx ON postern.group_members (group_id);
COMMENT ON TABLE postern.group_members IS 'Which user belongs to which group.';
COMMENT ON COLUMN postern.group_members.group_id IS 'The group.';
COMMENT ON COLUMN postern.group_members.user_id IS 'The member.';

CREATE TABLE postern.permissions (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name         text NOT NULL CONSTRAINT permissions_name_key UNIQUE
                 CONSTRAINT permissions_name_text CHECK (btrim(name) <> '' AND char_length(name) <= 100),
    description  text NOT NULL DEFAULT '' CONSTRAINT permissions_description_length CHECK (char_length(description) <= 200),
    enabled      boolean NOT NULL DEFAULT true,
    object_types text[] NOT NULL
                 CONSTRAINT permissions_object_types_some CHECK (array_ndims(object_types) = 1 IS TRUE AND cardinality(object_types) <= 1000)
                 CONSTRAINT permissions_object_types_form CHECK (postern.all_match(object_types, '^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$')),
    actions      text[] NOT NULL
                 CONSTRAINT permissions_actions_some CHECK (array_ndims(actions) = 1 IS TRUE AND cardinality(actions) <= 100)
                 CONSTRAINT permissions_actions_known CHECK (actions <@ '{view,add,change,delete}')
);
COMMENT ON TABLE postern.permissions IS 'Rights: actions on object types. They take effect when granted to a user or a group.';
COMMENT ON COLUMN postern.permissions.id IS 'Identifier.';
COMMENT ON COLUMN postern.permissions.name IS 'Unique name, 1 to 100 characters.';
COMMENT ON COLUMN postern.permissions.description IS 'What it is for, at most 200 characters.';
COMMENT ON COLUMN postern.permissions.enabled IS 'False: grants nothing.';
COMMENT ON COLUMN postern.permissions.object_types IS
    'Object types as app.model in lower case, for example dcim.site; the web server names the type of a location (POSTERN_RESOURCE).';
COMMENT ON COLUMN postern.permissions.actions IS
    'Actions: view (GET, HEAD), add (POST), change (PUT, PATCH), delete (DELETE).';

CREATE TABLE postern.permission_users (
    permission_id uuid NOT NULL REFERENCES postern.permissions ON DELETE CASCADE,
    user_id       uuid NOT NULL REFERENCES postern.users ON DELETE CASCADE,
    PRIMARY KEY (user_id, permission_id)
);
CREATE INDEX permission_users_permission_id_idx ON postern.permission_users (permission_id);
COMMENT ON TABLE postern.permission_users IS 'Permissions granted to single users.';
COMMENT ON COLUMN postern.permission_users.permission_id IS 'The permission.';
COMMENT ON COLUMN postern.permission_users.user_id IS 'Who has it.';

CREATE TABLE postern.permission_groups (
    permission_id uuid NOT NULL REFERENCES postern.permissions ON DELETE CASCADE,
    group_id      integer NOT NULL REFERENCES postern.groups ON DELETE CASCADE,
    PRIMARY KEY (group_id, permission_id)
);
CREATE INDEX permission_groups_permission_id_idx ON postern.permission_groups (permission_id);
COMMENT ON TABLE postern.permission_groups IS 'Permissions granted to groups.';
COMMENT ON COLUMN postern.permission_groups.permission_id IS 'The permission.';
COMMENT ON COLUMN postern.permission_groups.group_id IS 'Whose members have it.';

-- As postern.refuse_bad_row, for what administrators write by hand most often.
CREATE FUNCTION postern.refuse_bad_right() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    actions constant text := 'The actions are view, add, change and delete, written ''{view,change}''.';
    types   constant text := 'An object type is app.model in lower case, for example dcim.site; several are written ''{dcim.site,ipam.prefix}''.';
    rule    record;
BEGIN
    CASE TG_TABLE_NAME
    WHEN 'groups' THEN
        SELECT * INTO rule FROM (VALUES
            (NEW.name = btrim(NEW.name) AND NEW.name <> '' AND char_length(NEW.name) <= 150 AND NEW.name !~ '[[:cntrl:]]',
             'name', 'groups_name_text', 'this is no name of a group', 'It has 1 to 150 characters, without control characters and without blanks around.'),
            (lower(NEW.name) = lower(OLD.name)
                 OR NOT EXISTS (SELECT FROM postern.groups AS g WHERE lower(g.name) = lower(NEW.name) AND g.id <> NEW.id),
             'name', 'groups_name_key', 'there is already a group of this name', 'Names are the same whatever their case.')
          ) AS rules (kept, of_column, name, message, hint) WHERE kept IS NOT TRUE LIMIT 1;
    WHEN 'permissions' THEN
        SELECT * INTO rule FROM (VALUES
            (btrim(NEW.name) <> '' AND char_length(NEW.name) <= 100,
             'name', 'permissions_name_text', 'this is no name of a permission', 'It has 1 to 100 characters.'),
            (NEW.name = OLD.name OR NOT EXISTS (SELECT FROM postern.permissions AS p WHERE p.name = NEW.name AND p.id <> NEW.id),
             'name', 'permissions_name_key', 'there is already a permission of this name', 'Choose another name, or UPDATE that permission.'),
            (char_length(NEW.description) <= 200, 'description', 'permissions_description_length', 'this description is too long',
             'It has at most 200 characters; without one it is empty, not NULL.'),
            (array_ndims(NEW.object_types) = 1 AND cardinality(NEW.object_types) <= 1000,
             'object_types', 'permissions_object_types_some', 'a permission names 1 to 1000 object types', types),
            (postern.all_match(NEW.object_types, '^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$'),
             'object_types', 'permissions_object_types_form', 'this is no list of object types', types),
            (array_ndims(NEW.actions) = 1 AND cardinality(NEW.actions) <= 100,
             'actions', 'permissions_actions_some', 'a permission names at least one action', actions),
            (NEW.actions <@ '{view,add,change,delete}', 'actions', 'permissions_actions_known',
             format('unknown action "%s"', (SELECT string_agg(coalesce(a, 'NULL'), '", "') FROM unnest(NEW.actions) AS a
                                             WHERE a = ANY ('{view,add,change,delete}') IS NOT TRUE)), actions),
            (num_nulls(NEW.id, NEW.enabled) = 0, 'enabled', 'permissions_not_null', 'a permission is enabled or not', 'enabled is true or false.')
          ) AS rules (kept, of_column, name, message, hint) WHERE kept IS NOT TRUE LIMIT 1;
    END CASE;
    IF FOUND THEN
        RAISE EXCEPTION '%', rule.message
            USING ERRCODE = CASE WHEN rule.name LIKE '%\_key' THEN 'unique_violation' ELSE 'check_violation' END,
                  SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME, COLUMN = rule.of_column, CONSTRAINT = rule.name, HINT = rule.hint;
    END IF;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION postern.refuse_bad_right() IS
    'Trigger: refuses what the constraints of groups and permissions forbid, in words for people.';

CREATE TRIGGER groups_rules BEFORE INSERT OR UPDATE ON postern.groups FOR EACH ROW EXECUTE FUNCTION postern.refuse_bad_right();
CREATE TRIGGER permissions_rules BEFORE INSERT OR UPDATE ON postern.permissions FOR EACH ROW EXECUTE FUNCTION postern.refuse_bad_right();

-- plpgsql, because it keeps the plan from call to call; every gate question asks this.
CREATE FUNCTION postern.user_may(user_id uuid, object_type text, action text) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    super boolean;
BEGIN
    SELECT u.is_superuser INTO super FROM postern.users AS u WHERE u.id = user_may.user_id AND u.is_active;
    IF super IS NULL OR super THEN
        RETURN super IS TRUE;
    END IF;
    RETURN EXISTS (SELECT FROM postern.permission_users AS g JOIN postern.permissions AS p ON p.id = g.permission_id
                    WHERE g.user_id = user_may.user_id AND p.enabled
                      AND user_may.object_type = ANY (p.object_types) AND user_may.action = ANY (p.actions))
        OR EXISTS (SELECT FROM postern.group_members AS m
                     JOIN postern.permission_groups AS g ON g.group_id = m.group_id
                     JOIN postern.permissions AS p ON p.id = g.permission_id
                    WHERE m.user_id = user_may.user_id AND p.enabled
                      AND user_may.object_type = ANY (p.object_types) AND user_may.action = ANY (p.actions));
END $$;
COMMENT ON FUNCTION postern.user_may(uuid, text, text) IS
    'Whether the user may do the action on objects of the type: active, and superuser or holder of an enabled permission, directly or by group. Never NULL.';
