"""Who has left a tenant: the name alone, beside what they did.

It lies under the tenant's key, for their own is destroyed with everything else of them.
"""

from leaddesk.contract.ids import MemberId
from leaddesk.server.identity.storage.books import Page
from leaddesk.server.keys.places import former_place
from leaddesk.server.keys.port import TENANT_KEY

_KEEP = "INSERT INTO former_person (tenant_id, member_id, email_mark, doc) VALUES (?, ?, ?, ?)"
_NAME = "SELECT doc FROM former_person WHERE tenant_id = ? AND member_id = ?"
_ALL = "SELECT member_id, doc FROM former_person WHERE tenant_id = ? ORDER BY member_id"
_BY_EMAIL = "SELECT 1 FROM former_person WHERE tenant_id = ? AND email_mark = ?"


def keep_name(page: Page, member: MemberId, name: str, email_mark: bytes) -> None:
    """Keep the name of somebody who leaves; of their e-mail only what it is recognised by."""
    page.run(_KEEP, member, email_mark, page.seal(TENANT_KEY, name.encode(), former_place(member)))


def former_name_on(page: Page, member: MemberId) -> str | None:
    """Name somebody who has left the page's tenant."""
    return next((_opened(page, member, doc) for (doc,) in page.select(_NAME, member)), None)


def former_on(page: Page) -> list[tuple[MemberId, str]]:
    """Name all who have left the page's tenant."""
    return [(MemberId(member), _opened(page, member, doc) or "") for member, doc in page.select(_ALL)]


def has_left(page: Page, email_mark: bytes) -> bool:
    """Tell whether somebody with this e-mail has left the page's tenant."""
    return bool(page.select(_BY_EMAIL, email_mark))


def _opened(page: Page, member: str, doc: bytes) -> str | None:
    name = page.opened(TENANT_KEY, doc, former_place(member))
    return None if name is None else name.decode()
