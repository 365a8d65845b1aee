"""Oversight's questions to the data: disclosures by partner, interventions, whom a pseudonym may mean.
May import: queries, projections, eventlog, domain, identity, contract.
Must not know: HTTP, the access log, how anything is changed."""
