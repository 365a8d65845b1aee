"""The deterministic demo population: who is there, what they asked for, and the writer that stores it.
May import server commands, queries and below, contract and personal; reads only its own data files.
Must not know the web, tokens or passwords, nor the client; draws no credential."""
