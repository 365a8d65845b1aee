"""The frame around all features: window, navigation, lock page, waiting changes, and who opens what.
May import: every feature, kit, theme, personal. Only Qt's Core, Gui and Widgets at import time.
Must not know: session, store, api; clerks only as the Protocols written here."""
