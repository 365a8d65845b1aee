"""Attachments: the clerk for files of a lead, and one file that is looked at.
May import: api, decoding, contract, the rest of the desk.
Must not know: Qt, HTTP, who chose a file and how."""
