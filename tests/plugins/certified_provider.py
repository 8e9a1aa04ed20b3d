"""A certified OpenID Connect provider (oidc-provider, of the npm registry), in which anybody signs in as anybody."""

from __future__ import annotations

import shutil
import socket
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.conftest import HOW_TO_ADD_NODE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PACKAGE = "oidc-provider@9"
SECRET = "a secret of some length"
SERVE = """
import { Provider } from 'oidc-provider';

const [issuer, site, secret] = process.argv.slice(2);
const groups = { 'ana@school.example': ['readers'] };
const provider = new Provider(issuer, {
  clients: [{
    client_id: 'lanzarote',
    client_secret: secret,
    redirect_uris: [`${site}/account/providers/town/back`],
    post_logout_redirect_uris: [`${site}/account/signed-out`],
    backchannel_logout_uri: `${site}/account/providers/town/log-out`,
    backchannel_logout_session_required: true,
  }],
  claims: { email: ['email', 'email_verified'], profile: ['name', 'groups'] },
  features: { backchannelLogout: { enabled: true } },
  pkce: { required: () => true },
  cookies: { keys: ['of this run'] },
  // Its own guard against inner addresses would keep it from telling a site on this machine of a log-out.
  fetch: (url, { dispatcher, ...options }) => fetch(url, options),
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, email: id, email_verified: true, name: 'Ana Plume', groups: groups[id] ?? [] }),
  }),
});
provider.on('backchannel.error', (_, error) => console.log(`log-out: ${error.message} ${error.cause ?? ''}`));
provider.on('server_error', (_, error) => console.log(error.stack));
provider.listen(Number(new URL(issuer).port), '127.0.0.1', () => console.log('ready'));
"""


def installed(folder: Path) -> Path:
    """*folder*, with the provider in it."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if not (npm and node):
        pytest.fail(f"No npm here; {HOW_TO_ADD_NODE}", pytrace=False)
    (folder / "package.json").write_text('{"private": true}', encoding="utf-8")
    words = [npm, "install", "--no-audit", "--no-fund", "--silent", PACKAGE]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.fail(f"npm could not install {PACKAGE}:\n{done.stderr}", pytrace=False)
    (folder / "serve.mjs").write_text(SERVE, encoding="utf-8")
    return folder


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def providing(folder: Path, issuer: str, site: str) -> Iterator[Path]:
    """Run the provider for the *site*; what it says goes to the file that this yields."""
    log = folder / "provider.log"
    with log.open("w", encoding="utf-8") as out:
        words = ["node", "serve.mjs", issuer, site, SECRET]
        process = subprocess.Popen(words, cwd=folder, stdout=subprocess.PIPE, stderr=out, text=True)
        assert process.stdout
        try:
            said = process.stdout.readline()
            assert said == "ready\n", (said, log.read_text("utf-8"))
            yield log
        finally:
            process.kill()
            out.write(process.stdout.read())
            process.stdout.close()
            process.wait(10)
