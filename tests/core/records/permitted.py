"""What each action on a finding and on an improvement takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lanzarote.records.permissions import Action

MAY_FINDING: Final[Mapping[str, Action]] = {
    "write": "group.write",
    "share": "group.lead",
    "unshare": "group.lead",
    "close": "group.lead",
    "reopen": "group.lead",
    "erase": "record.erase",
}
"""Of a finding."""
MAY_IMPROVEMENT: Final[Mapping[str, Action]] = {
    "write": "group.write",
    "discuss": "group.lead",
    "call": "group.lead",
    "recall": "group.lead",
    "adopt": "group.lead",
    "reject": "group.lead",
    "postpone": "group.lead",
    "complete": "group.lead",
    "resume": "group.lead",
    "reconsider": "group.lead",
    "drop": "group.lead",
    "withdraw": "group.lead",
    "publish": "group.lead",
    "archive": "group.lead",
    "restore": "group.lead",
    "erase": "record.erase",
}
"""Of an improvement."""
