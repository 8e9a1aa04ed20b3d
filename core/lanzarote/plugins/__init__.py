"""Installed packages: found, checked before import, run in processes of their own, ordered.

It may import `configuration` and what is below it; it reads no region folder.
"""

from lanzarote.plugins.host import CHECKS, EVENTS, FORMATS, SWITCHED, Host
from lanzarote.plugins.packages import GROUP, SHIPPED, WAY_OUT, CallFailed, Candidate, Package, installed

__all__ = [
    "CHECKS",
    "EVENTS",
    "FORMATS",
    "GROUP",
    "SHIPPED",
    "SWITCHED",
    "WAY_OUT",
    "CallFailed",
    "Candidate",
    "Host",
    "Package",
    "installed",
]
