"""Presenting: what presenters of every feature share: their surroundings, the words for outcomes.
May import: the kit, the desk's outcomes.
Must not know: any feature, the shell, HTTP."""
