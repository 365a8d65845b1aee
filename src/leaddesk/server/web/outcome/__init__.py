"""How work on a lead ends: closing, rating, still interested, and what became of its brokerages.
May import: web's edge and services, commands, queries, contract.
Must not know: how anything is stored."""
