"""Custody: where wrapped keys lie – master key, epoch keys, the key store in two mirrors – and how they heal.
May import: keys.sealing, the standard library.
Must not know: what the keys seal, transactions on data, HTTP."""
