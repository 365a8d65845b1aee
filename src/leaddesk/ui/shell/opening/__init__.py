"""Opening: what the window shows before anybody is known: the first sight, then the starting page.
May import: kit and theme; the first sight nothing that costs time.
Must not know: desk, session, features and everything that is imported after the first frame."""
