"""Beside: what reaches out of this process while requests are answered: the virus scanner, webhooks.
May import: commands, hooks, inspection.
Must not know: endpoints, requests, storage."""
