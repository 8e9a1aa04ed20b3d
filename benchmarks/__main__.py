"""Run all benchmarks, or those that are named: ``python3 dev.py bench [NAME …] [--quick]``."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from importlib import import_module
from pathlib import Path

from benchmarks.figures import Report, Settings, tell

NAMES = (
    "start", "guard", "http", "search", "page", "load", "receive", "save", "reads_while_writing", "worst_senders",
    "metrics",
    "discussion",
    "office",
    "growth",
    "packages",
    "faulty_packages",
    "export",
    "compendium",
)  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(prog="python3 dev.py bench", description="Measure ours beside its yardsticks.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one or more of: {', '.join(NAMES)} (default: all)")
    parser.add_argument("--quick", action="store_true", help="small and short: shows that they run, proves nothing")
    parser.add_argument("--million", action="store_true", help="office: all of it again, with a million practices")
    parser.add_argument("--keep", metavar="DIR", help="keep the corpus in this folder, for the next run")
    given = parser.parse_args()
    if unknown := set(given.names) - set(NAMES):
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}; there are: {', '.join(NAMES)}")
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    with tempfile.TemporaryDirectory(prefix="lanzarote-bench-") as folder:
        settings = Settings(folder=Path(given.keep or folder).absolute(), quick=given.quick, million=given.million)
        settings.folder.mkdir(parents=True, exist_ok=True)
        reports: list[Report] = []
        for name in given.names or NAMES:
            report: Report = import_module(f"benchmarks.bench_{name}").run(settings)
            print(tell(report), flush=True)
            reports.append(report)
    missed = [claim for report in reports for claim in report.claims if not claim.holds]
    print(f"\n{sum(len(report.claims) for report in reports)} targets, {len(missed)} missed.")
    return 1 if missed and not given.quick else 0


if __name__ == "__main__":
    sys.exit(main())
