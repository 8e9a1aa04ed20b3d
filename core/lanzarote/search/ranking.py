"""In which order records that were found stand: there is no score, and each step can be told to the reader.

1. Records that hold all that is asked for; then those that hold some of it: the more, the earlier. A word weighs one
   more each time that half as many records hold it, five times as much in the title and three times in the summary,
   and less if it tells little.
2. Of those that hold as much, the ones with more words, and with what fewer records hold.
3. Then those that say the more of it in the words of the question, rather than in others that mean the same.
4. Then by where: the more of it stands in the title, then the more in title and summary.
5. Then the newest.

Of many records that hold all (more than ``MANY``), only those lead that have all of it in the title, or in title and
summary: no more is asked of the index.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from lanzarote.search.asked import (
    BARE,
    GENERAL,
    OFTEN,
    TELLING,
    Alternatives,
    Group,
    Meaning,
    Question,
    apart,
    read,
)
from lanzarote.search.index import LEAD, TITLE
from lanzarote.search.shelf import MANY, MOST_WEIGHT, OF_MANY, Correct, Corrected, Held, Layer, Shelf, both, remember

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

IN_TITLE, IN_LEAD, IN_TEXT = 5, 3, 1
"""So many times a word weighs by where it is: the longer a text, the more words it holds by chance."""
OF_SUBJECT, OF_SHORT, OF_ANYTHING = 1 / 4, 1 / 2, 3 / 5
"""A record is an answer if it holds such a part of the question: a quarter of what anything holds, where the question
names a thing of the subject. Otherwise half of all, if the question is of two words or asks for an article, or if the
title holds that half; else three fifths."""
FEW: Final = 4
"""So many words that tell something are the most where an article's number stands beside the name of its book."""
MEANT: Final = 3
"""So many times more weighs what words mean together than one that says it."""
ALL_THERE_IS: Final = -1
"""As a mask."""


class Found:
    """The answer to *question* among the records of *shelves*, worked out as far as it is asked for."""

    def __init__(
        self,
        question: Question,
        shelves: Sequence[Shelf[Any]],
        correct: Correct | None = None,
        again: Callable[[Mapping[str, str]], Question] | None = None,
    ) -> None:
        self.question, self.shelves = question, shelves
        self.corrected: tuple[Corrected, ...] = ()
        self._correct, self._again = correct, again
        self._stage = [0] * len(question.groups)
        self._held: list[list[Held] | None] = [None] * len(question.groups)
        """Of each group, what each shelf holds of it, once it was needed."""
        self._written: dict[int, list[Held]] = {}
        self._order: list[int] | None = None
        """Numbers of the groups, those first that fewest records hold."""
        self._often: list[int] = []
        self._together: list[Held] = []
        """Which records hold all groups, where that was asked for at once."""
        self._whole = self._all()
        if not any(self._whole) and question:
            self._look_further()

    def key_of(self, held: Sequence[int], place: Sequence[int]) -> tuple[object, ...]:
        """Where what holds these groups in these places stands in the order; comparable with one another."""
        if len(held) == len(self.question.groups):
            return (), [-count for count in place]
        places = {group: rank for rank, group in enumerate(self._rarest_first())}
        among = tuple(sorted(places[group] for group in held))
        return self._order_of(among, place[0]), [-count for count in place]

    @property
    def used(self) -> tuple[Alternatives, ...]:
        """What was looked for in the end, for each group."""
        return tuple(group.stages[stage] for group, stage in zip(self.question.groups, self._stage, strict=True))

    @property
    def whole(self) -> tuple[int, ...]:
        """Which records hold all, one mask for each shelf."""
        return self._whole

    def partial(self) -> tuple[int, ...]:
        """Which records hold some of it, and enough to be an answer."""
        masks = [0] * len(self.shelves)
        for layer in self.partial_layers():
            masks = [before | mask for before, mask in zip(masks, layer.masks, strict=True)]
        return tuple(masks)

    def look_at_each(self) -> None:
        """Look for each group apart, as is needed to tell what holds some: then nothing is asked twice."""
        if len(self.question.groups) > 1:
            self._rarest_first()

    # Which records hold what

    def _all(self) -> tuple[int, ...]:
        """Records that hold all groups, as far as it was looked."""
        groups = self.used
        if not groups:
            return (0,) * len(self.shelves)
        if len(groups) == 1:
            return tuple(held.anywhere for held in self._of(0))
        apart = [held or self._remembered([group]) for held, group in zip(self._held, groups, strict=True)]
        self._together = [*map(both, *filter(None, apart))] if all(apart) else self._look(groups)
        return tuple(held.anywhere for held in self._together)

    def _look(self, groups: Sequence[Alternatives], least: int = 0) -> list[Held]:
        """What each shelf holds of all *groups* together. Shelves that ask the same index ask it once."""
        if not least and (known := self._remembered(groups)):
            return known
        rows: dict[int, Sequence[int]] = {}
        told = []
        for shelf in self.shelves:
            key = id(shelf.rows)
            if key not in rows:
                rows[key] = shelf.rows(groups, least)
            found = rows[key]
            if not shelf.within:
                told.append(Held(0, 0, 0))
                continue
            places = (
                shelf.list.hits(found[bisect_left(found, first) : bisect_right(found, last)], tier)
                for tier in (0, LEAD, TITLE)
                for first, last in [(tier + shelf.first, tier + shelf.last)]
            )
            held = Held(*places)
            if not least and len(groups) == 1:
                remember(shelf.list, groups[0], held)
            told.append(Held(*(mask & shelf.within for mask in held)))
        return told

    def _remembered(self, groups: Sequence[Alternatives]) -> list[Held] | None:
        """What each shelf holds of a group that somebody asked for before, while its list is the same."""
        told = []
        for shelf in self.shelves if len(groups) == 1 else ():
            held = shelf.list.remembered.get(groups[0]) if shelf.within else Held(0, 0, 0)
            if held is None:
                return None
            told.append(Held(*(mask & shelf.within for mask in held)))
        return told or None

    def _of(self, number: int) -> list[Held]:
        held = self._held[number]
        if held is None or held[0].anywhere < 0:
            held = self._held[number] = self._look([self.used[number]])
        return held

    def _within(self) -> Iterable[int]:
        return (shelf.within for shelf in self.shelves)

    def _look_further(self) -> None:
        """Where nothing holds all: what nothing holds as it is written is looked for in other ways."""
        unknown = [n for n in range(len(self.question.groups)) if not self._widened(n)]
        instead = dict(self._corrections(unknown))
        if instead and self._again:
            self.question = self._again(instead)
            self.corrected = tuple(Corrected(*one) for one in instead.items())
            self._stage = [0] * len(self.question.groups)
            self._held = [None] * len(self.question.groups)
            for n in range(len(self.question.groups)):
                self._widened(n)
        self._whole = self._all()

    def _widened(self, number: int) -> bool:
        """Whether something holds the group, in the first way in which anything does."""
        stages = self.question.groups[number].stages
        for stage in range(len(stages)):
            self._stage[number], self._held[number] = stage, None
            if any(held.anywhere for held in self._of(number)):
                return True
        self._stage[number], self._held[number] = 0, [Held(0, 0, 0)] * len(self.shelves)
        return False

    def _corrections(self, unknown: Iterable[int]) -> Iterator[tuple[str, str]]:
        """Words that nothing holds and nobody knows, and the likeliest that is held, if texts are in their language."""
        if self._correct is None:
            return
        groups = self.question.groups
        means = {word for group in groups if group.meant for word in group.written}
        for number in unknown:
            group = groups[number]
            if group.abroad or len(group.stages[0]) > 1 or means.issuperset(group.written):
                continue
            for word in self.question.groups[number].written:
                for near in self._correct(word, self.question.lang):
                    if any(held.anywhere for held in self._look([(((near,),),)])):
                        yield word, near
                        break

    # Their order

    def whole_layers(self) -> Iterator[Layer]:
        everything = tuple(range(len(self.question.groups)))
        if len(everything) > 1 and sum(mask.bit_count() for mask in self._whole) > MANY and self._together:
            count = len(everything)
            titles = tuple(held.title for held in self._together)
            leads = tuple(held.lead & ~held.title for held in self._together)
            rest = tuple(held.anywhere & ~held.lead for held in self._together)
            for in_title, in_lead, masks in ((count, count, titles), (0, count, leads), (0, 0, rest)):
                if any(masks):
                    yield Layer(everything, (0, 0, in_title, in_lead), masks, whole=True)
        elif any(self._whole):
            yield from self._by_place(everything, self._whole, whole=True, place=(0,))

    def partial_layers(self) -> Iterator[Layer]:
        if len(self.question.groups) < 2:
            return
        if self._is_of_other_law:
            return
        rarest_first = self._rarest_first()
        left = tuple(within & ~whole for within, whole in zip(self._within(), self._whole, strict=True))
        classes = self._parted(rarest_first, left)
        for held, worth in sorted(classes, key=lambda one: self._order_of(*one)):
            groups = tuple(rarest_first[n] for n in held)
            yield from self._by_place(groups, classes[held, worth], whole=False, place=(worth,))

    def _order_of(self, held: Sequence[int], worth: int) -> tuple[object, ...]:
        """Where records that hold these groups stand, by their places among the rarest: the smaller, the earlier."""
        return -worth, -len(held), held

    def _rarest_first(self) -> list[int]:
        if self._order is None:
            count = range(len(self.question.groups))
            self._often = [sum(held.anywhere.bit_count() for held in self._of(n)) for n in count]
            self._order = sorted(count, key=lambda n: (self._often[n], n))
        return self._order

    @cached_property
    def _telling(self) -> set[int]:
        """Numbers of the groups that say what the question is about."""
        order, groups = self._rarest_first(), self.question.groups
        most = max(self._size * OF_MANY, 3)
        return {n for n in order if groups[n].tells == TELLING and self._often[n] <= most}

    @cached_property
    def _size(self) -> int:
        return sum(within.bit_count() for within in self._within())

    @cached_property
    def _weights(self) -> list[int]:
        """What each group weighs: one more each time that half as many records hold it; what nothing holds, most."""
        self._rarest_first()
        return [self._weight(group, often) for group, often in zip(self.question.groups, self._often, strict=True)]

    def _weight(self, group: Group, often: int) -> int:
        weight = (self._size // max(often, 1)).bit_length()
        if group.meant:
            return MEANT * weight
        if group.abroad and not often:
            return min(MOST_WEIGHT[OFTEN], MOST_WEIGHT.get(group.tells, weight))  # no text is in its language
        if group.tells == GENERAL and not often:
            return weight  # of another subject
        return min(weight, MOST_WEIGHT.get(group.tells, weight))

    @cached_property
    def _is_of_subject(self) -> bool:
        """Whether the question names a thing of the subject, or is a whole sentence about a child, a court …"""
        self._rarest_first()
        groups = [*zip(self.question.groups, self._often, strict=True)]
        told = [group for group, often in groups if often]
        if any(group.meant for group in told):
            return True
        strange = any(group.tells == GENERAL and not often and not group.abroad for group, often in groups)
        if any(group.named for group in told):
            return self.question.sentence or not strange
        if not self.question.sentence or not any(group.tells == OFTEN for group in told):
            return False
        weighed = [*zip(self._weights, self._often, strict=True)]
        return sum(weight for weight, often in weighed if often) > sum(weight for weight, often in weighed if not often)

    @cached_property
    def _least(self) -> float:
        """What the words weigh that an answer holds at least."""
        if self._is_of_subject:
            weights = zip(self._often, self._weights, strict=True)
            return OF_SUBJECT * sum(weight for often, weight in weights if often)
        return OF_SHORT * sum(self._weights)

    @cached_property
    def _is_short(self) -> bool:
        groups = self.question.groups
        return len(groups) <= 2 or any(group.law for group in groups)

    @cached_property
    def _is_of_other_law(self) -> bool:
        """Whether an article is asked for that nothing holds, or one of a book that nothing names."""
        self._rarest_first()
        groups = [(group, often) for group, often in zip(self.question.groups, self._often, strict=True) if group.tells]
        if not any(group.law for group, _ in groups):
            return False
        bare = any(group.law == BARE for group, _ in groups)
        if self._names_another_book():
            return True
        strange = [group for group, often in groups if not often and group.tells == TELLING and not group.abroad]
        return any(group.law for group in strange) or (bare and bool(strange) and len(groups) <= FEW)

    def _names_another_book(self) -> bool:
        """Whether nothing that holds the article holds the name of the book that is said beside it."""
        numbers = [n for n, group in enumerate(self.question.groups) if group.law]
        names = [
            n
            for n, group in enumerate(self.question.groups)
            if self.question.book.intersection(group.written) and group.tells in (GENERAL, TELLING) and not group.law
        ]
        if not names:
            return False
        return not any(
            here.anywhere & said.anywhere
            for number in numbers
            for name in names
            for here, said in zip(self._of(number), self._of(name), strict=True)
        )

    def _is_answer(self, held: Sequence[int], worth: int) -> bool:
        """Whether holding no more than these groups, told by their places, is enough to be shown."""
        order = self._rarest_first()
        groups = [self.question.groups[order[place]] for place in held]
        often = sum(group.tells >= OFTEN for group in groups)
        if often < 2 and not any(
            group.named or order[place] in self._telling for group, place in zip(groups, held, strict=True)
        ):
            return False
        weight = sum(self._weights[order[place]] for place in held)
        if weight < self._least or self._is_of_subject:
            return weight >= self._least
        if self._is_short or worth >= IN_TITLE * weight:
            return worth > weight
        return worth > weight >= OF_ANYTHING * sum(self._weights)

    def _parted(
        self, order: Sequence[int], masks: tuple[int, ...]
    ) -> Mapping[tuple[tuple[int, ...], int], tuple[int, ...]]:
        """*masks* by which of the groups in *order* they hold, told by their places in it, and what that is worth."""
        found: dict[tuple[tuple[int, ...], int], tuple[int, ...]] = {}
        stack: list[tuple[tuple[int, ...], int, int, tuple[int, ...]]] = [((), 0, 0, masks)]
        while stack:
            held, worth, place, some = stack.pop()
            if not any(some):
                continue
            if place == len(order):
                if self._is_answer(held, worth):
                    before = found.get((held, worth), (0,) * len(some))
                    found[held, worth] = tuple(one | other for one, other in zip(before, some, strict=True))
                continue
            weight, of = self._weights[order[place]], self._of(order[place])
            rest = tuple(mask & ~one.anywhere for mask, one in zip(some, of, strict=True))
            stack.append((held, worth, place + 1, rest))
            told = tuple(mask & one.anywhere for mask, one in zip(some, of, strict=True))
            if not weight:
                stack.append(((*held, place), worth, place + 1, told))
                continue
            for times, at in ((IN_TITLE, "title"), (IN_LEAD, "lead"), (IN_TEXT, "anywhere")):
                here = [getattr(one, at) for one in of]
                first = tuple(mask & one for mask, one in zip(told, here, strict=True))
                told = tuple(mask & ~one for mask, one in zip(told, here, strict=True))
                stack.append(((*held, place), worth + times * weight, place + 1, first))
        return found

    def _by_place(
        self, groups: tuple[int, ...], masks: tuple[int, ...], *, whole: bool, place: tuple[int, ...]
    ) -> Iterator[Layer]:
        if len(place) > len(CRITERIA):
            yield Layer(groups, place, masks, whole)
            return
        counted = self._counted(groups, masks, CRITERIA[len(place) - 1])
        for count in sorted(counted, reverse=True):
            yield from self._by_place(groups, counted[count], whole=whole, place=(*place, count))

    def _counted(
        self, groups: Iterable[int], masks: tuple[int, ...], meets: Criterion
    ) -> Mapping[int, tuple[int, ...]]:
        """*masks* by how many of *groups* meet a criterion."""
        counted = {0: masks}
        for number in groups:
            of = meets(self, number)
            after: dict[int, list[int]] = {}
            for count, some in counted.items():
                for here, more in ((True, 1), (False, 0)):
                    part = [mask & (one if here else ~one) for mask, one in zip(some, of, strict=True)]
                    if any(part):
                        known = after.setdefault(count + more, [0] * len(part))
                        after[count + more] = [before | one for before, one in zip(known, part, strict=True)]
            counted = {count: tuple(some) for count, some in after.items()}
        return counted

    def as_written(self, number: int) -> list[Held]:
        """What holds a group as it is written, rather than in other words; empty: there are none."""
        if number not in self._written:
            group, stage = self.question.groups[number], self._stage[number]
            same = stage or len(group.stages[0]) == 1  # there is no other word for it
            self._written[number] = [] if same else self._look([group.stages[0][:1]])
        return self._written[number]

    def placed(self, number: int) -> list[Held]:
        """What title and summary hold of a group: they are short, and are asked alone unless all was asked."""
        held = self._held[number]
        if held is None:
            found = self._look([self.used[number]], LEAD)
            held = self._held[number] = [one._replace(anywhere=-1) for one in found]
        return held


def _said(found: Found, number: int) -> Sequence[int]:
    return [held.anywhere for held in found.as_written(number)] or [ALL_THERE_IS] * len(found.shelves)


def _in_title(found: Found, number: int) -> Sequence[int]:
    return [held.title for held in found.placed(number)]


def _in_lead(found: Found, number: int) -> Sequence[int]:
    return [held.lead for held in found.placed(number)]


Criterion = Callable[[Found, int], Sequence[int]]
CRITERIA: Final[tuple[Criterion, ...]] = (_said, _in_title, _in_lead)
"""How many of the groups that it holds a record has in the words of the question; in its title; in title or summary."""


def find(
    text: str, lang: str, shelves: Sequence[Shelf[Any]], correct: Correct | None = None, meaning: Meaning = apart
) -> Found:
    """What *shelves* hold of the words of *text*, or of what they mean.

    *correct*: word and language → what it may be meant for, where nothing holds it.
    """
    return Found(
        read(text, lang, meaning), shelves, correct, lambda instead: read(text, lang, meaning, instead=instead)
    )
