"""What happens without a connection: the note above the list, the queue, the question of a conflict.
May import: kit, theme, contract (ids), the shell's doors and state.
Must not know: how a change is sent, other features."""
