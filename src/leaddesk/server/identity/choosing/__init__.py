"""Choosing: what a password must be before it is taken, and one drawn for somebody (NIST SP 800-63B-4).
May import: personal.
Must not know: who asks, how passwords are kept, HTTP."""
