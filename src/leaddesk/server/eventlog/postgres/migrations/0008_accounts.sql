-- Accounts: tickets for one next step, second factors, what is known of a session (identity/storage/schema.py).
CREATE TABLE ticket (
  tenant_id text COLLATE "C" NOT NULL, digest bytea NOT NULL, kind text COLLATE "C" NOT NULL, subject text COLLATE "C" NOT NULL,
  made_at text COLLATE "C" NOT NULL, expires_at text COLLATE "C" NOT NULL, tries bigint NOT NULL, doc bytea NOT NULL,
  PRIMARY KEY (tenant_id, digest));
CREATE INDEX ticket_by_end ON ticket (tenant_id, expires_at);
CREATE INDEX ticket_by_subject ON ticket (tenant_id, kind, subject);
CREATE TABLE second_factor (
  tenant_id text COLLATE "C" NOT NULL, member_id text COLLATE "C" NOT NULL, doc bytea NOT NULL, last_step bigint NOT NULL,
  since text COLLATE "C", PRIMARY KEY (tenant_id, member_id));
CREATE TABLE recovery_code (
  tenant_id text COLLATE "C" NOT NULL, member_id text COLLATE "C" NOT NULL, digest bytea NOT NULL,
  PRIMARY KEY (tenant_id, member_id, digest));
ALTER TABLE session ADD COLUMN used_at text COLLATE "C", ADD COLUMN proved_at text COLLATE "C", ADD COLUMN doc bytea;
ALTER TABLE password ADD COLUMN is_short bigint;
ALTER TABLE api_key ADD COLUMN networks text COLLATE "C";
