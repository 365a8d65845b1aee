"""Branding: what an instance says of itself, judged before anything of it is shown; the logo decoded apart.
May import: session, decoding, api, contract, personal, modules of desk.
Must not know: Qt, sentences, how an edge is painted."""
