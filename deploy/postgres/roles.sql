-- Roles beside those that `satudata migrate` makes. Run once, as a superuser, on the server:
--
--   psql -f deploy/postgres/roles.sql
--   psql -c '\password satudata_migrator'     and so on for the others
--
-- Afterwards ADMIN_DATABASE_URL names satudata_migrator, and no superuser is needed any more.

-- Makes the five databases, their roles and tables, and owns them. Used by `satudata migrate` alone.
CREATE ROLE satudata_migrator LOGIN CREATEDB CREATEROLE;

-- Reads everything, changes nothing: for pg_dump.
CREATE ROLE satudata_backup LOGIN;
GRANT pg_read_all_data TO satudata_backup;

-- Reads the logs through the view that auditor.sql makes in each database.
CREATE ROLE satudata_auditor LOGIN;
