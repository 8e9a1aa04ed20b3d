"""What a meeting says, field by field, and what changed between two of its versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lanzarote.directory.service import named
from lanzarote.kinds.organisations import unlisted
from lanzarote.meetings.service import organisations_in
from lanzarote.meetings.words import ABOUTS, KINDS, OUTCOMES, label_of
from lanzarote.stakeholders.team_words import Difference, Said
from lanzarote.translation import format_date, language_name, plain
from lanzarote.web.texts import compare

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lanzarote.meetings.agenda import Named
    from lanzarote.types import AgendaPoint, Meeting, Outcome, Present
    from lanzarote.web.site import View


def differences(view: View, before: Meeting, after: Meeting, records: Mapping[str, Named]) -> tuple[Difference, ...]:
    """Every field that *after* says otherwise than *before*, in the order of the form."""
    old, new = ({one.place: one for one in all_said(view, said, records)} for said in (before, after))
    found = []
    for place in (*new, *(place for place in old if place not in new)):
        was, now = old.get(place), new.get(place)
        said = now or was
        if said is not None and (was is None or now is None or was.words != now.words):
            pieces = tuple(compare(was.words if was else "", now.words if now else ""))
            found.append(
                Difference(label=said.label, lang=said.lang or view.lang, language=said.language, pieces=pieces)
            )
    return tuple(found)


def all_said(view: View, meeting: Meeting, records: Mapping[str, Named]) -> Iterator[Said]:
    """Everything that it says."""
    yield from _texts(view, meeting, ("title", "purpose"))
    names = {key: plain(view.say(one.organisation.name)) for key, one in named(view.directory).items()}
    names |= unlisted(view, organisations_in([meeting]))
    sectors = [view.vocabulary.sectors.get(view.vocabulary.present_key("sector", key)) for key in meeting.sectors]
    fields = {
        "kind": view._(KINDS[meeting.kind]),
        "day": format_date(meeting.day, view.lang),
        "last_day": format_date(meeting.last_day, view.lang) if meeting.last_day else "",
        "starts": meeting.starts or "",
        "ends": meeting.ends or "",
        "place": meeting.place,
        "link": meeting.link or "",
        "languages": "\n".join(language_name(code, view.lang) for code in meeting.languages),
        "sectors": "\n".join(plain(view.say(one.name)) for one in sectors if one),
        "organisations": "\n".join(names[key] for key in meeting.organisations),
        "agenda": "\n".join(_point(view, one, records) for one in meeting.agenda),
        "present": "\n".join(_present(one, names) for one in meeting.present),
    }
    for place, words in fields.items():
        if words:
            yield Said(place=place, label=label_of(view.translator, view.lang, place), words=words)
    yield from _texts(view, meeting, ("found",))
    if meeting.outcomes:
        words = "\n".join(_outcome(view, one, records) for one in meeting.outcomes)
        yield Said(place="outcomes", label=label_of(view.translator, view.lang, "outcomes"), words=words)
    yield from _texts(view, meeting, ("next_steps", "minutes"))


def _texts(view: View, meeting: Meeting, names: tuple[str, ...]) -> Iterator[Said]:
    for name in names:
        for code, one in meeting.text.items():
            if words := getattr(one, name):
                yield Said(
                    place=f"text.{code}.{name}",
                    label=label_of(view.translator, view.lang, name),
                    words=words,
                    lang=code,
                    language=language_name(code, view.lang),
                )


def _point(view: View, point: AgendaPoint, records: Mapping[str, Named]) -> str:
    words = plain(view.say(point.title)) if point.title else ""
    if point.record:
        words = f"{view._(ABOUTS[point.about])} – {_title(view, point.record, records)} {words}".rstrip()
    return f"{words} ({point.minutes} min)" if point.minutes else words


def _present(one: Present, names: Mapping[str, str]) -> str:
    name = names[one.organisation] if one.organisation else one.name
    return f"{name} – {one.roles}" if one.roles else name


def _outcome(view: View, one: Outcome, records: Mapping[str, Named]) -> str:
    about = f" ({_title(view, one.improvement, records)})" if one.improvement else ""
    return f"{view._(OUTCOMES[one.kind])}{about} – {plain(view.say(one.text))}"


def _title(view: View, record_id: str, records: Mapping[str, Named]) -> str:
    found = records.get(record_id)
    return plain(view.say(found.title)) if found and found.title else record_id
