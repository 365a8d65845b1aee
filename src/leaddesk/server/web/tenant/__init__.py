"""The tenant's own affairs: policy and API keys.
May import: web's edge and services, commands, queries, identity, contract.
Must not know: leads, how anything is stored."""
