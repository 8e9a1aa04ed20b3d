"""What a reader asks of the list of practices, as the address says it: words, facets, place, shortlist."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from msgspec import Struct

from lanzarote.errors import LanzaroteError
from lanzarote.practices.facets import OWN
from lanzarote.search.asked import read

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from litestar.datastructures import MultiDict

    from lanzarote.regions.vocabulary import Vocabulary

IN_REGION = ("sector", "side", "article", "domain", "target", "standing", "running", "scope", "cost", OWN)
EVERYWHERE = ("region", "common", "side", "article", "domain", "target", "standing", "running", "scope", "cost")
PICK = "p"
"""Each practice on the shortlist, in the address: nothing is stored on the reader's device."""

EXACT = "as_written"
LONGEST_QUERY = 200
MOST_VALUES = 50
LONGEST_VALUE = 120
MOST_PICKED = 12

Pairs = list[tuple[str, str]]


class TooMuch(LanzaroteError):
    """An address holds more than any of our links would."""


class Question(Struct, frozen=True, kw_only=True):
    """What is asked for."""

    q: str = ""
    cut: bool = False
    """The words asked for were more than are looked for; the rest was left out."""
    terms: bool = False
    """There is a word in it to look for."""
    exact: bool = False
    """What no text holds is not looked for in another spelling."""
    filters: Mapping[str, tuple[str, ...]] = {}
    cursor: str = ""
    picked: tuple[str, ...] = ()
    format: str = ""

    def words(self) -> Pairs:
        return [("q", self.q), *([(EXACT, "yes")] if self.exact else ())] if self.q else []

    def choices(self) -> Pairs:
        return [(facet, value) for facet, values in self.filters.items() for value in values]

    def picks(self) -> Pairs:
        return [(PICK, slug) for slug in self.picked]

    def pairs(self) -> Pairs:
        """Everything but the place in the list."""
        return self.words() + self.choices() + self.picks()


def read_question(params: MultiDict[str], facets: Sequence[str]) -> Question:
    """Read the address; what it does not know it ignores. Raises TooMuch."""
    given = [(name, params.getall(name)) for name in (*facets, PICK) if name in params]
    count = sum(len(values) for _, values in given)
    if count > MOST_VALUES or any(len(value) > LONGEST_VALUE for _, values in given for value in values):
        raise TooMuch(f"This address asks for too much at once; at most {MOST_VALUES} choices can be combined.")
    chosen = {name: _each_once(values) for name, values in given}
    picked = chosen.pop(PICK, ())
    if len(picked) > MOST_PICKED:
        raise TooMuch(f"A shortlist holds at most {MOST_PICKED} practices; take some away first.")
    q = " ".join(params.get("q", "").split())
    return Question(
        q=q[:LONGEST_QUERY],
        cut=len(q) > LONGEST_QUERY,
        terms=bool(read(q[:LONGEST_QUERY])),
        exact=params.get(EXACT) == "yes",
        filters={name: values for name, values in chosen.items() if values},
        cursor=params.get("cursor", ""),
        picked=picked,
        format=params.get("format", ""),
    )


def index_filters(filters: Mapping[str, Sequence[str]], terms: Vocabulary | None) -> dict[str, Sequence[str]]:
    """*filters* of an address as the facet index knows them: by the present keys of *terms*, each question apart."""
    apart: dict[str, Any] = {facet: values for facet, values in filters.items() if facet != OWN}
    if terms is not None and "sector" in filters:
        apart["sector"] = terms.present_keys("sector", filters["sector"])
    if terms is not None:
        for value in filters.get(OWN, ()):
            key, _, answer = value.partition(":")
            apart.setdefault(f"{OWN}:{terms.present_key('field', key)}", []).append(answer)
    return apart


def address(path: str, pairs: Iterable[tuple[str, str]]) -> str:
    query = urlencode(list(pairs))
    return f"{path}?{query}" if query else path


def _each_once(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))
