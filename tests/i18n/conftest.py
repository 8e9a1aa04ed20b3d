"""Paris as the public reads it, for the pages that the translations stand on."""

from tests.core.conftest import client, paris, paris_template

__all__ = ["client", "paris", "paris_template"]
