"""Templates in one language: literal words are translated when a template is compiled, not each time it is rendered."""

from __future__ import annotations

import os
import re
import stat
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from copy import copy
from functools import cache
from hashlib import blake2b
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

import jinja2
from jinja2 import TemplateSyntaxError, nodes, pass_eval_context
from jinja2.bccache import BytecodeCache
from jinja2.nodes import EvalContext
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

from lanzarote.translation import (
    Foreign,
    Translator,
    as_text,
    date_told,
    direction,
    format_list,
    format_number,
    lang_back,
    lang_mark,
    language_name,
    plain,
)
from lanzarote.translation.checking import LITERAL_PERCENT, placeholders
from lanzarote.translation.typed_dates import is_iso_day

if TYPE_CHECKING:
    from jinja2.bccache import Bucket


# --- Where in a page the next word will stand, read from the HTML before it ---

_WORDS_ONLY = {"title", "desc", "option", "textarea"}
"""Elements that hold words and no elements."""
_CODE = {"script", "style"}
_WORDLESS = re.compile(
    "href|src|action|id|for|name|type|class|lang|hreflang|dir|rel|role|method|media|rows|start|style"
    "|d|r|c?[xy]|width|height|transform|viewbox|fill.*|stroke.*|data-.*|aria-(?!label$|description$).*"
)
"""Attributes that hold no words for a reader."""
_SIGN = re.compile(r"<!--.*?-->|<(/?)([a-zA-Z][\w-]*)?", re.DOTALL)
_IN_TAG = re.compile(r"""([^\s"'<>/=]+)\s*=\s*(["'])|(/?>)""")


class Place:
    """A place in HTML that begins between elements.

    >>> place = Place()
    >>> place.read('<p class="lede"><img alt="')
    >>> place.holds_elements, place.holds_words
    (False, True)
    """

    def __init__(self) -> None:
        self._element = ""
        """The tag one is within."""
        self._attribute = ""
        """The attribute one is within, and its quotation mark."""
        self._quote = ""
        self._only = ""
        """The element one is within, if it holds no elements."""

    @property
    def holds_elements(self) -> bool:
        return not (self._element or self._only)

    @property
    def holds_words(self) -> bool:
        """Whether it is for words, but not for elements."""
        if self._element:
            return bool(self._quote) and not _WORDLESS.fullmatch(self._attribute)
        return self._only in _WORDS_ONLY

    def copy(self) -> Self:
        return copy(self)

    def read(self, html: str) -> None:
        at = 0
        while at < len(html):
            reader = self._in_value if self._quote else self._in_tag if self._element else self._between
            at = reader(html, at)

    def _in_value(self, html: str, at: int) -> int:
        end = html.find(self._quote, at)
        if end < 0:
            return len(html)
        self._quote = ""
        return end + 1

    def _in_tag(self, html: str, at: int) -> int:
        found = _IN_TAG.search(html, at)
        if not found:
            return len(html)
        if found[2]:
            self._attribute, self._quote = found[1].lower(), found[2]
        else:
            opens = self._element in _WORDS_ONLY | _CODE and found[3] == ">"
            self._only = self._element if opens else ""
            self._element = ""
        return found.end()

    def _between(self, html: str, at: int) -> int:
        for found in _SIGN.finditer(html, at):
            closes, name = found[1], (found[2] or "").lower()
            if found[1] is None or (self._only and not (closes and name == self._only)):
                continue
            if name or found.end() == len(html):
                self._element = f"{closes}{name}" or "?"
                return found.end()
        return len(html)


# --- Keeps compiled templates from one start to the next: compiling them is most of what the first pages cost ---
# What is kept is code that this process will run. It lies in a folder that nobody but its user may enter, and each file
# begins with a digest of the rest: one that was torn or damaged is compiled anew.

KEPT_FOR: Final = 30 * 24 * 60 * 60
"""Seconds after which a file is made anew: of words and versions that are gone, nobody asks again."""
_DIGEST: Final = 32


class Bytecode(BytecodeCache):
    """Templates as they were compiled with the same words, in *folder*."""

    def __init__(self, folder: Path, words: str) -> None:
        """*words*: another text whenever anything is said in other words or compiled in another way."""
        self._folder, self._words = folder, words

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        told = "\0".join((self._words, name, filename or ""))
        return blake2b(told.encode(), digest_size=20).hexdigest()

    def load_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            read = (self._folder / bucket.key).read_bytes()
            digest, code = read[:_DIGEST], read[_DIGEST:]
            if digest == _digest(code):
                bucket.load_bytecode(BytesIO(code))

    def dump_bytecode(self, bucket: Bucket) -> None:
        written = BytesIO()
        bucket.write_bytecode(written)
        code = written.getvalue()
        with suppress(OSError):  # a full disk, or one that is only read, keeps no page from being shown
            handle, name = tempfile.mkstemp(dir=self._folder)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(_digest(code) + code)
                os.replace(name, self._folder / bucket.key)
            except OSError:
                Path(name).unlink(missing_ok=True)


def bytecode(words: str) -> Bytecode | None:
    """Where templates with these *words* are kept; None: nowhere that is safe."""
    folder = own_folder(Path(tempfile.gettempdir()))
    return Bytecode(folder, f"{_compiler()} {words}") if folder else None


@cache
def own_folder(place: Path) -> Path | None:
    """A folder in *place* that nobody but the user of this process may enter; None where there can be none."""
    if not hasattr(os, "geteuid"):
        return None
    folder = place / f"lanzarote-templates-{os.geteuid()}"
    try:
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        found = folder.lstat()
        mine = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o077
        if not mine:
            return None
        old = time.time() - KEPT_FOR
        for file in folder.iterdir():
            if file.stat().st_mtime < old:
                file.unlink()
    except OSError:
        return None
    return folder


def _digest(code: bytes) -> bytes:
    return blake2b(code, digest_size=_DIGEST).digest()


@cache
def _compiler() -> str:
    """What the compiled code depends on beside the template and its words."""

    told = blake2b(f"{sys.version} {jinja2.__version__}".encode(), digest_size=16)
    told.update(Path(__file__).read_bytes())
    return told.hexdigest()


# --- Templates in one language ---
# {{ _("Practices") }} is a constant in the compiled template, escaped like any text. In
# {{ _("Seen on %(day)s", day=when|date) }} the arguments are escaped too; Markup may be passed for a link.
#
# Words in another language than the page's (a message that nobody has translated yet, a name that exists in one
# language) stand within ``<span lang="…">`` in an element, so that a screen reader knows; in an attribute, a title or
# an option, which can hold no element, they are plain. Translations are never trusted: their markup is shown, not used.

_SINGLE = {"_": 1, "gettext": 1, "pgettext": 2}
_PLURAL = {"ngettext": 2, "npgettext": 3}


def environment(
    lang: str,
    translator: Translator,
    loader: jinja2.BaseLoader,
    *,
    auto_reload: bool = False,
    bytecode: jinja2.BytecodeCache | None = None,
    **variables: Any,
) -> jinja2.Environment:
    """Return the templates of *loader* in *lang*; *variables* are known to all of them, as are ``lang`` and ``dir``.

    Everything is escaped except in ``.txt`` templates. *bytecode*: where they are kept compiled, with these very words.
    """
    made = _Environment(
        translator,
        loader=loader,
        autoescape=_escapes,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=auto_reload,
        cache_size=-1,
        bytecode_cache=bytecode,
    )
    made.globals.update({"lang": lang, "dir": direction(lang)} | _functions(translator) | variables)
    made.filters.update(_filters(lang))
    return made


def _escapes(name: str | None) -> bool:
    return name is None or not name.endswith(".txt")


def _filters(lang: str) -> dict[str, Callable[..., Any]]:
    def bound(formatter: Callable[..., str]) -> Callable[..., str]:
        return lambda value, *more: formatter(value, lang, *more)

    return {
        "date": bound(date_told),
        "partial_date": bound(date_told),
        "number": bound(format_number),
        "listed": lambda items: _listed(list(items), lang),
        "language_name": bound(language_name),
        "plain": plain,
        "as_text": as_text,
        "lang_mark": lang_mark,
        "lang_back": lang_back,
        "is_iso_day": is_iso_day,
    }


def _listed(items: list[str], lang: str) -> str:
    """*items* as in a sentence, each still in its own language."""
    if not any(isinstance(item, Foreign | Markup) for item in items):
        return format_list(items, lang)
    places = format_list((f"{{{number}}}" for number in range(len(items))), lang)
    return escape(places).format(*items)


def _functions(translator: Translator) -> dict[str, Callable[..., str]]:
    """What stays to be done at run time: messages that are not literals, and numbers."""

    def filled(context: EvalContext, text: str, values: dict[str, Any]) -> str:
        safe = context.autoescape and not isinstance(text, Foreign)
        return (escape(text) if safe else text) % values

    @pass_eval_context
    def gettext(context: EvalContext, message: str, **values: Any) -> str:
        text = translator.gettext(message)
        return filled(context, text, values) if values else text

    @pass_eval_context
    def pgettext(context: EvalContext, sense: str, message: str, **values: Any) -> str:
        text = translator.pgettext(sense, message)
        return filled(context, text, values) if values else text

    @pass_eval_context
    def ngettext(context: EvalContext, one: str, many: str, n: float, **values: Any) -> str:
        return filled(context, translator.ngettext(one, many, n), {"num": n} | values)

    @pass_eval_context
    def npgettext(context: EvalContext, sense: str, one: str, many: str, n: float, **values: Any) -> str:
        return filled(context, translator.npgettext(sense, one, many, n), {"num": n} | values)

    return {
        "_": gettext,
        "gettext": gettext,
        "pgettext": pgettext,
        "ngettext": ngettext,
        "npgettext": npgettext,
    }


class _Environment(jinja2.Environment):
    def __init__(self, translator: Translator, **options: Any) -> None:
        super().__init__(**options)
        self.translator = translator

    def _generate(
        self, source: nodes.Template, name: str | None, filename: str | None, defer_init: bool = False
    ) -> str:
        folded = _Folding(self.translator, name, filename).visit(source)
        return super()._generate(folded, name, filename, defer_init)


class _Folding(NodeTransformer):
    """Replaces calls with literal messages by what they give, and refuses those that could fail when rendered.

    What fell back to English is left to be asked for when it is rendered, unless it is clear where it will stand.
    """

    def __init__(self, translator: Translator, name: str | None, filename: str | None) -> None:
        self.translator, self.name, self.filename = translator, name, filename
        self.escaping = _escapes(name)
        self.place = Place()

    def visit_Output(self, node: nodes.Output) -> nodes.Output:  # noqa: N802
        for number, child in enumerate(node.nodes):
            if isinstance(child, nodes.TemplateData):
                self.place.read(child.data)
            else:
                node.nodes[number] = self._output(self.visit(child))
        return node

    def _output(self, node: nodes.Expr) -> nodes.Expr:
        if not self.escaping or isinstance(node, nodes.Const):
            return node
        text = self._literal(node)
        if self.place.holds_elements:
            return node if text is None else self._safe(text, node.lineno)
        if self.place.holds_words:
            plainly = nodes.Filter(node, "plain", [], [], None, None, lineno=node.lineno)
            return plainly if text is None else nodes.Const(str(text), lineno=node.lineno)
        return node

    def visit_If(self, node: nodes.If) -> nodes.Node:  # noqa: N802
        """Each branch begins where the first does."""
        start = self.place.copy()
        node.test = self.visit(node.test)
        node.body = [self.visit(one) for one in node.body]
        end = self.place
        for one in node.elif_:
            self.place = start.copy()
            self.visit(one)
        self.place = start
        node.else_ = [self.visit(one) for one in node.else_]
        self.place = end
        return node

    def _apart(self, node: nodes.Node) -> nodes.Node:
        """What is written in one place and put into another stands between elements."""
        around, self.place = self.place, Place()
        self.generic_visit(node)
        self.place = around
        return node

    visit_Macro = visit_CallBlock = visit_AssignBlock = visit_FilterBlock = _apart  # noqa: N815

    def visit_Call(self, node: nodes.Call) -> nodes.Expr:  # noqa: N802
        self.generic_visit(node)
        if not isinstance(node.node, nodes.Name) or node.dyn_args or node.dyn_kwargs:
            return node
        name = node.node.name
        literals = _literals(node)
        if name in _PLURAL and len(literals) >= _PLURAL[name]:
            self._check(node, literals[:2] if name != "npgettext" else literals[1:3], always=True)
        elif name in _SINGLE and len(node.args) == len(literals) == _SINGLE[name]:
            self._check(node, literals[-1:], always=False)
            return self._folded(node, literals)
        return node

    def _folded(self, node: nodes.Call, literals: list[str]) -> nodes.Expr:
        text = self._translated(literals)
        if isinstance(text, Foreign):
            return node
        if not node.kwargs:
            return nodes.Const(text, lineno=node.lineno)
        pairs = [nodes.Pair(nodes.Const(keyword.key), keyword.value) for keyword in node.kwargs]
        return nodes.Mod(self._safe(text, node.lineno), nodes.Dict(pairs), lineno=node.lineno)

    def _literal(self, node: nodes.Expr) -> str | None:
        """What a call with nothing but literal words gives."""
        if not isinstance(node, nodes.Call) or node.kwargs or not isinstance(node.node, nodes.Name):
            return None
        literals = _literals(node)
        known = node.node.name in _SINGLE and len(node.args) == len(literals) == _SINGLE[node.node.name]
        return self._translated(literals) if known else None

    def _translated(self, literals: list[str]) -> str:
        if len(literals) == 2:
            return self.translator.pgettext(*literals)
        return self.translator.gettext(literals[0])

    def _safe(self, text: str, line: int) -> nodes.Expr:
        if not self.escaping:
            return nodes.Const(text, lineno=line)
        return nodes.MarkSafe(nodes.Const(str(escape(text))), lineno=line)

    def _check(self, node: nodes.Call, messages: list[str], *, always: bool) -> None:
        given = {keyword.key for keyword in node.kwargs}
        used = frozenset[str]().union(*map(placeholders, messages)) - ({"num"} if always else set())
        if given - {"num"} != used - {"num"} or (not always and used != given):
            self._refuse(node, f"{messages[0]!r} needs {_named(used)}, but is given {_named(given)}")
        if (given or always) and any(LITERAL_PERCENT.search(message) for message in messages):
            self._refuse(node, f"{messages[0]!r}: write %% for a percent sign beside placeholders")

    def _refuse(self, node: nodes.Node, why: str) -> None:
        raise TemplateSyntaxError(why, node.lineno, self.name, self.filename)


def _literals(node: nodes.Call) -> list[str]:
    return [arg.value for arg in node.args if isinstance(arg, nodes.Const) and isinstance(arg.value, str)]


def _named(names: set[str] | frozenset[str]) -> str:
    return ", ".join(sorted(names)) or "nothing"
