"""Every key and every index of what belongs to a region begins with the region: so it can be spread over machines."""

from __future__ import annotations

from lanzarote import tables
from lanzarote.database import Regional

LEFT = {
    "assessment_by_account": "what somebody was asked to assess, in whichever region: a question about a person",
    "published_practice_pk": "row number in the one index of the search over all regions",
}
"""Indexes that serve a question about all regions, and the question. On several machines each would ask its own."""


def test_every_regional_key_and_index_begins_with_the_region() -> None:
    wrong = []
    for mapper in tables.Base.registry.mappers:
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
