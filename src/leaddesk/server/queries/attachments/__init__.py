"""Attachments: the files of a lead as a caller may see them.
May import: the library, names, projections, identity, contract.
Must not know: HTTP, how files come here, the scanner."""
