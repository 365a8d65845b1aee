-- Who has left a tenant: the name beside what they did (identity/storage/schema.py).
CREATE TABLE former_person (
  tenant_id text COLLATE "C" NOT NULL, member_id text COLLATE "C" NOT NULL, email_mark bytea NOT NULL, doc bytea NOT NULL,
  PRIMARY KEY (tenant_id, member_id));
CREATE INDEX former_person_by_email ON former_person (tenant_id, email_mark);
