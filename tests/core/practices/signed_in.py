"""People who are signed in, as the site sees them: a session each, begun without a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lanzarote.accounts import sessions
from lanzarote.accounts.model import Account
from lanzarote.accounts.tokens import COOKIE
from lanzarote.app import create_app
from lanzarote.records.records import now
from litestar.testing import TestClient

if TYPE_CHECKING:
    from lanzarote.instance import Instance
    from lanzarote.records.permissions import Actor


class Browser:
    """One person's."""

    def __init__(self, client: TestClient[Any], token: str, key: str) -> None:
        self._client, self.token, self.key = client, token, key

    def get(self, path: str, status: int = 200) -> str:
        answer = self._client.get(path, headers=self._cookie, follow_redirects=False)
        assert answer.status_code == status, answer.text[:2000]
        return str(answer.text)

    def post(self, path: str, status: int = 303, **fields: Any) -> str:
        """Send a form; tells where it leads, or what it answers instead."""
        sent = {name.replace("__", "."): value for name, value in fields.items()} | {"key": self.key}
        answer = self._client.post(path, data=sent, headers=self._cookie, follow_redirects=False)
        assert answer.status_code == status, answer.text[:2000]
        return str(answer.headers["location"] if status == 303 else answer.text)

    @property
    def _cookie(self) -> dict[str, str]:
        return {"cookie": f"{COOKIE}={self.token}"}


def site_of(instance: Instance) -> TestClient[Any]:
    app: Any = create_app(instance)
    return TestClient(app, base_url="http://lanzarote.test")


def sign_in(instance: Instance, client: TestClient[Any], actor: Actor) -> Browser:
    with instance.database.write("-") as session:
        account = session.get_one(Account, actor.account_id)
        begun = sessions.begin(session, account, strong=actor.strong, device="", at=now())
    return Browser(client, begun.token, begun.form_key)
