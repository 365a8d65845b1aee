"""Facts: everything that can happen, one module a noun; ``domain.events`` gathers them and gives them names.
May import: contract, msgspec.
Must not know: how state is folded from them, storage, who may cause them."""
