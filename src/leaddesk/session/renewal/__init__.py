"""Renewal: the access token of a session, renewed once for all who need it, in this process and others.
May import: the API's sign-in calls, the vault's port, tokens, personal.
Must not know: where profiles are kept, widgets."""
