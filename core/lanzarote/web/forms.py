"""What forms and bodies hold, read without doubt or not at all, and what was wrong in them, by their names."""

from __future__ import annotations

import json
import re
from html import unescape
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import unquote_to_bytes

import msgspec
from markupsafe import escape

from lanzarote.errors import LanzaroteError
from lanzarote.records.validation import LONGEST_ANYWHERE
from lanzarote.runtime.reading import decoded
from lanzarote.translation.catalogues import N_

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from lanzarote.translation import Translator


# --- JSON bodies: everything in one is known and said once, or it is refused with the place named ---

T = TypeVar("T")

DEEPEST: Final = 24
"""How deep objects and lists may stand in each other; no resource takes more than half of it."""
# A string that never ends is one token too: looking for its end again and again would take for ever.
_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[\]{}]', re.DOTALL)
_PLACE: Final = re.compile(r"^(?P<text>.*?)(?: - at `(?:key` in `)?\$\.?(?P<place>[^`]*)`)?$", re.DOTALL)


class Unreadable(LanzaroteError):
    """What was sent is no JSON that can be read."""


class Misfit(LanzaroteError):
    """What was sent is JSON, but not what this address takes; *place* and *text* say where and why."""

    def __init__(self, place: str, text: str) -> None:
        super().__init__(f"{place}: {text}" if place else text)
        self.place, self.text = place, text


def read_json(raw: bytes, kind: type[T]) -> T:
    """The value of type *kind* in *raw*. Raises Unreadable, Misfit.

    >>> read_json(b'{"a": 1, "a": 2}', dict)
    Traceback (most recent call last):
    lanzarote.web.forms.Unreadable: A name stands twice in the same object; say it once.
    """
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise Unreadable("This is not UTF-8; send JSON as UTF-8.") from None
    _refuse_deep(text)
    try:
        # Looks for what msgspec lets pass: names said twice, numbers that are none.
        json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
        return decoded(raw, kind)
    except msgspec.ValidationError as error:
        raise _misfit(error) from None
    except (ValueError, RecursionError, msgspec.DecodeError):
        raise Unreadable("This is no JSON that can be read; send one JSON object.") from None


def _refuse_deep(text: str) -> None:
    depth = 0
    for token in _TOKEN.finditer(text):
        sign = token[0]
        if sign in "[{":
            depth += 1
            if depth > DEEPEST:
                raise Unreadable(
                    f"Objects and lists stand deeper in each other than {DEEPEST} times; send less deep ones."
                )
        elif sign in "]}":
            depth -= 1


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    for name, value in pairs:
        for one in value if isinstance(value, list) else (value,):
            if isinstance(one, str) and len(one) > LONGEST_ANYWHERE:
                raise Misfit(name[:200], f"is longer than {LONGEST_ANYWHERE} characters: no field has room for more.")
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unreadable("A name stands twice in the same object; say it once.")
    return found


def _no_number(_: str) -> Any:
    raise Unreadable("NaN and Infinity are no JSON; leave the number out.")


def _misfit(error: msgspec.ValidationError) -> Misfit:
    """Where and why, in the words of the schema: what was sent itself is not repeated, but for names of fields."""
    match = _PLACE.match(str(error))
    place, text = (match["place"] or "", match["text"]) if match else ("", str(error))
    return Misfit(place[:200], f"{text[:200]}.")


# --- What a form holds, field by field: only what can be read without doubt is taken ---

NOT_TEXT = N_(
    "Some of its letters cannot be read: it was not sent as UTF-8. Nothing was kept. Send it again from our own page."
)
TWICE = N_("A field was sent twice, with different texts. Nothing was kept. Send the form again from our own page.")
TOO_LARGE = N_(
    "There is more in this form than there is room for. Nothing was saved. Your text is below: copy it, then shorten "
    "it or send it in several parts."
)
SHORT: Final = 40
"""Shorter fields without a blank are choices and numbers rather than something written."""

Written = tuple[tuple[str, str], ...]


class Malformed(LanzaroteError):
    """A form that none of our pages would send; nothing of it is done."""

    def __init__(self, text: str, written: Written) -> None:
        super().__init__(text)
        self.texts = texts_in(written)
        """What somebody wrote, as far as it can be read."""


class TooLarge(Malformed):
    """A form that holds more than there is room for; nothing of it is done, and all of it is shown again."""


def texts_in(fields: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """What somebody wrote into *fields*, without what was but chosen.

    >>> texts_in([("text.fr.why", "oui"), ("place", "Salle 12"), ("side", "other"), ("until", "3")])
    ('oui', 'Salle 12')
    """
    return tuple(value for name, value in fields if not _is_chosen(name, value.strip()))


_CODE: Final = re.compile(r"[a-z0-9_./:-]*", re.ASCII)
"""What a form sends of a choice, a day or a number."""
_IN_A_LANGUAGE: Final = re.compile(r"\.[a-z]{2,3}(\.|$)", re.ASCII)
"""In the name of a field: ``text.fr.title``, ``title.fr``."""


def _is_chosen(name: str, value: str) -> bool:
    code = len(value) < SHORT and _CODE.fullmatch(value)
    return bool(code) and not (value.isalpha() and _IN_A_LANGUAGE.search(name))


def require_text(body: bytes, written: Written) -> None:
    """Raise Malformed unless the form in *body* is written as browsers write it: ASCII that stands for UTF-8."""
    try:
        unquote_to_bytes(body).decode("utf-8")
    except UnicodeDecodeError:
        raise Malformed(NOT_TEXT, written) from None
    if not body.isascii():
        raise Malformed(NOT_TEXT, written)


def one_of(data: Mapping[str, Any], name: str) -> str:
    """The field *name*, exactly as it was written; empty without it. Raises Malformed."""
    value = data.get(name)
    if isinstance(value, list):
        raise Malformed(TWICE, tuple(pairs_of(data)))
    return value if isinstance(value, str) else ""


def many_of(data: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """All values of a field that may be sent several times."""
    value = data.get(name)
    values = value if isinstance(value, list) else [value]
    return tuple(one for one in values if isinstance(one, str))


def pairs_of(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every field with each of its values."""
    for name in data:
        for value in many_of(data, name):
            yield name, value


def whole_number(text: str, otherwise: int = 0) -> int:
    """The whole number that *text* is, of at most nine figures; *otherwise* for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else otherwise


# --- What was wrong in a form, said by the names that the page itself gives to its fields, with links to them ---
# A service says ``text.fr.title``; only the page knows that it calls this "Title (French)", and where it stands. So the
# names are read off the page that is about to be sent, once, for every form.

_ERROR: Final = re.compile(
    r'<li data-field="([^"]*)" data-label="([^"]*)" data-elsewhere="([^"]*)">(.*?)</li>', re.DOTALL
)
_LAST_PART: Final = re.compile(r"(\.[^.\[\]]*|\[[^\]]*\])$")
_ENDS_A_SENTENCE: Final = ("?", "!", ".", "…", ":")
_LONGEST: Final = 120
"""Letters of a label; a box that confirms something has a long one."""
_VOID: Final = frozenset({"input", "br", "img", "hr", "link", "meta", "col", "wbr", "source", "area", "base", "embed"})
_FIELDS: Final = frozenset({"input", "textarea", "select"})
_SILENT: Final = frozenset({"optional", "count", "n"})
"""Classes of what stands beside a label and is no part of it: that it is optional, counts, numbers of questions."""
_HEADINGS: Final = frozenset({"h2", "h3", "h4", "legend"})


def name_errors(page: str, translator: Translator) -> str:
    """*page* with the errors of its summary named and linked, in the order of its fields."""
    if '<li data-field="' not in page:
        return page
    labels = _Labels(page)

    def named(match: re.Match[str]) -> tuple[int, str]:
        field, given, elsewhere = (unescape(one) for one in match.groups()[:3])
        text = match[4]
        target, label = labels.of(field)
        label = given or label if not target or target != field else label or given
        words = f"{_begin(label, translator)} {text}" if label and not unescape(text).startswith(label) else text
        href = f"#{target}" if target else f"{elsewhere}#{field}" if elsewhere else ""
        place = page.find(f' id="{escape(target)}"') if target else -1
        line = f'<li><a href="{escape(href)}">{words}</a></li>' if href else f"<li>{words}</li>"
        return (place if place >= 0 else len(page)), line

    lines = iter(sorted(map(named, _ERROR.finditer(page)), key=lambda one: one[0]))
    return _ERROR.sub(lambda _: next(lines)[1], page)


def _begin(label: str, translator: Translator) -> str:
    if label.endswith(_ENDS_A_SENTENCE):
        return f"<strong>{escape(label)}</strong>"
    named = translator.gettext("%(label)s:") % {"label": label}
    return f"<strong>{escape(named)}</strong>"


class _Labels(HTMLParser):
    """What a page calls its fields: by the id of what is linked to."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[tuple[str, str, bool]] = []
        """Elements around: tag, id, whether their text is part of no label."""
        self._said: list[tuple[str, list[str]]] = []
        """Labels, legends and headings that are being read: what they are for, and their words."""
        self._ids: dict[str, str] = {}
        """Id → label; empty while none is known."""
        self._names: dict[str, str] = {}
        """Name of a field → id of what holds it."""
        self._within: dict[str, str] = {}
        """Id of an element → the first field in it."""
        self._leads_in: set[str] = set()
        """Ids of groups whose errors lead to their first field."""
        self._empty = ""
        """Id of the last group where one field of several is enough and all are empty."""
        self._in_empty: dict[str, str] = {}
        """Id of a field → id of such a group around it."""
        self._groups: dict[str, list[str]] = {}
        """Id of a field → the fieldsets around it."""
        self.feed(page)
        self.close()

    def of(self, field: str) -> tuple[str, str]:
        """The id to link to for *field*, and its label; either may be empty."""
        place = field
        while place:
            if found := self._at(place):
                return found
            place = _LAST_PART.sub("", place) if _LAST_PART.search(place) else ""
        return "", ""

    def _at(self, place: str) -> tuple[str, str] | None:
        for target in (place, self._names.get(place, "")):
            if target in self._ids:
                field = self._within.get(target, target)
                if self._ids[target]:
                    return (field if target in self._leads_in else target), self._named(target)
                return (field if field in self._ids else target), self._named(field)
        inner = (name for name in (*self._names, *self._ids) if name.startswith((f"{place}.", f"{place}[")))
        field = next((self._names.get(name, name) for name in inner), "")
        return (field, self._named(field)) if self._ids.get(field) else None

    def _named(self, target: str) -> str:
        target = self._in_empty.get(target, target)
        label = self._ids.get(target, "")
        groups = [text for one in self._groups.get(target, ()) if one != target and (text := self._ids.get(one, ""))]
        return " – ".join([*groups, label]) if label else ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        known = given.get("id", "")
        if known:
            self._ids.setdefault(known, given.get("aria-label", ""))
            around = [one for kind, one, _ in self._open if kind == "fieldset" and one]
            self._groups[known] = around
            if given.get("role") == "group":
                self._leads_in.add(known)
                self._empty = known if "data-empty" in given else ""
            elif self._empty and self._empty in (one for _, one, _ in self._open):
                self._in_empty[known] = self._empty
        if tag in _FIELDS and given.get("type") not in ("hidden", "submit"):
            self._field(given, known)
        if tag == "label":
            self._said.append((given.get("for", ""), []))
        elif tag in _HEADINGS:
            fieldset = next((one for kind, one, _ in reversed(self._open) if kind == "fieldset"), "")
            self._said.append((fieldset if tag == "legend" else known, []))
        if tag not in _VOID:
            silent = tag == "small" or bool(_SILENT & set(given.get("class", "").split()))
            self._open.append((tag, known, silent))

    def _field(self, given: dict[str, str], known: str) -> None:
        holders = [one for kind, one, _ in self._open if one and kind in ("div", "span", "fieldset")]
        name = given.get("name", "")
        holder = known or (holders[-1] if holders else "")
        if name:
            self._names.setdefault(name, holder)
        for one in holders:
            self._within.setdefault(one, known or one)
        if self._said and not self._said[-1][0]:
            self._said[-1] = (holder, self._said[-1][1])

    def handle_data(self, data: str) -> None:
        if self._said and not any(silent for _, _, silent in self._open):
            self._said[-1][1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag not in (one for one, _, _ in self._open):
            return
        while self._open.pop()[0] != tag:
            pass
        if (tag == "label" or tag in _HEADINGS) and self._said:
            target, words = self._said.pop()
            text = " ".join("".join(words).split())
            if len(text) > _LONGEST:
                text = text[: text.rfind(" ", 0, _LONGEST)] + "…"
            if target and not self._ids.get(target):
                self._ids[target] = text
