-- Database roles of Postern. A psql script; run it as a superuser, once per cluster. Running it again is harmless.
--
--   1. psql -d postgres -f db/roles.sql
--   2. psql -d postgres -c "CREATE DATABASE postern OWNER postern_owner ENCODING UTF8 LOCALE 'C.UTF-8' TEMPLATE template0"
--      (any locale whose letters are more than ASCII; it decides which user names are one name in two cases)
--   3. postern migrate        as a login role that is a member of postern_owner
--   4. postern serve          as role postern, by this name: the audit log believes it alone who is acting
--
-- When a role is added after step 3: SELECT postern.apply_grants(); as postern_owner.
-- No role has a password here. Use peer authentication over the unix socket, or set one with \password postern.

\set ON_ERROR_STOP on

-- A role that is there stays as it is: an administrator may have given it a sign-in or a limit.
SELECT format('CREATE ROLE %I %s NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS', wanted, attributes) AS "create missing roles"
  FROM (VALUES ('postern_owner', 'NOLOGIN'), ('postern', 'LOGIN NOINHERIT'), ('postern_admin', 'NOLOGIN'), ('postern_auditor', 'NOLOGIN')) AS roles (wanted, attributes)
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted)
\gexec

COMMENT ON ROLE postern_owner   IS 'Owns the database of Postern; grant it to those who run "postern migrate".';
COMMENT ON ROLE postern         IS 'The workers of Postern: reads and writes what requests need, cannot alter the schema or touch the audit log, and makes superusers only in a superuser''s name.';
COMMENT ON ROLE postern_admin   IS 'Administrators of Postern in psql: users, tokens, permissions; reads the audit log. Grant it to people.';
COMMENT ON ROLE postern_auditor IS 'Reads the views and the audit log of Postern; no password hash, no token digest. Grant it to people.';
