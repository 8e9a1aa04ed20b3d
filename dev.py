#!/usr/bin/env python3
"""Everything one does in this repository; needs nothing but Python 3.11 or newer.

    python3 dev.py run        start the platform with Paris and a central office, with accounts to try it out;
                              --samples adds three invented regions, which no list or figure shows
    python3 dev.py test       the whole suite; what follows goes to pytest. --browser first installs Chromium;
                              --quick runs what a change breaks most, in about two minutes;
                              -m "long or not long" also runs long permutations and everything on PostgreSQL
    python3 dev.py check      ruff, mypy, import-linter, licences (reuse) and the metadata of the packages (twine)
    python3 dev.py bench      the benchmarks, in a lean environment; what follows goes to them
    python3 dev.py train      the weights of the guard's classifier, from training/; --check compares them
    python3 dev.py docs       the documentation as pages to carry along, in dist/docs
    python3 dev.py build      wheels and sdists of every package, their checksums and an SBOM, in dist/packages;
                              --with-dependencies adds the wheels they need, to install where there is no network
    python3 dev.py lock       remake the requirements*.lock files
    python3 dev.py <word> …   any other word goes to the `lanzarote` command: `load iceland` adds Iceland to the site

Everything lands in .venv (or $LZ_VENV); uv is used where it is on the PATH, else pip.
"""

from __future__ import annotations

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - an older Python reads this far, and must be able to read it all
    sys.exit("Python 3.11 or newer is needed; this is " + sys.version.split()[0] + ".")

import contextlib
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import tempfile
import tomllib
import venv
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent
WINDOWS = os.name == "nt"
BIN = "Scripts" if WINDOWS else "bin"
MEMBERS = sorted(
    file.parent for pattern in ("*", "regions/*", "plugins/*") for file in ROOT.glob(f"{pattern}/pyproject.toml")
)
RUN, CHECK, BENCH = (ROOT / f"requirements{kind}.lock" for kind in ("", "-check", "-bench"))
QUICK = (
    "test_workspace.py", "test_docs.py", "test_examples.py", "i18n", "regions/test_paris_facts.py",
    "core/translation", "core/settings", "core/permissions", "core/database", "core/records",
    "core/routes/test_first_use.py",
    "core/routes/test_every_route.py::test_every_route_says_who_may_ask",
    "core/routes/test_every_route.py::test_what_anybody_may_change_is_little_and_known",
    "core/api/test_contract.py::test_the_description_is_valid_openapi", "core/api/test_writing.py",
    "core/accounts/test_accounts.py", "core/accounts/test_sign_in_pages.py", "core/activity/test_notes.py",
    "core/changes", "core/cli/test_refusals.py", "core/compendium", "core/convention", "core/downloads",
    "core/evaluation/test_pages.py", "core/following/test_following.py", "core/guard/test_guard.py",
    "core/hooks/test_checks.py", "core/importing/test_pages.py", "core/improvements/test_outcome.py",
    "core/instance", "core/jobs", "core/kinds/test_every_kind.py", "core/kinds/test_how_to.py",
    "core/kit/test_check.py", "core/meetings/test_whole.py",
    "core/office/test_releases.py", "core/practices/test_pages.py", "core/practices/test_writing.py",
    "core/procedures/test_checks.py", "core/regions", "core/reports", "core/results/test_batches.py",
    "core/results/test_exchange.py", "core/search/test_search.py", "core/stakeholders/test_pages.py",
    "core/stakeholders/test_writing.py", "core/talk/test_actions.py", "core/territory/test_pages.py",
    "core/transfers/test_transfers.py", "core/transport/test_round_trips.py", "core/upgrade/test_upgrades.py",
    "core/web/test_pages.py", "core/web/test_pages_failures.py", "plugins/test_spreadsheet.py",
)  # fmt: skip
"""What a change breaks most, under tests: texts, catalogues, documents, routes, rights, migrations, what holds of every
kind, a file or two of every room. No browser, and SQLite alone."""
OWN = ("check", "docs", "build", "lock")
"""Commands that hand nothing on: their help is this file's."""
BILL, CHECKSUMS = "sbom.cdx.json", "SHA256SUMS"
HEADLESS = "chromium-headless-shell"
"""Chromium without its windows: the same pages for half of the work."""
CHROMIUM_NAMES = (HEADLESS, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def main(words: list[str]) -> None:
    command, rest = (words or ["--help"])[0], words[1:]
    if command in ("-h", "--help") or (command in OWN and {"-h", "--help"} & {*rest}):
        print((__doc__ or "").strip())
    elif command == "test":
        test(rest)
    elif command == "check":
        check()
    elif command == "docs":
        docs()
    elif command == "build":
        build(rest)
    elif command == "lock":
        lock()
    elif command == "bench":
        bench(rest)
    elif command == "train":
        replace(main_environment().python, ROOT / "training" / "train.py", *rest)
    else:
        os.environ.setdefault("LANZAROTE_CONFIG", "off")  # a checkout does not touch what the machine serves
        os.environ["LZ_COMMAND"] = "python3 dev.py"  # what it prints to be typed, is typed so here
        if command == "run" and stays_at_home(rest):
            os.environ.setdefault("LANZAROTE_DEMO", "on")
            os.environ.setdefault("LANZAROTE_OFFICE", "on")
        replace(main_environment().script("lanzarote"), *words, *(trial_region(rest) if command == "run" else ()))


# ---------------------------------------------------------------------------------------------------------------------
# The commands


def stays_at_home(rest: list[str]) -> bool:
    """Nobody else is to reach what is started: then it may have accounts to try it out with."""
    elsewhere = ("LANZAROTE_HOST", "LANZAROTE_BASE_URL")
    return not any(word.startswith("--ho") for word in rest) and not any(map(os.environ.get, elsewhere))


def trial_region(rest: list[str]) -> list[str]:
    """Every region of this repository is installed here; the site to try out begins with one of them."""
    return [] if any(word.startswith("--r") for word in rest) else ["--region", "paris"]


def test(rest: list[str]) -> None:
    if "--browser" in rest:
        rest = [word for word in rest if word != "--browser"]
        install_chromium()
        os.environ["LZ_REQUIRE_BROWSER"] = "1"
    if "--quick" in rest:
        chosen = [str(Path("tests", *one.split("/"))) for one in QUICK]
        rest = [word for word in rest if word != "--quick"]
        rest = [*chosen, "-m", "not (long or browser or node or postgres)", *rest]
    replace(main_environment(CHECK).python, "-m", "pytest", *side_by_side(rest), *rest)


def side_by_side(rest: list[str]) -> list[str]:
    """A process more than there are processors, since some wait for a server or a deadline, unless *rest* says how many
    or wants to see the tests at work.
    """
    processors = min(os.cpu_count() or 1, 8)
    if processors == 1 or any(word.startswith(("-n", "-s", "--pdb", "--collect-only")) for word in rest):
        return []
    return ["-n", str(processors + 1), "--dist", "loadgroup", "--no-loadscope-reorder"]


def check() -> None:
    environment = main_environment(CHECK)
    with tempfile.TemporaryDirectory() as folder:
        distributions = build_distributions(environment.python, MEMBERS, Path(folder))
        commands = {
            "ruff check": (environment.script("ruff"), "check"),
            "ruff format": (environment.script("ruff"), "format", "--check"),
            "mypy": (environment.script("mypy"),),
            "import-linter": (environment.script("lint-imports"), "--no-logo"),
            "reuse": (environment.script("reuse"), "lint", "--lines"),
            "twine": (environment.script("twine"), "check", "--strict", *distributions),
        }
        if not (ROOT / ".git").exists():
            del commands["reuse"]  # only Git knows which files here are the project's
        failed = []
        for name, command in commands.items():
            print(f"— {name}", flush=True)
            if subprocess.run([*map(str, command)], cwd=ROOT).returncode:
                failed.append(name)
    sys.exit(f"Failed: {', '.join(failed)}." if failed else 0)


def docs() -> None:
    sphinx = main_environment(CHECK).script("sphinx-build")
    made = ROOT / "dist" / "docs"
    call(sphinx, "-q", "-W", "--keep-going", "-d", made.with_name("docs-doctrees"), ROOT / "docs", made)
    print(f"Open {made / 'index.html'}")


def build(rest: list[str]) -> None:
    """Replace dist/packages as a whole, and only by what was built without a fault."""
    if unknown := [word for word in rest if word != "--with-dependencies"]:
        sys.exit(f"Not an option of build: {' '.join(unknown)}. There is --with-dependencies.")
    environment = main_environment(CHECK)
    made = ROOT / "dist" / "packages"
    fresh = made.with_name("packages.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    distribute(environment, fresh, with_dependencies=bool(rest))
    shutil.rmtree(made, ignore_errors=True)
    fresh.rename(made)
    print(f"Built {len(MEMBERS)} packages in {made.relative_to(ROOT)}. To check a copy: sha256sum -c {CHECKSUMS}")


def bench(rest: list[str]) -> None:
    """Ours is measured with nothing installed beside it, since Litestar imports every optional package it finds."""
    yardstick = Environment(ROOT / ".venv-bench-yardstick")
    yardstick.bring([RUN, BENCH], [])
    lean = Environment(ROOT / ".venv-bench")
    lean.bring([RUN], MEMBERS)
    os.environ["LZ_YARDSTICK_PYTHON"] = str(yardstick.python)
    replace(lean.python, "-m", "benchmarks", *rest)


def lock() -> None:
    """Pin, for every platform and Python from 3.11, what the distributions and the requirements*.in files ask for."""
    with tempfile.TemporaryDirectory() as folder:
        uv = shutil.which("uv") or uv_of_its_own(Path(folder))
        asked = Path(folder) / "distributions.in"
        asked.write_text("\n".join(dependencies()), encoding="utf-8")
        compile_lock(uv, RUN, asked, ROOT / "requirements.in")
        for file in (CHECK, BENCH):
            compile_lock(uv, file, file.with_suffix(".in"), "-c", RUN)


def uv_of_its_own(folder: Path) -> str:
    environment = Environment(folder / "venv")
    environment.make()
    call(*environment.pip, "uv")
    return str(environment.script("uv"))


def dependencies() -> list[str]:
    projects = [project_of(member) for member in MEMBERS]
    ours = {project["name"] for project in projects}
    asked = {requirement for project in projects for requirement in asked_of(project)}
    return sorted(requirement for requirement in asked if name_of(requirement) not in ours)


def project_of(member: Path) -> dict[str, Any]:
    project: dict[str, Any] = tomllib.loads((member / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project


def name_of(requirement: str) -> str:
    return re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0].lower()


def compile_lock(uv: str, target: Path, *sources: str | Path) -> None:
    options = ("--universal", "--generate-hashes", "--no-annotate", "--no-header", "--python-version", "3.11")
    # uv reads the lock it is about to replace, to keep its pins; --upgrade asks for the newest ones instead.
    call(uv, "pip", "compile", "-q", "--upgrade", *options, "-o", target, *sources)


# ---------------------------------------------------------------------------------------------------------------------
# Distributions


def distribute(environment: Environment, folder: Path, *, with_dependencies: bool = False) -> None:
    """Fill *folder* with what one publishes or carries to another machine: the same files give the same bytes."""
    distributions = build_distributions(environment.python, MEMBERS, folder)
    bill = bill_of_materials(environment, distributions)
    (folder / BILL).write_bytes((json.dumps(bill, indent=1, ensure_ascii=False) + "\n").encode())
    if with_dependencies:
        download(environment, folder)
    files = sorted(folder.iterdir())
    (folder / CHECKSUMS).write_bytes("".join(f"{sha256(file)}  {file.name}\n" for file in files).encode())


def build_distributions(python: Path, members: Iterable[Path], folder: Path) -> list[Path]:
    """The sdist of each member, and the wheel that is made of this sdist. Hatchling dates all files alike."""
    command = [str(python), "-m", "build", "--no-isolation", "--outdir", str(folder)]
    running = [
        subprocess.Popen([*command, member], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for member in members
    ]
    said = [(process.communicate()[0], process.returncode) for process in running]
    if faults := [text for text, code in said if code]:
        sys.exit("\n".join(faults))
    return sorted(folder.iterdir())


def bill_of_materials(environment: Environment, distributions: list[Path]) -> dict[str, Any]:
    """What requirements.lock pins and what is ours, as CycloneDX. It names no day, machine or registry."""
    options = ("--sv", "1.6", "--output-reproducible")
    command = [str(environment.script("cyclonedx-py")), "requirements", *options, RUN.name]
    bill: dict[str, Any] = json.loads(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)
    purls: dict[str, list[str]] = {}  # where systems differ, a name is locked in more than one version
    for component in bill["components"]:
        del component["description"]  # the line of the lock
        component["bom-ref"] = component["purl"]
        for file in component["externalReferences"]:
            file["url"] = component["purl"]
        purls.setdefault(component["name"], []).append(component["purl"])
    projects = [project_of(member) for member in MEMBERS]
    ours = [our_component(project, distributions) for project in projects]
    purls |= {component["name"]: [component["purl"]] for component in ours}
    needed = {"platform": [component["purl"] for component in ours]}
    for project, component in zip(projects, ours, strict=True):
        needed[component["purl"]] = [purl for asked in asked_of(project) for purl in purls[name_of(asked)]]
    whole = {"type": "application", "bom-ref": "platform", "name": "The Lanzarote platform"}
    bill["metadata"].pop("timestamp", None)
    for tool in bill["metadata"]["tools"]["components"]:
        del tool["externalReferences"]
    bill["metadata"]["component"] = whole | {"version": projects[0]["version"]}
    bill["components"] += ours
    bill["dependencies"] = [{"ref": ref, "dependsOn": sorted({*others})} for ref, others in needed.items()]
    return bill


def our_component(project: dict[str, Any], distributions: list[Path]) -> dict[str, Any]:
    name, version = project["name"], project["version"]
    files = [file for file in distributions if file.name.startswith(f"{name.replace('-', '_')}-{version}")]
    return {
        "type": "library",
        "bom-ref": f"pkg:pypi/{name}@{version}",
        "supplier": {"name": project["authors"][0]["name"]},
        "name": name,
        "version": version,
        "description": project["description"],
        "licenses": [{"expression": project["license"]}],
        "purl": f"pkg:pypi/{name}@{version}",
        "externalReferences": [
            {"type": "distribution", "url": file.name, "hashes": [{"alg": "SHA-256", "content": sha256(file)}]}
            for file in files
        ],
    }


def asked_of(project: dict[str, Any]) -> list[str]:
    groups = (project["dependencies"], *project.get("optional-dependencies", {}).values())
    return [requirement for group in groups for requirement in group]


def download(environment: Environment, folder: Path) -> None:
    """The wheels that the packages need on this system with this Python, compared with the hashes of the lock."""
    environment.ensure_pip()
    with tempfile.TemporaryDirectory() as beside:
        asked = Path(beside) / "requirements.lock"
        asked.write_text(without_test_tools(RUN.read_text(encoding="utf-8")), encoding="utf-8")
        pip = (environment.python, "-m", "pip", "download", "-q", "--disable-pip-version-check", "--no-deps")
        call(*pip, "--require-hashes", "--only-binary", ":all:", "-d", folder, "-r", asked)


def without_test_tools(lock: str) -> str:
    """*lock* without what requirements.in asks for and no package of ours does."""
    tools = {name_of(line) for line in (ROOT / "requirements.in").read_text(encoding="utf-8").splitlines()}
    tools -= {name_of(requirement) for requirement in dependencies()}
    entries = re.split(r"^(?=[a-z0-9])", lock, flags=re.MULTILINE)
    return "".join(entry for entry in entries if name_of(entry) not in tools)


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


# ---------------------------------------------------------------------------------------------------------------------
# The environment


class Environment:
    """A virtual environment that knows, step by step, what has been put into it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.python = self.script("python")
        self.stamps = folder / ".lanzarote-stamps.json"
        self.uv = shutil.which("uv")

    def script(self, name: str) -> Path:
        return self.folder / BIN / (f"{name}.exe" if WINDOWS else name)

    @property
    def pip(self) -> list[str | Path]:
        if self.uv:
            return [self.uv, "pip", "install", "-q", "--python", self.python]
        return [self.python, "-m", "pip", "install", "-q", "--disable-pip-version-check"]

    def bring(self, locks: list[Path], members: list[Path]) -> None:
        """Install what is missing or has changed, and nothing else: the usual start runs no installer at all."""
        steps: dict[str, tuple[str, list[str | Path]]] = {}
        for file in locks:
            steps[file.name] = (fingerprint(file), ["--require-hashes", "-r", file])
        if members:
            editable = [word for member in members for word in ("-e", str(member))]
            projects = [member / "pyproject.toml" for member in members]
            # The build tools come from the lock: nothing is fetched, and it takes two seconds less.
            steps["members"] = (fingerprint(*projects), ["--no-deps", "--no-build-isolation", *editable])
        if self.lacks(steps):
            with alone(self.folder):
                self.install(steps)

    def lacks(self, steps: Mapping[str, tuple[str, list[str | Path]]]) -> list[str]:
        known = self.known()
        return [name for name, (wanted, _) in steps.items() if known.get(name) != wanted]

    def known(self) -> dict[str, str]:
        try:
            stamps: dict[str, str] = json.loads(self.stamps.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return stamps if stamps.get("python") == sys.version and self.python.exists() else {}

    def install(self, steps: Mapping[str, tuple[str, list[str | Path]]]) -> None:
        if not (missing := self.lacks(steps)):
            return
        known = self.known()
        if not known:
            self.make()
            known = {"python": sys.version}
        if not self.uv:
            self.ensure_pip()  # it may have been made by uv, which is no longer there
        print(f"Installing into {self.folder.name} (once)…", file=sys.stderr, flush=True)
        for name in missing:
            wanted, words = steps[name]
            call(*self.pip, *words)
            if name == "members":
                self.compile(MEMBERS)
            known[name] = wanted
            self.stamps.write_text(json.dumps(known, indent=1), encoding="utf-8")

    def ensure_pip(self) -> None:
        if subprocess.run([self.python, "-c", "import pip"], stderr=subprocess.DEVNULL).returncode:
            call(self.python, "-m", "ensurepip")

    def compile(self, folders: list[Path]) -> None:
        """Where Python is told to write no bytecode, each start would compile all modules anew."""
        call(self.python, "-m", "compileall", "-q", *folders)

    def make(self) -> None:
        if not self.uv and importlib.util.find_spec("ensurepip") is None:
            sys.exit(
                "This Python cannot make a virtual environment: its module 'ensurepip' is missing.\n"
                "On Debian and Ubuntu: apt install python3-venv. Elsewhere: install Python from python.org, or uv."
            )
        # Only what is an environment already is emptied, whatever $LZ_VENV names.
        if self.folder.exists() and any(self.folder.iterdir()) and not (self.folder / "pyvenv.cfg").exists():
            sys.exit(f"{self.folder} is not a virtual environment; name another folder in LZ_VENV.")
        venv.create(self.folder, clear=True, with_pip=not self.uv, symlinks=not WINDOWS)


def main_environment(*further: Path) -> Environment:
    environment = Environment(Path(os.environ.get("LZ_VENV") or ROOT / ".venv").absolute())
    environment.bring([RUN, *further], MEMBERS)
    return environment


def fingerprint(*files: Path) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.relative_to(ROOT)}\0".encode() + file.read_bytes())
    return digest.hexdigest()


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Two starts at once install one after the other (where the system can lock files)."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    name = hashlib.sha256(str(folder).encode()).hexdigest()[:16]
    with open(Path(tempfile.gettempdir()) / f"lanzarote-{os.getuid()}-{name}.lock", "w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


# ---------------------------------------------------------------------------------------------------------------------
# Chromium


def find_chromium() -> str | None:
    """The browser of the browser tests: $LZ_CHROMIUM, else what the system has."""
    found = os.environ.get("LZ_CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    on_a_mac = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
    return found or (str(on_a_mac) if on_a_mac.exists() else None)


def install_chromium() -> None:
    if find_chromium():
        return
    if not shutil.which("apt-get") or WINDOWS or os.geteuid() != 0:
        sys.exit(
            "The browser tests need Chromium or Chrome, which only an administrator can install here.\n"
            "On Debian: sudo apt-get install chromium. Elsewhere: install Chrome, or name the program in LZ_CHROMIUM."
        )
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    call("apt-get", "update", "-qq", environment=environment)
    install = ("apt-get", "install", "-y", "-qq", "--no-install-recommends")
    if subprocess.run([*install, HEADLESS], env=environment, check=False).returncode:  # no older Debian has it
        call(*install, "chromium", environment=environment)


# ---------------------------------------------------------------------------------------------------------------------
# Processes


def call(*command: str | Path, environment: Mapping[str, str] | None = None) -> None:
    words = [str(word) for word in command]
    if code := subprocess.run(words, cwd=ROOT, env=environment).returncode:
        sys.exit(f"This failed ({code}): {' '.join(words)}")


def replace(*command: str | Path) -> None:
    """Become *command*, so that Ctrl-C and the exit code are its own."""
    words = [str(word) for word in command]
    os.chdir(ROOT)
    if WINDOWS:
        sys.exit(subprocess.run(words).returncode)
    sys.stdout.flush()
    os.execv(words[0], words)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(130)
