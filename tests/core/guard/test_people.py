"""Names of children, victims and accused, and the names of others that pass."""

from __future__ import annotations

import pytest

from tests.core.guard.finding import found


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("L. M., élève au collège du quartier", "L. M."),
        ("T., scolarisée à l'école voisine", "T."),
        ("pupil A.B. of the primary school", "A.B."),
        ("η μαθήτρια Α. Β. του σχολείου", "Α. Β."),
        ("учениця О. К., школа поруч", "О. К."),
    ],
)
def test_initials_near_a_school_are_asked_about(text: str, words: str) -> None:
    assert found(text) == [("initials-with-school", words, False)]


@pytest.mark.parametrize(
    "text", ["le procureur L. M. a signé", "O.N.G. et école", "U.N. school programme", "école. M. le maire"]
)
def test_other_initials_are_let_pass(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("La victime, Mme Durand, a été entendue.", "Mme Durand"),
        ("Le prévenu Jean D. nie.", "Jean D."),
        ("Jean D., prévenu, nie.", "Jean D."),
        ("Mme Durand (victime) a parlé.", "Mme Durand"),
        ("Audition de la petite Léa.", "Léa"),
        ("The suspect, Peter Hall, coached girls.", "Peter Hall"),
        ("Tyler's mother rang.", "Tyler"),
        ("Der Angeklagte Thomas B. schweigt.", "Thomas B."),
        ("un élève prénommé Karim", "Karim"),
        ("La mère de Noémie a porté plainte.", "Noémie"),
        ("Подозреваемый Иван П. молчит.", "Иван П."),
        ("Κατηγορούμενος είναι ο Κώστας Ράπτης.", "Κώστας Ράπτης"),
        ("Mr Dawson, a swimming teacher, was arrested in June.", "Mr Dawson"),
        ("la famille Lemoine est suivie", "Lemoine"),
        ("Podejrzany, pan Kowalski, milczy.", "pan Kowalski"),
    ],
)
def test_the_name_of_a_child_a_victim_or_an_accused_is_asked_about(text: str, name: str) -> None:
    assert found(text) == [("person-in-case", name, False)]


@pytest.mark.parametrize(
    "text",
    [
        "Mme Durand, directrice de l’association, et le juge Martin président le comité.",
        "Child Protection Unit, Victim Support, L’Enfant Bleu, La Voix De l’Enfant",
        "La loi Marie Mercier et la salle Mélanie",
        "Wenn ein Kind Gewalt erlebt, braucht das Opfer Hilfe.",
        "Édouard Durand, juge des enfants, a présidé la commission.",
        "Les élèves du collège Louise-Michel",
        "Child Forensic Interviewing in Finland",
        "Child Death Overview Panel, Child Poverty Monitor, Victim Assistance in Cross-Border Cases",
        "Perpetrator Programmes and Offender Management Guidance",
    ],
)
def test_officials_laws_and_associations_are_let_pass(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Lucas Moreau a été placé.", "Lucas Moreau"),
        ("Emma Martin a été violée par son père.", "Emma Martin"),
        ("Karim Benali a porté plainte contre son oncle.", "Karim Benali"),
        ("Lucas Moreau was raped by his uncle.", "Lucas Moreau"),
        ("Lucas Moreau, né en 2014, en CM2.", "Lucas Moreau"),
        ("M. Moreau a agressé sa fille.", "M. Moreau"),
        ("Lena Weber wurde von ihrem Onkel missbraucht.", "Lena Weber"),
        ("Lucía Ramos fue violada por un familiar.", "Lucía Ramos"),
    ],
)
def test_the_whole_name_of_whom_something_was_done_to_is_asked_about(text: str, name: str) -> None:
    assert found(text) == [("person-in-case", name, False)]


@pytest.mark.parametrize(
    "text",
    [
        "La juge Marie Dupont a placé l’enfant dans une famille d’accueil.",
        "Marie Dupont, directrice de l’association, a expliqué le projet.",
        "Victor Hugo, né en 1802, a écrit sur les enfants.",
        "L’association Lucas Moreau a été placée sous tutelle.",
    ],
)
def test_those_who_act_and_what_is_named_after_somebody_are_let_pass(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Signalement concernant Lucas Martin", "Lucas Martin"),
        ("Plainte déposée hier contre M. Durand", "M. Durand"),
        ("Report about Emily Thompson", "Emily Thompson"),
        ("Strafanzeige gegen Jonas Schneider", "Jonas Schneider"),
        ("esposto contro sig. Marchetti", "sig. Marchetti"),
        ("zgłoszenie dotyczące Zuzanny Kowalskiej", "Zuzanny Kowalskiej"),
    ],
)
def test_whom_a_complaint_or_a_report_is_about_is_asked_about(text: str, name: str) -> None:
    assert found(text) == [("person-in-case", name, False)]


@pytest.mark.parametrize(
    "text",
    [
        "Plainte contre X.",
        "La maman a porté plainte contre X",
        "Report on Child Abuse in Europe",
        "Anzeige gegen Unbekannt",
    ],
)
def test_complaints_about_nobody_and_reports_about_things_are_let_pass(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Paul Durand a été mis en examen", "Paul Durand"),
        ("M. Durand a été mis en cause par trois élèves", "M. Durand"),
        ("Paul Durand placé en garde à vue", "Paul Durand"),
        ("Emma Petit victime de viol", "Emma Petit"),
        ("Paul Hall is under investigation", "Paul Hall"),
        ("Emily Thompson was the victim of rape", "Emily Thompson"),
        ("Lena Weber wurde Opfer einer Vergewaltigung", "Lena Weber"),
        ("Carlos Ramos investigado por abusos", "Carlos Ramos"),
        ("Marco Rossi rinviato a giudizio", "Marco Rossi"),
        ("Marco Rossi è stato accusato di violenza", "Marco Rossi"),
        ("João Silva foi acusado de abuso", "João Silva"),
        ("Jan Kowalski został oskarżony", "Jan Kowalski"),
    ],
)
def test_who_came_to_have_a_part_in_a_case_is_asked_about(text: str, name: str) -> None:
    assert found(text) == [("person-in-case", name, False)]


@pytest.mark.parametrize(
    "text",
    [
        "Nathalie Bondy est l’auteur du rapport",
        "Marie Dupont a accusé réception",
        "Marta Ruiz ha investigado el abuso",
        "L’association Paul Durand victime d’un vol",
    ],
)
def test_who_does_something_in_those_words_is_let_pass(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Une enquête vise Paul Durand", "Paul Durand"),
        ("Signalement d’Emma Petit transmis hier", "Emma Petit"),
        ("signalement au sujet de Lucas Martin", "Lucas Martin"),
        ("signalement pour Lucas Martin", "Lucas Martin"),
        ("IP concernant Lucas Martin", "Lucas Martin"),
        ("plainte contre Durand", "Durand"),
        ("plainte c/ Durand", "Durand"),
        ("plainte contre l’entraîneur Durand", "Durand"),
        ("plainte de la mère contre Paul Durand", "Paul Durand"),
        ("complaint against the coach, Peter Hall", "Peter Hall"),
        ("Anzeige gegen den Trainer Thomas Weber", "Trainer Thomas Weber"),
        ("denuncia contra Ramos", "Ramos"),
        ("denuncia contro l’allenatore Marco Rossi", "Marco Rossi"),
        ("dossier Lucas Martin", "Lucas Martin"),
        ("the Emily Thompson case", "Emily Thompson"),
        ("Akte Lena Weber", "Lena Weber"),
        ("expediente de Lucía Ramos", "Lucía Ramos"),
        ("fascicolo Giulia Rossi", "Giulia Rossi"),
    ],
)
def test_whom_a_file_is_called_by_or_a_complaint_is_against_is_asked_about(text: str, name: str) -> None:
    assert found(text) == [("person-in-case", name, False)]


@pytest.mark.parametrize(
    "text",
    [
        "plainte c/ X",
        "Porter plainte contre X pour viol",
        "plainte contre la directrice",
        "plainte contre TikTok",
        "denuncia contro ignoti",
        "dossier Enfance, dossier Médical Partagé",
        "Dossier coordonné par Marie Dupont",
        "Le cas de Marie Dupont, directrice d’école",
        "un signalement pour Défaut de Soins",
        "L’affaire d’Outreau a changé la loi",
        "The Emily Thompson case study centre",
        "Le professeur Durand et la famille forment les clubs",
    ],
)
def test_files_and_complaints_about_no_person_are_let_pass(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Norma general de la casa: avisar antes al colegio.",
        "De réir an Achta um Leanaí Tús Áite, ní mór don scoil tuairisc a thabhairt.",
        "Míníonn alt 11, mír 3, cathain a chuirtear fios ar an scoil.",
        "Zwölfjähriges Kind: Insofern gilt dieselbe Frist",
        "The accused in DPP v M.K. [2016] IECA 207 appealed.",
    ],
)
def test_rules_laws_and_judgments_are_called_like_nobody(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Both statutes bear the name of a child: Emma’s Law and Emma's Amendment.",
        "L’amendement complète la loi dite « Emma », adoptée après la mort d’une enfant.",
        "The little St James Street hall is closed in May.",
    ],
)
def test_a_law_or_a_street_that_is_called_after_somebody_is_nobody(text: str) -> None:
    assert found(text) == []
