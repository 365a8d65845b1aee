"""The guarantees' campaigns, each with its figure and a planted violation (docs/guarantees.md)."""
