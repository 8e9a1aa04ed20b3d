"""FastAPI, pydantic and the SQLAlchemy ORM over plain joins, as their tutorials write it: the common way to do this.

Run in an environment of its own, which has not lanzarote.
"""

import sys
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException, Query
from pydantic import BaseModel, ConfigDict
from sqlalchemy import JSON, ForeignKey, create_engine, event, func, select
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    mapped_column,
    relationship,
    selectinload,
    sessionmaker,
    undefer,
)

from benchmarks.listening import serve


class Base(DeclarativeBase):
    type_annotation_map = {dict: JSON, list: JSON}


class PracticeSector(Base):
    __tablename__ = "practice_sector"
    practice: Mapped[int] = mapped_column(ForeignKey("practice.pk"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    sector: Mapped[str]


class PracticeArticle(Base):
    __tablename__ = "practice_article"
    practice: Mapped[int] = mapped_column(ForeignKey("practice.pk"), primary_key=True)
    article: Mapped[int] = mapped_column(primary_key=True)


class Practice(Base):
    __tablename__ = "practice"
    pk: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str]
    region: Mapped[str]
    slug: Mapped[str]
    version: Mapped[int]
    updated_at: Mapped[str]
    original: Mapped[str]
    title: Mapped[dict]  # type: ignore[type-arg]
    summary: Mapped[dict]  # type: ignore[type-arg]
    sides: Mapped[list]  # type: ignore[type-arg]
    standing: Mapped[str]
    vouching: Mapped[str]
    strength: Mapped[str]
    running: Mapped[str]
    scope: Mapped[str]
    started: Mapped[str | None]
    ended: Mapped[str | None]
    target_groups: Mapped[list]  # type: ignore[type-arg]
    domains: Mapped[list]  # type: ignore[type-arg]
    convention: Mapped[list]  # type: ignore[type-arg]
    cost: Mapped[str | None]
    agreement: Mapped[str] = mapped_column(deferred=True)
    text: Mapped[dict] = mapped_column(deferred=True)  # type: ignore[type-arg]
    partners: Mapped[list] = mapped_column(deferred=True)  # type: ignore[type-arg]
    legal_basis: Mapped[list] = mapped_column(deferred=True)  # type: ignore[type-arg]
    evidence: Mapped[list] = mapped_column(deferred=True)  # type: ignore[type-arg]
    related: Mapped[list] = mapped_column(deferred=True)  # type: ignore[type-arg]
    sources: Mapped[list] = mapped_column(deferred=True)  # type: ignore[type-arg]
    verified: Mapped[bool] = mapped_column(deferred=True)
    sector_rows: Mapped[list[PracticeSector]] = relationship(order_by=PracticeSector.position)

    @property
    def sectors(self) -> list[str]:
        return [row.sector for row in self.sector_rows]


REST = (
    Practice.agreement,
    Practice.text,
    Practice.partners,
    Practice.legal_basis,
    Practice.evidence,
    Practice.related,
    Practice.sources,
    Practice.verified,
)


class Card(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: str
    region: str
    slug: str
    version: int
    updated_at: datetime
    original: str
    title: dict[str, str]
    summary: dict[str, str]
    sectors: list[str]
    sides: list[str]
    standing: str
    vouching: str
    strength: str
    running: str
    scope: str
    started: str | None
    ended: str | None
    target_groups: list[str]
    domains: list[str]
    convention: list[str]
    cost: str | None


class Document(Card):
    agreement: str
    text: dict[str, dict[str, str]]
    partners: list[dict[str, Any]]
    legal_basis: list[str]
    evidence: list[dict[str, Any]]
    related: list[str]
    sources: list[str]
    verified: bool


class Listed(BaseModel):
    items: list[Card]
    total: int


engine = create_engine(f"sqlite:///{sys.argv[1]}", pool_size=40, connect_args={"check_same_thread": False})
make = sessionmaker(engine)


@event.listens_for(engine, "connect")
def settings(connection: Any, _: object) -> None:
    """Those of ours that matter to a reader."""
    for pragma in ("cache_size=-8192", "mmap_size=2147418112", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}")


def session() -> Any:
    with make() as opened:
        yield opened


Opened = Annotated[Session, Depends(session)]
app = FastAPI(openapi_url=None)


@app.get("/regions/{region}/practices")
def practices(
    region: str,
    opened: Opened,
    sector: Annotated[list[str], Query()],
    article: int,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> Listed:
    chosen = (
        select(Practice)
        .join(PracticeSector, PracticeSector.practice == Practice.pk)
        .join(PracticeArticle, PracticeArticle.practice == Practice.pk)
        .where(Practice.region == region, PracticeSector.sector.in_(sector), PracticeArticle.article == article)
        .distinct()
    )
    total = opened.scalar(select(func.count()).select_from(chosen.with_only_columns(Practice.pk).subquery())) or 0
    page = chosen.order_by(Practice.updated_at.desc(), Practice.pk).limit(limit)
    found = opened.scalars(page.options(selectinload(Practice.sector_rows))).all()
    return Listed(items=[Card.model_validate(one) for one in found], total=total)


@app.get("/regions/{region}/practices/{slug}")
def practice(region: str, slug: str, opened: Opened) -> Document:
    one = opened.scalars(
        select(Practice)
        .where(Practice.region == region, Practice.slug == slug)
        .options(selectinload(Practice.sector_rows), *(undefer(column) for column in REST))
    ).first()
    if one is None:
        raise HTTPException(404)
    return Document.model_validate(one)


if __name__ == "__main__":
    serve(app)
