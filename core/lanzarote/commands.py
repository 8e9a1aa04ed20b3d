"""What the commands of the command line do."""

from __future__ import annotations

import os
import sys
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from lanzarote.accounts import mails
from lanzarote.composition import new_instance, open_instance
from lanzarote.configuration.settings import NAMES, in_force, read_only, read_settings
from lanzarote.configuration.sources import PREFIX
from lanzarote.errors import LanzaroteError, NoDatabase, NotFound, PackageError, RegionError, SettingError
from lanzarote.exchange import erasure_list
from lanzarote.instance import Instance, host_of, no_database, refuse_nothing
from lanzarote.operations.loading_report import print_report, print_tasks
from lanzarote.plugins import Host
from lanzarote.plugins.packages import MEND, OFFERED
from lanzarote.records.changelog import BY, INSTANCE, Audit
from lanzarote.records.changelog_state import broken_audit
from lanzarote.records.records import now
from lanzarote.records.save_checks import can_be_switched, everywhere
from lanzarote.regions.claims import installed_regions
from lanzarote.runtime import logs
from lanzarote.runtime.gc import give_back, uncollected
from lanzarote.runtime.whole_files import replaced
from lanzarote.store.database import known_schemas, schema_version
from lanzarote.web import instance_health

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

    from lanzarote.plugins import Package


def do(given: Namespace) -> int:
    """Do what was asked for, with the instance open where the command says so. Raises LanzaroteError."""
    room, _, name = given.does.partition(":")
    with uncollected():
        function = getattr(import_module(f"lanzarote.{room}"), name)
    if not given.opens:
        return int(function(given))
    with open_instance(read_settings(), existing=given.opens == "existing") as instance:
        return int(function(instance, given))


def run(given: Namespace) -> int:
    chosen = read_settings(
        host=given.host,
        port=given.port,
        safe_mode=given.safe_mode,
        log_format=given.log_format,
        access_log=given.access_log,
    )
    told = read_only(chosen)
    if told and not Path(chosen.database_url.removeprefix("sqlite:///")).exists():
        raise SettingError(told)
    give_back()
    written = logs.written(chosen.log_format, access=chosen.access_log)
    with written, open_instance(chosen) as instance:
        with instance.database.alone("first start"):  # several processes may be started at once
            _load_at_first(instance, given.region or chosen.regions)
        if given.samples:
            _show_samples(instance)
        instance.wake()  # before anything asks for one of them: those that are new start at the same time
        if due := instance.upgrades_due():
            print(f"Installed packages say something new about {', '.join(due)}; run: lanzarote upgrade --dry-run")
        with uncollected():
            from lanzarote.accounts import commands
            from lanzarote.operations.serving import serve
            from lanzarote.stakeholders.trial import give_contacts
        if chosen.demo and not told:
            give_contacts(instance)
        notes = [*(commands.accounts(instance) if chosen.demo and not told else ())]
        notes += [instance.host.told_of_safe_mode] if instance.host.safe_mode else []
        notes += [one.english for one in instance_health.of_machine(chosen) if one.about == "secrets"]
        if told:
            notes.append(f"Nothing can be saved: {told}. Then start the site again.")
        serve(instance, host=chosen.host, port=chosen.port, notes=notes)
    return 0


def load(instance: Instance, given: Namespace) -> int:
    for what in given.what:
        if what.endswith(".jsonl") or os.path.isfile(what):  # also where this user may not look
            from lanzarote.exchange.region_file import load_file

            print(load_file(instance, Path(what), dry_run=given.dry_run))
        elif os.path.isdir(what) and what not in instance.installed:
            raise PackageError(
                f"{what} is a folder; a region is loaded from its package. "
                f"To see what is in the folder: lanzarote region preview {what}"
            )
        else:
            print_report(instance.load(what, dry_run=given.dry_run), dry_run=given.dry_run)
    return 0


def upgrade(given: Namespace) -> int:
    from lanzarote.operations import backup

    chosen = read_settings()
    refuse_nothing(chosen)
    with new_instance(chosen) as instance:
        if not instance.ready:
            raise no_database(chosen)
        instance.refuse_newer()
        if older := (schema := schema_version(instance.database)) != (newest := known_schemas()[-1]):
            print(f"The database has schema {schema} and needs {newest}: stop every process of the site first.")
        if given.dry_run and older:
            print("What the packages change is worked out on a copy that has the new schema.")
            with backup.copied(instance) as settings, new_instance(settings) as copy:
                return _upgrade_regions(copy, dry_run=True)
        if not (given.dry_run or given.no_backup):
            print(f"Backup: {backup.backup(instance, None, name='before-upgrade')}")
        if not given.dry_run:
            instance.migrate()
            erasure_list.learn(instance.database, chosen)
            instance.worker.run_due(but=mails.TOPICS)  # what the new schema leaves to be done
        same = f"The database has schema {schema}, which this version needs." if given.dry_run else ""
        return _upgrade_regions(instance, dry_run=given.dry_run, same=same)


def _upgrade_regions(instance: Instance, *, dry_run: bool, same: str = "") -> int:
    """Upgrade those that are due, or say what it would do; *same* is printed where there is nothing to do."""
    due, failed = instance.upgrades_due(), 0
    for region_id in due:
        try:
            print_report(instance.load(region_id, dry_run=dry_run), dry_run=dry_run)
        except (PackageError, RegionError) as error:  # the others are upgraded all the same
            failed += 1
            print(f"lanzarote: {error}", file=sys.stderr)
    alone = {name: away for name in instance.loaded() if (away := instance.installed.away(name))}
    for region_id, away in alone.items():
        print(f"{region_id} — its package {away}: it stays as it is.")
    if not due and not alone:
        if same:
            print(same)
        print("All regions are as their installed packages say.")
    if len(due) > failed and not dry_run:
        print("A site that is running speaks the new words after it is started again.")
    return 1 if failed else 0


def import_file(instance: Instance, given: Namespace) -> int:
    from lanzarote.importing import commands

    if not (given.template or given.filled):
        return commands.import_file(instance, given)
    content = commands.file_to_write(instance, given)
    with replaced(Path(given.file)) as file:
        file.write(content)
    print(f"Written: {given.file}")
    return 0


def export(instance: Instance, given: Namespace) -> int:
    from lanzarote.exchange.region_file import export_region

    if given.output:
        with replaced(Path(given.output)) as file:
            count = export_region(instance, given.region, file)
        print(f"{count} record{'s' * (count != 1)} written to {given.output}")
    else:
        export_region(instance, given.region, sys.stdout.buffer)
    return 0


def backup(instance: Instance, given: Namespace) -> int:
    from lanzarote.operations.backup import backup as make_backup
    from lanzarote.operations.retention import Keep

    keep = Keep(given.keep_daily or 0, given.keep_weekly or 0) if given.keep_daily or given.keep_weekly else None
    if keep and given.file:
        raise SettingError(
            f"Only dated backups are removed: leave {given.file} out, or --keep-daily and --keep-weekly."
        )
    print(make_backup(instance, Path(given.file) if given.file else None, keep))
    return 0


def restore(given: Namespace) -> int:
    from lanzarote.operations.backup import restore as fill

    print(fill(read_settings(), Path(given.file), Path(given.erased) if given.erased else None))
    return 0


def tasks(instance: Instance, given: Namespace) -> int:
    from lanzarote.records.tasks import finish_task, open_tasks, working_versions
    from lanzarote.regions.seeds import take_back

    instance.require_loaded(given.region)
    if task_id := given.done or given.withdraw:
        decide = finish_task if given.done else take_back
        with instance.database.write(given.region) as session:
            decide(session, given.region, task_id, by="administrator")
        print("Done." if given.done else "Withdrawn.")
        return 0
    with instance.database.read(given.region) as session:
        waiting, working = open_tasks(session), working_versions(session)
        print_tasks(instance, given.region, waiting, working)
    return 0


def taken_up(instance: Instance, given: Namespace) -> int:
    """Hand back, or learn, where practices of a region were taken up."""
    from lanzarote.results import destinations
    from lanzarote.transfers import handing_back

    if given.write:
        said = handing_back.handed_back(instance, given.region)
        with replaced(Path(given.write)) as file:
            file.write(handing_back.written(said))
        print(f"{given.write}: {len(said.taken_up)} place(s); send it to the region.")
        return 0
    if given.read:
        said = handing_back.read(Path(given.read).read_bytes(), given.region)
        print(f"{given.read}: {handing_back.learn(instance, said, at=now())} place(s)")
        return 0
    with instance.database.read(given.region) as session:
        addresses = [one.address for one in destinations.all_of(session, given.region)]
    if not addresses:
        raise NotFound(f"{given.region} sends results to no office. Read a file instead: --read FILE")
    for address in addresses:
        print(f"{address}: {handing_back.fetch(instance, given.region, address)} place(s)")
    return 0


def audit(instance: Instance, _: Namespace) -> int:
    """Follow the audit of every region and of the instance; 1 when a line does not follow from the one before."""
    from sqlalchemy import func, select

    broken = 0
    for region_id in (*instance.loaded(), INSTANCE):
        name = "the instance" if region_id == INSTANCE else region_id
        with instance.database.read(region_id) as session:
            fault = broken_audit(session, region_id)
            lines = session.scalar(select(func.count(Audit.seq)).where(Audit.region_id == region_id)) or 0
        if fault is None:
            print(f"{name}: {lines} lines, complete and unchanged")
            continue
        broken = 1
        print(f"{name}: line {fault} does not follow from the one before; it was changed outside the platform")
    return broken


def partition(given: Namespace) -> int:
    from lanzarote.store import partitions

    chosen = read_settings()
    if chosen.sqlite:
        raise SettingError(
            "SQLite keeps everything in one file and has no partitions. They are for PostgreSQL: "
            "name its database in LANZAROTE_DATABASE_URL (docs/growing.md)."
        )
    with open_instance(chosen, existing=True) as instance:
        database = instance.database
        if given.hash:
            wanted = partitions.Layout("hash", parts=given.hash)
        elif given.list:
            wanted = partitions.Layout("list", regions=tuple(sorted(instance.loaded())))
        elif given.none:
            wanted = partitions.Layout()
        else:
            for table, layout in partitions.now(database).items():
                print(f"{table}: {layout}")
            return 0
        if given.apply:
            partitions.apply(database, wanted, print)
            print(f"The large tables are spread as asked: {wanted}.")
        else:
            print(partitions.as_script(database, wanted), end="")
    return 0


def plugin(instance: Instance, given: Namespace) -> int:
    from lanzarote.web.notices import switch_for

    on = given.action == "enable"
    changed = switch_for(instance, given.region, given.name, on=on, by=BY)
    already = "" if changed else " already"
    print(f"{given.name} is{already} switched {'on' if on else 'off'} for {given.region}.")
    return 0


def plugins(given: Namespace) -> int:
    from lanzarote.operations.doctor import look_into_folders

    host = _host(given)
    for name in given.retry:
        host.retry(name)
    host.ask_all()
    owners, on = _known()
    regions = installed_regions(host, owners)
    look_into_folders(host, regions)
    own = {one.package.name: region_id for region_id, one in regions.items()}
    kept = {distribution: region_id for region_id, distribution in owners.items()}
    packages = host.packages
    away = sorted(set(on or ()) - {package.name for package in packages})
    if given.json:
        from lanzarote.operations.installation import configuration, written

        sys.stdout.buffer.write(written(configuration(host, regions, on)))
    else:
        print(f"  API of packages: {OFFERED}")
        for package in packages:
            _print_package(package)
            if on is not None and can_be_switched(package):
                mine = own.get(package.name) or (kept.get(package.distribution) if package.fault else None)
                places = [mine] if mine else on.get(package.name, ())
                print(f"    switched on for: {', '.join(places) or 'no region'}")
        for name in away:
            print(f"! {name}  (not installed): switched on for {', '.join((on or {})[name])}")
        if not packages:
            print("No packages are installed.")
    return 1 if away or any(one.fault or one.left_aside for one in packages) else 0


def _print_package(package: Package) -> None:
    state = package.fault or package.idle or ", ".join(package.hooks) or "contributes nothing"
    known = f"{package.known}, API {package.requires_api or '?'}"
    wrong = package.fault or package.left_aside
    print(f"{'!' if wrong else ' '} {package.name}  ({known}): {state}")
    if package.fault:
        print(f"    {package.way_out}.")
    for told in package.left_aside:
        print(f"    left aside: {told}. {MEND}.")
    for told in package.deprecated:
        print(f"    uses what will go: {told}")


def _host(given: Namespace) -> Host:
    """As the site has it; also where a setting is wrong."""
    try:
        chosen = read_settings(safe_mode=given.safe_mode)
    except LanzaroteError:
        return Host(safe_mode=bool(given.safe_mode))
    return host_of(chosen)


def _known() -> tuple[dict[str, str], dict[str, list[str]] | None]:
    """Region → its distribution; package → regions that switched it on, None where the database cannot tell."""
    from sqlalchemy.exc import SQLAlchemyError

    try:
        with open_instance(read_settings(), existing=True) as instance:
            return instance.owners(), everywhere(instance.database)
    except NoDatabase:
        return {}, {}
    except (LanzaroteError, SQLAlchemyError):
        return {}, None


def doctor(given: Namespace) -> int:
    from lanzarote.operations.doctor import examine

    findings = examine(safe_mode=given.safe_mode)
    for finding in findings:
        print(finding)
    return 1 if any(finding.bad for finding in findings) else 0


def kinds(given: Namespace) -> int:
    from lanzarote.composition import entries, kinds
    from lanzarote.kinds.description import entry_lines, lines_of

    known = {kind.name: (kind.plural, partial(lines_of, kind)) for kind in kinds()}
    known |= {one.name: (f"beside {one.beside.name}", partial(entry_lines, one)) for one in entries()}
    if given.name is None:
        for name, (about, _) in known.items():
            print(f"{name:<14} {about}")
        return 0
    if given.name not in known:
        raise LanzaroteError(f"no kind is called {given.name!r}; there are: {', '.join(known)}")
    for line in known[given.name][1]():
        print(line)
    return 0


def settings(_: Namespace) -> int:
    chosen = read_settings()
    for name, value in in_force(chosen).items():
        print(f"{PREFIX}{name}={value}\n    {NAMES[name]}\n    from: {chosen.said.source(name)}")
    for name in chosen.said.of_packages:
        print(f"{name}=…\n    from: {chosen.said.source(name.removeprefix(PREFIX))}")
    return 0


def _load_at_first(instance: Instance, wanted: Sequence[str]) -> None:
    """Load what was asked for; without being asked, the one installed region of an empty database."""
    if instance.headers() and not wanted:
        return
    if not wanted:
        names = list(instance.installed)
        if len(names) != 1 and instance.settings.office:
            return  # it lives on what it receives
        if not names:
            raise PackageError("No region package is installed; install one, such as lanzarote-region-paris.")
        if len(names) > 1:
            raise PackageError(
                f"Several regions are installed ({', '.join(names)}); say which: lanzarote run --region ID"
            )
        wanted = names
    loaded = instance.loaded()
    for region_id in wanted:
        try:
            if region_id not in loaded:
                print_report(instance.load(region_id))
        except (PackageError, RegionError) as error:
            if len(wanted) == 1:
                raise
            print(f"lanzarote: {error}\nThe site starts without {region_id}.", file=sys.stderr)


def _show_samples(instance: Instance) -> None:
    """Raises SettingError where no office receives them."""
    if not instance.settings.office:
        raise SettingError(
            "Invented regions are received by an office; set LANZAROTE_OFFICE=on, or leave --samples out."
        )
    with uncollected():
        from lanzarote.results import enrolling
    print(
        f"Received {len(enrolling.add(instance))} invented regions. No list, search or figure shows them; their pages:"
    )
    for region_id in enrolling.here(instance):
        print(f"  /en/{region_id}")
    print("To remove them: lanzarote results samples remove")
