"""Paris as the public reads it, for the pages that the translations stand on."""

from tests.core.conftest import client, paris

__all__ = ["client", "paris"]
