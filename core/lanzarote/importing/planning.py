"""What would happen to each row of a file: nothing is written, and what is refused is told where it stands."""

from __future__ import annotations

import time
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from msgspec import Struct

from lanzarote import guard
from lanzarote.errors import NotPermitted
from lanzarote.importing.cells import MOST_RECORDS, ROW, Unreadable, column_of
from lanzarote.importing.columns import GROUPS
from lanzarote.kinds.entered import Disclosure
from lanzarote.kinds.organisations import named_already
from lanzarote.records.erasing import erased_here
from lanzarote.records.permissions import NO_RULE, Subject, may, may_somewhere, require, subject_of
from lanzarote.records.records import Record
from lanzarote.records.save_checks import Objected, checks_for
from lanzarote.records.validation import Faulty, Identifying
from lanzarote.store.ids import is_id
from lanzarote.translation import N_, date_told, pick, plain
from lanzarote.translation.folding import fold
from lanzarote.types import ImportPlace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from lanzarote.importing.cells import Form, Kept
    from lanzarote.importing.ground import Ground
    from lanzarote.importing.kinds import Kind, Values
    from lanzarote.types import ImportAnswer, ImportDraft, ImportProblem, ImportReading

Outcome = Literal["new", "changed", "same", "refused"]
OUTCOMES: Final[tuple[Outcome, ...]] = get_args(Outcome)
LONGEST: Final = 60.0
"""Seconds that checking a file may take, whatever is written in it; 2,000 ordinary rows take 20."""
MOST_TEXT: Final = 200_000
"""Characters of one record: no form takes more."""
TOO_MANY: Final = N_(
    "Too many rows are new or changed: the limit is %(most)s at once. Import the file in several parts; unchanged "
    "rows do not count."
)
TOO_SLOW: Final = N_("Checking this file takes longer than %(seconds)d seconds. Import it in several parts.")
TOO_MUCH_TEXT: Final = N_("This record is longer than %(most)s characters. Shorten it.")
NO_SUCH: Final = N_("Nothing here has this identifier. For a new row leave identifier and version empty.")
ERASED: Final = N_("It was erased here, and its words are not to be brought back. Take this row out of the file.")
NO_VERSION: Final = N_("The version is missing. Take a fresh file of what there is, and write your changes into that.")
MOVED: Final = N_(
    "It was changed here since this file was made (version %(file)s, now %(here)s). "
    "Take a fresh file of what there is, and write your changes into that."
)
CLOSED: Final = N_("It cannot be edited now: it is submitted, being assessed or archived. Return it to draft first.")
TWICE: Final = N_("Another row of this file changes the same record.")
NAMESAKE: Final = N_(
    "There is one with this title or name already. To change that one, take a file of what there is; "
    "otherwise give this one another title or name."
)
NAMESAKE_ROW: Final = N_("Another row of this file has the same title or name.")
SOME_COLUMNS: Final = N_("Some columns of “%(group)s” are missing: keep all of them, or none.")
DISCLOSED: Final = N_(
    "This reads like somebody telling of a child in danger. It is not kept, and nobody here can act on it: please call "
    "a help line."
)
ASKED: Final = N_("If it may stay, write this record in its form: there you can say why.")
OBJECTED: Final = N_("The package “%(package)s” objects: %(text)s")
REMARKED: Final = N_("The package “%(package)s” remarks: %(text)s")
FIELD_OF: Final[Mapping[str, str]] = {"convention_more": "convention"}
"""What a form asks in a field of its own, and a file in the column of another."""


class Told(Struct, frozen=True, kw_only=True):
    """What is wrong, in the writer's words, and where."""

    text: str
    place: ImportPlace = ImportPlace()
    column: str = ""
    """Heading of the column."""


class Row(Struct, frozen=True, kw_only=True):
    """What would become of one record of a file."""

    place: ImportPlace
    outcome: Outcome
    title: str = ""
    """Empty where it may not be shown."""
    lang: str = ""
    id: str = ""
    version: int = 0
    fields: tuple[str, ...] = ()
    """Headings of what would be changed."""
    problems: tuple[Told, ...] = ()
    remarks: tuple[Told, ...] = ()
    """What packages say of it that does not stop it."""
    disclosed: bool = False
    given: Any = None
    """What the services take."""


class Plan(Struct, frozen=True, kw_only=True):
    """What would become of a file."""

    rows: tuple[Row, ...] = ()
    problems: tuple[Told, ...] = ()
    """Why nothing of it can be taken."""
    seen: str = ""
    """Stands for exactly this: another file, or something changed here, and it is another one."""

    def count(self, outcome: Outcome) -> int:
        return sum(row.outcome == outcome for row in self.rows)

    @property
    def good(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.outcome in ("new", "changed"))

    @property
    def disclosed(self) -> bool:
        return any(row.disclosed for row in self.rows)


def plan(
    ground: Ground, kind: Kind, form: Form, reading: ImportReading, content: bytes, *, seconds: float = LONGEST
) -> Plan:
    """What would become of *reading*, read out of *content*; nothing of it where that takes more than *seconds*."""
    until = time.monotonic() + seconds
    problems = tuple(_told(ground, one) for one in reading.problems)
    problems += tuple(_half_groups(ground, form, reading.fields))
    too_many = Told(text=ground._(TOO_MANY) % {"most": MOST_RECORDS})
    if len(reading.drafts) > form.told.most:
        problems += (too_many,)
    if problems:
        return Plan(problems=problems)
    columns = {column_of(one.field): one.place.column for draft in reading.drafts for one in draft.answers}
    planner = Planner(ground, kind, form, reading.fields, columns)
    rows, moved = [], 0
    for draft in reading.drafts:
        rows.append(planner.row(draft))
        moved += rows[-1].outcome != "same"
        if moved > MOST_RECORDS:
            return Plan(problems=(too_many,))
        if time.monotonic() > until:
            return Plan(problems=(Told(text=ground._(TOO_SLOW) % {"seconds": seconds}),))
    shown = repr([(row.place.row, row.outcome, row.id, row.version) for row in rows])
    return Plan(rows=tuple(rows), seen=blake2b(content + shown.encode(), digest_size=16).hexdigest())


class _Refused(Exception):
    """A row cannot be taken."""

    def __init__(self, *problems: Told, disclosed: bool = False, shown: bool = True) -> None:
        super().__init__()
        self.problems, self.disclosed, self.shown = problems, disclosed, shown


class Planner:
    """Reads one file for one writer, row by row."""

    def __init__(
        self, ground: Ground, kind: Kind, form: Form, fields: Sequence[str], columns: Mapping[str, int]
    ) -> None:
        """*columns*: where fields stand in the file, as far as any row fills them in."""
        self._ground, self._kind, self._form, self._columns = ground, kind, form, columns
        self._fields = form.cells.keys() & fields
        self._names = {
            (lang, fold(title))
            for one in form.kept.values()
            if one.state not in ("archived", "merged")
            for lang, title in kind.titles(one.said).items()
        }
        self._begun: set[tuple[str, str]] = set()
        self._changed: set[str] = set()

    def row(self, draft: ImportDraft) -> Row:
        answers = {one.field: one for one in draft.answers}
        if sum(len(one.text) for one in draft.answers) > MOST_TEXT:
            told = self._ground._(TOO_MUCH_TEXT) % {"most": MOST_TEXT}
            return Row(place=draft.place, outcome="refused", problems=(Told(text=told, place=draft.place),))
        title, lang = self._title(answers)
        try:
            return self._planned(draft, answers, title, lang)
        except _Refused as refused:
            shown = title if refused.shown and not self._identifies(title) else ""
            return Row(
                place=draft.place,
                outcome="refused",
                title=shown,
                lang=lang,
                problems=refused.problems,
                disclosed=refused.disclosed,
            )

    def _planned(self, draft: ImportDraft, answers: Mapping[str, ImportAnswer], title: str, lang: str) -> Row:
        if draft.problems:
            self._refuse_identifying(answers)
            raise _Refused(*(_told(self._ground, one) for one in draft.problems))
        one = self._known(answers)
        before = self._kind.values(self._ground, one.said) if one else {}
        changed = self.changes(answers, before)
        if one is not None and not title:
            title, lang = self._ground.text(self._kind.titles(one.said))
        common: dict[str, Any] = {"place": draft.place, "title": title, "lang": lang}
        if one is not None and not changed:
            return Row(outcome="same", id=one.id, version=one.version, **common)
        if one is not None:
            self._require_newest(answers, one)
        values, unread = self.values(answers, before, changed)
        try:
            said = self._kind.taken(self._ground, values, one, changed)
            if unread:
                raise Faulty(())
            if one is None:
                self._refuse_namesakes(said)
            given = self._checked(said, one)
        except Disclosure:
            raise _Refused(Told(text=self._ground._(DISCLOSED)), disclosed=True, shown=False) from None
        except Identifying as found:
            raise _Refused(*self._concerns(found.concerns, answers), shown=False) from None
        except Faulty as faulty:
            self._refuse_identifying(answers)
            told = {problem.place for problem in unread}
            # What was not understood is missing, too: it is told once.
            faults = (problem for problem in self._faults(faulty, answers) if problem.place not in told)
            raise _Refused(*unread, *faults) from None
        except Objected as objected:
            raise _Refused(*self._objections(objected, answers)) from None
        except NotPermitted as denied:
            raise _Refused(Told(text=self._ground._(str(denied)))) from None
        fields = tuple(dict.fromkeys(self._heading(place) for place in changed))
        noted = given.noted or ()
        common["remarks"] = tuple(self._said(REMARKED, told.package, told.text, told.field, answers) for told in noted)
        if one is None:
            return Row(outcome="new", fields=fields, given=given, **common)
        return Row(outcome="changed", id=one.id, version=one.version, fields=fields, given=given, **common)

    # Which record, and whether it may be written

    def _known(self, answers: Mapping[str, ImportAnswer]) -> Kept | None:
        """What the row would change; None: it is new."""
        given = answers["id"].text.strip() if "id" in answers else ""
        if not given:
            return None
        place = answers["id"].place
        one = self._form.kept.get(given.lower())
        if one is None:
            raise _Refused(self._problem(self._why_not_here(given.lower()), place, "id"))
        if one.id in self._changed:
            raise _Refused(self._problem(TWICE, place, "id"))
        self._changed.add(one.id)
        return one

    def _why_not_here(self, given: str) -> str:
        region_id = self._ground.region_id
        with self._ground.instance.database.read(region_id) as session:
            return ERASED if is_id(given) and erased_here(session, region_id, [given]) else NO_SUCH

    def _require_newest(self, answers: Mapping[str, ImportAnswer], one: Kept) -> None:
        """Raise _Refused if somebody wrote here since the file was made."""
        given = answers.get("version")
        number = given.text.strip().removesuffix(".0") if given else ""
        if given is None or not (number.isascii() and number.isdecimal() and len(number) < 10):
            raise _Refused(self._problem(NO_VERSION, answers["id"].place, "version"))
        if int(number) != one.version:
            text = self._ground._(MOVED) % {"file": number, "here": one.version}
            raise _Refused(Told(text=text, place=given.place))

    def _checked(self, said: Any, one: Kept | None) -> Any:
        """What the services take. Raises what they raise."""
        ground, region_id = self._ground, self._ground.region_id
        with ground.instance.database.read(region_id) as session:
            record = session.get(Record, (region_id, one.id)) if one else None
            if record is not None:
                require(ground.by, self._kind.write, subject_of(session, record))
            elif not self._may_begin():
                raise NotPermitted(NO_RULE)
            if one is not None and not one.can_be_written:
                raise _Refused(Told(text=ground._(CLOSED)))
            checks = checks_for(ground.instance, session, region_id, self._kind.record, record, by=ground.by)
        named = named_already(ground.instance, region_id, one.id) if one else frozenset()
        return self._kind.checked(ground, said, checks, ground.names | named)

    def _may_begin(self) -> bool:
        if self._kind.record == "practice":  # who speaks for one organisation may begin a practice, and no entry
            return may_somewhere(self._ground.by, self._kind.write, self._ground.region_id)
        return bool(may(self._ground.by, self._kind.write, Subject(region_id=self._ground.region_id)))

    def _refuse_namesakes(self, said: Any) -> None:
        names = {(lang, fold(title)) for lang, title in self._kind.titles(said).items()}
        if names & self._names:
            raise _Refused(Told(text=self._ground._(NAMESAKE)))
        if names & self._begun:
            raise _Refused(Told(text=self._ground._(NAMESAKE_ROW)))
        self._begun |= names

    # What the row says

    def changes(self, answers: Mapping[str, ImportAnswer], before: Values) -> tuple[str, ...]:
        """Places, or whole groups, where the row says something else than what was saved."""
        changed: dict[str, None] = {}
        for place in dict.fromkeys((*answers, *before)):
            field = column_of(place)
            if field in ("id", "version") or field not in self._fields:
                continue
            text = answers[place].text if place in answers else ""
            if not self._form.cells[field].same(text, before.get(place, ())):
                match = ROW.fullmatch(place)
                changed[match[1] if match and match[1] in GROUPS else place] = None
        return tuple(changed)

    def values(
        self, answers: Mapping[str, ImportAnswer], before: Values, changed: Iterable[str]
    ) -> tuple[Values, list[Told]]:
        """*before* with what the row says in *changed*, and what of that cannot be read."""
        moved = frozenset(changed)

        def is_changed(place: str) -> bool:
            return place in moved or place.partition("[")[0] in moved

        values = {place: some for place, some in before.items() if not is_changed(place)}
        for place in moved:  # a text that said no language says one now
            head, _, last = place.rpartition(".")
            if head.startswith("answers.") and last == next(iter(before.get("original", ())), ""):
                values.pop(head, None)
        unread = []
        for place, answer in answers.items():
            if is_changed(place):
                try:
                    if found := self._form.cells[column_of(place)].read(answer.text):
                        values[place] = found
                except Unreadable as error:
                    unread.append(self._unreadable(error, answer))
        return values, unread

    def _title(self, answers: Mapping[str, ImportAnswer]) -> tuple[str, str]:
        head = "text" if self._kind.record == "practice" else "name"
        tail = ".title" if head == "text" else ""
        titles = {
            place.split(".")[1]: answer.text
            for place, answer in answers.items()
            if place.startswith(f"{head}.") and place.endswith(tail)
        }
        return pick(titles, self._ground.lang, order=self._ground.vocabulary.header.languages)

    # What is wrong

    def _refuse_identifying(self, answers: Mapping[str, ImportAnswer]) -> None:
        """Before anything of a row is quoted: the guard looks at all of it. Raises _Refused."""
        written = [(place, answer.text) for place, answer in answers.items() if place not in ("id", "version")]
        if guard.reads_like_disclosure(*(text for _, text in written)):
            raise _Refused(Told(text=self._ground._(DISCLOSED)), disclosed=True, shown=False)
        identifiers = self._ground.vocabulary.header.personal_identifiers
        texts = [(place, text) for place, text in written if not is_id(text)]
        if found := guard.check_texts(texts, identifiers=identifiers, guesses=False):
            raise _Refused(*self._concerns(found, answers), shown=False)

    def _identifies(self, title: str) -> bool:
        return bool(
            guard.check_text(title, identifiers=self._ground.vocabulary.header.personal_identifiers, guesses=False)
        )

    def _concerns(self, found: Iterable[guard.Concern], answers: Mapping[str, ImportAnswer]) -> Iterator[Told]:
        for field, code, hard in dict.fromkeys((one.field, one.code, one.hard) for one in found):
            words = guard.explain(code, self._ground.translator)
            text = str(plain(words)) if hard else f"{plain(words)} {self._ground._(ASKED)}"
            yield self._at(text, field, answers)

    def _faults(self, faulty: Faulty, answers: Mapping[str, ImportAnswer]) -> Iterator[Told]:
        for one in faulty.faults:
            value = one.value if isinstance(one.value, str) else date_told(one.value, self._ground.lang)
            yield self._at(self._ground._(one.text) % {"value": value}, one.field, answers)

    def _objections(self, objected: Objected, answers: Mapping[str, ImportAnswer]) -> Iterator[Told]:
        for one in objected.raised:
            yield self._said(OBJECTED, one.package, one.concern.text, one.concern.field, answers)

    def _said(
        self, words: str, package: str, text: Mapping[str, str], field: str, answers: Mapping[str, ImportAnswer]
    ) -> Told:
        said = {"package": package, "text": self._ground.say(text)}
        return self._at(self._ground._(words) % said, field, answers)

    def _unreadable(self, error: Unreadable, answer: ImportAnswer) -> Told:
        text = self._ground._(error.text) % error.values
        return Told(text=text, place=answer.place, column=self._heading(answer.field))

    def _at(self, text: str, field: str, answers: Mapping[str, ImportAnswer]) -> Told:
        field = FIELD_OF.get(field, field)
        inside = (
            one for place, one in answers.items() if place == field or place.startswith((f"{field}.", f"{field}["))
        )
        answer = next(inside, None)
        place = answer.place if answer else self._empty(field, answers)
        return Told(text=text, place=place, column=self._heading(field))

    def _empty(self, field: str, answers: Mapping[str, ImportAnswer]) -> ImportPlace:
        """Where *field* stands that this row leaves empty; nowhere when no row fills it in."""
        column = self._columns.get(column_of(field), 0)
        row = min((one.place for one in answers.values()), key=lambda place: place.row, default=ImportPlace())
        return ImportPlace(sheet=row.sheet, row=row.row, column=column) if column else ImportPlace()

    def _problem(self, text: str, place: ImportPlace, field: str) -> Told:
        return Told(text=self._ground._(text), place=place, column=self._heading(field))

    def _heading(self, place: str) -> str:
        if place in GROUPS:
            return self._ground._(GROUPS[place])
        field = column_of(place)
        exact = self._form.cells.get(field)
        if exact is None:  # a fault may be told of a whole row, or of a field in all its languages
            exact = next((cell for name, cell in self._form.cells.items() if name.startswith(f"{field}.")), None)
        return exact.column.told.titles[self._ground.lang] if exact else ""


def _told(ground: Ground, problem: ImportProblem) -> Told:
    return Told(text=ground.say(problem.text), place=problem.place)


def _half_groups(ground: Ground, form: Form, fields: Sequence[str]) -> Iterator[Told]:
    """Of what may be said more than once, nobody can tell which of it a file with some of the columns would change."""
    for group, label in GROUPS.items():
        own = {field for field, cell in form.cells.items() if cell.column.told.group == group}
        if own & set(fields) and own - set(fields):
            yield Told(text=ground._(SOME_COLUMNS) % {"group": ground._(label)})


def letters(column: int) -> str:
    """What spreadsheet programs call a column.

    >>> letters(1), letters(26), letters(27), letters(703)
    ('A', 'Z', 'AA', 'AAA')
    """
    found = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        found = chr(65 + rest) + found
    return found
