"""How something that packages use is withdrawn: it goes on working, says so, and says until when."""

from __future__ import annotations


class Deprecated(DeprecationWarning):
    """A hook, an argument or a value that packages should use no more.

    A hook: ``@hookspec(warn_on_impl=Deprecated(…))``. An argument: ``warn_on_impl_args={"before": Deprecated(…)}``.
    A field of a value, or under ``"*"`` the value itself: ``deprecated: ClassVar = {"note": Deprecated(…)}`` in its
    class. So is a key of a TOML file: files are read as values.

    >>> print(Deprecated("the hook old_pages", since="1.2", removed_in="2.0", instead="implement pages"))
    the hook old_pages is deprecated since API 1.2 and goes in API 2.0: implement pages
    """

    def __init__(self, what: str, *, since: str, removed_in: str, instead: str) -> None:
        super().__init__(f"{what} is deprecated since API {since} and goes in API {removed_in}: {instead}")
