"""What all regions together have documented: the tables of the overview and of the trends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lanzarote.facts.convention import FOUR_PS
from lanzarote.office import desk, words
from lanzarote.office.sheets import Cell, Head, Line, sheet
from lanzarote.web import labels

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lanzarote.office.service import Figures
    from lanzarote.office.sheets import Sheet
    from lanzarote.web.site import View


def overview(view: View, figures: Figures, *, linked: bool = True) -> list[Sheet]:
    """Sectors, the four Ps, target groups, the two banks, who vouches."""
    _ = view._
    return [
        _bars(view, "common", _("Practices by common sector"), _("Common sector"), _sectors(view, figures, linked)),
        _bars(
            view, "domains", _("Practices by domain"), _("Domain"), _labelled(view, figures, "domain", FOUR_PS, linked)
        ),
        _bars(
            view,
            "targets",
            _("Practices by target group"),
            _("For whom"),
            _labelled(view, figures, "target", words.TARGETS, linked),
        ),
        _bars(view, "banks", _("On which banks practices have partners"), _("Partners"), _banks(view, figures, linked)),
        _bars(
            view,
            "standing",
            _("How it is known"),
            _("Standing"),
            _labelled(view, figures, "standing", tuple(labels.LABELS["standing"]), linked),
        ),
    ]


def trends(view: View, figures: Figures) -> list[Sheet]:
    """Practices by the year in which they began and the strength of their evidence."""
    _ = view._
    begun = figures.measure("begun")
    years = sorted({year for year, _strength in begun if year})
    columns = tuple(Head(label=labels.say("strength", one, view.translator)) for one in words.STRENGTHS)
    lines = [
        Line(
            head=Head(label=year or _("Not stated in the sources")),
            cells=(
                desk.records_cell(view, _of_year(figures, year), "begun", year),
                *(
                    desk.records_cell(view, figures.total("begun", year, strength), "begun", year, strength)
                    for strength in words.STRENGTHS
                ),
            ),
        )
        for year in [*years, *([""] if any(not year for year, _strength in begun) else [])]
    ]
    total = Line(
        head=Head(label=_("In all")),
        cells=(
            desk.search_cell(view, figures.total("practice")),
            *(
                desk.records_cell(
                    view,
                    sum(figures.total("begun", year, strength) for year in ["", *years]),
                    "begun",
                    None,
                    strength,
                )
                for strength in words.STRENGTHS
            ),
        ),
        whole=True,
    )
    strengths = [
        Line(head=Head(label=head.label), cells=(cell,)) for head, cell in zip(columns, total.cells[1:], strict=True)
    ]
    return [
        sheet(
            view,
            key="years",
            title=_("Practices by the year in which they began"),
            about=_("Year"),
            columns=(Head(label=_("Practices")), *columns),
            lines=(*lines, total) if lines else (),
            note=_("Beside each year: how strong the evidence for these practices is said to be."),
            look="bars",
            empty=_("No practice is released yet; the first one released makes its year appear here."),
        ),
        _bars(view, "strengths", _("Practices by strength of evidence"), _("Evidence"), strengths),
        *overview(view, figures)[1:3],
    ]


def _of_year(figures: Figures, year: str) -> int:
    return sum(sum(n.values()) for (of, _), n in figures.measure("begun").items() if of == year)


def _bars(view: View, key: str, title: str, about: str, lines: Iterable[Line]) -> Sheet:
    return sheet(
        view,
        key=key,
        title=title,
        about=about,
        columns=(Head(label=view._("Practices")),),
        lines=tuple(lines),
        look="bars",
        empty=view._("No practice is released yet that tells of this."),
    )


def _sectors(view: View, figures: Figures, linked: bool) -> Iterator[Line]:
    for key, name in words.sector_names(view).items():
        yield _line(view, name, figures.total("common", key), linked, common=key)


def _labelled(view: View, figures: Figures, measure: str, values: Sequence[str], linked: bool) -> Iterator[Line]:
    for value in values:
        label = labels.say(measure, value, view.translator)
        yield _line(view, label, figures.total(measure, value), linked, **{measure: value})


def _banks(view: View, figures: Figures, linked: bool) -> Iterator[Line]:
    for bank, label in words.BANKS.items():
        n = figures.total("banks", bank)
        cell = desk.records_cell(view, n, "banks", bank) if linked else Cell(n)
        side = bank if bank in ("public", "civil-society") else ""
        yield Line(head=Head(label=view._(label), side=side), cells=(cell,))


def _line(view: View, label: Any, n: int, linked: bool, **choice: str) -> Line:
    return Line(head=Head(label=label), cells=(desk.search_cell(view, n, **choice) if linked else Cell(n),))
