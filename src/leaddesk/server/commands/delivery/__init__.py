"""Delivery: what each relayed fact does in the other tenant's log; one function a fact.
May import: eventlog, projections, domain, keys, contract.
Must not know: how a fact came to be, commands, HTTP."""
