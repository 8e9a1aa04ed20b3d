"""Recognises a text in which somebody tells of a child in danger, of what was done to them, or that they want to die.

Such a text must never lie in a list of corrections: the writer is shown where help is, and nothing is kept. The words
are few and plain on purpose; a correction that sounds like a disclosure costs a second attempt, the reverse much more.
"""

from __future__ import annotations

import re
from functools import cache

from lanzarote.folding import fold


def _any(*lines: str) -> str:
    """One of the words (``_`` stands for a blank within one)."""
    return f"(?:{'|'.join(word.replace('_', ' ') for line in lines for word in line.split())})"


_WISH = r"(?:je|nous|on) " + _any(
    "veux voudrais voulons souhaite souhaitons souhaiterais dois devons doit viens venons tiens_a aimerais desire",
    "pense_devoir peux cherche_a ne_sais_pas_a_qui ne_sais_pas_comment ne_sais_pas_ou",
)
_TELL = _any(
    "signaler denoncer declarer reveler temoigner raconter parler_de porter_plainte deposer_plainte",
    "porter_a_votre_connaissance",
)
_WANT = r"(?:i|we) " + _any(
    "want wish need have would_like must would am_writing are_writing don't_know_how",
)
_REPORT = _any("report denounce disclose tell_you tell_someone tell_somebody talk_to talk_about")
_FAULT = _any(
    "erreurs? fautes? coquilles? inexactitudes? oublis? omissions? liens? confusions? imprecisions? changements?",
    "nouveau nouvelle adresse numero site page fiche nom date source traduction",
    r"errors? mistakes? typos? inaccurac\w+ links? corrections? changes? update address number name website entry",
    "translation misprints?",
)
_NOT_OF_A_FAULT = rf"(?!(?:\W+\w+){{0,3}}?\W+{_FAULT}\b)"
_CHILD = _any(
    "enfants? mineure?s? bebe nourrisson adolescente?s? ado fille fillette fils garcon eleve niece neveu frere soeur",
    "petit-?fils petite-?fille copine copain voisine? child children minor baby infant girl boy son daughter nephew",
    "grandson granddaughter grandchild brother sister pupil friend neighbou?r kid teenager",
)
_CLOSE = _any(
    "petite?s? jeunes? propre meilleure? autre little young own best other oldest youngest neighbou?r's",
)
_HARM = _any(
    r"viole?e?s? violent abuse?e?s? agresse?e?s? agression\w* attouchement\w* touche?e?s? maltraite?e?s? frappe?e?s?",
    "battue?s? inceste victime en_danger violer frapper battre toucher agresser abuser maltraiter menace?e?s?",
    r"harcele?e?s? force?e?s? raped? abused? abusing molest\w* assaulted touche[sd] touching beaten beats hit hurts?",
    "hurting groomed grooming in_danger harmed threatened threatens",
)
_DONE_TO_ME = _any("viole abuse agresse touche frappe battu force menace harcele maltraite victime")
_DONE_TO_ME_IN_ENGLISH = _any(
    "raped abused molested assaulted touched beaten hit hurt groomed forced threatened a_victim",
)
_DOES_TO_ME = _any(
    "touches hits hurts beats rapes abuses forces threatens is_hurting is_touching is_hitting is_abusing raped",
    "molested touched hurt abused",
)

_PLACE = _any(
    "immeuble residence quartier classe ecole college lycee famille rue village cite palier club maison voisinage",
    "building street class school family town village neighbou?rhood house estate team",
)
_SOME = _any("un une des deux trois plusieurs cet cette ce ces le la les a an two three some this that these the")
_WANT_TO_DIE = r"(?:je|j') ?(?:ne )?" + _any(
    "veux voudrais vais souhaite pense_a songe_a prefere ai_envie_de ai_decide_de ai_essaye_de ai_tente_de aimerais",
)

_OF_THE_WRITER = (
    # I want to report … (unless it is a mistake that is reported)
    rf"\b{_WISH} (?:vous )?{_TELL}\b{_NOT_OF_A_FAULT}",
    rf"\b{_WANT} (?:to )?{_REPORT}\b{_NOT_OF_A_FAULT}",
    # What was done to the writer
    r"\b(?:j'ai ete|je suis|j'etais|on m'a|il m'a|elle m'a|ils m'ont|quelqu'un m'a) (?:\w+ )?" + _DONE_TO_ME,
    r"\b(?:me|m') ?(?:viole|touche|frappe|tape|bat|abuse|agresse|force|menace|fait du mal)\b",
    r"\bi (?:was|am|have been|got|am being|was being) (?:\w+ )?" + _DONE_TO_ME_IN_ENGLISH,
    rf"\b{_DOES_TO_ME} me\b",
    # What was done to the writer, without the apostrophe (ma viole), and as a child of that age
    r"\bm'?(?:a|ont|avait|avaient) (?:\w+ )?(?:viol|abus|agress|frapp|battu|harcel|maltrait)\w*",
    r"\bm'(?:a|ont|avait|avaient) (?:\w+ )?(?:touche|force|menace|fait du mal)",
    r"\bj'avais (?:\w+ )?\d{1,2} ?ans?\b",
    r"\bwhen i was (?:\w+ )?(?:\d{1,2}|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|little|a child|a kid)\b",
    # Whoever wants to die, or hurts themselves
    rf"\b{_WANT_TO_DIE} (?:\w+ )?"
    r"(?:mourir|me tuer|me suicider|en finir|me foutre en l'air|mettre fin a (?:mes jours|ma vie)|me faire du mal)\b",
    r"\b(?:envie de (?:mourir|me tuer|me suicider|en finir)|j'en peux plus|je n'en peux plus|plus envie de vivre)\b",
    r"\bje (?:ne |n')?(?:veux|peux) (?:plus|pas) vivre\b",
    r"\bje me (?:scarifie|mutile|coupe les|fais du mal|suis scarifie|suis mutile)",
    r"\bj'ai des (?:idees|pensees) (?:noires|suicidaires)\b|\bje suis suicidaire\b",
    r"\b(?:kill|hurt|cut|harm|killing|hurting|cutting|harming) my ?self\b|\bi am (?:\w+ )?suicidal\b",
    r"\bi (?:want|wanna|wish|am going|would like|have decided) ?(?:to )?(?:die|be dead|end it all|end my life)\b",
    r"\bi (?:do not|don'?t) (?:want to|wanna) (?:live|be alive|be here)\b|\bi can'?t (?:go on|take it any ?more)\b",
    # Calls for help
    r"\b(?:au secours|aidez[- ]?moi|aide[- ]moi|j'ai besoin d'aide|help me|please help|i need help|save me)\b",
    r"\b(?:j'ai peur (?:de|qu|d'|a la maison)|i am (?:afraid|scared) (?:of|to go))",
    # What is done to a child of the writer's
    rf"\b(?:mon|ma|my) (?:{_CLOSE} )?{_CHILD}\b[^.!?]{{0,80}}\b{_HARM}\b",
)

_OF_A_CHILD = (
    # What is done to a child the writer knows
    rf"\b(?:mon|ma|mes|notre|nos|my|our) (?:{_CLOSE} )?{_CHILD}\b[^.!?]{{0,80}}\b{_HARM}\b",
    rf"\b(?:un|une|cet|cette|ce|a|an|this|that) (?:\w+ ){{0,2}}{_CHILD} (?:\w+ ){{0,3}}"
    rf"(?:est|a ete|se fait|etait|subit|is being|is|was|has been|gets) (?:\w+ ){{0,2}}{_HARM}\b",
    rf"\b(?:inquiete?s?|peur|craignons|crains|worried|afraid|scared|concerned) (?:\w+ ){{0,3}}"
    rf"(?:mon|ma|mes|un|une|cet|cette|my|a|this) (?:\w+ ){{0,2}}{_CHILD}\b",
    r"\b(?:je connais|il y a|j'ai vu|j'ai entendu|i know|i saw|i have seen|i heard|there is) (?:\w+ ){0,3}"
    rf"{_CHILD} (?:\w+ ){{0,4}}{_HARM}\b",
    rf"\b(?:je connais|on connait|nous connaissons|j'ai vu|j'ai entendu|i know|we know|i saw|i have seen|i heard) "
    rf"(?:\w+ ){{0,2}}{_SOME} (?:\w+ ){{0,2}}{_CHILD}\b[^.!?]{{0,100}}\b{_HARM}\b",
    rf"\b{_SOME} (?:\w+ ){{0,2}}{_CHILD}\b[^.!?]{{0,60}}\b(?:mon|ma|mes|notre|nos|my|our) {_PLACE}\b"
    rf"[^.!?]{{0,60}}\b{_HARM}\b",
)
"""Of a child that need not be the writer's: what describes the work of services says such things too."""


_LOST_APOSTROPHES = (
    (re.compile(r"\bj ?(?=(?:ai|avais|etais|en|aimerais)\b)"), "j'"),
    (re.compile(r"\bm (?=(?:a|ont|avait|avaient)\b)"), "m'"),
    (re.compile(r"\bi ?'?m\b"), "i am"),
    (re.compile(r"\bi'?ve\b"), "i have"),
)


def _plain(text: str) -> str:
    """*text* as the patterns expect it: folded, single blanks, the apostrophes that haste leaves out put back."""
    text = " ".join(fold(text).split())
    for pattern, whole in _LOST_APOSTROPHES:
        text = pattern.sub(whole, text)
    return text


@cache
def _patterns(*, by_professional: bool) -> tuple[re.Pattern[str], ...]:
    """Compiled when the first text comes: it takes longer than starting may."""
    return tuple(map(re.compile, _OF_THE_WRITER if by_professional else (*_OF_THE_WRITER, *_OF_A_CHILD)))


def reads_like_disclosure(*texts: str, by_professional: bool = False) -> bool:
    """Whether one of *texts* seems to tell of a child in danger.

    *by_professional*: who describes a practice speaks of children who are victims; only what is told of the writer, or
    of a child of their own, counts then.

    >>> reads_like_disclosure("Je veux signaler un voisin"), reads_like_disclosure("Je veux signaler une erreur")
    (True, False)
    >>> told = "Quand un enfant est victime de violences, l’équipe se réunit."
    >>> reads_like_disclosure(told), reads_like_disclosure(told, by_professional=True)
    (True, False)
    """
    patterns = _patterns(by_professional=by_professional)
    return any(pattern.search(text) for text in map(_plain, texts) for pattern in patterns)
