"""Identity's tables: tenant id first in every key; content is sealed, credentials are digests."""

import re

TABLES = """
CREATE TABLE door (tenant_id TEXT NOT NULL, mark BLOB PRIMARY KEY);
CREATE INDEX door_by_tenant ON door (tenant_id);
CREATE TABLE tenant (tenant_id TEXT PRIMARY KEY, serial INTEGER NOT NULL, doc BLOB NOT NULL);
CREATE TABLE person (
  tenant_id TEXT NOT NULL, member_id TEXT NOT NULL, rank INTEGER NOT NULL, role TEXT NOT NULL,
  extra_rights TEXT NOT NULL, email_mark BLOB NOT NULL, doc BLOB NOT NULL,
  PRIMARY KEY (tenant_id, member_id), UNIQUE (tenant_id, rank), UNIQUE (tenant_id, email_mark));
CREATE TABLE former_person (
  tenant_id TEXT NOT NULL, member_id TEXT NOT NULL, email_mark BLOB NOT NULL, doc BLOB NOT NULL,
  PRIMARY KEY (tenant_id, member_id));
CREATE INDEX former_person_by_email ON former_person (tenant_id, email_mark);
CREATE TABLE password (
  tenant_id TEXT NOT NULL, member_id TEXT NOT NULL, doc BLOB NOT NULL, is_short INTEGER,
  PRIMARY KEY (tenant_id, member_id));
CREATE TABLE session (
  tenant_id TEXT NOT NULL, session_id TEXT NOT NULL, member_id TEXT NOT NULL, began_at TEXT NOT NULL,
  ends_at TEXT NOT NULL, newest BLOB NOT NULL, former BLOB, rotation BLOB, confirmed INTEGER NOT NULL,
  used_at TEXT, proved_at TEXT, doc BLOB, PRIMARY KEY (tenant_id, session_id));
CREATE INDEX session_by_member ON session (tenant_id, member_id, began_at, session_id);
CREATE INDEX session_by_end ON session (tenant_id, ends_at);
CREATE TABLE access_token (
  tenant_id TEXT NOT NULL, digest BLOB NOT NULL, session_id TEXT NOT NULL, beside BLOB NOT NULL,
  expires_at TEXT NOT NULL, PRIMARY KEY (tenant_id, digest));
CREATE INDEX access_token_by_session ON access_token (tenant_id, session_id);
CREATE INDEX access_token_by_end ON access_token (tenant_id, expires_at);
CREATE TABLE sign_in_code (
  tenant_id TEXT NOT NULL, digest BLOB NOT NULL, member_id TEXT NOT NULL, challenge TEXT NOT NULL,
  expires_at TEXT NOT NULL, used INTEGER NOT NULL, session_id TEXT, bound BLOB, unproved INTEGER,
  PRIMARY KEY (tenant_id, digest));
CREATE INDEX sign_in_code_by_end ON sign_in_code (tenant_id, expires_at);
CREATE TABLE ticket (
  tenant_id TEXT NOT NULL, digest BLOB NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL,
  made_at TEXT NOT NULL, expires_at TEXT NOT NULL, tries INTEGER NOT NULL, doc BLOB NOT NULL,
  PRIMARY KEY (tenant_id, digest));
CREATE INDEX ticket_by_end ON ticket (tenant_id, expires_at);
CREATE INDEX ticket_by_subject ON ticket (tenant_id, kind, subject);
CREATE TABLE second_factor (
  tenant_id TEXT NOT NULL, member_id TEXT NOT NULL, doc BLOB NOT NULL, last_step INTEGER NOT NULL,
  since TEXT, PRIMARY KEY (tenant_id, member_id));
CREATE TABLE recovery_code (
  tenant_id TEXT NOT NULL, member_id TEXT NOT NULL, digest BLOB NOT NULL,
  PRIMARY KEY (tenant_id, member_id, digest));
CREATE TABLE api_key (
  tenant_id TEXT NOT NULL, key_id TEXT NOT NULL, rank INTEGER NOT NULL, rights TEXT NOT NULL,
  created_at TEXT, revoked INTEGER NOT NULL, digest BLOB NOT NULL, doc BLOB NOT NULL, networks TEXT,
  PRIMARY KEY (tenant_id, key_id), UNIQUE (tenant_id, rank), UNIQUE (tenant_id, digest));
CREATE TABLE firm_provider (tenant_id TEXT PRIMARY KEY, doc BLOB NOT NULL);
CREATE TABLE firm_subject (
  tenant_id TEXT NOT NULL, mark BLOB NOT NULL, member_id TEXT NOT NULL, own INTEGER,
  PRIMARY KEY (tenant_id, mark));
CREATE TABLE firm_domain (
  tenant_id TEXT NOT NULL, mark BLOB NOT NULL, doc BLOB NOT NULL, PRIMARY KEY (tenant_id, mark));
CREATE TABLE attempt (
  mark BLOB PRIMARY KEY, failures INTEGER NOT NULL, since TEXT NOT NULL, last_at TEXT NOT NULL,
  closed_until TEXT NOT NULL);
CREATE INDEX attempt_by_last ON attempt (last_at);
CREATE TABLE authorization_request (
  mark BLOB PRIMARY KEY, binding BLOB NOT NULL, expires_at TEXT NOT NULL, doc BLOB NOT NULL);
CREATE INDEX authorization_request_by_end ON authorization_request (expires_at);
"""
"""``door``: which tenant a mark belongs to; marks are SHA-256 of credentials and keyed digests of e-mails,
each once in the whole database. ``session.newest``, ``former``: digests of the refresh token that counts and
the one before it; ``used_at``: its last rotation, ``proved_at``: when its person last showed who they are,
the beginning if absent. ``password.is_short``: it needs a second factor beside it. ``api_key.networks``:
where it may come from, instead of the tenant's networks. ``access_token.beside``: of the refresh token it was
given out with. ``attempt``: failed sign-ins of an account or a network under keyed digests; it has no tenant,
for an account need not exist. ``sign_in_code.bound``: digest of the client and its address;
``unproved``: a firm's provider let them in, and did not say that they signed in just now.
``authorization_request``: sign-ins under way in browsers; whose they will be is not known yet.
``former_person``: the names of who has left, beside what they did, and digests of their e-mails, so that a
firm's sign-in does not bring them back. ``firm_provider``, ``firm_subject``: the firm's own sign-in, and
digests of its ids of members (``own``: linked by
the member, who has shown a password). ``firm_domain``: the domains a tenant has shown to be its own."""

TENANTLESS = {"attempt", "authorization_request"}
"""What belongs to no tenant."""
TENANT_TABLES = sorted(set(re.findall(r"CREATE TABLE (\w+)", TABLES)) - TENANTLESS)
"""What goes when a tenant goes."""
