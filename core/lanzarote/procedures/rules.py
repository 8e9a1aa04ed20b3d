"""What in a procedure cannot be kept, and what keeps it from being endorsed: it can be drafted with all of that."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from lanzarote.kinds.law_and_sources import unknown_in
from lanzarote.kinds.organisations import nameable
from lanzarote.records.validation import (
    MISSING,
    NO_ADDRESS,
    TOO_LONG,
    Fault,
    is_address,
    is_thin,
)
from lanzarote.regions.reachability import circling, targets_of, unreached
from lanzarote.translation import N_
from lanzarote.translation.folding import fold

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from lanzarote.instance import Instance
    from lanzarote.regions.vocabulary import Vocabulary
    from lanzarote.types import Procedure, ProcedureStep

LONGEST_OF_SOURCE: Final = {"title": 160, "publisher": 300, "url": 500}

NO_STEPS: Final = N_("There is no step yet.")
NO_BASIS: Final = N_(
    "It passes confidential information on, and states no legal basis. Name the provision or the basis."
)
DANGLING: Final = N_("It leads to a step that is not there: %(value)s.")
UNREACHED: Final = N_("No step leads here, and it does not say what makes it begin.")
NO_EXIT: Final = N_("From here the procedure goes round in a circle, and nothing leads out of it.")
NO_WAY_ON: Final = N_("It says neither what follows nor that the procedure ends here.")
ENDS_AND_GOES_ON: Final = N_("It ends here, and other steps follow always: only one of the two can be.")
NEEDLESS: Final = N_(
    "This step follows in any case, as “What follows” says: the condition is not shown. Take out one of the two."
)
NO_CONDITION: Final = N_("Write the condition: without one, nobody knows which way to go.")
NOBODY: Final = N_("Say which body or sector does it.")
TWO_BODIES: Final = N_("A procedure is endorsed by at least two bodies of the directory: name them as parties.")
NOT_DRAFTED: Final = N_(
    "It is marked as reconstructed or as an example. Bodies endorse what they agreed on: write that, and mark it as "
    "the group’s own."
)

_WORD: Final = re.compile(r"[^\W\d_]+")
_HOLLOW: Final = frozenset(
    word
    for words in (
        # French, without accents: that there is none, that nobody knows it, that it is for later; what goes with that
        "aucun aucune aucuns aucunes sans pas ne n non ni neant nul nulle rien zero",
        "inconnu inconnue indique indiquee precise precisee renseigne renseignee connu connue defini definie fixe",
        "fixee",
        "determine determinee applicable identifie identifiee trouve trouvee mentionne mentionnee cite citee",
        "disponible",
        "voir revoir definir preciser determiner completer verifier confirmer ajouter indiquer chercher",
        "rechercher",
        "trouver identifier renseigner fixer faire ecrire suivre attente cours plus tard ulterieurement bientot",
        "prochainement",
        "encore instant moment jour objet sais sait savons savoir je on nous il y a ai avons ici existe ca cela",
        "base bases fondement disposition texte legal legale juridique juridiques la le les l un une de du des d",
        "est sont sera etre reste au en cet cette ce pour et ou",
        # English
        "no none not nothing nil nobody unknown without any stated given known specified indicated applicable",
        "available",
        "defined determined found named identified confirmed checked completed added provided yet later soon tbd",
        "tbc todo",
        "to be see seen look find check confirm define determine specify add do does don t know knows we i it is",
        "there",
        "all whatsoever legal basis bases ground grounds provision law text the a an of for at in now moment time",
        "still pending so far",
        "na",
    )
    for word in words.split()
)
"""Words that name nothing: what is made of them alone is no basis."""
_CITED: Final = re.compile(r"[^\W\d_]{2}.*\d", re.DOTALL)
"""Such as “Loi n° 2007-293”: a number of an act tells more than its few letters."""


class Known(Struct, frozen=True, kw_only=True):
    """What a procedure may name in its region."""

    vocabulary: Vocabulary
    organisations: Collection[str]
    """Every id and key of the directory."""


def known_in(instance: Instance, region_id: str, record_id: str = "") -> Known:
    return Known(vocabulary=instance.vocabulary(region_id), organisations=nameable(instance, region_id, record_id))


def faults_in(procedure: Procedure, known: Known) -> Iterator[Fault]:
    """What it names that the region does not have, and what its type cannot say."""
    yield from unknown_in(procedure, known.vocabulary, known.organisations)
    for number, step in enumerate(procedure.steps):
        if not any(map(str.strip, step.title.values())):
            yield Fault(field=f"steps[{number}].title", text=MISSING)
    for number, source in enumerate(procedure.own_sources):
        at = f"own_sources[{number}]"
        for name, longest in LONGEST_OF_SOURCE.items():
            if len(getattr(source, name) or "") > longest:
                yield Fault(field=f"{at}.{name}", text=TOO_LONG, value=str(longest))
        if source.url and not is_address(source.url):
            yield Fault(field=f"{at}.url", text=NO_ADDRESS)


def open_points(procedure: Procedure) -> tuple[Fault, ...]:
    """Everything that has to be put right before it is proposed."""
    return (
        *_whole(procedure),
        *flow_faults(procedure.steps),
        *_needless(procedure.steps),
        *without_basis(procedure.steps),
    )


def open_of(procedure: Procedure) -> tuple[Fault, ...]:
    """Everything that has to be put right before anybody else reads it: its parties, or the public at once."""
    return open_points(procedure) if procedure.nature == "drafted" else tuple(pathless(procedure.steps))


def _whole(procedure: Procedure) -> Iterator[Fault]:
    if procedure.nature != "drafted":
        yield Fault(field="nature", text=NOT_DRAFTED)
    text = procedure.text.get(procedure.original)
    for name in ("title", "purpose"):
        if not (text and getattr(text, name)):
            yield Fault(field=f"text.{procedure.original}.{name}", text=MISSING)
    if len({party.organisation for party in procedure.parties if party.organisation}) < 2:
        yield Fault(field="parties", text=TWO_BODIES)
    if not procedure.steps:
        yield Fault(field="steps", text=NO_STEPS)


def without_basis(steps: Sequence[ProcedureStep]) -> Iterator[Fault]:
    """Confidential information that passes on no stated basis."""
    for place, step in enumerate(steps):
        for number, passing in enumerate(step.passes):
            if passing.confidential and not (passing.basis or any(map(_names_basis, passing.basis_text.values()))):
                yield Fault(field=f"steps[{place}].passes[{number}].basis", text=NO_BASIS)


def _names_basis(text: str) -> bool:
    """Whether *text* says in words, or by the number of an act, on what basis something is passed on."""
    return (not is_thin(text) or _CITED.search(text) is not None) and not _is_hollow(text)


def _is_hollow(text: str) -> bool:
    """Whether *text* only says that there is no basis, or that somebody has yet to find it.

    >>> [_is_hollow(text) for text in ("Aucune base légale", "To be seen later", "Base : art. 226-14", "Accord écrit")]
    [True, True, False, False]
    """
    return _HOLLOW.issuperset(_WORD.findall(fold(text)))


def flow_faults(steps: Sequence[ProcedureStep]) -> Iterator[Fault]:
    """What is wrong with the way through *steps*, in their order."""
    places = {step.key: place for place, step in reversed([*enumerate(steps)])}
    lost, stuck = unreached(steps), circling(steps)
    for place, step in enumerate(steps):
        at = f"steps[{place}]"
        if not (step.organisation or step.sector):
            yield Fault(field=f"{at}.organisation", text=NOBODY)
        yield from _dangling(at, step, places)
        for number, branch in enumerate(step.branches):
            # What follows in any case needs no condition.
            if branch.to not in step.next and not any(said.strip() for said in branch.condition.values()):
                yield Fault(field=f"{at}.branches[{number}].condition", text=NO_CONDITION)
        if not targets_of(step) and not step.end:
            yield Fault(field=f"{at}.next", text=NO_WAY_ON)
        if step.next and step.end:
            yield Fault(field=f"{at}.end", text=ENDS_AND_GOES_ON)
        if place in lost:
            yield Fault(field=f"{at}.key", text=UNREACHED)
        if place in stuck:
            yield Fault(field=f"{at}.next", text=NO_EXIT)


def _needless(steps: Sequence[ProcedureStep]) -> Iterator[Fault]:
    """Conditions of what follows without one; an empty one says nothing that would be lost."""
    for place, step in enumerate(steps):
        for number, branch in enumerate(step.branches):
            if branch.to in step.next and any(said.strip() for said in branch.condition.values()):
                yield Fault(field=f"steps[{place}].branches[{number}].condition", text=NEEDLESS)


def pathless(steps: Sequence[ProcedureStep]) -> Iterator[Fault]:
    """Of what is wrong with the way through *steps*: where it leads nowhere, round and round, or past a step.

    What a reconstruction does not know, who does something and what follows, it may leave open.
    """
    return (one for one in flow_faults(steps) if one.text in (DANGLING, UNREACHED, NO_EXIT, ENDS_AND_GOES_ON))


def _dangling(at: str, step: ProcedureStep, places: Mapping[str, int]) -> Iterator[Fault]:
    for key in step.next:
        if key not in places:
            yield Fault(field=f"{at}.next", text=DANGLING, value=key)
    for number, branch in enumerate(step.branches):
        if branch.to not in places:
            yield Fault(field=f"{at}.branches[{number}].to", text=DANGLING, value=branch.to)
