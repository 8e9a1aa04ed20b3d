"""Texts of one kind, as long as asked for: prose in many languages, and what costs a guard against personal data most.

Nobody and nothing in them is real.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

PROSE = {
    "fr": "Depuis 2019, le tribunal judiciaire de Valmont et l’association Les Deux Rives se réunissent chaque "
    "trimestre. La procureure adjointe préside ; 14 situations sur 32 ont été revues. Permanence : 01 40 00 00 00. ",
    "en": "Since 2019 the Family Court of Northmere and the charity Open Door have met every quarter. The deputy head "
    "of Children’s Services chairs; 14 of 32 reports were looked at again, as Article 10.3 asks. ",
    "de": "Seit 2019 treffen sich das Amtsgericht Neutal und der Verein Zwei Ufer jedes Quartal. Die Leiterin des "
    "Jugendamtes führt den Vorsitz; 14 von 32 Meldungen wurden erneut besprochen (§ 8a SGB VIII). ",
    "es": "Desde 2019 el Juzgado de Familia de Valmonte y la asociación Dos Orillas se reúnen cada trimestre. Preside "
    "la fiscal de menores; se revisaron 14 de 32 notificaciones, según el artículo 10.3. ",
    "it": "Dal 2019 il Tribunale per i minorenni di Valmonte e l’associazione Due Rive si riuniscono ogni trimestre. "
    "Presiede la dirigente dei servizi sociali; 14 segnalazioni su 32 sono state rilette. ",
    "pt": "Desde 2019 o Tribunal de Família de Valmonte e a associação Duas Margens reúnem-se todos os trimestres. "
    "Preside a procuradora; 14 das 32 sinalizações foram revistas, como pede o artigo 10.3. ",
    "nl": "Sinds 2019 komen de rechtbank Noordmeer en de vereniging Twee Oevers elk kwartaal bijeen. De directeur "
    "van Veilig Thuis zit voor; 14 van de 32 meldingen werden opnieuw besproken. ",
    "pl": "Od 2019 roku Sąd Rodzinny w Nowej Dolinie i stowarzyszenie Dwa Brzegi spotykają się co kwartał. "
    "Przewodniczy kierowniczka ośrodka pomocy; ponownie omówiono 14 z 32 zgłoszeń. ",
    "el": "Από το 2019 το Πρωτοδικείο Νέας Κοιλάδας και ο σύλλογος Δύο Όχθες συναντιούνται κάθε τρίμηνο. Προεδρεύει η "
    "εισαγγελέας ανηλίκων· 14 από τις 32 αναφορές εξετάστηκαν ξανά. ",
    "uk": "Від 2019 року Сімейний суд Нової Долини та об’єднання «Два Береги» зустрічаються щокварталу. Головує "
    "начальниця служби у справах дітей; 14 із 32 повідомлень розглянуто знову. ",
    "tr": "2019’dan beri Yenidere Aile Mahkemesi ile İki Kıyı Derneği her üç ayda bir toplanıyor. Toplantıyı çocuk "
    "hizmetleri müdürü yönetiyor; 32 bildirimin 14’ü yeniden ele alındı. ",
    "is": "Frá 2019 hittast Héraðsdómur Nýjadals og félagið Tveir bakkar á hverjum ársfjórðungi. Forstöðumaður "
    "barnaverndar stýrir fundum; farið var aftur yfir 14 af 32 tilkynningum. ",
}


def _again(piece: str) -> Callable[[int], str]:
    return lambda length: (piece * (length // len(piece) + 1))[:length]


def _figures(each: int, gap: str) -> Callable[[int], str]:
    """Groups of figures that look like no other, so that nothing which was worked out once helps."""

    def made(length: int) -> str:
        chance = random.Random(each)
        groups = length // (each + len(gap)) + 1
        return gap.join("".join(chance.choices("0123456789", k=each)) for _ in range(groups))[:length]

    return made


prose = {language: _again(text) for language, text in PROSE.items()}

COSTLY: dict[str, Callable[[int], str]] = {
    "figures, spaced": _again("1 2 3 4 5 "),
    "figures, spaced, any": _figures(1, " "),
    "figures, dotted": _figures(1, "."),
    "figures, hyphens": _figures(1, "-"),
    "figures, commas": _figures(1, ", "),
    "figures, lines": _figures(1, "\n"),
    "figures, low lines": _figures(1, "_"),
    "figures, brackets": _again("(0) "),
    "figures, in one piece": _figures(1, ""),
    "figures, by two": _figures(2, " "),
    "figures, by three": _figures(3, " "),
    "figures, by eleven": _figures(11, " "),
    "figures, by thirteen": _figures(13, "; "),
    "ones": _again("1. "),
    "ones, with signs": _again("#1"),
    "announced numbers": _again("nir 1 2 3 4 5 6 7 8 9 0 1 2 3 "),
    "announced numbers, many kinds": _again("pesel insz bsn cpr nif egn idnr amka cnp: 1 2 3 4 5 6 7 8 9 0 1 2 "),
    "codes": _again("AB12 "),
    "codes, grouped": _again("ab 12 34 56 78 90 12 34 "),
    "accounts": _again("FR76 3000 6000 0112 3456 7890 189 "),
    "accounts, wrong": _again("FR76 3000 6000 0112 3456 7890 188 "),
    "ids": _again("0190a3f2-7c4e-7b1a-9d3c-5e8f2a6b4c1d "),
    "dates": _again("3 mars 2012, 12/03/2015, 2012-03-03, "),
    "dates of birth": _again("né le 3 mars 2012, born on 12/03/2015; "),
    "names with dates": _again("Lucas Martin 12/03/2015\n"),
    "ages": _again("Léa, 9 ans, Tom (12), "),
    "ages, bare": _again("Léa, 9, Tom, 12, "),
    "addresses": _again("12 rue de la Paix, où vit l’enfant, "),
    "addresses, no home": _again("12 rue "),
    "telephones": _again("tél. 01 42 34 56 78 "),
    "mobile telephones": _again("06 12 34 56 78, "),
    "names": _again("Léa Martin "),
    "names, no capitals": _again("léa martin "),
    "parts in a case": _again("la victime Martin et l’accusé Dupont "),
    "capitals": _again("ABCDEF GHIJKL "),
    "capitals, single": _again("A B C D "),
    "initials": _again("A. B. C. "),
    "one endless word": _again("abcdefghij"),
    "one endless name": lambda length: "A" + "b" * (length - 1),
    "two alphabets in a word": _again("Лea Маrtin cоmmе "),
    "letters of full width": _again("１２３ ＡＢＣ "),
    "signs that nobody sees": _again("a\u200bb\u200bc "),
    "accents": lambda length: "e" + "\u0301" * (length - 1),
    "e-mail": _again("lea.martin@gmail.com, "),
    "e-mail, almost": _again("a@b"),
    "e-mail, spelt": _again("lea (at) gmail (dot) com "),
    "e-mail, endless": lambda length: "(at) " + "a." * (length // 2 - 3),
    "addresses of the web": _again("https://www.example.org/a/b?c=d&e=12345 "),
    "profiles": _again("https://www.facebook.com/lea.martin "),
    "names on a network": _again("pseudo lulu_2012 "),
    "low lines": _again("_"),
    "HTML": _again('<p class="a">texte <b>gras</b></p>\n'),
    "quotes": _again("« “mot” » "),
    "quotes, never closed": _again("„"),
    "quotes, never closed, of three kinds": _again("« “„ "),
    "JSON": _again('{"a":"b","c":["d","e"]},'),
    "blank lines": _again("\n"),
    "blanks": _again(" "),
    "disclosure, almost": _again("je me "),
    "harm": _again("viol "),
    "harm, far from who says so": lambda length: (
        "je " * (length // 9) + "et " * (length // 9) + "viol " * (length // 15)
    ),
}
"""What a sender may try, by name; each makes a text of the length that it is given."""
