"""Anew: the process executed over itself once nobody is signed in, and what goes along.
May import: the standard library, guard.
Must not know: anything else of leaddesk; what the text is that it carries."""
