"""The kit of a developer, on a machine where nothing is loaded."""

from tests.core.cli.conftest import data, run

__all__ = ["data", "run"]
