"""The demo's files: at their leads, under a name, to be looked at, the same ones every time."""

from datetime import UTC, datetime

import pytest

from leaddesk.contract.attachments import Attachment
from leaddesk.decoding.bounds import kind_of
from leaddesk.decoding.decoder import Decoder
from leaddesk.server.app import DemoApp, build_demo
from leaddesk.server.identity.caller import ROLE_RIGHTS, Caller
from leaddesk.server.queries.attachments.reading import attachments, content, released
from leaddesk.server.seed.papers.placing import place_files

BASE = datetime(2026, 11, 19, 13, 42, tzinfo=UTC)
FILES = {
    "anna": ["Angebot A-1207.pdf"],
    "oeztuerk": ["Heizungskeller.png", "Wegbeschreibung.txt"],
    "luehe": ["Angebot A-1208.pdf"],
    "brandt": ["Dachflächen.txt"],
}


@pytest.fixture(scope="module")
def demo() -> DemoApp:
    made = build_demo(60, lambda: BASE)
    place_files(made.services.office, made.population)
    return made


def maren(demo: DemoApp) -> Caller:
    world = demo.population.world
    person, tenant = world.person("maren.boysen"), world.tenant("wagner").tenant_id
    return Caller(tenant, person.member_id, "urn:x", person.name, person.role, ROLE_RIGHTS[person.role], True)  # type: ignore[arg-type]


def files_of(demo: DemoApp, lead: str) -> list[Attachment]:
    return attachments(demo.services.library, maren(demo), demo.population.named(lead))


def bytes_of(demo: DemoApp, lead: str, file: Attachment) -> bytes:
    library, caller = demo.services.library, maren(demo)
    found = released(library, caller, demo.population.named(lead), file.attachment_id)
    return b"".join(content(library, caller, found))


def test_each_lies_at_its_lead_newest_first_under_a_name(demo: DemoApp) -> None:
    assert {lead: [file.filename for file in files_of(demo, lead)] for lead in FILES} == FILES
    assert {file.added_by_name for file in files_of(demo, "anna")} == {"Maren Boysen"}
    assert all(file.created_at < BASE for lead in FILES for file in files_of(demo, lead))


def test_each_can_be_looked_at(demo: DemoApp) -> None:
    for lead in FILES:
        for file in files_of(demo, lead):
            kind = kind_of(file.content_type)
            assert kind is not None
            decoder = Decoder(kind, patience=60)
            try:
                opened = decoder.open(bytes_of(demo, lead, file))
                assert opened.words or not decoder.page(opened.pages - 1, 400).lacking
                assert file.size < 50_000
            finally:
                decoder.close()


def test_they_are_the_same_every_time(demo: DemoApp) -> None:
    other = build_demo(60, lambda: BASE)
    place_files(other.services.office, other.population)
    for lead in FILES:
        ours, theirs = files_of(demo, lead), files_of(other, lead)
        assert ours == theirs
        assert [bytes_of(demo, lead, a) for a in ours] == [bytes_of(other, lead, b) for b in theirs]


def test_a_population_too_small_for_a_lead_has_none_of_its_files() -> None:
    small = build_demo(1, lambda: BASE)
    place_files(small.services.office, small.population)
