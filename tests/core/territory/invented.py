"""An invented region with everything that Paris does not have yet: statements, retired keys, mergers, hostile texts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from tests.regions.writing import ORGANISATION, RegionPackage

EVIL = '<script>alert("x")</script>'

SECTORS: Mapping[str, Any] = {
    "courts": {
        "common": ["judicial"],
        "side": "public",
        "name": {"en": "Courts", "fr": "Tribunaux"},
        "former": ["tribunals"],
        "convention": ["10.1"],
    },
    "shelters": {"common": ["civil-society"], "side": "civil-society", "name": {"en": "Shelters", "fr": "Foyers"}},
    "almshouses": {
        "common": ["social-services"],
        "side": "mixed",
        "name": {"en": "Almshouses", "fr": "Hospices"},
        "until": date(2020, 1, 1),
        "replaced_by": "shelters",
    },
    "schools": {"common": ["education"], "side": "public", "name": {"fr": "Écoles"}},
}
SOURCES: Mapping[str, Any] = {
    "invented": {"title": "An invented document", "publisher": "Nobody", "kind": "organisation"},
    "hostile": {"title": EVIL, "publisher": EVIL, "kind": "press", "url": "https://example.org/?a=1&b=2"},
    "only-draft": {"title": "Read for a draft only", "publisher": "Nobody", "kind": "press"},
    "of-evidence": {
        "title": "Read for a figure",
        "publisher": "Nobody",
        "kind": "dataset",
        "read_on": date(2026, 1, 2),
    },
    "of-statement": {"title": "Read for a statement", "publisher": "Nobody", "kind": "official"},
    "unused": {"title": "Read for nothing", "publisher": "Nobody", "kind": "official"},
}
ORGANISATIONS: Mapping[str, Any] = {
    "court": {**ORGANISATION, "former": ["old-court"]},
    "shelter": {
        **ORGANISATION,
        "name": {"en": EVIL},
        "role": {"en": "Gives a bed", "fr": "Donne un lit"},
        "sectors": ["shelters", "courts"],
        "side": "civil-society",
        "scope": "national",
        "website": "https://shelter.example",
        "sources": ["hostile"],
    },
    "almshouse": {**ORGANISATION, "name": {"en": "Old almshouse"}, "sectors": ["almshouses"], "merged_into": "shelter"},
}
SHARED: Mapping[str, Any] = {
    "sectors": ["tribunals", "shelters"],
    "partners": [{"organisation": "old-court"}, {"organisation": "shelter"}],
    "convention": ["10.2", "10.3", "36.2"],
    "legal_basis": ["xt-old-1"],
    "evidence": [{"text": {"en": "A figure"}, "sources": ["of-evidence"]}],
}
PRACTICES: Mapping[str, Any] = {
    "courts-only": {"sectors": ["courts"], "convention": ["12.1"]},
    "held": {"publish": False, "sectors": ["courts", "schools"], "convention": ["34"], "sources": ["only-draft"]},
}
COVERAGE: Mapping[str, Any] = {
    "7": {
        "state": "none",
        "reviewer": "An invented committee",
        "date": date(2026, 3, 4),
        "reason": {"en": "Looked in two registers.", "fr": "Cherché dans deux registres."},
        "sources": ["of-statement"],
    },
    "45": {"state": "not-applicable", "reviewer": "The same", "date": date(2026, 3, 5), "reason": {"en": "Final."}},
    "31.1": {"state": "none", "reviewer": "The same", "date": date(2026, 3, 6), "reason": {"en": "A part of it."}},
    "10": {"state": "none", "reviewer": "The same", "date": date(2026, 3, 7), "reason": {"en": "Before it was found."}},
}
LAW = """
[instrument]
key = "xt-code"
eli = "https://law.example/eli/xt/code"
identifier = "XT 1/1990"
title.en = "Code of Testland"
cite.en = "Art. {number} Code"

[provisions.xt-1]
number = "1"
former = ["xt-old-1"]
[[provisions.xt-1.versions]]
until = 2019-12-31
title.en = "The first wording"
convention = [{ ref = "5" }]
verified = true
sources = ["invented"]
[[provisions.xt-1.versions]]
from = 2020-01-01
title.en = "The wording of today"
summary.en = "Schools and courts must meet."
introduced_by.en = "Act of 2019"
convention = [{ ref = "10.3" }, { ref = "10.1" }]
recheck.en = "Read in a copy."
verified = true
sources = ["invented"]

[provisions.xt-2]
number = "2"
[[provisions.xt-2.versions]]
until = 2001-12-31
title.en = "Repealed long ago"
convention = [{ ref = "8" }]
"""


def write_first(package: RegionPackage) -> None:
    """The first release: sector, provision and organisation under the keys that the second renames."""
    sectors = {"tribunals": {**SECTORS["courts"], "former": []}, "shelters": SECTORS["shelters"]}
    organisations = {
        "old-court": {**ORGANISATION, "sectors": ["tribunals"]},
        "shelter": {**ORGANISATIONS["shelter"], "sectors": ["shelters"]},
    }
    _write(
        package,
        LAW.replace("xt-1", "xt-old-1").replace('former = ["xt-old-1"]', ""),
        sectors=sectors,
        sources=SOURCES,
        organisations=organisations,
        practices={"shared": SHARED},
    )


def write_second(package: RegionPackage) -> None:
    """The second release, in which the practice that named the old keys is no longer: the region keeps it."""
    age = {"name": {"en": "Full age"}, "years": 18, "text": {"en": "At 18."}, "provisions": ["xt-1"]}
    line = {
        "name": {"en": "A line"},
        "number": "123",
        "for_whom": {"en": "Any child"},
        "audiences": ["children"],
        "prominent": True,
    }
    _write(
        package,
        LAW,
        sectors=SECTORS,
        sources=SOURCES,
        organisations=ORGANISATIONS,
        practices=PRACTICES,
        coverage=COVERAGE,
        ages={"full": age},
        helplines={"line": line},
    )


def _write(package: RegionPackage, law: str, **files: Any) -> None:
    mandate = {"version": 1, "objectives": [{"key": "one", "text": {"en": EVIL}}]}
    package.write(header={"draft": ["en", "fr"], "mandates": [mandate]}, **files)
    (package.folder / "law").mkdir()
    (package.folder / "law" / "code.toml").write_text(law, encoding="utf-8")
