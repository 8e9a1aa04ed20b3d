"""What is found of a region beside its practices, one row each, under numbers that no practice has."""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct
from sqlalchemy import BigInteger, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from lanzarote.store.database import Base, Regional

Kind = Literal[
    "practice",
    "procedure",
    "improvement",
    "organisation",
    "provision",
    "article",
    "age",
    "helpline",
    "sector",
    "context",
]
PRACTICE: Final = "practice"
OF_ALL: Final[tuple[Kind, ...]] = ("article", "context")
"""Kinds that belong to no region."""
FIRST: Final = 1 << 36
"""Rows of this table have numbers from here on in the index; practices have smaller ones."""


class Item(Regional, Base):
    """One thing to be found."""

    __tablename__ = "search_item"
    __table_args__ = (Index("search_item_pk", "pk", unique=True),)

    kind: Mapped[str] = mapped_column(primary_key=True)
    item: Mapped[str] = mapped_column(primary_key=True)
    """Id of a record, key of an entry of the vocabulary."""
    pk: Mapped[int] = mapped_column(BigInteger)
    ordered: Mapped[int] = mapped_column(BigInteger)
    """The smaller, the earlier among equals."""
    card: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[str]
    """Of all that it is found by."""


class Card(Struct, frozen=True, kw_only=True):
    """What a list shows of it."""

    path: str
    """Of its page, below its region or, where it belongs to none, below the language."""
    title: dict[str, str]
    summary: dict[str, str] = {}
    original: str = ""
