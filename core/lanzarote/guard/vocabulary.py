"""Words beside which a date or an address becomes personal, in many languages."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _lower_words(text: str) -> frozenset[str]:
    return _words(text.casefold())


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
