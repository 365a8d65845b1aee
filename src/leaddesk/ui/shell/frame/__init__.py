"""The parts of the frame: top bar, navigation, panes, status bar, each a view of a piece of state.
May import: kit, theme.
Must not know: features, presenters, clerks."""
