"""Public versions of an improvement: each that the public has read, at its own address, with what it changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from litestar import Response
from litestar.params import FromPath
from litestar.response import Redirect
from msgspec.structs import replace

from lanzarote.errors import NotFound
from lanzarote.improvements import deciding, documents, forwarding, reading, service
from lanzarote.improvements.decision_reading import tell_decision
from lanzarote.improvements.improvement_kind import IMPROVEMENTS
from lanzarote.improvements.pages import withdrawn
from lanzarote.kinds.fields import Option
from lanzarote.kinds.versions import differences
from lanzarote.practices.service import by_keys
from lanzarote.records.records import Record, body_of, decode
from lanzarote.translation import N_
from lanzarote.types import Improvement
from lanzarote.web.asking import Asked, Lang, OurSite, Region, Slug
from lanzarote.web.routes import page

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.kinds.versions import Difference
    from lanzarote.web.site import View

NO_VERSION = N_("There is no such version at this address.")


@page("/{lang:str}/{region:str}/improvements/{slug:str}/versions")
def versions(request: Asked, lang: Lang, region: Region, slug: Slug, site: OurSite) -> Response[Any]:
    """The versions that the public has read."""
    view = site.view(request, lang, region)
    with view.instance.database.read(view.region_id) as session:
        if gone := service.withdrawn_at(session, slug):
            return withdrawn(view, gone)
        found = service.published_at(session, slug)
        lines = service.versions(session, found.id)
        [document] = documents.told(session, [found])
    if found.slug != slug:
        return Redirect(view.href("improvements", found.slug, "versions"), status_code=301)
    return view.render("improvements/versions.html", lines=lines, one=reading.tell(view, document))


@page("/{lang:str}/{region:str}/improvements/{slug:str}/versions/{number:int}")
def version(
    request: Asked, lang: Lang, region: Region, slug: Slug, number: FromPath[int], site: OurSite
) -> Response[Any]:
    """One version that the public has read, what was decided on it, and what it changed."""
    view = site.view(request, lang, region)
    with view.instance.database.read(view.region_id) as session:
        if gone := service.withdrawn_at(session, slug):
            return withdrawn(view, gone)
        now = service.published_at(session, slug)
        lines = {line.number: line for line in service.versions(session, now.id)}
        if number not in lines:
            raise NotFound(NO_VERSION)
        record = session.get_one(Record, (view.region_id, now.id))
        numbers = sorted(lines)
        earlier = numbers[numbers.index(number) - 1] if number > numbers[0] else 0
        said = _said(session, record, number)
        before = _said(session, record, earlier) if earlier else None
        on_it = (one for one in deciding.decisions(session, record) if _is_on(one.told(), number))
        row = next(on_it, None) or deciding.in_force(session, record)
        went = forwarding.all_of(session, [now.id]).get(now.id, ())
        then = replace(now, version=number, improvement=said, published_at=lines[number].at)
        [document] = documents.told(session, [then])
        decision = documents.decision_of(row.number, row.told(), went) if row else None
        meeting = row.told().meeting if row else ""
    # Also where the number was written as 01 or 1_0.
    if now.slug != slug or not request.url.path.endswith(f"/{number}"):
        return Redirect(view.href("improvements", now.slug, "versions", number), status_code=301)
    return view.render(
        "improvements/version.html",
        one=reading.tell(view, document),
        number=number,
        newest=now.version,
        earlier=earlier,
        changes=_changes(view, before, said) if before else (),
        canonical=view.absolute(view.href("improvements", now.slug)),
        decision=tell_decision(view, decision, meeting),
    )


def _said(session: Session, record: Record, number: int) -> Improvement:
    return decode(body_of(session, record, number), Improvement)


def _is_on(decided: Any, number: int) -> bool:
    """Whether the public reads a decision that was taken on this version."""
    return bool(decided.version == number and decided.outcome.verdict != "no-quorum")


def _changes(view: View, before: Improvement, after: Improvement) -> tuple[Difference, ...]:
    """What changed of what the public reads: neither findings nor what it does not read otherwise."""
    shapes = [shape for shape in IMPROVEMENTS.shapes if shape.name not in ("findings", "procedures", "practices")]
    [practices] = [shape for shape in IMPROVEMENTS.shapes if shape.name == "practices"]
    public = replace(practices, field=replace(practices.field, options=_practices))
    return differences(IMPROVEMENTS, view, before, after, [*shapes, public])


def _practices(view: View, chosen: Sequence[str]) -> Iterator[Option]:
    """Those of *chosen* that the public reads."""
    cards = by_keys(view.instance.database, view.region_id, sorted(chosen))
    there = {card.id: view.text(card.title, card.original)[0] for card in cards}
    yield from (Option(value=one, label=there.get(one, "")) for one in chosen)


handlers = (versions, version)
