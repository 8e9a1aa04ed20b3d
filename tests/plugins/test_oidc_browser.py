"""An institution's account in a real browser, at a certified provider: invited, signed in and out, refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from lanzarote.accounts import service
from lanzarote.accounts.model import SignedIn
from lanzarote.instance import Instance
from lanzarote.operations.doctor import examine
from lanzarote.records.changelog import INSTANCE
from lanzarote.records.permissions import Grant
from lanzarote.records.records import now
from lanzarote.records.tasks import Task
from lanzarote.store.database import ALL
from playwright.sync_api import expect
from sqlalchemy import select

from tests.core.accounts.team import Team, instance_like
from tests.core.conftest import serving
from tests.core.web.seen import BOTH_LANGUAGES, NARROW, SIDEWAYS, WIDE, violations
from tests.plugins.certified_provider import SECRET, free_port, installed, providing

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

WRITES = Grant(role="contributor", region_id="paris")
WORDS = {
    "en": {
        "through": "Sign in with Town hall", "open": "Open my account", "out": "You are signed out.",
        "uninvited": "You have no invitation yet", "cancelled": "You cancelled the sign-in", "sign-out": "Sign out",
        "account": "Your account",
    },
    "fr": {
        "through": "Se connecter avec Town hall", "open": "Ouvrir mon compte", "out": "Vous êtes déconnecté.",
        "uninvited": "Vous n’avez pas encore d’invitation", "cancelled": "Vous avez annulé la connexion",
        "sign-out": "Se déconnecter", "account": "Votre compte",
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def certified_provider(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return installed(tmp_path_factory.mktemp("certified"))


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The provider's address, which the settings name before there is a site."""
    folder, address = tmp_path_factory.mktemp("settings"), f"http://127.0.0.1:{free_port()}"
    secret, file = folder / "secret", folder / "providers.toml"
    secret.write_text(SECRET, "utf-8")
    file.write_text(
        f'[town]\nlabel = "Town hall"\nissuer = "{address}"\nclient_id = "lanzarote"\n'
        f'client_secret_file = "{secret}"\ngroups_claim = "groups"\n'
        '[[town.groups]]\ngroup = "readers"\nrole = "reviewer"\nregion = "paris"\n',
        "utf-8",
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LANZAROTE_PLUGIN_OIDC_FILE", str(file))
        yield address


@pytest.fixture(scope="module")
def team(paris: Instance, issuer: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    with instance_like(paris, tmp_path_factory.mktemp("site")) as instance:
        yield Team(instance, None)


@pytest.fixture(scope="module")
def site(team: Team, issuer: str, certified_provider: Path) -> Iterator[str]:
    with serving(team.instance) as address:
        address = address.replace("127.0.0.1", "localhost")  # so that cookies of the two are apart
        team.instance.address = address
        with providing(certified_provider, issuer, address):
            yield address


def invite(team: Team, address: str, lang: str) -> None:
    with team.instance.database.write(ALL) as session:
        service.invite(session, address=address, name="Ana", language=lang, grants=(WRITES,), by="test", at=now())
    team.mail_to(address)


def sign_in(page: Page, address: str, through: str) -> None:
    """From our sign-in page through the provider's own pages."""
    page.get_by_role("button", name=through).click()
    page.locator("input[name=login]").fill(address)
    page.locator("input[name=password]").fill("whatever")
    page.locator("button[type=submit]").click()
    page.locator("button[type=submit]").click()  # consent


@pytest.mark.parametrize("lang", BOTH_LANGUAGES)
def test_somebody_who_was_invited_signs_in_and_out_through_their_institution(
    page: Page, team: Team, site: str, issuer: str, lang: str
) -> None:
    words, address = WORDS[lang], "ana@school.example" if lang == "fr" else "bo@school.example"
    invite(team, address, lang)
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    page.goto(f"{site}/{lang}/account/sign-in?next=/{lang}/account")
    assert (violations(page), page.evaluate(SIDEWAYS)) == ("", 0)
    sign_in(page, address, words["through"])
    page.locator("#agreed").check()
    assert (violations(page), page.evaluate(SIDEWAYS)) == ("", 0)
    page.get_by_role("button", name=words["open"]).click()
    page.wait_for_url(f"{site}/{lang}/start")
    with team.instance.database.read(ALL) as session:
        proposed = [task.told()["role"] for task in session.scalars(select(Task).where(Task.kind == "group-role"))]
    assert proposed == ["reviewer"]  # of Ana alone, who is in the group

    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    page.goto(f"{site}/{lang}/account")
    page.locator(".account > summary").click()
    page.get_by_role("button", name=words["sign-out"]).click()
    page.wait_for_url(f"{issuer}/session/end**")
    page.locator("button[name=logout]").click()  # and there, too
    page.wait_for_url(f"{site}/{lang}/account/sign-in?done=out")
    expect(page.get_by_text(words["out"])).to_be_visible()

    page.goto(f"{site}/{lang}/account/sign-in?next=/{lang}/account")
    sign_in(page, address, words["through"])
    page.wait_for_url(f"{site}/{lang}/account")
    assert page.get_by_role("heading", level=1).inner_text() == words["account"]

    page.goto(f"{issuer}/session/end")
    page.locator("button[name=logout]").click()
    page.wait_for_url(f"{issuer}/session/end/success**")
    page.goto(f"{site}/{lang}/account")  # the provider has told us
    page.wait_for_url(f"{site}/{lang}/account/sign-in?next=**")
    with team.instance.database.read(INSTANCE) as session:
        assert session.scalars(select(SignedIn)).all() == []


@pytest.mark.parametrize("lang", BOTH_LANGUAGES)
def test_who_was_not_invited_or_changes_their_mind_reads_what_to_do(page: Page, site: str, lang: str) -> None:
    words = WORDS[lang]
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    page.goto(f"{site}/{lang}/account/sign-in")
    page.get_by_role("button", name=words["through"]).click()
    page.get_by_text("[ Cancel ]").click()
    expect(page.get_by_text(words["cancelled"])).to_be_visible()
    assert (violations(page), page.evaluate(SIDEWAYS)) == ("", 0)
    sign_in(page, "stranger@elsewhere.example", words["through"])
    expect(page.get_by_role("heading", level=1)).to_have_text(words["uninvited"])
    assert (violations(page), page.evaluate(SIDEWAYS)) == ("", 0)


def test_doctor_says_whether_the_provider_answers(team: Team, site: str) -> None:
    told = [str(one) for one in examine({"LANZAROTE_DATA": str(team.instance.settings.data)})]
    back = "(LANZAROTE_BASE_URL)/account/providers/town/back"
    assert f"  provider town: Town hall answers; the address to register there: {back}" in told
