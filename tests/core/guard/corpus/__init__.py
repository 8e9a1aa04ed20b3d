"""A labelled corpus of texts for the guard, in ten languages. Every person, number and address in it is invented.

The ``*.toml`` beside this hold sentences as professionals write them, by hand: one a line, ``⏎`` is a line break, what
has to be found stands in ``⟦ ⟧`` and ``{…}`` is filled in. Each sentence is made into several texts: with other people,
untidy (accents lost, blanks doubled), and, where something hard stands in it, disguised by signs that nobody sees.

A third of the sentences, told by their hash, is held out: whoever tunes the guard does not look at how it does there.
Held out texts also have names and addresses of their own.
"""

from __future__ import annotations

import random
import re
import tomllib
import unicodedata
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from tests.core.guard.corpus.numbers import account_number, personal_number

FOLDER = Path(__file__).parent
HARD = ("personal-number", "birth-date", "email", "phone", "bank-account", "profile")
SOFT = (
    "phone-of-duty", "name-with-age", "initials-with-school", "address-of-minor", "person-of-case",
    "report-about", "name-with-date", "name-in-haste", "name-on-network",
)  # fmt: skip
KINDS = (*HARD, *SOFT, "clean", "disclosure", "correction")
VARIANTS = {"clean": 3, "disclosure": 2, "correction": 2} | dict.fromkeys((*HARD, *SOFT), 4)

_FIND = re.compile("⟦(.*?)⟧", re.DOTALL)
_SLOT = re.compile(r"\{([A-Za-z]+)(?::([a-z.]+))?\}")
_LATIN = {"uk": "pl", "el": "it"}
"""Languages whose addresses of mail are written in the letters of another."""
_FREE_MAIL = {
    "fr": "gmail.com orange.fr laposte.net free.fr hotmail.fr",
    "en": "gmail.com yahoo.co.uk btinternet.com outlook.com hotmail.co.uk",
    "de": "gmx.de web.de t-online.de gmail.com gmx.at",
    "es": "gmail.com hotmail.es yahoo.es",
    "it": "libero.it virgilio.it gmail.com hotmail.it",
    "pt": "sapo.pt gmail.com hotmail.com",
    "nl": "gmail.com ziggo.nl hotmail.com telenet.be",
    "pl": "wp.pl o2.pl interia.pl gmail.com",
    "uk": "ukr.net i.ua gmail.com",
    "el": "gmail.com yahoo.gr otenet.gr",
}
_UNSEEN = ("\u200b", "\u00ad", "\u200d", "\ufeff", "\u2060")
_LOOK_ALIKES = str.maketrans("aeopcxyABEKMHOPCTX", "аеорсхуАВЕКМНОРСТХ")


class Find(NamedTuple):
    start: int
    end: int
    hard: bool


class Text(NamedTuple):
    language: str
    kind: str
    text: str
    finds: tuple[Find, ...]
    held_out: bool


@cache
def corpus() -> tuple[Text, ...]:
    return tuple(text for file in sorted(FOLDER.glob("*.toml")) for text in _texts(file))


def _texts(file: Path) -> list[Text]:
    data = tomllib.loads(file.read_text("utf-8"))
    sections = data["texts"] | {"clean": "\n".join(part.strip("\n") for part in data["clean"].values())}
    made: dict[tuple[str, str], Text] = {}
    for kind, lines in sections.items():
        for line in lines.strip("\n").split("\n"):
            for text in _variants(file.stem, kind, line.replace("⏎", "\n"), data["names"]):
                made.setdefault((kind, text.text), text)
    return list(made.values())


def _variants(language: str, kind: str, line: str, names: dict[str, str]) -> list[Text]:
    seed = sha256(f"{language} {line}".encode()).digest()
    held_out = seed[0] % 3 == 0
    hard = kind in HARD
    texts = []
    for number in range(VARIANTS[kind] if "{" in line or "⟦" in line else 1):
        chance = random.Random(seed + bytes([number]))
        written = _Writer(language, names, chance, held_out).fill(line)
        if number == 2:
            written = _untidy(written, chance)
        elif number == 3:
            written = _disguised(written, chance) if hard else _untidy(written, chance)
        texts.append(Text(language, kind, *_unmarked(written, hard), held_out))
    return texts


def _unmarked(written: str, hard: bool) -> tuple[str, tuple[Find, ...]]:
    text, finds, done = "", [], 0
    for match in _FIND.finditer(written):
        text += written[done : match.start()]
        finds.append(Find(len(text), len(text) + len(match[1]), hard))
        text += match[1]
        done = match.end()
    return text + written[done:], tuple(finds)


class _Writer:
    """Fills the slots of one sentence; the same name is written in the same way throughout."""

    def __init__(self, language: str, names: dict[str, str], chance: random.Random, held_out: bool) -> None:
        self.language, self.names, self.chance, self.held_out = language, names, chance, held_out
        self.given, self.family = self._name("given"), self._name("family")

    def fill(self, line: str) -> str:
        return _SLOT.sub(lambda match: self._slot(match[1], match[2] or ""), line)

    def _one_of(self, choices: list[str]) -> str:
        """Every third choice is only for what is held out."""
        own = [choice for place, choice in enumerate(choices) if (place % 3 == 0) == self.held_out]
        return self.chance.choice(own or choices)

    def _name(self, kind: str) -> str:
        return self._name_of(self.names[kind])

    def _name_of(self, names: str) -> str:
        # Surnames of several words stand among the others.
        return self._one_of(re.findall(r"(?:(?:Da|De|Le|El|van den|van|de) )?\S+", names))

    def _slot(self, slot: str, detail: str) -> str:
        chance = self.chance
        if slot in self.names and slot not in ("given", "family"):
            choices = self.names[slot].split("|")
            return _figures(
                self._one_of(choices) if slot in ("school", "street", "city") else chance.choice(choices), chance
            )
        simple: dict[str, Any] = {
            "g": lambda: self.given,
            "gl": lambda: self.given.lower(),
            "G": lambda: self.given.upper(),
            "s": lambda: self.family,
            "S": lambda: self.family.upper(),
            "sl": lambda: self.family.lower(),
            "i": lambda: self._name("given")[0],
            "age": lambda: str(chance.randint(5, 17)),
            "adult": lambda: str(chance.randint(22, 79)),
            "y": lambda: str(chance.randint(2001, 2026)),
            "n": lambda: str(chance.randint(120, 4_800)),
            "d": lambda: str(chance.randint(1, 28)),
            "month": lambda: chance.choice(self.names["months"].split()),
            "date": lambda: self._date(2001, 2026),
            "dob": lambda: self._date(*chance.choice(((2006, 2022), (1948, 2005)))),
            "mail": self._mail,
            "profile": self._profile,
            "iban": lambda: account_number(self.language, chance),
            "id": lambda: personal_number(detail or chance.choice(self.names["number"].split()), chance),
        }
        return str(simple[slot]())

    def _date(self, first: int, last: int) -> str:
        chance = self.chance
        day, month, year = chance.randint(1, 28), chance.randint(1, 12), chance.randint(first, last)
        return chance.choice(self.names["dates"].split("|")).format(
            d=day, dd=f"{day:02}", m=month, mm=f"{month:02}", y=year, yy=f"{year % 100:02}",
            month=self.names["months"].split()[month - 1],
        )  # fmt: skip

    def _latin_name(self) -> tuple[str, str]:
        names = _names_of(_LATIN[self.language]) if self.language in _LATIN else self.names
        return _ascii(self._name_of(names["given"])), _ascii(self._name_of(names["family"]))

    def _profile(self) -> str:
        chance = self.chance
        given, family = self._latin_name()
        return chance.choice(
            (
                f"https://www.facebook.com/{given}.{family}.{chance.randint(2, 99)}",
                f"https://www.facebook.com/profile.php?id=1000{chance.randint(10**9, 10**10)}",
                f"instagram.com/{given}_{chance.randint(2001, 2014)}",
                f"https://www.tiktok.com/@{given}.{family}",
                f"snapchat.com/add/{given}-{family}",
                f"https://vk.com/id{chance.randint(10**7, 10**9)}",
            )
        )

    def _mail(self) -> str:
        chance = self.chance
        given, family = self._latin_name()
        free = chance.choice(_FREE_MAIL[self.language].split())
        return chance.choice(
            (
                f"{given}.{family}@mairie-{chance.randint(2, 90)}.example",
                f"{given[0]}.{family}@hopital.example",
                f"{family}.{given}@{free}",
                f"{given}{family}{chance.randint(2, 99)}@{free}",
                f"{given}_{chance.randint(1990, 2012)}@{free}",
                f"{given}-{family}@justice.example",
            )
        )


@cache
def _names_of(language: str) -> dict[str, str]:
    names: dict[str, str] = tomllib.loads((FOLDER / f"{language}.toml").read_text("utf-8"))["names"]
    return names


def _figures(text: str, chance: random.Random) -> str:
    return re.sub("#", lambda _: str(chance.randint(0, 9)), text)


def _ascii(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.lower().replace("ł", "l").replace("ı", "i").replace("ß", "ss"))
    return "".join(char for char in plain if char.isascii() and char.isalpha())


def _untidy(written: str, chance: random.Random) -> str:
    how = chance.randrange(4)
    if how == 0:
        decomposed = unicodedata.normalize("NFD", written)
        return "".join(char for char in decomposed if unicodedata.category(char) != "Mn")
    if how == 1:
        return written.replace(" ", "  ")
    if how == 2:
        return written.replace(" ", "\u00a0")
    words = written.split(" ")
    place = chance.randrange(1, len(words)) if len(words) > 1 else 0
    return " ".join(words[:place]) + "\n" * bool(place) + " ".join(words[place:])


def _disguised(written: str, chance: random.Random) -> str:
    return _FIND.sub(lambda match: f"⟦{_disguise(match[1], chance)}⟧", written)


def _disguise(text: str, chance: random.Random) -> str:
    how = chance.randrange(4)
    if how == 0:
        return chance.choice(_UNSEEN).join(text)
    if how == 1:
        return "".join(chr(ord(char) + 0xFEE0) if char.isdecimal() and char.isascii() else char for char in text)
    if how == 2 and re.search("[a-z]{2}", text):
        place = chance.randrange(len(text))
        return text[:place].translate(_LOOK_ALIKES) + text[place:]
    return text.replace(" ", chance.choice(("\u00a0", "\n", "\u2009", " \u200b "))) if " " in text else text
