"""Beside the lead: notes, files, webhooks."""

from __future__ import annotations

import uuid

import httpx

from tests.contract_suite.target import OURS, Target, check, expect, pages

CONTENT = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
EVENTS = (
    *("BrokerageFailedEvent", "LeadAssignedDirectly", "LeadClosed", "LeadCreated", "LeadDeleted"),
    *(
        "LeadOfferAcceptedEvent",
        "LeadOfferCreatedEvent",
        "SalesPartnerEnded",
        "SalesPartnerInvitationAccepted",
    ),
)
HOOK = "https://hooks.example.com/contract-suite"


@check("notes", OURS)
def a_note_is_added_and_listed(target: Target) -> None:
    lead_id = target.new_lead()
    key = {"idempotency-key": str(uuid.uuid4())}
    note = target.ask(
        "POST", f"/leads/{lead_id}/notes", (200, 201), json={"text": target.mark, "intern": True}, headers=key
    ).json()
    (listed,) = target.get(f"/leads/{lead_id}/notes")
    expect(listed["noteId"] == note["noteId"] and listed["text"] == target.mark, "the note as it was sent")
    expect({"noteId", "text", "intern", "createdAt", "modifiedAt"} <= set(listed), "the core's five names")
    since = target.get("/notes", modifiedSince=listed["modifiedAt"])
    expect((lead_id, note["noteId"]) in [(one["leadId"], one["noteId"]) for one in since], "it on /notes")


@check("notes")
def notes_of_all_leads_are_paged(target: Target) -> None:
    seen = [note["noteId"] for answer in pages(target, "/notes", 100) for note in answer.json()]
    expect(len(seen) == len(set(seen)), "no note twice")


@check("attachments")
def a_file_is_uploaded_in_two_steps(target: Target) -> None:
    lead_id = target.new_lead()
    asked = {"filename": "suite.pdf", "contentType": "application/pdf"}
    told = target.ask("POST", f"/leads/{lead_id}/attachments", (200, 201), json=asked).json()
    expect(set(told) == {"uploadUrl", "fields"}, "uploadUrl and fields alone")
    with httpx.Client(timeout=30) as stranger:
        answer = stranger.post(
            told["uploadUrl"], data=told["fields"], files={"file": ("suite.pdf", CONTENT, "application/pdf")}
        )
    expect(
        answer.status_code in (200, 201, 204),
        f"the file to be taken without the key, not {answer.status_code}",
    )


@check("attachments", OURS)
def programs_are_refused(target: Target) -> None:
    lead_id = target.new_lead()
    asked = {"filename": "suite.exe", "contentType": "application/x-msdownload"}
    target.refused("POST", f"/leads/{lead_id}/attachments", 400, json=asked)


@check("webhooks")
def a_hook_for_every_event_is_made_and_deleted(target: Target) -> None:
    for event in EVENTS:
        told = target.ask("POST", "/webhooks", (200, 201), json={"url": HOOK, "eventName": event}).json()
        hook_id = target.made("/webhooks/", told["hookId"])
        target.ask("DELETE", f"/webhooks/{hook_id}", 204)


@check("webhooks", OURS)
def only_https_to_the_outside_is_called(target: Target) -> None:
    inside = ("https://127.0.0.1/", "https://[::1]/", "https://10.0.0.1/x", "https://192.168.1.1/")
    for url in ("http://hooks.example.com/x", "ftp://hooks.example.com/", "not a url", *inside):
        target.refused("POST", "/webhooks", 400, json={"url": url, "eventName": "LeadCreated"})
    target.refused("POST", "/webhooks", 400, json={"url": HOOK, "eventName": "NoSuchEvent"})
