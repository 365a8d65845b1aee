"""Decoding: strangers' files become pictures and plain words in a child process that can do nothing else.
May import: guard; in the child alone pypdfium2, and Qt's image readers.
Must not know: tokens, the network, leads, windows; the client's own process decodes nothing."""
