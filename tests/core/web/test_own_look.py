"""A site says whose it is: by name, mark and colours, on every page, in feeds, and as the sender of e-mails."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.app import create_app
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.instance import Instance
from lanzarote.mail import sending
from litestar.testing import TestClient

from tests.conftest import copy_of
from tests.core.conftest import serving
from tests.core.web.seen import NARROW, WIDE, violations

if TYPE_CHECKING:
    from playwright.sync_api import Page

NAME = "Réseau “Ensemble”"
MARK = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 80 20"><path d="M0 0h80v20H0z"/></svg>'
STARTS = "/fr/paris", "/en", "/fr/paris/help", "/en/nowhere"


@pytest.fixture(scope="module")
def own(paris_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    folder = tmp_path_factory.mktemp("look")
    (folder / "own.svg").write_text(MARK)
    given = {
        "DATABASE_URL": copy_of(paris_template, folder),
        "DATA": str(folder),
        "NAME": NAME,
        "MARK": str(folder / "own.svg"),
        "ACCENT": "#a3123a",
        "OPERATOR": "Friends & Co",
        "CONTACT": "contact@example.org",
        "MAIL_FROM": "site@example.org",
    }
    with new_instance(read_settings({f"LANZAROTE_{name}": value for name, value in given.items()})) as instance:
        yield instance


@pytest.fixture(scope="module")
def site(own: Instance) -> Iterator[TestClient[Any]]:
    with TestClient(create_app(own), base_url="http://lanzarote.test") as client:
        yield client


@pytest.mark.parametrize("path", STARTS)
def test_every_page_shows_name_mark_colours_and_operator(site: TestClient[Any], path: str) -> None:
    page = site.get(path).text
    head, _, rest = page.partition("</head>")
    assert re.search(rf"<title>.*{NAME}.*</title>", head, re.DOTALL)
    assert f'<span class="brand-name">{NAME}</span>' in rest
    assert re.search(r'<img class="mark" src="/static/mark\.svg\?v=\w+" alt=""', rest)
    assert re.findall(r'<link rel="stylesheet" href="([^"?]+)', head)[-1] == "/static/instance.css"
    assert re.search(r'<link rel="icon" href="/static/mark\.svg\?v=\w+" type="image/svg\+xml">', head)
    assert "apple-touch-icon" not in head
    assert "og:image" not in head
    if "help" not in path:
        assert 'Friends &amp; Co. <a href="mailto:contact@example.org">Contact</a>' in rest


def test_the_mark_can_only_show_itself(site: TestClient[Any]) -> None:
    answer = site.get("/static/mark.svg")
    assert (answer.text, answer.headers["content-type"]) == (MARK, "image/svg+xml")
    assert answer.headers["content-security-policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert site.get("/favicon.ico").text == MARK


def test_files_of_one_instance_are_not_those_of_another(site: TestClient[Any], client: TestClient[Any]) -> None:
    [own] = re.findall(r'href="(/static/instance\.css\?v=\w+)"', site.get("/en").text)
    answer = site.get(own)
    assert answer.text.startswith(":root{--accent:#a3123a;")
    assert "immutable" in answer.headers["cache-control"]
    assert [client.get(path).status_code for path in (own, "/static/mark.svg")] == [404, 404]
    plain = client.get("/en").text
    assert '<span class="brand-name">Lanzarote</span>' in plain
    assert "/static/social.png" in plain


def test_feeds_and_mails_come_from_the_site_by_its_name(site: TestClient[Any], own: Instance) -> None:
    assert f"<name>{NAME} · Paris</name>" in site.get("/fr/paris/practices.atom").text
    sending.send(own.settings, sending.Mail(to="ana@example.org", subject="x", text="x", language="en", id="1"))
    [file] = sending.folder(own.settings).glob("*.eml")
    message = message_from_bytes(file.read_bytes(), policy=policy.default)
    [sender] = message["From"].addresses
    assert (sender.display_name, sender.addr_spec) == (NAME, "site@example.org")
    assert message["Message-ID"] == "<1@example.org>"


def test_everybody_can_read_the_own_colours(own: Instance, page: Page) -> None:
    with serving(own) as address:
        for path, size in (("/fr/paris/practices", WIDE), ("/en/account/sign-in", NARROW)):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            page.goto(f"{address}{path}")
            assert page.evaluate("getComputedStyle(document.querySelector('main button')).backgroundColor") != ""
            assert violations(page) == ""
            page.emulate_media(color_scheme="dark")
            assert page.evaluate("getComputedStyle(document.body).getPropertyValue('--accent')") == "#ee6389"
            page.emulate_media(color_scheme="light")
