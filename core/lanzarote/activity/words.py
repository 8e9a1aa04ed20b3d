"""What was done, to what, in plain words; to be translated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lanzarote.accounts.people import ROLE_WORDS
from lanzarote.translation import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lanzarote.records.kinds import Kinds
    from lanzarote.translation import Translator

VERBS: Final[Mapping[str, str]] = {
    "create": N_("began to write it"),
    "revise": N_("saved a version of it"),
    "submit": N_("submitted it"),
    "take-back": N_("returned it to draft"),
    "return": N_("returned it for correction"),
    "publish": N_("published it"),
    "discard": N_("discarded the draft"),
    "withdraw": N_("withdrew it"),
    "archive": N_("archived it"),
    "restore": N_("restored it from the archive"),
    "erase": N_("erased it"),
    "rename": N_("changed its address"),
    "load": N_("loaded it from a file"),
    "epoch": N_("opened the log anew after a restore"),
    "open": N_("opened it"),
    "finish": N_("settled it"),
    "look": N_("looked at what became of the origin"),
    "derive": N_("made it from a practice of another place"),
    "override": N_("let it pass although a package objected"),
    "confirm-work": N_("said that it is about the work, not a call for help"),
    "switch on": N_("switched it on"),
    "switch off": N_("switched it off"),
    "note": N_("put a note beside it"),
    "unnote": N_("removed the note"),
    "invite": N_("invited this person"),
    "accept": N_("took the invitation"),
    "change": N_("changed the profile"),
    "change password": N_("changed the password"),
    "change address": N_("changed the e-mail address"),
    "add passkey": N_("added a passkey"),
    "remove passkey": N_("removed a passkey"),
    "set up app": N_("set up an authenticator app"),
    "remove app": N_("removed the authenticator app"),
    "reset factor": N_("reset the second factor"),
    "make token": N_("made a token"),
    "revoke token": N_("revoked a token"),
    "link provider": N_("linked the account with an institution"),
    "close": N_("closed the account"),
    "export": N_("wrote out all that is held about this person"),
    "unlink provider": N_("unlinked the account from an institution"),
    "lose group": N_("left the group on which a role rests"),
    "show": N_("showed it to the public"),
    "hide": N_("hid it from the public"),
    "move": N_("had it upgraded from another package"),
    "send-to": N_("had results sent to an office"),
    "send-no-more": N_("stopped having results sent to an office"),
    "send-now": N_("had results sent at once"),
    "freeze": N_("froze figures to be cited"),
}
VERBS_OF: Final[Mapping[tuple[str, str], str]] = {
    ("key", "make"): N_("made it"),
    ("key", "learn"): N_("received it: the key before vouches for it"),
    ("source", "enrol"): N_("enrolled it, after its fingerprint had been compared"),
    ("source", "invent"): N_("took in an invented region, with a key that was made here"),
    ("source", "revoke"): N_("revoked a key of it"),
    ("source", "enrolled"): N_("resumed receiving results"),
    ("source", "paused"): N_("paused receiving"),
    ("source", "ended"): N_("ended it: nothing is received from now on"),
    ("source", "put-away"): N_("archived results that were not imported"),
    ("opening", "pilot"): N_("recorded that it is a pilot itself"),
    ("opening", "opened"): N_("recorded after which pilot it was opened"),
    ("source", "forget"): N_("took it out whole: its pages, its log and its keys"),
}
"""Kind of what is no record and verb, where a verb means something of its own."""
GRANT: Final = N_("gave the role: %(role)s")
REVOKE: Final = N_("removed the role: %(role)s")
OTHERS: Final[Mapping[str, str]] = {
    "vocabulary": N_("the region’s package: %(what)s"),
    "task": N_("a task"),
    "note": N_("an entry: %(what)s"),
    "account": N_("an account"),
    "package": N_("the package %(what)s"),
    "epoch": N_("the log"),
    "region": N_("the region itself"),
    "key": N_("a key of the region"),
    "source": N_("the region, as it is received"),
    "release": N_("the figures as of %(what)s"),
    "opening": N_("what the region %(what)s rests on"),
}
OTHER_NAMES: Final[Mapping[str, str]] = {
    "vocabulary": N_("The region’s package"),
    "task": N_("Tasks"),
    "note": N_("Notes of the team"),
    "account": N_("Accounts"),
    "package": N_("Packages"),
    "epoch": N_("The log"),
    "region": N_("The region itself"),
    "key": N_("Keys"),
    "source": N_("Receiving"),
}
ACTORS: Final[Mapping[str, str]] = {
    "lanzarote": N_("the platform itself"),
    "visitor": N_("a reader of the site"),
    "link": N_("an organisation, by a link sent by e-mail"),
    "restore": N_("a restore from a backup"),
    "load": N_("a file that was loaded"),
    "administrator": N_("the command line"),
    "results": N_("results that were received"),
}
FORMER: Final = N_("a former member")


def verb(kinds: Kinds, code: str, translator: Translator, kind: str = "") -> str:
    """Plain words for what was done to something of that *kind*; the code itself where there are none."""
    words = VERBS_OF.get((kind, code)) or (kinds[kind].verbs.get(code) if kind in kinds else None) or VERBS.get(code)
    words = words or next((one.verbs[code] for one in kinds.values() if code in one.verbs), None)
    if words:
        return translator.gettext(words)
    for role, words in ROLE_WORDS.items():
        if code in (f"grant {role}", f"revoke {role}"):
            how = GRANT if code.startswith("grant") else REVOKE
            return translator.gettext(how) % {"role": translator.gettext(words)}
    return code


def kind(kinds: Kinds, code: str, translator: Translator, what: str = "") -> str:
    words = translator.gettext(kinds[code].one if code in kinds else OTHERS.get(code, code))
    return words % {"what": what} if "%(what)s" in words else words


def kind_name(kinds: Kinds, code: str, translator: Translator) -> str:
    return translator.gettext(kinds[code].plural if code in kinds else OTHER_NAMES.get(code, code))
