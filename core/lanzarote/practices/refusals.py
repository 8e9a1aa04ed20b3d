"""Known here too: why what was written cannot be taken, and what forms send."""

from lanzarote.web.refusals import NOTHING, Refusal, many_of, number_of, refusal, text_of

__all__ = ["NOTHING", "Refusal", "many_of", "number_of", "refusal", "text_of"]
