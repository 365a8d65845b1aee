"""Packing: which coding a client takes, and streams packed piece by piece.
May import: the edge, Starlette, compression.
Must not know: what a stream holds, other rooms of web."""
