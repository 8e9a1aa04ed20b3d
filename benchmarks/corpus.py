"""A synthetic corpus: made-up regions and practices in several scripts. Nothing in it is a fact about anything."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.instance import Instance
from lanzarote.records import records
from lanzarote.records.changelog import Served
from lanzarote.records.records import Draft, encode
from lanzarote.regions.vocabulary import Term
from lanzarote.types import Evidence, Partner, Practice, PracticeText, RegionHeader, Sector

T = TypeVar("T")

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LETTERS = {
    "en": ("bcdfghlmnprstvw", "aeiou"),
    "fr": ("bcdfglmnprstv", "aeiouéèê"),
    "de": ("bdfghklmnrstwz", "aeiouäöü"),
    "pl": ("bcdghkłmnprstwz", "aeiouyąęó"),
    "tr": ("bcçdgğhklmnprsşt", "aeıioöuü"),
    "el": ("βγδθκλμνπρστφχ", "αεηιοωάέή"),
    "ru": ("бвгдзклмнпрстх", "аеиоуыя"),
    "uk": ("бвгґдзклмнпрст", "аеиіїоу"),
    "ka": ("ბგდვზთკლმნპრსტ", "აეიოუ"),
    "hy": ("բգդզթլխկհմնպսվտ", "աեիոու"),
}
"""Language → consonants and vowels that words are made of."""
LANGUAGES = tuple(LETTERS)
COMMON = ("education", "health", "social-services", "law-enforcement", "judicial", "civil-society")
SECTORS = tuple(f"sector-{number}" for number in range(12))
ARTICLES = tuple(range(4, 24))
LIKELY = 10
"""Of sectors and articles, so many are in most practices: a list narrowed by one of each has 50 items and more."""
WORDS = 4_000
FIRST = datetime(2026, 1, 1, tzinfo=UTC)


class Words:
    """Made-up words of one language, some far more frequent than others, as in any language."""

    def __init__(self, language: str) -> None:
        chance = random.Random(language)
        consonants, vowels = LETTERS[language]
        words: dict[str, None] = {}
        while len(words) < WORDS:
            syllables = chance.choices((1, 2, 3, 4), (1, 4, 5, 3))[0]
            words["".join(chance.choice(consonants) + chance.choice(vowels) for _ in range(syllables))] = None
        self.known = tuple(words)
        total, self._cumulative = 0.0, []
        for rank in range(WORDS):
            total += 1 / (rank + 2)
            self._cumulative.append(total)

    def some(self, chance: random.Random, count: int) -> list[str]:
        return chance.choices(self.known, cum_weights=self._cumulative, k=count)

    def text(self, chance: random.Random, count: int) -> str:
        return " ".join(self.some(chance, count)).capitalize() + "."


VOCABULARY = {language: Words(language) for language in LANGUAGES}


def region_ids(count: int) -> tuple[str, ...]:
    return tuple(f"synthetic-{number:02}" for number in range(count))


def header(region_id: str, number: int) -> RegionHeader:
    first = LANGUAGES[number % len(LANGUAGES)]
    return RegionHeader(
        format=1,
        requires_api=">=1,<2",
        id=region_id,
        territory="XX",
        name={"en": f"Synthetic region {number}"},
        languages=tuple(dict.fromkeys((first, "en", "fr"))),
        time_zone="UTC",
        description={"en": "Made up by a benchmark; nothing in it is true."},
    )


def sectors() -> dict[str, Sector]:
    return {
        key: Sector(
            name={"en": f"Sector {number}", "fr": f"Secteur {number}"},
            common=(COMMON[number % len(COMMON)],),
            side="civil-society" if number % 3 == 2 else "public",
        )
        for number, key in enumerate(SECTORS)
    }


def practices(language: str, seed: str) -> Iterator[Practice]:
    """Practices without end, the same ones for the same *seed*; every third also speaks English."""
    chance = random.Random(seed)
    while True:
        original = language if chance.random() < 0.9 else "en"
        spoken = dict.fromkeys((original, "en") if chance.random() < 0.33 else (original,))
        chosen = _some(chance, SECTORS, chance.choice((2, 3, 4)))
        yield Practice(
            original=original,
            text={one: _texts(chance, VOCABULARY[one]) for one in spoken},
            scope=chance.choice(("local", "regional", "national")),
            running=chance.choice(("ongoing", "ongoing", "ended", "unknown")),
            started=str(chance.randint(1990, 2026)),
            sectors=tuple(chosen),
            partners=tuple(Partner(sector=sector) for sector in chosen),
            target_groups=tuple(chance.sample(("children", "child-victims", "families", "professionals"), 2)),
            domains=tuple(chance.sample(("prevention", "protection", "prosecution", "participation"), 2)),
            convention=tuple(str(article) for article in _some(chance, ARTICLES, chance.choice((3, 4, 5)))),
            evidence=(Evidence(text={original: VOCABULARY[original].text(chance, 15)}),),
        )


def build(file: Path, regions: int, each: int) -> Path:
    """Write the corpus into a new SQLite database at *file*."""
    instance = new_instance(read_settings({"LANZAROTE_DATABASE_URL": f"sqlite:///{file}"}))
    with instance:
        instance.migrate()
        for number, region_id in enumerate(region_ids(regions)):
            add_region(instance, header(region_id, number))
            language = LANGUAGES[number % len(LANGUAGES)]
            with instance.database.write(region_id) as session:
                taken: set[tuple[str, str]] = set()
                for at, part in _parts(practices(language, region_id), each):
                    drafts = [_draft(practice, start) for start, practice in enumerate(part)]
                    records.create(session, region_id, drafts, by="benchmark", at=at, taken=taken)
        with instance.database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.exec_driver_sql("ANALYZE")
    return file


def add_region(instance: Instance, facts: RegionHeader) -> None:
    """Make a region with its sectors, as its package would."""
    with instance.database.write(facts.id) as session:
        session.add(
            Served(
                id=facts.id,
                enabled=True,
                package="",
                package_version="",
                facts=encode(facts),
                facts_digest="",
                revision=1,
                epoch=1,
                added_at=FIRST,
            )
        )
        for position, (key, sector) in enumerate(sectors().items()):
            session.add(
                Term(region_id=facts.id, kind="sector", key=key, position=position, body=encode(sector), retired=False)
            )


def _parts(made: Iterator[Practice], count: int) -> Iterator[tuple[datetime, list[Practice]]]:
    """A hundred at a time, each lot published an hour after the one before."""
    for number, start in enumerate(range(0, count, 100)):
        yield FIRST + timedelta(hours=number), list(islice(made, min(100, count - start)))


def _draft(practice: Practice, number: int) -> Draft:
    title = practice.text[practice.original].title
    return Draft(
        kind="practice",
        slug=f"{'-'.join(title.lower().rstrip('.').split()[:3])}-{number}",
        body=encode(practice),
        status=b"{}",
        publish=True,
    )


def _some(chance: random.Random, values: Sequence[T], count: int) -> list[T]:
    """Some of *values*, mostly of the first ten."""
    likely, rest = values[:LIKELY], values[LIKELY:]
    chosen = chance.sample(likely, count)
    return [*chosen[:-1], chance.choice(rest)] if chance.random() < 0.2 else chosen


def _texts(chance: random.Random, words: Words) -> PracticeText:
    return PracticeText(
        title=words.text(chance, 8),
        summary=words.text(chance, 30),
        problem=words.text(chance, 50),
        activities=words.text(chance, 90),
        keys_to_success=words.text(chance, 40),
        limits=words.text(chance, 30),
    )
