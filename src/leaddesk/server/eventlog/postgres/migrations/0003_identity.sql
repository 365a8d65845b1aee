-- Identity: who people are, how they signed in, machines' keys (identity/storage/schema.py).
CREATE TABLE door (tenant_id text COLLATE "C" NOT NULL, mark bytea PRIMARY KEY);
CREATE INDEX door_by_tenant ON door (tenant_id);
CREATE TABLE tenant (tenant_id text COLLATE "C" PRIMARY KEY, serial bigint NOT NULL, doc bytea NOT NULL);
CREATE TABLE person (
  tenant_id text COLLATE "C" NOT NULL, member_id text COLLATE "C" NOT NULL, rank bigint NOT NULL, role text COLLATE "C" NOT NULL,
  extra_rights text COLLATE "C" NOT NULL, email_mark bytea NOT NULL, doc bytea NOT NULL,
  PRIMARY KEY (tenant_id, member_id), UNIQUE (tenant_id, rank), UNIQUE (tenant_id, email_mark));
CREATE TABLE password (
  tenant_id text COLLATE "C" NOT NULL, member_id text COLLATE "C" NOT NULL, doc bytea NOT NULL, PRIMARY KEY (tenant_id, member_id));
CREATE TABLE session (
  tenant_id text COLLATE "C" NOT NULL, session_id text COLLATE "C" NOT NULL, member_id text COLLATE "C" NOT NULL, began_at text COLLATE "C" NOT NULL,
  ends_at text COLLATE "C" NOT NULL, newest bytea NOT NULL, former bytea, rotation bytea, confirmed bigint NOT NULL,
  PRIMARY KEY (tenant_id, session_id));
CREATE INDEX session_by_member ON session (tenant_id, member_id, began_at, session_id);
CREATE INDEX session_by_end ON session (tenant_id, ends_at);
CREATE TABLE access_token (
  tenant_id text COLLATE "C" NOT NULL, digest bytea NOT NULL, session_id text COLLATE "C" NOT NULL, beside bytea NOT NULL,
  expires_at text COLLATE "C" NOT NULL, PRIMARY KEY (tenant_id, digest));
CREATE INDEX access_token_by_session ON access_token (tenant_id, session_id);
CREATE INDEX access_token_by_end ON access_token (tenant_id, expires_at);
CREATE TABLE sign_in_code (
  tenant_id text COLLATE "C" NOT NULL, digest bytea NOT NULL, member_id text COLLATE "C" NOT NULL, challenge text COLLATE "C" NOT NULL,
  expires_at text COLLATE "C" NOT NULL, used bigint NOT NULL, session_id text COLLATE "C", PRIMARY KEY (tenant_id, digest));
CREATE INDEX sign_in_code_by_end ON sign_in_code (tenant_id, expires_at);
CREATE TABLE api_key (
  tenant_id text COLLATE "C" NOT NULL, key_id text COLLATE "C" NOT NULL, rank bigint NOT NULL, rights text COLLATE "C" NOT NULL,
  created_at text COLLATE "C", revoked bigint NOT NULL, digest bytea NOT NULL, doc bytea NOT NULL,
  PRIMARY KEY (tenant_id, key_id), UNIQUE (tenant_id, rank), UNIQUE (tenant_id, digest));
CREATE TABLE attempt (
  mark bytea PRIMARY KEY, failures bigint NOT NULL, since text COLLATE "C" NOT NULL, last_at text COLLATE "C" NOT NULL,
  closed_until text COLLATE "C" NOT NULL);
CREATE INDEX attempt_by_last ON attempt (last_at);
