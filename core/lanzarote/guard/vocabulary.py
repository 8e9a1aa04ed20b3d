"""Words beside which a figure becomes personal, in many languages. The guard learns a language by growing these."""

from __future__ import annotations

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Compared in lower case, accents kept: French "ne" denies, "né" gives birth.
BORN = _words("""
    né née nés nées naissance ddn born birth dob birthdate geboren geb geburtsdatum geburtstag geboortedatum
    nacido nacida nacidos nacimiento nascido nascida nascimento nascut nascuda naixement nascita
    urodzony urodzona urodzenia ur narozen narozena narozená narození narodený narodená narodenia
    rođen rođena rođenja рођен рођена рођења rojen rojena rojstva născut născută nașterii nascuta szül
    γεννήθηκε γεννηθείς γεννηθείσα γεννημένος γεννημένη γεννημένο γέννησης
    народився народилася народилась народжений народжена народження родился родилась рождения роден родена раждане
    född födelsedatum født fødselsdato fæddur fædd fæðingardagur syntynyt syntymäaika sündinud sünniaeg
    dzimis dzimusi gimęs gimusi doğum lindur დაიბადა დაბადებული დაბადების ծնված ծնվել ծննդյան
""")

# Without the article these are other words, or an alliance.
BORN_BEFORE_ARTICLE = {"nato": {"il", "l"}, "nata": {"il", "l"}, "ne": {"le"}, "nee": {"le"}}

BORN_AFTER = re.compile(r"[\s,]*(?:tarihinde )?(?:doğumlu|doğdu|született|г\.\s?р\.|р\.\s?н\.)|-[áé]n született")

# From here on compared as folded by `lanzarote.folding`.
ORGANISATIONS = _words("""
    association asso fondation foundation federation collectif ong ngo organisation organization organizacion verein
    stiftung fundacion fondazione associazione asociacion stowarzyszenie fundacja project projet proyecto progetto
    projekt dispositif idee idea initiative iniciativa iniziativa unite unit service structure commission comite
    committee reseau network programme program partenariat partnership protocole protocol convention loi law
    cellule centre center maison institution plateforme platform ligne line
""")

_UNITS = (
    "ans|years?|yrs?|jahre?n?|años|anos|anys|anni|jaar|lat|lata|let|rok[yuů]|ani|ετών|χρονών|роки|років|лет|года?|"
    "години|годишн\\w+|godina|ára|år|vuotta|vuotias|aastat|aastane|metų|gadus|yaş\\w*|éves|vjeç\\w*|տարեկան"
)
# "Lyon, 10 ans après" and "Assises, 15 ans de réclusion" count years, not somebody's age.
_NOT_AGES = (
    "(?:d[e’']|après|plus tard|et plus|et moins|and (?:over|under|older|younger)|ago|later|of|after|before|in prison|"
    "später|nach|después|dopo|depois|później|temu|тому|назад|μετά|πριν|síðar|senere)"
)
AGE_UNITS = re.compile(rf"[\s\u00a0\u202f-]?(?:{_UNITS})\b(?!\s{_NOT_AGES})", re.IGNORECASE)

NO_NAMES = _words("""
    enfants enfant mineurs mineur mineure adolescents adolescent jeunes jeune filles garcons victimes victime eleves
    children child minors minor teenagers young youth girls boys victims victim pupils people persons
    kinder jugendliche minderjahrige ninos menores bambini minori criancas dzieci
    article articles annexe annex chapitre chapter section partie part paragraphe paragraph point page figure table
    tableau note notes recommandation recommendation objectif loi law etape step phase age ages
""")

SCHOOLS = _words("""
    ecole college lycee maternelle school kindergarten schule grundschule gymnasium escuela colegio instituto scuola
    liceo escola szkola szkoly przedszkole skola skole skoli grunnskoli iskola okul okulu kool
    σχολειο σχολειου γυμνασιο λυκειο школа школи школы школе гимназия гимназии лицеи სკოლა სკოლის դպրոց
""")

ROLES = _words("""
    contact contacts info infos information informations accueil secretariat secretaire direction bureau office hello
    bonjour support help helpdesk aide service services equipe team admin administration webmaster web postmaster
    presse press media communication com dpo rgpd gdpr privacy cnil data legal juridique permanence cellule brigade
    parquet tribunal greffe crip ase pmi mairie ville prefecture police gendarmerie ministere mission delegation
    defenseur ombudsman child children enfance enfants enfant mineurs protection victimes victims victim ecoute
    signalement signalements report reports reporting alerte alert urgence hotline helpline projet projects project
    association asso federation fondation foundation ngo ong reseau network formation training recherche research
    ecole college lycee rectorat academie hopital hospital clinic clinique consultation centre center unite unit
    kontakt anfrage auskunft verwaltung sekretariat poststelle post geschaeftsstelle jugendamt datenschutz
    contacto informacion secretaria oficina prensa ayuda contatto contatti segreteria ufficio stampa contato geral
    biuro kancelaria poczta rodo podatelna urad iroda titkarsag registratura noreply reply mail email abuse
    security recrutement emploi jobs dons donate library bibliotheque archives events newsletter editor redaction
""")

FREE_MAIL = _words("""
    gmail googlemail hotmail outlook yahoo ymail icloud protonmail proton gmx wanadoo laposte libero virgilio interia
    seznam yandex rambler abv sapo btinternet
    orange.fr free.fr sfr.fr live.fr live.com msn.com me.com web.de t-online.de wp.pl o2.pl onet.pl mail.ru ukr.net i.ua
""")

MOBILE_PREFIXES = re.compile(
    r"(?:\+|00)(?:33[67]|447|491[567]|34[67]|393|324|316|48(?:5[0137]|6[069]|7[2389]|88)|3069|3538|3519|436[5-9]|"
    r"417[5-9]|467|47[49]|354[678]|3584|35850|420[67]|3526|407|3859|380(?:39|50|6[3678]|73|9[1-9])|905|9955)"
    r"|0[67]\d{8}$|07\d{9}$"
)
