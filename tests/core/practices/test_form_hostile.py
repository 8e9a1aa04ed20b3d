"""Whatever is written into a practice is text, on every page that shows it: nothing of it ever runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.practices import saving, sheets, writing
from lanzarote.practices.form_fields import TEXTS
from lanzarote.records.records import Record, now

from tests.conftest import copy_of
from tests.core.conftest import serving
from tests.core.practices.hostile_texts import PAYLOADS, in_lines
from tests.core.practices.test_form_browser import Site

if TYPE_CHECKING:
    from playwright.sync_api import Page

TRAP = """
    window.caught = [];
    window.trap = () => window.caught.push("trap");
    window.alert = window.confirm = window.prompt = () => window.caught.push("alert");
    document.addEventListener("securitypolicyviolation", event => window.caught.push(event.violatedDirective));
"""
CAUGHT = "window.caught"
STRANGE = """() => {
    const runs = /^\\s*(javascript|vbscript|data:text)/i, leads = ["href", "src", "action", "formaction", "data"];
    const odd = ({name, value}) =>
        name.startsWith("on") || name === "style" || name === "srcdoc" || leads.includes(name) && runs.test(value);
    const ours = script => script.type === "application/ld+json" || script.getAttribute("src")?.startsWith("/static/");
    return [...document.querySelectorAll("*")].filter(one =>
        [...one.attributes].some(odd) || one.matches("script") && !ours(one)
        || one.matches("iframe, object, embed, base, main style, main link, main meta")
    ).map(one => one.outerHTML.slice(0, 200));
}"""
"""Elements that none of our pages has."""


@pytest.fixture(scope="module")
def site(paris_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("hostile")
    settings = read_settings({"LANZAROTE_DATABASE_URL": copy_of(paris_template, folder)})
    with new_instance(settings) as instance, serving(instance) as address:
        yield Site(instance, address)


def hostile(title: str, number: int) -> dict[str, Any]:
    """A practice with all of them in every field that has room, and some in its title."""
    [whole], lines, summaries = in_lines(20_000), in_lines(1_000), in_lines(4_000)
    text = dict.fromkeys(TEXTS, whole) | {"title": title, "summary": summaries[number % len(summaries)]}
    rows = range(len(lines))
    return {
        "original": "fr",
        "text": {"fr": text, "en": text},
        "sectors": ["courts"],
        "partners": [{"sector": "courts", "side": "public", "part": {"fr": line}} for line in lines],
        "target_groups": ["child-victims"],
        "scope": "local",
        "running": "ongoing",
        "sources": ["mission-text"],
        "evidence": [
            {"value": 1, "unit": {"fr": lines[row]}, "period": {"fr": lines[-row - 1]}, "text": {"fr": lines[row]}}
            for row in rows
        ],
        "own_sources": [
            {"key": f"own-{row}", "title": lines[row], "publisher": lines[-row - 1], "kind": "press"} for row in rows
        ],
        "note": {"fr": whole},
    }


def plain(title: str) -> dict[str, Any]:
    """A practice that is hostile in its title alone."""
    body = hostile(title, 0)
    text = dict.fromkeys(("problem", "activities", "transfer", "summary"), "x") | {"title": title}
    short = ("original", "sectors", "target_groups", "scope", "running", "sources")
    return {name: body[name] for name in short} | {"text": {"fr": text}, "partners": body["partners"][:1]}


def publish(site: Site, body: dict[str, Any]) -> tuple[str, str]:
    """Id and slug of the practice in *body*, published and with a version more beside it."""
    words = site.instance.vocabulary("paris")
    sheet = sheets.read(body)
    assert tuple(sheets.faults_in(sheet, words, ())) == ()
    given = saving.Checked(slug="practice", content=sheet)
    with site.instance.database.write("paris") as session:
        record = saving.begin(session, "paris", given, by=site.ana, at=now())
        writing.submit(
            session,
            record,
            words,
            bearer="<img src=x onerror=trap()>",
            expected=1,
            by=site.ana,
            at=now(),
        )
        writing.publish_unassessed(session, record, confirmed=True, expected=1, by=site.rita, at=now())
        record_id, slug = record.id, record.slug
    newer = sheets.read(body | {"text": {**body["text"], "fr": body["text"]["fr"] | {"title": "Autrement dit"}}})
    with site.instance.database.write("paris") as session:
        record = session.get_one(Record, ("paris", record_id))
        saving.save(session, record, saving.Checked(slug="practice", content=newer), expected=1, by=site.ana, at=now())
    return record_id, slug


def test_three_hundred_texts_that_would_run_run_nowhere(page: Page, site: Site) -> None:
    """The fixture fails the test, too, when the page's own policy had to stop something."""
    titles = in_lines(300)
    made = [publish(site, hostile(title, number)) for number, title in enumerate(titles[:3])]
    for title in titles[3:]:
        publish(site, plain(title))
    page.add_init_script(TRAP)
    caught: dict[str, Any] = {}
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if "TRAP" in message.text else None)
    page.on("dialog", lambda dialog: dialog.accept())

    def visit(path: str) -> None:
        page.goto(site.address + path)
        if found := page.evaluate(STRANGE) + page.evaluate(CAUGHT):
            caught[path] = found

    site.sign_in(page, site.ana)
    for record_id, slug in made:
        team = f"/fr/paris/team/practices/{record_id}"
        for path in (team, f"{team}/edit?beside=en", f"{team}/versions", f"{team}/sheet", f"{team}/submit"):
            visit(path)
        for path in ("", "/versions", "/versions/1"):
            visit(f"/fr/paris/practices/{slug}{path}")
        visit(f"/en/paris/practices/{slug}")
    for number in range(3):
        visit(f"/fr/paris/team/practices?page={number}")
        visit(f"/fr/paris/practices?q=script&page={number}")
    for path in (
        "/fr/paris",
        "/fr/search?q=alert",
        f"/fr/paris/shortlist?p={made[0][1]}",
        "/fr/paris/team/practices/new",
    ):
        visit(path)
    assert (caught, said) == ({}, [])

    feed = page.request.get(f"{site.address}/fr/paris/practices.atom")
    assert feed.headers["content-type"].startswith("application/atom+xml")
    assert "<script" not in feed.text().lower()
    told = page.request.get(f"{site.address}/api/v1/regions/paris/practices/{made[0][1]}")
    assert told.headers["content-type"].startswith("application/json")
    assert told.headers["x-content-type-options"] == "nosniff"
    assert told.json()["text"]["fr"]["problem"] == in_lines(20_000)[0]


def test_the_trap_catches_what_runs(page: Page, site: Site) -> None:
    page.add_init_script(TRAP)
    page.goto(f"{site.address}/fr/paris")
    page.evaluate(
        "const image = new Image(); image.onerror = trap; image.src = 'data:image/png,x'; document.body.append(image)"
    )
    page.wait_for_timeout(200)
    assert page.evaluate(CAUGHT) == ["trap"]
    assert page.evaluate(STRANGE) == []
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<object></object><a href=javascript:trap()>x</a>')")
    assert len(page.evaluate(STRANGE)) == 2


def test_there_are_three_hundred() -> None:
    assert len(set(PAYLOADS)) >= 300
    assert sum(len(text.split(" <")) for text in in_lines(300)) > 200
