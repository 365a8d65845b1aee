"""Offers: the partner's cards with their deadlines, accept and decline, what became of the last ones.
May import: kit and theme; desk and contract for the presenter; nothing of other features.
Must not know: HTTP, the shell, the owner's side."""
