"""Whoever holds a file and the region's public key checks it with a program that is not ours to trust."""

from __future__ import annotations

import ast
import importlib.util
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.results.batches import Position
from lanzarote.results.signing import new_key, sign, signed_by

from tests.core.results.logs import batch, entries

if TYPE_CHECKING:
    from types import ModuleType

PROGRAM = Path(__file__).parents[3] / "docs" / "verify_results.py"
KEY = new_key()
TEXTS = [
    b'{"title":"L\xe2\x80\x99\xc3\xa9cole \\"A\\" \\n \xf0\x9f\x8c\x8d"}',
    b"",
    b'{"a":[1e20,1e-7,2.5,null,true],"z":"<b>,\\"body_hash\\":"}',
]


@pytest.fixture(scope="module")
def program() -> ModuleType:
    spec = importlib.util.spec_from_file_location("verify_results", PROGRAM)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(path: Path, *more: str, key: str = "") -> subprocess.CompletedProcess[str]:
    arguments = [sys.executable, "-I", str(PROGRAM), str(path), "--key", key or KEY.public.raw.hex(), *more]
    return subprocess.run(arguments, capture_output=True, text=True, check=False)


def test_it_is_short_and_needs_nothing_but_python() -> None:
    text = PROGRAM.read_text("utf-8")
    assert len(text.splitlines()) <= 300
    imported = {
        name.name.partition(".")[0]
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in node.names
    }
    assert imported <= sys.stdlib_module_names


def test_it_tells_whose_a_whole_file_is_and_where_another_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "paris.results"
    file.write_bytes(batch(KEY, TEXTS))
    good = run(file)
    last = entries(TEXTS)[-1]
    assert (good.returncode, good.stderr) == (0, "")
    assert f"signed by the key of paris: 3 entries up to 3:{last.hash}" in good.stdout
    assert run(file, "--after", "0:").returncode == 0
    assert "does not follow entry 1" in run(file, "--after", f"1:{last.hash}").stderr
    assert "is signed by another key" in run(file, key=new_key().public.raw.hex()).stderr
    assert run(file, key="no key").returncode == 2
    file.write_bytes(batch(KEY, TEXTS)[:-1])
    cut = run(file)
    assert (cut.returncode, cut.stdout) == (1, "")
    assert "line 5: the file was cut here" in cut.stderr


def test_it_refuses_what_the_platform_refuses(program: Any) -> None:
    data = batch(KEY, TEXTS[:2])
    program.verify(BytesIO(data), KEY.public.raw)
    for place in range(0, len(data) * 8, 7):
        changed = bytearray(data)
        changed[place // 8] ^= 1 << place % 8
        with pytest.raises(program.Refused):
            program.verify(BytesIO(bytes(changed)), KEY.public.raw)
    with pytest.raises(program.Refused, match="line 1: goes on beyond entry 2, the newest that the region had"):
        program.verify(BytesIO(batch(KEY, TEXTS, until=2)), KEY.public.raw)
    first = entries(TEXTS)
    several = batch(KEY, TEXTS, until=6) + batch(KEY, TEXTS, Position(seq=3, hash=first[-1].hash), until=6)
    for length in range(len(several)):
        with pytest.raises(program.Refused):
            program.verify(BytesIO(several[:length]), KEY.public.raw)


def test_its_signatures_are_those_of_the_library(program: Any) -> None:
    for number in range(8):
        key, payload = new_key(), b"x" * number
        made = sign(key, "t", payload)
        message = b"DSSEv1 1 t %d %s" % (len(payload), payload)
        assert program.is_signed(key.public.raw, message, made)
        assert signed_by(key.public, key.id, "t", payload, made)
        assert not program.is_signed(key.public.raw, message + b"y", made)
        twice = made[:32] + (int.from_bytes(made[32:], "little") + program.ORDER).to_bytes(32, "little")
        assert not program.is_signed(key.public.raw, message, twice)
