"""The keys of the program on one sheet, and the shortcuts behind them.
May import: kit, theme.
Must not know: what a shortcut does."""
