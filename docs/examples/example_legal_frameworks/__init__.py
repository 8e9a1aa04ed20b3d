"""National law that several regions share: a region names it in ``law = ["XA"]``."""

from importlib.resources import files

from lanzarote import LegalFramework, hookimpl


@hookimpl
def legal_frameworks():
    return (LegalFramework.from_folder(files(__name__) / "law_xa"),)
