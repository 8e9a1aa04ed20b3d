"""API resources of what a group says of its improvements, proposes for them, and does because of them."""

from __future__ import annotations

from lanzarote.improvements.actions_entry import ACTIONS
from lanzarote.improvements.actions_of_region import list_region_actions
from lanzarote.improvements.amendments_accepting import accept_amendment
from lanzarote.improvements.amendments_entry import AMENDMENTS
from lanzarote.improvements.comments_entry import COMMENTS
from lanzarote.kinds.entry_api import resources_of

handlers = (
    *resources_of(COMMENTS),
    *resources_of(AMENDMENTS),
    accept_amendment,
    *resources_of(ACTIONS),
    list_region_actions,
)
