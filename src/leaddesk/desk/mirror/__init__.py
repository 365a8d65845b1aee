"""Mirror: keeps the store the same as the server: bulk load, live changes, names; connection and progress.
May import: session, store, api, contract, settings, personal, modules of desk.
Must not know: Qt, HTTP types, sentences, which view shows what."""
