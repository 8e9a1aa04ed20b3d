"""What a link dials: one telephone number, or there is no link."""

from __future__ import annotations

import pytest
from lanzarote.facts.helplines import dialled
from lanzarote.stakeholders.addresses import href_of


@pytest.mark.parametrize(
    ("number", "link"),
    [
        ("119", "tel:119"),
        ("116\u202f000", "tel:116000"),
        ("01.44-00 (00) 00", "tel:0144000000"),
        ("0800/111 0 111", "tel:08001110111"),
        ("+386 1 234 56 78", "tel:+38612345678"),
        ("*111#", "tel:*111%23"),
    ],
)
def test_a_number_is_dialled_however_it_is_written(number: str, link: str) -> None:
    assert dialled(number) == link


@pytest.mark.parametrize("number", ["+386 (0)1 234 56 78", "+386 (0) 1 234 56 78", "+386 [0]1 234 56 78"])
def test_the_nought_of_calls_inside_a_country_is_not_dialled_behind_its_code(number: str) -> None:
    assert dialled(number) == "tel:+38612345678"
    assert href_of("+386 (0)1 234 56 78") == "tel:+38612345678"


def test_no_link_is_made_of_two_numbers_of_a_contact() -> None:
    assert href_of("01 44 00 00 00") == "tel:0144000000"
    assert href_of("116 111/112") == ""


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "1",
        "+",
        "#",
        "javascript:alert(1)",
        "116 111 ali 112",
        "116 111, 112",
        "116 111 / 112",
        "+386 1 234 / +386 1 235",
        "0800 11 / 0800 12",
        "pokličite nas",
        "1234567890123456",
        "12+34",
        "١١٢",
        "112\n113",
    ],
)
def test_no_link_is_made_of_what_is_not_one_number(text: str) -> None:
    assert dialled(text) == ""
