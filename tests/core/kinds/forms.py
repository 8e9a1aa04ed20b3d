"""What a browser would send of the forms on a page."""

from __future__ import annotations

from typing import Any

from tests.core.web.forms.filling import forms_in


def fields_of(page: str) -> dict[str, Any]:
    """Name → what stands there, of what is sent to the team's pages; several of one name are a list."""
    sent: dict[str, list[str]] = {}
    for form in forms_in(page):
        if form.method == "post" and "/team/" in form.action:
            for one in form.fields:
                if one.on and one.name != "key":
                    sent.setdefault(one.name, []).append(one.value)
            if ("do", "merge") in form.buttons:
                sent["do"] = ["merge"]
    return {name: values[0] if len(values) == 1 else values for name, values in sent.items()}
