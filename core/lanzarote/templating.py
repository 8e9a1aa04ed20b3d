"""Templates in one language: literal words are translated when a template is compiled, not each time it is rendered.

    {{ _("Practices") }}                        a constant in the compiled template, escaped like any text
    {{ _("Seen on %(day)s", day=when|date) }}   the arguments are escaped too; Markup may be passed for a link
    {{ ngettext("%(num)s practice", "%(num)s practices", total) }}
    {% trans n=total %}One practice{% pluralize %}{{ n }} practices{% endtrans %}
    {{ say("Practices") }}                      the same, inside <span lang="en"> where it is not translated yet

`_` gives plain text and fits in an attribute; `say` (and `nsay` for numbers) is for what stands on the page, so that a
screen reader knows that a string fell back to English. Translations are never trusted: their markup is shown, not used.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import jinja2
from jinja2 import TemplateSyntaxError, nodes, pass_eval_context
from jinja2.nodes import EvalContext
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

from lanzarote.translation import (
    Translator,
    direction,
    format_date,
    format_list,
    format_number,
    format_partial_date,
    language_name,
)
from lanzarote.translation.catalogues import LITERAL_PERCENT, placeholders

_SINGLE = {"_": 1, "gettext": 1, "say": 1, "pgettext": 2}
_PLURAL = {"ngettext": 2, "nsay": 2, "npgettext": 3}
_MARKUP = re.compile(r"<[a-zA-Z/!]|&#?\w+;")


def environment(
    lang: str, translator: Translator, loader: jinja2.BaseLoader, *, auto_reload: bool = False, **variables: Any
) -> jinja2.Environment:
    """Return the templates of *loader* in *lang*; *variables* are known to all of them, as are ``lang`` and ``dir``.

    Everything is escaped except in ``.txt`` templates.
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
        extensions=["jinja2.ext.i18n"],
    )
    made.policies["ext.i18n.trimmed"] = True
    made.globals.update({"lang": lang, "dir": direction(lang)} | _functions(translator) | variables)
    made.filters.update(_filters(lang))
    return made


def _escapes(name: str | None) -> bool:
    return name is None or not name.endswith(".txt")


def _filters(lang: str) -> dict[str, Callable[..., str]]:
    def bound(formatter: Callable[..., str]) -> Callable[..., str]:
        return lambda value, *more: formatter(value, lang, *more)

    return {
        "date": bound(format_date),
        "partial_date": bound(format_partial_date),
        "number": bound(format_number),
        "listed": bound(format_list),
        "language_name": bound(language_name),
    }


def _functions(translator: Translator) -> dict[str, Callable[..., str]]:
    """What stays to be done at run time: messages that are not literals, and numbers."""

    def filled(context: EvalContext, text: str, values: dict[str, Any]) -> str:
        return (escape(text) if context.autoescape else text) % values

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

    @pass_eval_context
    def say(context: EvalContext, message: str, **values: Any) -> str:
        text = gettext(context, message, **values)
        return marked(translator, message, text) if context.autoescape else text

    @pass_eval_context
    def nsay(context: EvalContext, one: str, many: str, n: float, **values: Any) -> str:
        text = ngettext(context, one, many, n, **values)
        return marked(translator, one, text) if context.autoescape else text

    return {
        "_": gettext,
        "gettext": gettext,
        "pgettext": pgettext,
        "ngettext": ngettext,
        "npgettext": npgettext,
        "say": say,
        "nsay": nsay,
        "_plural_text": translator.ngettext,
        "_plural_text_in_context": translator.npgettext,
    }


def marked(translator: Translator, message: str, text: str) -> Markup:
    """*text*, which `translator` gave for *message*, with its language where that is not the page's."""
    actual = translator.lang_of(message)
    if actual == translator.language:
        return escape(text)
    turned = direction(actual)
    way = "" if turned == direction(translator.language) else Markup(' dir="{}"').format(turned)
    return Markup('<span lang="{}"{}>{}</span>').format(actual, way, text)


class _Environment(jinja2.Environment):
    def __init__(self, translator: Translator, **options: Any) -> None:
        super().__init__(**options)
        self.translator = translator

    def _generate(
        self, source: nodes.Template, name: str | None, filename: str | None, defer_init: bool = False
    ) -> str:
        folded = _Folding(self.translator, name, filename).visit(source)
        _join_outputs(folded)
        return super()._generate(folded, name, filename, defer_init)


def _join_outputs(node: nodes.Node) -> None:
    """Let what a trans tag gave become one string with the text around it."""
    for name, value in node.iter_fields():
        if not isinstance(value, list):
            continue
        joined: list[Any] = []
        for item in value:
            if isinstance(item, nodes.Output) and joined and isinstance(joined[-1], nodes.Output):
                joined[-1].nodes.extend(item.nodes)
            else:
                joined.append(item)
        setattr(node, name, joined)
    for child in node.iter_child_nodes():
        _join_outputs(child)


class _Folding(NodeTransformer):
    """Replaces calls with literal messages by what they give, and refuses those that could fail when rendered."""

    def __init__(self, translator: Translator, name: str | None, filename: str | None) -> None:
        self.translator, self.name, self.filename = translator, name, filename
        self.escaping = _escapes(name)

    def visit_MarkSafeIfAutoescape(self, node: nodes.MarkSafeIfAutoescape) -> nodes.Expr:  # noqa: N802
        """What the trans tag makes: a translation trusted as markup. It is text here, as everywhere else."""
        call = node.expr
        assert isinstance(call, nodes.Call)
        messages = [arg.value for arg in call.args if isinstance(arg, nodes.Const) and isinstance(arg.value, str)]
        if self.escaping and any(_MARKUP.search(message) for message in messages):
            self._refuse(call, f"{messages[0]!r} has markup in it; keep tags and entities outside of translatable text")
        return self._escaped(self._text(call))

    def _text(self, call: nodes.Call) -> nodes.Expr:
        assert isinstance(call.node, nodes.Name)
        plural = {"ngettext": "_plural_text", "npgettext": "_plural_text_in_context"}.get(call.node.name)
        if plural:
            call.node.name = plural
            return call
        return nodes.Const(self._translated([arg.as_const() for arg in call.args]), lineno=call.lineno)

    def visit_Call(self, node: nodes.Call) -> nodes.Expr:  # noqa: N802
        self.generic_visit(node)
        if not isinstance(node.node, nodes.Name) or node.dyn_args or node.dyn_kwargs:
            return node
        name = node.node.name
        literals = [arg.value for arg in node.args if isinstance(arg, nodes.Const) and isinstance(arg.value, str)]
        if name in _PLURAL and len(literals) >= _PLURAL[name]:
            self._check(node, literals[:2] if name != "npgettext" else literals[1:3], always=True)
        elif name in _SINGLE and len(node.args) == len(literals) == _SINGLE[name]:
            self._check(node, literals[-1:], always=False)
            return self._folded(node, name, literals)
        return node

    def _folded(self, node: nodes.Call, name: str, literals: list[str]) -> nodes.Expr:
        text: nodes.Expr = nodes.Const(self._translated(literals), lineno=node.lineno)
        if name == "say" and self.escaping:
            span = marked(self.translator, literals[0], self._translated(literals))
            text = nodes.MarkSafe(nodes.Const(str(span)), lineno=node.lineno)
        elif node.kwargs:
            text = self._escaped(text)
        if not node.kwargs:
            return text
        pairs = [nodes.Pair(nodes.Const(keyword.key), keyword.value) for keyword in node.kwargs]
        return nodes.Mod(text, nodes.Dict(pairs), lineno=node.lineno)

    def _translated(self, literals: list[str]) -> str:
        if len(literals) == 2:
            return self.translator.pgettext(*literals)
        return self.translator.gettext(literals[0])

    def _escaped(self, text: nodes.Expr) -> nodes.Expr:
        if not self.escaping:
            return text
        if isinstance(text, nodes.Const):
            return nodes.MarkSafe(nodes.Const(str(escape(text.value))), lineno=text.lineno)
        return nodes.Filter(text, "escape", [], [], None, None, lineno=text.lineno)

    def _check(self, node: nodes.Call, messages: list[str], *, always: bool) -> None:
        given = {keyword.key for keyword in node.kwargs}
        used = frozenset[str]().union(*map(placeholders, messages)) - ({"num"} if always else set())
        if given - {"num"} != used - {"num"} or (not always and used != given):
            self._refuse(node, f"{messages[0]!r} needs {_named(used)}, but is given {_named(given)}")
        if (given or always) and any(LITERAL_PERCENT.search(message) for message in messages):
            self._refuse(node, f"{messages[0]!r}: write %% for a percent sign beside placeholders")

    def _refuse(self, node: nodes.Node, why: str) -> None:
        raise TemplateSyntaxError(why, node.lineno, self.name, self.filename)


def _named(names: set[str] | frozenset[str]) -> str:
    return ", ".join(sorted(names)) or "nothing"
