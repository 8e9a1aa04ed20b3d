"""Where an office can be: what its address may say, and which machines may be asked under it."""

from __future__ import annotations

import re
import socket
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from msgspec import Struct

from lanzarote.errors import LanzaroteError
from lanzarote.results import words

if TYPE_CHECKING:
    from ipaddress import IPv4Address

    from lanzarote.results.exchange import Deadline

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
