"""Ways: what leads in beside e-mail and password: the system's browser, the code of a second factor.
May import: the kit, the theme, the sign-in page's state; the desk's types.
Must not know: the server's page, other features."""
