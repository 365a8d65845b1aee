"""Leaving: what follows when nobody is signed in any more: sealed, revoked, and the process begins anew.
May import: desk and its outcomes, session's states, the shell's states, the kit.
Must not know: other features, how a process is replaced."""
