"""``/leads/{id}/attachments``: ask for an upload, list, download (contract, "Core")."""

import re
from collections.abc import AsyncIterator
from urllib.parse import quote

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute

from leaddesk.contract.attachments import Attachment, AttachmentRequest, UploadTarget
from leaddesk.contract.people import Right
from leaddesk.contract.problems import ProblemType
from leaddesk.server.commands.attachments.uploading import Ticket, reserve_attachment
from leaddesk.server.domain.refusal import Refused
from leaddesk.server.identity.caller import Caller
from leaddesk.server.inspection.kinds import media_type
from leaddesk.server.inspection.names import fault_of_name, safe_name
from leaddesk.server.queries.attachments import reading as read
from leaddesk.server.web.attachments.policy import Policies
from leaddesk.server.web.attachments.uploads import FILE, LARGEST_UPLOAD, Uploads
from leaddesk.server.web.edge.access import Access
from leaddesk.server.web.edge.answers import answer, answers
from leaddesk.server.web.edge.inputs import parse_body, path_uuid
from leaddesk.server.web.edge.problems import invalid
from leaddesk.server.web.edge.routes import guarded, open_to_all
from leaddesk.server.web.edge.spec import OPTIONAL_KEY, Param, Spec
from leaddesk.server.web.services import Services, core_order_of

UPLOADS = "/uploads"

_ASK = Spec(
    "Ask to attach a file: where to post it, with which fields, for ten minutes and once",
    UploadTarget,
    body=AttachmentRequest,
    params=(OPTIONAL_KEY,),
    problems=(
        ProblemType.INVALID_INPUT,
        ProblemType.LIMIT_REACHED,
        ProblemType.IDEMPOTENCY_KEY_REUSED,
    ),
)
_UPLOAD = Spec(
    "Post a file with the fields that were answered; no credential but those",
    status=204,
    params=(
        Param("key", "The attachment's id", place="form"),
        Param("policy", "As it was answered; before the file", place="form", required=True),
        Param("signature", "As it was answered; before the file", place="form", required=True),
        Param(FILE, "The file, after the fields", place="form", required=True, format="binary"),
    ),
    body_media="multipart/form-data",
    problems=(
        ProblemType.INVALID_INPUT,
        ProblemType.FORBIDDEN,
        ProblemType.NETWORK_REFUSED,
        ProblemType.NOT_FOUND,
    ),
)
_LIST = Spec("Files of a lead, newest first", Attachment, many=True)
_DOWNLOAD = Spec(
    "The bytes of a file, under the type that was checked, else as octet-stream",
    media="application/octet-stream",
    headers=(("Content-Disposition", "``attachment`` with the file's name"),),
    problems=(ProblemType.QUARANTINED,),
)
_HOST = re.compile(r"[A-Za-z0-9._-]{1,253}(:\d{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:\d{1,5})?")


def routes(services: Services) -> list[BaseRoute]:
    """Register the endpoints."""
    library = services.library
    policies = Policies(services.office.secret, services.office.clock)

    async def ask(request: Request, caller: Caller) -> Response:
        lead_id, order = path_uuid(request, "lead_id"), await core_order_of(request, caller)
        filename, content_type = _checked(await parse_body(request, AttachmentRequest))
        (attachment_id,) = reserve_attachment(services.office, order, lead_id).ids
        who = (caller.urn, caller.sees_all_leads)
        ticket = Ticket(caller.tenant_id, lead_id, attachment_id, *who, filename, content_type)
        return answer(UploadTarget(upload_url=_here(services, request), fields=policies.issue(ticket)))

    async def list_all(request: Request, caller: Caller) -> Response:
        return answers(read.attachments(library, caller, path_uuid(request, "lead_id")))

    async def download(request: Request, caller: Caller) -> Response:
        ids = path_uuid(request, "lead_id"), path_uuid(request, "attachment_id")
        file = read.released(library, caller, *ids)
        headers = {"content-disposition": _disposition(file.filename), "content-length": str(file.size)}
        found = library.log.threads.each(caller.tenant_id, read.content(library, caller, file))
        blocks = _until_gone(found)
        return StreamingResponse(blocks, headers=headers, media_type=file.content_type)

    upload = open_to_all("POST", UPLOADS, Uploads(services, policies).take, _UPLOAD)
    upload.largest_body = LARGEST_UPLOAD
    files = "/leads/{lead_id}/attachments"
    return [
        guarded(
            "POST", files, ask, Right.LEAD_WRITE, spec=_ASK, access=Access("attachment.add", thing="lead")
        ),
        guarded(
            "GET",
            files,
            list_all,
            Right.LEAD_READ,
            spec=_LIST,
            access=Access("attachment.list", thing="lead"),
        ),
        guarded(
            "GET",
            files + "/{attachment_id}",
            download,
            Right.LEAD_READ,
            spec=_DOWNLOAD,
            access=Access("attachment.read", thing="lead"),
        ),
        upload,
    ]


def _checked(wanted: AttachmentRequest) -> tuple[str, str]:
    """Return name and type as they will be kept. Raises a 400 problem for what will not be let in."""
    fault, content_type = fault_of_name(wanted.filename), media_type(wanted.content_type)
    if fault is not None:
        raise invalid("filename", fault)
    if content_type is None:
        raise invalid("contentType", "a media type, not one of programs, scripts or markup")
    return safe_name(wanted.filename), content_type


def _here(services: Services, request: Request) -> str:
    """Write the address of the uploads as the caller reaches this server."""
    if services.outside.public_url is not None:
        return services.outside.public_url.rstrip("/") + UPLOADS
    host = request.headers.get("host") or "{}:{}".format(*request.scope["server"])
    if _HOST.fullmatch(host) is None:
        raise invalid("host", "a host name or address")
    return f"{request.url.scheme}://{host}{UPLOADS}"


async def _until_gone(blocks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """End the line in the middle when the lead is erased meanwhile: the answer is visibly not whole."""
    try:
        async for block in blocks:
            yield block
    except Refused:
        raise ClientDisconnect from None


def _disposition(filename: str) -> str:
    """Name the file to be saved (RFC 6266, appendix D): plain for old readers, RFC 8187 for all others."""
    plain = "".join(
        one if one.isascii() and one.isprintable() and one not in '"%' else "_" for one in filename
    )
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"
