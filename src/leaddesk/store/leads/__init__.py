"""Leads: up to a million leads as bytes in one mapping, read back value by value.
May import: store.leads.mapped, store.search, store.topics, store.roles, store.arena, contract.
Must not know: Qt, HTTP, the event loop, the outbox."""
