"""Speech: what screen readers are told beyond the names and descriptions of widgets.
May import: Qt.
Must not know: theme, wording, features, the desk and everything below it."""
