"""Entry: new leads, changed lists of fields, and leads that are there twice.
May import: web's edge and services, commands, queries, identity, contract.
Must not know: how a lead is worked or handed to partners, storage."""
