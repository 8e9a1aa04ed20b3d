"""All pages of this room."""

from __future__ import annotations

from lanzarote.accounts import (
    factor_pages,
    link_pages,
    people_pages,
    profile_pages,
    provider_pages,
    roles_page,
    sign_in_pages,
    token_pages,
)

handlers = (
    *sign_in_pages.handlers,
    *provider_pages.handlers,
    *link_pages.handlers,
    *profile_pages.handlers,
    *factor_pages.handlers,
    *token_pages.handlers,
    *people_pages.handlers,
    *roles_page.handlers,
)
