"""Installed packages: found, checked before import, watched while they start, ordered, kept apart."""

from lanzarote.plugins.candidates import GROUP, SHIPPED, Candidate, installed
from lanzarote.plugins.earlier import Earlier
from lanzarote.plugins.host import CHECKS, EVENTS, FORMATS, SWITCHED, Host
from lanzarote.plugins.packages import WAY_OUT, Package

__all__ = [
    "CHECKS",
    "EVENTS",
    "FORMATS",
    "GROUP",
    "SHIPPED",
    "SWITCHED",
    "WAY_OUT",
    "Candidate",
    "Earlier",
    "Host",
    "Package",
    "installed",
]
