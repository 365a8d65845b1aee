-- One copy of the key store. Rows that are replaced are vacuumed at once: what was destroyed shall not stay in
-- the files (what remains of it in them and in the log of writes: docs/encryption.md).
CREATE TABLE custody (
  only_row bigint PRIMARY KEY CHECK (only_row = 1), generation bigint NOT NULL, epoch bigint NOT NULL);
INSERT INTO custody VALUES (1, 0, 0);
CREATE TABLE turn (only_row bigint PRIMARY KEY CHECK (only_row = 1));
INSERT INTO turn VALUES (1);
CREATE TABLE tenant_key (
  tenant_id text COLLATE "C" NOT NULL, epoch bigint NOT NULL, wrapped bytea NOT NULL,
  PRIMARY KEY (tenant_id, epoch))
  WITH (autovacuum_vacuum_threshold = 1, autovacuum_vacuum_scale_factor = 0);
CREATE TABLE data_key (
  tenant_id text COLLATE "C" NOT NULL, id text COLLATE "C" NOT NULL, epoch bigint NOT NULL, wrapped bytea,
  generation bigint, PRIMARY KEY (tenant_id, id))
  WITH (autovacuum_vacuum_threshold = 1, autovacuum_vacuum_scale_factor = 0);
CREATE INDEX destroyed ON data_key (generation) WHERE generation IS NOT NULL;
CREATE INDEX by_epoch ON data_key (epoch) WHERE generation IS NULL;
