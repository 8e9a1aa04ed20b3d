"""What the API resources of comments, amendments and actions share: the improvement they are about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lanzarote.improvements.actions_entry import ACTIONS, list_region_actions
from lanzarote.improvements.comments_entry import COMMENTS
from lanzarote.improvements.model import IMPROVEMENT
from lanzarote.improvements.talk_forms import IMPROVEMENTS
from lanzarote.kinds.entry_api import resources_of
from lanzarote.web.working_records import Why, id_of, refuse_disclosure, working

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lanzarote.records.records import Record
    from lanzarote.web.changing import Sent
    from lanzarote.web.resources import Asked

THIS: Final = id_of(IMPROVEMENT)
ONE: Final = "/regions/{region}/team/improvements/{improvement}"


def improvement(asked: Asked, session: Session) -> Record:
    """The improvement that the address names, if the token may know of it. Raises NotFound, Gone."""
    return working(asked, session, IMPROVEMENTS)


def look_first(sent: Sent, *texts: str) -> None:
    """Raise NotFound, Gone where there is no such improvement; Disclosed where *texts* tell of a child in danger."""
    with sent.instance.database.read(sent["region"]) as session:
        improvement(sent, session)
    refuse_disclosure(sent.vocabulary, *texts)


def why(given: tuple[Why, ...]) -> dict[tuple[str, str], str]:
    return {(one.field, one.code): one.reason for one in given}


def language_of(sent: Sent, given: str) -> str:
    """The language that was named, or the region's first."""
    return given or sent.vocabulary.header.languages[0]


handlers = (*resources_of(COMMENTS), *resources_of(ACTIONS), list_region_actions)
