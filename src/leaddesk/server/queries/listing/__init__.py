"""Listing: filtered, sorted, paged and streamed lead rows, joined from stored bytes.
May import: queries' library, projections, eventlog, domain, contract.
Must not know: HTTP, how a row came to be."""
