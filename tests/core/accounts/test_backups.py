"""What comes back from a backup: accounts and roles; not who was signed in, no link, no guess."""

from __future__ import annotations

import zipfile
from pathlib import Path

from lanzarote.accounts import people, secrets, service, sessions
from lanzarote.accounts.model import Attempts, Link, SignedIn
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.operations.backup import backup, restore
from lanzarote.records.changelog import INSTANCE
from lanzarote.records.permissions import EVERYWHERE, Grant
from lanzarote.records.records import now
from lanzarote.store.database import ALL
from sqlalchemy import func, select

from tests.core.accounts.team import Team


def test_sessions_links_and_guesses_do_not_come_back(team: Team, tmp_path: Path) -> None:
    ana = team.person("ana", Grant(role="contributor", region_id="paris"))
    gone = team.person("gone")
    browser = team.browser(ana)
    token = browser.client.cookies["lanzarote-session"]
    secret = team.link(ana, "reset")
    team.browser().post("/en/account/sign-in", {"address": ana.address, "password": "wrong words indeed"})
    with team.instance.database.write(ALL) as session:
        service.close(session, service.account(session, gone.id), by="test", at=now())
        for table in (SignedIn, Link, Attempts):
            assert session.scalar(select(func.count()).select_from(table)), table.__tablename__
    file = tmp_path / "backup.zip"
    backup(team.instance, file)
    with zipfile.ZipFile(file) as archive:
        names = set(archive.namelist())
    assert {"account.jsonl", "account_grant.jsonl", "account_identity.jsonl", "account_group_role.jsonl"} <= names
    assert not {"provider_step.jsonl", "session.jsonl", "account_link.jsonl", "attempts.jsonl"} & names

    settings = read_settings({"LANZAROTE_DATA": str(tmp_path / "new")})
    restore(settings, file)
    with new_instance(settings) as again, again.database.write(INSTANCE) as session:
        assert sessions.find(session, token, now()) is None
        for table in (SignedIn, Link, Attempts):
            assert session.scalar(select(func.count()).select_from(table)) == 0
        [person] = people.list_people(session, EVERYWHERE)
        assert (person.id, [one.role for one in person.grants]) == (ana.id, ["contributor"])
        assert service.account(session, gone.id).state == "closed"
        try:
            secrets.look(session, secret, "reset", now())
        except secrets.SpentLink:
            return
    raise AssertionError("a link came back")
