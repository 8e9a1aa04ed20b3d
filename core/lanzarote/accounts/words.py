"""Roles, actions and where they reach, in words; to be translated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lanzarote.records.permissions import Action, Bar, Role, Where
from lanzarote.translation import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

ROLE_WORDS: Final[Mapping[Role, str]] = {
    "representative": N_("Representative"),
    "contributor": N_("Contributor"),
    "reviewer": N_("Reviewer"),
    "coordinator": N_("Coordinator"),
    "office": N_("Central office"),
    "administrator": N_("Administrator"),
}
ROLE_HELP: Final[Mapping[Role, str]] = {
    "representative": N_("Speaks for an organisation and writes about what it does."),
    "contributor": N_("Writes practices of the region."),
    "reviewer": N_("Reads what others wrote, assesses it, and publishes what was declared."),
    "coordinator": N_("Leads the work in the region: decides, publishes, invites."),
    "office": N_("Receives the results of all regions."),
    "administrator": N_("Keeps the site running: accounts and regions, not what is written."),
}
ACTION_WORDS: Final[Mapping[Action, str]] = {
    "practice.read": N_("Read practices that are not published"),
    "practice.write": N_("Write practices"),
    "practice.assess": N_("Assess practices"),
    "practice.publish": N_("Publish practices or give them back"),
    "practice.decide": N_("Decide on practices that were assessed"),
    "practice.withdraw": N_("Withdraw practices or put them away"),
    "practice.override": N_("Publish in spite of an objection, with a reason"),
    "stakeholder.read": N_("Read the directory with its contacts"),
    "stakeholder.write": N_("Write entries of the directory"),
    "stakeholder.publish": N_("Publish entries of the directory or give them back"),
    "stakeholder.decide": N_("Say how an organisation relates to the group; rename, merge, split, withdraw entries"),
    "record.erase": N_("Erase something for good"),
    "group.read": N_("Read what the group discusses"),
    "group.write": N_("Take part in what the group discusses"),
    "group.speak": N_("Give the position of an organisation"),
    "group.lead": N_("Lead what the group discusses, and record what it decides"),
    "task.read": N_("See what waits for the team"),
    "task.finish": N_("Settle what waits for the team"),
    "activity.read": N_("See who did what and when"),
    "note.write": N_("Put notes beside what is out of date"),
    "person.read": N_("See who has which role"),
    "person.grant": N_("Invite people, give and take roles"),
    "person.close": N_("Close accounts, reset second factors"),
    "plugin.switch": N_("Show or hide regions; switch packages on or off for a region; see the state of the system"),
    "results.receive": N_("Enrol regions whose results are received, and take their results"),
}
WHERE_WORDS: Final[Mapping[Where, str]] = {
    "own": N_("what they wrote"),
    "asked": N_("what they were asked to"),
    "represented": N_("their organisation"),
    "region": N_("all in the region"),
    "instance": N_("in all regions"),
}
WHERE_TO_YOU: Final[Mapping[Where, str]] = {
    **WHERE_WORDS,
    "own": N_("what you wrote"),
    "asked": N_("what you were asked to"),
    "represented": N_("your organisation"),
}
BAR_WORDS: Final[Mapping[Bar, str]] = {
    "author": N_("not what they wrote in"),
    "submitter": N_("not what they submitted"),
    "named": N_("not what names their organisation"),
    "self": N_("not for themselves"),
}
BAR_TO_YOU: Final[Mapping[Bar, str]] = {
    "author": N_("not what you wrote in"),
    "submitter": N_("not what you submitted"),
    "named": N_("not what names your organisation"),
    "self": N_("not for yourself"),
}
