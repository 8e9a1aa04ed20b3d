"""Puts a compendium together: chosen records of a region as the public reads them now, in one language."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from lanzarote.compendium.lines import line, words
from lanzarote.compendium.practices import tell_practice
from lanzarote.compendium.procedures import tell_procedure
from lanzarote.compendium.wanted import Wanted
from lanzarote.errors import LanzaroteError, NotFound
from lanzarote.facts.convention import convention
from lanzarote.plugins.formats import written_by
from lanzarote.practices import service
from lanzarote.procedures import public
from lanzarote.records.changelog import Served
from lanzarote.store.database import ALL
from lanzarote.translation import N_, date_told, format_list
from lanzarote.types import Chapter, Chart, Compendium, Words
from lanzarote.web.labels import Voice, licence_address

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from lanzarote.instance import Instance
    from lanzarote.practices.model import Document
    from lanzarote.types import DocumentExporter, Line, Told

    Progress = Callable[[int], None]
    """Called with how many of the records are done."""

ENOUGH_TO_COUNT: Final = 3
"""Practices from which on a chart tells something."""
MOST_BARS: Final = 12
GONE = N_("One of the chosen practices or procedures is no longer public. Choose again.")


LONGEST: Final = 900.0
"""Seconds that a package may take over a document; the longest of a region is set in a few minutes."""


class NoSuchFormat(LanzaroteError):
    """No installed package writes the format."""


def exporter_of(instance: Instance, format: str) -> DocumentExporter:
    """Raises NoSuchFormat that says what there is, or how to get one."""
    for exporter in instance.host.document_exporters:
        if exporter.format == format:
            return exporter
    known = ", ".join(one.format for one in instance.host.document_exporters)
    raise NoSuchFormat(
        f"No installed package writes documents as {format[:40]!r} (formats there are: {known})."
        if known
        else "No installed package writes documents. Add one: pip install lanzarote-compendium"
    )


def written(instance: Instance, exporter: DocumentExporter, document: Compendium) -> bytes:
    """What the package makes of *document*. Raises FormatFailed, which names it."""
    return written_by(instance.host, exporter, document, seconds=LONGEST, what="this document")


def compose(instance: Instance, wanted: Wanted, progress: Progress | None = None) -> Compendium:
    """The document as values. Raises NotFound when something that is asked for is not public."""
    header = instance.header(wanted.region)
    revision = revision_of(instance, wanted.region)
    voice = Voice(instance, wanted.language, header)
    documents = list(_documents(instance, wanted))
    told = _Counting(progress)
    practices = tuple(told(tell_practice(voice, one)) for one in documents)
    found = {one.id: one for one in public.every(instance, wanted.region)} if wanted.procedures else {}
    if not found.keys() >= set(wanted.procedures):
        raise NotFound(GONE)
    procedures = tuple(told(tell_procedure(voice, found[one])) for one in wanted.procedures)
    return _bound(voice, wanted, revision, documents, practices, procedures)


def revision_of(instance: Instance, region_id: str) -> int:
    """The number of the region's public content; None of it is older than what is read after. Raises NotFound."""
    with instance.database.read(ALL) as session:
        served = session.get(Served, region_id)
        if served is None or not served.enabled:
            raise NotFound("There is no such region here.")
        return served.revision


class _Counting:
    def __init__(self, progress: Progress | None) -> None:
        self._progress, self._count = progress, 0

    def __call__(self, told: Told) -> Told:
        self._count += 1
        if self._progress:
            self._progress(self._count)
        return told


def _documents(instance: Instance, wanted: Wanted) -> Iterator[Document]:
    for record_id in wanted.practices:
        try:
            yield service.decode(service.document_of(instance.database, wanted.region, record_id))
        except NotFound:
            raise NotFound(GONE) from None


def _bound(
    voice: Voice,
    wanted: Wanted,
    revision: int,
    documents: Sequence[Document],
    practices: tuple[Told, ...],
    procedures: tuple[Told, ...],
) -> Compendium:
    _, header = voice._, voice.vocabulary.header
    day = date_told(voice.today, voice.lang)
    counts = list(_counted(voice, wanted))
    named = [(_("Practices"), practices), (_("Co-operation procedures"), procedures)]
    filled = [one for one in named if one[1]]
    chapters = [Chapter(words(title), words(count), told) for (title, told), count in zip(filled, counts, strict=True)]
    return Compendium(
        title=wanted.title,
        subtitle=str(format_list(counts, voice.lang)),
        language=voice.lang,
        region=header,
        region_name=words(voice.say(voice.vocabulary.name())),
        publisher=voice.instance.settings.operator,
        address=voice.absolute(voice.href()),
        day=voice.today,
        revision=revision,
        made=words(
            _("As the public read it on %(day)s; state %(number)s of the region’s public content.")
            % {"day": day, "number": revision}
        ),
        licence=Words(header.licence, href=licence_address(header.licence)),
        about=tuple(_about(voice)),
        charts=tuple(_charts(voice, documents)) if len(documents) >= ENOUGH_TO_COUNT else (),
        chapters=tuple(chapters),
        words=_own_words(voice),
    )


def _counted(voice: Voice, wanted: Wanted) -> Iterator[str]:
    ngettext = voice.translator.ngettext
    if count := len(wanted.practices):
        yield ngettext("%(num)s practice", "%(num)s practices", count) % {"num": count}
    if count := len(wanted.procedures):
        yield ngettext("%(num)s procedure", "%(num)s procedures", count) % {"num": count}


def _about(voice: Voice) -> Iterator[Line]:
    _ = voice._
    yield line(
        voice,
        _(
            "What is shown here comes from public sources unless it says otherwise. Being named does not mean having "
            "joined, endorsed or failed anything."
        ),
    )
    yield line(
        voice,
        _(
            "Each practice shows its status, who vouches for it and how strong the evidence is: two things, never "
            "one mark. “Not assessed” means that the group has not assessed it."
        ),
    )
    yield line(
        voice,
        _(
            "Links to articles of the Convention are editorial. What was not verified says so. What the sources do not "
            "state is named, never guessed."
        ),
    )
    yield line(
        voice,
        _(
            "A reader of the site chose the contents and wrote the title; the texts are those of the site, "
            "unchanged. The addresses lead to what it says today."
        ),
    )


def _charts(voice: Voice, documents: Sequence[Document]) -> Iterator[Chart]:
    _, terms = voice._, voice.vocabulary
    sectors = Counter(
        key
        for one in documents
        for key in {terms.present_key("sector", key) for key in one.sectors} & set(terms.sectors)
    )
    named = [(words(voice.say(terms.sectors[key].name)), count) for key, count in sectors.items()]
    yield from _chart(voice, _("Practices by sector"), _("Sector"), named)
    articles = Counter(key for one in documents for key in {ref.partition(".")[0] for ref in one.convention})
    known = {str(one.number): one for one in convention().articles}
    told = [(_numbered(key, voice.say(known[key].heading)), count) for key, count in articles.items() if key in known]
    yield from _chart(voice, _("Practices by article of the Convention (editorial mapping)"), _("Article"), told)


def _numbered(number: str, heading: str) -> Words:
    return replace(words(heading), text=f"{number}. {heading}")


def _chart(voice: Voice, title: str, of: str, bars: Sequence[tuple[Words, int]]) -> Iterator[Chart]:
    if bars:
        ordered = sorted(bars, key=lambda bar: (-bar[1], voice.sort_key(bar[0].text)))
        yield Chart(words(title), (words(of), words(voice._("Practices"))), tuple(ordered[:MOST_BARS]))


def _own_words(voice: Voice) -> dict[str, Words]:
    _ = voice._
    told = {
        "contents": _("Contents"),
        "about": _("How to read this document"),
        "chosen": _("What was chosen"),
        "sources": _("Sources"),
        "no-source": _("No source is given."),
        "checked": _("How it was checked:"),
        "together": _("Who does it together"),
        "facts": _("In short"),
        "standing": _("Status"),
        "address": _("Address"),
        "licence": _("Reuse:"),
    }
    return {key: words(one) for key, one in told.items()}
