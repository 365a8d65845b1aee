"""Uploads a file in two steps: asks where to, then posts all fields and after them the file."""

from __future__ import annotations

import urllib.request
import uuid

from tests.guarantees.published_clients.wire import send, start

CONTENT = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def main() -> None:
    """Upload to the newest lead."""
    api, steps = start()
    lead_id = api.call("GET", "/leads?maxResults=1&sort=-lead.createdAt")[2][0]["lead"]["leadId"]
    for filename in ("angebot.pdf", "Übersicht März.pdf"):
        asked = {"filename": filename, "contentType": "application/pdf"}
        status, _, target = api.call("POST", f"/leads/{lead_id}/attachments", asked)
        good = status in (200, 201) and isinstance(target.get("fields"), dict) and target.get("uploadUrl")
        if not steps.take("where to", good, (status, target)):
            continue
        status, _, _ = send(multipart(target["uploadUrl"], target["fields"], filename))
        steps.take("the file is taken", 200 <= status < 300, status)


def multipart(url: str, fields: dict[str, str], filename: str) -> urllib.request.Request:
    """Write the form as browsers do; the address is signed, so the key is not sent along."""
    boundary = uuid.uuid4().hex
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    parts += [
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{filename}"\r\n'
        "Content-Type: application/pdf\r\n\r\n".encode(),
        CONTENT,
        f"\r\n--{boundary}--\r\n".encode(),
    ]
    kind = f"multipart/form-data; boundary={boundary}"
    return urllib.request.Request(url, b"".join(parts), {"Content-Type": kind}, method="POST")


if __name__ == "__main__":
    main()
