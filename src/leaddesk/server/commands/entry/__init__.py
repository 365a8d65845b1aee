"""Entry: new leads, and lists of fields in place of those a lead has.
May import: the commands' office, projections, eventlog, domain, contract.
Must not know: HTTP, partners, how a lead is worked."""
