"""Organisations that something names, and that the directory no longer lists: forms and pages lose none of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lanzarote.translation import N_

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lanzarote.stakeholders.model import Stakeholder
    from lanzarote.types import Text
    from lanzarote.web.site import View

UNLISTED: Final = N_("An organisation that is no longer in the directory")


def unlisted(view: View, chosen: Iterable[str]) -> dict[str, str]:
    """Those of *chosen*, keys and ids of organisations, that the directory does not list → what they are called."""
    listed = {name for one in view.directory for name in one.names}
    return {key: view._(UNLISTED) for key in chosen if key and key not in listed}


def name_of(view: View, known: Stakeholder | None) -> Text:
    """The name of an organisation, or the words for one that is not listed."""
    return known.organisation.name if known else {view.lang: view._(UNLISTED)}
