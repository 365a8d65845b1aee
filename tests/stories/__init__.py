"""Stories: every view in its states; one story feeds preview, gallery, picture tests and the cut-off check.
May import: leaddesk.ui, contract (for states), tests.support.
Must not know: the desk, the store, a server; a story is a view plus a state and nothing runs behind it."""
