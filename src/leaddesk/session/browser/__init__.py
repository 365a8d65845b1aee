"""Browser: signing in with the system's browser: code + PKCE, the answer heard at a loopback address.
May import: the API's sign-in calls, the contract, personal.
Must not know: widgets, the keyring, how a browser is opened."""
