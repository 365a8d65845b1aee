"""Partners: the states of a partnership, and handing a lead to one partner without a market.
May import: contract, the domain's events, state and refusals.
Must not know: storage, clocks, HTTP, other tenants' data."""
