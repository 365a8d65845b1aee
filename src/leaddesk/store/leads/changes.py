"""What happened on the lead shelf, in batches."""

from dataclasses import dataclass

from leaddesk.contract.ids import LeadId


@dataclass(frozen=True, slots=True)
class Changed:
    """One change or one slice of a load.

    ``removed_slots`` belong to ``removed``, in the same order; nothing lies in them any more, and they are
    given to other leads only after this message was delivered. ``reset``: everything is gone.
    """

    added: tuple[LeadId, ...] = ()
    updated: tuple[LeadId, ...] = ()
    removed: tuple[LeadId, ...] = ()
    removed_slots: tuple[int, ...] = ()
    reset: bool = False

    def __bool__(self) -> bool:
        return bool(self.added or self.updated or self.removed or self.reset)
