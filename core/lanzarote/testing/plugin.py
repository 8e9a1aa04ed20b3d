"""The fixtures that pytest offers wherever the platform is installed."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lanzarote.testing.platform import Platform


@pytest.fixture(scope="session")
def lanzarote_distribution(pytestconfig: pytest.Config) -> str:
    """The distribution that is tested: that of the project in which pytest runs. Override it to test another."""
    file = pytestconfig.rootpath / "pyproject.toml"
    try:
        name = tomllib.loads(file.read_text("utf-8"))["project"]["name"]
    except (OSError, ValueError, KeyError):
        pytest.fail(
            f"{file} names no project to test; run pytest where that file is, or write a fixture "
            'lanzarote_distribution that returns the name of a distribution, such as "lanzarote-region-paris"',
            pytrace=False,
        )
    return str(name)


@pytest.fixture(scope="session")
def lanzarote_beside() -> tuple[str, ...]:
    """Distributions that are to be there as well, such as "lanzarote-i18n"; none unless you override it."""
    return ()


@pytest.fixture(scope="session")
def platform(
    lanzarote_distribution: str, lanzarote_beside: tuple[str, ...], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Platform]:
    """A platform with the tested distribution, what that one depends on, and nothing else; its regions are loaded."""
    from lanzarote.errors import LanzaroteError
    from lanzarote.testing.platform import Platform

    try:
        made = Platform(lanzarote_distribution, tmp_path_factory.mktemp("lanzarote"), beside=lanzarote_beside)
    except LanzaroteError as error:
        pytest.fail(str(error), pytrace=False)
    with made:
        yield made
