"""Mail: letters to one person each, what stands in them, and who carries them (SMTP; RFC 5321).
May import: personal.
Must not know: identity, tenants, requests, storage; why a letter is written."""
