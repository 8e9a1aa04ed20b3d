"""The platform's own words in one language or another."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from weakref import WeakValueDictionary

from lanzarote.errors import LanzaroteError
from lanzarote.translation.checking import breaks, fault_of, faults_of
from lanzarote.translation.formats import locale_of, plural_categories
from lanzarote.translation.po import DRAFT, CatalogueError, Entry, Fault, examine, header_of
from lanzarote.translation.texts import in_language
from lanzarote.types import Catalogue

log = logging.getLogger("lanzarote.translation")
SOURCE_LANGUAGE = "en"
ENGLISH_IS_OURS = "English is the language of the platform itself, which no catalogue changes; take the file out"
_TAG = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")
_HEADER_LENGTH = 1_000
_RANGES = 20


def N_(message: str) -> str:  # noqa: N802 - the name by which every gettext tool knows it
    """Mark *message* for translation where no translator is at hand, as in a table of labels."""
    return message


class Translator:
    """The platform's words in one language; what is not translated stays English and says so (`Foreign`)."""

    def __init__(
        self,
        language: str,
        entries: Iterable[Entry] = (),
        *,
        draft: bool = False,
        path: str = "",
        below: Translator | None = None,
    ) -> None:
        """*path*: the file of the *entries*. *below*: asked for every message that they do not translate."""
        self.language = language
        self.draft: bool = draft or (below is not None and below.draft)
        """Some of the words await a native reader's review."""
        self.path, self.below = path, below
        self.otherwise: list[str] = []
        """Messages that these entries translate and that *below* says in other words."""
        self._texts: dict[str, str] = {}
        self._forms: dict[str, dict[str, str]] = {}
        for entry in entries:
            key = entry.id if entry.context is None else _key(entry.context, entry.id)
            if below is not None and below.said(key) not in ("", entry.forms[0]):
                self.otherwise.append(entry.id)
            if entry.plural is not None:
                forms = zip(plural_categories(language), entry.forms, strict=True)
                self._forms.setdefault(key, dict(forms))
            # A message used with and without number is one entry; alone, it is said as for one.
            self._texts.setdefault(key, entry.forms[0])
        self._category: Callable[[float], str] = locale_of(language).plural_form if self._forms else str
        self._own = language.partition("-")[0] == SOURCE_LANGUAGE

    def gettext(self, message: str) -> str:
        return self.said(message) or self._english(message)

    def pgettext(self, context: str, message: str) -> str:
        return self.said(_key(context, message)) or self._english(message)

    def ngettext(self, one: str, many: str, n: float) -> str:
        return self._choose(one, one, many, n)

    def npgettext(self, context: str, one: str, many: str, n: float) -> str:
        return self._choose(_key(context, one), one, many, n)

    def _choose(self, key: str, one: str, many: str, n: float) -> str:
        forms = self._forms.get(key)
        if forms is not None:
            return forms[self._category(n)]
        return self.below._choose(key, one, many, n) if self.below else self._english(one if n == 1 else many)

    @cached_property
    def digest(self) -> str:
        """Another text whenever a message is said in other words."""
        told = blake2b(self.language.encode(), digest_size=16)
        for layer in self.layers():
            told.update(repr(sorted(layer._texts.items())).encode())
        return told.hexdigest()

    def layers(self) -> Iterator[Translator]:
        """This one, and those below it."""
        yield self
        if self.below is not None:
            yield from self.below.layers()

    def said(self, key: str) -> str:
        """The translation, in the singular; empty when there is none."""
        return self._texts.get(key) or (self.below.said(key) if self.below else "")

    def _english(self, text: str) -> str:
        return text if self._own else in_language(text, SOURCE_LANGUAGE, self.language)


def _in(language: str, catalogues: Iterable[Catalogue]) -> tuple[Catalogue, ...]:
    return tuple(one for one in catalogues if one.language == language)


def _key(context: str, message: str) -> str:
    return f"{context}\x04{message}"


_READ: WeakValueDictionary[tuple[object, ...], Translator] = WeakValueDictionary()
"""What other instances of this process have read, and from which files as they were then."""


def stamp(path: str) -> tuple[int, ...]:
    """What tells a file from what it was before."""
    try:
        found = Path(path).stat()
    except OSError:
        return ()
    return found.st_ino, found.st_size, found.st_mtime_ns


class Translations:
    """Every catalogue that packages and regions bring; where two translate one message, the first given wins.

    What packages bring is said on all pages; what a region brings, on its own. Pages of no region speak a language
    that no package brings in the words of the regions that do.
    """

    def __init__(
        self,
        catalogues: Iterable[Catalogue] = (),
        blame: Callable[[Catalogue, str], None] = lambda *_: None,
        regional: Mapping[str, Sequence[Catalogue]] | None = None,
        clash: Callable[[str, Sequence[str]], None] = lambda *_: None,
    ) -> None:
        """*regional*: region → its own catalogues.

        *blame*: told of a catalogue that is left aside, and why. *clash*: told of the file of one that says messages in
        other words than those after it, and which.
        """
        self._catalogues = tuple(catalogues)
        self._regional = regional or {}
        self._blame, self._clash = blame, clash
        for catalogue in self._every():
            check_tag(catalogue.language, f"catalogue {catalogue.path}")
        self._translators: dict[tuple[str, str], Translator] = {}
        self.faults: dict[str, str] = {}
        """Catalogues that were left aside, and why; known once their language was asked for."""

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages in which there are catalogues, English first."""
        others = {catalogue.language for catalogue in self._every()} - {SOURCE_LANGUAGE}
        return (SOURCE_LANGUAGE, *sorted(others))

    def translator(self, language: str, region_id: str = "") -> Translator:
        """The words in *language*, all English if there is no catalogue; read when first asked for.

        *region_id*: as that region says them; else as pages of no region do.
        """
        place = language, region_id
        found = self._translators.get(place)
        if found is None:
            check_tag(language, "the language asked for")
            # Two threads may both come here first; they build the same thing and the later one is dropped.
            found = self._translators.setdefault(place, self._read(*place))
            for layer in found.layers():
                if layer.otherwise:
                    self._clash(layer.path, layer.otherwise)
        return found

    def read_all(self) -> None:
        """Read every catalogue, of every region too: only then is it known what is wrong with each."""
        for language in self.languages:
            self.translator(language)
        for region_id, own in self._regional.items():
            for one in own:
                self.translator(one.language, region_id)

    def _every(self) -> Iterator[Catalogue]:
        yield from self._catalogues
        for own in self._regional.values():
            yield from own

    def _read(self, language: str, region_id: str) -> Translator:
        shared = _in(language, self._catalogues)
        if region_id:
            return self._layers(language, (*_in(language, self._regional.get(region_id, ())), *shared))
        return self._layers(language, shared or _in(language, self._every()))

    def _layers(self, language: str, catalogues: Sequence[Catalogue]) -> Translator:
        """The words of the first of *catalogues* above those of the others."""
        files = (language, *((str(one.path), stamp(str(one.path))) for one in catalogues))
        if (known := _READ.get(files)) is not None:
            return known
        if not catalogues:
            return _READ.setdefault(files, Translator(language))
        first, *others = catalogues
        below = self._layers(language, others)
        entries = self._load(first)
        if entries is None:
            return below
        found = Translator(language, entries, draft=_is_draft(first), path=str(first.path), below=below)
        if not any(str(one.path) in self.faults for one in others):
            _READ[files] = found
        return found

    def _load(self, catalogue: Catalogue) -> list[Entry] | None:
        """A catalogue that cannot be used leaves its messages in English, and the pages up."""
        try:
            return load(catalogue)
        except Exception as error:  # the file is a package's, and may be anything
            log.error("a catalogue is left aside: %s", error)
            self.faults[str(catalogue.path)] = str(error)
            self._blame(catalogue, str(error))
            return None

    @staticmethod
    def negotiate(accept_language: str | None, offered: Sequence[str]) -> str:
        """The language of *offered* that the header likes best, else the first; any header will do.

        >>> Translations.negotiate("fr-CA;q=0.8, de", ["en", "fr"])
        'fr'
        """
        default = offered[0] if offered else SOURCE_LANGUAGE
        by_tag = {tag.lower(): tag for tag in reversed(offered)}
        for wanted in _accepted(accept_language or ""):
            if wanted == "*":
                return default
            pieces = wanted.split("-")
            for length in range(len(pieces), 0, -1):
                if found := by_tag.get("-".join(pieces[:length])):
                    return found
            if found := next((tag for low, tag in by_tag.items() if low.startswith(f"{wanted}-")), None):
                return found
        return default


def is_language(tag: object) -> bool:
    """
    >>> is_language("pt-BR"), is_language("fr_FR"), is_language(3)
    (True, False, False)
    """
    return isinstance(tag, str) and bool(_TAG.fullmatch(tag))


def check_tag(language: str, what: str) -> None:
    """Refuse what is no tag of a language; *what* says where it stands."""
    if not is_language(language):
        raise LanzaroteError(f"{what}: {language[:40]!r} is not a language such as fr or pt-BR")


def _accepted(header: str) -> list[str]:
    """Language ranges in lower case, the most wanted first."""
    ranges: list[tuple[float, str]] = []
    for piece in header[:_HEADER_LENGTH].split(",")[:_RANGES]:
        tag, _, parameter = piece.strip().lower().partition(";")
        name, _, number = parameter.strip().partition("=")
        quality = 1.0
        if name.strip() == "q":
            quality = float(number) if re.fullmatch(r"[01](\.[0-9]{0,3})?", number.strip()) else 0.0
        if tag and quality > 0:
            ranges.append((-quality, tag.strip()))
    return [tag for _, tag in sorted(ranges, key=lambda pair: pair[0])]


def load(catalogue: Catalogue) -> list[Entry]:
    """Return the entries that are translated, fit and not fuzzy.

    Raises CatalogueError for a file with which pages would fail. A word that merely should not be read stays English
    alone: a package that was published with one keeps its language.
    """
    entries, unread = _examined(catalogue)
    misfits = {one.key for one in entries if fault_of(one, catalogue.language)}
    if unread or any(breaks(one, catalogue.language) for one in entries if one.key in misfits):
        raise CatalogueError(str(catalogue.path), *faults_in(catalogue))
    return [one for one in entries if one.translated and "fuzzy" not in one.flags and one.key not in misfits]


def faults_in(catalogue: Catalogue) -> list[Fault]:
    """All that is wrong with it, in the order of its lines. Raises CatalogueError when it cannot be read."""
    entries, faults = _examined(catalogue)
    faults += faults_of(entries, catalogue.language)
    return sorted(faults, key=lambda fault: fault.line or sys.maxsize)


def _examined(catalogue: Catalogue) -> tuple[list[Entry], list[Fault]]:
    entries, faults = examine(_text_of(catalogue))
    return [entry for entry in entries if entry.id], faults


def _is_draft(catalogue: Catalogue) -> bool:
    return DRAFT in header_of(_text_of(catalogue))


def _text_of(catalogue: Catalogue) -> str:
    name = str(catalogue.path)
    try:
        return catalogue.path.read_text(encoding="utf-8")
    except OSError as fault:
        raise CatalogueError(name, Fault(0, f"cannot be read ({fault})")) from fault
    except UnicodeDecodeError as fault:
        raise CatalogueError(name, Fault(0, f"is not UTF-8 at byte {fault.start}; save it as UTF-8")) from fault
