"""The own account: where one is signed in, and showing once more who one is.
May import: api, contract, session, personal, the outcomes of the desk.
Must not know: Qt, HTTP, leads."""
