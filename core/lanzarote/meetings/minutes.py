"""Minutes drawn up from what was noted: plain text in each language that the platform speaks, to be written on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from lanzarote.meetings.words import ABOUTS, KINDS, OUTCOMES, when
from lanzarote.translation import N_, format_list, pick, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from lanzarote.meetings.agenda import Named
    from lanzarote.meetings.calendar import Reading
    from lanzarote.types import Meeting

ERASED: Final = N_("a record that was erased, or that the group does not read")


class Noted(Struct, frozen=True, kw_only=True):
    """What the minutes are made of, beside the meeting itself."""

    meeting: Meeting
    organisations: Mapping[str, Mapping[str, str]]
    """Key or id of a stakeholder → its name."""
    sectors: Sequence[Mapping[str, str]]
    """Names of those that were present."""
    records: Mapping[str, Named]
    region: Mapping[str, str]


def languages_for(meeting: Meeting, regional: Sequence[str], spoken: Sequence[str]) -> tuple[str, ...]:
    """Those in which minutes are drawn up: the meeting's own that the platform speaks; the first of all, if none is."""
    wanted = dict.fromkeys((*meeting.languages, *regional) if not meeting.languages else meeting.languages)
    return tuple(code for code in wanted if code in spoken) or (spoken[0],)


def compose(noted: Noted, reading: Reading) -> str:
    """The minutes in one language."""
    return "\n\n".join(_parts(noted, reading))


def _parts(noted: Noted, reading: Reading) -> Iterator[str]:
    meeting, _ = noted.meeting, reading.translator.gettext

    def said(texts: Mapping[str, str]) -> str:
        return pick(texts, reading.lang, meeting.original, reading.languages)[0]

    titles = {code: one.title for code, one in meeting.text.items() if one.title}
    head = [f"{plain(_(KINDS[meeting.kind]))} – {said(noted.region)}", said(titles), when(meeting, reading.lang)]
    yield "\n".join(filter(None, (*head, meeting.place)))
    yield from _section(_(N_("Present")), _present(noted, said))
    if noted.sectors:
        sectors = format_list([said(one) for one in noted.sectors], reading.lang)
        yield plain(_(N_("Sectors present: %(sectors)s.")) % {"sectors": sectors})
    yield from _section(_(N_("Agenda")), _agenda(noted, reading, said))
    for heading, name in ((N_("What was found"), "found"), (N_("Next steps"), "next_steps")):
        if name == "next_steps":
            yield from _section(_(N_("Decided and referred")), _outcomes(noted, reading, said))
        texts = {code: text for code, one in meeting.text.items() if (text := getattr(one, name))}
        yield from _section(_(heading), [said(texts)])
    yield plain(_(N_("These minutes are to be approved at the next meeting.")))


def _section(heading: str, lines: Sequence[str]) -> Iterator[str]:
    if any(lines):
        yield "\n".join((plain(heading).upper(), *filter(None, lines)))


def _present(noted: Noted, said: Callable[[Mapping[str, str]], str]) -> list[str]:
    found = []
    for one in noted.meeting.present:
        name = said(noted.organisations.get(one.organisation or "", {})) or one.name
        found.append(f"– {name} – {one.roles}" if one.roles else f"– {name}")
    return found


def _agenda(noted: Noted, reading: Reading, said: Callable[[Mapping[str, str]], str]) -> list[str]:
    found = []
    for number, point in enumerate(noted.meeting.agenda, 1):
        words = said(point.title)
        if point.record:
            about = plain(reading.translator.gettext(ABOUTS[point.about]))
            words = f"{about} – {_title(noted, point.record, reading, said)}" + (f" ({words})" if words else "")
        found.append(f"{number}. {words}")
    return found


def _outcomes(noted: Noted, reading: Reading, said: Callable[[Mapping[str, str]], str]) -> list[str]:
    found = []
    for one in noted.meeting.outcomes:
        verb = plain(reading.translator.gettext(OUTCOMES[one.kind]))
        about = f" ({_title(noted, one.improvement, reading, said)})" if one.improvement else ""
        found.append(f"– {verb}{about} – {said(one.text)}")
    return found


def _title(noted: Noted, record_id: str, reading: Reading, said: Callable[[Mapping[str, str]], str]) -> str:
    named = noted.records.get(record_id)
    return (said(named.title) if named else "") or plain(reading.translator.gettext(ERASED))
