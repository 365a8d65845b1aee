"""Lead detail: one lead beside the list: overview, journal, history, recipients, composer.
May import: kit and theme; desk, store and contract for the presenter; nothing of other features.
Must not know: HTTP, the shell, how a lead was found."""
