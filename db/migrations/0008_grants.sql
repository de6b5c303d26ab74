-- Who may do what in the database. The roles come from db/roles.sql; where one is missing, nothing is granted to it.
-- A later migration that adds an object replaces this function, adds its line and calls it again.

CREATE FUNCTION postern.apply_grants() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    r record;
BEGIN
    FOR r IN SELECT 'PUBLIC' AS name UNION ALL
             SELECT quote_ident(rolname) FROM pg_roles WHERE rolname IN ('postern', 'postern_admin', 'postern_auditor') LOOP
        EXECUTE format('REVOKE ALL ON SCHEMA postern FROM %s', r.name);
        EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA postern FROM %s', r.name);
        EXECUTE format('REVOKE ALL ON ALL SEQUENCES IN SCHEMA postern FROM %s', r.name);
        EXECUTE format('REVOKE ALL ON ALL ROUTINES IN SCHEMA postern FROM %s', r.name);
    END LOOP;
    FOR r IN
        SELECT g.*
          FROM (VALUES
            -- the workers
            ('postern', 'USAGE', 'SCHEMA postern'),
            ('postern', 'SELECT', 'postern.schema_migrations, postern.users, postern.tokens, postern.token_use, postern.sessions, postern.groups, '
                        'postern.group_members, postern.permissions, postern.permission_users, postern.permission_groups'),
            ('postern', 'UPDATE (password_hash, config, last_login)', 'postern.users'),	-- save_user does the rest
            ('postern', 'INSERT, UPDATE (digest, pepper, tail, expires, write_enabled, description, allowed_ips), DELETE', 'postern.tokens'),
            ('postern', 'INSERT, UPDATE (last_used)', 'postern.token_use'),
            ('postern', 'INSERT, UPDATE (digest, last_seen, flash), DELETE', 'postern.sessions'),
            ('postern', 'INSERT, UPDATE (name), DELETE', 'postern.groups'),
            ('postern', 'INSERT, UPDATE (name, description, enabled, object_types, actions), DELETE', 'postern.permissions'),
            ('postern', 'INSERT, DELETE', 'postern.permission_users, postern.permission_groups'),
            ('postern', 'EXECUTE', 'FUNCTION postern.user_may, postern.all_match, postern.time_in_range, postern.token_matches, postern.text_matches, '
                        'postern.time_matches'),
            ('postern', 'EXECUTE', 'FUNCTION postern.login_attempt, postern.login_known, postern.login_succeeded, postern.audit_failure, postern.audit_extend'),
            ('postern', 'EXECUTE', 'FUNCTION postern.save_user, postern.remove_user'),
            -- administrators in psql
            ('postern_admin', 'USAGE', 'SCHEMA postern'),
            ('postern_admin', 'SELECT', 'postern.schema_migrations, postern.audit_events, postern.tokens_overview, postern.expiring_tokens, '
                              'postern.user_rights, postern.active_sessions, postern.recent_events, postern.blocked_logins'),
            ('postern_admin', 'SELECT, INSERT, UPDATE, DELETE', 'postern.users, postern.tokens, postern.token_use, postern.groups, '
                              'postern.group_members, postern.permissions, postern.permission_users, postern.permission_groups'),
            ('postern_admin', 'SELECT, DELETE', 'postern.sessions'),	-- who sets a digest takes the session over
            ('postern_admin', 'SELECT', 'postern.login_attempts'),	-- unblock_user and unblock_address leave a trace
            ('postern_admin', 'EXECUTE', 'FUNCTION postern.user_may, postern.all_match, postern.time_in_range, postern.find_user, postern.create_user, postern.set_password, '
                              'postern.restrict_tokens, postern.allow_tokens, postern.disable_user, postern.enable_user, postern.end_sessions, '
                              'postern.revoke_token, postern.revoke_all, postern.word_list, postern.find_holder, postern.grant_permission, '
                              'postern.revoke_permission, postern.login_name, postern.login_address, postern.login_unblock, postern.unblock_user, '
                              'postern.unblock_address, postern.audit_extend, postern.audit_retain'),
            -- those who may look, but see no hash and no digest
            ('postern_auditor', 'USAGE', 'SCHEMA postern'),
            ('postern_auditor', 'SELECT', 'postern.schema_migrations, postern.audit_events, postern.tokens_overview, postern.expiring_tokens, '
                                'postern.user_rights, postern.active_sessions, postern.recent_events, postern.blocked_logins, postern.groups, '
                                'postern.group_members, postern.permissions, postern.permission_users, postern.permission_groups, postern.token_use'),
            ('postern_auditor', 'SELECT (id, username, is_active, is_superuser, may_manage_tokens, first_name, last_name, email, created, last_login)', 'postern.users'),
            ('postern_auditor', 'SELECT (id, user_id, pepper, tail, created, expires, write_enabled, description, allowed_ips)', 'postern.tokens'),
            ('postern_auditor', 'EXECUTE', 'FUNCTION postern.user_may, postern.find_user')
          ) AS g (role, rights, object)
          JOIN pg_roles ON rolname = g.role LOOP
        EXECUTE format('GRANT %s ON %s TO %I', r.rights, r.object, r.role);
    END LOOP;
END $$;
COMMENT ON FUNCTION postern.apply_grants() IS
    'Gives the roles postern, postern_admin and postern_auditor their rights, and PUBLIC none. Run it as the owner after creating a role later.';

SELECT postern.apply_grants();
