"""How well the guard does on the corpus: ``python -m tests.core.guard.figures`` prints it, by language and kind.

A find counts when the guard points at its place, and stops it if it has to be stopped. An alarm is right when it points
at something that was marked, and stops nothing that should only be asked about.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import NamedTuple

from lanzarote.guard import check_text, reads_like_disclosure

from tests.core.guard.corpus import HARD, KINDS, SOFT, Text, corpus

QUIET = ("clean", "correction")


class Share(NamedTuple):
    part: int
    whole: int

    @property
    def value(self) -> float:
        return self.part / self.whole if self.whole else 1.0

    def plus(self, hit: bool) -> Share:
        return Share(self.part + hit, self.whole + 1)


Figures = dict[tuple[str, str], Share]
"""(language, what is measured) → share"""


@cache
def figures(held_out: bool | None = None) -> Figures:
    """Of the part that is held out, of the other, or of both."""
    found: Figures = defaultdict(lambda: Share(0, 0))
    for text in corpus():
        if held_out in (None, text.held_out):
            for what, hit in _measured(text):
                found[text.language, what] = found[text.language, what].plus(hit)
                found["all", what] = found["all", what].plus(hit)
    return found


def _measured(text: Text) -> list[tuple[str, bool]]:
    concerns = check_text(text.text)
    measured = []
    for find in text.finds:
        hit = any(one.start < find.end and find.start < one.end and (one.hard or not find.hard) for one in concerns)
        measured += [(text.kind, hit), ("recall, hard" if find.hard else "recall, soft", hit)]
    if text.kind != "disclosure":
        for one in concerns:
            right = any(one.start < find.end and find.start < one.end and find.hard >= one.hard for find in text.finds)
            measured.append(("precision, hard" if one.hard else "precision, soft", right))
    if text.kind in QUIET:
        measured += [("alarms on clean texts", bool(concerns)), ("disclosures on clean texts", _discloses(text))]
    elif text.kind == "disclosure":
        measured.append(("disclosure", _discloses(text)))
    return measured


def _discloses(text: Text) -> bool:
    return reads_like_disclosure(text.text)


def table(held_out: bool | None) -> str:
    measured = figures(held_out)
    languages = [*sorted({language for language, _ in measured} - {"all"}), "all"]
    totals = ("recall, hard", "precision, hard", "recall, soft", "precision, soft")
    rows = [*HARD, *SOFT, *totals, "alarms on clean texts", "disclosure", "disclosures on clean texts"]
    lines = [f"{'':28}" + "".join(f"{language:>13}" for language in languages)]
    for row in rows:
        cells = []
        for language in languages:
            share = measured.get((language, row), Share(0, 0))
            cells.append(f"{share.value:6.3f} {share.part:3}/{share.whole:<4}" if share.whole else "")
        lines.append(f"{row:28}" + "".join(f"{cell:>13} " for cell in cells))
    return "\n".join(lines)


if __name__ == "__main__":
    texts = corpus()
    for name, part in (("Looked at while it was tuned", False), ("Held out", True), ("Both", None)):
        here = [text for text in texts if part in (None, text.held_out)]
        kinds = ", ".join(f"{kind} {sum(text.kind == kind for text in here)}" for kind in KINDS)
        print(f"\n{name}: {len(here)} texts ({kinds})\n\n{table(part)}")
