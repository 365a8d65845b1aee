"""Beside: what goes on while requests are answered: the clock, the virus scanner, webhooks, asking providers.
May import: commands, hooks, inspection, identity, leases, httpx (to ask providers).
Must not know: endpoints, requests, storage."""
