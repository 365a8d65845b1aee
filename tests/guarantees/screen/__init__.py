"""C1 to C3 and C6: what the screen shows when nobody is to look any more."""
