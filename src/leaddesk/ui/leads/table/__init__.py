"""Table: the lead list as a table model and a view that paints whole rows straight from the shelf.
May import: kit and theme; store and contract for reading rows.
Must not know: the desk, HTTP, the shell, what opens when a row is activated."""
