"""Makes the detail's state from a stored lead and what the clerks answered."""

from __future__ import annotations

from collections.abc import Iterable

from leaddesk.contract.history import Disclosure, FieldChange, HistoryEntry
from leaddesk.contract.notes import Note
from leaddesk.desk.outbox import Entry
from leaddesk.guard.links import making
from leaddesk.store.leads.view import Field, LeadView
from leaddesk.store.roles import Role, looks_like, role_of
from leaddesk.ui.kit.masks import masked_name
from leaddesk.ui.kit.phrases import DASH, money
from leaddesk.ui.kit.presenting.amounts import shown_value
from leaddesk.ui.kit.wording import has_text, text
from leaddesk.ui.leads.detail.state import (
    ChangeLine,
    FieldLine,
    HistoryLine,
    NoteLine,
    Reach,
    RecipientLine,
    Veiled,
)

SAID = frozenset({"note", "reason"})
CODES = {
    "step": "history.label_step",
    "attachment": "history.label_attachment",
    "recipient": "history.label_recipient",
    "responsible": "history.label_responsible",
}
PASSED_ON, ENDED = "passed-on", "commission-ended"
_MAKERS = {Role.EMAIL: making.mail, Role.PHONE: making.call}
_SCHEMES = ("tel:", "mailto:")
QUOTED_FROM = 90
"""Characters from which a value is quoted below the rows instead of standing in one."""


def name_of(lead: LeadView) -> str:
    """Return how the lead is called: the person, else the firm, else what is asked for."""
    return lead.name or lead.company or lead.topic or DASH


def subtitle_of(lead: LeadView, *, veiled: bool = False) -> tuple[str, ...]:
    """Return what, where, how much: the parts that are known; where is part of the contact."""
    parts = (lead.topic, "" if veiled else lead.place, "" if lead.value is None else money(lead.value))
    return tuple(part for part in parts if part)


def veiled_of(lead: LeadView) -> Veiled:
    """Return what stands at the top while the contact is masked."""
    name = masked_name() if lead.is_called_by_mail and lead.name else name_of(lead)
    return Veiled(name, subtitle_of(lead, veiled=True))


def field_lines(fields: Iterable[Field], hosts: frozenset[str]) -> tuple[FieldLine, ...]:
    """Return the rows of a block; long texts are left to :func:`quotes`. ``hosts``: whose pages may open."""
    lines = (_field_line(field, _words(field), hosts) for field in fields)
    return tuple(line for line in lines if not _is_long(line.value))


def _field_line(field: Field, value: str, hosts: frozenset[str]) -> FieldLine:
    kind = _reached_by(field)
    link = making.web(value, hosts) if kind is None else _MAKERS[kind](value)
    return FieldLine(field.label, value, copyable=bool(value) and kind is not None, link=link)


def _reached_by(field: Field) -> Role | None:
    """Return whether a field is a number to call or a mailbox: by its label, else by how it looks."""
    found = role_of(field.label, field.type)
    if found is not None:
        return found[0] if found[0] in _MAKERS else None
    return next((role for role in _MAKERS if looks_like(role, field.text)), None)


def reach_of(lines: Iterable[FieldLine]) -> Reach:
    """Return what calls and what writes: the first of each that can be used."""
    links = [line.link for line in lines if line.link is not None]
    first = {kind: next((link for link in links if link.startswith(kind)), None) for kind in _SCHEMES}
    return Reach(*(first[kind] for kind in _SCHEMES))


def quotes(fields: Iterable[Field]) -> tuple[str, ...]:
    """Return the long texts of a block, as they were written."""
    return tuple(value for value in (_words(field) for field in fields) if _is_long(value))


def waiting_lines(entries: Iterable[Entry]) -> tuple[NoteLine, ...]:
    """Return the notes that are still in the outbox, newest first."""
    return tuple(
        NoteLine(text("lead_detail.you"), entry.value.reveal(), entry.created_at, entry.intern, pending=True)
        for entry in reversed(list(entries))
        if entry.value is not None
    )


def note_lines(notes: Iterable[Note]) -> tuple[NoteLine, ...]:
    """Return the journal, newest first as the server sends it."""
    return tuple(
        NoteLine(note.author_name or DASH, note.text, note.created_at, note.intern) for note in notes
    )


def history_lines(entries: Iterable[HistoryEntry]) -> tuple[HistoryLine, ...]:
    """Return the history, newest first as the server sends it."""
    return tuple(_history_line(entry) for entry in entries)


def _history_line(entry: HistoryEntry) -> HistoryLine:
    """Return one change; what somebody said (a note, a reason) is quoted instead of compared."""
    said = [change.after for change in entry.changes if change.label in SAID and change.after]
    changes = [change for change in entry.changes if change.label not in SAID]
    named = _named(entry)
    subject = "\n".join([*named, *(text("history.said", words=words) for words in said)])
    return HistoryLine(
        at=entry.at,
        who=_who(entry),
        kind=ENDED if _is_passed_on(entry) else str(entry.kind),
        subject=subject or None,
        changes=tuple(_change_line(change) for change in changes),
    )


def _who(entry: HistoryEntry) -> str:
    """Return whom or what the sentence is about.

    Where an accepted offer ends others, and a lead that was passed on the own commission, whoever accepted
    did not end anything: it is about what ended, and says through whom.
    """
    if entry.kind == "offer-ended" and entry.subject:
        return entry.subject
    return text("history.own_commission") if _is_passed_on(entry) else entry.originator.name


def _named(entry: HistoryEntry) -> list[str]:
    """Return what stands below the sentence: its subject, or through whom something ended."""
    through = text("history.through", name=entry.originator.name)
    if entry.kind == "offer-ended" and entry.subject not in (None, "", entry.originator.name):
        return [through]
    if _is_passed_on(entry):
        return [_subject(entry.kind, entry.subject or ""), through]
    said_already = entry.subject in (None, "", entry.originator.name)
    return [] if said_already else [_subject(entry.kind, entry.subject or "")]


def _is_passed_on(entry: HistoryEntry) -> bool:
    return entry.kind == "commission-closed" and entry.subject == PASSED_ON


def _subject(kind: str, subject: str) -> str:
    """Return a name as it is, the outcome of a commission and its rating in words."""
    if kind == "commission-rated" and subject.isdecimal():
        return text("history.stars", n=int(subject))
    key = f"history.outcome_{subject}"
    return text(key) if kind == "commission-closed" and has_text(key) else subject


def _change_line(change: FieldChange) -> ChangeLine:
    before, after = (
        None if value is None else shown_value(change.label, value) for value in (change.before, change.after)
    )
    return ChangeLine(_label(change.label), before, after)


def _label(label: str) -> str:
    """Return a form's label as it is, the server's few codes in words."""
    return text(CODES[label]) if label in CODES else label


def recipient_lines(disclosures: Iterable[Disclosure]) -> tuple[RecipientLine, ...]:
    """Return who received what, newest first."""
    return tuple(
        RecipientLine(
            name=given.recipient_name,
            count=given.recipient_count,
            market=given.market_name,
            at=given.at,
            fields=tuple(given.fields),
            with_contact=given.stage == "after-acceptance",
            decided_by=given.decided_by_name,
            state=given.state,
        )
        for given in disclosures
    )


def _words(field: Field) -> str:
    if isinstance(field.value, bool):
        return text("lead_detail.yes") if field.value else text("lead_detail.no")
    return shown_value(field.label, field.text, field.type)


def _is_long(value: str) -> bool:
    return len(value) > QUOTED_FROM or "\n" in value
