"""What may happen to a call of any database, in the terms of its port; loads nothing of a back end."""

Value = str | int | bytes | None


class VersionConflict(Exception):
    """Somebody appended to the stream since it was read; read again and decide again."""


class WrongSchema(Exception):
    """The database is not as this version needs it: not migrated, by a newer version, or of another kind."""


class StorageUnavailable(Exception):
    """The database is away or did not answer in time; whether a commit under way counted is not known."""
