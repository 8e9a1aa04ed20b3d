"""What programs ask a site for before they read it: robots.txt, the browser's icon, whom to tell of a weakness."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from litestar import MediaType, Request, Response
from litestar.di import NamedDependency
from litestar.response import Redirect

from lanzarote.errors import NotFound
from lanzarote.web.routes import page
from lanzarote.web.site import Site, absolute

ROBOTS = """User-agent: *
Disallow: {path}/*/account/
Disallow: {path}/*/correct
Disallow: {path}/*/shortlist
Disallow: {path}/*/compendium
Disallow: {path}/*/downloads/
Disallow: {path}/*?*format=
Allow: {path}/

Sitemap: {sitemap}
"""
_KNOWN_FOR = timedelta(days=180)


@page("/robots.txt")
def robots(request: Request[Any, Any, Any], site: NamedDependency[Site]) -> Response[str]:
    sitemap = absolute(site.instance, request, "/sitemap.xml")
    text = ROBOTS.format(path=site.instance.settings.base_path, sitemap=sitemap)
    return Response(text, media_type=MediaType.TEXT)


@page("/favicon.ico")
def favicon(site: NamedDependency[Site]) -> Redirect:
    """For programs that read no page; browsers follow the page's own link."""
    return Redirect(site.look.icon_href, status_code=302, headers={"Cache-Control": "public, max-age=86400"})


@page("/.well-known/security.txt")
def security(request: Request[Any, Any, Any], site: NamedDependency[Site]) -> Response[str]:
    """RFC 9116; there is none when nobody is named."""
    contact = site.instance.settings.contact
    if not contact:
        raise NotFound
    lines = [
        f"Contact: {contact if contact.startswith(('https://', 'mailto:', 'tel:')) else f'mailto:{contact}'}",
        f"Expires: {_expiry(datetime.now(UTC)).isoformat().replace('+00:00', 'Z')}",
        f"Preferred-Languages: {', '.join(site.languages)}",
    ]
    canonical = absolute(site.instance, request, "/.well-known/security.txt")
    if canonical.startswith("https://"):  # no other address is allowed in the file
        lines.append(f"Canonical: {canonical}")
    return Response("\n".join(lines) + "\n", media_type=MediaType.TEXT)


def _expiry(now: datetime) -> datetime:
    """The same all day, so that the answer may be kept."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0) + _KNOWN_FOR


@page("/security.txt")
def security_elsewhere() -> Redirect:
    return Redirect("/.well-known/security.txt", status_code=301)


handlers = (robots, favicon, security, security_elsewhere)
