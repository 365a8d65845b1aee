"""Attachments: the endpoints of files at leads, the signed policy and the multipart body of an upload.
May import: commands, queries, the edge, services, inspection, identity, contract, Starlette.
Must not know: storage, keys, the scanner."""
