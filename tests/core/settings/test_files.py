"""Settings come from files too: one for all of them, and one for each secret. Nothing secret is ever repeated."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from lanzarote.composition import new_instance
from lanzarote.configuration import sources
from lanzarote.configuration.settings import in_force, read_settings
from lanzarote.configuration.sources import Source
from lanzarote.errors import SettingError

DATABASE = "postgresql://lanzarote:Clairvoile@db.example/lanzarote"
SECRET = "LANZAROTE_PLUGIN_WEBHOOK_SECRET"
SMTP = "smtps://lanzarote:Clairvoile@mail.example"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "lanzarote.toml"


def written(path: Path, text: str, mode: int = 0o600) -> Path:
    path.write_text(text)
    path.chmod(mode)
    return path


def refused(**environ: object) -> str:
    with pytest.raises(SettingError) as error:
        read_settings({f"LANZAROTE_{name}": str(value) for name, value in environ.items()})
    assert "Clairvoile" not in str(error.value)
    return str(error.value)


def test_one_file_says_what_the_environment_would(file: Path) -> None:
    switches = "office = true\ncache = false\n"
    written(file, f'data = "data"\nport = 8500\n\n{switches}regions = ["paris", "iceland"]\noperator = " Us "\n')
    read = read_settings({"LANZAROTE_CONFIG": str(file)})
    assert (read.data, read.port, read.office, read.cache) == (file.parent / "data", 8500, True, False)
    assert (read.regions, read.operator) == (("paris", "iceland"), "Us")
    assert read.said.source("PORT") == Source("settings file", str(file), 2)
    assert str(read.said.source("REGIONS")) == f"settings file {file}, line 6"
    assert read.said.source("HOST") == Source()


def test_the_command_line_counts_before_the_environment_a_secret_file_and_the_settings_file(
    file: Path, tmp_path: Path
) -> None:
    secret = written(tmp_path / "secret", f"{SMTP}\n")
    written(file, 'port = 1\nhost = "192.0.2.1"\nsmtp = "smtp://in-the-settings-file"\nmail_from = "a@example.org"\n')
    places = {"LANZAROTE_CONFIG": str(file), "LANZAROTE_SMTP_FILE": str(secret), "LANZAROTE_PORT": "2"}
    read = read_settings(places, port=3)
    assert (read.port, read.host, read.smtp) == (3, "192.0.2.1", SMTP)
    kinds = [read.said.source(name).kind for name in ("PORT", "HOST", "SMTP", "CACHE")]
    assert kinds == ["command line", "settings file", "secret file", "default"]
    assert read_settings(places).port == 2
    written(file, f'smtp_file = "{secret}"\nmail_from = "a@example.org"\n')
    here = {"LANZAROTE_CONFIG": str(file), "LANZAROTE_SMTP": "smtp://in-the-environment"}
    assert read_settings(here).smtp == "smtp://in-the-environment"


def test_the_settings_file_can_name_the_file_of_a_secret(file: Path) -> None:
    written(file.parent / "url", f"  {DATABASE}\n")
    written(file, 'database_url_file = "url"\n')
    read = read_settings({"LANZAROTE_CONFIG": str(file)})
    assert read.database_url == DATABASE.replace("postgresql:", "postgresql+psycopg:")
    assert in_force(read)["DATABASE_URL"] == "postgresql+psycopg://lanzarote:…@db.example/lanzarote"


def test_settings_of_packages_come_from_files_as_well(file: Path, tmp_path: Path) -> None:
    secret = written(tmp_path / "secret", "Clairvoile\n")
    written(file, 'plugin_webhook_addresses = ["https://a.example", "https://b.example"]\n')
    named = {
        f"{SECRET}_FILE": str(secret),
        "LANZAROTE_PLUGIN_MINE_PATH_FILE": "its own affair",
    }
    read = read_settings({"LANZAROTE_CONFIG": str(file)} | named)
    assert read.said.of_packages == {
        "LANZAROTE_PLUGIN_MINE_PATH_FILE": "its own affair",
        "LANZAROTE_PLUGIN_WEBHOOK_ADDRESSES": "https://a.example,https://b.example",
        SECRET: "Clairvoile",
    }


def test_a_package_finds_its_settings_in_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = written(tmp_path / "secret", "Clairvoile-Clairvoile-Clairvoile\n")
    monkeypatch.setenv(SECRET, "")  # so that it is put back
    with new_instance(read_settings({"LANZAROTE_DATA": str(tmp_path), f"{SECRET}_FILE": str(secret)})):
        assert os.environ[SECRET] == "Clairvoile-Clairvoile-Clairvoile"


def test_a_package_is_told_its_secret_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a secret and its file, a package could not know which counts; nor could a process that is begun from here."""
    secret = written(tmp_path / "secret", "Clairvoile-Clairvoile-Clairvoile\n")
    monkeypatch.setenv("LANZAROTE_DATA", str(tmp_path))
    monkeypatch.setenv(SECRET, "")
    monkeypatch.setenv(f"{SECRET}_FILE", str(secret))
    with new_instance(read_settings()):
        assert f"{SECRET}_FILE" not in os.environ
        assert read_settings().said.of_packages[SECRET] == "Clairvoile-Clairvoile-Clairvoile"


def test_the_file_of_the_machine_is_read_with_the_environment_of_the_process(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "OF_MACHINE", file)
    monkeypatch.delenv("LANZAROTE_CONFIG")
    assert read_settings().port == 8400
    written(file, "port = 8500\n")
    assert read_settings().port == 8500
    assert read_settings({}).port == 8400
    monkeypatch.setenv("LANZAROTE_CONFIG", "off")
    assert read_settings().port == 8400


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("\nprt = 1\n", "{file}, line 2: 'prt' is not a setting. Did you mean 'port'? The settings are: data, "),
        ("Port = 1\n", "{file}, line 1: 'Port' is not a setting. Did you mean 'port'? "),
        ("\n\nport = 65536\n", "'port' ({file}, line 3) is '65536'; a port is a number from 0 to 65535"),
        ("port = 1.5\n", "{file}, line 1: 'port' cannot be read; write a text, a number, true or false"),
        ("[port]\na = 1\n", "{file}, line 1: 'port' cannot be read; "),
        ('cache = "Clairvoile', "The settings file {file} is not TOML: "),
        ('\nsmtp = "Clairvoile"\n', "'smtp' ({file}, line 2) is no mail server's address; "),
        ('database_url = "mysql://a:Clairvoile@b/c"', "'database_url' ({file}, line 1) starts with 'mysql'; "),
        (
            'smtp_file = "nowhere"',
            "'smtp_file' ({file}, line 1) names {folder}/nowhere, which cannot be read (No such file",
        ),
    ],
)
def test_what_is_wrong_in_the_file_is_told_with_its_line(file: Path, text: str, told: str) -> None:
    written(file, text)
    assert refused(CONFIG=file).startswith(told.format(file=file, folder=file.parent))


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b" \n", "is empty; write the secret into it."),
        (b"\xff", "is not UTF-8 at byte 0; name a file that this user can read."),
        (b"x" * 70_000, "is larger than 64 KiB; name a file that this user can read."),
    ],
)
def test_a_secret_file_that_cannot_be_used_is_named(tmp_path: Path, body: bytes, told: str) -> None:
    (file := tmp_path / "secret").write_bytes(body)
    assert refused(SMTP_FILE=file) == f"LANZAROTE_SMTP_FILE names {file}, which {told}"


@pytest.mark.parametrize("name", ["SMTP", "DATABASE_URL", "PLUGIN_OIDC_CLIENT_SECRET"])
def test_a_secret_and_its_file_in_one_place_are_refused(file: Path, tmp_path: Path, name: str) -> None:
    """One of the two would be changed one day, and the other would count."""
    secret = written(tmp_path / "secret", "Clairvoile")
    told = "are both set; keep the one that holds the right secret, and remove the other."
    pair = {name: "Clairvoile", f"{name}_FILE": str(secret)}
    assert refused(**pair) == f"LANZAROTE_{name} and LANZAROTE_{name}_FILE {told}"
    low = name.lower()
    written(file, f'{low} = "Clairvoile"\n{low}_file = "{secret}"\n')
    assert refused(CONFIG=file) == f"'{low}' ({file}, line 1) and '{low}_file' ({file}, line 2) {told}"


def test_what_is_wrong_in_a_secret_file_is_told_by_its_place_alone(tmp_path: Path) -> None:
    file = written(tmp_path / "secret", "mysql://user:Clairvoile@host/name")
    assert refused(DATABASE_URL_FILE=file).startswith(f"LANZAROTE_DATABASE_URL_FILE ({file}) starts with 'mysql'; ")
    told = f"The settings file {tmp_path} cannot be read (Is a directory); let this user read it, or "
    assert refused(CONFIG=tmp_path).startswith(told)


@pytest.mark.skipif(os.name != "posix", reason="other systems have other rights")
def test_files_with_a_secret_that_everybody_can_read_are_known(file: Path, tmp_path: Path) -> None:
    secret = written(tmp_path / "secret", SMTP, mode=0o644)
    written(file, 'mail_from = "a@example.org"\nport = 1\n', mode=0o644)
    named = {"LANZAROTE_CONFIG": str(file), "LANZAROTE_SMTP_FILE": str(secret)}
    assert read_settings(named).said.open_files == (str(secret),)
    secret.chmod(0o640)
    assert read_settings(named).said.open_files == ()
    written(file, f'mail_from = "a@example.org"\nsmtp = "{SMTP}"\n', mode=0o644)
    assert read_settings({"LANZAROTE_CONFIG": str(file)}).said.open_files == (str(file),)
