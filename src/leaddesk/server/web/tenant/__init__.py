"""The tenant's own affairs: policy, API keys, reports.
May import: web's edge and services, commands, queries, identity, contract.
Must not know: leads, how anything is stored."""
