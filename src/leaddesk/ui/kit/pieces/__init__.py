"""Pieces: small widgets a view is put together from; marks, chips, tabs, notes, rows of facts.
May import: kit.painting, the kit's labels, buttons and wording, theme, Qt.
Must not know: overlays and toasts, features, the desk and everything below it."""
