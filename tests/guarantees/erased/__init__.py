"""S2: what was erased can be read nowhere any more."""
