"""S4: schemathesis over the committed document, with hooks that give it what only this server has."""
