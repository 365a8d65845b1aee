"""Authorization: where a sign-in may lead back to, requests under way in browsers, the steps of signing in.
May import: contract, personal, keys, identity (people, passwords, throttle, storage, tokens).
Must not know: pages, HTTP, the event log, what a further step asks."""
