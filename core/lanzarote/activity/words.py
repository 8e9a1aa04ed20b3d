"""What was done, to what, in plain words; to be translated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lanzarote.accounts.words import ROLE_WORDS
from lanzarote.translation import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lanzarote.translation import Translator

VERBS: Final[Mapping[str, str]] = {
    "create": N_("began to write it"),
    "revise": N_("saved a version of it"),
    "submit": N_("submitted it"),
    "take-back": N_("took it back"),
    "return": N_("gave it back to be written on"),
    "assess": N_("asked reviewers about it"),
    "ask": N_("asked more reviewers about it"),
    "release": N_("asked a reviewer no longer, or gave it back"),
    "give": N_("gave an assessment of it"),
    "decide": N_("wrote down the team’s decision on it"),
    "publish": N_("published it"),
    "discard": N_("gave up what was being written"),
    "withdraw": N_("withdrew it"),
    "archive": N_("put it away"),
    "erase": N_("erased it"),
    "rename": N_("changed its address"),
    "relation": N_("said how it relates to the group"),
    "contacts": N_("changed contacts of it that only the team reads"),
    "merge": N_("merged it into another entry"),
    "split": N_("parted it again from the entry it was merged into"),
    "split-off": N_("began a second entry out of it"),
    "load": N_("loaded it from a file"),
    "epoch": N_("opened the log anew after a restore"),
    "open": N_("opened it"),
    "finish": N_("settled it"),
    "override": N_("let it pass although a package objected"),
    "switch on": N_("switched it on"),
    "switch off": N_("switched it off"),
    "note": N_("put a note beside it"),
    "unnote": N_("took the note away"),
    "invite": N_("invited this person"),
    "accept": N_("took the invitation"),
    "change": N_("changed the profile"),
    "change password": N_("changed the password"),
    "change address": N_("changed the mail address"),
    "add passkey": N_("added a passkey"),
    "remove passkey": N_("removed a passkey"),
    "set up app": N_("set up an authenticator app"),
    "remove app": N_("removed the authenticator app"),
    "make token": N_("made a token"),
    "revoke token": N_("took back a token"),
    "close": N_("closed the account"),
}
GRANT: Final = N_("gave the role: %(role)s")
REVOKE: Final = N_("took away the role: %(role)s")
KINDS: Final[Mapping[str, str]] = {
    "practice": N_("a practice"),
    "stakeholder": N_("an organisation"),
    "vocabulary": N_("the region’s package: %(what)s"),
    "task": N_("a task"),
    "note": N_("an entry: %(what)s"),
    "account": N_("an account"),
    "package": N_("the package %(what)s"),
    "epoch": N_("the log"),
}
KIND_NAMES: Final[Mapping[str, str]] = {
    "practice": N_("Practices"),
    "stakeholder": N_("Organisations"),
    "vocabulary": N_("The region’s package"),
    "task": N_("Tasks"),
    "note": N_("Notes of the team"),
    "account": N_("Accounts"),
    "package": N_("Packages"),
    "epoch": N_("The log"),
}
ACTORS: Final[Mapping[str, str]] = {
    "lanzarote": N_("the platform itself"),
    "visitor": N_("a reader of the site"),
    "restore": N_("a restore from a backup"),
    "load": N_("a file that was loaded"),
    "administrator": N_("the command line"),
}
FORMER: Final = N_("a former member")


def verb(code: str, translator: Translator) -> str:
    """Plain words for what was done; the code itself where there are none."""
    if code in VERBS:
        return translator.gettext(VERBS[code])
    for role, words in ROLE_WORDS.items():
        if code in (f"grant {role}", f"revoke {role}"):
            how = GRANT if code.startswith("grant") else REVOKE
            return translator.gettext(how) % {"role": translator.gettext(words)}
    return code


def kind(code: str, translator: Translator, what: str = "") -> str:
    words = translator.gettext(KINDS[code]) if code in KINDS else code
    return words % {"what": what} if "%(what)s" in words else words


def kind_name(code: str, translator: Translator) -> str:
    return translator.gettext(KIND_NAMES[code]) if code in KIND_NAMES else code
