"""What was done, to what, in plain words; to be translated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lanzarote.accounts.people import ROLE_WORDS
from lanzarote.translation import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lanzarote.translation import Translator

VERBS: Final[Mapping[str, str]] = {
    "create": N_("began to write it"),
    "revise": N_("saved a version of it"),
    "submit": N_("submitted it"),
    "take-back": N_("returned it to draft"),
    "return": N_("returned it for correction"),
    "assess": N_("asked reviewers about it"),
    "ask": N_("asked more reviewers about it"),
    "release": N_("withdrew or declined a request to assess"),
    "give": N_("submitted an assessment"),
    "decide": N_("recorded the team’s decision on it"),
    "publish": N_("published it"),
    "discard": N_("discarded the draft"),
    "withdraw": N_("withdrew it"),
    "archive": N_("archived it"),
    "restore": N_("restored it from the archive"),
    "erase": N_("erased it"),
    "rename": N_("changed its address"),
    "relation": N_("said how it relates to the group"),
    "invite-body": N_("invited it to take part in the group"),
    "accept-part": N_("said that it takes part in the group"),
    "decline-part": N_("said that it does not take part in the group"),
    "leave-part": N_("said that it no longer takes part in the group"),
    "call": N_("asked for positions on it"),
    "recall": N_("stopped asking for positions on it"),
    "extend": N_("left more time for positions on it"),
    "remind": N_("reminded bodies of their position on it"),
    "position": N_("gave a position on it"),
    "record-position": N_("recorded what a body said about it"),
    "adopt": N_("recorded that the group adopted it"),
    "reject": N_("recorded that the group did not adopt it"),
    "postpone": N_("recorded that the decision on it was postponed"),
    "forward": N_("noted where it was forwarded, and what became of it there"),
    "contacts": N_("changed contacts of it that only the team reads"),
    "merge": N_("merged it into another entry"),
    "split": N_("parted it again from the entry it was merged into"),
    "split-off": N_("began a second entry out of it"),
    "enter": N_("entered a value"),
    "correct": N_("corrected a value"),
    "take-back-value": N_("removed a value"),
    "run": N_("fixed criteria and assessors"),
    "amend": N_("changed what was fixed"),
    "judge": N_("recorded answers of assessors"),
    "close-judging": N_("said that all answers are in"),
    "resume": N_("reopened it"),
    "decide-pilot": N_("recorded the decision on the pilot"),
    "reopen": N_("opened the decision again"),
    "drop": N_("abandoned it"),
    "supersede": N_("replaced it"),
    "revive": N_("put it in force again"),
    "announce": N_("announced it"),
    "invite to": N_("invited organisations to it"),
    "answer": N_("recorded whether an organisation comes"),
    "hold": N_("noted that it took place"),
    "draft": N_("drew up its minutes"),
    "approve": N_("noted that its minutes were approved"),
    "show-minutes": N_("published its minutes"),
    "hide-minutes": N_("unpublished its minutes"),
    "cancel": N_("cancelled it"),
    "share": N_("shared it with the group"),
    "unshare": N_("made it a draft again"),
    "offer": N_("recorded that a body was offered to reply"),
    "reply": N_("recorded what a body replied"),
    "discuss": N_("put it up for discussion"),
    "reconsider": N_("had it discussed again"),
    "complete": N_("said that it is completed"),
    "load": N_("loaded it from a file"),
    "epoch": N_("opened the log anew after a restore"),
    "propose": N_("proposed it to its parties"),
    "endorse": N_("recorded that a body endorses it"),
    "decline": N_("recorded that a body does not endorse it"),
    "retract": N_("recorded that a body withdraws its endorsement"),
    "apply": N_("recorded that a body applies it"),
    "cease": N_("recorded that a body no longer applies it"),
    "look-again": N_("recorded that it was looked at again"),
    "open": N_("opened it"),
    "finish": N_("settled it"),
    "comment": N_("said something about it"),
    "comment-edit": N_("changed what they had said about it"),
    "comment-delete": N_("deleted what they had said about it"),
    "comment-hide": N_("hid a comment on it"),
    "comment-show": N_("showed a comment on it again"),
    "amend-accept": N_("accepted an amendment of it"),
    "amend-refuse": N_("refused an amendment of it"),
    "amend-withdraw": N_("withdrew an amendment of it"),
    "action": N_("planned an action that follows from it"),
    "action-change": N_("planned one of its actions otherwise"),
    "action-progress": N_("said how far one of its actions is"),
    "adapt": N_("made the draft of the adapted practice"),
    "take-up": N_("let the group take it up"),
    "pilot": N_("recorded that it is tried out"),
    "look": N_("looked at what became of the origin"),
    "derive": N_("made it from a practice of another place"),
    "elsewhere": N_("wrote that it is taken up elsewhere"),
    "confirm-elsewhere": N_("confirmed that it is taken up elsewhere"),
    "refuse-elsewhere": N_("did not confirm that it is taken up elsewhere"),
    "remove-elsewhere": N_("took away that it is taken up elsewhere"),
    "ask-holder": N_("asked an organisation to confirm it"),
    "holder-confirmed": N_("recorded that an organisation confirms it"),
    "holder-wrong": N_("recorded that an organisation finds something wrong in it"),
    "holder-refused": N_("recorded that an organisation refuses to confirm it"),
    "override": N_("let it pass although a package objected"),
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
    "unlink provider": N_("unlinked the account from an institution"),
    "lose group": N_("left the group on which a role rests"),
    "close": N_("closed the account"),
    "show": N_("showed it to the public"),
    "hide": N_("hid it from the public"),
    "move": N_("had it upgraded from another package"),
    "send-to": N_("had results sent to an office"),
    "send-no-more": N_("stopped having results sent to an office"),
    "send-now": N_("had results sent at once"),
    "freeze": N_("froze figures to be cited"),
}
VERBS_OF: Final[Mapping[tuple[str, str], str]] = {
    ("improvement", "amend"): N_("proposed an amendment of it"),
    ("finding", "close"): N_("closed it"),
    ("finding", "reopen"): N_("opened it again"),
    ("procedure", "recall"): N_("withdrew the proposal"),
    ("transfer", "adopt"): N_("recorded that it is adopted"),
    ("transfer", "decline"): N_("recorded that it is not taken up"),
    ("transfer", "forget-origin"): N_("took out what it was called where it comes from: it was erased there"),
    ("transfer", "reconsider"): N_("proposed it again"),
    ("meeting", "remind"): N_("reminded those who had not answered"),
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
"""Kind and verb, where a verb means something of its own."""
GRANT: Final = N_("gave the role: %(role)s")
REVOKE: Final = N_("removed the role: %(role)s")
KINDS: Final[Mapping[str, str]] = {
    "practice": N_("a practice"),
    "stakeholder": N_("an organisation"),
    "indicator": N_("an indicator"),
    "evaluation": N_("an evaluation"),
    "meeting": N_("a meeting"),
    "mandate": N_("the mandate of the group"),
    "procedure": N_("a co-operation procedure"),
    "finding": N_("a finding"),
    "improvement": N_("an improvement"),
    "transfer": N_("a practice or procedure taken up from elsewhere"),
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
KIND_NAMES: Final[Mapping[str, str]] = {
    "practice": N_("Practices"),
    "stakeholder": N_("Organisations"),
    "indicator": N_("Indicators"),
    "evaluation": N_("Evaluations"),
    "meeting": N_("Meetings"),
    "mandate": N_("Mandate"),
    "procedure": N_("Co-operation procedures"),
    "finding": N_("Findings"),
    "improvement": N_("Improvements"),
    "transfer": N_("Practices taken up"),
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


def verb(code: str, translator: Translator, kind: str = "") -> str:
    """Plain words for what was done to something of that *kind*; the code itself where there are none."""
    if (kind, code) in VERBS_OF:
        return translator.gettext(VERBS_OF[kind, code])
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
