"""What differs between two texts made of parts: each has a title, which is not indented, and lines, which are."""

from __future__ import annotations

from collections import Counter
from difflib import unified_diff

MOST = 80
"""So many lines of a difference are shown."""


def differences(before: str, after: str) -> list[str]:
    """Return the lines that differ, each under the title of its part; none where the texts are equal."""
    old, new = parts(before), parts(after)
    found: list[str] = []
    for title in dict.fromkeys([*old, *new]):
        one, other = old.get(title, []), new.get(title, [])
        if one != other:
            gone = " (is gone)" if title not in new else " (is new)" if title not in old else ""
            found.append(title + gone)
            found += list(unified_diff(one, other, n=0, lineterm=""))[2:] if not gone else []
    if not found and before != after:
        found = ["The same parts are in another order."]
    found = [line for line in found if not line.startswith("@@")]
    return found if len(found) <= MOST else [*found[:MOST], f"and {len(found) - MOST} lines more"]


def parts(text: str) -> dict[str, list[str]]:
    """Title → lines. After two blanks in a title comes its first line; a title that comes again is numbered."""
    found: dict[str, list[str]] = {}
    times: Counter[str] = Counter()
    lines: list[str] = []
    for line in text.splitlines():
        if line.startswith("    ") or not line:
            lines.append(line)
            continue
        title, _, first = line.partition("  ")
        times[title] += 1
        lines = found.setdefault(title if times[title] == 1 else f"{title} #{times[title]}", [])
        if first:
            lines.append(f"    {first}")
    return found
