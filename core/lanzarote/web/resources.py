"""How API resources are declared: address, parameters, what they answer. Their description is made from the same.

What a schema admits is accepted, what it does not is refused with a problem that says what to do.
"""

from __future__ import annotations

import re
from functools import cache
from hashlib import blake2b
from types import new_class
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar
from urllib.parse import quote, unquote_to_bytes, urlencode

import msgspec
from litestar import HttpMethod, Request, Response, route
from litestar.concurrency import sync_to_thread
from msgspec import Struct

from lanzarote.errors import LanzaroteError, NotFound
from lanzarote.records.permissions import VISITOR
from lanzarote.web.gate import freshly, instance_of, permitted, reader_of
from lanzarote.web.sharing import LONGEST_QUERY, OPT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from lanzarote.instance import Instance
    from lanzarote.records.permissions import Actor
    from lanzarote.regions.vocabulary import Vocabulary

ROOT = "/api/v1"
KEY = r"^[a-z0-9]+(-[a-z0-9]+)*$"
PLAIN = r"^[^\u0000-\u001f\u007f-\u009f]*$"
"""No control characters."""
MOST_VALUES = 20

T = TypeVar("T")
_encode = msgspec.json.Encoder().encode
_PLACE = re.compile(r"\{(\w+)\}")


class BadRequest(LanzaroteError):
    """A parameter cannot be used; the text names it and says what can."""


class Parameter(Struct, frozen=True, kw_only=True):
    """One parameter of an address or of its query."""

    name: str
    told: str
    pattern: str = PLAIN
    way: str = ""
    """What to do about a value that does not match."""
    longest: int = 64
    shortest: int = 1
    choices: tuple[str, ...] | Callable[[], tuple[str, ...]] = ()
    """A function for those that are not read before somebody asks."""
    known: Callable[[Instance, str | None], tuple[str, ...]] | None = None
    """What can be asked for by this here: in a region, or in all of them."""
    between: tuple[int, int] | None = None
    """A whole number from … to …."""
    default: int | None = None
    many: Literal["", "repeated", "commas"] = ""
    sample: Callable[[Instance, Mapping[str, str]], str | None] | None = None
    """A value that exists here, given those of the parameters before it; for the examples in the description."""

    def check(self, value: str) -> str:
        """Return *value*. Raises BadRequest."""
        if self.choices:
            if value not in (known := self._choices()):
                raise self._refused(value, f"it is one of: {', '.join(known)}")
        elif self.between is not None:
            low, high = self.between
            if not re.fullmatch(r"[1-9][0-9]{0,8}", value) or not low <= int(value) <= high:
                raise self._refused(value, f"it is a whole number from {low} to {high}")
        elif not re.search(self.pattern, value) or value.endswith("\n"):
            raise self._refused(value, self.way or f"it matches {self.pattern}")
        elif not self.shortest <= len(value) <= self.longest:
            raise BadRequest(f"{self.name}: it has {self.shortest} to {self.longest} characters.")
        return value

    def require_known(self, values: Iterable[str], instance: Instance, region_id: str | None) -> None:
        """Raise BadRequest for what no region here has; the text names what the region has. Raises NotFound."""
        if self.known is None:
            return
        for value in values:
            if value not in self.known(instance, None):
                offered = self.known(instance, region_id)
                way = f"it is one of: {', '.join(offered)}" if offered else "there is nothing here to choose by it"
                raise self._refused(value, way)

    def schema(self, instance: Instance | None = None) -> dict[str, Any]:
        one: dict[str, Any] = {"type": "string"}
        known = self.known(instance, None) if self.known is not None and instance is not None else None
        if self.choices or known:
            one["enum"] = list(known or self._choices())
        elif self.between is not None:
            one = {"type": "integer", "minimum": self.between[0], "maximum": self.between[1]}
        else:
            one |= {"pattern": self.pattern, "minLength": self.shortest, "maxLength": self.longest}
        if self.default is not None:
            one["default"] = self.default
        if known == ():
            return {"type": "array", "items": one, "maxItems": 0}
        return {"type": "array", "items": one, "minItems": 1, "maxItems": MOST_VALUES} if self.many else one

    def _choices(self) -> tuple[str, ...]:
        return self.choices() if callable(self.choices) else self.choices

    def _refused(self, value: str, way: str) -> BadRequest:
        shown = ascii(value if len(value) <= 40 else value[:40] + "…")
        return BadRequest(f"{self.name}: {shown} cannot be used; {way}.")


def cursor(pattern: str, longest: int) -> Parameter:
    """Where to go on in a list: whatever has this form is accepted, and leads at the latest to the list's end."""
    return Parameter(
        name="cursor",
        told="Where to go on, taken from `next` of the answer before; make none yourself.",
        pattern=pattern,
        way="take the whole address that `next` gave",
        longest=longest,
    )


CURSOR = cursor(r"^[0-9]{1,9}$", 9)
LIMIT = Parameter(name="limit", told="How many items to send at most.", between=(1, 100), default=50)
REGION = Parameter(
    name="region",
    told="Id of the region.",
    pattern=KEY,
    sample=lambda instance, _: next(iter(instance.headers()), None),
)


class Listed(Struct, Generic[T], frozen=True, kw_only=True):
    """A part of a list."""

    items: tuple[T, ...]
    total: int
    """How many there are in all parts together."""
    next: str | None
    """Address of the next part."""


@cache
def list_of(item: type[Struct]) -> type[Struct]:
    """The type of a part of a list, with nothing else in it: ``MeetingList`` of ``MeetingItem``."""
    name, how = f"{item.__name__.removesuffix('Item')}List", {"frozen": True, "kw_only": True}
    made: type[Struct] = new_class(name, (Listed[item],), how)  # type: ignore[valid-type]
    return made


class Answer(Struct, frozen=True):
    """What is sent: JSON, or where to look instead."""

    body: bytes = b""
    headers: dict[str, str] = {}
    status: int = 200
    about: str = ""
    """The record it is about, if it was not there before."""


class Asked(Struct, frozen=True, kw_only=True):
    """A request whose parameters have been checked."""

    instance: Instance
    actor: Actor = VISITOR
    """The owner of the token, for what is not public; the public reads the same with and without one."""
    path: str
    names: Mapping[str, str]
    """Parameters of the address."""
    given: Mapping[str, tuple[str, ...]]
    """Parameters of the query."""

    def __getitem__(self, name: str) -> str:
        return self.names[name]

    @property
    def vocabulary(self) -> Vocabulary:
        return self.instance.vocabulary(self["region"])

    def one(self, name: str, default: str | None = None) -> str | None:
        values = self.given.get(name)
        return values[0] if values else default

    def many(self, name: str) -> tuple[str, ...]:
        return self.given.get(name, ())

    @property
    def limit(self) -> int:
        return int(self.one("limit") or 50)

    def part(self, values: Sequence[Any], tell: Callable[[Sequence[Any]], Sequence[Any]] | None = None) -> Answer:
        """Answer with the part of *values* that was asked for; *tell* makes of it what is answered."""
        start = int(self.one("cursor") or 0)
        end = start + self.limit
        some = values[start:end]
        shown = [_encode(value) for value in (tell(some) if tell else some)]
        return self.listed(shown, len(values), str(end) if end < len(values) else None)

    def listed(self, items: Iterable[bytes], total: int, cursor: str | None, **more: Any) -> Answer:
        """Answer with *items*, which are JSON already; the rest of the list begins at *cursor*."""
        link = self.link(cursor) if cursor is not None else None
        parts = [b'{"items":[', b",".join(items), b'],"total":%d,"next":' % total, _encode(link)]
        for name, value in more.items():
            parts += [b',"', name.encode(), b'":', _encode(value)]
        parts.append(b"}")
        return Answer(b"".join(parts), {"link": f'<{link}>; rel="next"'} if link else {})

    def moved(self, *parts: str) -> Answer:
        """Answer that what was asked for now stands at another address."""
        where = "/".join((ROOT, *(quote(part, safe="") for part in parts)))
        return Answer(b"", {"location": where}, 301)

    def link(self, cursor: str) -> str:
        """Address of the part of the list that begins at *cursor*."""
        kept = [(name, value) for name, values in self.given.items() for value in values if name != "cursor"]
        return f"{self.instance.settings.base_path}{quote(self.path)}?{urlencode([*kept, ('cursor', cursor)])}"


class Taken(Struct, frozen=True, kw_only=True):
    """What an address takes that is no JSON, as the description tells of it; a route of its own takes it."""

    name: str
    """Of the function that takes it."""
    summary: str
    details: str
    takes: str
    """Media type of what is sent."""
    answers: Any
    """Type of what is answered."""
    statuses: tuple[int, ...]
    """How it may be refused."""


class Resource(Struct, frozen=True, kw_only=True):
    """What an address of the API answers; the description is made of these."""

    path: str
    function: Callable[[Asked], Answer]
    answers: Any
    """Type of what is sent."""
    names: tuple[Parameter, ...] = ()
    query: Mapping[str, Parameter] = {}
    bounded: bool = True
    """Reads no more than an index lets it: it need not leave the event loop on SQLite."""
    may_move: bool = False
    tag: str
    may: str = "public"
    """Who may ask, as for pages: see ``web/routes.py``."""
    fresh: bool = False
    """It tells what no public revision tells of: no read replica is asked."""
    there: Callable[[Instance], bool] | None = None
    """Whether an instance has it; only where it does, it is described. None: every instance."""
    takes: Taken | None = None
    """What can be sent there."""

    @property
    def summary(self) -> str:
        return (self.function.__doc__ or "").partition("\n")[0].rstrip(".")

    @property
    def details(self) -> str:
        return (self.function.__doc__ or "").partition("\n")[2].strip().replace("\n    ", "\n")

    def read(
        self, instance: Instance, path: str, names: Mapping[str, str], query: bytes, actor: Actor = VISITOR
    ) -> Asked:
        """Check a request. Raises NotFound, BadRequest."""
        for parameter in self.names:
            try:
                parameter.check(names[parameter.name])
            except BadRequest:
                raise NotFound(f"There is nothing at this address: no {parameter.name} is called so.") from None
        given = read_query(query, self.query) if query else {}
        for name, values in given.items():
            self.query[name].require_known(values, instance, names.get("region"))
        return Asked(instance=instance, actor=actor, path=path, names=names, given=given)

    def answer(self, asked: Asked) -> Answer:
        return self.function(asked)


def resource(
    path: str, *, answers: Any, tag: str, query: Iterable[Parameter] = (), names: Iterable[Parameter] = (), **more: Any
) -> Callable[[Callable[[Asked], Answer]], Any]:
    """Declare a resource: a function of what was asked, whose docstring describes it."""

    def declare(function: Callable[[Asked], Answer]) -> Any:
        described = Resource(
            path=path,
            function=function,
            answers=answers,
            names=tuple(names),
            query={parameter.name: parameter for parameter in query},
            tag=tag,
            **more,
        )

        async def handle(request: Request[Any, Any, Any]) -> Response[bytes]:
            scope = request.scope
            instance = instance_of(request)
            actor = VISITOR if described.may == "public" else reader_of(request).actor
            asked = described.read(instance, scope["path"], scope["path_params"], scope["query_string"], actor)
            if described.may != "public":
                return unless_known(request, await sync_to_thread(described.answer, asked))
            # A search looks at every hit, however many there are.
            if instance.database.sqlite and described.bounded and "q" not in asked.given:
                answer = described.answer(asked)
            else:
                answer = await sync_to_thread(described.answer, asked)
            return Response(
                answer.body, media_type="application/json", status_code=answer.status, headers=answer.headers
            )

        return route(
            ROOT + place_of(path),
            http_method=[HttpMethod.GET, HttpMethod.HEAD],
            include_in_schema=False,
            guards=[permitted, *([freshly] if described.fresh else [])],
            opt={"may": described.may, "resource": described, OPT: "always" if described.may == "public" else ""},
        )(handle)

    return declare


def place_of(path: str) -> str:
    """*path* as routes are written.

    >>> place_of("/regions/{region}/practices")
    '/regions/{region:str}/practices'
    """
    return _PLACE.sub(r"{\1:str}", path)


def unless_known(request: Request[Any, Any, Any], answer: Answer) -> Response[bytes]:
    """*answer* to the owner of a token, unless they have it already: no cache stands between that knows of either."""
    etag = answer.headers.get("etag") or tag_of(answer.body)
    known = [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]
    if answer.status == 200 and (etag in known or known == ["*"]):
        return Response(b"", status_code=304, headers={"etag": etag})
    headers = answer.headers | ({"etag": etag} if answer.status == 200 else {})
    return Response(answer.body, media_type="application/json", status_code=answer.status, headers=headers)


def tag_of(body: bytes) -> str:
    """The ETag of what is answered, unless it says another."""
    return f'"{blake2b(body, digest_size=12).hexdigest()}"'


def read_query(raw: bytes, known: Mapping[str, Parameter]) -> dict[str, tuple[str, ...]]:
    """Read a query string. Raises BadRequest that names what is unknown, repeated or unusable."""
    if len(raw) > LONGEST_QUERY:
        raise BadRequest(f"The query is longer than {LONGEST_QUERY} bytes; ask for less at once.")
    given: dict[str, tuple[str, ...]] = {}
    for piece in raw.split(b"&"):
        if not piece:
            continue
        name, _, value = (_unquoted(part) for part in piece.partition(b"="))
        parameter = known.get(name)
        if parameter is None:
            raise _unknown(name, known)
        values = value.split(",") if parameter.many == "commas" else (value,)
        before = given.get(name, ())
        if before and not parameter.many:
            raise BadRequest(f"{name}: it is given more than once; give it once.")
        if len(before) + len(values) > MOST_VALUES:
            raise BadRequest(f"{name}: it has more than {MOST_VALUES} values; ask for less at once.")
        given[name] = (*before, *map(parameter.check, values))
    return given


def _unquoted(piece: bytes) -> str:
    try:
        return unquote_to_bytes(piece.replace(b"+", b" ")).decode("utf-8")
    except UnicodeDecodeError:
        raise BadRequest("The query is not UTF-8; encode it as UTF-8 and then percent-encode it.") from None


def _unknown(name: str, known: Mapping[str, Parameter]) -> BadRequest:
    shown = ascii(name if len(name) <= 40 else name[:40] + "…")
    way = f"the parameters here are: {', '.join(known)}" if known else "this address takes none"
    return BadRequest(f"{shown} is no parameter of this address; {way}.")
