"""The tables: tenant id first in every key; what is filtered or sorted is a column; content is bytes."""

import re

TABLES = """
CREATE TABLE tenant_head (tenant_id TEXT PRIMARY KEY, position INTEGER NOT NULL, chain BLOB NOT NULL);
CREATE TABLE event (
  tenant_id TEXT NOT NULL, position INTEGER NOT NULL, stream_id TEXT NOT NULL, version INTEGER NOT NULL,
  kind TEXT NOT NULL, at TEXT NOT NULL, actor TEXT NOT NULL, subject TEXT, keeper TEXT,
  key_id TEXT NOT NULL, chain BLOB NOT NULL, payload BLOB NOT NULL,
  PRIMARY KEY (tenant_id, position), UNIQUE (tenant_id, stream_id, version));
CREATE INDEX note_by_time ON event (tenant_id, at, position) WHERE kind = 'NoteAdded';
CREATE TABLE signed_head (
  tenant_id TEXT NOT NULL, position INTEGER NOT NULL, link BLOB NOT NULL, signed_at TEXT NOT NULL,
  signature BLOB NOT NULL, PRIMARY KEY (tenant_id, position));
CREATE TABLE lead (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, serial INTEGER NOT NULL,
  modified_at TEXT NOT NULL, lead_modified_at TEXT NOT NULL, created_at TEXT NOT NULL, started_at TEXT,
  closed_at TEXT, step TEXT, responsible TEXT, keeper TEXT, form_id TEXT, owner_id TEXT NOT NULL,
  key_id TEXT NOT NULL, position INTEGER NOT NULL, doc BLOB,
  PRIMARY KEY (tenant_id, id));
CREATE INDEX lead_by_modified ON lead (tenant_id, modified_at, id);
CREATE INDEX lead_by_created ON lead (tenant_id, created_at, id);
CREATE INDEX lead_by_lead_modified ON lead (tenant_id, lead_modified_at, id);
CREATE INDEX lead_by_started ON lead
  (tenant_id, (CASE WHEN started_at IS NULL THEN '' ELSE started_at END), id);
CREATE TABLE lead_count (
  tenant_id TEXT NOT NULL, mark TEXT NOT NULL, keeper TEXT, responsible TEXT, step TEXT,
  leads INTEGER NOT NULL, PRIMARY KEY (tenant_id, mark));
CREATE TABLE lead_day (
  tenant_id TEXT NOT NULL, field TEXT NOT NULL, day TEXT NOT NULL, leads INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, field, day));
CREATE TABLE share_request (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, lead_id TEXT NOT NULL, status TEXT NOT NULL,
  requested_by TEXT NOT NULL, requested_at TEXT NOT NULL, serial INTEGER NOT NULL, key_id TEXT NOT NULL,
  doc BLOB NOT NULL, PRIMARY KEY (tenant_id, id));
CREATE TABLE offer (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, lead_id TEXT NOT NULL, owner_id TEXT NOT NULL,
  brokerage_id TEXT NOT NULL, market_name TEXT NOT NULL, status TEXT NOT NULL, offered_at TEXT NOT NULL,
  deadline_at TEXT NOT NULL, decided_at TEXT, asked_by TEXT, serial INTEGER NOT NULL, reason BLOB,
  interested INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, id));
CREATE INDEX offer_by_lead ON offer (tenant_id, lead_id);
CREATE TABLE offer_document (
  tenant_id TEXT NOT NULL, offer_id TEXT NOT NULL, stage TEXT NOT NULL, key_id TEXT NOT NULL,
  doc BLOB NOT NULL, PRIMARY KEY (tenant_id, offer_id, stage));
CREATE TABLE reference (
  tenant_id TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, rank INTEGER NOT NULL,
  serial INTEGER NOT NULL, doc BLOB NOT NULL, PRIMARY KEY (tenant_id, kind, id));
CREATE TABLE deadline (
  tenant_id TEXT NOT NULL, lead_id TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (tenant_id, lead_id, at));
CREATE TABLE erasure (
  tenant_id TEXT NOT NULL, lead_id TEXT NOT NULL, at TEXT NOT NULL, actor TEXT NOT NULL, keeper TEXT,
  doc TEXT NOT NULL, PRIMARY KEY (tenant_id, lead_id));
CREATE TABLE idempotency (
  tenant_id TEXT NOT NULL, key TEXT NOT NULL, keyed_fingerprint BLOB NOT NULL, status INTEGER NOT NULL,
  resource_ids TEXT NOT NULL, lead_id TEXT, expires_at TEXT NOT NULL, PRIMARY KEY (tenant_id, key));
CREATE TABLE relay_inbox (
  tenant_id TEXT NOT NULL, source_id TEXT NOT NULL, position INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, source_id, position));
CREATE TABLE report_cursor (tenant_id TEXT PRIMARY KEY, position INTEGER NOT NULL);
CREATE TABLE report_lead (
  tenant_id TEXT NOT NULL, pseudonym BLOB NOT NULL, created_at TEXT NOT NULL, origin BLOB NOT NULL,
  responded_at TEXT, outcome TEXT, PRIMARY KEY (tenant_id, pseudonym));
CREATE TABLE report_offer (
  tenant_id TEXT NOT NULL, pseudonym BLOB NOT NULL, side TEXT NOT NULL, offered_at TEXT NOT NULL,
  decided_at TEXT, status TEXT NOT NULL, PRIMARY KEY (tenant_id, pseudonym));
CREATE TABLE report_origin (
  tenant_id TEXT NOT NULL, code BLOB NOT NULL, doc BLOB NOT NULL, PRIMARY KEY (tenant_id, code));
CREATE TABLE webhook (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, event_name TEXT NOT NULL, created_at TEXT NOT NULL,
  doc BLOB NOT NULL, PRIMARY KEY (tenant_id, id));
CREATE TABLE webhook_state (
  tenant_id TEXT NOT NULL, hook_id TEXT NOT NULL, position INTEGER NOT NULL, told INTEGER NOT NULL,
  attempts INTEGER NOT NULL, next_at TEXT, PRIMARY KEY (tenant_id, hook_id));
CREATE TABLE webhook_dead (
  tenant_id TEXT NOT NULL, hook_id TEXT NOT NULL, event_id TEXT NOT NULL, event_name TEXT NOT NULL,
  occurred_at TEXT NOT NULL, died_at TEXT NOT NULL, attempts INTEGER NOT NULL, reason TEXT NOT NULL,
  ids TEXT NOT NULL, again INTEGER NOT NULL, PRIMARY KEY (tenant_id, hook_id, event_id));
CREATE TABLE attachment (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, lead_id TEXT NOT NULL, key_id TEXT NOT NULL,
  size INTEGER NOT NULL, blocks INTEGER NOT NULL, status TEXT NOT NULL, added_by TEXT NOT NULL,
  added_at TEXT NOT NULL, doc BLOB NOT NULL, PRIMARY KEY (tenant_id, id));
CREATE INDEX attachment_by_lead ON attachment (tenant_id, lead_id);
CREATE INDEX attachment_by_status ON attachment (tenant_id, status);
CREATE TABLE attachment_block (
  tenant_id TEXT NOT NULL, attachment_id TEXT NOT NULL, number INTEGER NOT NULL, doc BLOB NOT NULL,
  PRIMARY KEY (tenant_id, attachment_id, number));
CREATE TABLE disclosed (
  tenant_id TEXT NOT NULL, sales_partner_id TEXT NOT NULL, lead_id TEXT NOT NULL, position INTEGER NOT NULL,
  at TEXT NOT NULL, PRIMARY KEY (tenant_id, sales_partner_id, lead_id));
CREATE TABLE relay_cursor (tenant_id TEXT PRIMARY KEY, position INTEGER NOT NULL);
CREATE TABLE known_destruction (tenant_id TEXT PRIMARY KEY, generation INTEGER NOT NULL);
"""
"""``event.subject``: the share request or offer that push names. ``event.keeper``: whose lead it was *before*
the event, so that push can tell who lost the right to it. ``lead.doc`` NULL: the bytes lie in the payload of
the event at ``position`` (large seeded populations store each lead once). ``erasure``: leads whose
erasure has begun and not ended; ids only. ``known_destruction``: one row, the instance's: which destruction
of a key the data knows of. ``lead_count``: how many rows of ``lead`` have this keeper, responsible and step,
kept in the transaction that changes one; ``mark`` is the three in one text, for each may be absent.
``lead_day``: how many have one of their times on a day, kept likewise."""

UPSERT_HEAD = (
    "INSERT INTO tenant_head (tenant_id, position, chain) VALUES (?, ?, ?)"
    " ON CONFLICT (tenant_id) DO UPDATE SET position = excluded.position, chain = excluded.chain"
)
LAST_VERSION = "SELECT COALESCE(MAX(version), 0) FROM event WHERE tenant_id = ? AND stream_id = ?"
INSERT_EVENT = (
    "INSERT INTO event (tenant_id, position, stream_id, version, kind, at, actor, subject, keeper, key_id,"
    " chain, payload) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)

REBUILT_TABLES = """
CREATE {kind} TABLE contact_mark (
  tenant_id TEXT NOT NULL, mark BLOB NOT NULL, lead_id TEXT NOT NULL, kind TEXT NOT NULL,
  PRIMARY KEY (tenant_id, mark, lead_id, kind));
CREATE INDEX contact_by_lead ON contact_mark (tenant_id, lead_id);
CREATE {kind} TABLE contact_cursor (tenant_id TEXT PRIMARY KEY, position INTEGER NOT NULL);
"""
"""The blind index: in no dump, drawn from the log again after a start. ``kind``: what a back end calls tables
of that kind, ``TEMPORARY`` or ``UNLOGGED``."""

_REMAIN = {
    "tenant_head",
    "event",
    "signed_head",
    "erasure",
    "relay_inbox",
    "relay_cursor",
    "known_destruction",
}
_TABLE = re.compile(r"CREATE [{}a-z ]*TABLE (\w+) \((.*?)\);", re.DOTALL)
_KEY = re.compile(r"PRIMARY KEY \(tenant_id, ([^)]+)\)")
CONTENT_TABLES = {
    name: tuple(key[1].split(", ")) if (key := _KEY.search(columns)) else ()
    for name, columns in sorted(_TABLE.findall(TABLES + REBUILT_TABLES))
    if name not in _REMAIN
}
"""What goes when a whole tenant is erased, and each table's key behind the tenant's (none: one row a tenant);
the log stays, as ciphertext under its chain."""
