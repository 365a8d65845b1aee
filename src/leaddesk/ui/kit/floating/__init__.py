"""Floating: what lies above a window; dialogs on a scrim, toasts, menus, the focus ring.
May import: kit.pieces, kit.painting, the kit's labels, buttons and wording, theme, Qt.
Must not know: which feature opens it, the desk and everything below it."""
