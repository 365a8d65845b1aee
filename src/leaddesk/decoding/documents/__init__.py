"""Documents: PDF pages as pixels, with fonts of this computer, and whether characters are missing.
May import: the decoders' bounds and what every decoder is; pypdfium2.
Must not know: the client; all of it runs in the child alone."""
