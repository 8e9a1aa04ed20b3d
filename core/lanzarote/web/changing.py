"""How API resources that change something are declared: what they take, what they ask for first, what they answer.

A change is made for the owner of a token, once: whoever sends the same request with the same Idempotency-Key again is
answered the same. Whoever changes a record says in If-Match which state of it they read.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal, NoReturn, TypedDict

import msgspec
from litestar import Request, Response, route
from msgspec import Struct
from sqlalchemy.exc import IntegrityError, OperationalError

from lanzarote.errors import Conflict, LanzaroteError
from lanzarote.records.idempotency import Kept, Keyed
from lanzarote.records.records import now
from lanzarote.web.forms import read_json
from lanzarote.web.gate import from_a_program, instance_of, permitted, reader_of
from lanzarote.web.problems import KeyMissing, NotNamed, Stale
from lanzarote.web.problems import problem_of as refusal
from lanzarote.web.resources import ROOT, Answer, Asked, Resource, place_of, tag_of
from lanzarote.web.routes import CHANGES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.instance import Instance
    from lanzarote.records.permissions import Action, Actor
    from lanzarote.web.resources import Parameter

LARGEST: Final = 64 * 1024
"""Bytes of a body, where nothing else is said."""
LARGEST_TEXT: Final = 2 * 1024 * 1024
"""Of one that holds long texts in several languages; as much as the form may be."""
KEY: Final = r'^"?[!#-~]{1,128}"?$'
TAG: Final = r'"[!#-~]*"'
_TAGS: Final = re.compile(rf"\s*(W/)?({TAG})\s*(?:,|$)")
TRIES: Final = 3
DEADLOCK: Final = "40P01"
"""As PostgreSQL calls it."""

Method = Literal["POST", "PUT", "DELETE"]


class Nothing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An empty object: there is nothing to say but the address."""


class Signed(TypedDict):
    """Who does something, and when."""

    by: Actor
    at: datetime


class Sent(Asked, frozen=True, kw_only=True):
    """A change that somebody asks for; what they sent is given beside it."""

    tags: frozenset[str] | None = None
    """Entity tags in If-Match; None when it was not sent."""
    keyed: Keyed | None = None
    at: datetime

    @property
    def signed(self) -> Signed:
        """Who does it, and when, as services take it."""
        return {"by": self.actor, "at": self.at}

    def once(
        self, do: Callable[[Session], Answer], *, record_id: str = "", scope: Sequence[str] | None = None
    ) -> Answer:
        """Let *do* write and answer in one transaction, or repeat what the same request was answered before.

        *record_id*: the record it is about; *scope*: the regions it is written in, where it is not the address's.
        """
        regions = [self["region"]] if scope is None else scope

        def kept(session: Session) -> Kept:
            answer = do(session)
            return Kept(
                status=answer.status, headers=answer.headers, body=answer.body, record_id=answer.about or record_id
            )

        for left in reversed(range(TRIES)):
            try:
                if self.keyed:
                    return repeated(self.instance.answers.once(self.keyed, regions, kept))
                with self.instance.database.write(regions) as session:
                    return do(session)
            except (IntegrityError, OperationalError) as error:
                # Somebody else took the same address at this very moment, or each waited for the other.
                if isinstance(error, OperationalError) and getattr(error.orig, "sqlstate", "") != DEADLOCK:
                    raise
                if not left:
                    break
        raise Conflict("Somebody else is writing the same at this very moment. Send it again.")

    def require_whole(self, value: Any) -> None:
        """Raise Stale unless all of *value* is what was read."""
        self.require_match(tag_of(msgspec.json.encode(value)))

    def require_match(self, etag: str, version: int = 0) -> None:
        """Raise Stale unless what was read is what is there: *etag*, of *version*."""
        if self.tags is not None and etag not in self.tags:
            raise Stale(etag, version)


class Change(Resource, frozen=True, kw_only=True):
    """What an address of the API does when something is sent to it."""

    method: Method
    function: Callable[..., Answer]
    body: Any = Nothing
    """Type of what is sent; None for DELETE."""
    status: int = 200
    """Of the answer when it is done."""
    match: bool = False
    """If-Match has to say which state was read."""
    largest: int = LARGEST
    tagged: bool = True
    """Its answer has an ETag."""
    may_be_gone: bool = True
    """What it is about may have been erased."""

    def run(
        self, instance: Instance, actor: Actor, path: str, names: Mapping[str, str], headers: Any, raw: bytes
    ) -> Answer:
        """Check what was sent, and do it. Raises whatever forbids that."""
        asked = self.read(instance, path, names, b"")
        key = self._key(headers.get("idempotency-key"))
        condition: str | None = headers.get("if-match")
        parts = (self.method.encode(), path.encode(), (condition or "").encode(), raw)
        keyed = Keyed.of(actor.account_id, key, *parts) if key else None
        if keyed and (known := instance.answers.known(keyed)):
            return repeated(known)
        tags = read_tags(condition)
        if self.match and tags is None:
            raise NotNamed
        sent = Sent(
            instance=instance, path=path, names=asked.names, given={}, actor=actor, tags=tags, keyed=keyed, at=now()
        )
        body = () if self.body is None else (read_json(raw or b"{}", self.body),)
        return self.function(sent, *body)

    def _key(self, given: str | None) -> str:
        if given is None:
            if self.method == "POST":
                raise KeyMissing("missing")
            return ""
        if not re.fullmatch(KEY, given) or given.strip('"') == "":
            raise KeyMissing("unusable")
        return given.strip('"')


def change(
    method: Method,
    path: str,
    *,
    answers: Any,
    tag: str,
    may: Action | Literal["signed-in"],
    names: Iterable[Parameter] = (),
    **more: Any,
) -> Callable[[Callable[..., Answer]], Any]:
    """Declare a change: a function of what was asked and of what was sent, whose docstring describes it."""

    def declare(function: Callable[..., Answer]) -> Any:
        described = Change(
            method=method, path=path, function=function, answers=answers, tag=tag, may=may, names=tuple(names), **more
        )

        async def handle(request: Request[Any, Any, Any]) -> Response[bytes]:
            scope, instance = request.scope, instance_of(request)
            if request.url.query:
                described.read(instance, scope["path"], scope["path_params"], scope["query_string"])
            raw = await request.body()
            actor = reader_of(request).actor
            do = partial(described.run, instance, actor, scope["path"], scope["path_params"], request.headers, raw)
            try:
                answer = await CHANGES.run(do)
            except LanzaroteError as error:
                raise_refusal(instance, request, error)
            kind = "application/json" if answer.status != 204 else None
            return Response(answer.body, status_code=answer.status, headers=answer.headers, media_type=kind)

        return route(
            ROOT + place_of(path),
            http_method=method,
            include_in_schema=False,
            guards=[permitted, from_a_program],
            opt={"may": may, "resource": described, "bare": described.body is None},
            status_code=200,  # each answer says its own; for DELETE Litestar would let none have a body
            request_max_body_size=described.largest,
        )(handle)

    return declare


def raise_refusal(instance: Instance, request: Request[Any, Any, Any], error: LanzaroteError) -> NoReturn:
    """Raise *error* as programs and the people before them read it, in the language they ask for."""
    translations = instance.translations
    lang = translations.negotiate(request.headers.get("accept-language") or "en", translations.languages)
    raise refusal(error, translations.translator(lang)) from None


def repeated(kept: Kept) -> Answer:
    return Answer(kept.body, kept.headers, kept.status)


def made(value: Any, *, at: str, etag: str = "", about: str = "") -> Answer:
    """Answer that something new stands at the address *at*."""
    headers = {"location": at} | ({"etag": etag} if etag else {})
    return Answer(msgspec.json.encode(value), headers, 201, about)


def done(value: Any, *, etag: str = "", about: str = "") -> Answer:
    """Answer how it is now."""
    return Answer(msgspec.json.encode(value), {"etag": etag} if etag else {}, 200, about)


def done_whole(value: Any) -> Answer:
    """Answer how it is now, where that is all there is to read: it has the ETag that reading it has."""
    return done(value, etag=tag_of(msgspec.json.encode(value)))


NO_CONTENT: Final = Answer(status=204)


def read_tags(given: str | None) -> frozenset[str] | None:
    """Entity tags in If-Match, for the strong comparison; a star names no state, and is none.

    >>> sorted(read_tags('"1", W/"2", "3"'))
    ['"1"', '"3"']
    >>> read_tags("*") is None
    True
    """
    if given is None or given.strip() == "*":
        return None
    return frozenset(tag for weak, tag in _TAGS.findall(given) if not weak)
