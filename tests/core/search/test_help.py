"""Who needs help is told from who looks something up, in the languages of the platform."""

from __future__ import annotations

import pytest
from lanzarote.search.help import asks_for_help, door_for

NEEDS_HELP = (
    # fr
    "signaler un enfant en danger", "ou signaler un enfant maltraité", "où porter plainte pour viol enfant",
    "mon beau père me fait des choses", "qui appeler", "ma fille a été touchée", "jai ete violee",
    "comment denoncer un pedophile", "j'ai été victime d'inceste que faire", "mon fils de 8 ans a été abusé",
    "mon voisin frappe ses enfants", "aide inceste", "numéro enfant en danger", "g besoin d'aide",
    "qui contacter si un enfant est victime d'abus sexuel", "dénoncer des attouchements", "victime de viol",
    "le voisin bat sa fille", "je suis attiré par les enfants",
    "signaler un site pedopornographique",
    # as a text message is written, in one to three words, to a telephone
    "g peur", "jveux mourir", "il veut que jlui envoie des foto", "jsp a ki parler", "jose pas le dire", "viol", "119",
    "116 000", "numéro police", "he wants nudes", "wanna die", "nobody believes me", "con quien hablo",
    "quiero morirme",
    "mit wem reden", "keiner glaubt mir", "polizei", "con chi posso parlare", "我好害怕",
    # about a post, or with a duty, and yet of the writer
    "the club coach touched my son must i call the police", "il medico mi ha toccata, devo dirlo?",
    # en
    "i was abused", "my daughter was touched", "report child abuse", "where to report child sexual abuse",
    "i think my nephew is being abused what can i do", "help my stepdad touches me",
    "someone is blackmailing me with nudes",
    "who can i call", "my son told me a man touched him", "how do i report a paedophile", "im being abused",
    "the neighbour beats his child", "a child is being abused", "was raped when i was a child where to get help",
    # is
    "tilkynna barn í hættu", "mér var nauðgað", "dóttir mín var misnotuð", "hvert á ég að hringja", "þarf hjálp",
    # de
    "wo kann ich melden dass ein kind missbraucht wird", "ich wurde vergewaltigt", "meine tochter wurde angefasst",
    "kindesmissbrauch melden", "mein onkel fasst mich an hilfe",
    # es
    "abusaron de mi hija", "denunciar abuso sexual a un menor", "me violaron",
    "a quién llamar si un niño está en peligro",
    # it
    "dove denunciare un abuso su minore", "mio padre mi tocca", "hanno violentato mia figlia", "aiuto abuso figlio",
    # pl
    "gdzie zgłosić molestowanie dziecka", "zostałam zgwałcona", "wujek mnie dotyka", "ktoś krzywdzi dziecko co robić",
    # pt
    "onde denunciar abuso de criança", "fui abusada", "o meu padrasto toca me", "denunciar maus tratos a uma criança",
    # ga
    "conas mí-úsáid linbh a thuairisciú", "cabhair", "bhuail m'athair mé",
    # el
    "πού να καταγγείλω κακοποίηση παιδιού", "με βίασε", "κακοποίησαν την κόρη μου", "βοήθεια",
    # uk
    "куди повідомити про насильство над дитиною", "мене зґвалтували", "вітчим чіпає мене", "кому подзвонити",
    # tr
    "çocuk istismarı nereye ihbar edilir", "tecavüze uğradım yardım", "kızıma dokundu", "cocuk istismari ihbar etmek",
    "yardım",
    # ro
    "ajutor", "ajuta-ma", "am fost violată", "tatăl meu mă bate", "unde pot raporta un copil abuzat",
    # ru
    "помогите", "помощь", "помоги мне", "меня бьёт отец", "отчим трогает мою дочь",
    "куда сообщить о насилии над ребенком",
    # ar
    "ساعدني", "أبي يضربني", "ابي يضربني", "كيف أبلغ عن طفل في خطر", "جاري يضرب أطفاله", "أحتاج مساعدة",
    # zh
    "救命", "救命啊", "我爸爸打我", "我需要帮助", "孩子被性侵怎么办", "他摸我", "举报虐待儿童",
)  # fmt: skip
LOOKS_SOMETHING_UP = (
    "training on reporting", "signalement protocole", "hotline practices", "information préoccupante", "grooming",
    "article 434-3", "Barnahus", "audition filmée", "mandatory reporting teachers",
    "obligation de signaler des enseignants",
    "viol sur mineur", "child sexual abuse material", "CRIP Paris", "prescription viol mineur", "UAPED",
    "court dogs", "inceste CIIVISE", "prévention des violences sexuelles", "who films the interview of a child victim",
    "Anhörung von Kindern", "Meldepflicht Lehrer", "formación de profesores", "obbligo di segnalazione insegnanti",
    "procedura przesłuchania dziecka", "formação de professores sobre abuso sexual", "oiliúint múinteoirí",
    "κατάρτιση εκπαιδευτικών",
    "допит дитини", "öğretmenlerin bildirim yükümlülüğü", "skýrslutaka af börnum", "fréttir", "recette de tarte",
    "706-52", "1989", "police judiciaire", "viols", "droits des victimes", "je cherche un protocole hôpital parquet",
    "notre commune veut un plan de prévention", "évaluation du risque de passage à l'acte", "chantage nude",
    "how to set up a barnahus", "police training", "child protection procedure", "audition mineur",
    "football results", "aide sociale à l'enfance", "Paris Aide aux Victimes", "helpline",
    "protocole signalement école parquet",
    "must a teacher report a pupil who is abused", "un psychologue doit-il signaler un abus sexuel sur un enfant",
    "muss ein Arzt den Missbrauch eines Kindes anzeigen", "debe un médico denunciar el abuso de un menor",
    "l'insegnante deve denunciare un abuso su minore", "pode um professor denunciar maus tratos a uma criança",
    "πρέπει ο γιατρός να καταγγείλει κακοποίηση παιδιού", "чи повинен лікар повідомити про насильство над дитиною",
    "doktor çocuk istismarı ihbar etmek zorunda mı", "an gcaithfidh dochtúir mí-úsáid linbh a thuairisciú",
    "pedagog musi zgłosić molestowanie dziecka", "verður læknir að tilkynna barn í hættu",
    "how many years in prison for the abuse of a child",
    "formarea profesorilor", "audierea copilului", "trebuie un medic să raporteze abuzul asupra unui copil",
    "обучение учителей", "допрос ребенка", "должен ли врач сообщить о насилии над ребенком",
    "تدريب المعلمين", "اتفاقية لانزاروت", "培训教师", "儿童保护法律", "兰萨罗特公约",
    "statute of limitation", "how do hospitals work with the prosecutor", "sexual education at school",
)  # fmt: skip


@pytest.mark.parametrize("text", NEEDS_HELP)
def test_who_needs_help_is_heard(text: str) -> None:
    assert asks_for_help(text)


@pytest.mark.parametrize("text", LOOKS_SOMETHING_UP)
def test_who_looks_something_up_is_not_taken_for_it(text: str) -> None:
    assert not asks_for_help(text)


@pytest.mark.parametrize(
    ("text", "door"),
    [
        ("pensées pédophiles", "fear"), ("attracted to kids", "fear"), ("ich stehe auf kinder", "fear"),
        ("me gustan los niños", "fear"), ("passer à l'acte", "fear"), ("prévention du passage à l'acte", None),
        ("abusé dans mon enfance", "happened"), ("als kind missbraucht", "happened"),
        ("quand j'étais petit on m'a violé", "happened"), ("mon oncle m'a touché", "now"),
        ("un adulte me touche", "now"), ("i am attracted to boys", "now"),
    ],
)  # fmt: skip
def test_each_is_led_to_the_page_that_is_theirs(text: str, door: str | None) -> None:
    assert door_for(text) == door
