"""The pages on which a file is handed in, without a script."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Event, current_thread
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote import Importer, ImportForm, ImportReading, hookimpl

from tests.core.importing.files import PRACTICE, all_there_is, saved, whole, write
from tests.core.practices.forms import Writer, writer
from tests.core.practices.signed_in import site_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lanzarote.instance import Instance
    from litestar.testing import TestClient

PLACE = "/fr/paris/team/practices/import"
CANARY = "Zéphyrine Canari, 8 ans, née le 3 mai 2016"


@pytest.fixture
def client(own_paris: Instance) -> Iterator[TestClient[Any]]:
    with site_of(own_paris) as client:
        yield client


@pytest.fixture
def ana(own_paris: Instance, client: TestClient[Any]) -> Writer:
    return writer(own_paris, client, name="Ana Plume")


def send(who: Writer, content: bytes, *, name: str = "a.xlsx", place: str = PLACE, **fields: str) -> tuple[int, str]:
    answer = who.client.post(
        place,
        data={"key": who.key, "step": "look"} | fields,
        files={"file": (name, content)},
        headers=who._cookie,
        follow_redirects=False,
    )
    return answer.status_code, answer.text


def hidden(html: str) -> dict[str, str]:
    return dict(re.findall(r'type="hidden" name="(seen|base)" value="([^"]+)"', html))


def test_a_file_is_looked_at_then_taken_in_and_each_record_has_its_link(ana: Writer) -> None:
    content = whole(ana.instance, PRACTICE)
    status, html = send(ana, content)
    assert (status, "Importer 1 ligne" in html) == (200, True)
    status, html = send(ana, content, **(hidden(html) | {"step": "take"}))
    [link] = re.findall(r'href="(/fr/paris/team/practices/[0-9a-f-]{36})"', html)
    assert "Une salle d’audition partagée" in ana.get(link)


def test_another_file_than_the_one_that_was_shown_is_not_taken_in(ana: Writer) -> None:
    _, html = send(ana, whole(ana.instance, PRACTICE))
    other = whole(ana.instance, PRACTICE | {"text.fr.title": "Tout autre chose"})
    _, html = send(ana, other, **(hidden(html) | {"step": "take"}))
    assert "Le fichier est un autre, ou des fiches ont changé" in html
    assert "Tout autre chose" not in ana.get("/fr/paris/team/practices")


def test_good_rows_are_taken_in_only_if_that_is_asked_for(ana: Writer) -> None:
    content = whole(ana.instance, PRACTICE, {"text.fr.title": "Une autre", "sectors": "nulle part"})
    _, html = send(ana, content)
    seen = hidden(html)
    _, html = send(ana, content, **(seen | {"step": "take"}))
    assert "Une salle d’audition partagée" not in ana.get("/fr/paris/team/practices")
    _, html = send(ana, content, **(hidden(html) | {"step": "take-good"}))
    assert "Ce qui a été laissé de côté" in html
    assert "Une salle d’audition partagée" in ana.get("/fr/paris/team/practices")


def test_what_the_guard_finds_is_neither_shown_nor_kept_nor_logged(
    ana: Writer, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    caplog.set_level("DEBUG")
    status, html = send(ana, whole(ana.instance, PRACTICE | {"text.fr.summary": CANARY}))
    assert (status, "refusé" in html) == (200, True)
    told = capfd.readouterr()
    for text in (html, caplog.text, told.out, told.err):
        assert "Canari" not in text
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
    assert b"Canari" not in kept
    assert b"Paris" in kept, "it was looked for where it would be"


def test_without_a_file_the_page_says_so(ana: Writer) -> None:
    answer = ana.client.post(
        PLACE, data={"key": ana.key, "step": "look"}, files={"other": ("", b"")}, headers=ana._cookie
    )
    assert (answer.status_code, "Choisissez d’abord un fichier" in answer.text) == (400, True)


def test_a_file_too_large_is_refused_before_it_is_read(ana: Writer) -> None:
    status, _ = send(ana, b"x" * (9 * 1024 * 1024))
    assert status == 413


class Slow:
    """Reads files that end in .slow, and takes its time."""

    def __init__(self) -> None:
        self.begun, self.going_on, self.threads = Event(), Event(), list[str]()

    @hookimpl
    def importers(self) -> tuple[Importer, ...]:
        return (
            Importer(
                format="slow",
                label="Slow",
                media_type="text/x-slow",
                extensions=("slow",),
                write=lambda form, drafts: b"",
                read=self.read,
            ),
        )

    def read(self, content: bytes, form: ImportForm) -> ImportReading:
        self.threads.append(current_thread().name)
        self.begun.set()
        assert self.going_on.wait(60)
        return ImportReading()


def test_while_a_file_is_checked_its_sender_waits_with_the_next_and_pages_wait_for_neither(ana: Writer) -> None:
    slow = Slow()
    ana.instance.host.add("slow", slow)
    with ThreadPoolExecutor() as people:
        first = people.submit(send, ana, b"x", name="a.slow")
        assert slow.begun.wait(60)
        status, html = send(ana, b"x", name="b.slow")
        assert (status, "Votre dernier fichier est encore en cours de vérification" in html) == (503, True)
        assert ana.client.get("/fr/paris").status_code == 200
        slow.going_on.set()
        assert first.result()[0] == 400  # there is no row in it
    assert slow.threads == ["lanzarote-imports_0"]
    assert send(ana, whole(ana.instance, PRACTICE))[0] == 200


def test_a_form_of_another_session_takes_nothing_in(ana: Writer) -> None:
    status, html = send(ana, whole(ana.instance, PRACTICE), key="not-mine")
    assert (status, "Une salle" in html) == (403, False)


def test_a_visitor_and_a_reviewer_hand_nothing_in(own_paris: Instance, client: TestClient[Any]) -> None:
    assert client.get(PLACE, follow_redirects=False).status_code in (302, 303, 401)
    rita = writer(own_paris, client, "reviewer", "Rita Relit")
    rita.get(PLACE, 403)
    rita.get(f"{PLACE}/records?format=csv", 403)


@pytest.mark.parametrize("kind", ["practices", "organisations"])
def test_templates_and_what_there_is_can_be_taken_out_in_every_format(ana: Writer, kind: str) -> None:
    place = f"/fr/paris/team/{kind}/import"
    html = ana.get(place)
    links = re.findall(rf'href="({place}/(?:template|records)\?format=\w+)"', html)
    assert len(links) == 4
    for link in links:
        answer = ana.client.get(link, headers=ana._cookie)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["content-disposition"].startswith('attachment; filename="lanzarote-paris-team-')
    ana.get(f"{place}/template?format=docx", 404)


def test_what_changes_names_its_fields_and_leads_to_the_record(ana: Writer) -> None:
    book = all_there_is(ana.instance)
    write(book, 3, text__fr__summary="Un résumé tout neuf.")
    _, html = send(ana, saved(book))
    assert "Résumé [fr]" in html
    assert "lignes qui ne changent rien" in html


def test_what_reads_like_a_child_asking_for_help_leads_to_those_who_can(ana: Writer) -> None:
    told = "J’ai 12 ans et mon beau-père me touche, je ne sais pas à qui le dire."
    status, html = send(ana, whole(ana.instance, PRACTICE | {"text.fr.summary": told}))
    heading = ana.instance.translations.translator("fr").gettext("Please turn to those who can help")
    assert (status, heading in html, "beau-père" in html) == (200, True, False)
    assert "tel:119" in html[html.index(heading) :]
