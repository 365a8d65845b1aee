"""Single sign-on: this server as relying party of a tenant's OpenID provider, and how admins configure it.
May import: contract, identity, commands, projections, hooks.addresses, other rooms of web, joserfc.
Must not know: storage, leads, how sessions and codes are kept."""
