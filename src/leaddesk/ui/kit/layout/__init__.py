"""Layout: arrangements Qt does not have.
May import: Qt widgets, theme.
Must not know: what is arranged."""
