"""Pages that belong to no room."""

from __future__ import annotations

from lanzarote.web import crawlers, help_pages, notices, oembed, package_pages, reuse_pages

handlers = (
    *help_pages.handlers,
    *notices.handlers,
    *package_pages.handlers,
    *crawlers.handlers,
    *oembed.handlers,
    *reuse_pages.handlers,
)
