"""Domain: what a lead, a share, a brokerage and an offer may do; pure functions over events.
May import: contract, personal, msgspec.
Must not know: storage, clocks, HTTP, keys, other tenants' data."""
