"""Reports: what is counted from pseudonymised facts, and what is too small to be shown.
May import: queries' library, projections, eventlog, contract.
Must not know: HTTP, leads, who works them."""
