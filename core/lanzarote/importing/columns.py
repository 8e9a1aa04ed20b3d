"""The columns that a file may have, made from the questions of the forms; and what can be chosen in each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, get_args

from msgspec import Struct

from lanzarote.facts.convention import convention
from lanzarote.practices import service
from lanzarote.practices.form_choices import MOST_PRACTICES
from lanzarote.practices.form_fields import BY_LANGUAGE, CELLS, CODES, FIELDS, ROWS, TEXTS
from lanzarote.stakeholders import entries as directory_entries
from lanzarote.translation import N_, language_name
from lanzarote.types import ImportChoice, ImportColumn, PracticeField, Scope, Side, SourceKind
from lanzarote.web.region_reading import cite, entries

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from lanzarote.importing.ground import Ground
    from lanzarote.types.importing import ColumnKind

GROUPS: Final[Mapping[str, str]] = {
    "partners": N_("Partner"),
    "evidence": N_("Figure"),
    "own_sources": N_("Other source"),
}
"""What may be said more than once, one by one."""
RECORD: Final = N_("Identifier (leave it as it is)")
VERSION: Final = N_("Version (leave it as it is)")
ORIGINAL: Final = N_("Language it was written in")
CELL: Final = N_("Key (leave it as it is)")
SEVERAL: Final = N_("Several: separate them by a semicolon.")
ONE_LINE_EACH: Final = N_("One line each; further lines repeat the number in the first column.")
KEPT: Final = N_("The platform knows the row by it. Leave it empty in a new row.")
DATE: Final = N_("A year, a month or a day, such as 2014, 2014-06 or 2014-06-02.")
REFERENCES: Final = N_("Numbers such as 10; 10.3; 18.1.a.")
_CELL_KINDS: Final[Mapping[str, ColumnKind]] = {
    "value": "number",
    "read_on": "date",
    "key": "kept",
    "part": "text",
    "text": "text",
}
_CELL_HELP: Final[Mapping[str, str]] = {"organisation": ONE_LINE_EACH, "value": ONE_LINE_EACH, "title": ONE_LINE_EACH}


class Option(Struct, frozen=True, kw_only=True):
    """Something that can be chosen, and every word by which it is."""

    value: str
    label: str
    also: tuple[str, ...] = ()
    offered: bool = True
    """False: retired; understood where it stands, and in no list."""


class Column(Struct, frozen=True, kw_only=True):
    """A column, and all that the platform knows to read it."""

    told: ImportColumn
    options: tuple[Option, ...] = ()
    free: bool = False
    """What is not among the options may be right all the same: the sheet is asked."""

    @property
    def field(self) -> str:
        return self.told.field

    @property
    def many(self) -> bool:
        return self.told.kind == "choices"


LABELS: Final = {one.name: one.label for one in directory_entries.FIELDS} | {"verified": directory_entries.VERIFIED}


class Columns:
    """Makes the columns of one kind of record for one ground."""

    def __init__(self, ground: Ground, languages: Sequence[str]) -> None:
        self._ground = ground
        self._languages = languages

    def practices(self) -> Iterator[Column]:
        for name, field in FIELDS.items():
            if name in TEXTS:
                for lang in self._languages:
                    required = name == "title" and lang == self._languages[0]
                    kind: ColumnKind = "line" if name == "title" else "text"
                    yield self._column(
                        f"text.{lang}.{name}", kind, field.label, of=lang, help_=field.help, required=required
                    )
            elif name == "note":
                yield from self._texts("note", field.label, field.help)
            elif name not in GROUPS:
                yield self._of_practice(name)
        for key, own in self._ground.vocabulary.fields.items():
            if not self._ground.vocabulary.is_retired("field", key):
                yield from self._answers(key, own)
        yield self._original()
        for group in GROUPS:
            yield from self._group(group)
        yield from self._kept()

    def organisations(self) -> Iterator[Column]:
        yield from self._texts("name", LABELS["name"], required=True)
        yield from self._texts("role", LABELS["role"])
        yield self._choice("sectors", LABELS["sectors"], self.sectors(), many=True, required=True)
        yield self._choice("side", LABELS["side"], self._codes("side", get_args(Side)), required=True)
        yield self._choice("scope", LABELS["scope"], self._codes("scope", get_args(Scope)), required=True)
        yield self._column("website", "line", LABELS["website"])
        yield self._column("since", "date", LABELS["since"], help_=DATE)
        yield self._column("until", "date", LABELS["until"], help_=DATE)
        yield self._choice("merged_into", LABELS["merged_into"], self.directory())
        yield self._choice("sources", LABELS["sources"], self.sources(), many=True)
        yield self._choice("verified", LABELS["verified"], self._yes_no())
        yield from self._texts("note", LABELS["note"])
        for cell in ("title", "publisher", "url", "kind", "key"):
            yield self._cell("own_sources", cell)
        yield from self._kept()

    # What can be chosen

    def sectors(self) -> tuple[Option, ...]:
        terms = self._ground.vocabulary
        return tuple(
            self._option(
                key,
                sector.name,
                offered=not terms.is_retired("sector", key, self._ground.today),
                former=sector.former,
            )
            for key, sector in entries(terms, "sector").items()
        )

    def sources(self) -> tuple[Option, ...]:
        terms = self._ground.vocabulary
        lang = terms.header.languages[0]
        return tuple(
            self._option(
                key,
                {lang: one.title} if isinstance(one.title, str) else one.title,
                offered=("source", key) not in terms.retired,
                former=one.former,
            )
            for key, one in entries(terms, "source").items()
        )

    def provisions(self) -> tuple[Option, ...]:
        terms, found = self._ground.vocabulary, []
        for key, one in entries(terms, "provision").items():
            instrument = terms.instruments.get(one.instrument)
            cited, _ = cite(self._ground, one, instrument)
            elsewhere = tuple(cite(tongue, one, instrument)[0] for tongue in self._ground.tongues)
            offered = not terms.is_retired("provision", key, self._ground.today)
            found.append(Option(value=key, label=cited, also=(*elsewhere, *one.former), offered=offered))
        return tuple(found)

    def directory(self) -> tuple[Option, ...]:
        found = [
            Option(
                value=one.key or one.id,
                label=self._ground.say(one.organisation.name),
                also=(*one.organisation.name.values(), *one.names),
            )
            for one in self._ground.directory
        ]
        return tuple(sorted(found, key=lambda option: option.label.casefold()))

    def related(self) -> tuple[Option, ...]:
        cards = service.all_cards(self._ground.instance.database, self._ground.region_id)
        newest = (card for _, card in zip(range(MOST_PRACTICES), cards, strict=False))
        return tuple(
            Option(value=one.id, label=self._ground.say(one.title), also=tuple(one.title.values())) for one in newest
        )

    def articles(self) -> tuple[Option, ...]:
        return tuple(Option(value=str(one.number), label=str(one.number)) for one in convention().articles)

    # Columns

    def _of_practice(self, name: str) -> Column:
        field = FIELDS[name]
        if name == "convention":
            return self._choice(name, field.label, self.articles(), many=True, free=True, help_=REFERENCES)
        if field.kind == "code":
            return self._choice(name, field.label, self._codes(field.codes, CODES[name]), help_=field.help)
        if field.kind == "codes":
            return self._choice(name, field.label, self._codes(field.codes, CODES[name]), many=True)
        if field.kind == "keys":
            offered = {
                "sectors": self.sectors,
                "legal_basis": self.provisions,
                "sources": self.sources,
                "related": self.related,
            }[name]()
            return self._choice(name, field.label, offered, many=True, free=name == "related")
        if field.kind == "tick":
            return self._choice(name, field.label, self._yes_no(), help_=field.help)
        return self._column(name, "date", field.label, help_=DATE)

    def _answers(self, key: str, own: PracticeField) -> Iterator[Column]:
        field = f"answers.{key}"
        heading = {lang: own.label.get(lang) or self._ground.say(own.label) for lang in self._ground.translators}
        help_ = self._ground.say(own.help)
        former = tuple(f"answers.{one}" for one in own.former)
        if own.type == "text":
            for lang in self._languages:
                marked = {code: f"{words} [{lang}]" for code, words in heading.items()}
                earlier = tuple(f"{one}.{lang}" for one in former)
                yield Column(
                    told=ImportColumn(field=f"{field}.{lang}", titles=marked, kind="text", help=help_, former=earlier)
                )
        elif own.type in ("number", "date"):
            kind: ColumnKind = "number" if own.type == "number" else "date"
            yield Column(told=ImportColumn(field=field, titles=heading, kind=kind, help=help_, former=former))
        else:
            offered = (
                self._yes_no()
                if own.type == "yes-no"
                else tuple(
                    self._option(one.key, one.name, offered=one.until is None or one.until > self._ground.today)
                    for one in own.choices
                )
            )
            yield self._chosen(field, heading, offered, many=own.type == "choices", help_=help_, former=former)

    def _group(self, group: str) -> Iterator[Column]:
        for cell in ROWS[group]:
            if cell in BY_LANGUAGE and group != "own_sources":
                for lang in self._languages:
                    yield self._cell(group, cell, lang)
            else:
                yield self._cell(group, cell)

    def _cell(self, group: str, cell: str, lang: str = "") -> Column:
        field = f"{group}.{cell}" + (f".{lang}" if lang else "")
        label = CELL if cell == "key" else CELLS[cell]
        titles = self._ground.titles(GROUPS[group], label, of=lang)
        help_ = self._said(_CELL_HELP.get(cell, KEPT if cell == "key" else ""))
        offered = self._offered(cell)
        if offered is not None:
            many = cell == "sources"
            return self._chosen(field, titles, offered, many=many, free=many, group=group, help_=help_)
        kind = _CELL_KINDS.get(cell, "line")
        return Column(told=ImportColumn(field=field, titles=titles, kind=kind, group=group, help=help_))

    def _offered(self, cell: str) -> tuple[Option, ...] | None:
        """What can be chosen in a cell of a group; None: it is written."""
        lists = {"organisation": self.directory, "sector": self.sectors, "sources": self.sources}
        codes = {"side": ("side", get_args(Side)), "kind": ("source", get_args(SourceKind))}
        if cell in codes:
            return self._codes(*codes[cell])
        return lists[cell]() if cell in lists else None

    def _texts(self, name: str, label: str, help_: str = "", *, required: bool = False) -> Iterator[Column]:
        kind: ColumnKind = "line" if name == "name" else "text"
        for lang in self._languages:
            needed = required and lang == self._languages[0]
            yield self._column(f"{name}.{lang}", kind, label, of=lang, help_=help_, required=needed)

    def _original(self) -> Column:
        header, lang = self._ground.vocabulary.header, self._ground.lang
        offered = tuple(
            Option(
                value=code,
                label=language_name(code, lang),
                also=tuple(language_name(code, other) for other in self._ground.translators),
            )
            for code in dict.fromkeys((*header.languages, *self._languages))
        )
        return self._choice("original", ORIGINAL, offered)

    def _kept(self) -> Iterator[Column]:
        yield self._column("id", "kept", RECORD, help_=KEPT)
        yield self._column("version", "kept", VERSION, help_=KEPT)

    def _column(
        self, field: str, kind: ColumnKind, label: str, *, of: str = "", help_: str = "", required: bool = False
    ) -> Column:
        titles = self._ground.titles(label, of=of)
        said = self._said(help_)
        return Column(told=ImportColumn(field=field, titles=titles, kind=kind, help=said, required=required))

    def _choice(
        self,
        field: str,
        label: str,
        offered: Iterable[Option],
        *,
        many: bool = False,
        free: bool = False,
        help_: str = "",
        required: bool = False,
    ) -> Column:
        said = self._said(help_)
        return self._chosen(
            field, self._ground.titles(label), tuple(offered), many=many, free=free, help_=said, required=required
        )

    def _chosen(
        self,
        field: str,
        titles: dict[str, str],
        offered: tuple[Option, ...],
        *,
        many: bool = False,
        free: bool = False,
        group: str = "",
        help_: str = "",
        required: bool = False,
        former: tuple[str, ...] = (),
    ) -> Column:
        said = " ".join(filter(None, (help_, self._ground._(SEVERAL) if many else "")))
        told = ImportColumn(
            field=field,
            titles=titles,
            kind="choices" if many else "choice",
            group=group,
            help=said,
            required=required,
            former=former,
            choices=tuple(ImportChoice(value=one.value, label=one.label) for one in offered if one.offered),
        )
        return Column(told=told, options=offered, free=free)

    def _said(self, english: str) -> str:
        return self._ground._(english) if english else ""

    def _option(
        self, value: str, texts: Mapping[str, str], *, offered: bool = True, former: Sequence[str] = ()
    ) -> Option:
        also = (*texts.values(), *former)
        return Option(value=value, label=self._ground.say(texts), also=also, offered=offered)

    def _codes(self, kind: str, codes: Iterable[str]) -> tuple[Option, ...]:
        worded = ((code, self._ground.labels(kind, code)) for code in codes)
        return tuple(Option(value=code, label=words[0], also=words) for code, words in worded)

    def _yes_no(self) -> tuple[Option, ...]:
        return self._codes("answer", ("yes", "no"))
