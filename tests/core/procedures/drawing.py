"""Flows to be drawn: sixty steps in eight lanes, in every script, with ways back and conditions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lanzarote.procedures.lanes import Flow, FlowLane, FlowStep, Way

if TYPE_CHECKING:
    from lanzarote.types import Side

SIDES: tuple[Side, ...] = ("public", "civil-society", "mixed", "private")
SAMPLES = {
    "fr": (
        "Signalement transmis sans délai au parquet des mineurs",
        "Sans réponse dans les huit jours, l’équipe relance",
    ),
    "en": (
        "Joint assessment of the situation by school, health and child welfare",
        "Where no answer came within a week",
    ),
    "uk": ("Спільна оцінка ситуації дитини міждисциплінарною групою", "Якщо відповіді немає протягом восьми днів"),
    "el": ("Ενημέρωση της εισαγγελικής αρχής χωρίς καθυστέρηση", "Ελλείψει απάντησης εντός της προθεσμίας"),
    "ka": ("ბავშვის მდგომარეობის ერთობლივი შეფასება მოკლე ვადაში", "თუ პასუხი ერთ კვირაში არ მოვიდა"),
    "de": (
        "Kindeswohlgefährdungseinschätzungsverfahren mit Jugendamtszuständigkeitsprüfung",
        "Bei Unzuständigkeitserklärungsübermittlungsversäumnis",
    ),
    "WW": ("WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW MMMMMMMMMMMMMMMMMMMMMMMM", "@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@"),
}
WORDS = {"start": "Start", "question": "Which?", "end": "End", "unknown": "Not stated"}


def large(lang: str = "fr", steps: int = 60, lanes: int = 8) -> Flow:
    title, condition = SAMPLES[lang]
    return Flow(
        title=title,
        language=lang if lang != "WW" else "en",
        description=condition,
        words=WORDS,
        lanes=tuple(FlowLane(name=title, side=SIDES[n % 4], side_words=condition) for n in range(lanes)),
        steps=tuple(_step(number, steps, lanes, title, condition) for number in range(steps)),
    )


def _step(number: int, steps: int, lanes: int, title: str, condition: str) -> FlowStep:
    ways = [Way(to=number + 1)] if number + 1 < steps else []
    if number % 7 == 3 and number + 5 < steps:
        ways = [Way(to=number + 1, condition=condition), Way(to=number + 5, condition=title)]
    elif number % 11 == 10:
        ways = [*ways, Way(to=number - 4, condition=condition)]
    elif number % 13 == 5 and number + 3 < steps:
        ways = [*ways, Way(to=number + 3)]
    return FlowStep(
        key=f"step-{number}",
        title=title,
        lane=number * 5 % lanes,
        notes=(condition,),
        told=(title, condition),
        ways=tuple(ways),
        end=number + 1 == steps,
    )


def small(*ways: tuple[Way, ...], ends: tuple[int, ...] = (), triggers: tuple[str, ...] = ()) -> Flow:
    """A step for each of *ways*, all in one lane."""
    named = (*triggers, *("" for _ in ways))
    return Flow(
        title="Small",
        language="en",
        description="",
        words=WORDS,
        lanes=(FlowLane(name="Lane"),),
        steps=tuple(
            FlowStep(key=f"s{n}", title=f"Step {n}", lane=0, ways=some, end=n in ends, trigger=named[n])
            for n, some in enumerate(ways)
        ),
    )
