"""Dates of birth, those without a word of birth beside a name, and the dates that are nobody's."""

from __future__ import annotations

import pytest

from tests.core.guard.finding import found

BIRTHS = [
    "L’élève est né le 3 mars 2012 à Lyon.",
    "Elle est née le 1er mars 2012.",
    "Date de naissance : 03/03/2012",
    "DDN 3.3.2012",
    "NE LE 3 MARS 2012",
    "She was born on 3 March 2012.",
    "He was born on March 3, 2012.",
    "DOB: 2012-03-03",
    "geboren am 3. März 2012",
    "geb. 03.03.2012",
    "nacida el 3 de marzo de 2012",
    "nata a Roma il 3 marzo 2012",
    "nascido em 3 de março de 2012",
    "geboren op 3 maart 2012",
    "urodzona 3 marca 2012",
    "ur. 03.03.2012",
    "născută la 3 martie 2012",
    "γεννήθηκε στις 3 Μαρτίου 2012",
    "народилася 3 березня 2012 року",
    "родился 03.03.2012",
    "03.03.2012 г.р.",
    "född den 3 mars 2012",
    "fædd 3. mars 2012",
    "2012. március 3-án született",
    "3 Mart 2012 doğumlu",
    "დაიბადა 3 მარტი 2012",
]


@pytest.mark.parametrize("text", BIRTHS)
def test_a_full_date_of_birth_is_stopped_in_every_language(text: str) -> None:
    assert [(code, hard) for code, _, hard in found(text)] == [("birth-date", True)]


def test_the_date_itself_is_pointed_at() -> None:
    assert found("Il est né le 3 mars 2012 à Lyon.") == [("birth-date", "3 mars 2012", True)]


def test_a_body_may_be_born_on_a_day() -> None:
    assert found("L’association est née le 3 mars 1998.") == []
    assert found("L’enfant suivi par l’association est né le 3 mars 2012.") == [("birth-date", "3 mars 2012", True)]


def test_children_born_after_a_day_are_counted_and_not_named() -> None:
    assert found("Les enfants nés après le 1er janvier 2016 ne sont pas concernés.") == []
    assert found("Children born on or after 1 January 2016 are covered.") == []


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("F. nac.: 3.3.2012", "3.3.2012"),
        ("(b. March 3, 2012)", "3, 2012"),
        ("Er kam am 3.3.2012 zur Welt", "3.3.2012"),
        ("Jonas (*3.3.2012)", "3.3.2012"),
        ("3/3/2012 (date de naissance)", "3/3/2012"),
        ("ELLE EST NEE LE 3 MARS 2012", "3 MARS 2012"),
        ("Date de naissance\n03 03 2012", "03 03 2012"),
        ("né le 3.III.2012", "3.III.2012"),
    ],
)
def test_a_date_of_birth_is_stopped_however_it_is_announced(text: str, date: str) -> None:
    assert found(text) == [("birth-date", date, True)]


@pytest.mark.parametrize(
    "text",
    [
        "L’unité est née en 2003.",
        "Le protocole ne prend effet que lundi 3 mars 2012.",
        "NATO, 3 March 2012",
        "Un enfant est né. Le protocole date du 3 mars 2012.",
        "Born in Paris, the method was described on two pages.",
    ],
)
def test_other_dates_are_let_pass(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Lucas Martin 12/03/2015",
        "Emma Petit – 3 mai 2014",
        "Lucas Martin, le 3 mars 2015",
        "Lena Weber, am 3. März 2015",
        "Emily Jones, May 3, 2014",
        "Anna Kowalska 3 maja 2014",
        "Ελένη Γεωργίου 3 Μαΐου 2014",
        "Софія Бондаренко, 3 травня 2014",
    ],
)
def test_a_name_beside_a_full_date_is_asked_about(text: str) -> None:
    assert found(text) == [("birth-date", text, False)]


@pytest.mark.parametrize(
    "text",
    [
        "Paris, 12 mars 2019",
        "Signé par Lucas Martin, 12/03/2015",
        "Le juge Lucas Martin, 12/03/2019",
        "M. Lucas Martin, 12 mars 2015",
        "La loi Marie Mercier, 3 août 2018",
        "Victor Hugo, 26/02/1802",
        "le rapport de Nathalie Bondy, 17 novembre 2023",
        "Bericht von Lena Weber, 3. März 2015",
        "L’étude d’Anne Tursz, 3 mars 2015",
        "Réunion avec Marie Dupont, le 3 mars 2015",
    ],
)
def test_a_date_of_what_somebody_signed_is_let_pass(text: str) -> None:
    assert found(text) == []


def test_a_report_about_somebody_is_not_theirs() -> None:
    text = "rapport sur Lucas Martin, 12 mars 2015"
    assert found(text) == [("birth-date", "Lucas Martin, 12 mars 2015", False)]


ABBREVIATED = [
    "Mädchen (geb. 7.4.11), Pflegefamilie",
    "Geb.-Dat. 07.04.2011",
    "Zwillinge, * 7. April 2011",
    "l’aînée (n. 07/04/2011)",
    "Date naiss. 7-4-2011",
    "Né(e) le : 07/04/2011",
    "the younger boy (b. 7 Apr 2011)",
    "D/O/B 07/04/11",
    "la niña (n. 7/4/2011) fue oída",
    "F. de nac.: 7 abr. 2011",
    "la ragazza (n. 7.4.2011)",
    "Data nasc.: 07/04/2011",
    "o rapaz (nasc. 7-4-11)",
    "podopieczna, ur. 7 kwi 2011",
    "Η μικρή (γεν. 7/4/2011)",
    "Ημ. γενν.: 07.04.2011",
    "дівчинка (7.04.2011 р.н.)",
    "Дата нар. 07.04.2011",
    "Küçük kız (d. 7.4.2011) dinlendi",
    "Doğ. tar.: 07.04.2011",
    "7 Nisan 2011 tarihinde doğan çocuk",
    "Stúlkan (f. 7.4.2011) kom í viðtal",
    "Hún á afmæli 7. apríl 2011",
    "Barnið fæddist 7. apríl 2011",
    "An cailín (r. 7/4/2011)",
    "Lá breithe: 7 Aibreán 2011",
    "Rugadh an buachaill ar 07.04.2011",
    "la victime (8.7.2012)",
    "Schülerin, 14.02.2011, Pflegefamilie",
    "Pokrzywdzona, 8 VII 2010, przyszła sama",
    "Kız 8 Temmuz 2012'de doğdu.",
    "the lad (born 12-Jan-09)",
]


IN_WORDS = [
    "L’aînée est née le sept avril deux mille onze.",
    "She was born on the seventh of April two thousand and eleven.",
    "Der Junge wurde am siebten April zweitausendelf geboren.",
    "La pequeña nació el siete de abril de dos mil once.",
    "A menina nasceu a sete de abril de dois mil e onze.",
    "La bambina è nata il sette aprile duemilaundici.",
    "Chłopiec urodził się siódmego kwietnia dwa tysiące jedenastego roku.",
    "Barnið fæddist sjöunda apríl tvö þúsund og ellefu.",
    "Дівчинка народилася сьомого квітня дві тисячі одинадцятого року.",
    "Το κορίτσι γεννήθηκε στις επτά Απριλίου δύο χιλιάδες έντεκα.",
    "Çocuk yedi Nisan iki bin on birde doğdu.",
    "Rugadh an cailín ar an seachtú Aibreán dhá mhíle is a haon déag.",
]


@pytest.mark.parametrize("text", IN_WORDS)
def test_a_date_of_birth_in_words_is_stopped(text: str) -> None:
    assert [hard for code, _, hard in found(text) if code == "birth-date"] == [True]


@pytest.mark.parametrize(
    "text",
    [
        "L’association est née en mars deux mille onze.",
        "Le protocole date du sept avril deux mille onze.",
        "In April two thousand children were reached.",
        "Le projet, né d’une rencontre, a reçu mille euros en avril.",
    ],
)
def test_other_dates_in_words_are_let_pass(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize("text", ABBREVIATED)
def test_a_date_of_birth_is_stopped_behind_what_is_short_for_born(text: str) -> None:
    assert [(code, hard) for code, _, hard in found(text)] == [("birth-date", True)]


ROWS = [
    "le petit Yanis (17/05/2016) sera vu",
    "MARTIN;Léa;07/04/2011;F;CM1",
    "3 | Jonas Weber | 07.04.2011 | m | Inobhutnahme",
    "García, Lucía, 7/4/2011, acogida, IES Río",
    "KOWALSKA;Zofia;2011-04-07;K;piecza zastępcza",
    "BIANCHI;Giulia;7 aprile 2011;F;comunità",
    "SILVA;CAROLINA;7 DE ABRIL DE 2011;F;ACOLHIMENTO",
    "ΠΑΠΑΔΟΠΟΥΛΟΥ;Ελένη;7/4/11;Θ;φιλοξενία",
    "БОНДАРЕНКО;Софія;07.04.2011;ж;прийомна сім’я",
    "YILMAZ;Zeynep;07.04.2011;K;koruyucu aile",
    "JÓNSDÓTTIR;Embla;7.4.2011;kvk;vistun",
    "Ó BRIAIN;Oisín;07/04/2011;B;cúram",
    "Smith\tEmily\t07/04/2011\tF\tYear 4",
    "Smith   Emily   07/04/2011   F",
    "Nom;Né(e) le;Suivi\nDupuis;07/04/2011;oui",
    "Name | Geb.-Dat. | Maßnahme\nW. | 07.04.2011 | ambulant\nK. | 09.08.2013 | stationär",
    "Navn, født\nA., 07.04.2011",
    "Ad;Doğum tarihi;Not\nA.;07.04.2011;izlem",
]


@pytest.mark.parametrize("text", ROWS)
def test_a_date_of_birth_in_a_row_of_a_table_is_stopped(text: str) -> None:
    told = [(code, hard) for code, _, hard in found(text)]
    assert ("birth-date", True) in told


@pytest.mark.parametrize(
    "text",
    [
        "Janusz Korczak, born 22 July 1878, ran an orphanage.",
        "Simone Veil, née le 13 juillet 1927, morte le 30 juin 2017, fut magistrate.",
        "Ellen Key (* 11. Dezember 1849)",
        "Réunion;07/04/2021;Paris;F. Dupont excusé",
        "Loi;2016-297;14/03/2016;protection de l’enfant",
        "Convention;Lanzarote;25/10/2007;signée",
        "Date;Lieu;Thème\n07/04/2021;Lyon;formation",
        "Étape | Début | Fin\nSalle Mélanie | 07/04/2021 | 08/05/2022",
        "Decreto n. 7 del 07/04/2011",
        "legge n. 107/2015, art. 7/4",
        "Loven trådte i kraft d. 7/4/2011",
        "La structure a ouvert le 7 avril 2011 (v. 2)",
        "Kanun (d. 2) 7.4.2011 tarihinde kabul edildi",
        "Lög nr. 80/2002, f. 7.4.2011",
        "Das Projekt endet am 7.4.2011, geb. wird nicht erhoben",
        "r. 7/4/2011 an chruinnithe",
        "Enfants de 7 à 11 ans, au 07/04/2011",
        "Les enfants nés entre le 1er janvier 2012 et le 31 décembre 2014 sont reçus.",
        "L’enfant (12/03/2026) a été entendu",
        "Réunion des parties (12/03/2019)",
        "Twice as many this year (15 October 2021)",
    ],
)
def test_dates_of_laws_meetings_and_history_are_let_pass(text: str) -> None:
    assert [one for one in found(text) if one[0] == "birth-date" and one[2]] == []


@pytest.mark.parametrize(
    "text",
    [
        "fille née 4/9/08, en foyer depuis Pâques",
        "fillette, n. 4.9.08, en famille d'accueil",
        "garçon DN 14/03/09, visites suspendues",
        "gamin, d.d.n. 4-9-2008, placé",
        "girl b. 4/9/08, with carers since Easter",
        "boy, dob 4/9/08, no contact with dad",
        "lass d.o.b 04-09-2008 moved",
        "child bn 4/9/08 moved to aunt",
        "stelpa, f. 19.8.2010, vistuð hjá frænku",
        "strákur f 7.5.10, engin umgengni",
        "telpa, fd. 7.5.10",
        "Mädchen, geb 7.5.10, seit Ostern bei Pflegeeltern",
        "Bub *7.5.10, kein Kontakt zum Vater",
        "Junge, * 07.05.2010, in Obhut",
        "niña, nac. 2-9-11, acogida desde verano",
        "nena n. 2-9-11, en acogimiento, sin visitas",
        "crío, fn 2-9-11, con los abuelos",
        "bimba, n. il 2.9.11, in affido da Pasqua",
        "ragazzina, d.n. 2/9/11",
        "dziewczynka ur 2.9.11, w pieczy od świąt",
        "chłopiec, ur. 02.09.2011, bez kontaktu z ojcem",
        "menina, nasc. 14/3/09, em acolhimento",
        "miúdo DN 14/03/09, visitas suspensas",
        "menino n. 4-9-08, com a avó",
        "cailín, r. 2/9/11, le haintín ó Cháisc",
        "buachaill rug 2/9/11, gan teagmháil",
        "páiste, d.b. 02/09/2011",
        "κοριτσάκι γεν 2/9/11, σε αναδοχή",
        "αγόρι, γεν. 2/9/11, χωρίς επαφή",
        "αγορακι γεννηθηκε 2/9/11",
        "παιδί, ημ.γεν. 2-9-2011",
        "дівчинка, н. 02.09.2011, у прийомній сім'ї",
        "хл., нар 2.9.11, без контакту з батьком",
        "дів., р.н. 02.09.2011",
        "kız, d. 2.9.11, koruyucu ailede",
        "erkek çocuk dt 02.09.2011, görüş yok",
        "oğlan, doğ 2.9.11",
        "mineure, née le 4.9.08, accueillie en urgence",
    ],
)
def test_a_date_behind_what_is_short_for_born_is_stopped_in_notes_taken_in_haste(text: str) -> None:
    assert [hard for code, _, hard in found(text) if code == "birth-date"] == [True]


@pytest.mark.parametrize(
    "head",
    [
        "DN",
        "Fecha nac.",
        "F. nac.",
        "Data ur.",
        "Nasc.",
        "Дата нар.",
        "Doğum T.",
        "D.T.",
        "Fæð.dagur",
        "Fd.",
        "Dáta breithe",
        "Ημ. γέν.",
        "Ημ/νία γέν.",
        "Geb.-Dat.",
        "Geb.",
        "DOB",
        "D.O.B.",
        "Date naiss.",
        "DDN",
        "Né(e) le",
        "Data nasc.",
        "D. nasc.",
        "Nato il",
        "F. nacimiento",
        "Род.",
        "D. breithe",
        "Ημ.Γεν.",
    ],
)
def test_a_column_is_one_of_births_by_its_head(head: str) -> None:
    assert ("birth-date", "27/03/2009", True) in found(f"Nr;Name;{head};X\n4;Solveig Brandao;27/03/2009;B3")


@pytest.mark.parametrize(
    "text",
    [
        "Letter dt 12/03/2012 to the court",
        "Loi n. 12-3-12 du code",
        "Fundur f. 7.5.2010",
        "Il bambino è al centro della legge n. 2.9.2011",
        "Beschluss zum Kind d. 3.5.2012",
        "La scuola del bambino, decreto n. 2.9.11",
        "р. 3.5.2012 наказ",
    ],
)
def test_a_letter_before_the_date_of_a_law_or_a_letter_tells_of_no_birth(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Un réseau né d’une colère commune le 3 mars 2015.",
        "The partnership was born of a lunch on 3 March 2015.",
        "Projekt narodził się ze sporu; spotkanie urodzone 3 marca 2015.",
        "El foro, nacido el 3 de marzo de 2015, reúne a doce municipios.",
    ],
)
def test_a_meeting_or_a_project_is_born_as_nobody(text: str) -> None:
    assert found(text) == []


def test_what_children_were_born_to_excuses_nothing() -> None:
    assert ("birth-date", "3 mars 2015", True) in found("La fille du trésorier, née le 3 mars 2015, suit le projet.")
