"""Changes that wait to be sent, and the question when two people changed the same step.
May import: kit, theme.
Must not know: how a change is sent, other features."""
