"""Note: the field under the tabs, and what becomes of its words: saved, begun, brought back.
May import: kit and theme; the desk where notes are sent and begun ones are kept.
Must not know: the other tabs, the shell, how a lock seals."""
