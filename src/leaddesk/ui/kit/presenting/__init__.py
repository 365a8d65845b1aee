"""Presenting: what presenters of every feature share: their surroundings, words for outcomes, amounts.
May import: the kit, the desk's outcomes, the store's roles, the wire's documents.
Must not know: any feature, the shell, HTTP."""
