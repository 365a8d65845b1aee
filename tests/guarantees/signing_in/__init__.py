"""B6 and B8: what a session promises while tokens are renewed and while a browser signs in."""
