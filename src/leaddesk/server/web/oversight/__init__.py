"""Oversight on the web: the access log, resolving a pseudonym, disclosures by partner, interventions.
May import: web's edge and services, commands, queries, oversight, identity, contract.
Must not know: how entries are stored or keyed, single leads."""
