"""What would keep people from signing in, or mails from reaching them, is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from lanzarote.accounts import service
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.operations.doctor import examine
from lanzarote.records.permissions import Grant
from lanzarote.records.records import now
from lanzarote.store.database import ALL


def told(data: Path, about: str, **settings: str) -> list[str]:
    given = {"LANZAROTE_DATA": str(data)} | {f"LANZAROTE_{name}": value for name, value in settings.items()}
    return [str(finding) for finding in examine(given) if finding.about == about]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    with new_instance(read_settings({"LANZAROTE_DATA": str(tmp_path)})) as instance:
        instance.migrate()
    return tmp_path


def enrol(data: Path, state: str, *grants: Grant) -> None:
    with (
        new_instance(read_settings({"LANZAROTE_DATA": str(data)})) as instance,
        instance.database.write(ALL) as session,
    ):
        account = service.enrol(
            session, address="ana@school.example", name="Ana", language="en", grants=grants, by="test", at=now()
        )
        account.state = state


NOBODY_YET = ["  accounts: 1, no administrator yet; to make one: lanzarote grant ADDRESS administrator"]


def test_a_site_without_administrator_is_sound_and_told_how_to_make_one(data: Path) -> None:
    enrol(data, "active", Grant(role="coordinator", region_id="paris"))
    assert told(data, "accounts") == NOBODY_YET


def test_an_administrator_who_never_came_is_none(data: Path) -> None:
    enrol(data, "invited", Grant(role="administrator"))
    assert told(data, "accounts") == ["  accounts: 1; who was invited as administrator has not opened the link yet"]


def test_settings_of_a_package_that_is_not_installed_are_named(data: Path) -> None:
    assert told(data, "settings", PLUGIN_NOWHERE_KEY="x") == [
        "  settings: all known",
        "! settings: LANZAROTE_PLUGIN_NOWHERE_KEY is set, but its package is not installed; "
        "install it, or remove the setting",
    ]


def test_an_office_may_wait_for_its_first_region(data: Path) -> None:
    assert told(data, "regions", OFFICE="on") == [
        "  regions: none yet; to receive one: lanzarote results enrol CARD; to load one: lanzarote load REGION"
    ]
    assert told(data, "regions") == ["! regions: none is loaded; run: lanzarote load REGION"]


def test_people_and_mails_at_home_are_as_they_should_be(data: Path) -> None:
    enrol(data, "active", Grant(role="administrator"))
    assert told(data, "accounts") == ["  accounts: 1, 1 of them administrators"]
    assert told(data, "e-mail") == [f"  e-mail: E-mails are saved to {data / 'mail'}."]
    assert told(data, "address") == []


def test_a_public_site_that_sends_no_mails_is_told(data: Path) -> None:
    enrol(data, "active", Grant(role="administrator"))
    public = {"HOST": "192.0.2.1"}
    where = data / "mail"
    assert told(data, "e-mail", **public) == [
        f"! e-mail: No mail server is named: e-mails are saved to {where}. Set LANZAROTE_SMTP."
    ]
    assert told(data, "address", **public) == [
        "! address: Links in e-mails need the address of the site. Set LANZAROTE_BASE_URL."
    ]
    sent = {"SMTP": "smtps://mail.example.org", "MAIL_FROM": "lanzarote@example.org"}
    assert told(data, "e-mail", **public, **sent) == ["  e-mail: E-mails go through the mail server."]
    assert told(data, "address", BASE_URL="https://example.org", **sent) == []
