"""How results go over the net: two requests, no redirects, and answers of a bounded length within a bounded time.

Whoever names an address reads what came of it: nothing that another machine says is told on, unless an office says it.
"""

from __future__ import annotations

import socket
import ssl
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import msgspec
from msgspec import Struct

from lanzarote.errors import LanzaroteError
from lanzarote.results.addresses import connected
from lanzarote.results.batches import Malformed, NewerFormat, Seq
from lanzarote.results.exchange import Deadline, Line, Patience
from lanzarote.results.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from http.client import HTTPResponse

    from lanzarote.results.addresses import Place

MEDIA_TYPE: Final = "application/vnd.lanzarote.results"
PLACE: Final = "/api/v1/results/"
LONGEST_ANSWER: Final = 64 * 1024
LONGEST_DETAIL: Final = 600
PATIENCE: Final = Patience(longest=2 * LONGEST_ANSWER)
"""With an office: what goes before its answer may be as long as that."""
CODES: Final = frozenset({Malformed.code, NewerFormat.code, *(one.code for one in Refused.__subclasses__())})
"""With which an office says why it takes nothing."""


class NotSent(LanzaroteError):
    """The office did not take it; the text says why, and what to do."""

    def __init__(self, text: str, code: str) -> None:
        super().__init__(text)
        self.code = code
        """What kind of fault it is; the office's own word where it said one."""


class TooLarge(NotSent):
    """A server in front of the office takes no body of this length."""

    def __init__(self, place: Place, size: int) -> None:
        super().__init__(
            f"The server at {place.address} refuses a single result of {size / 1024:,.0f} kB as too long (status 413); "
            "whoever runs it has to raise its limit to 20 MB (in nginx: client_max_body_size 20m).",
            "too-large",
        )


class There(Struct, frozen=True, kw_only=True):
    """How far an office has received a region."""

    epoch: Seq
    seq: Seq
    hash: str


class _Problem(Struct):
    detail: str = ""
    code: str = ""


def ask(place: Place, region_id: str) -> There:
    """Raises NotSent, Nearby."""
    body = _request("GET", place, region_id, b"")
    try:
        return msgspec.json.decode(body, type=There)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise _no_office(place, 200) from None


def post(place: Place, region_id: str, data: bytes) -> bytes:
    """Send a batch; return the receipt. Raises NotSent, Nearby."""
    return _request("POST", place, region_id, data)


def _request(method: str, place: Place, region_id: str, data: bytes) -> bytes:
    headers = {"Accept": "application/json"} | ({"Content-Type": MEDIA_TYPE} if method == "POST" else {})
    try:
        with _connection(place, Deadline(PATIENCE, len(data))) as connection:
            with suppress(BrokenPipeError, ConnectionResetError):  # it may have answered before all of it was sent
                connection.request(method, place.path + PLACE + quote(region_id), data or None, headers)
            answer = connection.getresponse()
            body = answer.read(LONGEST_ANSWER + 1)
    except (OSError, UnicodeError) as error:
        raise NotSent(
            f"The office at {place.address} cannot be reached ({_why(error)}). What it has taken stays taken; "
            "try again later.",
            "unreachable",
        ) from None
    except HTTPException:
        raise NotSent(
            f"What is at {place.address} does not answer as an office does; look whether the address is right.",
            "no-office",
        ) from None
    if answer.status == 413:
        raise TooLarge(place, len(data))
    if answer.status != 200 or len(body) > LONGEST_ANSWER:
        raise _refused(place, answer, body)
    return body


@contextmanager
def _connection(place: Place, deadline: Deadline) -> Iterator[HTTPConnection]:
    """It has its socket already: left to itself it would look the name up once more, and might find another machine."""
    sock = connected(place, deadline)
    if place.scheme == "http":
        connection = HTTPConnection(place.host, place.port)
    else:
        context = ssl.create_default_context()
        connection = HTTPSConnection(place.host, place.port, context=context)
        try:
            sock.settimeout(deadline.left())
            sock = context.wrap_socket(sock, server_hostname=place.host)
        except BaseException:
            sock.close()
            raise
    with closing(sock), closing(connection):
        connection.sock = Line(sock, deadline, PATIENCE.longest)  # all of a socket that it uses
        yield connection


def _why(error: Exception) -> str:
    """In words of ours: those of the error may repeat what the other machine said."""
    if isinstance(error, (socket.gaierror, UnicodeError)):
        return "nobody knows this name"
    if isinstance(error, ssl.SSLError):
        return "it does not prove by a certificate that it is this site"
    if isinstance(error, TimeoutError):
        return "it does not answer in time"
    if isinstance(error, ConnectionRefusedError):
        return "nothing answers there"
    return "the connection broke"


def _refused(place: Place, answer: HTTPResponse, body: bytes) -> NotSent:
    address, status = place.address, answer.status
    if status in (301, 302, 303, 307, 308):
        return NotSent(f"The address {address} leads elsewhere; write the address to which it leads.", "elsewhere")
    if answer.headers.get_content_type() != "application/problem+json":
        return _no_office(place, status)
    try:
        problem = msgspec.json.decode(body, type=_Problem)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _no_office(place, status)
    if problem.code in CODES:
        detail = "".join(sign if sign.isprintable() else " " for sign in problem.detail[:LONGEST_DETAIL])
        return NotSent(f"The office at {address} did not take the results: {detail}", problem.code)
    if status == 404:
        told = f"There is no office at {address}, or it has not enrolled this region yet."
        return NotSent(told, "unknown-region")
    return _no_office(place, status)


def _no_office(place: Place, status: int) -> NotSent:
    told = f"What is at {place.address} did not answer as an office does (status {status})"
    if status == 429 or status >= 500:
        return NotSent(f"{told}; try again later, or ask whoever runs it.", "refused")
    return NotSent(f"{told}; look whether the address is right.", "no-office")
