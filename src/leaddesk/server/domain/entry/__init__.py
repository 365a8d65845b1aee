"""Entry: what is entered into a lead: which form it belongs to, what its values must look like, what changed.
May import: contract, the domain's events, state and refusals.
Must not know: storage, clocks, HTTP, who enters it."""
