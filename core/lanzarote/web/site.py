"""What every page needs: language, region, addresses, templates. Controllers ask for a ``View`` and render with it."""

from __future__ import annotations

from functools import cache, cached_property, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import jinja2
from litestar import MediaType, Response
from msgspec import Struct

from lanzarote.errors import NotFound
from lanzarote.facts.helplines import dialled, european
from lanzarote.records.permissions import may_somewhere
from lanzarote.translation import Translations, language_name
from lanzarote.web.exports import OEMBED, OPT, is_embed, opening_beside, page_of
from lanzarote.web.forms import name_errors
from lanzarote.web.gate import reader_of
from lanzarote.web.labels import USUAL, Voice, licence_address
from lanzarote.web.limits import RateLimit
from lanzarote.web.routes import PRIVATE
from lanzarote.web.sharing import place
from lanzarote.web.static_files import Look, StaticFiles
from lanzarote.web.templating import bytecode, environment

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from litestar import Request

    from lanzarote.instance import Instance
    from lanzarote.records.permissions import Action, Actor
    from lanzarote.translation import Translator
    from lanzarote.types import Helpline, RegionHeader

START: tuple[str, ...] = ("start",)
"""Where a person's work begins."""


class Embed(Struct, frozen=True, kw_only=True):
    """How other sites show a piece of a page."""

    oembed_href: str
    """Absolute: where programs are told."""
    told_href: str
    """Where people are told what to copy."""


class Site:
    """The public site of one instance: its templates in every language, its static files."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self._environments: dict[tuple[str, str], tuple[Translator, jinja2.Environment]] = {}
        self.look = Look(instance.settings, _static_files())
        self.static_files = self.look.files
        self.public_posts = RateLimit()
        """Of what is sent to public forms, taken or refused."""
        self.pieces: dict[str, Callable[..., Any]] = {}
        """What rooms above give to pages below them: name → a function of the page and of what it shows."""

    @property
    def languages(self) -> tuple[str, ...]:
        """Languages of pages that belong to no region: those of the packages' catalogues and of every region here.

        Words in the folder of a region that is installed, and not served, are offered to nobody.
        """

        def read() -> tuple[str, ...]:
            regions = (code for header in self.instance.headers().values() for code in header.languages)
            return tuple(dict.fromkeys((*Translations(self.instance.host.catalogues).languages, *regions)))

        return self.instance.kept("site-languages", None, read)

    @property
    def drafts(self) -> frozenset[str]:
        """Languages that regions alone bring, and that await a native reader in each of them."""

        def read() -> frozenset[str]:
            headers = self.instance.headers().values()
            others = {code for header in headers for code in header.languages if code not in header.draft}
            known = {*Translations(self.instance.host.catalogues).languages, *others}
            return frozenset(code for header in headers for code in header.draft if code not in known)

        return self.instance.kept("site-drafts", None, read)

    @property
    def only_region(self) -> RegionHeader | None:
        """The region of an instance that serves one."""
        headers = tuple(self.instance.headers().values())
        return headers[0] if len(headers) == 1 else None

    def environment(self, lang: str, region_id: str = "") -> jinja2.Environment:
        """Templates in *lang* as the region says them, compiled on first use; anew when there are further words."""
        words = self.instance.translations.translator(lang, region_id)
        known = self._environments.get((lang, region_id))
        if known is None or known[0] is not words:
            known = self._environments[lang, region_id] = words, _templates(lang, words)
        return known[1]

    @cached_property
    def platform_words(self) -> Translations:
        """The words of the packages' catalogues, which are read without a database."""
        return Translations(self.instance.host.catalogues)

    def environment_without_database(self, lang: str) -> jinja2.Environment:
        """Templates in *lang*, without the words that the regions' own folders bring."""
        return _templates(lang, self.platform_words.translator(lang))

    def view(self, request: Request[Any, Any, Any], lang: str, region_id: str | None = None) -> View:
        """The page that is asked for. Raises NotFound for a language or region that is not served."""
        header = self.instance.header(region_id) if region_id else None
        offered = header.languages if header else self.languages
        if lang not in offered:
            raise NotFound(f"This page is not written in this language; it is there in: {', '.join(offered)}.")
        return View(self, request, lang, header)

    def negotiate(self, request: Request[Any, Any, Any], offered: Sequence[str]) -> str:
        return self.instance.translations.negotiate(request.headers.get("accept-language"), offered)


class View(Voice):
    """One page for one reader."""

    def __init__(self, site: Site, request: Request[Any, Any, Any], lang: str, region: RegionHeader | None) -> None:
        super().__init__(site.instance, lang, region)
        self.site = site
        self.request = request
        self.reader = reader_of(request)
        self.known: dict[str, Any] = {}
        """What rooms above have found out for this page, and need again for its head."""
        only = None if region else site.only_region
        self.frame = only if only and lang in only.languages else region
        """The region that head and foot of the page lead around in: the page's, or the only one there is."""

    @property
    def look(self) -> Look:
        return self.site.look

    @property
    def actor(self) -> Actor:
        """Who reads the page."""
        return self.reader.actor

    def may(self, action: Action) -> bool:
        """Whether the reader may give *action* to something in this region: for links and buttons, not for doing it."""
        return self.region is not None and not self.origin and may_somewhere(self.actor, action, self.region.id)

    @property
    def draft(self) -> bool:
        """A native reader has still to go through the words of this page: the platform's, or the region's labels."""
        drafts = self.region.draft if self.region else self.site.drafts
        return self.translator.draft or self.lang in drafts

    def piece(self, name: str, *about: Any) -> Any:
        """What a room above gives to this page; None where no such room is there."""
        give = self.site.pieces.get(name)
        return give(self, *about) if give else None

    def tongues(self, *more: str) -> list[tuple[str, str]]:
        """Languages to write in, with their names: those of the region and *more*; the reader's own first."""
        codes = sorted(dict.fromkeys((*self.vocabulary.header.languages, *more)), key=lambda code: code != self.lang)
        return [(code, language_name(code, self.lang)) for code in codes]

    # Addresses

    @property
    def start_href(self) -> str:
        return self.instance_href(*START)

    def absolute(self, href: str) -> str:
        """*href* as the public reaches it from elsewhere."""
        return absolute(self.instance, self.request, href)

    def placed(self, href: str) -> str:
        """*href* as it is on the host, for what is no attribute of a page."""
        return self.instance.settings.base_path + href

    @property
    def sign_in_href(self) -> str:
        """Where a visitor signs in, to come back to this page; from a start page they come to their own work."""
        here = self.path if not self.request.url.query else f"{self.path}?{self.request.url.query}"
        starts = (self.instance_href(), self.region_href(self.frame) if self.frame else "")
        back = self.path not in starts and not self.path.startswith(self.instance_href("account"))
        return self.instance_href("account", "sign-in", query={"next": here} if back else None)

    @property
    def licence(self) -> str:
        """SPDX identifier of the licence that the page is published under."""
        return self.region.licence if self.region else USUAL

    @property
    def licence_href(self) -> str:
        return licence_address(self.licence)

    # Answers

    def context(self) -> dict[str, Any]:
        """What layout.html relies on."""
        frame, alternates = self.frame, self.alternates()
        return {
            "view": self,
            "region": frame,
            "team_bar": self.piece("team_bar"),
            "sign_in_href": self.sign_in_href,
            "nav": self.navigation(),
            "languages": alternates,
            "helplines": self.helplines(),
            "help_href": self.region_href(frame, "help") if frame else self.instance_href("help"),
            "home_href": self.region_href(frame) if frame else self.instance_href(),
            "footer": self.footer(),
            "canonical": next((one["url"] for one in alternates if one["current"]), None),
            "alternates": alternates,
            "locale": share_locale(self.lang),
            "feeds": self.feeds(),
            "og_image": self.absolute(self.look.share_href) if self.look.share_href else None,
        }

    def render(self, template: str, *, status: int = 200, **values: Any) -> Response[str]:
        """Answer with a page."""
        environment = self.site.environment(self.lang, self.region.id if self.region else "")
        known = self.context() | ({"embed": self.embed} if status == 200 else {}) | values
        body = environment.get_template(template).render(known)
        body = name_errors(body, self.translator)
        if self.embedded:
            body = opening_beside(body)
        body = place(body, self.instance.settings.base_path)
        headers = {"Content-Language": self.lang}
        if self.actor.signed_in:
            headers |= PRIVATE  # there is a form on it: for signing out
        return Response(body, media_type=MediaType.HTML, status_code=status, headers=headers)

    def navigation(self) -> list[dict[str, Any]]:
        _ = self._
        convention = (self.instance_href("convention"), _("The Convention"))
        frame = self.frame
        if frame is None:
            labels = [
                (self.instance_href("practices"), _("Practices")),
                convention,
                (self.instance_href("context"), _("Context")),
            ]
            if self.instance.settings.office:
                labels.append((self.instance_href("office"), _("All regions together")))
        else:
            labels = [
                (self.region_href(frame, "practices"), _("Practices")),
                (self.region_href(frame, "procedures"), _("Procedures")),
                (self.region_href(frame, "sectors"), _("Sectors")),
                (self.region_href(frame, "organisations"), _("Organisations")),
                (self.region_href(frame, "law"), _("Law")),
                convention,
                (self.region_href(frame, "coverage"), _("Coverage")),
                (self.region_href(frame, "improvements"), self.translator.pgettext("menu", "Improvements")),
                (self.region_href(frame, "group"), _("The group")),
            ]
        here = self.path
        return [
            {"href": href, "label": label, "current": here == href or here.startswith(href + "/")}
            for href, label in labels
        ]

    @cached_property
    def path(self) -> str:
        """This page's address without query, as it is written in a link."""
        return quote(page_of(self.request.url.path).rstrip("/"), safe="/") or "/"

    @property
    def embedded(self) -> bool:
        """Only a piece of the page is shown, in a frame of another site."""
        return is_embed(self.request.url.path)

    @property
    def layout(self) -> str:
        """The template around the page."""
        return "embed.html" if self.embedded else "layout.html"

    @property
    def embed(self) -> Embed | None:
        """How other sites show a piece of this page; None: not at all."""
        handler = self.request.scope.get("route_handler")
        if handler is None or not handler.opt.get(OPT):
            return None
        here = self.path + (f"?{self.request.url.query}" if self.request.url.query else "")
        return Embed(
            oembed_href=self.absolute(f"{OEMBED}?{urlencode({'url': self.absolute(here), 'format': 'json'})}"),
            told_href=self.instance_href("api", query={"page": here}) + "#on-your-site",
        )

    def alternates(self) -> list[dict[str, Any]]:
        """The same page in every language it is offered in."""
        frame = self.frame.languages if self.frame else ()
        # In the same order on every page, whether it belongs to the region or not.
        offered = self.region.languages if self.region else tuple(dict.fromkeys((*frame, *self.site.languages)))
        rest = "".join(f"/{part}" for part in self.path.split("/")[2:])
        query = f"?{self.request.url.query}" if self.request.url.query else ""
        return [
            {
                "code": code,
                "name": language_name(code, code),
                "href": f"/{code}{rest}{query}",
                "url": self.absolute(f"/{code}{rest}"),
                "current": code == self.lang,
            }
            for code in offered
        ]

    def helplines(self) -> list[dict[str, Any]]:
        """The lines of the strip on every page: the region's, or those that hold in many countries of Europe."""
        if self.frame is None:
            return self._strip([line for line in european().lines.values() if line.prominent])
        vocabulary = self.instance.vocabulary(self.frame.id)
        today = self.instance.today(self.frame.id)
        prominent = [
            line
            for key, line in vocabulary.helplines.items()
            if line.prominent and dialled(line.number or "") and not vocabulary.is_retired("helpline", key, today)
        ]
        return self._strip([line for line in prominent if speaks(line, self.lang)] or prominent)

    def _strip(self, lines: list[Helpline]) -> list[dict[str, Any]]:
        return [
            {
                "number": line.number,
                "tel": dialled(line.number or "", text_messages=line.text_messages),
                "text_messages": line.text_messages,
                "text": self.say(line.strip or line.name),
                "name": self.say(line.name),
                "verified": line.verified,
            }
            for line in lines
        ]

    def feeds(self) -> list[dict[str, str]]:
        """What a feed reader finds when it is given this page."""
        _ = self._
        if self.frame is None:
            return [{"title": _("New practices, all regions"), "href": self.instance_href("practices.atom")}]
        title = _("New practices: %(region)s") % {"region": self.say(self.frame.name)}
        return [{"title": title, "href": self.region_href(self.frame, "practices.atom")}]

    def footer(self) -> list[dict[str, Any]]:
        _ = self._
        about = [
            (self.instance_href(), _("About the platform")),
            *([(self.instance_href("office"), _("All regions together"))] if self.instance.settings.office else []),
            (self.instance_href("legal"), _("Legal notice")),
            (self.instance_href("privacy"), _("Privacy")),
            (self.instance_href("accessibility"), _("Accessibility")),
        ]
        data = [
            (self.instance_href("api"), _("Use this data")),
            (self.instance_href("plugins"), _("Installed packages")),
        ]
        if self.frame:
            data.insert(0, (self.region_href(self.frame, "feeds"), _("Subscribe")))
            data.insert(1, (self.region_href(self.frame, "sources"), _("Sources")))
            about.insert(1, (self.region_href(self.frame, "correct"), _("Correct or reply")))
        context = [
            (self.instance_href("convention"), _("The Convention")),
            (self.instance_href("context"), _("Context")),
        ]
        groups = ((_("About"), about), (_("Background"), context), (_("Data"), data))
        return [
            {"title": title, "links": [{"href": href, "label": label} for href, label in links]}
            for title, links in groups
        ]


def absolute(instance: Instance, request: Request[Any, Any, Any], href: str) -> str:
    """*href* as the public reaches it from elsewhere."""
    return (instance.settings.base_url or str(request.base_url).rstrip("/")) + href


def speaks(line: Helpline, lang: str) -> bool:
    """Whether somebody who reads *lang* is understood there, as far as the line tells."""
    return not line.languages or lang in line.languages


@cache
def share_locale(lang: str) -> str:
    """*lang* with the country that goes without saying, as social networks write it.

    >>> share_locale("fr"), share_locale("uk"), share_locale("en")
    ('fr_FR', 'uk_UA', 'en_GB')
    """
    from babel.core import get_global

    language, *tags = lang.split("-")
    if lang == "en":
        return "en_GB"  # the spelling of these pages, as of the Council of Europe's
    country = next((tag for tag in tags if len(tag) == 2), "")
    if not country:
        likely: str = get_global("likely_subtags").get("_".join((language, *tags)), "")
        country = likely.rpartition("_")[2]
    return f"{language}_{country}" if len(country) == 2 else language


@lru_cache(maxsize=32)
def _templates(lang: str, translator: Translator) -> jinja2.Environment:
    """The same for every instance of this process that says it in the same words."""
    kept = bytecode(f"{lang} {translator.digest}")
    return environment(lang, translator, _loader(), bytecode=kept, static=_static_files().address)


@cache
def _loader() -> jinja2.BaseLoader:
    """Templates of rooms are found as ``room/name.html``, the shared ones without a room."""
    shared = jinja2.PackageLoader("lanzarote.web", "templates")
    rooms = sorted(one.name for one in files("lanzarote").iterdir() if (one / "templates").is_dir())
    loaders = {room: jinja2.PackageLoader(f"lanzarote.{room}", "templates") for room in rooms}
    return jinja2.ChoiceLoader([shared, jinja2.PrefixLoader(loaders)])


@cache
def _static_files() -> StaticFiles:
    return StaticFiles()
