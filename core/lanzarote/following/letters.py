"""The mails that tell followers what changed: what kind of thing it is, and its title where everybody may read it."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final

import msgspec

from lanzarote.accounts.mails import Letter
from lanzarote.following.kinds import KINDS
from lanzarote.following.service import digest_link, link
from lanzarote.translation import N_, pick

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lanzarote.accounts.model import Account
    from lanzarote.following.model import Follow, Follower
    from lanzarote.following.news import Item
    from lanzarote.instance import Instance
    from lanzarote.mail.sending import Mail

MOST: Final = 50
"""Records that one mail tells of; of the others it tells how many they are."""
WHEN: Final[Mapping[str, str]] = {
    "now": N_("You asked to be told at once."),
    "daily": N_("You asked to be told once a day."),
    "weekly": N_("You asked to be told once a week."),
}


def letter(
    instance: Instance,
    account: Account,
    follower: Follower,
    rhythm: str,
    told: Sequence[tuple[Follow, Item]],
    heads: Mapping[str, int],
) -> Mail:
    """The mail that tells *account* what is new; the same id for the same news."""
    regions = sorted({follow.region_id for follow, _ in told})
    said = "/".join((account.id, rhythm, *(f"{region}:{heads[region]}" for region in regions)))
    written = Letter(instance, account, {"event_id": sha256(said.encode()).hexdigest()[:32]})
    written.say(N_("In what you follow, this has changed:"))
    for follow, item in told[:MOST]:
        written.line(_entry(instance, written, account.language, follow, item))
    if len(told) > MOST:
        written.say(N_("And more: %(count)s."), count=str(len(told) - MOST))
    written.say(N_("A mail says no more than this, to protect what is written there."))
    written.say(WHEN[rhythm])
    written.say(N_("See and change what you follow:"))
    written.line(written.href("account", "following"))
    alone = {follow.id: follow for follow, _ in told}
    if rhythm == "now" and len(alone) == 1:
        [one] = alone.values()
        end = written.href("unsubscribe", link(follower, one))
        written.say(N_("End this, without signing in:"))
    else:
        end = written.href("unsubscribe", digest_link(follower, rhythm))
        written.say(N_("End all mails of this kind, without signing in:"))
    written.line(end)
    mail = written.mail(N_("Something has changed on the Lanzarote platform"))
    return msgspec.structs.replace(mail, unsubscribe=end)


def _entry(instance: Instance, written: Letter, lang: str, follow: Follow, item: Item) -> str:
    """One record: what it is, what became of it, where it is read."""
    _ = instance.translations.translator(lang, follow.region_id).gettext
    record, kind = item.concerned.record, KINDS[item.concerned.record.kind]
    header = instance.headers()[follow.region_id]
    name = _(kind.words)
    if item.concerned.titles:
        title, _lang = pick(item.concerned.titles, lang, item.concerned.original, header.languages)
        name = _("%(kind)s, “%(title)s”") % {"kind": name, "title": title}
    region = pick(header.name, lang, header.languages[0])[0]
    verbs = "; ".join(dict.fromkeys(str(_(kind.news[verb])) for verb in item.verbs))
    line = _("- %(name)s (%(region)s): %(news)s") % {"name": name, "region": region, "news": verbs}
    if record.published_version is not None and not item.inside:
        return f"{line}\n  {written.region_href(header, kind.place, record.slug)}"
    if kind.read is not None and record.state != "erased":
        return f"{line}\n  {written.region_href(header, 'team', kind.place, record.id)}"
    return str(line)
