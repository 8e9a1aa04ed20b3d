"""How results go over the net: where an office can be, one bounded question, one bounded answer."""

from __future__ import annotations

import re
import socket
import ssl
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from io import BufferedReader, RawIOBase
from ipaddress import IPv6Address, IPv6Network, ip_address
from time import monotonic
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlsplit

import msgspec
from msgspec import Struct

from lanzarote.errors import LanzaroteError
from lanzarote.results import words
from lanzarote.results.batches import Malformed, NewerFormat, Seq
from lanzarote.results.model import Refused
from lanzarote.runtime.reading import decoded

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator
    from http.client import HTTPResponse
    from ipaddress import IPv4Address

    from _typeshed import ReadableBuffer, WriteableBuffer


# --- Where an office can be: what its address may say, and which machines may be asked under it ---

LONGEST: Final = 300
_PORTS: Final = {"https": 443, "http": 80}
_NAT64: Final = IPv6Network("64:ff9b::/96")


class NoOffice(LanzaroteError):
    """Nothing can be sent to such an address; the text says what to write, and is to be translated."""

    code = "no-address"


class Nearby(NoOffice):
    """It is inside a network, and whoever runs this site has not allowed that."""

    code = "nearby"


class Place(Struct, frozen=True, kw_only=True):
    """An address under which an office can be."""

    address: str
    """As it is kept and told."""
    scheme: str
    host: str
    port: int
    path: str
    nearby: bool
    """Machines inside networks may be asked under it as well."""


def tidy(address: str) -> str:
    """The address as it is kept."""
    return address.strip().rstrip("/")


def place_at(address: str, *, nearby: bool) -> Place:
    """What the address of an office says. *nearby*: it may be inside a network. Raises NoOffice, Nearby."""
    address = tidy(address)
    try:
        place = _read(address, nearby=nearby)
    except ValueError:
        place = None
    if place is None:
        raise NoOffice(words.NO_OFFICE)
    inside = _is_inside(place.host)
    if inside and not nearby:
        raise Nearby(words.NEARBY)
    if place.scheme == "http" and not inside:
        raise NoOffice(words.NO_OFFICE)
    return place


def connected(place: Place, deadline: Deadline) -> socket.socket:
    """A connection to a machine that may be asked under this address: the very one that was looked at.

    Raises Nearby when the name leads to none that may, and OSError.
    """
    found = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    addresses = [where for *_, where in found if _may_be_asked(str(where[0]), nearby=place.nearby)]
    if not addresses:
        raise Nearby(words.NEARBY)
    failed: OSError | None = None
    for host, port, *_ in addresses:
        try:
            return socket.create_connection((str(host), int(port)), deadline.left())
        except OSError as error:
            failed = failed or error
    assert failed is not None
    raise failed


def _read(address: str, *, nearby: bool) -> Place | None:
    """None, or ValueError, for what is no address of a site."""
    # Looked at before it is split: urlsplit drops line feeds and tabs.
    if len(address) > LONGEST or not address.isprintable() or any(sign in address for sign in " ?#@\\"):
        return None
    parts = urlsplit(address)
    host, port = parts.hostname or "", parts.port
    usable = host and not _is_number(host) and "%" not in host and parts.path.isascii() and parts.scheme in _PORTS
    if not usable or port == 0 or parts.netloc.endswith(":"):
        return None
    host.encode("idna")  # UnicodeError, which is a ValueError, for what can be no name
    port = port or _PORTS[parts.scheme]
    return Place(address=address, scheme=parts.scheme, host=host, port=port, path=parts.path, nearby=nearby)


def _is_number(host: str) -> bool:
    """Whether *host* is a number that machines would read as an address, and people as anything.

    >>> [_is_number(one) for one in ("2130706433", "0x7f.1", "127.1", "0177.0.0.1.", "192.0.2.1", "2001:db8::1")]
    [True, True, True, True, False, False]
    """
    if not _NUMBER_LAST.search(host):
        return False
    try:
        ip_address(host)
    except ValueError:
        return True
    return False


_NUMBER_LAST = re.compile(r"(?:^|\.)(?:[0-9]+|0x[0-9a-f]*)\.?$")


def _is_inside(host: str) -> bool:
    """Whether it says by itself that it is inside a network; what a name leads to is looked at when it is asked."""
    try:
        return not _is_public(_meant(host))
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _may_be_asked(address: str, *, nearby: bool) -> bool:
    one = _meant(address)
    # No office has such an address, and machines in data centres tell secrets under one.
    never = one.is_link_local or one.is_multicast or one.is_unspecified
    return not never and (nearby or _is_public(one))


def _is_public(one: IPv4Address | IPv6Address) -> bool:
    return one.is_global and not one.is_multicast


def _meant(address: str) -> IPv4Address | IPv6Address:
    """The address that is reached, where one of IPv6 stands for one of IPv4. Raises ValueError.

    >>> [str(_meant(one)) for one in ("::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1")]
    ['127.0.0.1', '127.0.0.1', '127.0.0.1', '2001:db8::1']
    """
    one = ip_address(address)
    if not isinstance(one, IPv6Address):
        return one
    if one in _NAT64:
        return ip_address(int(one) & 0xFFFFFFFF)
    return one.ipv4_mapped or one.sixtofour or one


# --- One question and its answer over a connection: within a time and of a bounded length ---
# The time-out of a socket begins anew with every byte, and a library that reads HTTP goes on as long as headers come.

PIECE: Final = 64 * 1024
"""So many bytes are handed over at once."""


class TooLong(HTTPException):
    """The answer goes on beyond what was to be read."""


class Patience(Struct, frozen=True, kw_only=True):
    """What another machine may ask of ours."""

    silence: float = 60.0
    """Seconds until its next byte."""
    whole: float = 120.0
    """Seconds from the look-up of its name to the last byte of its answer."""
    slowest: int = 16 * 1024
    """Bytes a second that are sent to it at least; so much longer may the whole take."""
    longest: int = 128 * 1024
    """Bytes of its answer, with all that goes before."""


class Deadline:
    """When an exchange ends that begins now and sends *size* bytes."""

    def __init__(self, patience: Patience, size: int = 0) -> None:
        self._silence = patience.silence
        self._end = monotonic() + patience.whole + size / patience.slowest

    def left(self) -> float:
        """Seconds until the next byte has to be there. Raises TimeoutError."""
        left = self._end - monotonic()
        if left <= 0:
            raise TimeoutError("the exchange took too long")
        return min(left, self._silence)


class Line:
    """A socket as ``http.client`` uses one, until *deadline* and for an answer of so many bytes."""

    def __init__(self, sock: socket.socket, deadline: Deadline, longest: int) -> None:
        self._sock, self._deadline, self._longest = sock, deadline, longest

    def sendall(self, data: ReadableBuffer) -> None:
        """Raises TimeoutError."""
        left = memoryview(data)
        while left:
            self._sock.settimeout(self._deadline.left())
            left = left[self._sock.send(left[:PIECE]) :]

    def makefile(self, mode: str) -> BufferedReader:
        """What is answered. Reading raises TimeoutError, TooLong."""
        del mode
        return BufferedReader(_Answer(self._sock, self._deadline, self._longest))

    def close(self) -> None:
        """Whoever opened the socket closes it: ``http.client`` would, before an answer is read that nothing follows."""


class _Answer(RawIOBase):
    def __init__(self, sock: socket.socket, deadline: Deadline, longest: int) -> None:
        self._sock, self._deadline, self._left = sock, deadline, longest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        room = memoryview(buffer)[: self._left + 1]
        self._sock.settimeout(self._deadline.left())
        count = self._sock.recv_into(room)
        self._left -= count
        if self._left < 0:
            raise TooLong("the answer is too long")
        return count


# --- The requests: no redirects. Nothing that another machine answers is passed on, unless an office says it ---

MEDIA_TYPE: Final = "application/vnd.lanzarote.results"
PLACE: Final = "/api/v1/results/"
TAKEN_UP: Final = "/api/v1/taken-up/"
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
        return decoded(body, There)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise _no_office(place, 200) from None


def post(place: Place, region_id: str, data: bytes) -> bytes:
    """Send a batch; return the receipt. Raises NotSent, Nearby."""
    return _request("POST", place, region_id, data)


def ask_taken_up(place: Place, region_id: str) -> bytes:
    """What the office says of where practices of the region were taken up. Raises NotSent, Nearby."""
    return _request("GET", place, region_id, b"", at=TAKEN_UP)


def _request(method: str, place: Place, region_id: str, data: bytes, *, at: str = PLACE) -> bytes:
    headers = {"Accept": "application/json"} | ({"Content-Type": MEDIA_TYPE} if method == "POST" else {})
    try:
        with _connection(place, Deadline(PATIENCE, len(data))) as connection:
            with suppress(BrokenPipeError, ConnectionResetError):  # it may have answered before all of it was sent
                connection.request(method, place.path + at + quote(region_id), data or None, headers)
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
        problem = decoded(body, _Problem)
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
