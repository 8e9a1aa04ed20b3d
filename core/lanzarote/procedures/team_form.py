"""The form of a procedure: what was sent, read into a procedure, and shown again with what is wrong."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, get_args

import msgspec

from lanzarote.directory.service import named
from lanzarote.facts.convention import written_references
from lanzarote.practices import form_choices
from lanzarote.procedures import sheets
from lanzarote.procedures.team_rows import is_empty, numbers_in, row, rows
from lanzarote.procedures.words import MEASURES, NATURE_HELP, NATURES, UNITS
from lanzarote.records import own_sources
from lanzarote.records.validation import MISSING, NO_CHOICE, Fault, Faulty, read_references
from lanzarote.store.ids import slugify
from lanzarote.translation import N_, as_text
from lanzarote.types import MeasureKind, Nature, Procedure, ProcedureText, Side
from lanzarote.web import labels
from lanzarote.web.refusals import many_of, original_of, text_of
from lanzarote.web.region_reading import entries, tell_provision

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from lanzarote.records.own_sources import Earlier
    from lanzarote.types import ProcedureStep
    from lanzarote.web.site import View

TEXTS: Final = ProcedureText.__struct_fields__
STEP_TEXTS: Final = ("title", "trigger", "deadline", "input", "output")
LOST: Final = {
    "practices": form_choices.NOT_PUBLIC,
    "improvements": N_("An improvement that is no longer discussed"),
}
"""What is said of one that was chosen and that the form does not offer any more."""
NO_STEP: Final = N_("Write the number of a step that stands here.")
ONE_STEP: Final = N_("Write the number of one step.")
NO_NUMBER: Final = N_("Write a whole number from 1 to 999.")
NO_MONTHS: Final = N_("Write a number of months from 1 to 120.")


def typed_from(view: View, procedure: Procedure | None, lang: str) -> dict[str, Any]:
    """What the form holds before anybody writes in it."""
    if procedure is None:
        return {"original": lang, "nature": "drafted", "steps[0].key": "", "parties[0].key": "", "parties[1].key": ""}
    typed: dict[str, Any] = {"original": procedure.original, "nature": procedure.nature}
    for code, text in procedure.text.items():
        typed |= {f"text.{code}.{name}": getattr(text, name) or "" for name in TEXTS}
    for number, party in enumerate(procedure.parties):
        place = f"parties[{number}]"
        typed |= {f"{place}.who": _who(view, party), f"{place}.side": party.side or ""}
        typed |= _texts(f"{place}.part", party.part)
    numbers = {step.key: number for number, step in enumerate(procedure.steps, 1)}
    for number, step in enumerate(procedure.steps):
        typed |= dict(_step_typed(view, f"steps[{number}]", step, numbers))
    for number, one in enumerate(procedure.measures):
        place = f"measures[{number}]"
        typed |= {f"{place}.key": one.key, f"{place}.kind": one.kind, f"{place}.who": _who(view, one)}
        typed |= _texts(f"{place}.title", one.title) | _texts(f"{place}.text", one.text)
    for number, source in enumerate(procedure.own_sources):
        place = f"own_sources[{number}]"
        typed |= {f"{place}.{name}": getattr(source, name) or "" for name in ("key", "title", "publisher", "url")}
    typed["review_months"] = str(procedure.review_months or "")
    typed["convention"] = ", ".join(procedure.convention)
    typed["legal_basis"], typed["sources"] = [*procedure.legal_basis], [*procedure.sources]
    typed["practices"], typed["improvements"] = [*procedure.practices], [*procedure.improvements]
    typed["verified"] = "yes" if procedure.verified else ""
    return as_now(view, typed | _texts("note", procedure.note))


def languages_of(view: View, before: Procedure | None) -> tuple[str, ...]:
    """Those of the region, and any other that the procedure has texts in."""
    return tuple(dict.fromkeys((*view.vocabulary.header.languages, *(before.text if before else ()))))


def read_procedure(
    view: View, data: Mapping[str, Any], before: Procedure | None, earlier: Earlier = frozenset
) -> Procedure:
    """The procedure that was typed; *earlier*: keys its sources have had. Raises Faulty: all that cannot be read."""
    return _Reading(view, data, before, earlier).procedure()


class _Reading:
    """One form that was sent, read place by place."""

    def __init__(self, view: View, data: Mapping[str, Any], before: Procedure | None, earlier: Earlier) -> None:
        self.view, self.data, self.before, self.earlier = view, data, before, earlier
        self.languages = languages_of(view, before)
        self.faults: list[Fault] = []

    def procedure(self) -> Procedure:
        original, nature = text_of(self.data, "original"), text_of(self.data, "nature")
        if self.before is None:
            original = original_of(self.data, original, self.languages)
        if not text_of(self.data, f"text.{original}.title"):
            self.faults.append(Fault(field=f"text.{original}.title", text=MISSING))
        if original not in self.languages:
            self.faults.append(Fault(field="original", text=NO_CHOICE))
        if nature not in get_args(Nature):
            self.faults.append(Fault(field="nature", text=NO_CHOICE))
        texts = {code: self._text(code) for code in self.languages}
        body: dict[str, Any] = {
            "original": original,
            "nature": nature,
            "text": {code: text for code, text in texts.items() if text},
            "parties": [*self._parties()],
            "steps": [*self._steps(original)],
            "measures": [*self._measures(original)],
            "own_sources": [*self._own_sources()],
            "convention": read_references(
                {"convention": written_references(text_of(self.data, "convention"))}, self.faults
            ),
            "verified": bool(text_of(self.data, "verified")),
            "note": self._texts("note"),
            "review_months": self._months(),
        }
        for name in ("legal_basis", "sources", "practices", "improvements"):
            body[name] = self._chosen(name)
        body["stale"] = self._stale(body)
        if self.faults:
            raise Faulty(self.faults)
        procedure = sheets.read(body)
        before = self.before.own_sources if self.before else ()
        kept = own_sources.kept(procedure.own_sources, before, unshown=("kind", "language", "read_on"))
        return msgspec.structs.replace(procedure, own_sources=kept)

    def _chosen(self, name: str) -> list[str]:
        """What was ticked, in the order it had, and then in that of the form."""
        given = [*dict.fromkeys(filter(None, many_of(self.data, name)))]
        kind = {"legal_basis": "provision", "sources": "source"}.get(name, "")
        before = [self.view.vocabulary.present_key(kind, key) for key in getattr(self.before, name, ())]
        return sorted(given, key=lambda key: before.index(key) if key in before else len(before))

    def _text(self, code: str) -> dict[str, str]:
        said = {name: text_of(self.data, f"text.{code}.{name}") for name in TEXTS}
        return {name: text for name, text in said.items() if text}

    def _texts(self, place: str) -> dict[str, str]:
        said = {code: text_of(self.data, f"{place}.{code}") for code in self.languages}
        return {code: text for code, text in said.items() if text}

    def _stale(self, body: Mapping[str, Any]) -> list[str]:
        """Languages whose texts are older than the original's last change."""
        if self.before is None or self.before.original != body["original"]:
            return []
        old = {code: _filled(text) for code, text in self.before.text.items()}
        new: dict[str, dict[str, str]] = body["text"]
        moved = old.get(body["original"]) != new.get(body["original"])
        others = [code for code in new if code != body["original"]]
        unchanged = [code for code in others if old.get(code) == new[code]]
        return [code for code in unchanged if moved or code in self.before.stale]

    def _parties(self) -> Iterator[dict[str, Any]]:
        for number in rows(self.data, "parties"):
            place = f"parties[{number}]"
            who, side = self._who(place), text_of(self.data, f"{place}.side")
            part = self._texts(f"{place}.part")
            if not (who or part):
                continue
            if not who:
                self.faults.append(Fault(field=f"{place}.who", text=MISSING))
            if side and side not in get_args(Side):
                self.faults.append(Fault(field=f"{place}.side", text=NO_CHOICE))
            yield who | {"part": part} | ({"side": side} if side and "sector" in who else {})

    def _steps(self, original: str) -> Iterator[dict[str, Any]]:
        numbers = rows(self.data, "steps")
        titles = [self._texts(f"steps[{number}].title") for number in numbers]
        keys = [*self._keys("steps", numbers, titles, original, "step")]
        for number, title, key in zip(numbers, titles, keys, strict=True):
            place = f"steps[{number}]"
            if not title:
                self.faults.append(Fault(field=f"{place}.title", text=MISSING))
            said: dict[str, Any] = {name: self._texts(f"{place}.{name}") for name in STEP_TEXTS}
            said |= self._who(place) | self._within(place) | {"key": key}
            said["next"] = [keys[one - 1] for one in self._named(f"{place}.next", len(keys))]
            said["branches"] = [*self._branches(place, keys)]
            said["passes"] = [*self._passes(place)]
            said["end"] = bool(text_of(self.data, f"{place}.end"))
            yield said

    def _branches(self, place: str, keys: Sequence[str]) -> Iterator[dict[str, Any]]:
        for number in rows(self.data, f"{place}.branches"):
            at = f"{place}.branches[{number}]"
            condition, to = self._texts(f"{at}.condition"), self._named(f"{at}.to", len(keys))
            if not (condition or text_of(self.data, f"{at}.to")):
                continue
            if len(to) != 1:
                self.faults.append(Fault(field=f"{at}.to", text=ONE_STEP))
            elif not condition:
                self.faults.append(Fault(field=f"{at}.condition", text=MISSING))
            else:
                yield {"to": keys[to[0] - 1], "condition": condition}

    def _passes(self, place: str) -> Iterator[dict[str, Any]]:
        for number in rows(self.data, f"{place}.passes"):
            at = f"{place}.passes[{number}]"
            what, basis = self._texts(f"{at}.what"), text_of(self.data, f"{at}.basis")
            in_words, who = self._texts(f"{at}.basis_text"), self._who(at)
            if not (what or basis or in_words or who):
                continue
            if not what:
                self.faults.append(Fault(field=f"{at}.what", text=MISSING))
            confidential = bool(text_of(self.data, f"{at}.confidential"))
            said: dict[str, Any] = {"what": what, "confidential": confidential, "basis_text": in_words}
            yield said | who | ({"basis": basis} if basis else {})

    def _measures(self, original: str) -> Iterator[dict[str, Any]]:
        numbers = [one for one in rows(self.data, "measures") if not is_empty(row(self.data, "measures", one))]
        titles = [self._texts(f"measures[{number}].title") for number in numbers]
        for number, title, key in zip(
            numbers, titles, self._keys("measures", numbers, titles, original, "measure"), strict=True
        ):
            place = f"measures[{number}]"
            kind = text_of(self.data, f"{place}.kind")
            if not title:
                self.faults.append(Fault(field=f"{place}.title", text=MISSING))
            if kind not in get_args(MeasureKind):
                self.faults.append(Fault(field=f"{place}.kind", text=NO_CHOICE))
            yield {"key": key, "kind": kind, "title": title, "text": self._texts(f"{place}.text")} | self._who(place)

    def _own_sources(self) -> Iterator[dict[str, Any]]:
        sent = {number: row(self.data, "own_sources", number) for number in rows(self.data, "own_sources")}
        texts = {number: {name: text_of(one, name) for name in one} for number, one in sent.items()}
        for number, said in texts.items():
            lacking = [name for name in ("title", "publisher") if own_sources.is_written(said) and not said.get(name)]
            self.faults += [Fault(field=f"own_sources[{number}].{name}", text=MISSING) for name in lacking]
        return own_sources.read(texts.values(), self.earlier)

    def _keys(
        self, room: str, numbers: Sequence[int], titles: Sequence[Mapping[str, str]], original: str, word: str
    ) -> Iterator[str]:
        """A key for each row: its own, or one made of its title."""
        kept = [text_of(self.data, f"{room}[{number}].key") for number in numbers]
        taken = {key for key in kept if key}
        for key, title in zip(kept, titles, strict=True):
            if key:
                yield key
                continue
            words = slugify(title.get(original) or next(iter(title.values()), ""), limit=40)
            wanted = words if re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", words) and title else word
            new, more = wanted, 2
            while new in taken:
                new, more = f"{wanted}-{more}", more + 1
            taken.add(new)
            yield new

    def _who(self, place: str) -> dict[str, str]:
        """``body …`` or ``sector …``, as the form offers them."""
        kind, _, key = text_of(self.data, f"{place}.who").partition(" ")
        if not kind:
            return {}
        if kind not in ("body", "sector") or not key:
            self.faults.append(Fault(field=f"{place}.who", text=NO_CHOICE))
            return {}
        return {"organisation" if kind == "body" else "sector": key}

    def _within(self, place: str) -> dict[str, str]:
        number, unit = (text_of(self.data, f"{place}.within{part}") for part in ("", "_unit"))
        if not number:
            return {}
        if not re.fullmatch(r"[1-9][0-9]{0,2}", number) or unit not in UNITS:
            self.faults.append(Fault(field=f"{place}.within", text=NO_NUMBER))
            return {}
        return {"within": f"PT{number}H" if unit == "H" else f"P{number}{unit}"}

    def _named(self, place: str, most: int) -> list[int]:
        """The steps that are named by number."""
        text = text_of(self.data, place)
        found = [*dict.fromkeys(numbers_in(text))]
        if text and (not found or not all(1 <= one <= most for one in found)):
            self.faults.append(Fault(field=place, text=NO_STEP))
            return []
        return found

    def _months(self) -> int | None:
        text = text_of(self.data, "review_months")
        if not text:
            return None
        if re.fullmatch(r"[0-9]{1,3}", text) and 1 <= int(text) <= 120:
            return int(text)
        self.faults.append(Fault(field="review_months", text=NO_MONTHS))
        return None


def choices(view: View, typed: Mapping[str, Any], linked: Mapping[str, Iterable[tuple[str, str]]]) -> dict[str, Any]:
    """What the form offers to choose from; *linked*: titles of practices and improvements by id."""
    vocabulary, today = view.vocabulary, view.today
    whos = {text_of(typed, name).partition(" ")[::2] for name in typed if name.endswith(".who")}
    acting = {key for kind, key in whos if kind == "sector"}
    sectors = [
        (f"sector {key}", as_text(view.say(sector.name)))
        for key, sector in entries(vocabulary, "sector").items()
        if key in acting or not vocabulary.is_retired("sector", key, today)
    ]
    offered_bodies = form_choices.organisations(view, [key for kind, key in whos if kind == "body"])
    bodies = [(f"body {one.value}", as_text(one.plain)) for one in offered_bodies]
    bases = {text_of(typed, name) for name in typed if name.endswith(".basis")} | {*many_of(typed, "legal_basis")}
    parties = {text_of(typed, f"parties[{number}].who") for number in rows(typed, "parties")}
    provisions = [
        (key, f"{as_text(line.citation)} – {as_text(line.title)}")
        for key in entries(vocabulary, "provision")
        for line in (tell_provision(view, key),)
        if key in bases or not line.retired
    ]
    sources = [
        (key, source.title if isinstance(source.title, str) else as_text(view.say(source.title)))
        for key, source in entries(vocabulary, "source").items()
    ]
    return {
        "sectors": sectors,
        "bodies": bodies,
        "own": [pair for pair in bodies if pair[0] in parties],
        "sides": [(code, as_text(labels.label("side", code, view.translator))) for code in get_args(Side)],
        "units": [(code, view._(words)) for code, words in UNITS.items()],
        "kinds": [(code, view._(words)) for code, words in MEASURES.items()],
        "natures": [
            {
                "value": code,
                "label": view._(words),
                "help": view._(NATURE_HELP[code]),
                "chosen": text_of(typed, "nature") == code,
            }
            for code, words in NATURES.items()
        ],
        "provisions": provisions,
        **{
            name: _ticks(view, name, offered, many_of(typed, name))
            for name, offered in {"legal_basis": provisions, "sources": sources, **linked}.items()
        },
    }


def _ticks(view: View, name: str, offered: Iterable[tuple[str, str]], chosen: Sequence[str]) -> list[dict[str, Any]]:
    """*offered*, and what was chosen and is offered no more: it stays until it is unticked."""
    found = dict(offered)
    lost = {key: view._(LOST[name]) if name in LOST else key for key in chosen if key not in found}
    return [{"value": key, "label": words, "chosen": key in chosen} for key, words in (found | lost).items()]


def as_now(view: View, typed: Mapping[str, Any]) -> dict[str, Any]:
    """*typed* by the present keys of the region: what was sent may be older than a rename."""
    terms, found = view.vocabulary, dict(typed)
    for field, kind in (("legal_basis", "provision"), ("sources", "source")):
        if field in found:
            found[field] = list(terms.present_keys(kind, many_of(found, field)))
    for name in found:
        text = text_of(found, name) if name.endswith((".who", ".basis")) else ""
        if name.endswith(".basis"):
            found[name] = terms.present_key("provision", text)
        elif text.startswith("sector "):
            found[name] = f"sector {terms.present_key('sector', text.removeprefix('sector '))}"
    return found


def _step_typed(view: View, place: str, step: ProcedureStep, numbers: Mapping[str, int]) -> Iterator[tuple[str, Any]]:
    yield f"{place}.key", step.key
    yield f"{place}.who", _who(view, step)
    for name in STEP_TEXTS:
        yield from _texts(f"{place}.{name}", getattr(step, name)).items()
    if step.within:
        yield f"{place}.within", "".join(filter(str.isdecimal, step.within))
        yield f"{place}.within_unit", step.within[-1]
    yield f"{place}.next", ", ".join(str(numbers.get(key, key)) for key in step.next)
    yield f"{place}.end", "yes" if step.end else ""
    for number, branch in enumerate(step.branches):
        at = f"{place}.branches[{number}]"
        yield f"{at}.to", str(numbers.get(branch.to, branch.to))
        yield from _texts(f"{at}.condition", branch.condition).items()
    for number, one in enumerate(step.passes):
        at = f"{place}.passes[{number}]"
        yield f"{at}.who", _who(view, one)
        yield f"{at}.confidential", "yes" if one.confidential else ""
        yield f"{at}.basis", one.basis or ""
        yield from _texts(f"{at}.what", one.what).items()
        yield from _texts(f"{at}.basis_text", one.basis_text).items()


def _texts(place: str, texts: Mapping[str, str]) -> dict[str, str]:
    return {f"{place}.{code}": text for code, text in texts.items()}


def _who(view: View, one: Any) -> str:
    if one.organisation:
        known = named(view.directory).get(one.organisation)
        return f"body {(known.key or known.id) if known else one.organisation}"
    return f"sector {one.sector}" if one.sector else ""


def _filled(text: ProcedureText) -> dict[str, str]:
    return {name: said for name in TEXTS if (said := getattr(text, name))}
