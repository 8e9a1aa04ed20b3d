"""What all regions together have documented: the tables of the overview and of the trends, and their words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup, escape

from lanzarote.facts.convention import FOUR_PS, common_sectors
from lanzarote.office import desk
from lanzarote.office.desk import Cell, Head, Line, sheet
from lanzarote.translation import N_, in_language
from lanzarote.web import labels

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from lanzarote.office.desk import Sheet
    from lanzarote.office.service import Figures
    from lanzarote.web.site import View


# --- What the office calls what it counts, for pages and files ---

BANKS: Final[Mapping[str, str]] = {
    "both": N_("Public institutions and civil society together"),
    "public": N_("Public institutions; no civil-society partner named"),
    "civil-society": N_("Civil society; no public partner named"),
    "neither": N_("No partner of either side named"),
}
IMPROVEMENTS: Final[Mapping[str, str]] = {
    "adopted": N_("Adopted by the group"),
    "completed": N_("Adopted, and everything done"),
    "not-adopted": N_("Not adopted"),
    "discussed-again": N_("Discussed again"),
    "dropped": N_("Dropped after the decision"),
}
ACTIONS: Final[Mapping[str, str]] = {
    "not-begun": N_("Not begun"),
    "under-way": N_("Under way"),
    "done": N_("Done"),
    "given-up": N_("Given up"),
}
PROCEDURES: Final[Mapping[str, str]] = {
    "endorsed": N_("Endorsed by every party"),
    "applied": N_("Applied by every party, as they declare"),
    "documented": N_("Documented, description endorsed by no party"),
    "lapsed": N_("No longer endorsed by all"),
    "superseded": N_("Superseded by another"),
}
OUTCOMES: Final[Mapping[str, str]] = {
    "extend": N_("Extend"),
    "not-yet": N_("Not yet"),
    "stop": N_("Stop"),
    "": N_("Evaluated, not decided"),
}
STRENGTHS: Final = ("not-assessed", "pioneering", "prudent", "promising", "effective")
TARGETS: Final = tuple(labels.LABELS["target"])


def sector_names(view: View) -> dict[str, Markup]:
    """Common sector → its name for this reader."""
    return {one.key: _said(view, one.name) for one in common_sectors()}


def state_name(view: View, names: Mapping[str, str]) -> Markup:
    return _said(view, names)


def _said(view: View, names: Mapping[str, str]) -> Markup:
    return escape(in_language(*view.text(names, "en"), view.lang))


# --- What all regions together have documented: the tables of the overview and of the trends ---


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
            _labelled(view, figures, "target", TARGETS, linked),
        ),
        _bars(view, "banks", _("Public and civil-society partners"), _("Partners"), _banks(view, figures, linked)),
        _bars(
            view,
            "standing",
            _("How it is known"),
            _("Status"),
            _labelled(view, figures, "standing", tuple(labels.LABELS["standing"]), linked),
        ),
    ]


def trends(view: View, figures: Figures) -> list[Sheet]:
    """Practices by the year in which they began and the strength of their evidence."""
    _ = view._
    begun = figures.measure("begun")
    years = sorted({year for year, _strength in begun if year})
    columns = tuple(Head(label=labels.say("strength", one, view.translator)) for one in STRENGTHS)
    lines = [
        Line(
            head=Head(label=year or _("Not stated in the sources")),
            cells=(
                desk.records_cell(view, _of_year(figures, year), "begun", year),
                *(
                    desk.records_cell(view, figures.total("begun", year, strength), "begun", year, strength)
                    for strength in STRENGTHS
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
                for strength in STRENGTHS
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
        empty=view._("No released practice is about this yet."),
    )


def _sectors(view: View, figures: Figures, linked: bool) -> Iterator[Line]:
    for key, name in sector_names(view).items():
        yield _line(view, name, figures.total("common", key), linked, common=key)


def _labelled(view: View, figures: Figures, measure: str, values: Sequence[str], linked: bool) -> Iterator[Line]:
    for value in values:
        label = labels.say(measure, value, view.translator)
        yield _line(view, label, figures.total(measure, value), linked, **{measure: value})


def _banks(view: View, figures: Figures, linked: bool) -> Iterator[Line]:
    for bank, label in BANKS.items():
        n = figures.total("banks", bank)
        cell = desk.records_cell(view, n, "banks", bank) if linked else Cell(n)
        side = bank if bank in ("public", "civil-society") else ""
        yield Line(head=Head(label=view._(label), side=side), cells=(cell,))


def _line(view: View, label: Any, n: int, linked: bool, **choice: str) -> Line:
    return Line(head=Head(label=label), cells=(desk.search_cell(view, n, **choice) if linked else Cell(n),))
