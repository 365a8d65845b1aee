"""The own account: where one is signed in, and showing once more who one is.
May import: kit, theme, desk (types of the clerk), contract, personal.
Must not know: other features, the shell, HTTP."""
