-- Database roles of Postern. A psql script; run it as a superuser, once per cluster. Running it again is harmless.
--
--   1. psql -d postgres -f db/roles.sql
--   2. psql -d postgres -c "CREATE DATABASE postern OWNER postern_owner ENCODING UTF8 LOCALE 'C.UTF-8' TEMPLATE template0"
--      (any locale whose letters are more than ASCII; it decides which user names are one name in two cases)
--   3. postern migrate        as a login role that is a member of postern_owner
--   4. postern serve          as role postern
--
-- When a role is added after step 3: SELECT postern.apply_grants(); as postern_owner.
-- No role has a password here. Use peer authentication over the unix socket, or set one with \password postern.

\set ON_ERROR_STOP on

SELECT format('CREATE ROLE %I', wanted) AS "create missing roles"
  FROM unnest(ARRAY['postern_owner', 'postern', 'postern_admin', 'postern_auditor']) AS wanted
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted)
\gexec

ALTER ROLE postern_owner   NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
ALTER ROLE postern         LOGIN   NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT;
ALTER ROLE postern_admin   NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
ALTER ROLE postern_auditor NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;

COMMENT ON ROLE postern_owner   IS 'Owns the database of Postern; grant it to those who run "postern migrate".';
COMMENT ON ROLE postern         IS 'The workers of Postern: reads and writes what requests need, cannot alter the schema or touch the audit log, and makes superusers only in a superuser''s name.';
COMMENT ON ROLE postern_admin   IS 'Administrators of Postern in psql: users, tokens, permissions; reads the audit log. Grant it to people.';
COMMENT ON ROLE postern_auditor IS 'Reads the views and the audit log of Postern; no password hash, no token digest. Grant it to people.';
