"""A region folder without a fault, to be spoilt by tests."""

from __future__ import annotations

from pathlib import Path

from lanzarote.regions.check import check
from lanzarote.regions.content import Content, Problem
from lanzarote.regions.folder import read_region

Files = dict[str, str | bytes]

SOUND: dict[str, str] = {
    "region.toml": """\
format = 1
requires_api = ">=1,<2"
id = "test"
territory = "XA"
languages = ["fr", "en"]
time_zone = "Europe/Paris"
name.fr = "Essai"
name.en = "Test"
sources = ["page"]
""",
    "sources.toml": """\
[page]
title = "A page"
publisher = "Somebody"
kind = "official"
url = "https://example.org/page"
""",
    "sectors.toml": """\
[courts]
name.fr = "Justice"
name.en = "Courts"
common = ["judicial"]
side = "public"

[schools]
name = { fr = "École", en = "Schools" }
common = ["education"]
side = "public"
convention = ["5.1", "6"]
""",
    "organisations.toml": """\
[tribunal]
name.fr = "Tribunal"
name.en = "Court"
sectors = ["courts"]
side = "public"
scope = "local"
sources = ["page"]
""",
    "law/code.toml": """\
[instrument]
key = "code"
title.fr = "Code"
title.en = "Code"

[provisions.code-1]
number = "1"

[[provisions.code-1.versions]]
until = 2020-01-01
title.fr = "Avant"
title.en = "Before"
sources = ["page"]

[[provisions.code-1.versions]]
from = 2020-01-01
title.fr = "Après"
title.en = "After"
convention = [{ ref = "10.3" }, { ref = "4" }]
sources = ["page"]
""",
    "practices/joint-hearing.toml": """\
original = "fr"
scope = "local"
running = "ongoing"
started = "2014-06"
sectors = ["courts", "schools"]
convention = ["35"]
legal_basis = ["code-1"]
sources = ["page"]
verified = true
partners = [
  { organisation = "tribunal", part.fr = "Préside", part.en = "Presides" },
  { sector = "schools" },
]

[text.fr]
title = "Audition commune"
summary = "Deux services entendent ensemble."

[text.en]
title = "Joint hearing"
summary = "Two services hear together."
""",
    "fields.toml": """\
[budget]
type = "choice"
label.fr = "Budget"
label.en = "Budget"
choices = [{ key = "small", name = { fr = "Petit", en = "Small" } }]
""",
}


def write(folder: Path, files: Files) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def read(folder: Path) -> Content:
    return check(read_region(folder))


def told(problems: list[Problem]) -> list[str]:
    return [f"{'warning: ' if one.warning else ''}{one}" for one in problems]


def faults(folder: Path, **changed: str | bytes) -> list[str]:
    """What is told of the sound folder with some files in another wording (``law__code`` is ``law/code.toml``)."""
    files: Files = dict(SOUND)
    files.update({f"{name.replace('__', '/').replace('_', '-')}.toml": content for name, content in changed.items()})
    return told(read(write(folder, files)).problems)


def changed(file: str, old: str, new: str) -> str:
    assert old in SOUND[file], "the sound folder has no such line"
    return SOUND[file].replace(old, new, 1)
