"""Beside: what goes on while requests are answered: the clock, the virus scanner, webhooks.
May import: commands, hooks, inspection, identity, leases.
Must not know: endpoints, requests, storage."""
