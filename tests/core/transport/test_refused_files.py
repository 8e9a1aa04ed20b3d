"""What cannot be loaded: each fault is named by its line, and nothing of the file is kept."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from lanzarote.errors import LoadError, NotFound
from lanzarote.exchange.region_file import export_region, load_file
from lanzarote.exchange.region_file_checks import strings
from lanzarote.instance import Instance
from lanzarote.procedures.model import ProcedureStatus
from lanzarote.records import records
from lanzarote.records.records import encode
from lanzarote.types import Present

from tests.core.transport.paris_file import Lines, body, counted, practice, resealed

REFUSALS: dict[str, tuple[Callable[[Lines], object], str]] = {
    "an unknown sector": (
        lambda lines: body(lines).update(sectors=["nope"]),
        "versions[0].body.sectors: the region knows no sector 'nope'",
    ),
    "an unknown provision": (
        lambda lines: body(lines).update(legal_basis=["nope"]),
        "versions[0].body.legal_basis: the region knows no provision 'nope'",
    ),
    "an unknown source": (
        lambda lines: body(lines).update(sources=["nope"]),
        "versions[0].body.sources: the region knows no source 'nope'",
    ),
    "an unknown source of evidence": (
        lambda lines: body(lines).update(evidence=[{"sources": ["nope"]}]),
        "versions[0].body.evidence[0].sources: the region knows no source 'nope'",
    ),
    "an unknown partner": (
        lambda lines: body(lines).update(partners=[{"organisation": "nope"}]),
        "versions[0].body.partners[0].organisation: the region knows no organisation 'nope'",
    ),
    "an article that is not in the Convention": (
        lambda lines: body(lines).update(convention=["99"]),
        "versions[0].body.convention: there is no article 99: articles go from 1 to 50",
    ),
    "a wrong type": (
        lambda lines: body(lines).update(verified="yes"),
        "versions[0].body.verified: expected `bool`, got `str`",
    ),
    "an unknown key": (
        lambda lines: body(lines).update(colour="red"),
        "versions[0].body: object contains unknown field `colour`",
    ),
    "no text in the original language": (
        lambda lines: body(lines).update(original="de"),
        "versions[0].body.text: has no text in 'de', its original language",
    ),
    "personal data": (
        lambda lines: body(lines)["text"]["fr"].update(problem="Elle est née le 12 mars 2014."),
        "versions[0].body.text.fr.problem: looks like personal data (birth-date), which is never recorded here",
    ),
    "personal data after a line break": (
        lambda lines: body(lines)["text"]["fr"].update(problem="Voici :\nElle est née le 12 mars 2014."),
        "versions[0].body.text.fr.problem: looks like personal data (birth-date), which is never recorded here",
    ),
    "personal data in the status": (
        lambda lines: practice(lines)["status"].update(held_back={"fr": "Elle est née le 12 mars 2014."}),
        "status.held_back.fr: looks like personal data (birth-date), which is never recorded here",
    ),
    "a day that no page can show": (
        lambda lines: body(lines).update(started="0001-01-01"),
        "versions[0].body.started: '0001-01-01' is not in the calendar; write a year, a month or a day, "
        "such as 2014, 2014-06 or 2014-06-02",
    ),
    "a moment that no time zone reaches": (
        lambda lines: practice(lines).update(updated_at="9999-12-31T23:59:59Z"),
        "updated_at: 9999-12-31T23:59:59+00:00 is in a year that no page can show",
    ),
    "a moment before all time zones": (
        lambda lines: practice(lines)["versions"][0].update(at="0001-01-01T00:00:00Z"),
        "versions[0].at: 0001-01-01T00:00:00+00:00 is in a year that no page can show",
    ),
    "a bad id": (
        lambda lines: practice(lines).update(id="1"),
        "id: '1' is no id; ids are UUIDs in small letters",
    ),
    "an id twice": (
        lambda lines: lines.append(practice(lines)),
        "id: {id} stands in this file twice",
    ),
    "an unknown state": (
        lambda lines: practice(lines).update(state="gone"),
        "state: 'gone' is no state: archived, draft, erased, merged, published, withdrawn",
    ),
    "a missing version": (
        lambda lines: practice(lines).update(version=2),
        "versions: are numbered [1]; version 2 needs 1 to 2, in order",
    ),
    "a published draft": (
        lambda lines: practice(lines).update(state="draft"),
        "published_version: is given exactly when the state is published",
    ),
    "no time zone": (
        lambda lines: practice(lines).update(created_at="2026-11-24T10:00:00"),
        "created_at: expected `datetime` with a timezone component",
    ),
}


def test_a_field_is_looked_at_unless_its_type_holds_no_words() -> None:
    present = Present(organisation="tribunal-de-paris", sector="justice", roles="deux greffières")
    assert [*strings(present, "present")] == [("present.roles", "deux greffières")]
    assert [*strings(ProcedureStatus(superseded_by="01890a5d-ac96-774b-bcce-b302099a8057"), "status")] == []


@pytest.mark.parametrize("what", REFUSALS)
def test_a_faulty_line_is_named_and_nothing_is_kept(
    what: str, small: Instance, rewrite: Callable[..., Path], exported: bytes
) -> None:
    change, told = REFUSALS[what]
    at = [
        number for number, line in enumerate(exported.splitlines(), 1) if b'"key":"uaped"' in line and b'"id":' in line
    ]
    line_id = json.loads(exported.splitlines()[at[0] - 1])["id"]

    def apply(lines: Lines) -> None:
        change(lines)
        resealed(practice(lines[: at[0]]))

    before = counted(small)
    path = rewrite(apply)
    with pytest.raises(LoadError) as refusal:
        load_file(small, path)
    number = len(path.read_bytes().splitlines()) if "twice" in told else at[0]
    assert str(refusal.value) == (
        f"{path} cannot be loaded, nothing of it was kept (1 fault):\nline {number}: {told.replace('{id}', line_id)}"
    )
    assert counted(small) == before


def test_a_body_changed_after_it_was_written_is_noticed(small: Instance, rewrite: Callable[..., Path]) -> None:
    path = rewrite(lambda lines: body(lines).update(scope="international"))
    with pytest.raises(LoadError, match=r"versions\[0\].digest: does not fit the body"):
        load_file(small, path)


def test_a_body_in_another_encoding_is_refused(small: Instance, file: Path, exported: bytes) -> None:
    lines = exported.splitlines()
    [at] = [number for number, line in enumerate(lines) if b'"key":"uaped"' in line and b'"id":' in line]
    line = json.loads(lines[at])
    canonical = encode(line["versions"][0]["body"])
    spaced = canonical.replace(b'":', b'": ', 1)
    lines[at] = (
        lines[at]
        .replace(canonical, spaced)
        .replace(line["versions"][0]["digest"].encode(), records.digest(spaced).encode())
    )
    file.write_bytes(b"\n".join(lines))
    with pytest.raises(LoadError, match="is not in the one canonical form"):
        load_file(small, file)


def test_all_faults_are_told_together_in_the_order_of_the_lines(small: Instance, rewrite: Callable[..., Path]) -> None:
    def spoil(lines: Lines) -> None:
        for line in lines:
            if line.get("kind") in ("practice", "stakeholder"):
                line["id"] = "1"

    with pytest.raises(LoadError) as refusal:
        load_file(small, rewrite(spoil))
    told = str(refusal.value).splitlines()
    numbers = [int(line.split(":")[0].removeprefix("line ")) for line in told[1:-1]]
    assert (told[0].endswith("(60 faults):"), numbers == sorted(numbers)) == (True, True)
    assert told[-1] == "… and 10 more."


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "line 1: is no line of a region's file"),
        (b"\x89PNG\r\n\x1a\n", "line 1: is no line of a region's file"),
        (b"[]\n", "line 1: is no line of a region's file"),
        (b"{}\n", "line 1: does not say for which region the file is"),
        (b'{"kind":"practice"}\n', "line 1: does not say for which region the file is"),
        (b'{"format":2,"region":"paris"}\n', "line 1: was written by a newer version of the platform"),
        (b'{"format":0,"region":"paris"}\n', "line 1: format: is 0; this platform reads format 1"),
        (b'{"format":1,"region":"paris","schema":"9999"}\n', "line 1: was written by a newer version"),
        (b'{"format":"x","region":"paris"}\n', "line 1: format: expected `int`, got `str`"),
        (b'{"format":1}\n', "line 1: object missing required field `region`"),
        (b'{"format":1,"region":"paris"}\n', "The region 'paris' is not loaded here"),
        (b'{"format":1,"region":"paris"}\nnot json\n', "line 2: is no line of a region's file"),
        (b'{"format":1,"region":"paris"}\n{"kind":"rumour"}\n', "line 2: kind: is none of vocabulary, stakeholder"),
        (b'{"format":1,"region":"paris"}\n\xff\n', "line 2: is no line of a region's file"),
        (b'{"format":1,"region":"paris"}\n' + b"[" * 100_000, "line 2: is no line of a region's file"),
    ],
)
def test_what_is_no_such_file_is_refused(small: Instance, file: Path, content: bytes, told: str) -> None:
    file.write_bytes(content)
    with pytest.raises(LoadError) as refusal:
        load_file(small, file)
    assert told in str(refusal.value)
    assert small.loaded() == {}


def test_a_file_that_is_not_there_is_told(small: Instance, tmp_path: Path) -> None:
    with pytest.raises(LoadError, match=r"nope\.jsonl cannot be read: No such file or directory\."):
        load_file(small, tmp_path / "nope.jsonl")
    with pytest.raises(LoadError, match="cannot be read: Is a directory"):
        load_file(small, tmp_path)


def test_facts_of_another_region_are_refused(small: Instance, rewrite: Callable[..., Path]) -> None:
    with pytest.raises(LoadError, match="region: is 'lyon', but the facts are of 'paris'"):
        load_file(small, rewrite(lambda lines: lines[0].update(region="lyon")))


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"time_zone": "Mars/Olympus"}, "facts.time_zone: 'Mars/Olympus' is no time zone of the IANA list"),
        ({"territory": "JJ"}, "facts.territory: 'JJ' is no country code of ISO 3166-1"),
    ],
)
def test_a_region_that_no_page_can_show_is_not_made(
    small: Instance, rewrite: Callable[..., Path], facts: dict[str, str], told: str
) -> None:
    with pytest.raises(LoadError) as refusal:
        load_file(small, rewrite(lambda lines: lines[0]["facts"].update(facts)))
    assert told in str(refusal.value)
    assert small.loaded() == {}


def test_a_date_that_no_page_can_show_is_refused_in_a_vocabulary(small: Instance, rewrite: Callable[..., Path]) -> None:
    def write(lines: Lines) -> None:
        term = next(line for line in lines if line.get("term") == "sector")
        term["body"]["until"] = "9999-12-31"

    with pytest.raises(LoadError, match=r"body\.until: 9999-12-31 is in a year that no page can show"):
        load_file(small, rewrite(write))


def test_personal_data_in_a_vocabulary_is_refused(small: Instance, rewrite: Callable[..., Path]) -> None:
    def write(lines: Lines) -> None:
        term = next(line for line in lines if line.get("term") == "sector")
        term["body"]["description"] = {"fr": "Elle est née le 12 mars 2014."}

    with pytest.raises(LoadError, match="looks like personal data"):
        load_file(small, rewrite(write))


def test_refused_texts_reach_no_log(
    small: Instance, rewrite: Callable[..., Path], caplog: pytest.LogCaptureFixture
) -> None:
    def write(lines: Lines) -> None:
        body(lines)["text"]["fr"].update(problem="Elle est née le 12 mars 2014.")
        resealed(practice(lines))

    with caplog.at_level(logging.DEBUG), pytest.raises(LoadError) as refusal:
        load_file(small, rewrite(write))
    assert "2014" not in str(refusal.value) + caplog.text


def test_exporting_a_region_that_is_not_here_is_refused(small: Instance) -> None:
    with pytest.raises(NotFound, match="'lyon' is not loaded here"):
        export_region(small, "lyon", io.BytesIO())
