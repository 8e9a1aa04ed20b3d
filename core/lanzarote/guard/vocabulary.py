"""Words beside which a date or an address becomes personal, in many languages."""

from __future__ import annotations

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _lower_words(text: str) -> frozenset[str]:
    return _words(text.casefold())


# Compared in lower case, accents kept: French "ne" denies, "né" gives birth.
BORN = _lower_words("""
    né née nés nées naissance naquit ddn born birth dob birthdate birthday anniversaire
    geboren geb geborene geborener geburtsdatum geburtstag geboortedatum verjaardag jarig
    nacido nacida nacidos nacidas nacimiento nació nacio cumpleaños nascido nascida nascidos nascidas nascimento nasceu
    aniversário nascut nascuda naixement nascita nati nate nacque compleanno
    urodzony urodzona urodzeni urodzone urodzonego urodzonej urodził urodziła urodzenia urodzin urodziny ur
    narozen narozena narození narozeniny narozený narozená narodený narodená narodenia narodil narodila
    rođen rođena rođenja rođendan рођен рођена рођења rojen rojena rojstva
    născut născută nascut nascuta nașterii nasterii szül született
    γεννήθηκε γεννηθείς γεννηθείσα γεννημένος γεννημένη γεννημένο γέννησης γενέθλια γεννηθηκε γεννημενος γεννημενη
    γεννημενο γεννησης γενεθλια
    народився народилася народилась народжений народжена народжену народженого народження
    родился родилась рождения рожденный рожденная роден родена раждане
    född födelsedatum födelsedag fodd fodelsedatum født fødselsdato fødselsdag fæddur fædd fæðingardagur syntynyt
    syntymäaika sündinud sünniaeg dzimis dzimusi gimęs gimusi doğum dogum lindur
    დაიბადა დაბადებული დაბადების ծնված ծնվել ծննդյան
""")

# Without what follows these are other words, or an alliance; haste leaves accents out.
_FRENCH, _ITALIAN = {"le", "e", "un"}, {"il", "data"}
BORN_BEFORE_ARTICLE = {
    "nato": _ITALIAN,
    "nata": _ITALIAN,
    "ne": _FRENCH,
    "nee": _FRENCH,
    "nes": _FRENCH,
    "nees": _FRENCH,
    "anos": {"a", "em"},
    "anni": {"il"},
}

# Children born after a day are counted, not named.
AFTER_A_DAY = _lower_words("""
    après depuis avant partir jusqu apres after before since from until nach vor seit ab después despues antes desde
    dopo prima dal depois após apos desde na vanaf voor po przed od після до з πριν μετά μετα από απο după inainte
    înainte după после до с efter före etter før jälkeen ennen sonra önce után előtt nakon prije după poslije pred
""")

# "d.o.b.", "F. nac.:", "geb.", "(b. …", "(* …" right before the date
BORN_SHORT = re.compile(
    r"(?:^|[\s(,;|\"–-])(?:d\.? ?o\.? ?b\.?|d\.? ?d\.? ?n\.?|d\.? ?n\.|f\.? ?n\.|f\.? ?(?:de )?nac\.?"
    r"|fecha (?:de )?nac\.?"
    r"|geb\.?(?:[ -]?(?:datum|dat\.?|am))?|ημ(?:\.|/νια)? ?γ[εέ]νν?\.?|ур\.?|ur\.?|nar\.?|szül\.?|д\.? ?[нр]\.|н\.|р\. "
    r"|f\.|dob\.?|nac\.|nasc\.|naiss\.|нар\.|γεν\.|nat\.|(?:date|data|datum|dt\.?|j\.?) (?:de |di )?"
    r"(?:naiss|nasc|nac|urodz|ur|nar|nașt)\w*\.?)\s?(?:[:=–-]\s?)?(?:am |dn\. |dnia |le |el |op |il )?"
    r"(?:[^\W\d_]{3,9}\.? )?$|(?:^|[(\"]) ?b\. ?(?:[^\W\d_]{3,9}\.? )?$|(?:^|[(,;\"] ?)\*$|[(,] ?\* ?$"
)
BORN_AFTER = re.compile(
    r"[\s,]*(?:tarihinde )?(?:doğumlu|doğdu|született|г\.\s?р|р\.\s?н|(?:г|р)(?:\.|ода|оку)\s?(?:рождения|народження)"
    r"|geborene|gebürtig|geboren\b|(?:ihren |seinen )?(?:\d+\. )?geburtstag|zur welt)|-[áé]n született"
    r"|[\s,–-]*\((?:date de naissance|ddn|naissance|date of birth|dob|born|geburtsdatum|geb\.?|fecha de nacimiento"
    r"|data di nascita|data de nascimento|geboortedatum|data urodzenia|дата народження|дата рождения"
    r"|ημερομηνία γέννησης|data nașterii|datum narození|datum rođenja|född|født|doğum tarihi)\b"
    r"|[\s,]*(?:comme|as|als|como|come|jako|як|ως) (?:(?:sa|his|her|their|the) )?(?:date de naissance|date of birth"
    r"|geburtsdatum|fecha de nacimiento|data di nascita|data de nascimento|geboortedatum|data urodzenia"
    r"|дата народження|ημερομηνία γέννησης)\b"
)

# From here on compared as folded by `lanzarote.folding`.
ROLES = _words("""
    contact contacts contactus info infos information informations accueil secretariat secretaire direction bureau
    group groupe gruppe arbeitsgruppe grupo gruppo werkgroep
    office hello bonjour support help helpdesk aide service services equipe team admin administration webmaster web
    postmaster presse press media communication com dpo rgpd gdpr privacy cnil legal juridique permanence
    greffe ase pmi mairie prefecture defenseur ombudsman ecoute signalement signalements report reports reporting alerte
    alert urgence urgences hotline helpline newsletter noreply reply mail email abuse security recrutement emploi jobs
    dons donate events editor redaction enquiries enquiry general mailbox hr registry reception booking bookings
    kontakt anfrage auskunft verwaltung sekretariat poststelle post geschaeftsstelle jugendamt datenschutz buero
    contacto informacion secretaria oficina prensa ayuda atencion contatto contatti segreteria ufficio stampa contato
    geral protocollo direzione urp pec biuro kancelaria poczta rodo podatelna urad iroda titkarsag registratura
    administratie secretariaat meldpunt balie grammateia epikoinonia kanselariia pryimalnia kansliet registrator
    postmottak kirjaamo skrifstofa afgreidsla contato ouvidoria
""")
"""Whose address begins so is not a person."""
THEMES = _words("""
    cellule brigade parquet tribunal crip ville police gendarmerie ministere mission delegation child children enfance
    enfants enfant mineurs protection victimes victims victim projet projects project association asso federation
    fondation foundation ngo ong reseau network formation training recherche research ecole college lycee rectorat
    academie hopital hospital clinic clinique consultation centre center unite unit data library bibliotheque archives
    justice jeunesse famille familles family families youth kinder kind jugend familie infancia menores familia infanzia
    minori famiglia crianca criancas crianza dzieci rodzina school schule escuela scuola escola szkola uaped umj cased
    social sociale soziales servizi servicios dom haus casa maison house nord sud est ouest nuit duty team referent
    coordination koordination coordinacion coordinamento programme program safe safeguarding care ligue amis collectif
    droits rights court judge cour
""")
"""What such an address may also be made of."""

ORGANISATION_STEMS = ("asso", "enfan", "famil", "child", "kinder", "collectif")
"""Whoever has one in an address of free mail may be an association without a domain of its own."""

FREE_MAIL = _words("""
    gmail googlemail hotmail outlook yahoo ymail icloud protonmail proton gmx wanadoo laposte libero virgilio interia
    seznam yandex rambler abv sapo btinternet tutanota aol skynet telenet ziggo kpnmail bluewin otenet azet centrum
    freenet alice tiscali neuf bbox numericable aliceadsl mailbox posteo
    orange.fr free.fr sfr.fr live.fr live.com live.co.uk live.nl msn.com me.com web.de t-online.de wp.pl o2.pl onet.pl
    op.pl mail.ru inbox.ru list.ru bk.ru ukr.net i.ua meta.ua sky.com talktalk.net virginmedia.com planet.nl home.nl
    mail.com mail.bg tin.it alice.it post.cz volny.cz email.cz freemail.hu citromail.hu
""")

PUBLIC_BODIES = _words("""
    departement prefecture metropole mairie ville region conseil samu social secours populaire catholique croixrouge
    redcross redcruz rotkreuz protection civile justice tribunal barreau avocats ligue services service jeunesse
    sante education academie hopitaux hopital urgence solidarite action stadt land kreis amt city council county
    ayuntamiento comune citta gemeente
""")
"""What the name of a public body or a relief organisation is made of on a network."""
PLACES = _words("""
    hautsdeseine seinesaintdenis seineetmarne valdemarne valdoise yvelines essonne iledefrance paris alpesmaritimes
    alpesdehauteprovence hautesalpes bouchesdurhone charentemaritime corsedusud hautecorse cotedor cotesdarmor
    deuxsevres eureetloir hautegaronne illeetvilaine indreetloire loireatlantique lotetgaronne maineetloire
    meurtheetmoselle pasdecalais puydedome pyreneesatlantiques pyreneesorientales hautespyrenees basrhin hautrhin
    saoneetloire hautesavoie savoie seinemaritime tarnetgaronne territoiredebelfort hautevienne hautemarne
    hauteloire hautesaone loiretcher ardeche ardennes ariege aveyron calvados cantal charente correze creuse
    dordogne doubs drome finistere gard gers gironde herault isere landes loire loiret lozere manche mayenne meuse
    morbihan moselle nievre nord oise orne rhone sarthe somme tarn vaucluse vendee vosges yonne guadeloupe
    martinique guyane reunion mayotte marseille lyon toulouse nantes strasbourg montpellier bordeaux lille rennes
    reims grenoble
""")
"""Departments, regions and large cities of France, in one piece."""
