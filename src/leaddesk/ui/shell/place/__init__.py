"""Place: where one is: the tenant and its instance at the top left, and the way to the others.
May import: kit, theme.
Must not know: desk, session, features; who else is signed in is told to it."""
