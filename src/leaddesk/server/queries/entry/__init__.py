"""Entry: leads that are there twice, and journals of all leads in one list.
May import: queries' library, names and listing, projections, eventlog, domain, contract.
Must not know: HTTP, how anything is changed."""
