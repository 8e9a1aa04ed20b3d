"""What a reply is about is a page of this site, called by its name; nothing else is kept as one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.app import create_app, routes
from lanzarote.composition import KINDS
from lanzarote.meetings import writing
from lanzarote.records.records import Record
from lanzarote.stakeholders.subjects import BESIDE_KINDS, OF_SITE
from litestar.testing import TestClient

from tests.core.evaluation import piloting
from tests.core.improvements import deliberating
from tests.core.meetings import keeping
from tests.core.web.reading import PageRead

if TYPE_CHECKING:
    from lanzarote.instance import Instance

CORRECT = "/en/paris/correct"
FROM_US = {"Sec-Fetch-Site": "same-origin"}


def about(client: TestClient[Any], text: str) -> tuple[str, str] | None:
    """Path and name of the page that the form says to be about."""
    page = client.get(CORRECT, params={"about": text}).text
    hidden = re.search(r'<input type="hidden" name="about" value="([^"]*)">', page)
    named = re.search(r'<p class="reply-about">.*?<a href="[^"]*">(.*?)</a>', page)
    return (hidden[1], named[1]) if hidden and named else None


@pytest.mark.parametrize(
    ("text", "path", "name"),
    [
        ("practices/uaped", "practices/uaped", "Hospital reception units for children in danger (UAPED)"),
        ("/practices/uaped/", "practices/uaped", "Hospital reception units for children in danger (UAPED)"),
        ("practices/uaped/versions/1", "practices/uaped", "Hospital reception units for children in danger (UAPED)"),
        (
            "https://lanzarote.test/fr/paris/practices/uaped?x=1#sources",
            "practices/uaped",
            "Hospital reception units for children in danger (UAPED)",
        ),
        (
            "organisations/tribunal-judiciaire-de-paris",
            "organisations/tribunal-judiciaire-de-paris",
            "Paris Judicial Court",
        ),
        ("sectors/courts", "sectors/courts", "Courts and public prosecution"),
        ("cooperation/courts/police", "cooperation/courts/police", None),
        ("cooperation/police/courts", "cooperation/courts/police", None),
        ("coverage", "coverage", "Documented coverage"),
        ("convention/10.3", "convention/10", "Article 10"),
        ("https://elsewhere.test/fr/convention/10", "convention/10", "Article 10"),
        ("privacy", "privacy", "Privacy"),
        ("indicators", "indicators", "Indicators"),
        ("meetings", "meetings", "Meetings of the group"),
        ("procedures/hospital-cells-2014", "procedures/hospital-cells-2014", None),
        ("procedures/hospital-cells-2014/versions/1", "procedures/hospital-cells-2014", None),
    ],
)
def test_a_page_is_called_by_its_name(client: TestClient[Any], text: str, path: str, name: str | None) -> None:
    found = about(client, text)

    assert found is not None
    assert found[0] == path
    assert name is None or found[1] == name


def test_what_a_group_shows_is_called_by_its_title(own_paris: Instance) -> None:
    seminar, hidden = keeping.planned(own_paris, kind="seminar"), keeping.planned(own_paris)
    keeping.announce(own_paris, seminar)
    with keeping.held(own_paris, seminar) as (session, record):
        writing.publish(session, record, expected=record.version, by=keeping.HEAD, at=keeping.THEN)
        slug = record.slug
    with keeping.held(own_paris, hidden) as (_, record):
        not_shown = record.slug
    indicator, evaluation = piloting.released(own_paris, piloting.TRAINED, {"2031-03": 3}), piloting.decided(own_paris)
    decided = deliberating.decided(own_paris, deliberating.improvement(own_paris))
    with own_paris.database.read("paris") as session:
        at = {one: session.get_one(Record, ("paris", one)).slug for one in (indicator, evaluation)}
    with TestClient(create_app(own_paris), base_url="http://lanzarote.test") as client:
        assert about(client, f"meetings/{slug}") == (f"meetings/{slug}", "Schools and courts")
        assert about(client, f"meetings/{not_shown}") is None
        for path in (f"indicators/{at[indicator]}", f"evaluation/{at[evaluation]}", f"improvements/{decided}"):
            found = about(client, path)
            assert found is not None, path
            assert found[0] == path


@pytest.mark.parametrize(
    "text",
    [
        "",
        "fr/paris",
        "practices/nothing",
        "practices/home-incest",
        "practices/uaped/nothing",
        "organisations/nobody",
        "sectors/nothing",
        "cooperation/courts/nothing",
        "law/nothing",
        "convention/51",
        "context/nothing",
        "nothing",
        "lyon/practices/uaped",
        "../../etc/passwd",
        "javascript:alert(1)",
        "<script>",
        "practices/\0",
        "é",
        "x" * 3000,
    ],
)
def test_what_is_no_page_of_ours_is_left_out(client: TestClient[Any], text: str) -> None:
    assert client.get(CORRECT, params={"about": text}).status_code == 200
    assert about(client, text) is None


@pytest.mark.parametrize("text", ["practices/home-incest", "https://evil.example/free/money", "the page on courts"])
def test_a_reply_about_no_page_of_ours_is_given_back(client: TestClient[Any], text: str) -> None:
    answer = client.post(CORRECT, data={"about": text, "wrong": "The year is wrong."}, headers=FROM_US)
    page = PageRead(answer.text)

    assert answer.status_code == 400
    assert f'value="{text}"' in answer.text
    assert "This is no page of this site." in page.words
    assert "The year is wrong." in answer.text


def test_every_page_that_the_public_reads_can_be_replied_to() -> None:
    public = [
        route
        for route in routes().routes
        if any(handler.opt.get("may") == "public" for handler in getattr(route, "route_handlers", ()))
    ]
    addresses = {route.path for route in public}

    of_region = {path.removeprefix("/{lang:str}/{region:str}/") for path in addresses if path.count("/") == 3}
    of_site = {path.removeprefix("/{lang:str}/") for path in addresses if path.count("/") == 2}
    pages = {name for name in of_region | of_site if re.fullmatch("[a-z]+", name)}
    steps = {"downloads"}  # of a list, which is what one would reply to
    of_kinds = {kind.public for kind in KINDS.values() if kind.public}
    assert pages - steps == of_kinds | BESIDE_KINDS.keys() | OF_SITE.keys()


@pytest.mark.parametrize(
    "path", ["", "/practices/uaped", "/sectors/courts", "/law", "/ages", "/cooperation/leisure/voluntary-welfare"]
)
def test_the_links_to_the_form_name_a_page(client: TestClient[Any], path: str) -> None:
    answer = client.get(f"/en/paris{path}")
    for link in PageRead(answer.text).links:
        if "/correct?about=" in link["href"]:
            assert 'class="reply-about"' in client.get(link["href"]).text
