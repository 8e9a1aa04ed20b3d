"""Settings come from the environment; what cannot be used is refused with its name and the way out."""

from __future__ import annotations

from pathlib import Path

import lanzarote
import msgspec
import pytest
from lanzarote.configuration.settings import NAMES, Settings, read_settings
from lanzarote.configuration.sources import Said, Source
from lanzarote.errors import SettingError

STATIC = Path(lanzarote.__file__).parent / "web" / "static"

pytestmark = pytest.mark.both_databases


def test_without_any_setting_there_is_a_whole_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert read_settings({}) == Settings(
        data=tmp_path / ".lanzarote",
        database_url=f"sqlite:///{tmp_path / '.lanzarote' / 'lanzarote.sqlite'}",
        regions=(),
        host="127.0.0.1",
        port=8400,
        base_url="",
        operator="",
        contact="",
        cache=True,
    )


def test_every_setting_is_read_and_documented() -> None:
    given = {
        "LANZAROTE_DATA": "/data",
        "LANZAROTE_DATABASE_URL": "postgres://lanzarote:secret@db/name",
        "LANZAROTE_DIRECT_URL": "postgresql://lanzarote:secret@behind/name",
        "LANZAROTE_REPLICA_URL": "postgresql+psycopg://lanzarote:secret@standby/name",
        "LANZAROTE_REGIONS": "paris, lyon  second-region",
        "LANZAROTE_HOST": "192.0.2.1",
        "LANZAROTE_PORT": "80",
        "LANZAROTE_BASE_URL": "https://example.org/",
        "LANZAROTE_NAME": "Our practices",
        "LANZAROTE_MARK": str(STATIC / "favicon.svg"),
        "LANZAROTE_ACCENT": "#A31",
        "LANZAROTE_ACCENT_DARK": "#ee6389",
        "LANZAROTE_OPERATOR": "  An organisation ",
        "LANZAROTE_CONTACT": "legal@example.org",
        "LANZAROTE_SMTP": "smtps://user:secret@mail.example.org",
        "LANZAROTE_MAIL_FROM": "lanzarote@example.org",
        "LANZAROTE_CACHE": "off",
        "LANZAROTE_OFFICE": "on",
        "LANZAROTE_OFFICES_NEARBY": "on",
        "LANZAROTE_SAFE_MODE": "on",
        "LANZAROTE_IN_PROCESS": "on",
        "LANZAROTE_LOG_FORMAT": "json",
        "LANZAROTE_ACCESS_LOG": "on",
        "LANZAROTE_METRICS": "[::]:9400",
        "LANZAROTE_METRICS_TOKEN": "0123456789abcdefghij",
        "LANZAROTE_DEMO": "off",
        "LANZAROTE_KEEP_ACCOUNTS": "365",
        "LANZAROTE_KEEP_INVITATIONS": "30",
        "LANZAROTE_KEEP_UNSAVED": "14",
        "LANZAROTE_KEEP_MESSAGES": "0",
        "LANZAROTE_KEEP_UPGRADE_BACKUPS": "100",
    }
    read = read_settings(given)
    assert read.said.sources == dict.fromkeys(
        (name.removeprefix("LANZAROTE_") for name in given), Source("environment")
    )
    assert msgspec.structs.replace(read, said=Said()) == Settings(
        data=Path("/data").absolute(),
        database_url="postgresql+psycopg://lanzarote:secret@db/name",
        direct_url="postgresql+psycopg://lanzarote:secret@behind/name",
        replica_url="postgresql+psycopg://lanzarote:secret@standby/name",
        regions=("paris", "lyon", "second-region"),
        host="192.0.2.1",
        port=80,
        base_url="https://example.org",
        name="Our practices",
        mark=str(STATIC / "favicon.svg"),
        accent="#aa3311",
        accent_dark="#ee6389",
        operator="An organisation",
        contact="legal@example.org",
        smtp="smtps://user:secret@mail.example.org",
        mail_from="lanzarote@example.org",
        cache=False,
        office=True,
        log_format="json",
        access_log=True,
        offices_nearby=True,
        safe_mode=True,
        in_process=True,
        metrics="[::]:9400",
        metrics_token="0123456789abcdefghij",
        demo=False,
        keep_accounts=365,
        keep_invitations=30,
        keep_unsaved=14,
        keep_messages=0,
        keep_upgrade_backups=100,
    )
    assert not read.sqlite
    assert {name.removeprefix("LANZAROTE_") for name in given} == set(NAMES)
    assert {name.lower() for name in NAMES} == set(msgspec.structs.asdict(read)) - {"said"}


def test_what_belongs_to_others_is_left_alone() -> None:
    assert read_settings({"PATH": "/bin", "lanzarote_port": "x", "PORT": "x"}).port == 8400


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("PRT", "80", "LANZAROTE_PRT is not a setting. Did you mean LANZAROTE_PORT? The settings are: DATA, "),
        ("PORT_FILE", "x", "LANZAROTE_PORT_FILE is not a setting; a file of its own can hold only: "),
        ("PORT", "http", "LANZAROTE_PORT is 'http'; a port is a number from 0 to 65535"),
        ("PORT", "65536", "LANZAROTE_PORT is '65536'"),
        ("PORT", "-1", "LANZAROTE_PORT is '-1'"),
        ("PORT", "٨٠", "LANZAROTE_PORT is '٨٠'"),
        ("PORT", "9" * 5_000, "LANZAROTE_PORT is "),
        ("CACHE", "maybe", "LANZAROTE_CACHE is 'maybe'; it is either on or off."),
        ("LOG_FORMAT", "xml", "LANZAROTE_LOG_FORMAT is 'xml'; it is either text or json."),
        ("METRICS", "on", "LANZAROTE_METRICS is 'on'; give a port such as 9400, or an address such as 10.0.0.5:9400."),
        ("METRICS", "127.0.0.1", "LANZAROTE_METRICS is '127.0.0.1'; "),
        ("METRICS", "127.0.0.1:99999", "LANZAROTE_METRICS is '127.0.0.1:99999'; "),
        ("METRICS", "example.org:80", "LANZAROTE_METRICS is 'example.org:80'; "),
        ("METRICS", "0.0.0.0:9400", "LANZAROTE_METRICS is '0.0.0.0:9400', which other machines can reach; set "),
        ("METRICS_TOKEN", "secret", "LANZAROTE_METRICS_TOKEN has 6 characters; give at least 20 letters"),
        ("METRICS_TOKEN", "a secret of two dozen signs", "LANZAROTE_METRICS_TOKEN has 27 characters; "),
        ("BASE_URL", "example.org", "LANZAROTE_BASE_URL is 'example.org'; give an address such as https://"),
        ("BASE_URL", "ftp://example.org", "LANZAROTE_BASE_URL is "),
        ("BASE_URL", "https://", "LANZAROTE_BASE_URL is "),
        ("BASE_URL", "https://:80", "LANZAROTE_BASE_URL is "),
        ("BASE_URL", "https://[", "LANZAROTE_BASE_URL is "),
        ("BASE_URL", "https://example.org/?a=b", "LANZAROTE_BASE_URL is "),
        ("NAME", "x" * 41, "LANZAROTE_NAME is 'xxxx"),
        ("NAME", "one\ntwo", "LANZAROTE_NAME is 'one\\ntwo'; give a name of at most 40 characters."),
        ("CONTACT", "the team", "LANZAROTE_CONTACT is 'the team'; give an e-mail address such as contact@example.org"),
        ("CONTACT", "contact@example", "LANZAROTE_CONTACT is 'contact@example'; "),
        ("CONTACT", "a@example.org, b@example.org", "LANZAROTE_CONTACT is "),
        ("CONTACT", "http://example.org/contact", "LANZAROTE_CONTACT is "),
        ("CONTACT", "https://[", "LANZAROTE_CONTACT is "),
        ("CONTACT", "javascript:a@b.c", "LANZAROTE_CONTACT is "),
        ("CONTACT", "secret@gmail.com", "LANZAROTE_CONTACT looks like the e-mail address of a person"),
        ("CONTACT", "jeanne.secret@example.org", "LANZAROTE_CONTACT looks like the e-mail address of a person"),
        ("DATABASE_URL", "mysql://user:secret@host/name", "LANZAROTE_DATABASE_URL starts with 'mysql'; use sqlite:///"),
        (
            "REPLICA_URL",
            "mysql://user:secret@host/name",
            "LANZAROTE_REPLICA_URL starts with 'mysql'; use postgresql://",
        ),
        ("REPLICA_URL", "postgresql://u:secret@host/name", "LANZAROTE_REPLICA_URL is for PostgreSQL, but the database"),
        ("DIRECT_URL", "postgresql://u:secret@host/name", "LANZAROTE_DIRECT_URL is for PostgreSQL, but the database"),
        ("DATABASE_URL", "sqlite:file", "LANZAROTE_DATABASE_URL starts with 'sqlite'; use sqlite:///path/to/file"),
        ("DATABASE_URL", "sqlite:///", "LANZAROTE_DATABASE_URL is 'sqlite:///'; name a file"),
        ("DATABASE_URL", "sqlite:///:memory:", "LANZAROTE_DATABASE_URL is 'sqlite:///:memory:'; name a file"),
        ("DATABASE_URL", "sqlite:///x.sqlite?mode=ro", "LANZAROTE_DATABASE_URL is "),
    ],
)
def test_a_setting_that_cannot_be_used_is_refused_by_name_with_the_way_out(name: str, value: str, told: str) -> None:
    with pytest.raises(SettingError) as refused:
        read_settings({f"LANZAROTE_{name}": value})
    assert str(refused.value).startswith(told)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("value", "place"),
    [("9400", "127.0.0.1:9400"), ("127.0.0.1:9400", "127.0.0.1:9400"), ("[::1]:9400", "[::1]:9400")],
)
def test_metrics_have_a_port_on_this_machine(value: str, place: str) -> None:
    assert read_settings({"LANZAROTE_METRICS": value}).metrics == place


@pytest.mark.parametrize("contact", ["contact@example.org", "crip@crip-ville.example", "https://example.org/contact"])
def test_a_contact_is_a_role_or_a_page(contact: str) -> None:
    assert read_settings({"LANZAROTE_CONTACT": contact}).contact == contact


@pytest.mark.parametrize("below", ["", "/deep/er"])
def test_a_file_is_no_data_folder_nor_holds_one(tmp_path: Path, below: str) -> None:
    (file := tmp_path / "file").write_text("")
    with pytest.raises(SettingError) as refused:
        read_settings({"LANZAROTE_DATA": f"{file}{below}"})
    assert str(refused.value) == f"LANZAROTE_DATA is '{file}{below}', but {file} is a file; name a folder."


@pytest.mark.parametrize(("said", "meant"), [("on", True), ("YES", True), ("1", True), ("Off", False), ("no", False)])
def test_a_switch_understands_what_people_write(said: str, meant: bool) -> None:
    assert read_settings({"LANZAROTE_CACHE": said}).cache is meant


def test_an_empty_variable_is_as_good_as_none() -> None:
    blank = dict.fromkeys((f"LANZAROTE_{name}" for name in NAMES), " ")
    assert read_settings(blank) == read_settings({})


def test_what_the_command_line_says_wins_and_is_checked_as_well() -> None:
    chosen = read_settings({"LANZAROTE_PORT": "80"}, port=81, host=None)
    assert (chosen.port, chosen.said.source("PORT"), chosen.said.source("HOST")) == (
        81,
        Source("command line"),
        Source(),
    )
    with pytest.raises(SettingError, match="LANZAROTE_PORT is '99999'"):
        read_settings({}, port=99_999)


@pytest.mark.parametrize("url", ["postgres://h/n", "postgresql://h/n", "postgresql+psycopg://h/n"])
def test_every_way_to_write_a_postgres_address_means_the_same(url: str) -> None:
    assert read_settings({"LANZAROTE_DATABASE_URL": url}).database_url == "postgresql+psycopg://h/n"


@pytest.mark.parametrize(
    ("given", "local"),
    [
        ({}, True),
        ({"HOST": "::1"}, True),
        ({"HOST": "localhost", "BASE_URL": "http://localhost:8400"}, True),
        ({"HOST": "192.0.2.2"}, False),
        ({"HOST": "192.0.2.1"}, False),
        ({"BASE_URL": "https://example.org"}, False),
    ],
)
def test_a_proxy_before_it_makes_an_instance_public(given: dict[str, str], local: bool) -> None:
    named = {f"LANZAROTE_{name}": value for name, value in given.items()}
    assert read_settings(named).local is local
    if local:
        assert read_settings(named | {"LANZAROTE_DEMO": "on"}).demo
    else:
        with pytest.raises(SettingError, match="LANZAROTE_DEMO"):
            read_settings(named | {"LANZAROTE_DEMO": "on"})


@pytest.mark.parametrize(
    ("given", "nearby"),
    [
        ({}, False),
        ({"DEMO": "on"}, True),
        ({"DEMO": "on", "OFFICES_NEARBY": "off"}, False),
        ({"BASE_URL": "https://example.org"}, False),
        ({"BASE_URL": "https://example.org", "OFFICES_NEARBY": "on"}, True),
    ],
)
def test_results_go_into_networks_only_where_one_tries_out_or_the_operator_allows_it(
    given: dict[str, str], nearby: bool
) -> None:
    assert read_settings({f"LANZAROTE_{name}": value for name, value in given.items()}).offices_nearby is nearby
