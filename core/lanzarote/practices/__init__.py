"""Practices: what institutions and associations do together for children.

``kind.py`` declares how they are written, ``service.py`` reads them for the public. It may import ``kinds``,
``stakeholders`` and what is below them.
"""
