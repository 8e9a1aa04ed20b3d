"""The questions a practice answers, in one table: form, blank sheet, differences and faults all speak from it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from msgspec import Struct

from lanzarote.kinds.fields import Field, Option, Shape
from lanzarote.kinds.law_and_sources import cited, provisions, sectors, sources
from lanzarote.kinds.organisations import organisations
from lanzarote.practices import service
from lanzarote.translation import N_
from lanzarote.types import SheetText, Side, SourcedField
from lanzarote.web.labels import LABELS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from lanzarote.kinds.fields import What
    from lanzarote.types import PracticeField
    from lanzarote.web.labels import Voice
    from lanzarote.web.site import View

Kind = Literal["line", "text", "code", "codes", "keys", "date", "tick", "partners", "evidence", "own_sources", "note"]
"""code, codes: one or some of a fixed list; keys: some of the region's own entries."""


class FormField(Field, frozen=True, kw_only=True):
    """A field, with what the form says besides."""

    kind: Kind
    example: str = ""
    advised: int = 0
    """Characters that a good answer takes, about."""
    codes: str = ""
    """Kind of ``web.labels`` that words a fixed list."""
    under: str = ""
    """The field whose question it belongs to."""


class Group(Struct, frozen=True, kw_only=True):
    """Questions that are asked together."""

    name: str
    title: str
    intro: str = ""
    fields: tuple[FormField, ...]

    @property
    def questions(self) -> tuple[tuple[FormField, ...], ...]:
        """Each field with a question of its own, with those under it."""
        return tuple((one, *(other for other in self.fields if other.under == one.name)) for one in self.alone)

    @property
    def alone(self) -> tuple[FormField, ...]:
        return tuple(one for one in self.fields if not one.under)


def _text(name: str, help_: str, example: str = "", *, advised: int = 800, **more: Any) -> FormField:
    kind: Kind = "line" if name == "title" else "text"
    label = LABELS["text"][name]
    return FormField(name=name, kind=kind, label=label, help=help_, example=example, advised=advised, **more)


def _codes(kind: str) -> Callable[[View, Sequence[str]], Iterator[Option]]:
    """All of a fixed list, of which several can be chosen."""

    def options(view: View, _: Sequence[str]) -> Iterator[Option]:
        return (Option(value=code, label=view._(words)) for code, words in LABELS[kind].items())

    return options


def _related(view: View, chosen: Sequence[str]) -> Iterator[Option]:
    """The practices that are chosen, as far as the public reads them."""
    for key in dict.fromkeys(chosen):
        for card in service.by_keys(view.instance.database, view.region_id, (key,)):
            yield Option(value=key, label=view.text(card.title, card.original)[0])


def _sourced(view: View, _: Sequence[str]) -> Iterator[Option]:
    return (Option(value=name, label=view._(FIELDS[name].label)) for name in SOURCED)


def _asked(view: Voice) -> list[Shape]:
    """The region's own questions, under the keys that they had before, too."""
    return [
        _question(view, name, field) for key, field in view.vocabulary.fields.items() for name in (key, *field.former)
    ]


def _question(view: Voice, key: str, field: PracticeField) -> Shape:
    words = LABELS["answer"] if field.type == "yes-no" else {}
    options = partial(_choices, field) if field.type in ("choice", "choices") else None
    named = Field(name=key, label=view.say(field.label), words=words, options=options)
    return Shape(field=named, what=ANSWERED[field.type], codes=tuple(words))


def _choices(field: PracticeField, view: View, _: Sequence[str]) -> Iterator[Option]:
    return (Option(value=one.key, label=view.say(one.name)) for one in field.choices)


ANSWERED: Final[Mapping[str, What]] = {
    "text": "texts", "choice": "choice", "choices": "choices", "number": "number", "date": "partial-day",
    "yes-no": "yes-no",
}  # fmt: skip
"""Type of a region's own question → what its answer is."""
PARTNER: Final = (
    Field(name="organisation", label=N_("Organisation"), options=organisations),
    Field(name="sector", label=N_("Sector"), options=sectors),
    Field(name="side", label=N_("Side"), words={code: LABELS["side"][code] for code in get_args(Side)}),
    Field(name="part", label=N_("What it does")),
)
FIGURE: Final = (
    Field(name="value", label=N_("Number")),
    Field(name="unit", label=N_("What it counts")),
    Field(name="period", label=N_("Period")),
    Field(name="text", label=N_("What it says")),
    Field(name="sources", label=N_("Where it can be read"), options=cited),
)
DOCUMENT: Final = (
    Field(name="title", label=N_("Title")),
    Field(name="publisher", label=N_("Published by")),
    Field(name="url", label=N_("Address")),
    Field(name="kind", label=N_("Kind of document"), words=LABELS["source"], usual="organisation"),
    Field(name="language", label=N_("Language"), carried=True),
    Field(name="read_on", label=N_("Read on")),
)

FIRST: Final = Group(
    name="first",
    title=N_("Ten questions"),
    intro=N_("You can save at any time and go on later; all ten are answered before the practice is submitted."),
    fields=(
        _text(
            "title",
            N_("What is done, and for whom, in one line."),
            N_("A child is heard once, at the hospital, by police and doctors together"),
            advised=110,
        ),
        _text(
            "summary",
            N_("Two or three sentences for somebody who has one minute."),
            N_("When abuse is suspected, police, hospital and an association meet the child in one place, on one day."),
            advised=500,
        ),
        _text(
            "problem",
            N_("What was missing, or went wrong, before."),
            N_("Children were heard several times, by services that did not know of each other."),
        ),
        _text(
            "activities",
            N_("What happens, step by step, and who does it."),
            N_(
                "The prosecutor calls; the child is examined and heard that day; the association stays with the family."
            ),
            advised=1_500,
        ),
        FormField(
            name="partners",
            kind="partners",
            one=N_("Partner"),
            fields=PARTNER,
            label=N_("Who does it together"),
            help=N_(
                "One line for each body: an organisation of the directory, or only its sector and side "
                "if none should be named. Say in a few words what it does."
            ),
            example=N_("Children’s hospital: examines the child and lends the room."),
        ),
        FormField(
            name="sectors",
            kind="keys",
            options=sectors,
            label=N_("Sectors"),
            help=N_("The fields of work that take part."),
        ),
        FormField(
            name="target_groups",
            kind="codes",
            label=N_("Target groups"),
            help=N_("Tick everyone it is meant for."),
            codes="target",
            options=_codes("target"),
        ),
        _text(
            "target_group",
            N_("In your own words, if the list does not say it all."),
            N_("Children under twelve, and the adults who look after them"),
            advised=200,
            under="target_groups",
        ),
        FormField(
            name="scope",
            kind="code",
            label=N_("Scale"),
            help=N_("How far it reaches today."),
            codes="scope",
            words=LABELS["scope"],
        ),
        FormField(
            name="running",
            kind="code",
            label=N_("State"),
            help=N_("Does it run today?"),
            codes="running",
            words=LABELS["running"],
        ),
        FormField(
            name="started",
            kind="date",
            label=N_("Since"),
            help=N_("A year is enough."),
            example=N_("2014 or 2014-06"),
            under="running",
        ),
        FormField(
            name="ended",
            kind="date",
            label=N_("Ended in"),
            help=N_("Only if it has ended."),
            example=N_("2022 or 2022-12"),
            under="running",
        ),
        _text(
            "transfer",
            N_("What somebody elsewhere must have before they can begin: people, agreements, rooms, training, law."),
            N_("An agreement between prosecutor and hospital; a quiet room; two trained investigators."),
        ),
    ),
)

MORE: Final = (
    Group(
        name="how",
        title=N_("How it is done"),
        fields=(
            _text("objectives", N_("What it wants to reach."), N_("That no child has to tell it twice.")),
            _text(
                "means",
                N_("Staff, money, premises, training."),
                N_("Half a post to co-ordinate, one room, two days of training a year."),
            ),
            FormField(
                name="cost",
                kind="code",
                label=N_("Cost"),
                help=N_("Only if you know it, or a source says it."),
                codes="cost",
                words=LABELS["cost"],
            ),
            _text(
                "keys_to_success",
                N_("What made it work; what you would do first if you began again."),
                N_("The partners met every month before the first child came."),
            ),
            _text(
                "difficulties",
                N_("What was, or still is, hard. Others learn most from this."),
                N_("No room was free at night, so that urgent cases waited."),
            ),
        ),
    ),
    Group(
        name="results",
        title=N_("Results and evidence"),
        fields=(
            _text("expected_results", N_("What should be different afterwards.")),
            _text("results", N_("What was seen to change, and how that was found out.")),
            FormField(
                name="evidence",
                kind="evidence",
                one=N_("Figure"),
                fields=FIGURE,
                label=N_("Figures"),
                help=N_(
                    "A number, what it counts, for when, and where it can be read. "
                    "Never a number of so few people that one could be recognised."
                ),
                example=N_("145 · units open · end of 2023"),
            ),
            FormField(
                name="no_published_effect",
                kind="tick",
                label=N_("No evaluated effect on children is published in the sources read."),
                help=N_("The page says so once. Figures of activity are no evaluated effect."),
            ),
            _text("theory", N_("Why it should work: a study, a method, experience from elsewhere.")),
        ),
    ),
    Group(
        name="rights",
        title=N_("Rights and participation"),
        fields=(
            _text("ethics", N_("How the rights, the safety and the wishes of the child are respected.")),
            _text("equity", N_("Who might be left out, and what is done so that they are not.")),
            _text("participation", N_("How children, families or survivors have a say in it.")),
        ),
    ),
    Group(
        name="agreement",
        title=N_("How the partners agree"),
        fields=(
            _text("information_exchange", N_("Who may share what with whom, and on which written basis.")),
            _text(
                "review",
                N_("When and by whom the agreement is looked at again, and what happens if partners disagree."),
            ),
            _text("sustainability", N_("What keeps it going when a person leaves or a grant ends.")),
        ),
    ),
    Group(
        name="law",
        title=N_("Law and the Convention"),
        fields=(
            FormField(
                name="legal_basis",
                kind="keys",
                options=provisions,
                label=N_("Legal basis"),
                help=N_("The articles of law it rests on."),
            ),
            FormField(
                name="convention",
                kind="keys",
                label=N_("Articles of the Convention"),
                help=N_("Those it helps to put into practice, as you see it: this is shown as an editorial mapping."),
            ),
            FormField(
                name="domains",
                kind="codes",
                label=N_("Domain"),
                help=N_("Which of the four it is about; several are possible."),
                codes="domain",
                options=_codes("domain"),
            ),
        ),
    ),
    Group(
        name="sources",
        title=N_("Sources and limits"),
        fields=(
            FormField(
                name="own_sources",
                kind="own_sources",
                one=N_("Document"),
                fields=DOCUMENT,
                label=N_("Documents about it"),
                help=N_("An agreement, a report, a page. Title, who published it, and where it can be read."),
            ),
            FormField(
                name="sources",
                kind="keys",
                options=sources,
                label=N_("Sources"),
                help=N_("Documents that the region lists already."),
            ),
            FormField(
                name="verified",
                kind="tick",
                label=N_("Everything stated here was read in the sources given."),
                help=N_("Without this tick the page says that it is not verified."),
            ),
            FormField(
                name="note",
                kind="note",
                label=N_("How it was checked"),
                help=N_("What a reader should know about how this was found out, or what remains open."),
            ),
            _text("limits", N_("What is not known, not measured, or not shown by any source.")),
        ),
    ),
    Group(
        name="beside",
        title=N_("What belongs with it"),
        fields=(
            FormField(
                name="related",
                kind="keys",
                options=_related,
                label=N_("Related practices"),
                help=N_("Practices of this region that go with it, or that it grew out of."),
            ),
        ),
    ),
)
GROUPS: Final = (FIRST, *MORE)
FIELDS: Final[Mapping[str, FormField]] = {one.name: one for group in GROUPS for one in group.fields}
TEXTS: Final = tuple(SheetText.__struct_fields__)
SOURCED: Final[tuple[SourcedField, ...]] = get_args(SourcedField)
"""Fields that can name the sources that say them."""

BESIDE: Final = (
    Field(
        name="field_sources",
        label=N_("Sources"),
        fields=tuple(Field(name=name, label=FIELDS[name].label, options=cited) for name in SOURCED),
    ),
    Field(name="editorial", label=N_("Conclusions drawn from the sources"), options=_sourced),
    Field(name="answers", label="", asked=_asked),
)
"""What stands beside the questions of the form."""
ROWS: Final[Mapping[str, tuple[str, ...]]] = {
    "partners": tuple(one.name for one in PARTNER),
    "evidence": tuple(one.name for one in FIGURE),
    "own_sources": ("key", "title", "publisher", "url", "kind", "read_on"),
}
"""What may be said more than once, and the cells of each row."""
BY_LANGUAGE: Final = frozenset({"part", "unit", "period", "text"})
"""Cells that are written in each language."""
CELLS: Final[Mapping[str, str]] = {one.name: one.label for one in (*DOCUMENT, *FIGURE, *PARTNER)}

CODES: Final[Mapping[str, tuple[str, ...]]] = {
    **{one.name: tuple(LABELS[one.codes]) for one in FIELDS.values() if one.codes},
    "side": tuple(PARTNER[2].words),
    "kind": tuple(LABELS["source"]),
}
"""Field, or cell of a row → what can stand there."""


def label(name: str) -> str:
    """The English words for the field *name*, to be translated."""
    return FIELDS[name].label
