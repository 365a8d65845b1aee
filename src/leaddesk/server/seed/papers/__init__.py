"""Papers: the files of a few demo leads, drawn by code: offers as PDF, a picture, plain words.
May import: the seed's world and population, commands, contract; the standard library to draw with.
Must not know: HTTP, storage, who looks at them."""
