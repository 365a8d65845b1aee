-- Up to which destruction of a key the data knows what went: one row, the instance's. After a restore to an
-- earlier moment it is behind, and what was erased since is erased again (commands/erasure/restored.py).
CREATE TABLE known_destruction (tenant_id text COLLATE "C" PRIMARY KEY, generation bigint NOT NULL);
