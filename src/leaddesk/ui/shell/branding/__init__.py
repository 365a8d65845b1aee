"""Branding: a seat's window in the brand that its server says it has, as far as that may be shown.
May import: kit, shell's doors; the desk's clerk through them.
Must not know: HTTP, files, how a logo is decoded."""
