"""An invented region with its own law; written for the API 1.0 and never changed since."""

from importlib.resources import files

from lanzarote import LegalFramework, Region, hookimpl


@hookimpl
def regions():
    return (Region.from_folder(files(__name__) / "region"),)


@hookimpl
def legal_frameworks():
    return (LegalFramework.from_folder(files(__name__) / "law_xt"),)
