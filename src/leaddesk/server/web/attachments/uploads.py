"""``POST /uploads``: the second step of an upload, by whoever holds the policy and comes from where who asked
for it may come from.

What comes after a refusal is read and dropped, so that the sender hears the refusal and not a broken line.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

from starlette.requests import Request
from starlette.responses import Response

from leaddesk.contract.problems import ProblemType
from leaddesk.server.commands.attachments.uploading import LARGEST_FILE, Intake, Ticket
from leaddesk.server.domain.refusal import Refused
from leaddesk.server.identity.api_keys import networks_of
from leaddesk.server.identity.networks import lets_in
from leaddesk.server.identity.refusals import NetworkRefused
from leaddesk.server.web.attachments.multipart import MultipartReader, boundary_of
from leaddesk.server.web.attachments.policy import Policies
from leaddesk.server.web.edge.answers import no_content
from leaddesk.server.web.edge.inputs import source_of
from leaddesk.server.web.edge.problems import ProblemError, invalid
from leaddesk.server.web.services import Services

LARGEST_UPLOAD = LARGEST_FILE + 64 * 1024
"""Bytes of the whole body: the file, the fields, their heads."""
AT_ONCE = 16
"""Uploads at the same time; each holds its sealed blocks in memory until the last one is there."""
SECONDS = 300.0
FILE = "file"


class Uploads:
    """Takes uploads."""

    def __init__(self, services: Services, policies: Policies) -> None:
        self._services = services
        self._policies = policies
        self._running = 0

    async def take(self, request: Request) -> Response:
        """Take one file behind the fields of its policy, in any order; other fields are passed over."""
        boundary = boundary_of(request.headers.get("content-type", ""))
        pieces = request.stream()
        with self._slot():
            try:
                async with asyncio.timeout(SECONDS):
                    await self._receive_all(pieces, boundary, source_of(request))
            except TimeoutError:
                raise invalid("body", f"to be there within {SECONDS:.0f} seconds") from None
        return no_content()

    async def _receive_all(self, pieces: AsyncIterator[bytes], boundary: bytes, source: str) -> None:
        try:
            await self._receive(MultipartReader(pieces, boundary), source)
        except (Refused, NetworkRefused):
            await _drop(pieces)
            raise
        await _drop(pieces)

    async def _receive(self, reader: MultipartReader, source: str) -> None:
        fields: dict[str, str] = {}
        intake: Intake | None = None
        while (part := await reader.next_part()) is not None:
            if part.name != FILE:
                fields[part.name] = await reader.field()
                continue
            if intake is not None:
                raise invalid(FILE, "one file")
            intake = await self._begun(self._policies.read(fields), source)
            while piece := await reader.piece():
                await self._added(intake, piece)
        if intake is None:
            raise invalid(FILE, "a file, after the fields")
        await self._finished(intake)
        self._services.outside.scanning.wake()

    async def _begun(self, ticket: Ticket, source: str) -> Intake:
        """Begin. Raises ``NetworkRefused`` where whoever asked may not come from here (measure B6)."""
        office, identity = self._services.office, self._services.identity
        books = identity.people.books
        networks = await identity.apart(
            lambda: books.at(ticket.tenant, lambda page: networks_of(page, ticket.added_by))
        )
        if not lets_in(networks, source):
            raise NetworkRefused
        return await office.log.threads.do(ticket.tenant, lambda: Intake(office, ticket))

    async def _added(self, intake: Intake, piece: bytes) -> None:
        threads = self._services.office.log.threads
        await threads.do(intake.ticket.tenant, lambda: intake.add(piece), writes=True)

    async def _finished(self, intake: Intake) -> None:
        threads, scanned = self._services.office.log.threads, self._services.outside.scanning.is_configured
        await threads.do(intake.ticket.tenant, lambda: intake.finish(scanned), writes=True)

    @contextmanager
    def _slot(self) -> Iterator[None]:
        if self._running >= AT_ONCE:
            raise ProblemError(ProblemType.TOO_MANY_REQUESTS, headers={"retry-after": "5"})
        self._running += 1
        try:
            yield
        finally:
            self._running -= 1


async def _drop(pieces: AsyncIterator[bytes]) -> None:
    async for _ in pieces:
        pass
