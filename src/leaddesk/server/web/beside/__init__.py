"""Beside: what goes on while requests are answered: the clock, the virus scanner, webhooks, asking providers.
May import: commands, hooks (also its line, to ask providers), inspection, identity, leases.
Must not know: endpoints, requests, storage."""
