"""Pages and resources of what the group says about an improvement, and does because of it."""

from __future__ import annotations

from lanzarote.improvements import actions_of_region
from lanzarote.improvements.actions_entry import ACTIONS
from lanzarote.improvements.amendments_accepting import accept, accept_amendment, accepting
from lanzarote.improvements.amendments_entry import AMENDMENTS
from lanzarote.improvements.comments_entry import COMMENTS
from lanzarote.kinds.entry_api import resources_of
from lanzarote.kinds.entry_pages import handlers_of

handlers = (
    *handlers_of(COMMENTS),
    *handlers_of(AMENDMENTS),
    accepting,
    accept,
    *handlers_of(ACTIONS),
    *actions_of_region.handlers,
    *resources_of(COMMENTS),
    *resources_of(AMENDMENTS),
    accept_amendment,
    *resources_of(ACTIONS),
    actions_of_region.list_region_actions,
)
