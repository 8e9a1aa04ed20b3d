"""A procedure as a compendium tells it: its picture, its steps, its parties and where each stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lanzarote.compendium.lines import leading, line, words
from lanzarote.compendium.practices import NOT_VERIFIED, cited, laws
from lanzarote.procedures.lanes import HEAD, draw, picture_of, windows
from lanzarote.procedures.public import tell
from lanzarote.procedures.words import NATURES, STATES
from lanzarote.translation import N_, date_told, format_date
from lanzarote.types import Paragraph, Part, Picture, Points, Rows, Told, Words
from lanzarote.web import labels

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from lanzarote.procedures.model import Said
    from lanzarote.procedures.reading import Party, Passed, Reading, StepRow, Who
    from lanzarote.procedures.service import Published
    from lanzarote.types import Line
    from lanzarote.web.labels import Voice

SHEET: Final = 900.0
"""How wide a part of the picture is that stands on one page upright: letters are a little smaller than the text's."""
LANES = N_("The way through the steps")
NOT_STATED = N_("Not stated")


def tell_procedure(voice: Voice, found: Published) -> Told:
    reading = tell(voice, found)
    address = voice.absolute(voice.href("procedures", found.slug))
    lang = "" if reading.title_lang == voice.lang else reading.title_lang
    version = voice.translator.ngettext("Version %(num)s", "Version %(num)s", found.version) % {"num": found.version}
    return Told(
        kind="procedure",
        id=found.id,
        version=found.version,
        address=address,
        title=Words(reading.plain_title, lang),
        marks=tuple(map(words, _marks(voice, found, reading))),
        summary=(line(voice, reading.nature_note),) if reading.nature_note else (),
        parts=tuple(_parts(voice, reading)),
        sources=cited(voice, reading.sources),
        note=line(voice, reading.note),
        colophon=line(
            voice,
            version,
            " · ",
            voice._("Public since %(day)s.") % {"day": date_told(voice.day_of(found.updated_at), voice.lang)},
            " ",
            Words(address, href=address),
        ),
    )


def _marks(voice: Voice, found: Published, reading: Reading) -> Iterator[str]:
    _ = voice._
    if reading.nature_note:
        yield _(NATURES[found.procedure.nature])
    yield _(STATES[found.status.state])
    if not reading.verified:
        yield _(NOT_VERIFIED)
    if reading.untranslated:
        yield " ".join((_("This text exists only in:"), reading.untranslated))
    if reading.stale:
        yield _("the original has changed since")
    if reading.due_on:
        yield _("to be looked at again on %(day)s") % {"day": date_told(reading.due_on, voice.lang)}


def _parts(voice: Voice, reading: Reading) -> Iterator[Part]:
    _ = voice._
    for section in reading.sections:
        lang = "" if section.lang == voice.lang else section.lang
        blocks = tuple(Paragraph((Words(text, lang),)) for text in section.paragraphs)
        yield Part(line(voice, section.label), blocks)
    if reading.steps:
        yield Part(line(voice, _(LANES)), tuple(_pictures(voice, reading)))
        yield Part(line(voice, _("The steps")), (_steps(voice, reading),))
    if reading.parties:
        remark = _(
            "Being named does not mean having endorsed anything: this page shows only what a body said itself, or a "
            "source says."
        )
        yield Part(
            line(voice, _("The parties, and the position of each")),
            (Paragraph(line(voice, remark)), _parties(voice, reading)),
        )
    if reading.measures:
        yield Part(line(voice, _("Measures beside the steps")), (Points(tuple(_measures(voice, reading))),))
    if reading.legal_basis:
        yield Part(line(voice, _("What it rests on")), (laws(voice, reading.legal_basis),))
    if reading.articles:
        told = [line(voice, Words(one.ref, href=voice.absolute(one.href)), " ", one.title) for one in reading.articles]
        yield Part(line(voice, _("Convention"), " – ", _("editorial mapping")), (Points(tuple(told)),))
    if reading.practices:
        linked = (
            tuple(Words(one.text, one.lang, voice.absolute(other.href)) for one in line(voice, other.title))
            for other in reading.practices
        )
        yield Part(line(voice, _("What belongs to it")), (Points(tuple(linked)),))


def _pictures(voice: Voice, reading: Reading) -> Iterator[Picture]:
    _ = voice._
    drawn = picture_of(reading.flow)
    cut = windows(drawn, SHEET)
    remark = _("One lane for each body or sector; letters mark conditions. The table below says the same.")
    for number, window in enumerate(cut, 1):
        part = _("part %(number)s of %(all)s") % {"number": number, "all": len(cut)} if len(cut) > 1 else ""
        caption = f"{_(LANES)}, {part}" if part else _(LANES)
        yield Picture(
            svg=draw(drawn, f"sheet-{number}", window),
            alt=f"{caption}. {reading.flow.description}",
            caption=words(remark if number == len(cut) else part),
            width=min(1.0, (HEAD + window[1] - window[0]) / SHEET),
        )


def _steps(voice: Voice, reading: Reading) -> Rows:
    _ = voice._
    titles = (_("Step"), _("Who"), _("Begins, and by when"), _("What may pass to whom"), _("What follows"))
    head = tuple(map(words, titles))
    rows = tuple(
        (
            (line(voice, f"{step.number}. ", step.title),),
            (_who(voice, step.who),),
            tuple(_when(voice, step)) or (line(voice, _(NOT_STATED)),),
            tuple(_passed(voice, one) for one in step.passes) or (line(voice, _(NOT_STATED)),),
            tuple(_follows(voice, step)) or (line(voice, _(NOT_STATED)),),
        )
        for step in reading.steps
    )
    return Rows(words(_("The steps")), head, rows, (4, 3, 4, 5, 4))


def _when(voice: Voice, step: StepRow) -> Iterator[Line]:
    _ = voice._
    if step.trigger:
        yield line(voice, step.trigger)
    if step.deadline or step.within:
        within = (" (", step.within, ")") if step.deadline and step.within else ()
        yield line(voice, step.deadline or step.within, *within)
    if step.input:
        yield line(voice, _("Takes:"), " ", step.input)
    if step.output:
        yield line(voice, _("Gives:"), " ", step.output)


def _passed(voice: Voice, one: Passed) -> Line:
    _ = voice._
    basis = one.basis.citation if one.basis else one.basis_text or _("none stated")
    kept = (" (", _("confidential"), ")") if one.confidential else ()
    to = (" → ", *_who(voice, one.to)) if one.to else ()
    return line(voice, one.what, *to, *kept, " – ", _("Basis:"), " ", basis)


def _follows(voice: Voice, step: StepRow) -> Iterator[Line]:
    _ = voice._
    for one in step.follows:
        before = (one.condition, " – ") if one.condition else ()
        there = (f"{one.number}. ", one.title) if one.number else (_("a step that is not there"),)
        yield line(voice, *before, *there)
    if step.end:
        yield line(voice, *((_("otherwise"), " – ") if step.branching else ()), _("It ends here"))


def _parties(voice: Voice, reading: Reading) -> Rows:
    _ = voice._
    rows = tuple(
        (
            (_who(voice, party.who), *((line(voice, party.part),) if party.part else ())),
            (_endorsed(voice, party),),
            (_applied(voice, party),),
        )
        for party in reading.parties
    )
    return Rows(
        words(_("The parties, and the position of each")),
        (words(_("Party")), words(_("Endorsed")), words(_("Applies it since"))),
        rows,
        (5, 3, 3),
    )


def _endorsed(voice: Voice, party: Party) -> Line:
    _, stand = voice._, party.stand
    if stand.endorsed:
        return _said(voice, stand.endorsed)
    if stand.retracted:
        return line(voice, _("withdrew its endorsement:"), " ", *_said(voice, stand.retracted))
    return line(voice, _("has endorsed nothing here") if party.who.body else _("no body is named"))


def _applied(voice: Voice, party: Party) -> Line:
    _, stand = voice._, party.stand
    if stand.applied:
        return _said(voice, stand.applied)
    if stand.ceased:
        return line(voice, _("no longer:"), " ", *_said(voice, stand.ceased))
    return line(voice, _("has declared nothing here") if party.who.body else _("no body is named"))


def _said(voice: Voice, one: Said) -> Line:
    _, day = voice._, format_date(one.day, voice.lang)
    if one.spoken:
        return line(voice, day, " (", _("it said so itself"), f"; {one.source}" if one.source else "", ")")
    return line(voice, day, " (", _("written in:"), f" {one.source})")


def _measures(voice: Voice, reading: Reading) -> Iterator[Line]:
    for one in reading.measures:
        who = (" – ", *_who(voice, one.who)) if one.who else ()
        yield line(voice, one.title, " (", one.kind, ")", *who, ": " if one.text else "", one.text)


def _who(voice: Voice, one: Who | None) -> Line:
    if one is None:
        return line(voice, voice._(NOT_STATED))
    side = (" (", labels.label("side", one.side, voice.translator), ")") if one.side and not one.body else ()
    named: list[Any] = [Words(w.text, w.lang, leading(voice, one.href)) for w in line(voice, one.name)]
    return line(voice, *named, *side)
