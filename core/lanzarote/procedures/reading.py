"""A procedure as a page tells it: parties and where each stands, steps, what is passed on, the flow for the picture."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from markupsafe import Markup
from msgspec import Struct

from lanzarote.directory.service import named
from lanzarote.procedures.lanes import Flow, FlowLane, FlowStep, ways_of
from lanzarote.procedures.model import Stand, due_on, stands_of
from lanzarote.procedures.words import MEASURES, NATURE_NOTES, TEXTS, duration
from lanzarote.translation import as_text, in_language, language_name, texts_named
from lanzarote.web import labels
from lanzarote.web.region_reading import article_links, tell_provision, tell_source, tell_sources, told

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lanzarote.procedures.model import ProcedureStatus, Said
    from lanzarote.types import Passing, Procedure, ProcedureStep, Side
    from lanzarote.web.labels import Voice
    from lanzarote.web.region_reading import ArticleLink, ProvisionLine, ToldSource


class Who(Struct, frozen=True, kw_only=True):
    """A body or a sector, as it is named on a page."""

    name: Markup | str
    words: str
    """The name without markup, for pictures and files; it knows its language."""
    href: str = ""
    side: Side | None = None
    body: bool = False


class Party(Struct, frozen=True, kw_only=True):
    who: Who
    part: Markup
    id: str
    """Of the body; empty: no body is named."""
    stand: Stand


class Passed(Struct, frozen=True, kw_only=True):
    """Something that is passed on."""

    what: Markup
    to: Who | None
    confidential: bool
    basis: ProvisionLine | None
    basis_text: Markup


class Follows(Struct, frozen=True, kw_only=True):
    condition: Markup | str
    number: int
    """Of the step that follows; 0: one that is not there."""
    title: Markup | str


class StepRow(Struct, frozen=True, kw_only=True):
    """A step as the table tells it."""

    number: int
    key: str
    title: Markup
    who: Who | None
    trigger: Markup
    deadline: Markup
    within: str
    input: Markup
    output: Markup
    passes: tuple[Passed, ...]
    follows: tuple[Follows, ...]
    branching: bool
    end: bool


class MeasureLine(Struct, frozen=True, kw_only=True):
    kind: str
    title: Markup
    text: Markup
    who: Who | None


class Linked(Struct, frozen=True, kw_only=True):
    title: Markup | str
    href: str


class Section(Struct, frozen=True, kw_only=True):
    name: str
    label: str
    lang: str
    paragraphs: tuple[str, ...]


class Reading(Struct, frozen=True, kw_only=True):
    """Everything that a page tells of it."""

    title: Markup
    plain_title: str
    title_lang: str
    untranslated: str
    """The language it is written in, where that is not the page's."""
    stale: bool
    nature: str
    nature_note: str
    sections: tuple[Section, ...]
    parties: tuple[Party, ...]
    partyless: tuple[Who, ...]
    """Who does a step of what was written to be endorsed, and is no party to it: nobody spoke for them."""
    steps: tuple[StepRow, ...]
    measures: tuple[MeasureLine, ...]
    legal_basis: tuple[ProvisionLine, ...]
    articles: tuple[ArticleLink, ...]
    practices: tuple[Linked, ...]
    sources: tuple[ToldSource, ...]
    note: Markup
    verified: bool
    endorsed_on: date | None
    due_on: date | None
    """The day on which it is to be looked at again; computed, never stored."""
    flow: Flow


class Teller:
    """Tells one procedure to one reader."""

    def __init__(self, view: Voice, procedure: Procedure, practices: Sequence[Linked] = ()) -> None:
        self.view, self.procedure, self.practices = view, procedure, practices
        self.directory = named(view.directory)

    def tell(self, status: ProcedureStatus, parties: Mapping[str, str], stands: Mapping[str, Stand]) -> Reading:
        view, procedure = self.view, self.procedure
        title, lang = view.text(texts_named(procedure.text, "title"), procedure.original)
        legal = [view.vocabulary.present_key("provision", key) for key in procedure.legal_basis]
        own = [tell_source(view, source.key, source) for source in procedure.own_sources]
        return Reading(
            title=labels.written(title, lang, view.lang),
            plain_title=title,
            title_lang=lang,
            untranslated="" if view.lang in procedure.text else language_name(procedure.original, view.lang),
            stale=view.lang in procedure.stale,
            nature=procedure.nature,
            nature_note=view._(NATURE_NOTES[procedure.nature]) if procedure.nature in NATURE_NOTES else "",
            sections=tuple(self._sections()),
            parties=tuple(self.parties(parties, stands)),
            partyless=tuple(self._partyless()),
            steps=tuple(self._row(number, step) for number, step in enumerate(procedure.steps, 1)),
            measures=tuple(
                MeasureLine(
                    kind=view._(MEASURES[one.kind]),
                    title=self._told(one.title),
                    text=self._told(one.text),
                    who=self._who(one),
                )
                for one in procedure.measures
            ),
            legal_basis=tuple(tell_provision(view, key) for key in legal if key in view.vocabulary.provisions),
            articles=article_links(view, procedure.convention),
            practices=tuple(self.practices),
            sources=(*tell_sources(view, self._present("source", procedure.sources)), *own),
            note=self._told(procedure.note),
            verified=procedure.verified,
            endorsed_on=status.endorsed_on,
            due_on=due_on(procedure, status),
            flow=self.flow(in_language(title, lang, view.lang)),
        )

    def flow(self, title: str) -> Flow:
        """The flow in plain words, for pictures and files."""
        view, steps = self.view, self.procedure.steps
        _ = view._
        lanes: dict[str, FlowLane] = {}
        order: dict[str, int] = {}
        at_work = {self._lane_key(step) for step in steps}
        for one in (*self.procedure.parties, *steps):
            if self._lane_key(one) in at_work:
                order.setdefault(self._lane_key(one), len(order))
                lanes.setdefault(self._lane_key(one), self._lane(one))
        return Flow(
            title=title,
            language=view.lang,
            description=_("Steps in lanes, one for each body or sector. The table of steps says the same."),
            words={
                "start": str(_("It begins")),
                "question": str(_("Which of these holds?")),
                "end": str(_("It ends")),
                "unknown": str(_("What follows is not stated")),
            },
            lanes=tuple(lanes.values()),
            steps=tuple(self._flow_step(step, order[self._lane_key(step)]) for step in steps),
        )

    def _flow_step(self, step: ProcedureStep, lane: int) -> FlowStep:
        conditions = {number: self._plain(branch.condition) for number, branch in enumerate(step.branches)}
        return FlowStep(
            key=step.key,
            title=self._plain(step.title),
            lane=lane,
            notes=tuple(filter(None, (self._deadline(step), self.view._("It ends here") if step.end else ""))),
            told=tuple(self._everything(step)),
            trigger=self._plain(step.trigger),
            ways=ways_of(step, self._places, conditions),
            end=step.end,
        )

    @cached_property
    def _places(self) -> dict[str, int]:
        return {step.key: place for place, step in reversed([*enumerate(self.procedure.steps)])}

    def _sections(self) -> Iterator[Section]:
        view, texts = self.view, self.procedure.text
        for name, label in TEXTS.items():
            if said := texts_named(texts, name):
                words, lang = view.text(said, self.procedure.original)
                paragraphs = tuple(part.strip() for part in words.split("\n") if part.strip())
                yield Section(name=name, label=view._(label), lang=lang, paragraphs=paragraphs)

    def parties(self, ids: Mapping[str, str] = {}, stands: Mapping[str, Stand] = {}) -> Iterator[Party]:
        for party in self.procedure.parties:
            body = ids.get(party.organisation or "", "")
            who = self._who(party)
            if who is not None:
                yield Party(who=who, part=self._told(party.part), id=body, stand=stands.get(body, Stand()))

    def _row(self, number: int, step: ProcedureStep) -> StepRow:
        branches = [branch for branch in step.branches if branch.to not in step.next]
        follows = [(self._told(branch.condition), branch.to) for branch in branches]
        otherwise = self.view._("otherwise") if branches else ""
        follows += [(Markup(otherwise), key) for key in step.next]  # noqa: S704  # our own words
        return StepRow(
            number=number,
            key=step.key,
            title=self._told(step.title),
            who=self._who(step),
            trigger=self._told(step.trigger),
            deadline=self._told(step.deadline),
            within=duration(self.view, step.within) if step.within else "",
            input=self._told(step.input),
            output=self._told(step.output),
            passes=tuple(map(self._passed, step.passes)),
            follows=tuple(self._follows(condition, key) for condition, key in follows),
            branching=bool(branches),
            end=step.end,
        )

    def _follows(self, condition: Markup | str, key: str) -> Follows:
        place = self._places.get(key)
        if place is None:
            return Follows(condition=condition, number=0, title=key)
        return Follows(condition=condition, number=place + 1, title=self._told(self.procedure.steps[place].title))

    def _passed(self, passing: Passing) -> Passed:
        key = self.view.vocabulary.present_key("provision", passing.basis) if passing.basis else ""
        known = key in self.view.vocabulary.provisions
        return Passed(
            what=self._told(passing.what),
            to=self._who(passing),
            confidential=passing.confidential,
            basis=tell_provision(self.view, key) if known else None,
            basis_text=self._told(passing.basis_text),
        )

    def _everything(self, step: ProcedureStep) -> Iterator[str]:
        """All that a step says, line by line, for a file."""
        _ = self.view._
        for label, text in (
            (_("What makes it begin"), self._plain(step.trigger)),
            (_("By when"), self._deadline(step)),
            (_("What it takes"), self._plain(step.input)),
            (_("What comes of it"), self._plain(step.output)),
        ):
            if text:
                yield f"{label}: {text}"
        for passing in map(self._passed, step.passes):
            to = f" → {passing.to.words}" if passing.to else ""
            basis = passing.basis.plain if passing.basis else as_text(passing.basis_text) or _("none stated")
            kept = " (" + _("confidential") + ")" if passing.confidential else ""
            passed_on, legal_basis = _("What is passed on"), _("legal basis")
            yield f"{passed_on}: {as_text(passing.what)}{to}{kept}; {legal_basis}: {basis}"

    def _deadline(self, step: ProcedureStep) -> str:
        within = duration(self.view, step.within) if step.within else ""
        return self._plain(step.deadline) or within

    def _lane_key(self, one: Any) -> str:
        if one.organisation:
            known = self.directory.get(one.organisation)
            return f"body {known.id if known else one.organisation}"
        return f"sector {self.view.vocabulary.present_key('sector', one.sector)}" if one.sector else ""

    def _partyless(self) -> Iterator[Who]:
        if self.procedure.nature != "drafted":  # a description says by itself that nobody endorses it
            return
        parties = self.procedure.parties
        bodies = [known for one in parties if (known := self.directory.get(one.organisation or ""))]
        spoken = {self._lane_key(one) for one in parties if one.organisation}
        spoken |= {
            f"sector {self.view.vocabulary.present_key('sector', sector)}"
            for known in bodies
            for sector in known.organisation.sectors
        }
        for step in self.procedure.steps:
            key, who = self._lane_key(step), self._who(step)
            if who and key not in spoken:
                spoken.add(key)
                yield who

    def _lane(self, one: Any) -> FlowLane:
        who = self._who(one)
        if who is None:
            return FlowLane(name=self.view._("Not stated who"))
        words = labels.label("side", who.side, self.view.translator) if who.side else ""
        return FlowLane(name=who.words, side=who.side, side_words=words)

    def _who(self, one: Any) -> Who | None:
        if one.organisation:
            known = self.directory.get(one.organisation)
            if known is None:
                words = self.view._("A body that is not in the public directory")
                return Who(name=words, words=words, body=True)
            href = self.view.href("organisations", known.slug)
            return self._named(known.organisation.name, href, known.organisation.side, body=True)
        side = getattr(one, "side", None)
        if one.sector:
            key = self.view.vocabulary.present_key("sector", one.sector)
            sector = self.view.vocabulary.sectors.get(key)
            if sector is not None:
                return self._named(sector.name, self.view.href("sectors", key), side or sector.side, body=False)
        words = labels.label("side", side, self.view.translator) if side else ""
        return Who(name=words, words=words, side=side) if side else None

    def _named(self, names: Mapping[str, str], href: str, side: Side, *, body: bool) -> Who:
        return Who(name=told(self.view, names), words=self.view.say(names), href=href, side=side, body=body)

    def _present(self, kind: str, keys: Sequence[str]) -> list[str]:
        return [self.view.vocabulary.present_key(kind, key) for key in keys]

    def _told(self, texts: Mapping[str, str]) -> Markup:
        return told(self.view, texts, self.procedure.original)

    def _plain(self, texts: Mapping[str, str]) -> str:
        """For pictures and files: it knows its language where that is not the page's."""
        text, lang = self.view.text(texts, self.procedure.original)
        return in_language(text, lang, self.view.lang)


def read(
    view: Voice,
    procedure: Procedure,
    status: ProcedureStatus,
    *,
    parties: Mapping[str, str],
    said: Mapping[str, tuple[Said, ...]],
    version: int,
    practices: Sequence[Linked] = (),
) -> Reading:
    """What a page tells of *version*."""
    return Teller(view, procedure, practices).tell(status, parties, stands_of(said, version))
