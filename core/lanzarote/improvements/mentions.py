"""Organisations whose names stand in the text of a finding, whether they are ticked there or not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from lanzarote.improvements.rules import texts_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lanzarote.directory.model import Stakeholder
    from lanzarote.types import Finding

_SHORT: Final = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*(?: \d+)?")
"""Such as OFMIN, AP-HP or CRIP 75, if all of it is capitals."""
_BRACKETED: Final = re.compile(r"\s*\(([^()]*)\)")
_FEWEST_LETTERS: Final = 6
"""A name that is shorter is a word like others."""
_FEWEST_CAPITALS: Final = 3


def mentioned_in(finding: Finding, directory: Sequence[Stakeholder]) -> tuple[Stakeholder, ...]:
    """Those of *directory* that *finding* writes by their name, in any language, or by a short name that is theirs."""
    # Where something is published says nothing of who is observed.
    said = "\n".join(text for place, text in texts_of(finding) if not place.startswith("own_sources"))
    text = _plain(said)
    shorts = {one.id: set(_shorts(one)) for one in directory}
    return tuple(
        one
        for one in directory
        if any(_stands(name, text, anyhow=True) for name in _names(one))
        or any(_stands(name, text) for name in shorts[one.id] if _is_theirs(name, one, shorts))
    )


def _names(one: Stakeholder) -> set[str]:
    """Its names in full, and without what stands in brackets."""
    names = {_plain(name) for name in one.organisation.name.values()}
    names |= {_BRACKETED.sub("", name).strip() for name in names}
    return {name for name in names if sum(map(str.isalnum, name)) >= _FEWEST_LETTERS}


def _shorts(one: Stakeholder) -> Iterator[str]:
    for name in map(_plain, one.organisation.name.values()):
        for part in (*_BRACKETED.findall(name), *_BRACKETED.sub("", name).split(" - ")):
            short = part.strip()
            if short.isupper() and _SHORT.fullmatch(short) and sum(map(str.isalpha, short)) >= _FEWEST_CAPITALS:
                yield short


def _is_theirs(short: str, one: Stakeholder, shorts: dict[str, set[str]]) -> bool:
    """Whether no other has *short* in its name, or it is made of the first letters of this one's."""
    if sum(short in some for some in shorts.values()) == 1:
        return True
    letters = "".join(filter(str.isalpha, short))
    heads = (_BRACKETED.sub("", _plain(name)) for name in one.organisation.name.values())
    return letters in {
        "".join(word[0] for word in re.findall(r"[^\W\d_]+", head) if word[0].isupper()) for head in heads
    }


def _stands(name: str, text: str, *, anyhow: bool = False) -> bool:
    """Whether *name* stands in *text* between other words; *anyhow*: also with a small letter at its beginning."""
    first = f"[{re.escape(name[0].lower() + name[0].upper())}]" if anyhow and name[0].isalpha() else re.escape(name[0])
    return re.search(rf"(?<!\w){first}{re.escape(name[1:])}(?!\w)", text) is not None


def _plain(text: str) -> str:
    """*text* with one kind of apostrophe, dash and space."""
    text = re.sub("[‘’ʼ`´]", "'", re.sub("[‐‑‒–—―]", "-", text))
    return re.sub(r"\s+", " ", text)
