"""What `lanzarote region messages …` does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from lanzarote.errors import LanzaroteError
from lanzarote.kit.check import catalogues_for
from lanzarote.kit.messages.files import DOMAINS, PLATFORM, Words, readable
from lanzarote.kit.messages.parts import progress
from lanzarote.kit.project import laws_beside, project_of
from lanzarote.regions.words import own_words
from lanzarote.translation import CatalogueError
from lanzarote.translation.catalogues import load
from lanzarote.translation.checking import fault_of
from lanzarote.translation.formats import arranged, order_in
from lanzarote.translation.po import examine, header_of
from lanzarote.types import Catalogue, RegionHeader

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterable, Iterator

    from lanzarote.translation.formats import Order
    from lanzarote.translation.po import Entry

WHAT = {PLATFORM: "words of the platform", "region": "words of the folder"}


def run(given: Namespace) -> int:
    """Do what was asked for. Raises LanzaroteError."""
    folder = Path(given.folder)
    match given.messages:
        case "export":
            return export(folder, given.language, drop=given.drop)
        case "import":
            return import_file(folder, given.language, Path(given.file), rest=given.rest)
        case _:
            return print_progress(folder)


def export(folder: Path, language: str, *, drop: bool = False) -> int:
    """Bring the folder's files of words up to date for a translator; nothing that is translated is lost unsaid."""
    words, nothing = Words(folder, language), True
    for domain in DOMAINS:
        known = words.there(domain)
        entries, gone = words.merged(domain, known), words.obsolete(domain, known)
        if entries or gone:
            nothing = False
            words.write(domain, entries if drop else [*entries, *gone])
            waiting = sum(not entry.translated or "fuzzy" in entry.flags for entry in entries)
            print(f"{words.path(domain)}: {len(entries)} {WHAT[domain]}, {waiting} to translate.")
        _print_gone(gone, drop=drop)
    if nothing:
        print(_nothing_to_translate(words))
    _print_unchosen(words)
    _print_laws(words)
    return 0


def _nothing_to_translate(words: Words) -> str:
    told = f"Nothing is to be translated into {words.language}, and nothing was written: the files of the folder say "
    files = [one for one in catalogues_for(words.folder) if (one.language, one.domain) == (words.language, PLATFORM)]
    if not files or not isinstance(words.content.header, RegionHeader):
        return f"{told}everything in it."
    places = ", ".join(str(one.path) for one in files)
    return f"{told}everything in it, and installed packages every word of the platform. To read those: {places}"


def _print_gone(gone: Iterable[Entry], *, drop: bool) -> None:
    names = [entry.id for entry in gone]
    if names:
        done = "taken out" if drop else "left in the file (--drop takes them out)"
        print(f"Translated, no longer used, and {done}: {len(names)}")
        for name in names:
            print(f"  {name[:100]}")


def _print_unchosen(words: Words) -> None:
    header = words.content.header
    if header and words.language not in header.languages:
        print(
            f"Nobody can choose {words.language} yet: add it to languages in {words.content.header_file}, and to draft "
            "until a native reader has looked at it."
        )


def _print_laws(words: Words) -> None:
    for law in laws_beside(project_of(words.folder)) if isinstance(words.content.header, RegionHeader) else ():
        print(f"National law has words of its own: lanzarote region messages export {law} {words.language}")


class Sorted(Struct):
    """What became of the entries of a file."""

    new: dict[str, dict[tuple[str, str], Entry]] = field(default_factory=lambda: {domain: {} for domain in DOMAINS})
    bad: list[str] = []
    strange: list[str] = []
    kept: int = 0


def import_file(folder: Path, language: str, file: Path, *, rest: bool = False) -> int:
    """Take the translations of *file* into the folder; with faults in it nothing, or with *rest* only what is sound."""
    words = Words(folder, language)
    try:
        text = file.read_text("utf-8")
    except OSError as error:
        raise LanzaroteError(f"{file} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise LanzaroteError(f"{file} is not UTF-8 at byte {error.start}; save it as UTF-8") from None
    _refuse_other_language(file, text, language)
    known = {domain: words.there(domain) for domain in DOMAINS}
    order = order_in(header_of(text).get("Plural-Forms", ""), language)
    taken = Sorted()
    entries, faults = examine(text)
    taken.bad += (fault.at(str(file)) for fault in faults)
    for entry in words.followed(entries):
        if entry.id and any(entry.forms):
            _sort_in(entry, words, known, taken, file, order)
    for line in (*taken.bad, *taken.strange):
        print(line)
    count = sum(map(len, taken.new.values()))
    if taken.bad and not rest:
        print(f"Nothing was taken: {len(taken.bad)} of its translations cannot be. Mend them, or take the rest: --rest")
        return 1
    for domain in DOMAINS:
        if taken.new[domain]:
            merged = {**known[domain], **taken.new[domain]}
            words.write(domain, [*words.merged(domain, merged), *words.obsolete(domain, merged)])
    print(f"{count} taken, {taken.kept} as they were, {len(taken.bad)} left out, {len(taken.strange)} not used here.")
    _print_unchosen(words)
    return 0


def _refuse_other_language(file: Path, text: str, language: str) -> None:
    """Raises LanzaroteError for the work of a translator into another language."""
    said = header_of(text).get("Language", "")
    if said and _without_country(said) != _without_country(language):
        raise LanzaroteError(
            f"{file} says that it is in {said!r} (Language, in its head), not in {language!r}. Take it as what it is: "
            f"lanzarote region messages import DIR {said} {file.name}; or correct its head."
        )


def _without_country(language: str) -> str:
    """``pt_BR`` → ``pt``; a script stays, it is another way of writing."""
    first, *rest = language.replace("_", "-").split("-")
    return "-".join((first.lower(), *(part for part in rest if len(part) > 3)))


def _sort_in(
    entry: Entry, words: Words, known: dict[str, dict[tuple[str, str], Entry]], taken: Sorted, file: Path, order: Order
) -> None:
    place = f'{file}, line {entry.line}: "{entry.id[:80]}"'
    domain = next((one for one in DOMAINS if entry.key in words.asked[one]), None)
    if domain is None:
        taken.strange.append(f"{place} is not used here, or translated elsewhere; it was left out")
        return
    asked = words.asked[domain][entry.key]
    told = "has another msgid_plural" if entry.plural != asked.plural else fault_of(entry, words.language)
    if entry.plural is not None and not told:
        entry, told = arranged(entry, order), order.told
    before = known[domain].get(entry.key)
    if told:
        taken.bad.append(f"{place} {told}")
    elif before and (before.forms == entry.forms or ("fuzzy" in entry.flags and "fuzzy" not in before.flags)):
        taken.kept += before.flags == entry.flags or "fuzzy" not in before.flags
        if before.forms == entry.forms and "fuzzy" in before.flags - entry.flags:
            taken.new[domain][entry.key] = replace(before, flags=entry.flags)
    else:
        taken.new[domain][entry.key] = entry


def print_progress(folder: Path) -> int:
    """Count, for each language of the folder, what is translated, part by part."""
    content = readable(folder)
    assert content.header is not None
    words, own = catalogues_for(folder), list(own_words(content))
    for language in content.header.languages:
        told = []
        for line in _unused(folder, language, words):
            print(f"{language}: {line}")
        if isinstance(content.header, RegionHeader) and language.partition("-")[0] != "en":
            told = progress(language, words).told()
        done = sum(language in word.languages for word in own)
        print(f"{language}: {', '.join([*told, f'own words {done} of {len(own)}'])}")
    return 0


def _unused(folder: Path, language: str, words: Iterable[Catalogue]) -> Iterator[str]:
    """Which files of words in *language* count for nothing here, and why."""
    own = Catalogue(language=language, path=folder / "translations" / "region" / f"{language}.po", domain="region")
    files = [one for one in words if one.language == language]
    for catalogue in (*files, *([own] if own.path.is_file() else [])):
        try:
            load(catalogue)
        except CatalogueError as error:
            yield f"a file is not used: {error}; all of them: lanzarote region check {folder}"
