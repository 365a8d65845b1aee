"""The door: sign-in page, its errors, and what this workstation promises.
May import: kit, theme, personal. Only Qt's Core, Gui and Widgets at import time: this is painted first.
Must not know: desk, session, store, api, other features."""
