"""Painting: functions that draw one mark or one text with a painter, for delegates and widgets.
May import: theme, Qt.
Must not know: widgets of ours, words, features, the desk and everything below it."""
