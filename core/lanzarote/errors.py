"""Errors that teach: what was wrong, where, and the way out. Raised anywhere, told to people by cli and web."""

from __future__ import annotations


class LanzaroteError(Exception):
    """Something a person can put right; its text says how."""


class SettingError(LanzaroteError):
    """A setting cannot be used."""


class NoDatabase(SettingError):
    """There is nothing where the settings say the database is."""


class PackageError(LanzaroteError):
    """An installed package cannot be used."""


class FormatFailed(PackageError):
    """A package that writes a file format did not write it."""


class RegionError(LanzaroteError):
    """A region folder cannot be used; ``problems`` names file, key and line of each fault."""

    def __init__(self, message: str, problems: tuple[str, ...] = ()) -> None:
        super().__init__("\n".join((message, *problems)))
        self.problems = problems


class UnscopedStatement(LanzaroteError):
    """A statement on regional tables was run without saying for which regions."""


class LoadError(LanzaroteError):
    """A file of records cannot be loaded; nothing of it was kept."""


class RestoreError(LanzaroteError):
    """A backup cannot be restored; nothing was changed."""


class NotFound(LanzaroteError):
    """No such record, or not one the reader may see: the two are told alike."""


class Gone(LanzaroteError):
    """The record was erased."""


class NotPermitted(LanzaroteError):
    """Whoever asks may not do this; the text says why and is to be translated."""


class NotWritten(LanzaroteError):
    """The database takes nothing new just now; nothing of what was to be written is there."""

    written: tuple[tuple[str, str], ...] = ()
    """Fields of the form that was sent; empty when there was none, or when it may not be shown again."""


class NoRoom(NotWritten):
    """There is no room left on its disk."""


class OnlyRead(NotWritten):
    """It can only be read, for ever or because others write without pause."""

    headers = {"Retry-After": "30"}


class DatabaseAway(NotWritten):
    """The database cannot even be asked just now."""

    headers = {"Retry-After": "10"}

    def __init__(self, why: str = "") -> None:
        """*why*: in the words of the database, for the log and the command line; empty: it was away a moment ago."""
        super().__init__(why or "the database was away a moment ago")


class Conflict(LanzaroteError):
    """The record changed since the writer read it."""
