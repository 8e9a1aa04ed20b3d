"""Templates in one language: literal words are translated when a template is compiled, not each time it is rendered.

    {{ _("Practices") }}                        a constant in the compiled template, escaped like any text
    {{ _("Seen on %(day)s", day=when|date) }}   the arguments are escaped too; Markup may be passed for a link
    {{ ngettext("%(num)s practice", "%(num)s practices", total) }}
    <p>{{ view.say(region.name) }}</p>          the region's words for this reader

Words in another language than the page's (a message that nobody has translated yet, a name that exists in one language)
stand within ``<span lang="…">`` in an element, so that a screen reader knows; in an attribute, a title or an option,
which can hold no element, they are plain. Translations are never trusted: their markup is shown, not used.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jinja2
from jinja2 import TemplateSyntaxError, nodes, pass_eval_context
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
from lanzarote.web.html_context import Place

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
