"""Front: what is typed behind `leaddesk server`, handed to whoever carries it out.
May import: every room of the server, inside the function that needs it.
Must not know: the client, what the acts do."""
