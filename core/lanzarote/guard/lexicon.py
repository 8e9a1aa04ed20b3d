"""What the guard knows about words: which may stand for a child, an accused, a school, a street … in many languages.

The words are in ``words/<language>.txt``, one kind a line; the guard learns a language by such a file. ``*schule``
is any word that ends so, ``підозрюван*`` any that begins so and is not named otherwise. Words are compared folded, so
that accents and capitals do not matter; ``=börn`` with its accents, since *born* is another word. ``_`` stands for a
blank.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.resources import files

from lanzarote.translation.folding import fold

KINDS = (
    "child", "children", "party", "parties", "kin", "title", "little", "named", "told", "aged", "has", "unit", "number",
    "official", "organisation", "school", "pupil", "lives", "service", "private", "phone", "street", "streetend",
    "notname", "given", "road", "charged", "case", "surnamed", "parents", "about", "report",
    "me", "my", "harm", "lewd", "known", "fault", "saw", "against", "file",
    "idnumber", "person", "othernumber", "reference", "orgaccount",
)  # fmt: skip
OF_TELEPHONES = ("line", "duty", "function")
"""Kinds that say nothing but whose telephone it is: the classifier is not told them."""
ALL_KINDS = KINDS + OF_TELEPHONES
(
    CHILD, CHILDREN, PARTY, PARTIES, KIN, TITLE, LITTLE, NAMED, TOLD, AGED, HAS, UNIT, NUMBER,
    OFFICIAL, ORGANISATION, SCHOOL, PUPIL, LIVES, SERVICE, PRIVATE, PHONE, STREET, STREETEND,
    NOTNAME, GIVEN, ROAD, CHARGED, CASE, SURNAMED, PARENTS, ABOUT, REPORT,
    ME, MY, HARM, LEWD, KNOWN, FAULT, SAW, AGAINST, FILE,
    IDNUMBER, SOMEBODY, OTHERNUMBER, REFERENCE, ORGACCOUNT, LINE, DUTY, FUNCTION,
) = (1 << place for place in range(len(ALL_KINDS)))  # fmt: skip

PEOPLE = CHILD | CHILDREN | PARTY | PARTIES | KIN | PARENTS
NEVER_A_NAME = (
    PEOPLE | OFFICIAL | ORGANISATION | SCHOOL | SERVICE | NOTNAME | UNIT | PHONE | STREET | PUPIL | HAS | NUMBER
)  # fmt: skip


@cache
def _files() -> dict[str, dict[str, tuple[str, ...]]]:
    """Language → kind → the words of its file, as they are written there."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for file in sorted((files("lanzarote.guard") / "words").iterdir(), key=lambda file: file.name):
        language, _, ending = file.name.rpartition(".")
        if ending == "txt":
            lines = (line.partition(":") for line in file.read_text("utf-8").splitlines() if line[:1] not in ("", "#"))
            found[language] = {kind: tuple(listed.split()) for kind, _, listed in lines}
    return found


def languages() -> tuple[str, ...]:
    """The languages that have a file."""
    return tuple(_files())


def listed(language: str, kind: str) -> list[str]:
    """The words of a *kind* in the file of a *language*, folded; ``_`` stands for a blank."""
    return [fold(word.lstrip("=")).replace("_", " ") for word in _files().get(language, {}).get(kind, ())]


def written(kind: str) -> frozenset[str]:
    """The words of a *kind* in all languages, in lower case, accents kept; ``_`` stands for a blank."""
    listed = (word for language in _files().values() for word in language.get(kind, ()))
    return frozenset(word.lstrip("=").casefold().replace("_", " ") for word in listed)


def listed_with_language(kind: str) -> list[tuple[str, str]]:
    """(language, word) of a *kind*, in lower case, accents kept."""
    return [
        (language, word.casefold().replace("_", " "))
        for language, kinds in _files().items()
        for word in kinds.get(kind, ())
    ]


@cache
def all_of(*kinds: str) -> frozenset[str]:
    """The words of some *kinds* in all languages, folded."""
    return frozenset(word for language in _files() for kind in kinds for word in listed(language, kind))


def either(*kinds: str) -> str:
    """A part of a pattern that finds any of the words of some *kinds*, the longest first."""
    words = {word for kind in kinds for word in written(kind)}
    return "|".join(re.escape(word).replace("'", "['’]") for word in sorted(words, key=lambda word: (-len(word), word)))


_FEW = (3, 4)
_ALPHABETS = {"el": re.compile("[α-ω]", re.IGNORECASE), "uk": re.compile("[іїєґ]", re.IGNORECASE)}
"""Letters that tell a language where no word does."""
_NOT_OF_A_LANGUAGE = frozenset(("given", "title"))


def languages_of(text: str) -> frozenset[str]:
    """The languages that *text* seems to be written in: those that know most of its words.

    >>> languages_of("Das Mädchen hat uns gestern eine Nummer gegeben")
    frozenset({'de'})
    """
    counts: dict[str, int] = {}
    known = _languages_of_words()
    for word in {fold(word) for word in words(text)}:
        for language in known.get(word, ()):
            counts[language] = counts.get(language, 0) + 1
    if not counts:
        return frozenset(language for language, letters in _ALPHABETS.items() if letters.search(text))
    most = max(counts.values())
    least = most - 1 if most in _FEW else most
    return frozenset(language for language, count in counts.items() if count >= least)


@cache
def _languages_of_words() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for language, kinds in _files().items():
        for word in {fold(word) for kind, listed in kinds.items() if kind not in _NOT_OF_A_LANGUAGE for word in listed}:
            found.setdefault(word, []).append(language)
    return {word: tuple(languages) for word, languages in found.items()}


_EDGES = ",;:!?()[]{}«»“”„\"’'…–—-"
_MOST = 50_000
_LONGEST = 40

_known: dict[str, int] = {}
_unknown: set[int] = set()
"""Of words that mean nothing to us only a number is kept: they may be somebody's name."""


def kinds_of(word: str) -> int:
    """What *word* may be, as bits; 0 when nothing is known about it. Signs, and an article, may cling to it."""
    found = _known.get(word)
    if found is not None:
        return found
    return 0 if hash(word) in _unknown else _look_up(word)


def kinds_in(text: str) -> int:
    """All kinds of which there is a word in *text*."""
    found = 0
    for word in words(text):
        found |= kinds_of(word)
    return found


_WORD = re.compile(r"[^\W_]+(?:[-'’·][^\W_]+)*\.?")


def words(text: str) -> list[str]:
    return _WORD.findall(text)


def kinds_of_people(text: str) -> int:
    """The kinds in *text* of words that are no part of a name: the child, but not the Institute of the Child."""
    found = 0
    for place, word in enumerate(words(text)):
        if not place or not word[0].isupper() or word.isupper() or fold(word) in _lexicon().german:
            found |= kinds_of(word)
    return found


_FIRST_PART, _LAST_PART = re.compile(r"\A\w+"), re.compile(r"\w+\Z")


def left_of(text: str, place: int, width: int) -> str:
    """What stands before *place*, whole words only."""
    if place <= width:
        return text[:place]
    piece = text[place - width : place]
    return _FIRST_PART.sub("", piece) if text[place - width - 1].isalnum() else piece


def right_of(text: str, place: int, width: int) -> str:
    """What stands behind *place*, whole words only."""
    if place + width >= len(text):
        return text[place:]
    piece = text[place : place + width]
    return _LAST_PART.sub("", piece) if text[place + width].isalnum() else piece


@cache
def first_names() -> frozenset[str]:
    """First names, folded, that are no other word we know."""
    return _lexicon().alone(GIVEN)


def german_roles(text: str) -> bool:
    """Whether there is a role in *text* that is a noun of German, and has a capital for that."""
    return any(fold(word) in _lexicon().german for word in words(text))


def _look_up(word: str) -> int:
    bare = word.strip(_EDGES)
    found = _lexicon().kinds(fold(bare)) | _lexicon().exact.get(bare.casefold(), 0)
    if found and len(_known) < _MOST:
        _known[word] = found
    elif len(_unknown) < _MOST:
        _unknown.add(hash(word))
    return found


_IRISH = frozenset("tnh")


class _Lexicon:
    """Folded word → kinds."""

    def __init__(self) -> None:
        self._whole: dict[str, int] = {}
        self._endings: dict[str, int] = {}
        self._beginnings: dict[str, int] = {}
        self.exact: dict[str, int] = {}
        """Words that would be others without their accents."""
        self.german: set[str] = set()

    def add(self, listed: Iterable[str], kind: str, language: str = "") -> None:
        bit = 1 << ALL_KINDS.index(kind)
        for written in listed:
            if written[0] == "=":
                self.exact[written[1:].casefold()] = self.exact.get(written[1:].casefold(), 0) | bit
                continue
            word = fold(written).replace("_", " ")
            place = self._endings if word[0] == "*" else self._beginnings if word[-1] == "*" else self._whole
            key = word.strip("*")
            place[key] = place.get(key, 0) | bit
            if language == "de" and kind in ("child", "children", "party", "parties", "kin", "parents", "little"):
                self.german.add(word)

    def alone(self, kind: int) -> frozenset[str]:
        """The words that are of this *kind* and of no other."""
        return frozenset(word for word, kinds in self._whole.items() if kinds == kind)

    def kinds(self, folded: str) -> int:
        if len(folded) > _LONGEST:
            return 0
        whole = self._whole
        found = whole.get(folded) or whole.get(folded.rstrip("."), 0)
        if not found and "'" in folded:
            before, _, after = folded.rpartition("'")
            found = whole.get(before if after in ("s", "") else after, 0)
        if not found and "-" in folded:
            first, _, second = folded.partition("-")
            # Irish puts t-, n- and h- before words
            found = whole.get(second, 0) if first in _IRISH else whole.get(first, 0) & whole.get(second, 0) & GIVEN
        if not found:
            for length in range(len(folded), 3, -1):
                if found := self._beginnings.get(folded[:length], 0):
                    break
        for length in range(3, len(folded)):
            found |= self._endings.get(folded[-length:], 0)
        return found


@cache
def _lexicon() -> _Lexicon:
    """Read when a text first asks for it."""
    made = _Lexicon()
    for language, kinds in _files().items():
        for kind, listed in kinds.items():
            if kind in ALL_KINDS:
                made.add(listed, kind, language)
    names = (files("lanzarote.guard") / "given_names.txt").read_text("utf-8").partition("\n")[2]
    made.add(names.split(), "given")
    return made


# --- nearby words ---
# What stands near a number, an account or a profile and tells whose it is: a person's, or a body's that has it.

PERSON = CHILD | PARTY | KIN | TITLE | PRIVATE
OFFICE = SERVICE | SCHOOL | ORGANISATION
_SENTENCE_END = re.compile(r"(?<=\w\w\w)[.!?](?= [^\W\d_a-z])|\n(?=[-–•*])|\"[,:\[\]{}]+\"")
"""Of a text, and of one text among others in JSON."""


_WORD_OF_LETTERS = re.compile(r"[^\W\d_][^\W_]*(?:[-'’·][^\W_]+)*\.?")


_WORD_OR_SIGN = re.compile(rf"{_WORD_OF_LETTERS.pattern}|[;:,(|]")
BREAK = 1 << len(ALL_KINDS)
"""Stands for a sign among the kinds of words."""


def words_without_figures(text: str) -> list[str]:
    """The words of *text* that are no figures."""
    return _WORD_OF_LETTERS.findall(text)


def kinds_in_order(text: str) -> list[int]:
    """The kinds of the words of *text*, and a `BREAK` for each sign between them."""
    return [BREAK if word in _SIGNS else kinds_of(word) for word in _WORD_OR_SIGN.findall(text)]


_SIGNS = frozenset(";:,(|")


def sentence_before(text: str, start: int, width: int) -> str:
    """The beginning of the sentence that goes on at *start*, whole words of at most *width* signs."""
    return _SENTENCE_END.split(left_of(text, start, width))[-1]


def sentence_after(text: str, end: int, width: int) -> str:
    return _SENTENCE_END.split(right_of(text, end, width))[0]


_FEWEST_OF_ACRONYM = 3


def nearest_first(before: str, after: str) -> Iterator[int]:
    """The kinds of the words around a number, those before it first and the nearest of them first."""
    around = _WORD_OR_SIGN.findall(before)
    shouted = sum(map(str.isupper, around)) * 2 > len(around) > 1
    for place in reversed(range(len(around))):
        word = around[place]
        if word in _SIGNS:
            yield BREAK
            continue
        kinds = kinds_of(word)
        if not kinds:
            if not shouted and _is_acronym(word):
                kinds = SERVICE
            elif word.lower() in _ends_of_parties() and _is_of_party(around, place):
                kinds = PARTY
        elif kinds & SERVICE and place and kinds_of(around[place - 1]) & KIN and "'" in fold(word):
            continue  # "famille d'accueil" is a family
        yield kinds
    yield BREAK
    yield from kinds_in_order(after)


def _is_acronym(word: str) -> bool:
    return word.isupper() and len(word) >= _FEWEST_OF_ACRONYM and word.isalpha()


def _is_of_party(around: list[str], place: int) -> bool:
    """``mis en cause``: three words for somebody who has a part in a case."""
    return fold(" ".join(around[max(0, place - 2) : place + 1])) in _parties_in_words()


@cache
def _parties_in_words() -> frozenset[str]:
    return frozenset(word for word in all_of("party") if " " in word)


@cache
def _ends_of_parties() -> frozenset[str]:
    return frozenset(word.rpartition(" ")[2] for word in _parties_in_words())


_NEXT = 3


def whose_word(kinds: Sequence[int], persons: int = PERSON | OFFICIAL) -> int:
    """The kinds of the nearest word for a person or a body; of ``the school of the child`` it is the school."""
    for place, one in enumerate(kinds):
        if one & (persons | OFFICE):
            if one & persons and not one & (OFFICE | PRIVATE):
                for other in kinds[place + 1 : place + 1 + _NEXT]:
                    if other & (PRIVATE | PHONE | BREAK):
                        break
                    if other & OFFICE and not other & persons:
                        return other
            return one
    return 0
