"""Entry: what a person types into; edits that keep clipboard, selection and input methods quiet.
May import: the kit's clipboard, wording and menus, theme, Qt.
Must not know: labels and errors around an edit, features, the desk and everything below it."""
