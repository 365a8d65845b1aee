"""Drawn leads: contacts, enquiries, messages and careers from weighted tables, lazily and fast.
May import contract and the seed's world and sources.
Must not know who stores them, nor the named leads of the tour."""
