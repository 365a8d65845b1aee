"""How work on a lead ends: closing, rating, and the wish of a partner that came too late.
May import: commands' office and relay, domain, eventlog, projections, identity's caller, contract.
Must not know: HTTP, rendering."""
