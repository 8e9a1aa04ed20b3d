"""A package that breaks no rule of the quality scale, to be spoilt by tests; all bodies and numbers are invented."""

from __future__ import annotations

from pathlib import Path

ROOM = "lanzarote_region_good"
REGION = f"{ROOM}/region"

GOOD: dict[str, str] = {
    "pyproject.toml": """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "lanzarote-region-good"
version = "1.1"
description = "An invented region"
readme = "README.md"
license = "CC-BY-4.0"
requires-python = ">=3.11"
dependencies = ["lanzarote>=0.1"]

[project.entry-points.lanzarote]
good = "lanzarote_region_good"
""",
    "README.md": "# An invented region\n\n" + "What its facts are, and how to correct them. " * 6,
    "tests/test_region.py": "def test_it_is_there():\n    assert True\n",
    f"{ROOM}/py.typed": "",
    f"{ROOM}/__init__.py": '''\
"""An invented region."""

from collections.abc import Iterable
from importlib.resources import files

from lanzarote import Region, hookimpl


@hookimpl
def regions() -> Iterable[Region]:
    return (Region.from_folder(files(__name__) / "region"),)
''',
    f"{REGION}/region.toml": """\
format = 1
requires_api = ">=1,<2"
id = "good"
territory = "XA"
languages = ["en", "fr"]
time_zone = "Europe/Paris"
leading_sectors = ["courts"]
contact = "contact@good.example"
name.en = "Good"
name.fr = "Bon"
description.en = "An invented place."
description.fr = "Un lieu inventé."
sources = ["report"]
verified = true

[convention_status]
signed = 2007-10-25
ratified = "2010"
in_force = 2011-01-01
sources = ["report"]
verified = true

[[mandates]]
version = 1
since = "2020"
adopted_by.en = "The group"
adopted_by.fr = "Le groupe"
title.en = "First mandate"
title.fr = "Premier mandat"
sources = ["report"]
verified = true
objectives = [{ key = "identify", text = { en = "Identify practices.", fr = "Recenser les pratiques." } }]

[[mandates]]
version = 2
since = "2022"
adopted_by.en = "The group"
adopted_by.fr = "Le groupe"
title.en = "Second mandate"
title.fr = "Second mandat"
sources = ["report"]
verified = true
objectives = [{ key = "identify", text = { en = "Identify practices.", fr = "Recenser les pratiques." } }]

[[history]]
when = "2020"
until = "2021"
text.en = "The group was formed."
text.fr = "Le groupe a été formé."
sources = ["report"]
verified = true
""",
    f"{REGION}/sources.toml": """\
[report]
title = { en = "A report", fr = "Un rapport" }
publisher = "Good schools"
kind = "official"
url = "https://good.example/report"
read_on = 2026-11-02
""",
    f"{REGION}/sectors.toml": """\
[courts]
common = ["judicial", "law-enforcement"]
side = "public"
name.en = "Courts"
name.fr = "Justice"
sources = ["report"]
verified = true

[care]
common = ["education", "health", "social-services"]
side = "public"
name.en = "Care"
name.fr = "Soin"
sources = ["report"]
verified = true

[associations]
common = ["civil-society"]
side = "civil-society"
name.en = "Associations"
name.fr = "Associations"
sources = ["report"]
verified = true
""",
    f"{REGION}/organisations.toml": """\
[tribunal]
sectors = ["courts"]
side = "public"
scope = "local"
name.en = "Good court"
name.fr = "Tribunal"
sources = ["report"]
verified = true

[hospital]
sectors = ["care"]
side = "public"
scope = "local"
name.en = "Good hospital"
name.fr = "Hôpital"
sources = ["report"]
verified = true

[listening-ear]
sectors = ["associations"]
side = "civil-society"
scope = "local"
name.en = "Listening Ear"
name.fr = "À l’écoute"
sources = ["report"]
verified = true
""",
    f"{REGION}/helplines.toml": """\
[line]
number = "000 000"
audiences = ["children", "witnesses", "emergency", "potential-perpetrators"]
prominent = true
name.en = "The line"
name.fr = "La ligne"
for_whom.en = "Anyone."
for_whom.fr = "Tous."
hours.en = "Day and night."
hours.fr = "Jour et nuit."
strip.en = "In danger?"
strip.fr = "En danger ?"
sources = ["report"]
verified = true
""",
    f"{REGION}/synonyms.toml": """\
[ear]
words.en = ["Listening Ear"]
words.fr = ["À l’écoute"]
""",
    f"{REGION}/ages.toml": """\
[majority]
years = 18
provisions = ["code-1"]
name.en = "Majority"
name.fr = "Majorité"
text.en = "Full age is 18."
text.fr = "La majorité est à 18 ans."
sources = ["report"]
verified = true
""",
    f"{REGION}/decision.toml": """\
version = 1
editorial = false
quorum_share = 0.5
quorum_sides = ["public", "civil-society"]
text.en = "By consensus."
text.fr = "Par consensus."
sources = ["report"]
verified = true
""",
    f"{REGION}/criteria.toml": """\
version = 1

[[questions]]
key = "lasting"
text.en = "Can it last?"
text.fr = "Peut-elle durer ?"
help.en = "Without those who began it."
help.fr = "Sans ceux qui l’ont lancée."
""",
    f"{REGION}/law/code.toml": """\
[instrument]
key = "code"
title.en = "Code"
title.fr = "Code"
cite.en = "art. {number}"
cite.fr = "art. {number}"
numbers_like = ["1-2"]
url = "https://good.example/code"

[provisions.code-1]
number = "3-14"

[[provisions.code-1.versions]]
from = 2020-01-01
title.en = "Majority"
title.fr = "Majorité"
convention = [{ ref = "3", confirmed = true }]
note.en = "Mapping confirmed by the legal service, 2026."
note.fr = "Lien confirmé par le service juridique, 2026."
sources = ["report"]
verified = true
""",
    f"{REGION}/practices/hearing.toml": """\
original = "en"
scope = "local"
running = "ongoing"
sectors = ["courts", "associations"]
convention = ["35"]
legal_basis = ["code-1"]
sources = ["report"]
verified = true
partners = [{ organisation = "tribunal" }, { organisation = "listening-ear" }]

[text.en]
title = "Joint hearing"
summary = "Two services hear together."
results = "Fewer hearings."
limits = "Nobody evaluated it."

[text.fr]
title = "Audition commune"
summary = "Deux services entendent ensemble."
results = "Moins d’auditions."
limits = "Personne ne l’a évaluée."
""",
    f"{REGION}/coverage.toml": "\n".join(
        f"""\
[{article}]
state = "none"
reviewer = "The group"
date = 2026-11-02
reason.en = "Looked for, not found."
reason.fr = "Cherché, non trouvé."
sources = ["report"]
verified = true
"""
        for article in range(4, 38)
        if article != 35
    ),
}


def write(root: Path, files: dict[str, str]) -> Path:
    """Write a package; the folder of its region is returned."""
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    return root / REGION


def spoilt(name: str, old: str, new: str) -> dict[str, str]:
    """The good package with *old* in *name* in another wording; all of *name*, when *old* is empty."""
    assert old in GOOD.get(name, ""), f"the good {name} has no such line"
    return {**GOOD, name: GOOD.get(name, "").replace(old, new) if old else new}
