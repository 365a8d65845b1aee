"""What became of offering a lead: brokerages with every partner's chance.
May import: queries' library and directory, domain, contract.
Must not know: HTTP, how anything is stored."""
