"""Partners: inviting and ending partnerships, offering and handing leads to partners without a request.
May import: the commands' office and relay, projections, eventlog, domain, identity, contract.
Must not know: HTTP, how answers look."""
