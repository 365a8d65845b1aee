-- The firm's own sign-in: its provider, and which member is whom there (identity/storage/schema.py).
CREATE TABLE firm_provider (tenant_id text COLLATE "C" PRIMARY KEY, doc bytea NOT NULL);
CREATE TABLE firm_subject (
  tenant_id text COLLATE "C" NOT NULL, mark bytea NOT NULL, member_id text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant_id, mark));
