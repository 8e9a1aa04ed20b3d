"""A text that tells of a child in danger is recognised; a correction is not taken for one."""

from __future__ import annotations

import time

import pytest
from lanzarote.guard import reads_like_disclosure

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


@pytest.mark.parametrize("text", TELLING)
def test_a_text_that_tells_of_a_child_in_danger_is_recognised(text: str) -> None:
    assert reads_like_disclosure(text)


@pytest.mark.parametrize("text", CORRECTING)
def test_a_correction_is_taken_as_one(text: str) -> None:
    assert not reads_like_disclosure(text)


def test_it_is_recognised_wherever_it_stands_and_however_it_is_written() -> None:
    assert reads_like_disclosure("The name is wrong.", "Je veux\n\n  SIGNALER un voisin")


@pytest.mark.parametrize(
    "piece", ["je veux mon enfant ", "un petit ", "a b c ", "I want to ", "my child ", "signaler "]
)
def test_a_hostile_text_costs_no_time(piece: str) -> None:
    started = time.perf_counter()
    reads_like_disclosure(piece * (8_000 // len(piece)))
    assert time.perf_counter() - started < 1
