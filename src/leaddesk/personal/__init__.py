"""Personal: types that mask personal data and secrets in any text; errors told without their words.
May import: the standard library only.
Must not know: anything of leaddesk; this is the lowest floor."""
