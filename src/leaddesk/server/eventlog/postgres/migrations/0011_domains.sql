-- Whose domains are proved; whether somebody linked their firm's account themselves (identity/storage/schema.py).
CREATE TABLE firm_domain (
  tenant_id text COLLATE "C" NOT NULL, mark bytea NOT NULL, doc bytea NOT NULL, PRIMARY KEY (tenant_id, mark));
ALTER TABLE firm_subject ADD COLUMN own bigint;
