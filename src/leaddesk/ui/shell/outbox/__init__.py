"""Changes that wait to be sent, and the question when two people changed the same step.
May import: kit, theme, contract (ids), the shell's doors.
Must not know: how a change is sent, other features."""
