"""Sample pages for looking at: every piece of the layout and the components, with made-up contents. Not shipped.

``python -m tests.core.web.preview FOLDER`` writes them, to be opened in a browser.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import jinja2
import lanzarote.web
from lanzarote.records.permissions import VISITOR, Actor
from lanzarote.translation.catalogues import Translator
from lanzarote.types import Side
from lanzarote.web.pictures import Link, Node, draw_arcs
from lanzarote.web.templating import environment
from msgspec import Struct

WEB = Path(lanzarote.web.__file__).parent
STATIC = WEB / "static"
PAGES = ("home", "list", "practice", "matrix", "cooperation", "child", "form", "empty")

BANKS: dict[Side, str] = {
    "public": "Public institutions",
    "mixed": "Public and civil society",
    "private": "Private sector",
    "civil-society": "Civil society",
}
SECTORS = (
    Node(key="courts", label="Courts and public prosecution", side="public", count=9),
    Node(key="police", label="Police and investigation services", side="public", count=8),
    Node(key="forensic", label="Forensic medicine", side="public", count=4),
    Node(key="welfare", label="Public child welfare", side="public", count=6),
    Node(key="education", label="National education", side="public", count=3),
    Node(key="leisure", label="City out-of-school, early-childhood and leisure services", side="public", count=2),
    Node(key="health", label="Health and psychotrauma care", side="mixed", count=7),
    Node(key="helplines", label="Helplines", side="mixed", count=2),
    Node(key="voluntary", label="Voluntary (associative) child welfare", side="civil-society", count=5),
    Node(key="ngos", label="National child-protection NGOs", side="civil-society", count=6),
)
LINKS = tuple(
    Link(a=a, b=b, count=count)
    for a, b, count in (
        ("courts", "police", 7), ("courts", "health", 6), ("police", "health", 5), ("courts", "ngos", 3),
        ("welfare", "voluntary", 5), ("health", "ngos", 4), ("education", "ngos", 2), ("forensic", "health", 4),
        ("leisure", "voluntary", 1), ("police", "ngos", 2), ("helplines", "welfare", 2), ("voluntary", "ngos", 1),
        ("courts", "voluntary", 1), ("education", "welfare", 2),
    )
)  # fmt: skip


class Look(Struct, frozen=True):
    """The platform's own."""

    name: str = "Lanzarote"
    operator: str = ""
    contact_href: str = ""
    style_href: str = ""
    mark_href: str = ""
    icon_href: str = "static/favicon.svg"
    icon_type: str = "image/svg+xml"
    touch_icon_href: str = "static/apple-touch-icon.png"


class View(Struct, frozen=True):
    """As much of the page layer's view as the layout asks for."""

    lang: str
    actor: Actor = VISITOR
    origin: None = None
    draft: bool = False
    look: Look = Look()

    def say(self, texts: dict[str, str]) -> str:
        return texts[self.lang]


class Region(Struct, frozen=True):
    name: dict[str, str]


def static(path: str) -> str:
    assert (STATIC / path).is_file(), path
    return f"static/{path}"


def context(page: str) -> dict[str, Any]:
    menu = (("list", "Practices"), ("cooperation", "Sectors"), ("practice", "Organisations"), ("empty", "Law"))
    more = (("matrix", "Coverage"), ("form", "The group"))
    return {
        "view": View("en"),
        "region": Region({"en": "Paris"}),
        "home_href": "list.html",
        "nav": [{"href": f"{key}.html", "label": label, "current": key == page} for key, label in menu + more],
        "languages": [
            {"code": "en", "name": "English", "href": f"{page}.html", "current": True},
            {"code": "fr", "name": "français", "href": f"{page}.html", "current": False},
        ],
        "helplines": [
            {"number": "119", "tel": "tel:119", "text": "A child in danger, day and night:", "verified": True},
            {"number": "112", "tel": "tel:112", "text": "In an emergency:", "verified": False},
        ],
        "help_href": "child.html",
        "leave_href": "about:blank",
        "door": "",
        "doors": dict.fromkeys(("", "worried", "happened", "fear"), "child.html"),
        "draft": False,
        "european": False,
        "footer": [
            {"title": title, "links": [{"href": "list.html", "label": label} for label in labels]}
            for title, labels in (
                ("About", ("Correct or reply", "Legal notice", "Privacy", "Accessibility")),
                ("Data", ("Subscribe", "Use this data")),
                ("Convention", ("The Convention", "Context")),
            )
        ],
        "canonical": f"https://example.org/en/paris/{page}",
        "alternates": [{"code": "fr", "url": f"https://example.org/fr/paris/{page}"}],
        "og_image": "https://example.org/static/social.png",
        "cooperation": draw_arcs(SECTORS, LINKS, BANKS),
    }


def render(page: str) -> str:
    loader = jinja2.ChoiceLoader(
        [jinja2.FileSystemLoader(Path(__file__).parent / "preview_pages"), jinja2.FileSystemLoader(WEB / "templates")]
    )
    return environment("en", Translator("en"), loader, static=static).get_template(f"{page}.html").render(context(page))


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copytree(STATIC, folder / "static", dirs_exist_ok=True)
    for page in PAGES:
        (folder / f"{page}.html").write_text(render(page), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
