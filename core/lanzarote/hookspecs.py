"""Every hook on one page. Implement the ones you need in your package's ``__init__.py``::

    from lanzarote import hookimpl

    @hookimpl
    def regions():
        return (Region.from_folder(files(__name__) / "region"),)

There are three kinds. In none of them does the order of installation matter: packages are asked by name.

- **Contributions** (``regions`` … ``identity_providers``) are asked for once per version, at start, or, of a package
  whose module is called ``lanzarote_region_…``, when its region is used. Import and contributions have 10 seconds, and
  a hook returns at most 1,000 values. What a package contributes counts as a whole: one that raises, hangs or returns
  something else contributes nothing, and silences no other.
- **Objections** (``check_…``) are asked for at every save, after the guard and before anything is written, of the
  packages that the region has switched on. One that raises, answers what it should not, or has not answered after 5
  seconds, stops the save and is named.
- **Events** (``practice_…ed``, ``improvement_decided``) are sent after what happened is safely kept, at least once
  each, to the packages that the region has switched on. One that raises, or takes longer than two minutes, gets it
  again later; nothing else waits for it.

A region's own package is always switched on for it where it is written. Each package runs in processes of its own; what
crosses a hook is frozen, and a copy: changing it changes nothing. This protects from faults, not from malice: a package
runs with the rights of the platform.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lanzarote.types import (
        Catalogue,
        Concern,
        DocumentExporter,
        Exporter,
        IdentityProvider,
        Importer,
        Improvement,
        ImprovementDecided,
        LegalFramework,
        Organisation,
        PracticePublished,
        PracticeSheet,
        PracticeWithdrawn,
        Region,
        RegionHeader,
    )

hookspec = pluggy.HookspecMarker("lanzarote")
hookimpl = pluggy.HookimplMarker("lanzarote")


@hookspec
def regions() -> Iterable[Region]:  # type: ignore[empty-body]
    """Return the regions this package describes, usually one.

    Example: ``return (Region.from_folder(files(__name__) / "region"),)``
    """


@hookspec
def legal_frameworks() -> Iterable[LegalFramework]:  # type: ignore[empty-body]
    """Return national law that several regions may share; a region names it in ``law = ["FR"]``.

    Example: ``return (LegalFramework.from_folder(files(__name__) / "law_fr"),)``
    """


@hookspec
def catalogues() -> Iterable[Catalogue]:  # type: ignore[empty-body]
    """Return translations of the platform's own words, one catalogue per language.

    Example: ``return (Catalogue(language="fr", path=files(__name__) / "locale" / "fr.po"),)``
    """


@hookspec
def exporters() -> Iterable[Exporter]:  # type: ignore[empty-body]
    """Return file formats in which every list can be downloaded.

    Example: ``return (Exporter(format="csv", label="CSV", media_type="text/csv", extension="csv", write=write_csv),)``
    """


@hookspec
def importers() -> Iterable[Importer]:  # type: ignore[empty-body]
    """Return file formats in which a team can import practices or its directory, and templates to fill in.

    Reading a file and writing one have 60 seconds each. What is read has the fields of the columns of the form.

    Example: ``return (Importer(format="csv", label="CSV", media_type="text/csv", extensions=("csv",), write=write,
    read=read),)``
    """


@hookspec
def document_exporters() -> Iterable[DocumentExporter]:  # type: ignore[empty-body]
    """Return file formats in which chosen practices and procedures are written as one document.

    Called once per document, with everything in it as the public reads it; and never while a visitor waits for a page.

    Example: ``return (DocumentExporter(format="pdf", label="PDF", media_type="application/pdf", extension="pdf",
    write=set_pages),)``
    """


@hookspec
def identity_providers() -> Iterable[IdentityProvider]:  # type: ignore[empty-body]
    """Return where people can sign in with an account of their institution, as the settings of the package say.

    The platform asks the functions of a provider while a person waits: each has 15 seconds. Where the provider is away,
    or says what is not true, they answer with a ``ProviderFault``. The hook is asked again when a setting changes whose
    name begins with ``LANZAROTE_PLUGIN_`` and the name of the package.

    Example: ``return (IdentityProvider(key="town", label="Town hall", begin=begin, finish=finish, leave=leave,
    ended=ended, examine=examine),)``
    """


@hookspec
def check_practice(  # type: ignore[empty-body]
    region: RegionHeader, new: PracticeSheet, before: PracticeSheet | None
) -> Iterable[Concern]:
    """Return what is to be said about a practice that is about to be saved; *before*: what was saved last, if anything.

    A concern that blocks stops the save until the text is changed or a coordinator gives a reason; one that warns is
    shown. At most 200 are taken. Be quick: the writer waits.

    Example: ``return [Concern(code="no-figures", field="evidence", text={"en": "Is there a figure?"})]``
    """


@hookspec
def check_stakeholder(  # type: ignore[empty-body]
    region: RegionHeader, new: Organisation, before: Organisation | None
) -> Iterable[Concern]:
    """Return what is to be said about an organisation of the directory that is about to be saved.

    As ``check_practice``; places are such as ``role.fr``.

    Example: ``return [Concern(code="no-website", field="website", text={"en": "Is there a page to lead to?"})]``
    """


@hookspec
def check_improvement(  # type: ignore[empty-body]
    region: RegionHeader, new: Improvement, before: Improvement | None
) -> Iterable[Concern]:
    """Return what is to be said about an improvement that is about to be saved.

    As ``check_practice``; places are such as ``text.fr.proposal``.

    Example: ``return [Concern(code="no-means", field="text.fr.means", text={"en": "What does it take?"})]``
    """


@hookspec
def practice_published(event: PracticePublished) -> None:
    """Do what follows when the public reads a practice, or a newer version of it, or finds it at a new address.

    Told as it is when it is told: what was published and is withdrawn meanwhile is not told as published.

    Example: ``post(json.dumps({"title": event.titles, "address": event.address}))``
    """


@hookspec
def practice_withdrawn(event: PracticeWithdrawn) -> None:
    """Do what follows when the public reads a practice no more, because it was withdrawn or erased.

    Example: ``take_down(event.id, for_good=event.erased)``
    """


@hookspec
def improvement_decided(event: ImprovementDecided) -> None:
    """Do what follows when the public reads what the group decided on an improvement.

    Told as it is when it is told: what the group takes up again meanwhile is not told as decided.

    Example: ``post(json.dumps({"title": event.titles, "outcome": event.outcome}))``
    """
