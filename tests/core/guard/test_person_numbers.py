"""Numbers of persons of all countries that python-stdnum knows, beside a word for such a number or for somebody."""

from __future__ import annotations

import random
import re
from functools import cache

import pytest
from lanzarote.guard.person_numbers import LOOKS, OF_PERSONS
from stdnum.util import get_cc_module, get_number_modules

from tests.core.guard.finding import found

SAYS_WHAT = (
    "Famille arrivée récemment ; identifiant national {}, à vérifier.",
    "Her identity number abroad is {}.",
    "Personennummer laut Ausweis: {}",
    "Persónunúmer frá heimalandi {}.",
    "Identificador de origen {}, por comprobar.",
    "Numero di identificazione {}.",
    "Numer identyfikacyjny {}.",
    "Número de identificação {}.",
    "Uimhir aitheantais {}.",
    "Αριθμός ταυτότητας {}.",
    "Ідентифікаційний номер {}.",
    "Kimlik numarası {}.",
)
SAYS_WHOSE = (
    "Ligne 14 ; bénéficiaire {} ; 6 séances",
    "The girl, {}, was seen twice.",
    "Klientin {} im Erstgespräch",
    "Þolandinn, {}, mætti ekki.",
    "La víctima {} vino sola.",
    "La bambina {} è stata sentita.",
    "Oskarżony {} nie przyszedł.",
    "A criança {} foi ouvida.",
    "Tairbhí {}, sé sheisiún",
    "Η μητέρα {} ήρθε μόνη.",
    "Обвинувачений {} не з'явився.",
    "Mağdur {} iki kez görüldü.",
)
LETTERS = {
    "ie.pps": "#######@", "es.dni": "########@", "es.nie": "X#######@", "fi.hetu": "######-###@",
    "gb.upn": "@############", "it.codicefiscale": "RSSMRA##A##H###@", "mu.nid": "M#############",
    "mx.curp": "BOXW######MNERXN##", "pt.cc": "#########ZZ#", "ve.rif": "V#########",
}  # fmt: skip
DATED = {"cn.ric": "110105{y4}{m}{d}####", "kr.rrn": "{y}{m}{d}-1######", "id.nik": "3171##{d}{m}{y}####"}


@cache
def a_number(kind: str) -> str:
    """One of the *kind* that belongs to nobody."""
    chance = random.Random(kind)
    country, _, name = kind.partition(".")
    module = get_cc_module(country.rstrip("_"), name)
    assert module is not None
    form = LETTERS.get(kind) or DATED.get(kind) or "#" * OF_PERSONS[kind].signs[0]
    for _ in range(300_000):
        written = form.format(
            y=chance.randint(70, 99), y4=chance.randint(1970, 1999), m=f"{chance.randint(1, 12):02}",
            d=f"{chance.randint(1, 28):02}",
        )  # fmt: skip
        number = re.sub("#", lambda _: chance.choice("0123456789"), written)
        number = re.sub("@", lambda _: chance.choice("ABCDEFGHJKLMNPQRSTVWXY"), number)
        if (look := LOOKS.get(kind)) and "-" not in number and not look(number):
            continue
        try:
            if module.is_valid(number):
                return number
        except LookupError:
            pass
    raise AssertionError(kind)


@pytest.mark.parametrize("kind", OF_PERSONS)
def test_a_number_of_a_person_is_stopped_beside_a_word_for_it_or_for_somebody(kind: str) -> None:
    number = a_number(kind)
    for sentence in (*SAYS_WHAT, *SAYS_WHOSE):
        text = sentence.format(number)
        assert any(hard and code in ("personal-number", "phone") for code, _, hard in found(text)), text


@pytest.mark.parametrize(
    "text",
    [
        "SIRET 732 829 320 00074, association d'aide aux victimes",
        "Identifiant de l'association : 399738258",
        "Enfants vus : 7605286247 €",
        "Réf. du dossier de l'enfant 7605286247",
        "ISBN 9782070408504, un livre sur l'enfant",
        "La mère a rappelé le standard de l'hôpital, 7605286247",
        "Les mères, au 23-03-2015 et au 24-03-2015",
        "Félagasamtök, kt. 540214-4680",
        "7605286247",
        "Visto el 7605286247 en el informe",
    ],
)
def test_numbers_of_something_else_are_let_pass(text: str) -> None:
    assert [one for one in found(text, "fr.nir") if one[2]] == []


@pytest.mark.parametrize("number", ["65 170839 J 003", "15070649C103"])
def test_the_number_of_a_german_pension_is_known_by_its_form_and_check_digit(number: str) -> None:
    assert found(f"Die RVNR der Großmutter ist {number}.") == [("personal-number", number, True)]
    assert found(f"Ablage {number}") == [("personal-number", number, True)]
    assert found(f"Ablage {number[:-1]}9") == []


def test_a_tax_number_that_persons_and_bodies_have_is_stopped_beside_a_person() -> None:
    number = a_number("gr.vat")
    for text in ("Ο κατηγορούμενος έχει ΑΦΜ {}.", "Γεωργία Μαυρίδου, ΑΦΜ {}", "Α.Φ.Μ. της μητέρας: {}"):
        assert [(one, hard) for _, one, hard in found(text.format(number))] == [(number, True)]
    for text in ("Ο σύλλογος έχει ΑΦΜ {}.", "ΑΦΜ {}", "Δωρεές: ΑΦΜ {}"):
        assert found(text.format(number)) == []


def test_every_kind_of_stdnum_that_identifies_a_person_is_known() -> None:
    personal = re.compile(
        r"\b(?:personal|identity|citizen|social (?:security|insurance)|birth number|resident|individual|person|patient"
        r"|pupil|student|foreigner)",
        re.IGNORECASE,
    )
    told = {
        str(vars(module)["__name__"]).removeprefix("stdnum.")
        for module in get_number_modules()
        if personal.search((module.__doc__ or "").strip().partition("\n")[0])
    }
    told -= {"al.nipt", "co.nit", "cr.cpj", "imei", "imsi", "ke.pin"}  # of firms mostly, and of telephones
    # Any figures may pass for these, or they only unite others: a word for somebody does not make them one.
    told -= {
        "ad.nrt", "ar.dni", "be.eid", "be.ssn", "cr.cpf", "de.stnr", "es.nif", "fi.veronumero", "in_.epic", "li.peid",
        "nl.identiteitskaartnummer", "pk.cnic", "us.atin", "us.ptin", "us.ssn", "us.tin",
    }  # fmt: skip
    assert told - OF_PERSONS.keys() == set()
