"""Service: what a server that runs for years has to do with its surroundings.
May import: the standard library, cryptography, and operations.
Must not know: leads, endpoints, the population, where settings come from."""
