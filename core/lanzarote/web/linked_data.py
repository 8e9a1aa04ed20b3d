"""Facts for machines inside a page (schema.org as JSON-LD)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Mapping

_ESCAPES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def script(data: Mapping[str, Any]) -> Markup:
    """*data* as a data block that nothing in it can end or turn into markup.

    >>> script({"name": "</script>"})
    Markup('<script type="application/ld+json">{"name": "\\\\u003c/script\\\\u003e"}</script>')
    """
    text = json.dumps(data, ensure_ascii=False).translate(_ESCAPES)
    return Markup('<script type="application/ld+json">' + text + "</script>")  # noqa: S704 - escaped above
