"""Blueprint: what a firm has to work with, as an operator writes it down: forms, pipelines, markets.
May import: contract.
Must not know: storage, clocks, tenants, HTTP, who applies it."""
