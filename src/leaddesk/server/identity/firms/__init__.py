"""Firms: a tenant's own sign-in (OpenID Connect): where it is, which domains are its, who came in by it.
May import: contract, personal, keys, identity (people, storage, authorization, refusals).
Must not know: HTTP, tokens of providers and how they are checked, pages."""
