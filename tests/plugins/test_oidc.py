"""A provider that is away, lies or says too little is answered as such; one that speaks the truth is believed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from lanzarote import Identity, ProposedRole, ProviderAddress, ProviderFault, SignInAnswer, SignInRequest
from lanzarote.plugins import Candidate, Host
from lanzarote.types import PracticeSheet, SignOutRequest
from lanzarote_oidc import metadata, transport
from lanzarote_oidc.configuration import Group, NotConfigured, read_configuration
from lanzarote_oidc.configuration import Provider as Settings
from lanzarote_oidc.conversation import Conversation
from msgspec.structs import replace

from tests.plugins.lying_provider import CLIENT, SECRET, Provider, providing

BACK = "https://lanzarote.example/account/providers/town/back"
WANTED = SignInRequest(back=BACK, state="s", nonce="n", challenge="c", language="fr")
ANSWER = SignInAnswer(back=BACK, code="code", nonce="n", verifier="v")


@pytest.fixture
def provider() -> Iterator[Provider]:
    with providing() as one:
        one.nonce = "n"
        yield one


def settings(provider: Provider, **more: Any) -> Settings:
    given: dict[str, Any] = {
        "key": "town", "label": "Town", "issuer": provider.issuer, "client_id": CLIENT, "client_secret": SECRET,
    }  # fmt: skip
    return Settings(**given | more)


def finish(provider: Provider, answer: SignInAnswer = ANSWER, **more: Any) -> Identity | ProviderFault:
    return Conversation(settings(provider, **more)).finish(answer)


def identity(provider: Provider, **more: Any) -> Identity:
    found = finish(provider, **more)
    assert isinstance(found, Identity), found
    return found


def fault(provider: Provider, **more: Any) -> tuple[str, str]:
    found = finish(provider, **more)
    assert isinstance(found, ProviderFault), found
    return found.reason, found.told


# The truth


def test_a_person_is_led_to_the_provider_with_all_that_protects_the_sign_in(provider: Provider) -> None:
    found = Conversation(settings(provider, acr_values="eidas2")).begin(WANTED)
    assert isinstance(found, ProviderAddress)
    assert found.address.startswith(f"{provider.issuer}/authorize?realm=town&")
    assert parse_qs(urlsplit(found.address).query) == {
        "realm": ["town"], "response_type": ["code"], "client_id": [CLIENT], "redirect_uri": [BACK],
        "scope": ["openid email profile"], "state": ["s"], "nonce": ["n"], "code_challenge": ["c"],
        "code_challenge_method": ["S256"], "ui_locales": ["fr"], "acr_values": ["eidas2"],
    }  # fmt: skip


def test_a_provider_that_refuses_what_it_does_not_know_is_asked_no_more_than_it_wants(provider: Provider) -> None:
    claims = '{"id_token":{"amr":{"essential":true}}}'
    with_it = Conversation(settings(provider, pkce=False, language=False, claims=claims))
    found = with_it.begin(WANTED)
    assert isinstance(found, ProviderAddress)
    asked = parse_qs(urlsplit(found.address).query)
    wanted = {"response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "claims"}
    assert set(asked) - {"realm"} == wanted
    assert asked["claims"] == [claims]
    assert isinstance(with_it.finish(ANSWER), Identity)
    [form] = [form for path, form, _ in provider.asked if path.endswith("/token")]
    assert "code_verifier" not in form


def test_the_code_is_exchanged_and_the_identity_is_verified(provider: Provider) -> None:
    found = identity(provider)
    assert replace(found, id_token="") == Identity(
        issuer=provider.issuer, subject="subject-1", address="ana@school.example", address_verified=True,
        name="Ana Plume", session="session-1",
    )  # fmt: skip
    assert found.id_token.count(".") == 2
    [(_, form, headers)] = [one for one in provider.asked if one[0].endswith("/token")]
    assert form == {
        "grant_type": "authorization_code", "code": "code", "redirect_uri": BACK, "code_verifier": "v",
    }  # fmt: skip
    assert headers["authorization"] == transport.basic(CLIENT, SECRET)


def test_the_secret_is_sent_as_the_provider_takes_it(provider: Provider, tmp_path: Path) -> None:
    provider.said["token_endpoint_auth_methods_supported"] = ["client_secret_post"]
    file = tmp_path / "secret"
    file.write_text(f"{SECRET}\n", "utf-8")
    identity(provider, client_secret="", client_secret_file=str(file))
    [(_, form, headers)] = [one for one in provider.asked if one[0].endswith("/token")]
    assert (form["client_id"], form["client_secret"], headers.get("authorization")) == (CLIENT, SECRET, None)


def test_a_second_factor_counts_where_the_settings_name_what_vouches_for_it(provider: Provider) -> None:
    provider.claims = {"acr": "eidas2", "amr": ["pwd", "mfa"]}
    assert not identity(provider).strong
    assert identity(provider, strong_acr=("eidas2",)).strong
    assert identity(provider, strong_amr=("otp", "mfa")).strong
    assert not identity(provider, strong_acr=("eidas3",), strong_amr=("otp",)).strong


def test_groups_propose_the_roles_of_the_settings(provider: Provider) -> None:
    groups = (Group(group="lead", role="coordinator", region="paris"),)
    assert identity(provider).groups is None
    assert identity(provider, groups_claim="groups").groups == ()
    provider.claims = {"groups": ["all", "lead", 7]}
    found = identity(provider, groups_claim="groups", groups=groups)
    assert found.groups == ("lead", "all")
    assert found.roles == (ProposedRole(group="lead", role="coordinator", region="paris"),)
    provider.claims = {"_claim_names": {"groups": "elsewhere"}}
    assert identity(provider, groups_claim="groups", groups=groups).groups is None


def test_what_the_id_token_lacks_is_asked_of_the_user_information(provider: Provider) -> None:
    provider.claims = {"email": None, "email_verified": None, "name": None}
    provider.info = {"email": "bo@school.example", "given_name": "Bo", "family_name": "Plume"}
    found = identity(provider)
    assert (found.address, found.address_verified, found.name) == ("bo@school.example", False, "Bo Plume")
    assert identity(provider, addresses_verified=True).address_verified
    provider.info["sub"] = "somebody-else"
    assert fault(provider) == ("untrusted", "user information about somebody else")


def test_a_provider_that_changes_its_keys_is_believed(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metadata, "ANEW_AFTER", 0)
    with_it = Conversation(settings(provider))
    assert isinstance(with_it.finish(ANSWER), Identity)
    provider.published, provider.signing, provider.header["kid"] = [*provider.keys], provider.keys[1], "two"
    assert isinstance(with_it.finish(ANSWER), Identity)


# Less than the truth


def test_an_address_that_is_missing_or_not_confirmed_is_told_as_such(provider: Provider) -> None:
    provider.claims = {"email": None}
    assert (identity(provider).address, identity(provider).address_verified) == ("", False)
    provider.claims = {"email_verified": False}
    found = identity(provider, addresses_verified=True)
    assert (found.address, found.address_verified) == ("ana@school.example", False)
    provider.claims = {"email_verified": "true"}  # a text is no truth
    assert not identity(provider).address_verified


def test_an_address_is_vouched_for_by_whoever_sent_it(provider: Provider) -> None:
    """An address of the ID token is not confirmed by what is said of another one elsewhere."""
    provider.claims = {"email": "victim@school.example", "email_verified": None}
    provider.info = {"email": "evil@school.example", "email_verified": True}
    found = identity(provider, groups_claim="groups")
    assert (found.address, found.address_verified) == ("victim@school.example", False)
    provider.info["email"] = "victim@school.example"
    assert identity(provider, groups_claim="groups").address_verified


@pytest.mark.parametrize(
    ("address", "vouched"),
    [("ana@School.example", True), ("ana@court.example", False), ("ana@evil.school.example", False), ("", False)],
)
def test_a_provider_vouches_for_addresses_of_its_own_domains_alone(
    provider: Provider, address: str, vouched: bool
) -> None:
    provider.claims = {"email": address}
    assert identity(provider, address_domains=("town.example", "school.EXAMPLE")).address_verified == vouched


@pytest.mark.parametrize("told", ["a\0b", "\u202eana", ["a"], {"a": 1}, 7, "x" * 256], ids=repr)
def test_what_no_database_or_page_could_hold_is_left_out(provider: Provider, told: Any) -> None:
    provider.claims = {"email": told, "name": told, "sid": told, "groups": [told, "lead"]}
    found = identity(provider, groups_claim="groups")
    assert (found.address, found.name, found.session, found.groups) == ("", "", "", ("lead",))
    provider.claims = {"sub": told}
    assert fault(provider)[0] == "untrusted"
    lie = Conversation(settings(provider)).ended(provider.log_out_token(sid=told))
    assert getattr(lie, "reason", "") == "untrusted"


# Lies

LIES: dict[str, Callable[[Provider], object]] = {
    "another audience": lambda one: one.claims.update(aud="somebody-else"),
    "another audience, made for us": lambda one: one.claims.update(aud=["b"], azp=CLIENT),
    "one of several audiences, made for another": lambda one: one.claims.update(aud=[CLIENT, "b"], azp="b"),
    "several audiences, made for nobody": lambda one: one.claims.update(aud=["b", CLIENT]),
    "another issuer": lambda one: one.claims.update(iss="https://evil.example"),
    "a replayed nonce": lambda one: one.claims.update(nonce="of an earlier sign-in"),
    "no nonce": lambda one: one.claims.update(nonce=None),
    "no subject": lambda one: one.claims.update(sub=None),
    "a subject that is no text": lambda one: one.claims.update(sub=7),
    "no end": lambda one: one.claims.update(exp=None),
    "unsigned": lambda one: one.header.update(alg="none"),
    "signed with the secret": lambda one: one.header.update(alg="HS256"),
    "signed by somebody else": lambda one: setattr(one, "signing", one.keys[1]),
    "signed with a key that is not published": lambda one: one.header.update(kid="unknown"),
    "another access token": lambda one: one.claims.update(at_hash="AAAAAAAAAAAAAAAAAAAAAA"),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_is_not_believed(provider: Provider, lie: str) -> None:
    if "several" in lie or "not published" in lie:
        provider.published = [*provider.keys]
    LIES[lie](provider)
    assert fault(provider)[0] == "untrusted"


@pytest.mark.parametrize(("issued", "ends"), [(-7_200, -3_600), (7_200, 10_800), (-400, -90)])
def test_a_clock_that_is_off_is_told_as_such(provider: Provider, issued: int, ends: int) -> None:
    at = int(time.time())
    provider.claims = {"iat": at + issued, "exp": at + ends}
    assert fault(provider)[0] == "clock"


def test_clocks_may_differ_by_a_minute(provider: Provider) -> None:
    at = int(time.time())
    provider.claims = {"iat": at + 40, "exp": at + 100}
    assert isinstance(finish(provider), Identity)
    provider.claims = {"iat": at - 100, "exp": at - 40}
    assert isinstance(finish(provider), Identity)


def test_an_answer_of_another_provider_is_not_believed(provider: Provider) -> None:
    """RFC 9207: the code of one provider is not carried to another."""
    assert fault(provider, answer=replace(ANSWER, issuer="https://evil.example"))[0] == "untrusted"
    provider.said["authorization_response_iss_parameter_supported"] = True
    assert fault(provider)[0] == "untrusted"
    assert isinstance(finish(provider, replace(ANSWER, issuer=provider.issuer)), Identity)
    assert [path for path, *_ in provider.asked if path.endswith("/token")] == ["/realms/town/token"]


def test_a_provider_that_calls_itself_otherwise_is_not_used(provider: Provider) -> None:
    provider.said["issuer"] = "https://evil.example"
    reason, told = fault(provider)
    assert (reason, "calls itself 'https://evil.example'" in told) == ("settings", True)


def test_addresses_without_tls_are_not_used(provider: Provider) -> None:
    provider.said["token_endpoint"] = "http://login.example/token"
    assert fault(provider) == ("settings", "token_endpoint is missing, or does not begin with https://")


def test_a_provider_elsewhere_names_no_address_of_this_machine() -> None:
    elsewhere = metadata.Metadata("https://login.example")
    elsewhere._said = {"token_endpoint": "http://127.0.0.1:6379/", "jwks_uri": "https://login.example/keys"}
    elsewhere._said_at = time.monotonic()
    assert elsewhere.address("jwks_uri", transport.Deadline()) == "https://login.example/keys"
    with pytest.raises(transport.Unusable):
        elsewhere.address("token_endpoint", transport.Deadline())


# Away


def test_a_refusal_and_a_code_that_is_too_old_are_told_apart(provider: Provider) -> None:
    assert fault(provider, answer=replace(ANSWER, error="access_denied"))[0] == "refused"
    assert fault(provider, answer=replace(ANSWER, error="server_error"))[0] == "away"
    assert fault(provider, answer=replace(ANSWER, error="invalid_scope"))[0] == "settings"
    assert fault(provider, answer=replace(ANSWER, code=""))[0] == "untrusted"
    provider.token_answer = lambda _: (400, b'{"error": "invalid_grant"}')
    assert fault(provider)[0] == "late"
    provider.token_answer = lambda _: (401, b'{"error": "invalid_client"}')
    assert fault(provider) == ("settings", "its token endpoint answered 401 'invalid_client'")


def test_a_provider_that_does_not_answer_as_it_should_is_away(provider: Provider) -> None:
    provider.token_answer = lambda _: (200, b" " * (2 << 20))
    assert fault(provider) == ("away", "127.0.0.1 answered with more than 1 MB")
    provider.token_answer = lambda _: (200, b"[" * 100_000)
    assert fault(provider) == ("away", "it did not answer with JSON")
    provider.token_answer = lambda _: (200, b"[]")
    assert fault(provider) == ("away", "it did not answer with a JSON object")
    provider.token_answer = lambda _: (200, b"{}")
    assert fault(provider) == ("untrusted", "no ID token came")
    provider.status = 500
    assert fault(provider) == ("away", "127.0.0.1 answered 500")
    provider.status = 302
    assert fault(provider) == ("away", "127.0.0.1 answered 302")


def test_a_provider_that_sends_a_byte_now_and_then_is_away_in_time(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport.Deadline.__init__, "__defaults__", (0.5,))
    provider.drips = 0.01
    assert fault(provider)[0] == "away"


def test_a_provider_that_is_away_is_asked_again_after_a_while(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever signs in through another one does not wait for it meanwhile."""
    with_it = Conversation(settings(provider))
    provider.status = 500
    assert getattr(with_it.begin(WANTED), "reason", "") == "away"
    provider.status = 0
    assert getattr(with_it.begin(WANTED), "told", "") == "it did not answer just now"
    assert len(provider.asked) == 1
    monkeypatch.setattr(metadata, "PAUSE", 0)
    assert isinstance(with_it.begin(WANTED), ProviderAddress)


def test_a_slow_provider_makes_no_check_wait(
    provider: Provider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANZAROTE_PLUGIN_OIDC_ISSUER", provider.issuer)
    monkeypatch.setenv("LANZAROTE_PLUGIN_OIDC_CLIENT_ID", CLIENT)
    names = {"oidc": "lanzarote_oidc", "abbreviations": "lanzarote_abbreviations"}
    host = Host([Candidate(name=name, module=module) for name, module in names.items()], folder=tmp_path)
    [slow] = host.identity_providers.values()
    provider.drips = 0.01
    waiting = [threading.Thread(target=slow.examine) for _ in range(5)]
    for thread in waiting:
        thread.start()
    while len(provider.asked) < 4:
        time.sleep(0.01)
    sheet = msgspec.convert({"original": "fr", "text": {"fr": {"title": "Saisir la CRIP"}}}, PracticeSheet)
    [(_, check)] = host.ask("check_practice", ["abbreviations"], region=None, new=sheet, before=None)
    assert list(check()) != []
    assert [thread.is_alive() for thread in waiting] == [True] * 5
    provider.drips = 0
    for thread in waiting:
        thread.join()


def test_a_provider_that_is_gone_is_away() -> None:
    with providing() as provider:
        pass
    reason, told = fault(provider)
    assert (reason, told) == ("away", "127.0.0.1 did not answer (ConnectionRefusedError)")


# Signing out


def test_whoever_signs_out_is_led_to_the_provider(provider: Provider) -> None:
    leaving = SignOutRequest(back="https://lanzarote.example/account/signed-out", state="fr", id_token="a.b.c")
    found = Conversation(settings(provider)).leave(leaving)
    assert isinstance(found, ProviderAddress)
    assert parse_qs(urlsplit(found.address).query) == {
        "post_logout_redirect_uri": [leaving.back], "state": ["fr"], "id_token_hint": ["a.b.c"],
    }  # fmt: skip
    found = Conversation(settings(provider)).leave(replace(leaving, id_token=""))
    assert isinstance(found, ProviderAddress)
    assert parse_qs(urlsplit(found.address).query)["client_id"] == [CLIENT]
    assert Conversation(settings(provider, sign_out=False)).leave(leaving) == ProviderAddress(address="")
    provider.said["end_session_endpoint"] = None
    assert Conversation(settings(provider)).leave(leaving) == ProviderAddress(address="")


def test_a_log_out_token_names_who_has_left(provider: Provider) -> None:
    found = Conversation(settings(provider)).ended(provider.log_out_token(sid="session-1"))
    assert not isinstance(found, ProviderFault), found
    assert (found.id, found.subject, found.session) == ("message-1", "subject-1", "session-1")


@pytest.mark.parametrize(
    "otherwise",
    [
        {"iss": "https://evil.example"}, {"aud": "b"}, {"nonce": "n"}, {"events": {}}, {"events": None}, {"jti": None},
        {"sub": None}, {"iat": None}, {"sub": 7},
    ],
    ids=str,
)  # fmt: skip
def test_a_log_out_token_that_is_none_is_refused(provider: Provider, otherwise: dict[str, Any]) -> None:
    found = Conversation(settings(provider)).ended(provider.log_out_token(**otherwise))
    assert isinstance(found, ProviderFault)
    assert found.reason == "untrusted"


def test_an_old_or_unsigned_log_out_token_is_refused(provider: Provider) -> None:
    at, with_it = int(time.time()), Conversation(settings(provider))
    old = with_it.ended(provider.log_out_token(iat=at - 3_600, exp=at - 3_000))
    provider.header["alg"] = "none"
    lie = with_it.ended(provider.log_out_token())
    nonsense = with_it.ended("nonsense")
    assert [getattr(one, "reason", "") for one in (old, lie, nonsense)] == ["clock", "untrusted", "untrusted"]


def test_a_log_out_token_counts_for_less_than_the_day_for_which_it_is_remembered(provider: Provider) -> None:
    at, with_it = int(time.time()), Conversation(settings(provider))
    found = with_it.ended(provider.log_out_token(exp=at + 365 * 86_400))
    assert not isinstance(found, ProviderFault)
    assert at < found.until.timestamp() < at + 86_400
    late = with_it.ended(provider.log_out_token(iat=at - 100, exp=at - 30))  # within the minute
    assert not isinstance(late, ProviderFault)
    assert late.until.timestamp() > at
    old = with_it.ended(provider.log_out_token(iat=at - 86_400, exp=at + 86_400))
    assert getattr(old, "reason", "") == "clock"


# Settings


def test_several_providers_stand_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "providers.toml"
    file.write_text(
        """
        [town]
        label = "Ville"
        issuer = "https://login.example/realms/town"
        client_id = "lanzarote"
        groups_claim = "groups"
        [[town.groups]]
        group = "lead"
        role = "coordinator"
        region = "paris"

        [court]
        label = "Tribunal"
        issuer = "https://court.example"
        client_id = "lanzarote"
        """,
        "utf-8",
    )
    town, court = read_configuration({"LANZAROTE_PLUGIN_OIDC_FILE": str(file)})
    assert (town.key, court.key, town.groups[0].role) == ("town", "court", "coordinator")


def test_one_provider_stands_in_variables() -> None:
    given = {
        "ISSUER": "https://login.example/realms/town", "CLIENT_ID": "lanzarote", "STRONG_AMR": "mfa, otp",
        "ADDRESSES_VERIFIED": "on",
    }  # fmt: skip
    [one] = read_configuration({f"LANZAROTE_PLUGIN_OIDC_{name}": value for name, value in given.items()})
    assert (one.key, one.label, one.strong_amr, one.addresses_verified) == (
        "institution", "login.example", ("mfa", "otp"), True,
    )  # fmt: skip
    assert read_configuration({}) == ()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"ISSUER": "http://login.example", "CLIENT_ID": "a"}, "begin it with https://"),
        ({"ISSUER": "https://login.example"}, "client_id"),
        ({"ISSUR": "https://login.example"}, "LANZAROTE_PLUGIN_OIDC_ISSUR is no setting"),
        ({"ISSUER": "https://login.example", "CLIENT_ID": "a", "SCOPES": "email"}, "scopes lack openid"),
        ({"ISSUER": "https://login.example", "CLIENT_ID": "a", "SIGN_OUT": "yes"}, "say on or off"),
        ({"ISSUER": "https://login.example", "CLIENT_ID": "a", "PKCE": "off"}, "without pkce"),
        ({"FILE": "/nowhere", "CLIENT_ID": "a"}, "are both set"),
        ({"ISSUER": "https://a.example", "CLIENT_ID": "a", "ADDRESS_DOMAINS": "@a.example"}, "behind the @, such as"),
        ({"FILE": "/nowhere"}, "cannot be read"),
    ],
)
def test_settings_that_cannot_be_used_are_named(given: dict[str, str], told: str) -> None:
    with pytest.raises(NotConfigured, match=told):
        read_configuration({f"LANZAROTE_PLUGIN_OIDC_{name}": value for name, value in given.items()})


def test_the_package_is_asked_again_when_its_settings_change(
    provider: Provider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It runs in a process of its own, and what it contributed is remembered."""
    candidates = [Candidate(name="oidc", module="lanzarote_oidc")]
    file = tmp_path / "providers.toml"
    assert Host(candidates, folder=tmp_path).identity_providers == {}
    table = f'label = "Town"\nissuer = "{provider.issuer}"\nclient_id = "{CLIENT}"\nclient_secret = "{SECRET}"\n'
    file.write_text(f"[town]\n{table}", "utf-8")
    monkeypatch.setenv("LANZAROTE_PLUGIN_OIDC_FILE", str(file))
    [town] = Host(candidates, folder=tmp_path).identity_providers.values()
    assert (town.key, town.label) == ("town", "Town")
    assert isinstance(town.finish(ANSWER), Identity)
    assert town.examine() == ProviderAddress(address=f"{provider.issuer}/authorize?realm=town")
    file.write_text(f"[town]\n{table}\n[court]\n{table}", "utf-8")
    assert set(Host(candidates, folder=tmp_path).identity_providers) == {"town", "court"}
    assert SECRET not in (tmp_path / "packages.json").read_text("utf-8")
