-- The tables as eventlog/schema.py has them. Text is compared by code points, as SQLite does and as keyset
-- positions need it: whatever locale the database has.
CREATE TABLE tenant_head (tenant_id text COLLATE "C" PRIMARY KEY, position bigint NOT NULL, chain bytea NOT NULL);
CREATE TABLE event (
  tenant_id text COLLATE "C" NOT NULL, position bigint NOT NULL, stream_id text COLLATE "C" NOT NULL, version bigint NOT NULL,
  kind text COLLATE "C" NOT NULL, at text COLLATE "C" NOT NULL, actor text COLLATE "C" NOT NULL, subject text COLLATE "C", keeper text COLLATE "C",
  key_id text COLLATE "C" NOT NULL, chain bytea NOT NULL, payload bytea NOT NULL,
  PRIMARY KEY (tenant_id, position), UNIQUE (tenant_id, stream_id, version));
CREATE INDEX note_by_time ON event (tenant_id, at, position) WHERE kind = 'NoteAdded';
CREATE TABLE signed_head (
  tenant_id text COLLATE "C" NOT NULL, position bigint NOT NULL, link bytea NOT NULL, signed_at text COLLATE "C" NOT NULL,
  signature bytea NOT NULL, PRIMARY KEY (tenant_id, position));
CREATE TABLE lead (
  tenant_id text COLLATE "C" NOT NULL, id text COLLATE "C" NOT NULL, version bigint NOT NULL, serial bigint NOT NULL,
  modified_at text COLLATE "C" NOT NULL, lead_modified_at text COLLATE "C" NOT NULL, created_at text COLLATE "C" NOT NULL, started_at text COLLATE "C",
  closed_at text COLLATE "C", step text COLLATE "C", responsible text COLLATE "C", keeper text COLLATE "C", form_id text COLLATE "C", owner_id text COLLATE "C" NOT NULL,
  key_id text COLLATE "C" NOT NULL, position bigint NOT NULL, doc bytea,
  PRIMARY KEY (tenant_id, id));
CREATE INDEX lead_by_modified ON lead (tenant_id, modified_at, id);
CREATE INDEX lead_by_created ON lead (tenant_id, created_at, id);
CREATE INDEX lead_by_lead_modified ON lead (tenant_id, lead_modified_at, id);
CREATE INDEX lead_by_started ON lead
  (tenant_id, (CASE WHEN started_at IS NULL THEN '' ELSE started_at END), id);
CREATE TABLE share_request (
  tenant_id text COLLATE "C" NOT NULL, id text COLLATE "C" NOT NULL, lead_id text COLLATE "C" NOT NULL, status text COLLATE "C" NOT NULL,
  requested_by text COLLATE "C" NOT NULL, requested_at text COLLATE "C" NOT NULL, serial bigint NOT NULL, key_id text COLLATE "C" NOT NULL,
  doc bytea NOT NULL, PRIMARY KEY (tenant_id, id));
CREATE TABLE offer (
  tenant_id text COLLATE "C" NOT NULL, id text COLLATE "C" NOT NULL, lead_id text COLLATE "C" NOT NULL, owner_id text COLLATE "C" NOT NULL,
  brokerage_id text COLLATE "C" NOT NULL, market_name text COLLATE "C" NOT NULL, status text COLLATE "C" NOT NULL, offered_at text COLLATE "C" NOT NULL,
  deadline_at text COLLATE "C" NOT NULL, decided_at text COLLATE "C", asked_by text COLLATE "C", serial bigint NOT NULL, reason bytea,
  interested bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, id));
CREATE INDEX offer_by_lead ON offer (tenant_id, lead_id);
CREATE TABLE offer_document (
  tenant_id text COLLATE "C" NOT NULL, offer_id text COLLATE "C" NOT NULL, stage text COLLATE "C" NOT NULL, key_id text COLLATE "C" NOT NULL,
  doc bytea NOT NULL, PRIMARY KEY (tenant_id, offer_id, stage));
CREATE TABLE reference (
  tenant_id text COLLATE "C" NOT NULL, kind text COLLATE "C" NOT NULL, id text COLLATE "C" NOT NULL, rank bigint NOT NULL,
  serial bigint NOT NULL, doc bytea NOT NULL, PRIMARY KEY (tenant_id, kind, id));
CREATE TABLE deadline (
  tenant_id text COLLATE "C" NOT NULL, lead_id text COLLATE "C" NOT NULL, at text COLLATE "C" NOT NULL, PRIMARY KEY (tenant_id, lead_id, at));
CREATE TABLE erasure (
  tenant_id text COLLATE "C" NOT NULL, lead_id text COLLATE "C" NOT NULL, at text COLLATE "C" NOT NULL, actor text COLLATE "C" NOT NULL, keeper text COLLATE "C",
  doc text COLLATE "C" NOT NULL, PRIMARY KEY (tenant_id, lead_id));
CREATE TABLE idempotency (
  tenant_id text COLLATE "C" NOT NULL, key text COLLATE "C" NOT NULL, keyed_fingerprint bytea NOT NULL, status bigint NOT NULL,
  resource_ids text COLLATE "C" NOT NULL, lead_id text COLLATE "C", expires_at text COLLATE "C" NOT NULL, PRIMARY KEY (tenant_id, key));
CREATE TABLE relay_inbox (
  tenant_id text COLLATE "C" NOT NULL, source_id text COLLATE "C" NOT NULL, position bigint NOT NULL,
  PRIMARY KEY (tenant_id, source_id, position));
CREATE TABLE report_cursor (tenant_id text COLLATE "C" PRIMARY KEY, position bigint NOT NULL);
CREATE TABLE report_lead (
  tenant_id text COLLATE "C" NOT NULL, pseudonym bytea NOT NULL, created_at text COLLATE "C" NOT NULL, origin bytea NOT NULL,
  responded_at text COLLATE "C", outcome text COLLATE "C", PRIMARY KEY (tenant_id, pseudonym));
CREATE TABLE report_offer (
  tenant_id text COLLATE "C" NOT NULL, pseudonym bytea NOT NULL, side text COLLATE "C" NOT NULL, offered_at text COLLATE "C" NOT NULL,
  decided_at text COLLATE "C", status text COLLATE "C" NOT NULL, PRIMARY KEY (tenant_id, pseudonym));
CREATE TABLE report_origin (
  tenant_id text COLLATE "C" NOT NULL, code bytea NOT NULL, doc bytea NOT NULL, PRIMARY KEY (tenant_id, code));
CREATE TABLE webhook (
  tenant_id text COLLATE "C" NOT NULL, id text COLLATE "C" NOT NULL, event_name text COLLATE "C" NOT NULL, created_at text COLLATE "C" NOT NULL,
  doc bytea NOT NULL, PRIMARY KEY (tenant_id, id));
CREATE TABLE webhook_state (
  tenant_id text COLLATE "C" NOT NULL, hook_id text COLLATE "C" NOT NULL, position bigint NOT NULL, told bigint NOT NULL,
  attempts bigint NOT NULL, next_at text COLLATE "C", PRIMARY KEY (tenant_id, hook_id));
CREATE TABLE webhook_dead (
  tenant_id text COLLATE "C" NOT NULL, hook_id text COLLATE "C" NOT NULL, event_id text COLLATE "C" NOT NULL, event_name text COLLATE "C" NOT NULL,
  occurred_at text COLLATE "C" NOT NULL, died_at text COLLATE "C" NOT NULL, attempts bigint NOT NULL, reason text COLLATE "C" NOT NULL,
  ids text COLLATE "C" NOT NULL, again bigint NOT NULL, PRIMARY KEY (tenant_id, hook_id, event_id));
CREATE TABLE attachment (
  tenant_id text COLLATE "C" NOT NULL, id text COLLATE "C" NOT NULL, lead_id text COLLATE "C" NOT NULL, key_id text COLLATE "C" NOT NULL,
  size bigint NOT NULL, blocks bigint NOT NULL, status text COLLATE "C" NOT NULL, added_by text COLLATE "C" NOT NULL,
  added_at text COLLATE "C" NOT NULL, doc bytea NOT NULL, PRIMARY KEY (tenant_id, id));
CREATE INDEX attachment_by_lead ON attachment (tenant_id, lead_id);
CREATE INDEX attachment_by_status ON attachment (tenant_id, status);
CREATE TABLE attachment_block (
  tenant_id text COLLATE "C" NOT NULL, attachment_id text COLLATE "C" NOT NULL, number bigint NOT NULL, doc bytea NOT NULL,
  PRIMARY KEY (tenant_id, attachment_id, number));
CREATE TABLE disclosed (
  tenant_id text COLLATE "C" NOT NULL, sales_partner_id text COLLATE "C" NOT NULL, lead_id text COLLATE "C" NOT NULL, position bigint NOT NULL,
  at text COLLATE "C" NOT NULL, PRIMARY KEY (tenant_id, sales_partner_id, lead_id));
CREATE TABLE relay_cursor (tenant_id text COLLATE "C" PRIMARY KEY, position bigint NOT NULL);
CREATE UNLOGGED TABLE contact_mark (
  tenant_id text COLLATE "C" NOT NULL, mark bytea NOT NULL, lead_id text COLLATE "C" NOT NULL, kind text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant_id, mark, lead_id, kind));
CREATE INDEX contact_by_lead ON contact_mark (tenant_id, lead_id);
CREATE UNLOGGED TABLE contact_cursor (tenant_id text COLLATE "C" PRIMARY KEY, position bigint NOT NULL);
