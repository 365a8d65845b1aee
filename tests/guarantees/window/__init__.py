"""The window's guarantees: what is masked, copied, opened and previewed (A9, A10, A11, C4, D5, D10).
May import: the client, the stories, the tests' support.
Must not know: anything of a particular machine."""
