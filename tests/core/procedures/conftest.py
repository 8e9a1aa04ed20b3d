"""The programs of others that read what we write."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import HOW_TO_ADD_NODE

PACKAGES = ("bpmn-moddle", "bpmnlint")
READ = """
import { readFile } from 'fs/promises';
import { BpmnModdle } from 'bpmn-moddle';
import Linter from 'bpmnlint/lib/linter.js';
import NodeResolver from 'bpmnlint/lib/resolver/node-resolver.js';

const moddle = new BpmnModdle();
const told = [];
for (const file of process.argv.slice(2)) {
  const { rootElement, warnings } = await moddle.fromXML(await readFile(file, 'utf8'));
  // A linter of its own for each file: some rules remember what they have seen.
  const linter = new Linter({ config: { extends: 'bpmnlint:recommended' }, resolver: new NodeResolver() });
  const found = await linter.lint(rootElement);
  told.push({ warnings: warnings.map(one => one.message), found });
}
console.log(JSON.stringify(told));
"""

Reader = Callable[[dict[str, bytes]], dict[str, Any]]


@pytest.fixture(scope="session")
def bpmn_tools(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    """Reads BPMN files as bpmn-moddle does and judges them as bpmnlint does: name → warnings and what was found."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if not (npm and node):
        pytest.fail(f"No npm here; {HOW_TO_ADD_NODE}", pytrace=False)
    folder = tmp_path_factory.mktemp("bpmn")
    (folder / "package.json").write_text('{"private": true}', encoding="utf-8")
    installed = subprocess.run(
        [npm, "install", "--no-audit", "--no-fund", "--silent", *PACKAGES], cwd=folder, capture_output=True, text=True
    )
    if installed.returncode:
        pytest.fail(f"npm could not install {', '.join(PACKAGES)}:\n{installed.stderr}", pytrace=False)
    (folder / "read.mjs").write_text(READ, encoding="utf-8")

    def read(files: dict[str, bytes]) -> dict[str, Any]:
        names = [str(_written(folder / f"{number}.bpmn", body)) for number, body in enumerate(files.values())]
        done = subprocess.run([node, "read.mjs", *names], cwd=folder, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return dict(zip(files, json.loads(done.stdout), strict=True))

    return read


def _written(file: Path, body: bytes) -> Path:
    file.write_bytes(body)
    return file
