"""Mapped: how leads lie in the mapping – slots, sealed and opened records, packing – and how rows get there.
May import: store.search, store.roles, store.arena, contract.
Must not know: which leads are wanted, in which order, and who looks."""
