"""Paris as the public reads it, for what packages make of it."""

from tests.core.conftest import paris, paris_template

__all__ = ["paris", "paris_template"]
