"""Brand: the instance's paint on the rim: edge, mark, tint.
May import: Qt, theme.
Must not know: the tenant, the person, any feature."""
