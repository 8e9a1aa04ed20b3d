"""A text that tells of a child in danger is recognised; a correction is not taken for one."""

from __future__ import annotations

import time

import pytest
from lanzarote.guard import reads_like_disclosure, telling

TELLING = (
    "I want to report…",
    "I want to report a man who",
    "I have to tell someone",
    "We want to report that a child in our school is harmed",
    "I was abused as a child",
    "He touches me at night",
    "I'm scared of my uncle",
    "My son was touched by a coach",
    "My little brother is hurt by his father",
    "a child is being beaten next door",
    "There is a girl in danger",
    "please help me",
    "je veux signaler",
    "JE VEUX SIGNALER UN VIOL",
    "Je veux signaler mon voisin",
    "Je souhaite dénoncer un professeur",
    "je voudrais signaler des faits graves",
    "J’ai été violée par mon oncle",
    "Il m’a touchée",
    "mon père me frappe",
    "Ma fille a été agressée",
    "Un enfant est en danger dans mon immeuble",
    "Une enfant se fait frapper",
    "je connais un enfant qui est battu",
    "Je suis inquiet pour une petite fille",
    "aidez-moi",
    "mon beau pere ma viole quand javais 9 an",
    "quand j avais 9 ans il m a touchée",
    "On m’a violé·e",
    "Je connais un enfant de 7 ans dans mon immeuble qui est violé par son père",
    "je connais une petite fille de 5 ans, elle est frappée tous les soirs",
    "a child in my building is being abused",
    "A child in our street is being raped by his uncle",
    "I know a girl of seven in my town who is being touched",
    "I want to kill myself",
    "i dont want to live",
    "Im suicidal",
    "I cut myself",
    "je veux mourir, j’en peux plus",
    "jen peux plus",
    "J’AI ENVIE DE MOURIR",
    "je veux me suicider",
    "je me scarifie",
)
CRYING = (
    "nobody knows what he does to me",
    "nobody knows",
    "nobody knows about it",
    "no one knows when he comes home drunk we hide",
    "I don’t know what to do, my daughter is afraid of her coach",
    "i dont know what to do",
    "help me he hits me",
    "help me please",
    "help me to tell my mum",
    "help me get out of here",
    "please help",
    "I need help for my daughter, her uncle touched her",
    "i need help to leave home",
    "who do i tell",
    "i never told anyone",
    "he makes me do things i dont want",
    "i cant go on",
    "I’m afraid of my uncle",
    "my coach wants pictures of me",
    "A pupil told me that her father beats her",
    "a boy in my class is beaten by his dad",
    "je ne sais pas quoi faire, il me touche",
    "je ne sais pas quoi faire",
    "je sais pas quoi faire ma fille a peur de son entraineur",
    "personne ne sait",
    "personne ne sait ce qu’il me fait",
    "personne ne sait que mon père vient la nuit",
    "personne ne sait qui est mon père en vrai",
    "personne ne le sait",
    "personne sait ce qui se passe à la maison",
    "aidez moi svp",
    "aidez-moi à partir de chez moi",
    "Aidez-moi, mon fils ne veut plus aller chez son père",
    "j’ai besoin d’aide",
    "jai besoin daide il me tape",
    "est ce que quelqu’un peut m’aider mon frere me force",
    "si j’en parle ma mère va pleurer",
    "j’ose pas le dire a maman",
    "au secours il est dans ma chambre",
    "mon entraineur veut des photos de moi",
    "une élève m’a dit que son père la frappe",
    "je n’en ai jamais parlé à personne",
)
"""In few words, some of which are said at work too."""
WORKING = (
    "Nobody knows who keeps the list.",
    "No one knows when the hearing takes place.",
    "Nobody knows whether the protocol is still in force.",
    "Nobody has read the paragraph on deadlines.",
    "Help me with this paragraph please",
    "Help me find the right source",
    "Could you help me word article 3?",
    "I need help with the calendar of meetings.",
    "Please help us finish this entry by Friday.",
    "I don’t know what to do with this amendment.",
    "I don’t know what to write in this field.",
    "My own sentence about the calendar",
    "My comment on the budget",
    "I am afraid that the deadline is too short.",
    "I am afraid of deleting the wrong draft.",
    "I want to talk about the budget at the next meeting.",
    "I must report to the board by June.",
    "How do we report the figures of the second quarter?",
    "My child is ill, I will miss Monday’s meeting.",
    "When I was 10 minutes late, the room was closed.",
    "Each child is given the number of the guardian.",
    "I keep my notes in the shared folder.",
    "Personne ne sait qui tient la liste.",
    "Personne ne sait qui appeler ; la permanence répond.",
    "Personne ne sait si la convention est encore en vigueur.",
    "Personne n’a relu le paragraphe sur les délais.",
    "Aidez-moi à relire ce texte svp",
    "Aide-moi à remplir le tableau des indicateurs",
    "Quelqu’un peut m’aider avec la mise en page ?",
    "J’ai besoin d’aide pour le calendrier des réunions.",
    "Je ne sais pas quoi faire de cet amendement.",
    "Je ne sais pas quoi écrire dans ce champ.",
    "Je n’ose pas modifier cette phrase sans l’accord du parquet.",
    "J’ai peur que le délai soit trop court.",
    "Mon texte sur la permanence",
    "Si j’en parle en réunion, le compte rendu doit-il le mentionner ?",
    "Je voudrais parler du budget à la prochaine réunion.",
    "Nous devons déclarer les dépenses avant juin.",
    "Au secours, le tableau ne s’affiche plus !",
    "Mon enfant est malade, je serai absente à la réunion de lundi.",
    "L’enfant est accompagné par la même personne du début à la fin.",
)
"""What a team writes with the words of a cry."""
CORRECTING = (
    "I want to report a mistake in the address",
    "I would like to report a broken link",
    "We would like to report that the name has changed",
    "We must notify the prosecutor: this step is missing",
    "Our association helps children who were abused",
    "The unit receives child victims of abuse",
    "The helpline is for a child in danger",
    "The professional must report to the prosecutor.",
    "Je souhaite signaler une erreur",
    "Je veux signaler une petite erreur",
    "Nous souhaitons signaler que l’adresse a changé",
    "La CRIP recueille les informations sur les enfants en danger",
    "L’association aide les enfants victimes de violences sexuelles.",
    "Notre association n’a pas signé ce protocole.",
    "La page dit que l’enfant victime est entendu par la BPM ; c’est l’UMJ.",
    "Le médecin doit signaler au procureur.",
    "La brigade des mineurs a changé d’adresse",
    "the unit for abused children moved in 2021",
    "le protocole sur les viols de mineurs date de 2015",
    "J’ai vu que la fiche de l’unité est ancienne : les enfants maltraités sont reçus ailleurs.",
    "La prévention du suicide des mineurs manque dans cette fiche.",
    "Ma structure a changé de nom ; notre école n’est plus partenaire.",
    "The page on suicide prevention is out of date.",
    "",
)


@pytest.mark.parametrize("text", TELLING + CRYING)
def test_a_text_that_tells_of_a_child_in_danger_is_recognised(text: str) -> None:
    assert reads_like_disclosure(text)


@pytest.mark.parametrize("text", CORRECTING + WORKING)
def test_a_correction_or_a_remark_at_work_is_taken_as_one(text: str) -> None:
    assert not reads_like_disclosure(text)


def test_it_is_recognised_wherever_it_stands_and_however_it_is_written() -> None:
    assert reads_like_disclosure("The name is wrong.", "Je veux\n\n  SIGNALER un voisin")


def test_the_sentences_that_tell_are_named_and_the_others_are_not() -> None:
    assert telling("Nobody knows who keeps the list.\nMy uncle hits me! We meet in May.") == ["My uncle hits me!"]
    assert telling("We meet in May.") == []


@pytest.mark.parametrize(
    "piece", ["je veux mon enfant ", "un petit ", "a b c ", "I want to ", "my child ", "signaler "]
)
def test_a_hostile_text_costs_no_time(piece: str) -> None:
    started = time.perf_counter()
    reads_like_disclosure(piece * (8_000 // len(piece)))
    assert time.perf_counter() - started < 1
