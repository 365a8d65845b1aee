"""Personal: types that mask personal data and secrets wherever text is made of them.
May import: the standard library only.
Must not know: anything of leaddesk; this is the lowest floor."""
