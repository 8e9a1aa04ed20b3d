"""Words of the pages about results: what leaves, how far it came, what went wrong; to be translated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lanzarote.translation import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lanzarote.records.kinds import Kinds
    from lanzarote.results.model import Rhythm, SourceState
    from lanzarote.translation import Translator

OF_REGION: Final[Mapping[str, str]] = {
    "region": N_("The region itself"),
    "vocabulary": N_("Words of the region’s package"),
}
"""What leaves of a region beside its records."""
TERMS: Final[Mapping[str, str]] = {
    "sector": N_("Sectors"),
    "source": N_("Sources"),
    "instrument": N_("Legal texts"),
    "provision": N_("Provisions of the law"),
    "age": N_("Ages and time limits"),
    "coverage": N_("Statements on coverage"),
    "helpline": N_("Helplines"),
    "field": N_("Fields of practices"),
    "synonyms": N_("Synonyms of the search"),
    "criteria": N_("Criteria of assessment"),
    "decision": N_("Rules of decision"),
}
RHYTHMS: Final[Mapping[Rhythm, str]] = {
    "": N_("only when somebody says so"),
    "hourly": N_("every hour"),
    "daily": N_("every day"),
    "weekly": N_("every week"),
}
STATES: Final[Mapping[SourceState, str]] = {
    "enrolled": N_("receiving results"),
    "paused": N_("receiving paused"),
    "ended": N_("ended: nothing is received from now on"),
}
CAME: Final[Mapping[str, str]] = {
    "net": N_("sent over the internet"),
    "file": N_("as a file"),
}
KEY_AWAY: Final = N_(
    "The key of this region is not where it should be, so nothing can leave. Ask the team that runs this site to "
    "restore it from a copy; if it is lost, make a new one and have offices compare its fingerprint."
)
NOT_KEPT: Final = N_("The key could not be saved, so none was made. Ask the team that runs this site.")
NO_KEY: Final = N_("There is no key yet.")
NO_OFFICE: Final = N_(
    "Write the address of the office’s site alone, such as https://office.example.org: it begins with https://, and "
    "holds no name of a user, no blank, no ? and no #; its host is a name rather than a number."
)
NEARBY: Final = N_(
    "This address is inside a network and not on the internet. Results are sent there only if the team that runs "
    "this site has allowed it, with the setting LANZAROTE_OFFICES_NEARBY."
)
NO_RHYTHM: Final = N_("Choose how often: every hour, every day, every week, or only when somebody says so.")
BAD_CARD: Final = N_("This is not the whole card of a region. Ask the region to send it again.")
NOT_ENROLLED: Final[Mapping[str, tuple[str, str]]] = {
    "other-fingerprint": (
        "fingerprint",
        N_(
            "This is not the fingerprint of this card. Ask the region once more, by telephone or face to face, what "
            "its page “Results” says. If it is another one, somebody may have changed the card on its way: enrol "
            "nothing."
        ),
    ),
    "unfit-card": (
        "card",
        N_(
            "This card cannot be used: the region’s name is missing, too long, names a person or is that of a page "
            "of the platform; its address is not that of a page; or it claims to be an invented region. Ask the "
            "region to correct this and send another card."
        ),
    ),
    "written-here": ("card", N_("This region is written here: its results are here already.")),
    "revoked-key": (
        "card",
        N_("This key was revoked here. The region has to make a new one and send its card."),
    ),
}
"""Code of ``enrolling.NotEnrolled`` → of which field, and what to do."""
UNSENT: Final[Mapping[str, tuple[str, str]]] = {
    "unreachable": (
        N_("The office could not be reached."),
        N_(
            "The office keeps what it received before. Try again later; if it fails again, ask the office whether "
            "its site runs."
        ),
    ),
    "no-address": (
        N_("What is written here is no address of an office."),
        N_("Take it out and add the address of the office’s site; it begins with https://."),
    ),
    "nearby": (
        N_("This address leads into a network and not to a site on the internet."),
        N_(
            "Ask the office for the address of its site. If that is in your own network, ask the team that runs this "
            "site."
        ),
    ),
    "failed": (
        N_("Sending failed on this side."),
        N_("Nothing is lost. Ask the team that runs this site: its log says why. Then send again."),
    ),
    "elsewhere": (N_("This address leads to another one."), N_("Take it out and add the address to which it leads.")),
    "no-office": (
        N_("No central office answers there."),
        N_("Look whether the address is that of the office’s site."),
    ),
    "unknown-region": (
        N_("The office does not know this region yet."),
        N_("Send the office the card by e-mail, and read out the fingerprint by telephone or face to face."),
    ),
    "paused": (N_("The office has paused receiving from this region."), N_("Ask the office why.")),
    "written-here": (
        N_("The office writes this region itself."),
        N_("It takes no results of it from elsewhere. Ask the office, and take it out of your list."),
    ),
    "unknown-key": (
        N_("The office does not know the key of this region."),
        N_("Send the office the card again, and read out the fingerprint by telephone or face to face."),
    ),
    "revoked-key": (
        N_("The office has revoked this key."),
        N_("Ask the office why. Then make a new key and have it compared."),
    ),
    "missing-entries": (
        N_("Something in between is missing at the office."),
        N_("Send again: what is missing goes along. If it comes back, ask the office."),
    ),
    "other-history": (
        N_("The office has received other results of this region than those shown here."),
        N_(
            "Nothing was taken, and nothing is lost. Perhaps a backup was restored, or the region runs in two "
            "places. Speak to the office and to the team that runs this site before you send again."
        ),
    ),
    "unfit": (
        N_("The office could not read one of the results."),
        N_("Perhaps its platform is older than yours. Ask the office; the results wait there."),
    ),
    "malformed": (
        N_("What arrived at the office was not whole."),
        N_("Send again. If this happens again, inform the team that runs this site."),
    ),
    "recognisable": (
        N_("The office stopped a result in which a person may be recognised."),
        N_("Look for it below, change or erase it, then send again. The office kept nothing of it."),
    ),
    "no-receipt": (
        N_("The answer did not come from the office that is known here."),
        N_("Send nothing more. Ask the office; if it has changed its own key, take it out here and add it again."),
    ),
    "other-receipt": (
        N_("The office confirmed something else than what was sent to it."),
        N_("Nothing is lost. Send again; if it comes back, ask the office what it has received of this region."),
    ),
    "no-key": (
        N_("The key of this region is not where it should be."),
        N_(
            "Ask the team that runs this site to restore it from a copy. If it is lost, make a new one; it is then "
            "compared."
        ),
    ),
    "too-large": (
        N_("The server in front of the office refuses a single result as too large."),
        N_("Ask the office to raise the limit of its web server to 20 MB (in nginx: client_max_body_size 20m)."),
    ),
    "refused": (N_("The office refused the results."), N_("Try again later; if it comes back, ask the office.")),
}
"""Why results were not taken: what happened, and what to do, for the region."""
UNTAKEN: Final[Mapping[str, tuple[str, str]]] = {
    "malformed": (
        N_("This file is not whole, or holds no results."),
        N_("Ask the region for it again. Nothing was taken."),
    ),
    "newer-format": (
        N_("A newer platform than this one wrote this."),
        N_(
            "The team that runs this site has to upgrade it first; then import the file again. Nothing was imported "
            "or kept."
        ),
    ),
    "unknown-region": (
        N_("These are results of a region that is not enrolled here."),
        N_("Ask the region for its card, and enrol it first."),
    ),
    "paused": (N_("This region is paused here."), N_("Resume receiving first, then import the file again.")),
    "written-here": (
        N_("This region is written here: its results are here already."),
        N_("Nothing replaces them. Ask the region why it sends results to a place where it is written."),
    ),
    "unknown-key": (
        N_("Nobody here has compared the key that vouches for these results."),
        N_("If the region has made a new one, ask for its card, compare the fingerprint and enrol it again."),
    ),
    "revoked-key": (
        N_("The key that vouches for these results was revoked here."),
        N_("The region has to make a new one, and its fingerprint has to be compared."),
    ),
    "missing-entries": (
        N_("Results are missing in between."),
        N_("Ask the region for a file from the beginning on: it holds everything."),
    ),
    "other-history": (
        N_("The region has vouched for two histories that do not fit together."),
        N_(
            "Nothing was taken. Speak to the region before anything else: perhaps it runs in two places, or somebody "
            "else has its key. Both versions are shown below."
        ),
    ),
    "unfit": (
        N_("The region signed these results, but this platform cannot read them."),
        N_("Perhaps the region’s platform is newer. After an upgrade of this site, try again."),
    ),
    "recognisable": (
        N_("A person may be recognised in it."),
        N_("Nothing of it was kept here. The region has to look for it, change or erase it, and send again."),
    ),
    "refused": (N_("These results were not imported."), N_("Ask the team that runs this site.")),
}
"""Why results were not taken: what happened, and what to do, for the office."""


def told(table: Mapping[str, tuple[str, str]], code: str, translator: Translator) -> tuple[str, str]:
    """What happened, and what to do."""
    what, way = table.get(code, table["refused"])
    return translator.gettext(what), translator.gettext(way)


def kinds_told(kinds: Kinds) -> dict[str, str]:
    """Kinds of results, in the order in which a page tells them → what they are called."""
    return {**OF_REGION, **{kind.name: kind.released.plural or kind.plural for kind in kinds.values() if kind.released}}
