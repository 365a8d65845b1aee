"""Windows and macOS: what their sessions tell, keeping windows out of captures; by their documents.
May import: the signs beside it, ctypes.
Must not know: Qt, the buses of Linux."""
