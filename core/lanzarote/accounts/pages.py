"""All pages of this room."""

from __future__ import annotations

from lanzarote.accounts import sign_in_pages

handlers = (*sign_in_pages.handlers,)
