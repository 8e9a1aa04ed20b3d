"""Personal numbers: found however they are written, and told from other figures.

The numbers are the examples that python-stdnum publishes with its documentation.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lanzarote.guard import check_text, knows_identifier
from lanzarote.guard.person_numbers import LOOKS
from stdnum import get_cc_module

from tests.core.guard.finding import found

NUMBERS = {
    "fr.nir": "2 95 10 99 126 111 93",
    "fr.nir, in one piece": "295109912611193",
    "be.nn": "85.07.30-033 28",
    "be.bis": "98.47.28-997.65",
    "es.dni": "54362315-K",
    "es.nie": "X2482300W",
    "it.codicefiscale": "RCCMNL83S18D969H",
    "pt.cc": "00000000 0 ZZ4",
    "ie.pps": "6433435F",
    "fi.hetu": "131052-308T",
    "se.personnummer": "880320-0016",
    "no.fodselsnummer": "151086 95088",
    "is.kennitala": "120174-3399",
    "lv.pvn": "161175-19997",
    "ee.ik": "36805280109",
    "lt.asmens": "33309240064",
    "pl.pesel": "44051401359",
    "cz.rc": "710319/2745",
    "si.emso": "0101006500006",
    "ro.cnp": "1630615123457",
    "gr.amka": "01013099997",
    "tr.tckimlik": "17291716060",
    "ch.ssn": "756.9217.0769.85",
}


LABELLED = {
    "at.vnr": "SVNR 1237 010180",
    "bg.egn": "ЕГН: 7523169263",
    "de.idnr": "Steuer-ID 36 574 261 809",
    "dk.cpr": "CPR-nummer 211062-5629",
    "gb.nhs": "NHS number 943-476-5870",
    "hr.oib": "OIB 33392005961",
    "nl.bsn": "BSN 111222333",
    "ua.rntrc": "РНОКПП 1759013776",
}


@pytest.mark.parametrize(
    "number",
    [
        "2 95 10 99 12\u200b6 111 93", "29510\u00ad9912611193", "２９５１０９９１２６１１１９３", "٢٩٥١٠٩٩١٢٦١١١٩٣",
        "2\u2060951099126111\u202e93",
    ],
)  # fmt: skip
def test_no_disguise_hides_a_personal_number(number: str) -> None:
    assert found(f"Dossier {number} clos.") == [("personal-number", number, True)]


@pytest.mark.parametrize("gap", ["", " ", "\u00a0", "\u202f", ".", "-", "‐", "‑", "–"])
@pytest.mark.parametrize(
    "groups",
    [("2", "95", "10", "99", "126", "111", "93"), ("756", "9217", "0769", "85"), ("85", "07", "30", "033", "28")],
)
def test_a_personal_number_is_one_however_its_groups_are_parted(groups: tuple[str, ...], gap: str) -> None:
    number = gap.join(groups)
    assert found(f"Dossier {number} clos.") == [("personal-number", number, True)]


NIR = ("1", "12", "06", "75", "108", "042", "68")


@pytest.mark.parametrize(
    "gap",
    ["_", "/", ",", "—", "−", "‒", "―", "－", "·", "•", ":", "|", "'", "~", " - ", ", ", "\u0301", "\u17b4", "\ufe0f"],
    ids=ascii,
)
def test_whatever_parts_a_personal_number_it_is_one(gap: str) -> None:
    assert found(f"Dossier {gap.join(NIR)} clos.") == [("personal-number", gap.join(NIR), True)]
    [(code, _, hard)] = found(f"Dossier {gap.join(''.join(NIR))} clos.")
    assert (code, hard) == ("personal-number", True)


@pytest.mark.parametrize("kind", [name for name, number in NUMBERS.items() if name in LOOKS and "," not in name])
def test_a_number_is_found_figure_by_figure(kind: str) -> None:
    number = ", ".join(filter(str.isdigit, NUMBERS[kind]))
    assert [(code, hard) for code, _, hard in found(f"Dossier {number}.")] == [("personal-number", True)]


@pytest.mark.parametrize(
    "labelled",
    ["isikukood 3680 528 0109", "PPS no. of the child: 6433435 F", "kt. barnsins: 120174 3399", "ahv 75692 17076 985"],
)
def test_beside_its_name_a_number_is_found_in_any_groups(labelled: str) -> None:
    [(code, written, hard)] = found(f"{labelled} (copied)")
    assert (code, hard, written) == ("personal-number", True, labelled[labelled.index(written) :])


@given(st.data())
def test_the_first_look_at_a_number_refuses_none_that_is_right(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(sorted(LOOKS.keys() & NUMBERS.keys())))
    module = get_cc_module(*kind.split("."))
    assert module is not None
    figures = "".join(filter(str.isdigit, NUMBERS[kind]))
    body = data.draw(st.text("0123456789", min_size=5, max_size=5))
    for key in range(100):
        number = f"{figures[:-7]}{body}{key:02}"
        assert LOOKS[kind](number) or not module.is_valid(number)


@pytest.mark.parametrize("before", ["", "#", "=", "/", "+", "&", ".", ",", "-", "_", "NIR=", "https://a.example/?n="])
@pytest.mark.parametrize("after", ["", "/2020", "-1", ",5", "_a"])
def test_no_neighbour_excuses_a_personal_number(before: str, after: str) -> None:
    codes = {code for code, _, hard in found(f"Dossier {before}{''.join(NIR)}{after} clos.") if hard}
    assert "personal-number" in codes


@pytest.mark.parametrize("number", ["¹¹²⁰⁶⁷⁵¹⁰⁸⁰⁴²⁶⁸", "①①②⓪⑥⑦⑤①⓪⑧⓪④②⑥⑧", "₁₁₂₀₆₇₅₁₀₈₀₄₂₆₈"])
def test_figures_of_another_size_hide_no_number(number: str) -> None:
    assert found(f"Dossier {number} clos.") == [("personal-number", number, True)]


@pytest.mark.parametrize("number", ["44-05-14-01359", "440514 01359", "880320 0016"])
def test_numbers_of_other_countries_may_be_grouped(number: str) -> None:
    assert found(f"Dossier {number} clos.") == [("personal-number", number, True)]


@pytest.mark.parametrize(
    "text",
    [
        "En 2010, 2011, 2012, 2013 et 2014, 12, 15, 18, 21, 24, 27, 30 et 33 réunions.",
        "ISBN 978-2-1234-5680-3, EAN 3-017620-422003, SIRET 267 500 452 00011",
        "Les surfaces : 12 m², 15 m², 18 m² ; notes¹ et renvois².",
        "12:30, 14:45, 16:00, 18:15, 20:30, 22:45, 23:59",
        "1-2-3-4-5-6-7-8-9-10-11-12-13-14-15",
        "https://www.legifrance.gouv.fr/codes/article_lc/LEGIARTI000006418949",
    ],
)
def test_other_chains_of_figures_are_let_pass(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize("number", NUMBERS.values(), ids=NUMBERS)
def test_a_personal_number_is_stopped_in_any_region(number: str) -> None:
    text = f"Dossier no {number}, transmis en 2019."
    assert found(text) == [("personal-number", number, True)]


@pytest.mark.parametrize("kind", LABELLED)
def test_a_number_that_proves_little_is_stopped_beside_its_name_or_where_the_region_names_it(kind: str) -> None:
    labelled = LABELLED[kind]
    number = labelled[next(i for i, char in enumerate(labelled) if char.isdigit()) :]
    assert found(f"Il figure sous {labelled}.") == [("personal-number", number, True)]
    assert found(f"Réf {number}.") == []
    assert found(f"Réf {number}.", kind) == [("personal-number", number, True)]


def test_a_personal_number_that_begins_like_a_mobile_number_is_told_once() -> None:
    assert found("nr 07108610187") == [("personal-number", "07108610187", True)]


def test_a_number_with_a_wrong_check_digit_is_a_number() -> None:
    assert found("Réf 2 95 10 99 126 111 94 et 44051401358") == []


def test_a_region_may_name_a_kind_we_have_no_form_for() -> None:
    assert found("Réf 20-05536168-2") == []
    assert found("Réf 20-05536168-2", "ar.cuit") == [("personal-number", "20-05536168-2", True)]


def test_the_kinds_a_region_may_name_are_those_of_stdnum() -> None:
    known = {"fr.nir", "is.kennitala", "is_.kennitala", "ar.cuit"}
    assert {
        name for name in (*known, "fr.nothing", "fr", "", "../os.path", "xx.yy", "os.path") if knows_identifier(name)
    } == known
    with pytest.raises(ValueError, match=r"'fr.nothing' is not a kind of number that python-stdnum knows"):
        check_text("12345678", identifiers=["fr.nothing"])


@pytest.mark.parametrize(
    ("text", "number", "hard"),
    [
        ("Vu ce jour, 1 12 06 75 108 042, orienté", "1 12 06 75 108 042", True),
        ("2.95.10.99.126.111", "2.95.10.99.126.111", True),
        ("2 95 10 2A 126 111", "2 95 10 2A 126 111", True),
        ("L’enfant, 1120675108042, est suivi", "1120675108042", True),
        ("Lucas Martin 1120675108042", "1120675108042", True),
        ("Réf. 1120675108042", "1120675108042", False),
    ],
)
def test_a_french_number_without_its_key_is_found_by_its_groups_or_beside_a_person(
    text: str, number: str, hard: bool
) -> None:
    assert ("personal-number", number, hard) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "1 12 13 75 108 042",
        "1 95 10 99 000 111",
        "EAN 1120675108042, code 1234567890128",
        "https://example.org/1120675108042",
        "1700000000000 ms",
        "1 200 enfants, 12 06 75 108 euros",
    ],
)
def test_other_thirteen_figures_are_let_pass(text: str) -> None:
    assert found(text) == []
