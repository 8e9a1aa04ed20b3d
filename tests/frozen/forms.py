"""The forms of the team's pages: where each is sent to, and its fields as they are filled in for a record."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, Any

from lanzarote import composition
from lanzarote.accounts.tokens import COOKIE
from sqlalchemy import text

from tests.core.web.forms.filling import forms_in
from tests.frozen.routes import text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from litestar.testing import TestClient

    from tests.core.faults.canaries import Land
    from tests.core.routes.walking import Route
    from tests.core.web.forms.filling import Field, Form

KINDS = {one.room: one.name for one in composition.KINDS.values() if one.room}
TEAM = "/{lang:str}/{region:str}/team/"
SHOWN = 60
"""Characters that are shown of a field's value."""
KNOWN = {"lang", "region", "record_id"}
LANGUAGE = "fr"
TRIES = 4
"""Records that are tried until one has a form there."""


def forms(land: Land, client: TestClient[Any], routes: Iterable[Route], mask: Callable[[str], str]) -> str:
    """Each page of the team that needs no more than a record, as a coordinator sees it of one that has a form."""
    cookie = {"cookie": f"{COOKIE}={land.people['coordinator paris'].session}"}
    records = _own(land)
    found: list[str] = []
    for one in sorted(routes, key=lambda one: one.path):
        if one.method != "GET" or not one.path.startswith(TEAM) or not _names(one.path) <= KNOWN:
            continue
        kind = KINDS.get(one.path.removeprefix(TEAM).partition("/")[0], "")
        for record in records.get(kind, [])[:TRIES] if "{record_id" in one.path else [""]:
            path = one.path.replace("{lang:str}", LANGUAGE).replace("{region:str}", "paris")
            path = path.replace("{record_id:str}", record)
            answer = client.get(path, headers=cookie, follow_redirects=False)
            if answer.status_code != 200:
                continue
            if shown := [form for form in forms_in(answer.text) if form.method == "post"]:
                found.append(mask(path))
                found += [f"    {mask(line)}" for form in shown for line in _form(form, path)]
                break
    return text_of(found)


def _names(path: str) -> set[str]:
    return set(re.findall(r"{(\w+):", path))


def _own(land: Land) -> dict[str, list[str]]:
    """Kind → ids of what the group of Paris wrote and nobody erased, those that say most first."""
    query = (
        "SELECT kind, record.id FROM record JOIN version ON record_id = record.id AND number = version "
        "WHERE record.region_id = 'paris' AND key IS NULL AND state != 'erased' ORDER BY length(body) DESC, record.id"
    )
    found: dict[str, list[str]] = {}
    with land.instance.database.engine.connect() as connection:
        for kind, name in connection.execute(text(query)):
            found.setdefault(kind, []).append(name)
    return found


def _form(form: Form, path: str) -> Iterator[str]:
    buttons = ", ".join(f"{name}={value}" if name else "send" for name, value in form.buttons)
    yield f"to {form.action or path}{' with files' if form.multipart else ''}: {buttons}"
    shown = [one for one in form.fields if one.name not in ("", "key")]
    for (name, kind), some in groupby(shown, key=lambda one: (one.name, one.kind)):
        if kind in ("checkbox", "radio"):
            boxes = list(some)
            marks = ", required" if any(one.required for one in boxes) else ""
            yield f"  {name}: {kind}{marks} = {', '.join(one.value for one in boxes if one.on)}"
        else:
            yield from (f"  {_field(one)}" for one in some)
    yield from (f"  one of {', '.join(names)}" for names in form.any_of)


def _field(one: Field) -> str:
    marks = ["required"] * one.required + [f"up to {one.longest}"] * bool(one.longest)
    value = one.value if len(one.value) <= SHOWN else f"{one.value[:SHOWN]}…"
    return f"{one.name}: {', '.join([one.kind, *marks])} = {value!r}"
