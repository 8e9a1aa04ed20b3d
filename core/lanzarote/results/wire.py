"""How results go over the net: two requests, no redirects, and answers of a bounded length."""

from __future__ import annotations

from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Final
from urllib.parse import quote, urlsplit

import msgspec
from msgspec import Struct

from lanzarote.errors import LanzaroteError

MEDIA_TYPE: Final = "application/vnd.lanzarote.results"
PLACE: Final = "/api/v1/results/"
LONGEST_ANSWER: Final = 64 * 1024
PATIENCE: Final = 60.0
"""Seconds for one answer."""


class NotSent(LanzaroteError):
    """The office did not take it; the text says why, and what to do."""

    def __init__(self, text: str, code: str) -> None:
        super().__init__(text)
        self.code = code
        """What kind of fault it is; the office's own word where it said one."""


class There(Struct, frozen=True, kw_only=True):
    """How far an office has received a region."""

    epoch: int
    seq: int
    hash: str


class _Problem(Struct):
    detail: str = ""
    code: str = ""


def ask(address: str, region_id: str) -> There:
    """Raises NotSent."""
    body = _request("GET", address, region_id, b"")
    try:
        return msgspec.json.decode(body, type=There)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise NotSent(
            f"What is at {address} does not answer as an office does; look whether the address is right.", "no-office"
        ) from None


def post(address: str, region_id: str, data: bytes) -> bytes:
    """Send a batch; return the receipt. Raises NotSent."""
    return _request("POST", address, region_id, data)


def _request(method: str, address: str, region_id: str, data: bytes) -> bytes:
    parts = urlsplit(address)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=PATIENCE)
    headers = {"Content-Type": MEDIA_TYPE} if method == "POST" else {}
    try:
        connection.request(
            method,
            parts.path.rstrip("/") + PLACE + quote(region_id),
            data or None,
            {"Accept": "application/json", **headers},
        )
        answer = connection.getresponse()
        body = answer.read(LONGEST_ANSWER + 1)
    except (OSError, HTTPException, UnicodeError) as error:
        raise NotSent(
            f"The office at {address} cannot be reached ({error}). What it has taken stays taken; try again later.",
            "unreachable",
        ) from None
    finally:
        connection.close()
    if answer.status != 200 or len(body) > LONGEST_ANSWER:
        raise _refused(address, answer.status, body)
    return body


def _refused(address: str, status: int, body: bytes) -> NotSent:
    try:
        problem = msgspec.json.decode(body, type=_Problem)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        problem = _Problem()
    if problem.detail:
        told = f"The office at {address} did not take the results: {problem.detail}"
        return NotSent(told, problem.code[:40] or "refused")
    if status in (301, 302, 307, 308):
        return NotSent(f"The address {address} leads elsewhere; write the address to which it leads.", "elsewhere")
    if status == 404:
        told = f"There is no office at {address}, or it has not enrolled this region yet."
        return NotSent(told, "unknown-region")
    return NotSent(f"The office at {address} answers {status}; ask whoever runs it.", "refused")
