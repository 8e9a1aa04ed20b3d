"""How wide words are, estimated on the safe side for every script, and where to break them.

The widths are the greatest of Source Sans 3 and Noto Sans as the site serves them, and of DejaVu Sans, one of the
widest faces that a reader's machine may have in their place. So a text never leaves its box, whoever draws it.

>>> wrap("Inobhutnahme durch das Jugendamt", 90, 10)
('Inobhutnahme', 'durch das', 'Jugendamt')
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

BOLD: Final = 1.16
"""How much wider a text in bold may be."""
UNKNOWN: Final = 0.75
"""Of a letter that nobody measured."""
WIDE: Final = 1.1
"""Of a sign that fills a square."""

# fmt: off
_MEASURED: Final[tuple[tuple[float, str], ...]] = (
    (0.30, "27 69-6a 6c ec-ef 129 12b 12d 12f 131 135 13a 13c 374-375 456-458 55b 55d 56c 575 1e37 1e39 1e3b"),
    (0.35, "20 2c 2e-2f 3a-3b 49 5c 7c a6 b7 cc-cf 128 12a 12c 12e 130 142 37e 387 390 399 3aa 3af 3b9 3ca 3f3 "
        "406-407 4cf 559-55a 1e2d 1e2f 1e3d 2018-201a 2024 2027"),
    (0.40, "28-29 2d 5b 5d 66 17f 37f 4c0 55c 10fc 1e1f 1e2c 1e2e 201b"),
    (0.45, "21 72 74 a1 b2-b3 b9 13e 155 157 159 163 165 167 55e 579 582 1e59 1e5b 1e5d 1e5f 1e6b 1e6d 1e6f 1e97 "
        "1e9b-1e9d 2010"),
    (0.50, "22 2a 4a 5f aa b0 ba 134 140 38a 3dd 408 55f 577 1e71 2013 2016-2017 2020-2021"),
    (0.55, "3f 60 63 73 7a a7-a8 af b4 b8 bf e7 107 109 10b 10d 15b 15d 15f 161 17a 17c 17e 37a 37c-37d 384-385 "
        "3ad 3b5-3b6 433 437 441 44d 453-455 491 4f7 53c 567 10fa-10fb 1e61 1e63 1e67 1e91 1e93 1e95"),
    (0.60, "46 4c 6b 76 78-79 fd ff 133 137-139 13b 13d 13f 141 177 371 37b 393 3b0 3b3 3bb 3bd-3be 3c2 3c5 3c7 "
        "3cb 3cd 3db 3ef 3f2 432 442-443 445 447 44c 45e 46f 481 493 499 4ab 4ad 4b1 4df 4ed 4fb 511 57b 10d0 "
        "10d5 10d8-10d9 10de 10ef-10f0 10f3-10f4 10f7 10fd 1cba 1e09 1e1e 1e33 1e35-1e36 1e38 1e3a 1e65 1e69 "
        "1e7f 1e8f 201c-201e 2022"),
    (0.65, "24 30-39 45 50 53-54 59 61-62 64-65 67-68 6e-71 75 7b 7d a2-a5 ab b5-b6 bb c8-cb dd-e5 e8-eb f0-f6 "
        "f8-fc fe 101 103 105 10f 111-11b 11d 11f 121 123 125 132 144 146 148 14b 14d 14f 151 15a 15c 15e 160 "
        "162 164 166 169 16b 16d 16f 171 173 176 178 395 39e 3a1 3a3-3a5 3ab 3ae 3b2 3b4 3b7-3b8 3ba 3bc 3bf "
        "3c1 3c4 3cc 3d0-3d1 3d9 3e1 3e9 3f5-3f8 400-401 403 405 413 415 417 420 422 430-431 435 438-43b 43e "
        "440 44f-452 45c-45d 48d 490 4b0 4b3 4c4 4e1 4f6 4fd 4ff 501 537 552 562 565-566 568 56b 56e-574 576 "
        "578 57d-57e 580-581 584-585 10d1-10d2 10d4 10d6 10db-10dc 10df 10e1 10e3 10e5 10e7-10e9 10eb-10ee "
        "10f2 10f8-10f9 10fe-10ff 1c90-1c92 1c94-1c95 1c98-1c99 1c9b-1c9c 1c9e 1ca1 1ca3 1ca5 1ca7-1ca9 "
        "1cab-1cb0 1cb2-1cb4 1cb7-1cb9 1cbd-1cbe 1e03 1e07 1e0b 1e0d 1e0f 1e11 1e16-1e17 1e21 1e23 1e25 1e27 "
        "1e29 1e2b 1e3c 1e45 1e47 1e49 1e53 1e56-1e57 1e60 1e62 1e66 1e6a 1e6c 1e6e 1e73 1e8b 1e8d-1e8e 1e96 "
        "1e9f 2023 20ac"),
    (0.70, "41-43 4b 52 56 58 5a c0-c5 c7 100 102 104 106 108 10a 10c 127 136 154 156 158 179 17b 17d 370 386 "
        "391-392 394 396 39a-39b 3a7 3ac 3b1 3c0 3c3 3cf 3d7 3dc 3df 3eb 3ee 404 40e 410-412 421 423 425 427 "
        "42c-42d 42f 434 43d 43f 446 45b 45f 46b 46e 473 475 477 482 492 495 49b 49d 49f 4ac 4af 4b7 4b9 4c8 "
        "4cc 4d1 4d3 4d6-4d7 4d9 4db 4e7 4e9 4eb 4ef 4f1 4f3 4f5 4fa 507 50d 510 51f 526-52f 550 563-564 56a "
        "57c 10ea 10f1 10f5 1c96 1c9f 1cbf 1e01-1e02 1e06 1e14-1e15 1e18-1e1d 1e31-1e32 1e34 1e4d 1e4f 1e51 "
        "1e58 1e5a 1e5c 1e5e 1e70 1e7d-1e7e 1e90 1e92 1e94 1e99-1e9a 2012 201f 2025"),
    (0.75, "4e 55 d1 d9-dc 143 145 147 14a 168 16a 16c 16e 170 172 377 388 39d 3c6 3c8 3d2 3d4-3d5 3da 3de 3e5 "
        "3e7-3e8 3ed 3f0-3f1 3f9 3fb-3ff 40c-40d 418-41a 44a 463 480 48e-48f 498 4aa 4ae 4bb 4de 4e3 4e5 4ec "
        "513 51b 532 535 538 53b 53f-540 545-546 548-549 54d 54f 551 569 1caa 1cb1 1cb5 1e05 1e08 1e13 1e44 "
        "1e46 1e48 1e4b 1e54-1e55 1e64 1e68 1e72 1e75 1e77 1e79 1e7b"),
    (0.80, "26 44 47-48 4f 51 d0 d2-d6 d8 10e 110 11c 11e 120 122 124 14c 14e 150 397-398 39f-3a0 3a6 3a8-3a9 "
        "3ea 3ec 3f4 402 40b 40f 414 41b 41d-41f 426 43c 44b 48c 49a 4b2 4c3 4d0 4d2 4e0 4ee 4f0 4f2 4fc 4fe "
        "500 533-534 536 53a 541-543 547 54b 554-556 10e2 1e00 1e04 1e0a 1e0c 1e0e 1e10 1e20 1e22 1e24 1e26 "
        "1e28 1e2a 1e30 1e52 1e7c 1e8a 1e8c 1e9e"),
    (0.85, "23 2b 3c-3e 5e 77 7e ac b1 d7 f7 149 175 373 376 38c 38e-38f 3c9 3ce 3d8 3e3-3e4 42a 44e 462 465 467 "
        "46a 472 474 476 48b 494 49c 49e 4a1 4a3 4b6 4b8 4ba 4bd 4bf 4c6-4c7 4ca-4cb 4d8 4da 4e2 4e4 4e6 4e8 "
        "4ea 4f4 506 50c 50f 512 51a 51e 525 531 544 54a 54c 54e 553 586-587 10dd 10e0 10e6 1ca2 1e12 1e4a "
        "1e4c 1e4e 1e50 1e74 1e76 1e78 1e7a 1e81 1e83 1e85"),
    (0.90, "4d 389 39c 3d6 41c 424 42b 444 45a 461 47b 47f 4a5 4a9 503 539 53e 10e4 1ca0 1ca6 1cb6 1e3e 1e40 "
        "1e42"),
    (0.95, "25 126 3e0 3e6 436 448 459 4ce 4f9 505 50e 51d 53d 10d3 10d7 10f6 1c93 1c9d 1ca4 1e87 1e89 1e98"),
    (1.00, "40 57 6d a9 ae bc-be c6 e6 174 3d3 3fa 449 466 48a 497 4a2 4a8 4b5 4c2 4c5 4c9 4dd 517 524 560-561 "
        "56d 57a 57f 583 1c97 1e3f 1e41 1e43 1e80 1e82 1e84 2014-2015 2026"),
    (1.05, "153 372 40a 464 46d 479 4a0 4a7 4bc 4be 4d5 4f8 509 50b 519 523"),
    (1.10, "152 3e2 409 416 428 42e 460 470-471 47a 47e 4d4 515-516 518 521"),
    (1.15, "429 469 478 4a4 4b4 4cd 504 51c 10da 1e86 1e88"),
    (1.20, "47d 502 1c9a"),
    (1.25, "46c 496 4c1 4dc 508"),
    (1.30, "4a6 50a 514 520 522"),
    (1.40, "468"),
    (1.45, "47c"),
)
"""Share of the size of the letters → code points in hexadecimal, ranges with a hyphen."""
# fmt: on


def _unfolded() -> dict[str, float]:
    found: dict[str, float] = {}
    for width, codes in _MEASURED:
        for code in codes.split():
            first, _, last = code.partition("-")
            found.update((chr(one), width) for one in range(int(first, 16), int(last or first, 16) + 1))
    return found


_WIDTHS: Final = _unfolded()


@lru_cache(maxsize=4096)
def _width_of(sign: str) -> float:
    known = _WIDTHS.get(sign)
    if known is not None:
        return known
    if unicodedata.category(sign) in ("Mn", "Me", "Cf"):
        return 0
    if sign.isspace():
        return 0.5
    wide = unicodedata.east_asian_width(sign) in "WF" or ord(sign) >= 0x1F000
    return WIDE if wide else UNKNOWN


def width(text: str, size: float, *, bold: bool = False) -> float:
    """How wide *text* is at most, in letters of *size*."""
    return sum(map(_width_of, text)) * size * (BOLD if bold else 1)


def wrap(text: str, room: float, size: float, *, bold: bool = False) -> tuple[str, ...]:
    """*text* in lines that are no wider than *room*; a word that is too long is broken with a hyphen.

    >>> wrap("Zuständigkeit", 60, 10)
    ('Zuständig-', 'keit')
    >>> wrap("  ", 60, 10)
    ()
    """
    lines: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if width(longer, size, bold=bold) <= room:
            line = longer
            continue
        if line:
            lines.append(line)
        *whole, line = _broken(word, room, size, bold=bold)
        lines += whole
    return (*lines, line) if line else tuple(lines)


def _broken(word: str, room: float, size: float, *, bold: bool) -> list[str]:
    """*word* in pieces that have room."""
    pieces: list[str] = []
    while width(word, size, bold=bold) > room:
        end = 1
        while end < len(word) and width(word[: end + 1] + "-", size, bold=bold) <= room:
            end += 1
        while end < len(word) and unicodedata.category(word[end]) in ("Mn", "Me", "Cf"):
            end += 1  # an accent stays with its letter
        if end == len(word):
            break
        if len(word) - end < 3 < end - 3:
            end -= 3  # no letter is left alone
        pieces.append(word[:end] + ("-" if word[end - 1].isalnum() else ""))
        word = word[end:]
    return [*pieces, word]
