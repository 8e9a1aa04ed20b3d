"""The platform's own words in a further language."""

from importlib.resources import files

from lanzarote import Catalogue, hookimpl


@hookimpl
def catalogues():
    return (Catalogue(language="eo", path=files(__name__) / "eo.po"),)
