"""Invented practices in many languages and scripts, and what a search among them must find, worked out by hand."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from lanzarote.records.records import Draft, create, encode
from lanzarote.search.asked import Alternatives, Group, read
from lanzarote.search.index import Entry, fields_of
from lanzarote.store.database import Database
from lanzarote.types import Practice, PracticeText

TEXTS: dict[str, tuple[str, str, str, str]] = {
    # slug: language, title, summary, means; the first is the oldest
    "de": ("de", "Straßenarbeit für Jugendliche", "Größere Städte schützen Mädchen", "Übergänge über Ämter"),
    "el": ("el", "Ακρόαση παιδιού", "Το παιδί μιλά μία φορά· οι γιατροί ακούν", "ΣΥΝΕΡΓΑΣΊΑ ΔΙΚΑΣΤΏΝ, ελπίδος"),
    "en": ("en", "Children’s house", "Hearing a child once, co-operation of courts", "Rooms, toys; no e-mail"),
    "en-2": ("en", "Court dogs", "A dog calms the child", "Hearing rooms and a house"),
    "es": ("es", "Atención a la niñez", "La niña habla una sola vez; acción común", "Pingüinos de peluche, l’año 2019"),
    "fr": (
        "fr",
        "Protéger l’enfant à l’école",
        "Œuvrer ensemble : l’élève, le cœur, la maïeutique",
        "aide sociale à l’enfance",
    ),
    "fr-2": (
        "fr",
        "Audition filmée",
        "L’enfant est entendu une fois à l’hôpital",
        "Une salle Mélanie, la collaboration école–police",
    ),
    "fr-3": ("fr", "Accueil à l’AP‑HP", "Avec l’A.R.S. et l’A.P.-H.P.", "covid-19, article 226-14, lorsqu’ils"),
    "hy": ("hy", "Երեխայի լսում", "Երեխան խոսում է մեկ անգամ", "և ընտանիքը"),
    "ka": ("ka", "ბავშვის მოსმენა", "ბავშვი ერთხელ ლაპარაკობს", "ᲡᲐᲡᲐᲛᲐᲠᲗᲚᲝ და ოჯახი"),
    "pl": ("pl", "Łódź słucha dziecka", "Żółta ścieżka: sąd, szkoła, źródło", "Świetlica i pięć łąk"),
    "tr": ("tr", "Çocuğu dinlemek", "Işık İstanbul’da: ılık ve güvenli", "İZMİR ağı"),
    "uk": ("uk", "Їжак у залі суду", "Дитина говорить один раз, об’єднання допомагає", "Ґанок, подвір’я, тихий край"),
    "ru": ("ru", "Ёлка для всех", "Ребёнок говорит один раз, съезд", "Майский районный суд"),
    "mt": ("mt", "Id-dar tat-tfal", "Ħajja aħjar għal kull tifel", "Żejtun u Għawdex"),
    "ro": ("ro", "Școală și instanță", "Copilul vorbește o dată; țară, înțelegere", "Şcoala veche, ţinut"),
    "ca": ("ca", "Col·legi i família", "El col·lectiu escolta la criatura", "paral·lel"),
    "he": ("he", "שמיעת ילד", "הילד מדבר פעם אחת", "בית משפט"),
    "ar": ("ar", "الاستماع إلى الطفل", "يتحدث الطفل مرة واحدة", "المحكمة والأسرة"),
    "odd": (
        "en",
        "Numbers ① ② ③ and ﬁles",
        "Ｆｕｌｌ ｗｉｄｔｈ, x² and ½",
        "under_score semi;colon back\\slash 'quoted' \"twice\"",
    ),
}
FIRST = datetime(2031, 1, 1, tzinfo=UTC)

FOUND: dict[str, list[str]] = {
    # accents, ligatures and case
    "ecole": ["fr", "fr-2"],
    "ÉCOLE": ["fr", "fr-2"],
    "e\u0301cole": ["fr", "fr-2"],
    "oeuvrer": ["fr"],
    "œuvrer": ["fr"],
    "cœur": ["fr"],
    "coeur": ["fr"],
    "melanie": ["fr-2"],
    "maieutique": ["fr"],
    "STRASSENARBEIT": ["de"],
    "straßen": ["de"],
    "uber": ["de"],
    "größere": ["de"],
    "grossere": ["de"],
    "nina": ["es"],
    "NIÑEZ": ["es"],
    "pinguinos": ["es"],
    # apostrophes of every kind, and none
    "l'enfant": ["fr", "fr-2"],
    "l’enfant": ["fr", "fr-2"],
    "children's": ["en", "en-2"],
    "об'єднання": ["uk"],
    "об’єднання": ["uk"],
    "подвір'я": ["uk"],
    # Greek tonos and final sigma
    "παιδι": ["el"],
    "ΠΑΙΔΊ": ["el"],
    "συνεργασια": ["el"],
    "ΔΙΚΑΣΤΩΝ": ["el"],
    "ελπιδοσ": ["el"],
    "ελπίδος": ["el"],
    "ιατροι": [],
    # Cyrillic ё, й, ї, ґ
    "ребенок": ["ru"],
    "РЕБЁНОК": ["ru"],
    "елка": ["ru"],
    "маискии": ["ru"],
    "іжак": ["uk"],
    "їжак": ["uk"],
    "тихии": ["uk"],
    "ґанок": ["uk"],
    "один раз": ["ru", "uk"],
    # Polish, Turkish, Romanian, Maltese, Catalan
    "lodz": ["pl"],
    "łódź": ["pl"],
    "zolta": ["pl"],
    "sciezka": ["pl"],
    "istanbul": ["tr"],
    "İSTANBUL": ["tr"],
    "isik": ["tr"],
    "ışık": ["tr"],
    "izmir": ["tr"],
    "cocugu": ["tr"],
    "scoala": ["ro"],
    "școală": ["ro"],
    "şcoală": ["ro"],
    "tara": ["ro"],
    "hajja": ["mt"],
    "zejtun": ["mt"],
    "collegi": ["ca"],
    "col·legi": ["ca"],
    "collectiu": ["ca"],
    # Georgian capitals, Armenian, Hebrew, Arabic
    "სასამართლო": ["ka"],
    "ᲑᲐᲕᲨᲕᲘᲡ": ["ka"],
    "ბავშვ": ["ka"],
    "ԵՐԵԽԱՅԻ": ["hy"],
    "երեխան": ["hy"],
    "ילד": ["he"],
    "الطفل": ["ar"],
    "والأسرة": ["ar"],
    "المحكمة": ["ar"],
    # compatibility forms
    "files": ["odd"],
    "full width": ["odd"],
    "x2": ["odd"],
    # beginnings of words, several words, order of tiers
    "enf": ["fr", "fr-2"],
    "hous": ["en", "en-2"],
    "hearing": ["en", "en-2"],
    "house": ["en", "en-2"],
    "court": ["en-2", "en"],
    "child": ["en", "en-2"],
    "child dog": ["en-2"],
    "dog child": ["en-2"],
    "enfant ecole": ["fr", "fr-2"],
    "enfant hopital": ["fr-2"],
    "ecole police": ["fr-2"],
    "co-operation": ["en"],
    # compounds, also in one piece
    "cooperation": ["en"],
    "email": ["en"],
    "childrens": ["en"],
    "ecolepolice": ["fr-2"],
    "обєднання": ["uk"],
    "aphp": ["fr-3"],
    "APHP": ["fr-3"],
    "aph": ["fr-3"],
    "ap hp": ["fr-3"],
    "AP-HP": ["fr-3"],
    "a.p.h.p.": ["fr-3"],
    "ars": ["fr-3"],
    "A.R.S.": ["fr-3"],
    "covid19": ["fr-3"],
    "226-14": ["fr-3"],
    "22614": [],
    "laphp": [],
    "lenfant": [],
    "lorsquils": [],
    # nothing
    "nfant": [],
    "zzz": [],
}
HOSTILE = (
    '"', '""', "'", "''", "\\", "*", "**", "a*", "-", "--", "- a", "a -b", "NOT a", "AND", "OR", "NEAR(a b)",
    "NEAR/2", "a NEAR b", "title:a", "{title}: a", "region:r", "a:*", "a:*A", "a & b", "a | b", "!a", "<->",
    "()", "(", ")", "((a", "a\0b", "\0", "\ud800", "a\ud800b", "%", "%s", "?", "$1", ":x",
    "; DROP TABLE record; --", "' OR 1=1 --", "🦔", "a🦔b", "👩‍👧‍👦", "\u202eabc\u202c", "\u200f\u200e", "\ufeffa",
    "x" * 100_000, "a " * 50_000, "é" * 5_000, "\n\t\r", "_", "a_b", "a\u0301\u0301\u0301\u0301", "\U000e0001",
    "ﷺ", "½", "\x7f", "r" + "0" * 12, "^a", "a^2", "~a", "+a", "a+b", "[a]", "{a",
)  # fmt: skip


def fill(database: Database, region: str = "testland") -> None:
    with database.write(region) as session:
        for number, (slug, (language, title, summary, means)) in enumerate(TEXTS.items()):
            text = {language: PracticeText(title=title, summary=summary, means=means)}
            practice = Practice(original=language, text=text, scope="local", running="ongoing", sectors=("courts",))
            draft = Draft(kind="practice", slug=slug, body=encode(practice), status=b"{}", publish=True)
            create(session, region, [draft], by="team", at=FIRST + timedelta(minutes=number))


def worked_out(words: str) -> list[str]:
    """What *words* find, in order, as one finds it who reads every text: the more in the title, then in the summary."""
    groups = read(words).groups
    texts = {slug: held(slug) for slug in TEXTS}
    for stages in itertools.chain([[group.stages[0] for group in groups]], widened(groups, texts)):
        found = [
            (-sum(holds(title, stage) for stage in stages), -sum(holds(lead, stage) for stage in stages), -number, slug)
            for number, (slug, (title, lead, whole)) in enumerate(texts.items())
            if all(holds(whole, stage) for stage in stages)
        ]
        if found:
            return [slug for *_, slug in sorted(found)]
    return []


def widened(groups: Sequence[Group], texts: dict[str, list[set[str]]]) -> Iterator[list[Alternatives]]:
    """Each group in the first way in which any text holds it."""
    yield [
        next(
            (stage for stage in group.stages if any(holds(whole, stage) for *_, whole in texts.values())),
            group.stages[0],
        )
        for group in groups
    ]


def held(slug: str) -> list[set[str]]:
    """What the title is found by, what title and summary are, and what all of it is."""
    lang, title, summary, means = TEXTS[slug]
    entry = Entry(pk=1, region_id="x", title=((lang, title),), summary=((lang, summary),), text=((lang, means),))
    return [set(" ".join(some).split()) for some in itertools.accumulate([[one] for one in fields_of(entry)])]


def holds(words: set[str], group: Alternatives) -> bool:
    return any(all(any(matches(words, token) for token in form) for form in phrase) for phrase in group)


def matches(words: set[str], token: str) -> bool:
    if token.endswith("*"):
        return any(word.startswith(token[:-1]) for word in words)
    return token in words
