"""Looks at settings, database, packages and regions; says what is wrong and what to do."""

from __future__ import annotations

import os
import re
import sqlite3
from typing import TYPE_CHECKING

from msgspec import Struct
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from lanzarote import __version__
from lanzarote.accounts.model import Account
from lanzarote.accounts.service import holders
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_only, read_settings
from lanzarote.configuration.sources import OF_PACKAGES, PREFIX
from lanzarote.errors import LanzaroteError
from lanzarote.instance import Instance, host_of
from lanzarote.office.tallies import kept, recount
from lanzarote.plugins.packages import MEND, OFFERED, CallFailed
from lanzarote.records.changelog import INSTANCE, Served
from lanzarote.records.changelog_state import broken_audit
from lanzarote.records.save_checks import everywhere
from lanzarote.regions.claims import InstalledRegions, content_of, installed_regions
from lanzarote.results.forgetting import broken_log
from lanzarote.store import partitions
from lanzarote.store.database import ALL
from lanzarote.types import ProviderFault
from lanzarote.web import instance_health

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lanzarote.configuration.settings import Settings
    from lanzarote.plugins import Host, Package
    from lanzarote.web.instance_health import Answer

OLDEST_POSTGRES = 15
NAMES = {"folder": "data folder", "jobs": "waiting work", "mail": "e-mail", "secrets": "private files"}
"""What questions are called here, where their names do not say it."""


class Finding(Struct, frozen=True, kw_only=True):
    """One thing that was looked at."""

    about: str
    told: str
    bad: bool = False

    def __str__(self) -> str:
        return f"{'!' if self.bad else ' '} {self.about}: {self.told}"


def examine(environ: Mapping[str, str] | None = None, *, safe_mode: bool | None = None) -> list[Finding]:
    """Look at everything that can be looked at; what depends on something broken is left out."""
    try:
        settings = read_settings(environ, safe_mode=safe_mode)
    except LanzaroteError as error:
        return [_bad("settings", str(error))]
    host = host_of(settings).ask_all()
    installed, contents = _contents(settings, host)
    if installed is None:
        installed = installed_regions(host)
    look_into_folders(host, installed)
    findings = [
        _good("settings", "all known"),
        _platform(),
        *map(_finding, instance_health.of_machine(settings)),
        *_packages(host.packages),
        *_of_no_package(host, settings),
        *_providers(host, settings),
        *contents,
    ]
    known = {finding.about for finding in findings}
    return [
        *findings,
        *(
            _not_described(region_id, installed)
            for region_id in settings.regions
            if region_id not in installed and f"region {region_id}" not in known
        ),
    ]


def _contents(settings: Settings, host: Host) -> tuple[InstalledRegions | None, list[Finding]]:
    """What the database holds, as far as it can be read; and what is installed for it."""
    findings: list[Finding] = []
    installed: InstalledRegions | None = None
    if settings.sqlite and not os.path.exists(settings.database_url.removeprefix("sqlite:///")):
        return None, [_good("database", "there is none yet; `lanzarote run` makes it")]
    if told := read_only(settings):
        return None, [_bad("database", told)]
    try:
        with new_instance(settings, host) as instance:
            findings.append(_sqlite(instance) if instance.database.sqlite else _postgres(instance))
            if not (instance.database.sqlite and findings[0].bad):
                findings += map(_finding, instance_health.of_database(instance, serving=False))
            if not instance.database.sqlite:
                findings += [*_pooler(instance), *_partitions(instance)]
            installed = instance.installed
            if not any(finding.bad for finding in findings if finding.about in ("database", "schema", "SQLite")):
                findings += [*_regions(instance), *_chains(instance), *_people(instance)]
                findings += [*_switched_on(instance), *_account(instance)]
            findings += _words(instance)
    except (SQLAlchemyError, sqlite3.Error, LanzaroteError, OSError) as error:
        findings.append(_bad("database", f"cannot be opened ({_reason(error)}); see {settings.database_setting}"))
    return installed, findings


def _platform() -> Finding:
    return _good("platform", f"lanzarote {__version__}, API of packages {OFFERED}")


def _packages(packages: Sequence[Package]) -> Iterator[Finding]:
    for package in packages:
        about, known = f"package {package.name}", package.known
        if package.fault:
            yield _bad(about, f"{known}: {package.fault}. {package.way_out}")
        else:
            yield _good(about, f"{known}{f' ({package.idle})' if package.idle else ''}")
        for told in package.left_aside:
            yield _bad(about, f"{known}: left aside: {told}. {MEND}")
        for told in package.deprecated:
            yield _good(about, f"{known} uses what will go: {told}")
        for told in package.remarks:
            yield _good(about, f"{known}: {told}")
    if not packages:
        yield _bad("packages", "none is installed; install a region, such as lanzarote-region-paris")


def _switched_on(instance: Instance) -> Iterator[Finding]:
    """Packages that a region relies on and that are not there."""
    for name, regions in sorted(everywhere(instance.database).items()):
        if instance.host.package(name) is None:
            for region_id in regions:
                way = f"install it, or run: lanzarote plugin disable {region_id} {name}"
                yield _bad(f"package {name}", f"is switched on for {region_id}, and not installed; {way}")


def _sqlite(instance: Instance) -> Finding:
    with instance.database.engine.connect() as connection:
        try:
            [(fault,), *_] = connection.exec_driver_sql("PRAGMA quick_check").all()
        except SQLAlchemyError as error:
            fault = _reason(error)
        options = {row[0] for row in connection.exec_driver_sql("PRAGMA compile_options")}
    if fault != "ok":
        return _bad("SQLite", f"the file is damaged ({fault}); restore the last backup into a new one")
    if "ENABLE_FTS5" not in options:
        return _bad("SQLite", "this Python's SQLite has no full-text search (FTS5); use another Python")
    return _good("SQLite", f"{sqlite3.sqlite_version}, the file is sound")


def _postgres(instance: Instance) -> Finding:
    with instance.database.engine.connect() as connection:
        number = int(connection.execute(text("SHOW server_version_num")).scalar_one())
        durable = {
            name: connection.execute(text(f"SHOW {name}")).scalar_one() for name in ("fsync", "synchronous_commit")
        }
    if number // 10_000 < OLDEST_POSTGRES:
        return _bad("PostgreSQL", f"version {number // 10_000} is too old; {OLDEST_POSTGRES} or newer is needed")
    if off := [name for name, value in durable.items() if value == "off"]:
        return _bad("PostgreSQL", f"{' and '.join(off)} is off: acknowledged writes can be lost; set it to on")
    return _good("PostgreSQL", f"version {number // 10_000}")


def _pooler(instance: Instance) -> Iterator[Finding]:
    """A pooler between the platform and PostgreSQL."""
    database = instance.database
    if not database.pooled:
        return
    if database.direct == database.url:
        way = "name PostgreSQL itself in LANZAROTE_DIRECT_URL"
        yield _bad("pooler", f"it passes on no notices, so that nothing is kept in memory; {way}")
    else:
        yield _good("pooler", "transactions go through it, notices are heard by LANZAROTE_DIRECT_URL")


def _partitions(instance: Instance) -> Iterator[Finding]:
    """How the large tables are spread, if any is."""
    spread: dict[str, list[str]] = {}
    for table, layout in partitions.now(instance.database).items():
        spread.setdefault(str(layout), []).append(table)
    if not spread:  # the database is empty
        return
    [told, *others] = sorted(spread, key=lambda layout: -len(spread[layout]))
    if others:
        rest = "; ".join(f"{', '.join(spread[layout])}: {layout}" for layout in others)
        way = "run the same `lanzarote partition … --apply` again"
        yield _good("partitions", f"the large tables: {told}, but for {rest}; {way}")
    elif spread.keys() != {str(partitions.Layout())}:
        yield _good("partitions", f"the large tables: {told}")


def _regions(instance: Instance) -> Iterator[Finding]:
    loaded, due = instance.loaded(), set(instance.upgrades_due())
    for region_id, enabled in loaded.items():
        about = f"region {region_id}"
        if instance.origin(region_id) is not None:
            yield _good(about, "received: another instance writes it and sends its results")
        elif away := instance.installed.away(region_id):
            yield _good(about, f"its package {away}: it is shown as it was, and cannot be upgraded")
        elif region_id in due:
            yield _good(about, "its package says something new; run: lanzarote upgrade --dry-run")
        else:
            yield _good(about, "enabled" if enabled else "disabled; the public cannot read it")
    for region_id in instance.settings.regions:
        if region_id not in loaded and region_id not in instance.installed:
            yield _not_described(region_id, instance.installed)
        elif region_id not in loaded:
            yield _bad(
                f"region {region_id}", f"named in LANZAROTE_REGIONS but not loaded; run: lanzarote load {region_id}"
            )
    if loaded:
        return
    if instance.settings.office:
        yield _good(
            "regions", "none yet; to receive one: lanzarote results enrol CARD; to load one: lanzarote load REGION"
        )
    else:
        yield _bad("regions", "none is loaded; run: lanzarote load REGION")


def look_into_folders(host: Host, installed: InstalledRegions) -> None:
    """Note with each region's package what keeps its folder from being loaded."""
    for region_id, one in installed.items():
        try:
            faults = content_of(host, one, installed.owners).errors
        except Exception as error:  # the folder is the package's, and may be anything
            host.leave_aside(one.package.name, f"the folder of {region_id} cannot be read ({type(error).__name__})")
            continue
        if faults:
            more = f" and {len(faults) - 1} more" if len(faults) > 1 else ""
            host.leave_aside(one.package.name, f"the folder of {region_id} cannot be loaded: {faults[0]}{more}")


def _not_described(region_id: str, installed: InstalledRegions) -> Finding:
    if installed.at_fault(region_id):
        told = f"named in LANZAROTE_REGIONS, but its package {installed.away(region_id)}"
    else:
        told = "named in LANZAROTE_REGIONS, but no installed package describes it; install one, or take the name out"
    return _bad(f"region {region_id}", told)


def _chains(instance: Instance) -> Iterator[Finding]:
    for region_id in instance.loaded():
        with instance.database.read(region_id) as session:
            yield _chain(f"audit of {region_id}", broken_audit(session, region_id))
            yield _chain(f"change log of {region_id}", broken_log(session, region_id), ", or is missing")
    with instance.database.read(INSTANCE) as session:
        yield _chain("audit of the instance", broken_audit(session, INSTANCE))


def _account(instance: Instance) -> Iterator[Finding]:
    """Whether an office counts what the change logs tell; a log is told of by its own line."""
    if not instance.settings.office:
        return
    for region_id in instance.loaded():
        with instance.database.snapshot(region_id) as session:
            right = kept(session, region_id) == recount(session, region_id)
        if right:
            yield _good(f"account of {region_id}", "what a recount of its change log gives")
        else:
            way = "as at the first start as an office; `lanzarote run` and `lanzarote office rebuild` make it anew"
            yield _bad(f"account of {region_id}", f"not what a recount of its change log gives, {way}")


def _chain(about: str, broken: int | None, also: str = "") -> Finding:
    if broken is None:
        return _good(about, "complete and unchanged")
    return _bad(
        about,
        f"line {broken} does not follow from the one before{also}: it was changed outside the platform. "
        "Keep this database as it is, and compare it with a backup",
    )


def _people(instance: Instance) -> Iterator[Finding]:
    with instance.database.read(ALL) as session:
        somebody = session.scalar(select(func.count()).select_from(Account).where(Account.state != "closed"))
        administrators = holders(session, "administrator")
        able = session.scalar(
            select(func.count()).select_from(Account).where(Account.id.in_(administrators), Account.state == "active")
        )
    if not somebody:
        yield _good("accounts", "none; for the first administrator: lanzarote user add ADDRESS")
        return
    if able:
        yield _good("accounts", f"{somebody}, {able} of them administrators")
    elif administrators:
        yield _good("accounts", f"{somebody}; who was invited as administrator has not opened the link yet")
    else:
        yield _good("accounts", f"{somebody}, no administrator yet; to make one: lanzarote grant ADDRESS administrator")


def _of_no_package(host: Host, settings: Settings) -> Iterator[Finding]:
    """Settings of packages that are not installed, such as after an upgrade into a new environment."""
    names = (re.sub(r"\W", "_", one.name).upper() for one in host.packages)
    known = tuple(f"{PREFIX}{OF_PACKAGES}{name}_" for name in names)
    for name in settings.said.of_packages:
        if not name.startswith(known):
            yield _bad(
                "settings", f"{name} is set, but its package is not installed; install it, or remove the setting"
            )


def _providers(host: Host, settings: Settings) -> Iterator[Finding]:
    """Whether those can be reached at which people of institutions sign in, and fit the settings."""
    for key, provider in host.identity_providers.items():
        about = f"provider {key}"
        try:
            found = provider.examine()
        except CallFailed as error:
            yield _bad(about, f"{provider.label} cannot be asked: {error}")
            continue
        if isinstance(found, ProviderFault):
            way = "try again later" if found.reason == "away" else "put its settings right"
            yield _bad(about, f"{provider.label}: {found.told}; {way}")
        else:
            back = f"{settings.base_url or '(LANZAROTE_BASE_URL)'}/account/providers/{key}/back"
            yield _good(about, f"{provider.label} answers; the address to register there: {back}")


def _words(instance: Instance) -> Iterator[Finding]:
    instance.translations.read_all()
    with instance.database.read(ALL) as session:
        known = session.scalar(select(func.count()).select_from(Served)) if instance.ready else 0
    if known and "fr" not in instance.translations.languages:
        yield _good("words", "French is not installed: pages in French show English words; install lanzarote-i18n")


def _reason(error: Exception) -> str:
    return str(getattr(error, "orig", None) or error).splitlines()[0]


def _finding(answer: Answer) -> Finding:
    return Finding(about=NAMES.get(answer.about, answer.about), told=answer.english, bad=answer.state == "bad")


def _good(about: str, told: str) -> Finding:
    return Finding(about=about, told=told)


def _bad(about: str, told: str) -> Finding:
    return Finding(about=about, told=told, bad=True)
