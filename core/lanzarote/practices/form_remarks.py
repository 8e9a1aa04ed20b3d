"""What packages say about what stands in a form, and where a coordinator says why it is saved nevertheless."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from lanzarote.kinds.entered import override_name
from lanzarote.practices.form_questions import Reason, Wrong
from lanzarote.practices.form_words import label_of
from lanzarote.records.permissions import may_somewhere
from lanzarote.web.refusals import concern_words

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from lanzarote.practices.work import Noted
    from lanzarote.records.save_checks import Place, Raised
    from lanzarote.web.site import View

WHOLE: Final = "whole"
"""Where the form says what belongs to none of the fields that it shows."""


class Remarks:
    """Of the packages of a region, for one reader."""

    def __init__(
        self,
        view: View,
        objections: Sequence[Raised],
        noted: Sequence[Noted],
        *,
        let_pass: Mapping[Place, str],
        shown: Callable[[], Collection[str]],
    ) -> None:
        """*let_pass*: what was written into the fields for reasons; *shown*: the places that the form shows."""
        self._view = view
        self._objections = tuple(one for one in objections if one.blocks)
        self._noted = tuple(noted)
        self._let_pass = let_pass
        self._shown = shown

    @property
    def may_override(self) -> bool:
        return may_somewhere(self._view.actor, "practice.override", self._view.region_id)

    @cached_property
    def wrong(self) -> tuple[Wrong, ...]:
        """What stops the save."""
        return tuple(
            self._said(one.package, one.concern.field, one.concern.text, failed=one.failed) for one in self._objections
        )

    @cached_property
    def noted(self) -> tuple[Wrong, ...]:
        """What does not."""
        return tuple(self._said(one.package, one.field, one.text, failed=one.failed) for one in self._noted)

    def reasons(self) -> Iterator[tuple[str, Reason]]:
        """Where a coordinator says why it is saved although a package objects."""
        if not self.may_override:
            return
        about = {
            one.place: concern_words(self._view, one.package, one.concern.text, failed=one.failed)[0]
            for one in self._objections
        }
        for place in dict.fromkeys((*about, *self._let_pass)):
            value = self._let_pass.get(place, "")
            yield self._spot(place[2]), Reason(name=override_name(place), about=about.get(place, ""), value=value)

    def _said(self, package: str, field: str, text: Mapping[str, str], *, failed: bool) -> Wrong:
        words, lang = concern_words(self._view, package, text, failed=failed)
        spot = self._spot(field)
        if spot != field and (label := label_of(self._view, field)):
            words = f"{label}: {words}"
        return Wrong(field=spot, text=words, lang=lang, by=package)

    def _spot(self, field: str) -> str:
        """Where something about *field* is shown: there, or above everything, if the form does not show the field."""
        return field if field in self._shown() else WHOLE
