"""Every key and every index of what belongs to a region begins with the region: so it can be spread over machines."""

from __future__ import annotations

from pathlib import Path

from lanzarote.operations import all_tables
from lanzarote.store.database import Regional
from sqlalchemy import create_engine, inspect

DECISION = Path(__file__).parents[3] / "docs/decisions/0026-growing.md"

LEFT = {
    "assessment_by_account": "what somebody was asked to assess, in whichever region: a question about a person",
    "search_item_pk": "row number in the one index of the search over all regions",
    "published_practice_pk": "row number in the one index of the search over all regions",
}
"""Indexes that serve a question about all regions, and the question. On several machines each would ask its own."""

OF_ALL = {
    "search_text": "the words of the search over all regions, which is one index",
    "travelled": "read by the region of the origin, written by those that adopt",
}
"""Tables that tell of regions, belong to none, and grow with each: the decision says what becomes of them."""
OF_PEOPLE = {
    "account_grant": "who may do what where",
    "account_group_role": "which role rests on which group of an institution",
    "api_token": "of an account, for one region or all",
    "calendar_address": "of an account",
    "follow": "of an account",
    "download": "files that somebody asked for, for some days",
    "opening": "what a region rests on, as the office says it: a row for each",
}
"""Tables that name a region and are small."""
NAMING = {"region", "region_id", "origin_region"}


def test_every_regional_key_and_index_begins_with_the_region() -> None:
    wrong = []
    for mapper in all_tables.Base.registry.mappers:
        if not issubclass(mapper.class_, Regional):
            continue
        table = mapper.local_table
        if next(iter(table.primary_key.columns)).name != "region_id":  # type: ignore[attr-defined]
            wrong.append(f"key of {table}")
        wrong += [
            str(index.name)
            for index in table.indexes  # type: ignore[attr-defined]
            if next(iter(index.columns)).name != "region_id"
        ]
    assert sorted(wrong) == sorted(LEFT)


def test_what_belongs_to_no_region_and_grows_with_them_is_told(pg_url: str) -> None:
    """As the tables are in the database: the search has one that no class stands for."""
    regional = {str(one.local_table) for one in all_tables.Base.registry.mappers if issubclass(one.class_, Regional)}
    engine = create_engine(pg_url)
    found = inspect(engine)
    naming = {name for name in found.get_table_names() if NAMING & {one["name"] for one in found.get_columns(name)}}
    engine.dispose()
    assert naming - regional == OF_ALL.keys() | OF_PEOPLE.keys()
    decision = DECISION.read_text(encoding="utf-8")
    assert [one for one in (*OF_ALL, "published_practice_pk") if f"`{one}`" not in decision] == []
