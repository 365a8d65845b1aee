"""What happens to files at a lead. Their names are no part of it: they lie beside the files and go too."""

from leaddesk.contract.ids import AttachmentId
from leaddesk.server.domain.facts.base import Event


class AttachmentAdded(Event, frozen=True):
    """A file came; ``size`` in bytes. Does not touch the serial."""

    attachment_id: AttachmentId
    content_type: str
    size: int


class AttachmentScanned(Event, frozen=True):
    """The virus scanner's verdict; what is not clean stays in quarantine."""

    attachment_id: AttachmentId
    clean: bool
