"""The example of each hook runs, and does what its first line says."""

from __future__ import annotations

import hmac
import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote import hookspecs
from lanzarote.plugins import Candidate, Host
from lanzarote.regions.claims import read_laws
from lanzarote.regions.folder import read_region
from lanzarote.translation.catalogues import Translations
from lanzarote.types import (
    Chapter,
    Compendium,
    Identity,
    ImportAnswer,
    ImportColumn,
    ImportDraft,
    ImportForm,
    Improvement,
    ImprovementDecided,
    ImprovementText,
    Organisation,
    Paragraph,
    Part,
    PracticePublished,
    PracticeSheet,
    PracticeWithdrawn,
    ProviderAddress,
    ProviderFault,
    RegionHeader,
    SheetText,
    SignInAnswer,
    SignInRequest,
    Table,
    Told,
    Words,
)
from msgspec.structs import replace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lanzarote.types import Concern

EXAMPLES = Path(__file__).parent.parent / "docs" / "examples"
AT = datetime(2026, 11, 26, 12, tzinfo=UTC)
WHAT: dict[str, Any] = {
    "at": AT,
    "region": "example",
    "id": "0192",
    "slug": "a-house",
    "address": "https://example.org/a-house",
}

IMPORTED = {"text.en.title": "", "sectors": "", "partners.sector": "partners", "partners.side": "partners"}
"""Fields of a form to fill in, and the groups that they belong to."""


@pytest.fixture(autouse=True)
def path(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.syspath_prepend(str(EXAMPLES))
    yield
    for name in [name for name in sys.modules if name.startswith("example_")]:
        del sys.modules[name]


def host(hook: str) -> Host:
    made = Host([Candidate(name="example", module=f"example_{hook}", distribution="example", version="1")]).ask_all()
    [package] = made.packages
    assert (package.fault, package.hooks) == ("", (hook,))
    return made


def call(hook: str, **given: Any) -> Any:
    [(_, answer)] = host(hook).ask(hook, ["example"], **given)
    return answer()


def concerns(hook: str, new: Any, before: Any = None) -> list[Concern]:
    return list(call(hook, region=None, new=new, before=before))


def test_every_hook_has_an_example_and_every_example_a_hook() -> None:
    hooks = {name for name, value in vars(hookspecs).items() if hasattr(value, "lanzarote_spec")}
    assert {folder.name.removeprefix("example_") for folder in EXAMPLES.glob("example_*")} == hooks
    assert {name.removeprefix("test_the_example_of_") for name in globals() if "the_example_of" in name} == hooks


def test_the_example_of_regions() -> None:
    [(_, region)] = host("regions").regions
    content = read_region(region.path)
    assert content.problems == []
    assert content.header is not None
    assert (content.header.id, list(content.sectors)) == ("example", ["schools"])


def test_the_example_of_legal_frameworks() -> None:
    laws = read_laws(law for _, law in host("legal_frameworks").contributed("legal_frameworks"))
    assert {state: (law.problems, list(law.provisions)) for state, law in laws.items()} == {"XA": ([], ["reporting"])}


def test_the_example_of_catalogues() -> None:
    words = Translations(host("catalogues").catalogues)
    assert words.translator("eo").gettext("Practices") == "Praktikoj"


def test_the_example_of_exporters() -> None:
    [exporter] = host("exporters").exporters
    table = Table(title="Two", columns=("Name", "Since"), rows=[("a | b", 2020), (None, 2021)], language="en", note="N")
    lines = ["# Two", "", "| Name | Since |", "| --- | --- |", "| a \\| b | 2020 |", "|  | 2021 |", "", "N", ""]
    assert exporter.write(table).decode() == "\n".join(lines)


def test_the_example_of_importers() -> None:
    [importer] = host("importers").importers
    columns = [ImportColumn(field=field, titles={"en": field}, group=group) for field, group in IMPORTED.items()]
    form = ImportForm(of="practices", region="xa", language="en", title="Practices", columns=tuple(columns))
    said = {"text.en.title": "Une salle\nÀ deux", "partners[0].sector": "courts", "partners[1].sector": "schools"}
    draft = ImportDraft(answers=tuple(ImportAnswer(field=field, text=text) for field, text in said.items()))
    reading = importer.read(importer.write(form, [draft]), form)
    assert [{one.field: one.text for one in back.answers} for back in reading.drafts] == [said]
    assert reading.fields == ("text.en.title", "partners.sector", "partners.side")
    assert importer.read(importer.write(form, ()), form).drafts[0].answers == ()
    assert [one.place.row for one in importer.read(b'{}\n["Canari"]', form).problems] == [2]


def test_the_example_of_document_exporters() -> None:
    [exporter] = host("document_exporters").document_exporters
    plain: dict[str, Any] = {name: Words(name) for name in ("region_name", "made", "licence")}
    told = Told(
        kind="practice",
        id="0192",
        version=1,
        address="https://example.org/a-house",
        title=Words("A house", href="https://example.org/a-house"),
        parts=(Part((Words("What is done"),), (Paragraph((Words("They "), Words("meet."))),)),),
    )
    [(_, region)] = host("regions").regions
    header = read_region(region.path).header
    assert isinstance(header, RegionHeader)
    document = Compendium(
        title="Houses",
        subtitle="1 practice",
        language="en",
        region=header,
        publisher="",
        address="",
        day=date(2026, 11, 26),
        revision=1,
        about=(),
        chapters=(Chapter(Words("Practices"), Words("1"), (told,)),),
        words={},
        **plain,
    )
    lines = ["Houses", "1 practice", "", "A house", "https://example.org/a-house", "What is done: They meet."]
    assert exporter.write(document).decode().splitlines() == lines


def test_the_example_of_identity_providers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANZAROTE_PLUGIN_EXAMPLE_SECRET", "key")
    one = host("identity_providers").identity_providers["intranet"]
    wanted = SignInRequest(back="https://here.example/b", state="s", nonce="n", challenge="c", language="en")
    there = "https://intranet.example/card?back=https%3A%2F%2Fhere.example%2Fb&state=s&nonce=n"
    assert one.begin(wanted) == ProviderAddress(address=there)
    card = json.dumps({"number": "7", "address": "ana@school.example", "nonce": "n"})
    code = f"{card}.{hmac.new(b'key', card.encode(), 'sha256').hexdigest()}"
    answer = SignInAnswer(back=wanted.back, code=code, nonce="n", verifier="v")
    found = one.finish(answer)
    assert isinstance(found, Identity)
    assert (found.issuer, found.subject, found.address) == ("https://intranet.example", "7", "ana@school.example")
    for lie in (replace(answer, nonce="m"), replace(answer, code=code.replace("7", "8", 1))):
        fault = one.finish(lie)
        assert isinstance(fault, ProviderFault)
        assert fault.reason == "untrusted"


def test_the_example_of_check_practice() -> None:
    def practice(results: str) -> PracticeSheet:
        return PracticeSheet(original="fr", text={"fr": SheetText(results=results)})

    assert concerns("check_practice", practice("120 enfants en 2024")) == []
    [one] = concerns("check_practice", practice("beaucoup d’enfants"))
    assert (one.code, one.field, one.level) == ("no-figures", "text.fr.results", "warn")


def test_the_example_of_check_stakeholder() -> None:
    def body(website: str | None) -> Organisation:
        return Organisation(name={"en": "A house"}, sectors=("schools",), side="public", scope="local", website=website)

    assert concerns("check_stakeholder", body("https://example.org")) == []
    assert [one.level for one in concerns("check_stakeholder", body(None))] == ["warn"]
    assert [one.level for one in concerns("check_stakeholder", body(None), body("https://example.org"))] == ["block"]


def test_the_example_of_check_improvement() -> None:
    def improvement(means: str | None) -> Improvement:
        return Improvement(original="en", text={"en": ImprovementText(title="A room", means=means)})

    assert concerns("check_improvement", improvement("Two days a week of one person")) == []
    assert [one.field for one in concerns("check_improvement", improvement(None))] == ["text.en.means"]


def test_the_example_of_practice_published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "told.jsonl"
    monkeypatch.setenv("LANZAROTE_PLUGIN_EXAMPLE_FILE", str(file))
    known: dict[str, Any] = {"version": 1, "titles": {"en": "A house"}, "standing": "declared"}
    event = PracticePublished(event_id="1", vouching="declared", strength="not-assessed", **known, **WHAT)
    for _ in range(2):
        call("practice_published", event=event)
    [line] = file.read_text("utf-8").splitlines()
    assert json.loads(line) == {"event": "1", "title": {"en": "A house"}, "address": "https://example.org/a-house"}


def test_the_example_of_practice_withdrawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANZAROTE_PLUGIN_EXAMPLE_FOLDER", str(tmp_path))
    copy = tmp_path / "0192.html"
    copy.write_text("A house")
    call("practice_withdrawn", event=PracticeWithdrawn(event_id="1", **WHAT))
    assert copy.read_text("utf-8") == "Withdrawn on 2026-11-26: https://example.org/a-house\n"
    for _ in range(2):
        call("practice_withdrawn", event=PracticeWithdrawn(event_id="2", erased=True, **WHAT))
    assert not copy.exists()


def test_the_example_of_improvement_decided(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    newsletter = tmp_path / "newsletter.txt"
    monkeypatch.setenv("LANZAROTE_PLUGIN_EXAMPLE_FILE", str(newsletter))
    for outcome in ("adopted", "not-adopted"):
        day: dict[str, Any] = {"version": 2, "titles": {"en": "A room"}, "day": date(2026, 11, 20)}
        call("improvement_decided", event=ImprovementDecided(event_id=outcome, outcome=outcome, **day, **WHAT))
    assert newsletter.read_text("utf-8") == "2026-11-20  A room  https://example.org/a-house\n"
