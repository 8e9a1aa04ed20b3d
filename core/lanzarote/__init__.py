"""The Lanzarote platform. What a package author imports: the values, the hook marker, the version."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lanzarote.hookspecs import hookimpl
    from lanzarote.types import (
        Catalogue,
        Concern,
        DocumentExporter,
        EndedSession,
        Exporter,
        Identity,
        IdentityProvider,
        ImportAnswer,
        ImportDraft,
        Importer,
        ImportForm,
        ImportPlace,
        ImportProblem,
        ImportReading,
        ImprovementDecided,
        LegalFramework,
        PracticePublished,
        PracticeWithdrawn,
        ProposedRole,
        ProviderAddress,
        ProviderFault,
        Region,
        SignInAnswer,
        SignInRequest,
        SignOutRequest,
        Table,
    )

__version__ = "0.1.0"
__all__ = [
    "Catalogue",
    "Concern",
    "DocumentExporter",
    "EndedSession",
    "Exporter",
    "Identity",
    "IdentityProvider",
    "ImportAnswer",
    "ImportDraft",
    "ImportForm",
    "ImportPlace",
    "ImportProblem",
    "ImportReading",
    "Importer",
    "ImprovementDecided",
    "LegalFramework",
    "PracticePublished",
    "PracticeWithdrawn",
    "ProposedRole",
    "ProviderAddress",
    "ProviderFault",
    "Region",
    "SignInAnswer",
    "SignInRequest",
    "SignOutRequest",
    "Table",
    "__version__",
    "hookimpl",
]


def __getattr__(name: str) -> object:
    """Import on first use: the command line must answer ``--help`` before msgspec and pluggy are needed."""
    from importlib import import_module

    if name == "hookimpl":
        return import_module("lanzarote.hookspecs").hookimpl
    if name in __all__:
        return getattr(import_module("lanzarote.types"), name)
    raise AttributeError(f"module 'lanzarote' has no attribute {name!r}")
