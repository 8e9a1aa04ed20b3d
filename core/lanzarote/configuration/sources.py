"""Where settings are said: the environment, files that hold one secret each, and one TOML file.

What is said in several places counts in this order: environment, secret file, settings file. The values are texts, as
the environment has them; what they mean is for ``settings`` to say.
"""

from __future__ import annotations

import os
import re
import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from msgspec import Struct

from lanzarote.configuration.toml_lines import line_of
from lanzarote.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

PREFIX: Final = "LANZAROTE_"
OF_PACKAGES: Final = "PLUGIN_"
"""Settings that begin so belong to installed packages, which read them themselves."""
CONFIG: Final = "CONFIG"
OF_MACHINE: Final = Path("/etc/lanzarote/lanzarote.toml")
"""Read where nothing else is named, so that every command on a server has the settings of its service."""
SECRETS: Final = ("DATABASE_URL", "DIRECT_URL", "REPLICA_URL", "SMTP", "METRICS_TOKEN")
FILE: Final = "_FILE"
PATHS: Final = frozenset({"DATA", "MARK"})
_SECRET_OF_PACKAGE: Final = re.compile(rf"{OF_PACKAGES}\w+_(SECRET|PASSWORD|TOKEN|KEY)")
LARGEST: Final = 64 * 1024
OTHERS: Final = 0o007
"""Rights of everybody on the machine."""
GIVEN_TO_CONTAINERS: Final = Path("/run/secrets")
"""Where Docker puts secrets: readable by everybody in the container, which is the service alone."""

Kind = Literal["default", "command line", "environment", "secret file", "settings file"]


class Source(Struct, frozen=True):
    """Where a setting is said."""

    kind: Kind = "default"
    path: str = ""
    line: int = 0

    def __str__(self) -> str:
        return f"{self.kind} {self.place}".rstrip()

    @property
    def place(self) -> str:
        """The file and the line, if it is in one."""
        return f"{self.path}, line {self.line}" if self.line else self.path


DEFAULT: Final = Source()


class Said(Struct, frozen=True, kw_only=True):
    """What was said of the settings, and where."""

    sources: Mapping[str, Source] = {}
    """Name → where it was said; a name that is not here has its default."""
    of_packages: Mapping[str, str] = {}
    """Settings of installed packages by their whole names, wherever they were said."""
    open_files: tuple[str, ...] = ()
    """Files with a secret that everybody on the machine can read or change."""

    def source(self, name: str) -> Source:
        return self.sources.get(name, DEFAULT)

    @property
    def from_files(self) -> dict[str, str]:
        """Settings of installed packages that the environment lacks."""
        return {
            name: value
            for name, value in self.of_packages.items()
            if self.source(name.removeprefix(PREFIX)).kind != "environment"
        }

    @property
    def read_files(self) -> tuple[str, ...]:
        """Variables that name the file of a package's secret: it was read, and the package gets the secret itself."""
        return tuple(
            f"{PREFIX}{name}{FILE}"
            for name, source in self.sources.items()
            if source.kind == "secret file" and name.startswith(OF_PACKAGES)
        )

    def in_its_words(self, told: str) -> str:
        """*told* with the place in a file instead of the variable's name, where that is where it was said."""
        for name, source in self.sources.items():
            if source.path:
                key = f"{PREFIX}{name}{FILE}" if source.kind == "secret file" else f"{name.lower()!r}"
                told = re.sub(rf"^{PREFIX}{name}\b", f"{key} ({source.place})", told)
        return told


def gather(env: Mapping[str, str], known: Collection[str], *, machine: bool) -> tuple[dict[str, str], Said]:
    """The values of the settings that are said, by name, and where each was. Blank ones are as good as none.

    *machine*: read the settings file of the machine where *env* names no other. Raises SettingError.
    """
    here = {name.removeprefix(PREFIX): value.strip() for name, value in env.items() if name.startswith(PREFIX)}
    _refuse_unknown(here, known)
    settings_file = _settings_file(here.pop(CONFIG, ""), machine=machine)
    written = _written(settings_file, known) if settings_file else {}
    values: dict[str, str] = {}
    sources: dict[str, Source] = {}
    for layer in ({name: (text, Source("environment")) for name, text in here.items()}, written):
        said = {name: pair for name, pair in layer.items() if pair[0]}
        _refuse_both(said)
        for name, (text, source) in said.items():
            if not _names_file(name) and name not in values:
                values[name], sources[name] = text, source
        for name, (text, source) in said.items():
            if _names_file(name) and (of := name.removesuffix(FILE)) not in values:
                values[of], sources[of] = _secret(Path(text), _called(name, source)), Source("secret file", text)
    open_files = {source.path for name, source in sources.items() if source.path and _is_secret(name, values[name])}
    of_packages = {PREFIX + name: values.pop(name) for name in sorted(values) if name.startswith(OF_PACKAGES)}
    readable = tuple(filter(is_open, sorted(open_files)))
    return values, Said(sources=sources, of_packages=of_packages, open_files=readable)


WHOLLY_SECRET: Final = ("METRICS_TOKEN",)
"""Settings that are nothing but a secret."""


def masked(url: str) -> str:
    """*url* without its passwords.

    >>> masked("smtps://ana:s3cret@mail.example"), masked("postgresql://h/d?user=ana&password=s3cret")
    ('smtps://ana:…@mail.example', 'postgresql://h/d?user=ana&password=…')
    """
    hidden = re.sub(r"^([\w+.-]+://[^/?#:]*):.*@", r"\1:…@", url)
    return re.sub(r"(?i)([?&]\w*password=)[^&#]*", r"\1…", hidden)


def is_open(path: str | Path) -> bool:
    """Whether everybody on this machine can read or change the file."""
    if os.name != "posix" or Path(path).is_relative_to(GIVEN_TO_CONTAINERS):
        return False
    return bool(os.stat(path).st_mode & OTHERS)


def _is_secret(name: str, value: str) -> bool:
    return name.startswith(OF_PACKAGES) or name in WHOLLY_SECRET or (name in SECRETS and masked(value) != value)


def _names_file(name: str) -> bool:
    """Whether the setting names the file in which a secret is, rather than being one."""
    of = name.removesuffix(FILE)
    return of != name and (of in SECRETS or bool(_SECRET_OF_PACKAGE.fullmatch(of)))


def _refuse_both(said: Mapping[str, tuple[str, Source]]) -> None:
    """A secret and the file of one, said in the same place: whoever changes the one wonders why the other counts."""
    for name, (_, source) in said.items():
        of = name.removesuffix(FILE)
        if _names_file(name) and of in said:
            both = f"{_called(of, said[of][1])} and {_called(name, source)} are both set"
            raise SettingError(f"{both}; keep the one that holds the right secret, and remove the other.")


def _refuse_unknown(here: Collection[str], known: Collection[str]) -> None:
    for name in sorted(here):
        if name in known or name == CONFIG or name.startswith(OF_PACKAGES) or _names_file(name):
            continue
        if name.endswith(FILE) and name.removesuffix(FILE) in known:
            told = f"a file of its own can hold only: {', '.join(SECRETS)}."
            raise SettingError(f"{PREFIX}{name} is not a setting; {told}")
        near = "".join(f" Did you mean {PREFIX}{one}?" for one in get_close_matches(name, known, 1))
        raise SettingError(f"{PREFIX}{name} is not a setting.{near} The settings are: {', '.join((*known, CONFIG))}.")


def _settings_file(named: str, *, machine: bool) -> Path | None:
    if named.lower() == "off":
        return None
    if named:
        return Path(named).absolute()
    return OF_MACHINE if machine and os.path.lexists(OF_MACHINE) else None


def _written(path: Path, known: Collection[str]) -> dict[str, tuple[str, Source]]:
    """What the settings file says: name → value as the environment would have it, and where it is."""
    way = f"let this user read it, or name another file in {PREFIX}{CONFIG}"
    text = _read(path, f"The settings file {path}", way)
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        # Its text names the place alone: what stands there may be a secret.
        raise SettingError(f"The settings file {path} is not TOML: {error}.") from None
    return dict(_read_keys(path, text, found, known))


def _read_keys(
    path: Path, text: str, found: Mapping[str, Any], known: Collection[str]
) -> Iterator[tuple[str, tuple[str, Source]]]:
    keys = [name.lower() for name in known]
    for key, value in found.items():
        source = Source("settings file", str(path), line_of(text, (key,)))
        name = key.upper()
        if key != key.lower() or not (name in known or name.startswith(OF_PACKAGES) or _names_file(name)):
            near = "".join(f" Did you mean {one!r}?" for one in get_close_matches(key.lower(), keys, 1))
            raise SettingError(f"{source.place}: {key!r} is not a setting.{near} The settings are: {', '.join(keys)}.")
        said = _as_text(value)
        if said is None:
            told = "write a text, a number, true or false, or a list of texts"
            raise SettingError(f"{source.place}: {key!r} cannot be read; {told}.")
        if said and (name in PATHS or _names_file(name)):
            said = str(path.parent / said)  # where the command is given does not change what a file says
        yield name, (said, source)


def _as_text(value: object) -> str | None:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, str | int):
        return str(value).strip()
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ",".join(value)
    return None


def _called(name: str, source: Source) -> str:
    return f"{name.lower()!r} ({source.place})" if source.path else PREFIX + name


def _secret(path: Path, called: str) -> str:
    told = f"{called} names {path}, which"
    text = _read(path, told, "name a file that this user can read").strip()
    if not text:
        raise SettingError(f"{told} is empty; write the secret into it.")
    return text


def _read(path: Path, called: str, way: str) -> str:
    """The text of a small file; *called* begins what is said of one that cannot be read. Raises SettingError."""
    try:
        with path.open("rb") as file:
            body = file.read(LARGEST + 1)
        if len(body) <= LARGEST:
            return body.decode("utf-8")
        told = f"is larger than {LARGEST // 1024} KiB"
    except OSError as error:
        told = f"cannot be read ({error.strerror})"
    except UnicodeDecodeError as error:
        told = f"is not UTF-8 at byte {error.start}"
    raise SettingError(f"{called} {told}; {way}.") from None
