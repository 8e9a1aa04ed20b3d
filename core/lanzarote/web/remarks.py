"""What the packages of a region say about what is written, in the reader's words, and why something was let pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from lanzarote.records.save_checks import FAILED_WORDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from lanzarote.records.drafts import Told
    from lanzarote.web.site import View


class Remark(Struct, frozen=True, kw_only=True):
    """What a package says, or why a coordinator let pass what it objected to."""

    label: str
    """Of the field it is about."""
    about: str
    lang: str
    package: str
    text: str = ""
    """The coordinator's reason."""
    by: str = ""


def remarks(view: View, told: Told, *, label: Callable[[str], str], person: Callable[[str], str]) -> Iterator[Remark]:
    """Everything that packages say; then what was let pass once and is said no more."""
    reasons = {one.place: one for one in told.overrides}
    for noted in told.noted:
        about, lang = concern_words(view, noted.package, noted.text, failed=noted.failed)
        reason = reasons.pop((noted.package, noted.code, noted.field), None)
        yield Remark(
            label=label(noted.field),
            about=about,
            lang=lang,
            package=noted.package,
            text=reason.text if reason else "",
            by=person(reason.by) if reason else "",
        )
    for one in reasons.values():
        by = person(one.by)
        yield Remark(label=label(one.field), about=one.code, lang="", package=one.package, text=one.text, by=by)


def concern_words(view: View, package: str, text: Mapping[str, str], *, failed: bool) -> tuple[str, str]:
    """What a package says, for this reader, and the language it is in."""
    if failed:
        return view._(FAILED_WORDS) % {"package": package}, view.lang
    return view.text(text)


def place_of(name: str) -> str:
    """The place that a field for a reason is about, or *name* itself.

    >>> place_of("reason[text.fr.title|email]"), place_of("override[a|b|partners[0].part.fr]"), place_of("scope")
    ('text.fr.title', 'partners[0].part.fr', 'scope')
    """
    if name.startswith("override["):
        return name.removesuffix("]").rpartition("|")[2]
    return name[7:].partition("|")[0] if name.startswith("reason[") else name
