"""The hooks that a package implements, looked at when it is imported.

Packages are asked one by one, and each by itself: of pluggy we need the marks, and no manager.
"""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

if TYPE_CHECKING:
    from lanzarote.types import Deprecated

SPECIFIED: Final = "lanzarote_spec"
IMPLEMENTED: Final = "lanzarote_impl"


class Hook(Struct, frozen=True, kw_only=True):
    """What a hook gives to those who implement it."""

    names: tuple[str, ...]
    """Of what it gives."""
    deprecated: Deprecated | None = None
    going: Mapping[str, Deprecated] = {}
    """What it gives, and will give no more."""


class Implemented(Struct, frozen=True, kw_only=True):
    calls: Mapping[str, Callable[..., Any]]
    """Hook → what calls it with whatever the hook gives, and hands on what the package takes of that."""
    deprecated: tuple[Deprecated, ...]
    unmarked: tuple[str, ...] = ()
    """What is called like a hook and is none, and what to do."""


def specified(module: ModuleType) -> dict[str, Hook]:
    """The hooks that *module* specifies, by name."""
    found: dict[str, Hook] = {}
    for name, function in vars(module).items():
        if said := getattr(function, SPECIFIED, None):
            found[name] = Hook(
                names=tuple(inspect.signature(function).parameters),
                deprecated=said.get("warn_on_impl"),
                going=said.get("warn_on_impl_args") or {},
            )
    return found


def implemented(plugin: object, hooks: Mapping[str, Hook]) -> Implemented:
    """The hooks that *plugin* implements. Raises ValueError that says what is wrong with them."""
    calls: dict[str, Callable[..., Any]] = {}
    deprecated: list[Deprecated] = []
    for name, function, said in _marked(plugin):
        hook = hooks.get(name)
        if hook is None:
            raise ValueError(f"implements {name!r}, which is no hook; {_meant(name, hooks)}")
        if said.get("wrapper") or said.get("hookwrapper"):
            raise ValueError(f"wraps the hook {name}; packages are asked one by one: return values instead")
        taken = tuple(inspect.signature(function).parameters)
        if strange := [one for one in taken if one not in hook.names]:
            given = ", ".join(hook.names) or "nothing"
            raise ValueError(f"its hook {name} takes {strange[0]!r}, which it is not given; it is given: {given}")
        calls[name] = _direct(function, taken)
        for going in (hook.deprecated, *map(hook.going.get, taken)):
            if going is not None:
                code = inspect.unwrap(function).__code__
                warnings.warn_explicit(going, type(going), code.co_filename, code.co_firstlineno)
                deprecated.append(going)
    return Implemented(
        calls=calls, deprecated=tuple(deprecated), unmarked=tuple(_unmarked(plugin, hooks.keys() - calls.keys()))
    )


def _meant(name: str, hooks: Iterable[str]) -> str:
    near = get_close_matches(name, list(hooks), n=1)
    return f"{f'did you mean {near[0]}? T' if near else 't'}he hooks: {', '.join(sorted(hooks))}"


def _unmarked(plugin: object, names: Iterable[str]) -> Iterator[str]:
    """Functions that the module *plugin* defines itself, called like one of the hooks *names*."""
    for name in sorted({*names}.intersection(dir(plugin))):
        function = getattr(plugin, name, None)
        if inspect.isfunction(function) and function.__module__ == getattr(plugin, "__name__", ""):
            yield f"its function {name} is not marked with @hookimpl, so that it is never called; mark it"


def _marked(plugin: object) -> Iterator[tuple[str, Callable[..., Any], Mapping[str, Any]]]:
    for attribute in dir(plugin):
        function = getattr(plugin, attribute, None)
        said = getattr(function, IMPLEMENTED, None)
        if isinstance(said, dict) and inspect.isroutine(function):
            yield said.get("specname") or attribute, function, said


def _direct(function: Callable[..., Any], names: tuple[str, ...]) -> Callable[..., Any]:
    return lambda **values: function(*(values[name] for name in names))
