"""Addresses of mail: those of services pass in twelve languages, those of persons are stopped."""

from __future__ import annotations

import pytest

from tests.core.guard.finding import found

OF_SERVICES = {
    "fr": (
        "contact@asso-horizon.example accueil@maison-des-ados.example "
        "secretariat.pediatrie@chu-orval.example greffe.mineurs@tribunal-orval.example "
        "info.orval@france-enfance.example prefecture-orval@etat.example "
        "cellule-recueil@departement-orval.example standard@hopital-orval.example"
    ),
    "en": (
        "enquiries@lanternhouse.example safeguarding.team@eastborough.example duty.desk@northfold.example "
        "info@northfold.example frontdesk@childhouse.example training-office@police.example"
    ),
    "de": (
        "kontakt@opferhilfe-nordau.example team-kinderschutz@stadt-nordau.example "
        "poststelle@gericht-nordau.example anmeldung.beratung@nordau.example "
        "kinderschutzteam@klinik.example geschaeftsstelle@verband.example"
    ),
    "es": (
        "secretaria@colegio-rosal.example atencion.victimas@rosal.example registro@ayto-rosal.example "
        "buzon@fundacion.example coordinacion-infancia@rosal.example"
    ),
    "it": (
        "segreteria@comune-pratello.example protocollo@pec-pratello.example "
        "sportello.ascolto@pratello.example centralino@ospedale.example ufficio.minori@pratello.example"
    ),
    "pl": (
        "sekretariat@sp3-lipowo.example kancelaria@sad-lipowo.example poradnia.rodzina@lipowo.example "
        "dyzur@mops-lipowo.example pomoc@fundacja.example"
    ),
    "pt": (
        "secretariado@cm-ribeira.example gabinete.apoio@ribeira.example expediente@escola.example "
        "geral@ribeira.example cpcj.ribeira@cnpdpcj.example"
    ),
    "is": (
        "skrifstofa@hofn.example upplysingar@barnahus.example afgreidsla@heilsugaesla.example "
        "tilkynning@barnavernd.example"
    ),
    "ga": ("oifig@gaelscoil.example failte@ionad.example eolas@seirbhis.example fiosruithe@comhairle.example"),
    "el": (
        "grammateia@dimos-elia.example epikoinonia@syllogos.example plirofories@kentro.example protokollo@elia.example"
    ),
    "uk": ("kancelaria@sud.example pryimalnia@misto.example dopomoga@fond.example sluzhba.dity@gromada.example"),
    "tr": (
        "iletisim@dernek.example bilgi@vakif.example sekreterya@okul.example basvuru@barosu.example "
        "ozelkalem@bel.example"
    ),
}


@pytest.mark.parametrize("address", ["ksd", "upj", "priyomna", "tilefono", "gateway"])
def test_an_abbreviation_or_a_registry_is_nobody(address: str) -> None:
    assert found(f"{address}@stadt.example, 01 44 00 00 00") == []


@pytest.mark.parametrize("address", [one for listed in OF_SERVICES.values() for one in listed.split()])
def test_the_address_of_a_service_is_let_pass(address: str) -> None:
    assert found(f"Contact : {address}, standard 01 44 00 00 00.") == []
    assert found(f"Adaptation : {address}") == []


@pytest.mark.parametrize(
    "address",
    [
        "lea.orvalle@free.fr",
        "LORVALLE+ASSO12@ORANGE.FR",
        "orvalle.lucie@laposte.net",
        "k.seewald@stadt-nordau.example",
        "karin.nordauer@gericht.example",
        "nordauer77@web.de",
        "g_rosalena@telefonica.net",
        "pratellini88@tiscali.it",
        "lipowczyk+szkola@wp.pl",
        "m.ribeirinha@escola.example",
        "hofnarson@simnet.is",
        "oceallaighin@eircom.net",
        "elaiotou@otenet.gr",
        "hromadenko@ukr.net",
        "yelkenci34@mynet.com",
        "p.kowalewska@mops-lipowo.example",
        "ragnheidur.hvannberg@spitali.example",
        "eldey.klettsberg@heilsugaesla.example",
        "ch.stavridou@nosokomeio.example",
    ],
)
def test_the_address_of_a_person_is_stopped(address: str) -> None:
    assert found(f"Écrire à {address} demain.") == [("email", address, True)]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Mail de la mère : chatnoir@courrielouvert.example", "chatnoir@courrielouvert.example"),
        ("Das Mädchen schreibt von sternenstaub9@postfach.example", "sternenstaub9@postfach.example"),
        ("The suspect used nightowl@inbox.example", "nightowl@inbox.example"),
        ("Netfang brotaþola: stjarna@postur.example", "stjarna@postur.example"),
    ],
)
def test_an_address_beside_somebody_is_theirs(text: str, address: str) -> None:
    assert found(text) == [("email", address, True)]


@pytest.mark.parametrize(
    "address",
    [
        *("comptabilite@ville-orval.example", "appel2026@fondation-orval.example", "factures.fournisseurs@cd.example"),
        *("invoices@eastborough.example", "court.listing@northmere.example", "press@lanternhouse.example"),
        *("rechnungen@nordau.example", "ksiegowosc@lipowo.example", "contabilidade@ribeira.example"),
        *("bokhald@hofn.example", "logistirio@elia.example", "muhasebe@yenidere.example", "cuntais@ionad.example"),
    ],
)
def test_the_mailbox_of_an_office_is_nobody(address: str) -> None:
    assert found(f"Questions, {address}.") == []
