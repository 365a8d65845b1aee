"""Accounts: what people do with their own account – sessions, second factor, password – and how to get one.
May import: contract, personal, identity, commands' office, mail, web.edge, web.services, Starlette.
Must not know: leads, storage, the population."""
