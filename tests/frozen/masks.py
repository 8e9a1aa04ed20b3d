"""Names in the place of what says nothing of the product: ids, digests, signatures, the words of canaries."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.core.faults.canaries import Land

MADE = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
"""An id that is made where a thing begins. Those of shipped things (UUIDv5) never change, and are kept as they are."""
DIGEST = re.compile(r"\b[0-9a-f]{64}\b")
SALT = re.compile(r"\b[0-9a-f]{32}\b")
MARK = re.compile(r"\b[0-9a-f]{16}\b")
"""Of the state that a form was made for."""
SECRET = re.compile(r"_{9,}[\w-]*")
"""As ``region.standing_still`` lets them be made, in base 64."""
WORD = re.compile(r"canari\w+qua")


def mask_of(land: Land) -> Callable[[str], str]:
    """Writes names over what differs between two runs, or when another test adds a word of its own."""
    names: dict[str, str] = {}
    with land.instance.database.engine.connect() as connection:
        for name, kind, slug in connection.execute(text("SELECT id, kind, slug FROM record")):
            names[name] = f"<{kind}>" if slug == name else f"<{kind} {slug}>"
        for name, called in connection.execute(text("SELECT id, name FROM account")):
            names[name] = f"<account {called}>"
    names |= {one.actor.account_id: f"<account {one.name}>" for one in land.people.values()}

    def masked(said: str) -> str:
        said = MADE.sub(lambda one: names.get(one[0], "<id>"), said)
        said = WORD.sub(lambda one: f"<{land.canary.all[one[0]].what}>" if one[0] in land.canary.all else one[0], said)
        for what, form in {"digest": DIGEST, "salt": SALT, "mark": MARK, "secret": SECRET}.items():
            said = form.sub(f"<{what}>", said)
        return said

    return masked
