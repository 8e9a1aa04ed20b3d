"""Telephone numbers of the 46 States: drawn by what phonenumbers knows of them, written abroad and at home."""

from __future__ import annotations

import random
from functools import cache

import phonenumbers
import pytest
from lanzarote.guard import check_text
from lanzarote.guard.numbering_plans import MEMBERS, line_abroad, plan
from phonenumbers import PhoneMetadata, PhoneNumberFormat, PhoneNumberType

from tests.core.guard.finding import found

MOBILE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
ABROAD = (PhoneNumberFormat.E164, PhoneNumberFormat.INTERNATIONAL)
OF_PERSONS = {
    "fr": "Le numéro de la victime est le {}.",
    "en": "Call the girl at {}.",
    "is": "Hringdu í stúlkuna í síma {}.",
    "de": "Nummer des Kindes: {}",
    "es": "El acusado llama desde el {} cada noche.",
    "it": "La bambina risponde al {}.",
    "pl": "Numer oskarżonego to {}.",
    "pt": "O telemóvel da vítima é {}.",
    "ga": "Uimhir an chailín: {}.",
    "el": "Ο αριθμός του παιδιού είναι {}.",
    "uk": "Номер дитини {}.",
    "tr": "Çocuğun numarası {}.",
}
MOBILES = {
    "fr": "06 39 98 51 27",
    "en": "07700 900614",
    "is": "848 2117",
    "de": "0171 3920044",
    "es": "612 40 77 19",
    "it": "347 2218065",
    "pl": "512 604 118",
    "pt": "912 660 347",
    "ga": "085 020 4418",
    "el": "6944 310 275",
    "uk": "067 220 41 83",
    "tr": "0532 614 20 77",
}
NEUTRAL = {"fr": "Voir aussi {}.", "en": "See also {}.", "uk": "Див. також {}.", "el": "Βλ. επίσης {}."}


@cache
def drawn(state: str, count: int = 4) -> list[phonenumbers.PhoneNumber]:
    """Mobile numbers of a State, by chance."""
    chance = random.Random(state)
    example = phonenumbers.example_number_for_type(state, PhoneNumberType.MOBILE)
    known = PhoneMetadata.metadata_for_region(state)
    assert example
    assert known
    assert known.mobile
    made: list[phonenumbers.PhoneNumber] = [example]
    while len(made) < count:
        figures = str(example.national_number)[: chance.randint(1, 3)] + "".join(chance.choices("0123456789", k=12))
        number = phonenumbers.PhoneNumber(
            country_code=known.country_code,
            national_number=int(figures[: chance.choice(known.mobile.possible_length)]),
        )
        if phonenumbers.number_type(number) in MOBILE:
            made.append(number)
    return made


@pytest.mark.parametrize("state", MEMBERS)
@pytest.mark.parametrize("language", OF_PERSONS)
def test_a_mobile_number_of_any_state_is_stopped_beside_a_child_a_victim_or_an_accused(
    state: str, language: str
) -> None:
    for number in drawn(state):
        for form in (*ABROAD, PhoneNumberFormat.NATIONAL):
            text = OF_PERSONS[language].format(phonenumbers.format_number(number, form))
            assert any(one.hard for one in check_text(text)), text
            assert any(one.hard for one in check_text(text, identifiers=("fr.nir",))), text


@pytest.mark.parametrize("state", MEMBERS)
@pytest.mark.parametrize("language", NEUTRAL)
def test_a_mobile_number_of_any_state_is_seen_in_a_text_that_tells_nothing(state: str, language: str) -> None:
    forms = ABROAD if state == "AD" else (*ABROAD, PhoneNumberFormat.NATIONAL)  # six figures alone may be anything
    for number in drawn(state):
        for form in forms:
            text = NEUTRAL[language].format(phonenumbers.format_number(number, form))
            assert check_text(text, identifiers=("fr.nir",)), text


@pytest.mark.parametrize("state", MEMBERS)
def test_lines_that_are_free_of_charge_are_let_pass(state: str) -> None:
    free = phonenumbers.example_number_for_type(state, PhoneNumberType.TOLL_FREE)
    if free is not None:
        text = f"The helpline for children answers at {phonenumbers.format_number(free, PhoneNumberFormat.E164)}."
        assert check_text(text) == ()


def test_the_home_form_of_a_small_country_is_known_beside_a_person() -> None:
    assert found("Call the girl at 611 1234.") == [("phone", "611 1234", True)]
    assert found("Hringdu í síma 611 1234.") == [("phone", "611 1234", True)]
    assert found("Sjá einnig 611 1234.", "is.kennitala") == [("phone", "611 1234", False)]


def test_the_zero_of_a_country_code_is_no_trunk_prefix() -> None:
    assert line_abroad("420601123456") == line_abroad("37061234567") == line_abroad("380501234567") == "mobile"
    assert line_abroad("4407700900123") == line_abroad("447700900123") == "mobile"
    assert line_abroad("4202024567890") == line_abroad("442079460123") == "fixed"


def test_numbers_that_are_kept_for_fiction_and_blocks_that_are_not_open_yet_are_mobile_too() -> None:
    france, ireland = plan("FR"), plan("IE")
    assert france
    assert ireland
    assert [france.line("639981234"), france.line("700123456"), ireland.line("870000507")] == ["mobile"] * 3


@pytest.mark.parametrize(
    "text",
    [
        "Standard du tribunal : 01 44 32 51 51.",
        "Sentralita sądu: 22 440 30 00.",
        "Centralita del hospital: 91 449 93 35.",
        "Sekretariat 01 5856725",
        "Skiptiborð Barnahúss: 530 2500.",
        "Lasc-chlár na cúirte: 01 888 6000.",
        "Arrêt n° 706/2019, loi 12345/2016.",
        "L'accusata ha perso, ric. n. 40918/97.",
        "Le témoin, p. 203–219",
        "706-47-1",
        "Budget : 601 123 456 € sur trois ans.",
        "On compte 34 412 345 habitants.",
        "Page vue 0.36805280109 fois.",
        "116 111, 116 000, 119, 3020",
        "Sorumlu: santral 0212 000 05 59.",
        "Hotline 0800 22 55 530, also for children",
        "Pour un enfant en danger, appeler la CRIP au 01 53 46 86 81.",
        "A worried parent can call the helpline on 0808 800 5000.",
        "Das Kind wird in der Klinik vorgestellt, Tel. 030 450 50.",
        "Skóli barnsins: 411 7000",
        "El colegio de la niña: 955 12 34 56",
        "La scuola della bambina: 055 123 456",
        "Szkoła dziecka, tel. 61 123 45 67",
        "As vítimas contactam a APAV, 116 006.",
        "Is féidir leis an máthair glaoch ar an ionad: 01 412 3456.",
        "Σχολείο του παιδιού: 2310 123456",
        "Мати може зателефонувати до центру: 044 123 45 67.",
        "Anne merkezi 0312 123 45 67 numarasından arayabilir.",
    ],
)
def test_switchboards_free_lines_and_other_figures_are_let_pass(text: str) -> None:
    assert found(text, "fr.nir") == []


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Telefone de casa da avó: 253 123 456", "253 123 456"),
        ("fón baile na seanmháthar 01 234 5678", "01 234 5678"),
        ("ev telefonu (babaanne) 0212 123 45 67", "0212 123 45 67"),
        ("Grandfather's landline is 0161 496 0123.", "0161 496 0123"),
        ("L’école a le portable de la mère : 06 12 34 56 78", "06 12 34 56 78"),
        ("Amma: 552 1234 heima", "552 1234"),
    ],
)
def test_the_line_of_a_home_is_stopped(text: str, number: str) -> None:
    assert found(text, "fr.nir") == [("phone", number, True)]


@pytest.mark.parametrize(
    "text",
    [
        "Réunion du 3 juin : la sage-femme du centre répond au {fr} entre deux consultations.",
        "Astreinte : éducatrice du foyer {fr}",
        "Permanence du samedi, Claire Orvalle {fr}",
        "If the office is shut, the caseworker answers on {en}.",
        "Duty midwife {en}, ask for the discharge letter",
        "Félagsráðgjafi á vakt: {is}",
        "Ljósmóðirin á heilsugæslunni er með {is}, best fyrir hádegi.",
        "Rufbereitschaft Sozialarbeiterin {de}",
        "Die Hebamme der Klinik hat jetzt {de}, bitte im Verteiler ändern.",
        "La trabajadora social de guardia, {es}, solo fines de semana",
        "La matrona del hospital contesta en el {es}.",
        "Assistente sociale di turno {it}, anche di notte",
        "L'ostetrica del consultorio si trova al {it} fino alle sei.",
        "Psycholog dyżurna w sobotę: {pl}",
        "Położna ze szpitala jest pod numerem {pl} do południa.",
        "Assistente social de piquete {pt}, só aos domingos",
        "A enfermeira do hospital atende no {pt} até às seis.",
        "Oibrí sóisialta ar dualgas: {ga}",
        "Tá an chnáimhseach san ospidéal le fáil ag {ga} ar maidin.",
        "Εφημερία: ψυχολόγος {el}",
        "Η μαία του νοσοκομείου απαντά στο {el} μέχρι το μεσημέρι.",
        "Черговий психолог {uk}, тільки вночі",
        "Акушерка лікарні відповідає за номером {uk} до обіду.",
        "Nöbetçi psikolog {tr}, sadece geceleri",
        "Hastanedeki ebeye {tr} numarasından ulaşılır.",
    ],
)
def test_the_mobile_number_of_whoever_holds_a_function_is_theirs(text: str) -> None:
    assert [(code, hard) for code, _, hard in found(text.format(**MOBILES), "fr.nir")] == [("phone", True)]


@pytest.mark.parametrize(
    "text",
    [
        "Ligne d’astreinte du service : {fr}",
        "La mère peut appeler la permanence au {fr}.",
        "The duty phone of the team is {en}.",
        "Parents can text the helpline on {en}.",
        "Vaktsími barnaverndar er {is}.",
        "Bereitschaftshandy des Jugendamts: {de}",
        "Teléfono de guardia del juzgado: {es}",
        "Casa de los Niños, guardia {es}",
        "Reperibilità della procura: {it}",
        "Telefon dyżurny ośrodka: {pl}",
        "Piquete do tribunal: {pt}",
        "Uimhir dualgais an ionaid: {ga}",
        "Εφημερία της εισαγγελίας: {el}",
        "Черговий телефон служби: {uk}",
        "Merkezin nöbet hattı: {tr}",
    ],
)
def test_the_mobile_number_that_a_service_answers_is_not_stopped(text: str) -> None:
    told = found(text.format(**MOBILES), "fr.nir")
    assert [(code, hard) for code, _, hard in told] in ([("phone", False)], [])
