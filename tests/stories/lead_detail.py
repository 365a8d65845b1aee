"""The lead detail in its states."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from PySide6.QtWidgets import QWidget

from leaddesk.contract.attachments import Attachment
from leaddesk.contract.ids import LeadId
from leaddesk.ui.kit.pieces.panes import Pane
from leaddesk.ui.kit.wording import text
from leaddesk.ui.leads.delete_dialog import DeleteDialog
from leaddesk.ui.leads.detail.revealing import veiled
from leaddesk.ui.leads.detail.state import (
    Allowed,
    ChangeLine,
    DetailTab,
    FieldLine,
    HistoryLine,
    LeadDetailState,
    NoteLine,
    Presence,
    Reach,
    RecipientLine,
    StepState,
    UploadLine,
    Veiled,
)
from leaddesk.ui.leads.detail.view import LeadDetailView
from tests.stories.registry import NOW, story

SIZE = (448, 812)
STEPS = ("Neu", "Kontakt", "Vor-Ort-Termin", "Angebot", "Abschluss")
QUOTE = (
    "Unsere Ölheizung ist 31 Jahre alt und fällt ständig aus. Wir möchten noch vor dem nächsten Winter "
    "umsteigen und wissen, was gefördert wird."
)


def _file(name: str, kind: str, size: int, who: str, hours: int, status: str = "CLEAN") -> Attachment:
    return Attachment.model_validate(
        {
            "attachment_id": str(UUID(int=hours)),
            "filename": name,
            "content_type": kind,
            "size": size,
            "status": status,
            "created_at": NOW - timedelta(hours=hours),
            "added_by": f"urn:lt:members:member:{UUID(int=1)}",
            "added_by_name": who,
        }
    )


ANNA = LeadDetailState(
    lead_id=LeadId("a"),
    now=NOW,
    name="Anna Meyer",
    subtitle=("Wärmepumpe", "24103 Kiel", "12.000 €"),
    step=StepState(STEPS, "Kontakt"),
    contact=(
        FieldLine("Telefon", "0171 39200 42", copyable=True, link="tel:01713920042"),
        FieldLine("E-Mail", "anna.meyer@example.de", copyable=True, link="mailto:anna.meyer@example.de"),
        FieldLine("Anschrift", "Feldstraße 118"),
        FieldLine("PLZ", "24103"),
        FieldLine("Ort", "Kiel"),
        FieldLine("Firma", ""),
        FieldLine("Erreichbar", "werktags ab 14 Uhr"),
    ),
    interest=(
        FieldLine("Interesse", "Wärmepumpe, Luft/Wasser"),
        FieldLine("Gebäude", "Einfamilienhaus, 1978, 146 m²"),
        FieldLine("Heizung heute", "Öl, 24 kW"),
        FieldLine("Zeitraum", "2. Quartal 2027"),
        FieldLine("Quelle", "Website · Herbstaktion Wärme"),
    ),
    quotes=(QUOTE,),
    asked=(QUOTE,),
    waiting=(NoteLine("Sie", "Termin Di 24. Nov., 10 Uhr bestätigt", NOW, intern=True, pending=True),),
    attachments=(
        _file("Grundriss Erdgeschoss.pdf", "application/pdf", 1_240_000, "Maren Boysen", 3),
        _file("Heizraum mit Öltank, von der Treppe gesehen.jpg", "image/jpeg", 3_820_000, "Website", 26),
        _file("Förderbescheid.docx", "application/octet-stream", 84_000, "Jens Kröger", 50, "SCANNING"),
    ),
    notes=(
        NoteLine("Maren Boysen", "Rückruf vereinbart. Möchte wissen, was gefördert wird.", NOW, intern=True),
        NoteLine("Jens Kröger", "Unterlagen zur Förderung geschickt.", NOW - timedelta(days=2), intern=False),
    ),
    history=(
        HistoryLine(
            NOW - timedelta(minutes=22),
            "Maren Boysen",
            "fields-changed",
            changes=(
                ChangeLine("Zeitraum", "so bald wie möglich", "2. Quartal 2027"),
                ChangeLine("Budget", None, "12.000 €"),
            ),
        ),
        HistoryLine(
            NOW - timedelta(hours=2, minutes=36),
            "Maren Boysen",
            "step-changed",
            changes=(ChangeLine("Schritt", "Neu", "Kontakt"),),
        ),
        HistoryLine(NOW - timedelta(hours=3), "Maren Boysen", "note-added"),
        HistoryLine(
            NOW - timedelta(days=7), "Thomas Lüders", "share-approved", "Marktplatz Wärme Nord, 9 Felder"
        ),
        HistoryLine(NOW - timedelta(days=7, minutes=7), "Maren Boysen", "share-requested"),
        HistoryLine(NOW - timedelta(days=7, minutes=40), "Website", "created"),
    ),
    recipients=(
        RecipientLine(
            "Lorenzen Wärmetechnik GmbH",
            1,
            "Wärme Nord",
            NOW - timedelta(days=7),
            ("Interesse", "Gebäude", "Zeitraum", "PLZ", "Ort", "Name", "Telefon", "E-Mail", "Anschrift"),
            True,
            "Thomas Lüders",
            "accepted",
        ),
        RecipientLine(
            "",
            38,
            "Wärme Nord",
            NOW - timedelta(days=7, minutes=20),
            ("Interesse", "Gebäude", "Zeitraum", "PLZ"),
            False,
            "Thomas Lüders",
            "ended",
        ),
    ),
    allowed=Allowed(write=True, move=True, share=True, delete=True, attachments=True),
    reach=Reach("tel:01713920042", "mailto:anna.meyer@example.de"),
)


def _detail(state: LeadDetailState, tab: DetailTab = DetailTab.OVERVIEW) -> LeadDetailView:
    view = LeadDetailView()
    view.render_state(state)
    view.set_place(4, 348)
    view.open_tab(tab)
    return view


@story("leads/detail/overview", size=SIZE)
def overview() -> LeadDetailView:
    return _detail(ANNA)


@story("leads/detail/veiled", size=SIZE)
def veiled_contact() -> LeadDetailView:
    top = Veiled(ANNA.name, ("Wärmepumpe", "12.000 €"))
    return _detail(veiled(replace(ANNA, top=top)))


@story("leads/detail/journal", size=SIZE)
def journal() -> LeadDetailView:
    return _detail(replace(ANNA, step=StepState(STEPS, "Vor-Ort-Termin", pending=True)), DetailTab.JOURNAL)


@story("leads/detail/history", size=SIZE)
def history() -> LeadDetailView:
    return _detail(ANNA, DetailTab.HISTORY)


@story("leads/detail/core-only", size=SIZE)
def core_only() -> LeadDetailView:
    """What an API key shows: no history, no recipients, a step nobody can change here."""
    step = StepState(("Kontakt",), "Kontakt")
    return _detail(
        replace(ANNA, history=None, recipients=None, step=step, allowed=Allowed(write=True, trace=False))
    )


@story("leads/detail/recipients", size=SIZE)
def recipients() -> LeadDetailView:
    return _detail(ANNA, DetailTab.RECIPIENTS)


@story("leads/detail/attachments", size=SIZE)
def attachments() -> LeadDetailView:
    return _detail(ANNA, DetailTab.ATTACHMENTS)


@story("leads/detail/attaching", size=SIZE)
def attaching() -> LeadDetailView:
    uploads = (
        UploadLine(1, "Angebot 2026-114.pdf", 4_100_000, 1_900_000),
        UploadLine(2, "Fotos Keller.zip"),
        UploadLine(3, "Aufmaß.exe", 90_000, failed=text("attachments.name_refused")),
    )
    allowed = replace(ANNA.allowed, previews=False)
    return _detail(replace(ANNA, uploads=uploads, allowed=allowed), DetailTab.ATTACHMENTS)


@story("leads/detail/no_attachments", size=SIZE)
def no_attachments() -> LeadDetailView:
    return _detail(replace(ANNA, attachments=()), DetailTab.ATTACHMENTS)


@story("leads/detail/foreign", size=SIZE)
def foreign() -> LeadDetailView:
    return _detail(
        replace(
            ANNA,
            owner="Heiztechnik Wagner AG",
            allowed=Allowed(write=True, move=True),
            waiting=(),
            notes=(),
            recipients=None,
        )
    )


@story("leads/detail/read_only", size=SIZE)
def read_only() -> LeadDetailView:
    return _detail(replace(ANNA, allowed=Allowed(), waiting=(), notes=()), DetailTab.JOURNAL)


@story("leads/detail/loading", size=SIZE)
def loading() -> LeadDetailView:
    return _detail(replace(ANNA, notes=None, history=None, recipients=None), DetailTab.HISTORY)


@story("leads/detail/offline", size=SIZE)
def offline() -> LeadDetailView:
    return _detail(replace(ANNA, notes=None, failed=text("lead_detail.not_loaded")), DetailTab.JOURNAL)


@story("leads/detail/writing", size=SIZE)
def writing() -> LeadDetailView:
    view = _detail(ANNA)
    view.set_draft("Ruft Montag nach 14 Uhr zurück,\nwill die Förderung wissen.")
    return view


@story("leads/delete/question", size=(900, 560))
def delete_question() -> QWidget:
    window = Pane("surface")
    window.resize(900, 560)
    DeleteDialog(window, "Anna Meyer", 38).open()
    return window


@story("leads/detail/awaited", size=SIZE)
def awaited() -> LeadDetailView:
    return _detail(LeadDetailState(LeadId("a"), NOW, Presence.AWAITED))


@story("leads/detail/gone", size=SIZE)
def gone() -> LeadDetailView:
    return _detail(LeadDetailState(LeadId("a"), NOW, Presence.GONE))
