"""D7 and D9: certificates that must not be accepted, and what else stands between here and the server."""
