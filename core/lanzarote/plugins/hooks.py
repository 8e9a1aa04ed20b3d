"""The hooks that a package implements, and how an error in one of them is reported."""

from __future__ import annotations

import inspect
import re
import traceback
import warnings
from collections import deque
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from lanzarote.plugins.packages import folder_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
    from types import ModuleType

    from lanzarote.types import Deprecated


SPECIFIED: Final = "lanzarote_spec"
IMPLEMENTED: Final = "lanzarote_impl"


Calls = dict[str, "Callable[..., Any]"]
"""Hook → what calls it with whatever the hook gives, and hands on what the package takes of that."""


def implemented(plugin: object, specified: ModuleType) -> tuple[Calls, list[Deprecated], Iterator[str]]:
    """The hooks of *specified* that *plugin* implements; what of them will go; and what is called like one and is none.

    Raises ValueError that says what is wrong with them.
    """
    hooks = {name: hook for name, hook in vars(specified).items() if hasattr(hook, SPECIFIED)}
    calls: Calls = {}
    deprecated: list[Deprecated] = []
    for name, function, marked in _marked(plugin):
        if name not in hooks:
            raise ValueError(f"implements {name!r}, which is no hook; {_meant(name, hooks)}")
        if marked.get("wrapper") or marked.get("hookwrapper"):
            raise ValueError(f"wraps the hook {name}; packages are asked one by one: return values instead")
        taken, gives = (tuple(inspect.signature(one).parameters) for one in (function, hooks[name]))
        if strange := [one for one in taken if one not in gives]:
            given = ", ".join(gives) or "nothing"
            raise ValueError(f"its hook {name} takes {strange[0]!r}, which it is not given; it is given: {given}")
        calls[name] = _direct(function, taken)
        said = getattr(hooks[name], SPECIFIED)
        for going in (said.get("warn_on_impl"), *map((said.get("warn_on_impl_args") or {}).get, taken)):
            if going is not None:
                code = inspect.unwrap(function).__code__
                warnings.warn_explicit(going, type(going), code.co_filename, code.co_firstlineno)
                deprecated.append(going)
    return calls, deprecated, _unmarked(plugin, hooks.keys() - calls.keys())


def _meant(name: str, hooks: Collection[str]) -> str:
    near = get_close_matches(name, hooks, n=1)
    return f"{f'did you mean {near[0]}? T' if near else 't'}he hooks: {', '.join(sorted(hooks))}"


def _unmarked(plugin: object, names: Collection[str]) -> Iterator[str]:
    """Functions that the module *plugin* defines itself, called like one of the hooks *names*."""
    for name in sorted(names):
        function = getattr(plugin, name, None)
        if inspect.isfunction(function) and function.__module__ == getattr(plugin, "__name__", ""):
            yield f"its function {name} is not marked with @hookimpl, so that it is never called; mark it"


def _marked(plugin: object) -> Iterator[tuple[str, Callable[..., Any], Mapping[str, Any]]]:
    for attribute in dir(plugin):
        function = getattr(plugin, attribute, None)
        marked = getattr(function, IMPLEMENTED, None)
        if isinstance(marked, dict) and inspect.isroutine(function):
            yield marked.get("specname") or attribute, function, marked


def _direct(function: Callable[..., Any], names: tuple[str, ...]) -> Callable[..., Any]:
    return lambda **values: function(*(values[name] for name in names))


# --- How an error of a package is reported: what it raised, and in which line of its own ---

LONGEST: Final = 300
DEEPEST: Final = 1_000
"""Calls that are looked at, the innermost: one that calls itself for ever may have made millions."""
_TRACED: Final = re.compile(r'^  File "(.+)", line (\d+) in ', re.MULTILINE)


def told_of(error: BaseException, module: str) -> str:
    """*error*, with the last line of the package *module* that led to it, if one did."""
    try:
        text = error.msg if isinstance(error, SyntaxError) else error  # whose text has the line once more
        told = f"{type(error).__name__}: {text}".splitlines()[0][:LONGEST]
    except Exception:  # what a package raises may not even have a text
        told = type(error).__name__[:LONGEST]
    return f"{told}{place_of(error, module)}"


def place_of(error: BaseException, module: str) -> str:
    """The last line of the package *module* that led to *error*, in brackets; empty when none did."""
    frames = deque(traceback.walk_tb(error.__traceback__), maxlen=DEEPEST)
    at = [(frame.f_code.co_filename, line) for frame, line in frames]
    if isinstance(error, SyntaxError) and error.filename:
        at.append((error.filename, error.lineno or 1))
    return _first_own(reversed(at), module)


def place_in(trace: str, module: str) -> str:
    """The same of what ``faulthandler`` wrote, the innermost line first."""
    return _first_own(((file, int(line)) for file, line in _TRACED.findall(trace)), module)


def _first_own(at: Iterable[tuple[str, int]], module: str) -> str:
    try:
        root = Path(folder_of(module))
    except (ImportError, ValueError):
        return ""
    own = ((Path(file), line) for file, line in at if Path(file).is_relative_to(root))
    return next((f" ({file.relative_to(root.parent).as_posix()}, line {line})" for file, line in own), "")
