"""Whether the database answers: nobody waits for one that is away."""

from __future__ import annotations

import logging
import re
from contextlib import contextmanager
from threading import Lock, get_ident
from time import monotonic
from typing import TYPE_CHECKING, Final

from sqlalchemy.exc import DBAPIError, TimeoutError

from lanzarote.errors import DatabaseAway

if TYPE_CHECKING:
    from collections.abc import Iterator


log = logging.getLogger("lanzarote.database")
log.addHandler(logging.NullHandler())  # a command that writes no log says so itself
REST: Final = 1.0
"""Seconds between two tries."""
LONGEST_TRY: Final = 5.0
"""Seconds after which somebody else may try: the caller before has not come back."""
_SQLITE: Final = re.compile(r"SQLITE_(BUSY|LOCKED|IOERR|CANTOPEN|NOTADB|CORRUPT|PROTOCOL)(_\w+)?")
_POSTGRES: Final = re.compile(r"08...|57P0.|53[023]00|58...|XX001|XX002")
LOCKED: Final = "55P03"
"""What PostgreSQL says when a table is locked for longer than one waits."""


class Availability:
    """What is known of one database."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._away = False
        self._try_at = 0.0
        self._trying = 0
        """The thread that tries."""

    @contextmanager
    def asked(self) -> Iterator[None]:
        """Ask the database inside. Raises DatabaseAway: at once if it was away a moment ago, or as its errors say."""
        self._come_in()
        try:
            yield
        except Exception as error:
            if not (why := unavailable(error)):
                raise
            if state_of(error) == LOCKED:  # somebody holds one table; the others can be asked
                log.warning("The database made somebody wait in vain (%s).", why)
            else:
                self._lost(why)
            raise DatabaseAway(why) from error
        if self._away:
            self._found()

    def _come_in(self) -> None:
        if not self._away:
            return
        with self._lock:
            now = monotonic()
            if self._away and now < self._try_at and self._trying != get_ident():
                raise DatabaseAway
            self._try_at, self._trying = now + LONGEST_TRY, get_ident()

    def _lost(self, why: str) -> None:
        with self._lock:
            was_away, self._away = self._away, True
            self._try_at, self._trying = monotonic() + REST, 0
        if not was_away:
            log.error("The database does not answer (%s). Pages say so until it does.", why)

    def _found(self) -> None:
        with self._lock:
            was_away, self._away = self._away, False
        if was_away:
            log.warning("The database answers again.")


def unavailable(error: Exception) -> str:
    """Why the database could not be asked, in its own words; empty where *error* says something else."""
    if isinstance(error, TimeoutError):
        return "all its connections are in use"
    original = error.orig if isinstance(error, DBAPIError) else error
    module = type(original).__module__.partition(".")[0]
    if module == "sqlite3":
        gone = bool(_SQLITE.fullmatch(getattr(original, "sqlite_errorname", None) or ""))
    elif module == "psycopg":
        state, lost = state_of(error), type(original).__name__ in ("OperationalError", "InterfaceError")
        gone = state == LOCKED or bool(_POSTGRES.fullmatch(state)) or (lost and not state)
    else:
        gone = False
    [first, *_] = str(original).splitlines() or [""]
    return (first or type(original).__name__) if gone else ""


def state_of(error: BaseException) -> str:
    """PostgreSQL's code for *error* (SQLSTATE); empty where it has none."""
    original = error.orig if isinstance(error, DBAPIError) else error
    return getattr(original, "sqlstate", None) or ""
