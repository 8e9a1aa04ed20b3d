"""Packages at fault, one fault each: name → its code, and a part of what is told about it."""

from __future__ import annotations

from textwrap import dedent
from typing import Final

from msgspec import Struct


class Bad(Struct, frozen=True):
    code: str
    told: str
    """A part of what is told; empty: nothing is wrong with it."""


def hook(name: str, body: str) -> str:
    return f"""
    @hookimpl
    def {name}():
        {body}
    """


def exporter(**given: str) -> str:
    values = {"format": '"odd"', "label": '"Odd"', "media_type": '"text/plain"', "extension": '"odd"', "write": "str"}
    told = ", ".join(f"{name}={value}" for name, value in (values | given).items())
    return hook("exporters", f"return [Exporter({told})]")


def region(path: str) -> str:
    return hook("regions", f"return [Region.from_folder({path})]")


HOOKS: Final = ("regions", "legal_frameworks", "catalogues", "exporters", "importers", "document_exporters")
KINDS: Final = {
    "regions": "Region", "legal_frameworks": "LegalFramework", "catalogues": "Catalogue", "exporters": "Exporter",
    "importers": "Importer", "document_exporters": "DocumentExporter",
}  # fmt: skip
SILENT: Final = """
    class Silent(Exception):
        def __str__(self):
            raise RuntimeError("not even this")

    raise Silent
"""
FAULTY: Final = {
    "raises-at-import": Bad("1 / 0", "cannot be used: ZeroDivisionError: division by zero"),
    "exits-at-import": Bad("raise SystemExit(3)", "cannot be used: SystemExit: 3"),
    "interrupts-at-import": Bad("raise KeyboardInterrupt", "cannot be used: KeyboardInterrupt"),
    "silent-error": Bad(SILENT, "cannot be used: Silent"),
    "needs-what-is-not-there": Bad("import no_such_thing", "cannot be used: ModuleNotFoundError"),
    "is-no-python": Bad("def (", "cannot be used: SyntaxError"),
    "misspells-a-hook": Bad(hook("exporter", "return ()"), "implements 'exporter', which is no hook"),
    "wraps-a-hook": Bad(
        "@hookimpl(wrapper=True)\ndef exporters():\n    return (yield)", "wraps the hook exporters; packages are asked"
    ),
    **{f"raises-in-{name}": Bad(hook(name, "raise OSError('no luck')"), f"its hook {name} failed: OSError: no luck")
       for name in HOOKS},
    **{f"exits-in-{name}": Bad(hook(name, "raise SystemExit(1)"), f"its hook {name} failed: SystemExit: 1")
       for name in HOOKS},
    **{f"wrong-type-in-{name}": Bad(hook(name, "return ['x']"), f"returned str where {KINDS[name]} is expected")
       for name in HOOKS},
    "a-million": Bad(hook("exporters", "return [None] * 1_000_000"), "returned more than 1,000 values"),
    "endless": Bad(hook("catalogues", "\n            ".join(("while True:", "yield None"))), "more than 1,000 values"),
    "a-region-nowhere": Bad(region('Path(__file__).parent / "no"'), "its region.toml cannot be used"),
    "a-region-of-text": Bad(region('"region"'), "path of Region is 'region'; give a place in the package"),
    "a-region-of-nothing": Bad(region("None"), "path of Region is 'None'; give a place in the package"),
    "a-language-of-numbers": Bad(
        hook("catalogues", 'return [Catalogue(language=3, path=Path("x"))]'), "language of Catalogue is '3'"
    ),
    "a-language-of-paths": Bad(
        hook("catalogues", 'return [Catalogue(language="../fr", path=Path("x"))]'), "language of Catalogue is '../fr'"
    ),
    "a-format-of-paths": Bad(exporter(format='"../x"'), "format of Exporter is '../x'"),
    "an-ending-of-paths": Bad(exporter(extension='"/x"'), "extension of Exporter is '/x'"),
    "a-type-of-lines": Bad(exporter(media_type='"text/plain\\r\\nX: y"'), "media_type of Exporter is"),
    "writes-nothing": Bad(exporter(write="None"), "write of Exporter is 'None'; give a function"),
    "claims-a-format": Bad(exporter(format='"csv"'), "the format 'csv' is already written by lanzarote-"),
    "claims-a-format-oddly": Bad(
        "class Text(str):\n    def __eq__(self, other): return True\n" + dedent(exporter(format='Text("csv")')),
        "the format 'csv' is already written by lanzarote-",
    ),
    "claims-a-region": Bad(region("PARIS"), "'paris', which lanzarote-region-paris describes already"),
}  # fmt: skip
"""Of these nothing is used."""
PARTLY: Final = {
    "a-catalogue-nowhere": Bad(
        hook("catalogues", 'return [Catalogue(language="fr", path=Path("no.po"))]'), "the catalogue no.po is not there"
    ),
    "a-torn-catalogue": Bad(
        "(Path(__file__).parent / 'fr.po').write_text('msgid \"Search\"\\nmsgstr \"{')\n"
        + hook("catalogues", 'return [Catalogue(language="fr", path=Path(__file__).parent / "fr.po")]').replace(
            "\n    ", "\n"
        ),
        "fr.po",
    ),
}
"""Of these what is at fault is left aside."""
HARMLESS: Final = {
    "prints": Bad('print("printed by a package")\n' + hook("exporters", 'print("again"); return ()')
                  .replace("\n    ", "\n"), ""),
    "a-type-that-cannot-be-worked-out": Bad(
        "import msgspec\nclass Lazy:\n    def __getattr__(self, name):\n"
        "        raise SystemExit(name) if name == 'Frame' else AttributeError(name)\nlazy = Lazy()\n"
        "class Kind(msgspec.Struct):\n    other: 'lazy.Frame'\ndel Lazy",
        "",
    ),
    "spawns-threads": Bad("import threading, time\nthreading.Thread(target=time.sleep, args=(3600,)).start()", ""),
    "starts-processes": Bad(
        "import subprocess, sys\nfor _ in range(20): subprocess.Popen([sys.executable, '-c', 'while True: pass'])", ""
    ),
    "changes-settings": Bad(
        "import os, signal, sys\nsys.setrecursionlimit(50)\nsys.setswitchinterval(1000)\nos.chdir('/')\n"
        "os.environ.clear()\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nsys.path.clear()",
        "",
    ),
    "claims-a-law": Bad(hook("legal_frameworks", "return [LegalFramework.from_folder(PARIS.parent / 'law_fr')]"), ""),
    "a-law-nowhere": Bad(hook("legal_frameworks", "return [LegalFramework.from_folder(Path('no'))]"), ""),
}  # fmt: skip
"""These do what they should not, and change nothing."""
HANGS: Final = "import threading\n        threading.Event().wait()"
SPINS: Final = "while True: pass"
BACKTRACKS: Final = "import re; re.match('(a+)+$', 'a' * 60 + 'b')"
HANGING: Final = {
    "hangs-at-import": Bad("import threading\nthreading.Event().wait()", "does not start: its import did not come"),
    "spins-at-import": Bad(SPINS, "does not start: its import did not come back within"),
    "backtracks-at-import": Bad(BACKTRACKS, "does not start: its import did not come back within"),
    "sums-at-import": Bad("sum(range(10**13))", "does not start: its import did not come back within"),
    **{f"hangs-in-{name}": Bad(hook(name, HANGS), f"does not start: its hook {name} did not come back")
       for name in HOOKS},
    "leaves-what-hangs": Bad(
        "import time\nclass Session:\n    def __init__(self): self.me = self\n"
        "    def __del__(self): time.sleep(3600)\nSession()",
        "does not start: the end of what it left (__del__) did not come back within",
    ),
    "spins": Bad(hook("exporters", SPINS), "does not start: its hook exporters did not come back"),
    "catches-everything": Bad(
        "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
        "does not start: its import did not come back",
    ),
    "prints-without-end": Bad("while True: print('x' * 1000)", "does not start: its import did not come back"),
}  # fmt: skip
"""These take all the time that they have."""
DYING: Final = {
    "leaves-the-process": Bad("import os; os._exit(3)", "does not start: its process ended (exit code 3) during its"),
    "crashes": Bad("import ctypes; ctypes.string_at(0)", "does not start: its process was ended by SIGSEGV during its"),
    "kills-itself": Bad("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "its process was ended by SIGKILL"),
    "closes-everything": Bad("import os; os.closerange(3, 4096)", "does not start: its process "),
    "calls-itself": Bad("def again(): again()\nagain()", "cannot be used: RecursionError"),
    "eats-memory": Bad("held = [bytes(2**20) for _ in range(10_000)]", "cannot be used: MemoryError"),
    "a-folder-that-hangs": Bad(
        "import os\nPLACE = Path(__file__).parent / 'region'\nPLACE.mkdir(exist_ok=True)\n"
        "if not (PLACE / 'sectors.toml').exists(): os.mkfifo(PLACE / 'sectors.toml')\n" + dedent(region("PLACE")),
        "its sectors.toml is no file that can be read to its end",
    ),
}
"""These end before they say what they contribute, or could not be read."""
ALL: Final = {**FAULTY, **PARTLY, **HARMLESS, **HANGING, **DYING}
PARIS: Final = """
import lanzarote_region_paris
PARIS = Path(lanzarote_region_paris.__file__).parent / "region"
"""
