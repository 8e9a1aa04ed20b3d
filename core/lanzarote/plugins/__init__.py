"""Installed packages: found, checked before import, run in processes of their own, ordered."""

from lanzarote.plugins.candidates import GROUP, SHIPPED, Candidate, installed
from lanzarote.plugins.host import CHECKS, EVENTS, FORMATS, SWITCHED, Host
from lanzarote.plugins.packages import WAY_OUT, CallFailed, Package

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
