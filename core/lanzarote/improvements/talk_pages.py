"""Pages of what a group says of its improvements, proposes for them, and does because of them."""

from __future__ import annotations

from lanzarote.improvements.comments_entry import COMMENTS
from lanzarote.kinds.entry_pages import handlers_of

handlers = handlers_of(COMMENTS)
