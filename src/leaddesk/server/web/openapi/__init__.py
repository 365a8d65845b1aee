"""Openapi: the document of all endpoints, made of routes and their specs, and a page to read it.
May import: the edge, contract, Starlette.
Must not know: single endpoints, storage, the population."""
