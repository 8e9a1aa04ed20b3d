"""Sectors × sectors: a count of what the published practices name together."""

from __future__ import annotations

from lanzarote.practices.documents import taking_part
from lanzarote.territory.references import pairs, table
from lanzarote.types import Partner
from lanzarote.web.pictures import Link

MASKS = {"courts": 0b0111, "police": 0b0110, "health": 0b1100, "observation": 0}


def test_a_pair_is_counted_once_for_each_practice_that_names_both() -> None:
    assert pairs(MASKS) == (
        Link(a="courts", b="police", count=2),
        Link(a="courts", b="health", count=1),
        Link(a="police", b="health", count=1),
    )


def test_a_sector_that_no_practice_names_has_no_pair() -> None:
    assert [pair for pair in pairs(MASKS) if "observation" in (pair.a, pair.b)] == []


def test_the_table_says_the_same_on_both_sides_of_its_diagonal() -> None:
    counts = [list(row) for row in table(MASKS).values()]
    assert counts == [list(column) for column in zip(*counts, strict=True)]
    assert [row[place] for place, row in enumerate(counts)] == [3, 2, 2, 0]


def test_the_table_holds_every_pair() -> None:
    rows = {sector: dict(zip(MASKS, counts, strict=True)) for sector, counts in table(MASKS).items()}
    assert {(pair.a, pair.b): pair.count for pair in pairs(MASKS)} == {
        (a, b): n for a in MASKS for b, n in rows[a].items() if n and list(MASKS).index(a) < list(MASKS).index(b)
    }


def test_no_sectors_make_an_empty_table() -> None:
    assert (pairs({}), table({})) == ((), {})


def test_a_partner_counts_for_the_sectors_it_works_in_and_one_without_a_name_for_its_own() -> None:
    partners = (Partner(organisation="hospital"), Partner(sector="courts", side="public"), Partner(organisation="gone"))
    assert taking_part(partners, {"hospital": ("health", "forensic-medicine")}) == {
        "health",
        "forensic-medicine",
        "courts",
    }
