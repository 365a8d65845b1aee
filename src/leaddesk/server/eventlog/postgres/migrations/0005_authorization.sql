-- Signing in with a browser: requests under way, and what a code is bound to (identity/storage/schema.py).
ALTER TABLE sign_in_code ADD COLUMN bound bytea;
CREATE TABLE authorization_request (
  mark bytea PRIMARY KEY, binding bytea NOT NULL, expires_at text COLLATE "C" NOT NULL, doc bytea NOT NULL);
CREATE INDEX authorization_request_by_end ON authorization_request (expires_at);
