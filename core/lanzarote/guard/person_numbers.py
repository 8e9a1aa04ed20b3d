"""Numbers of persons of any country, beside a word for such a number or for somebody.

Many of them are any nine or ten figures of which one in eleven fits by chance: alone they tell nothing. Beside *ID* or
*identifiant* they do, and beside a child, a mother or a beneficiary, unless what stands there counts or names something
else.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, reduce
from operator import or_

from lanzarote.guard.check_digits import LOOKS
from lanzarote.guard.lexicon import (
    CASE,
    FILE,
    GIVEN,
    IDNUMBER,
    ORGANISATION,
    OTHERNUMBER,
    PUPIL,
    REFERENCE,
    SOMEBODY,
    UNIT,
    kinds_in,
)
from lanzarote.guard.nearby_words import (
    BREAK,
    OFFICE,
    PERSON,
    kinds_in_order,
    sentence_after,
    sentence_before,
    whose_word,
)
from lanzarote.guard.scan import Run

OF_PERSONS: Mapping[str, tuple[str, str]] = {
    "ar.cuit": ("tax number of Argentina", "11"),
    "at.tin": ("tax number of Austria", "9"),
    "at.vnr": ("social insurance of Austria", "10"),
    "be.bis": ("foreigners in Belgium", "11"),
    "be.nn": ("national register of Belgium", "11"),
    "bg.egn": ("citizens of Bulgaria", "10"),
    "bg.pnf": ("foreigners in Bulgaria", "10"),
    "br.cpf": ("natural persons in Brazil", "11"),
    "ca.bc_phn": ("patients in British Columbia", "10"),
    "ca.sin": ("social insurance of Canada", "9"),
    "ch.ssn": ("social insurance of Switzerland", "13"),
    "cl.rut": ("tax number of Chile", "9"),
    "cn.ric": ("residents of China", "18"),
    "cr.cr": ("foreigners in Costa Rica", "11 12"),
    "cu.ni": ("citizens of Cuba", "11"),
    "cz.rc": ("birth number of Czechia", "10"),
    "de.idnr": ("tax number of persons in Germany", "11"),
    "dk.cpr": ("population register of Denmark", "10"),
    "do.cedula": ("citizens of the Dominican Republic", "11"),
    "ec.ci": ("citizens of Ecuador", "10"),
    "ee.ik": ("residents of Estonia", "11"),
    "es.dni": ("citizens of Spain", "9"),
    "es.nie": ("foreigners in Spain", "9"),
    "fi.hetu": ("residents of Finland", "11"),
    "fr.nif": ("tax number of persons in France", "13"),
    "fr.nir": ("social security of France", "15"),
    "gb.nhs": ("patients in England", "10"),
    "gb.upn": ("pupils in England", "13"),
    "gb.utr": ("taxpayers in the United Kingdom", "10"),
    "gr.amka": ("social security of Greece", "11"),
    "gr.vat": ("tax number of Greece", "9"),
    "hr.oib": ("persons in Croatia", "11"),
    "id.nik": ("citizens of Indonesia", "16"),
    "ie.pps": ("public services of Ireland", "8 9"),
    "il.idnr": ("residents of Israel", "9"),
    "in_.aadhaar": ("residents of India", "12"),
    "in_.vid": ("residents of India, for a time", "16"),
    "is_.kennitala": ("national register of Iceland", "10"),
    "it.codicefiscale": ("tax code of Italy", "16"),
    "jp.in_": ("residents of Japan", "12"),
    "kr.rrn": ("residents of Korea", "13"),
    "lt.asmens": ("residents of Lithuania", "11"),
    "lv.pvn": ("residents of Latvia", "11"),
    "mu.nid": ("citizens of Mauritius", "14"),
    "mx.curp": ("residents of Mexico", "18"),
    "my.nric": ("citizens of Malaysia", "12"),
    "nl.bsn": ("residents of the Netherlands", "9"),
    "nl.onderwijsnummer": ("pupils in the Netherlands", "9"),
    "no.fodselsnummer": ("residents of Norway", "11"),
    "nz.ird": ("tax number of New Zealand", "9"),
    "pe.cui": ("citizens of Peru", "9"),
    "pl.pesel": ("residents of Poland", "11"),
    "pt.cc": ("citizens of Portugal", "12"),
    "pt.nif": ("taxpayers in Portugal", "9"),
    "ro.cnp": ("citizens of Romania", "13"),
    "ru.inn": ("taxpayers in Russia", "12"),
    "se.personnummer": ("residents of Sweden", "10 12"),
    "si.emso": ("citizens of Slovenia, Serbia and their neighbours", "13"),
    "sk.rc": ("birth number of Slovakia", "10"),
    "th.pin": ("citizens of Thailand", "13"),
    "tr.tckimlik": ("citizens of Türkiye", "11"),
    "ua.rntrc": ("taxpayers in Ukraine", "10"),
    "us.itin": ("taxpayers of the United States who are foreigners", "9"),
    "ve.rif": ("taxpayers in Venezuela", "10"),
    "za.idnr": ("residents of South Africa", "13"),
    "za.tin": ("taxpayers in South Africa", "10"),
}
"""Kinds of python-stdnum that identify a natural person and check something: what they are, and how many signs."""
ONLY_BY_NAME = frozenset(
    {
        *(
            "ad.nrt",
            "ar.dni",
            "be.eid",
            "be.ssn",
            "cr.cpf",
            "de.stnr",
            "es.nif",
            "fi.veronumero",
            "in_.epic",
            "li.peid",
        ),
        *("li.peid", "nl.identiteitskaartnummer", "pk.cnic", "us.atin", "us.ptin", "us.ssn", "us.tin"),
    }
)
"""Those that any figures may pass for, and those that only unite others: a word for somebody does not make them one."""
_BEFORE, _AFTER = 64, 40
_NEAR_BEFORE, _NEAR_AFTER = 7, 4
"""Words between somebody and their number."""
_FEWEST, _MOST = 9, 18
_SEVERAL = 8
"""Runs of figures, before each of which is looked at it is asked whether there is any word for somebody at all."""
_FEWEST_SIGNS = 7
"""Of a run: letters may go before it and behind."""
_DATE = re.compile(r"\d{1,2}([./-])\d{1,2}\1\d{4}|\d{4}([./-])\d{1,2}\2\d{1,2}")
_MOST_LOOKED_AT = 64
"""So many figures beside somebody are looked at in a text: who puts them right is shown the next ones."""
_MONEY = re.compile(r"[ \n]?(?:[€£$₺%₴]|(?:eur(?:os?)?|chf|kr|zł|pln|tl|грн|usd)\b)", re.IGNORECASE)
_SEPARATORS = re.compile(r"[^0-9A-Za-z]+")
_SOMEBODY = PERSON | PUPIL | SOMEBODY
_BESIDE = 3


def numbers_of_somebody(
    text: str, runs: Sequence[Run], is_valid: Callable[[str], Callable[[str], bool] | None]
) -> Iterator[tuple[int, int]]:
    """Where such numbers stand. *is_valid* gives the check of a kind."""
    if len(runs) > _SEVERAL and not kinds_in(text) & (_SOMEBODY | IDNUMBER):
        return
    looked = 0
    for run in runs:
        if looked == _MOST_LOOKED_AT:
            return
        if len(run.text) < _FEWEST_SIGNS or not _is_somebodys(text, run.start, run.end):
            continue
        looked += 1
        candidates = _candidates(text, run)
        for start, end, number in candidates:
            if any(
                ((look := LOOKS.get(name)) is None or look(number)) and (check := is_valid(name)) and check(number)
                for name in _by_length().get(len(number), ())
            ):
                yield start, end
                break


@cache
def _by_length() -> dict[int, list[str]]:
    found = defaultdict(list)
    for name, (_, lengths) in OF_PERSONS.items():
        for length in map(int, lengths.split()):
            found[length].append(name)
    return dict(found)


_GROUPS = re.compile(r"[0-9A-Za-z]+(?:[ ./\-][0-9A-Za-z]*[0-9][0-9A-Za-z]*)*(?: [A-Z]{1,2}(?![\w]))?")


def _candidates(text: str, run: Run) -> Iterator[tuple[int, int, str]]:
    """The figures of a run, as far as only single signs part them; then each of its groups alone."""
    first = run.start
    while first and run.start - first < _MOST and text[first - 1].isalnum() and text[first - 1].isascii():
        first -= 1
    if first and text[first - 1] in "+/=#&@_-":
        return
    for whole in _GROUPS.finditer(text, first, min(len(text), run.end + 3)):
        number = _SEPARATORS.sub("", whole[0]).upper()
        if _DATE.match(whole[0]):
            continue
        if _FEWEST <= len(number) <= _MOST:
            yield whole.start(), whole.end(), number
        if len(number) != len(whole[0]):
            for group in whole[0].split(" "):
                bare = _SEPARATORS.sub("", group).upper()
                if _FEWEST <= len(bare) <= _MOST:
                    at = text.index(group, whole.start())
                    yield at, at + len(group), bare


def _is_somebodys(text: str, start: int, end: int) -> bool:
    if not _LETTER.search(text, max(0, start - _BEFORE), end + _AFTER) or _MONEY.match(text, end):
        return False
    kinds = kinds_in_order(sentence_before(text, start, _BEFORE))
    following = kinds_in_order(sentence_after(text, end, _AFTER))[:_NEAR_AFTER]
    said = reduce(or_, kinds, 0)
    if any(one & OTHERNUMBER and not one & IDNUMBER for one in kinds):
        return False
    if any(one & IDNUMBER and not one & OTHERNUMBER for one in (*kinds, *following)):
        return bool(said & _SOMEBODY or not said & ORGANISATION)
    if any(one & FILE for one in kinds[-_NEAR_BEFORE:]):
        return False
    nearest = (*reversed(kinds[-_NEAR_BEFORE:]), BREAK, *following)
    if any(one & (CASE | UNIT | REFERENCE) for one in nearest[:_BESIDE]):
        return False
    if said & OTHERNUMBER and said & GIVEN and not said & OFFICE:
        return True  # the tax number of somebody: bodies have one as well
    first = whose_word(nearest, _SOMEBODY)
    return bool(first & _SOMEBODY and not first & OFFICE)


_LETTER = re.compile(r"[^\W\d_]")
