"""The buses of a Linux desktop: one line, what logind and screen savers say over it, the hold before sleep.
May import: the signs beside it, personal, jeepney.
Must not know: Qt, who locks, other systems."""
