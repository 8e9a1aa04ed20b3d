"""What goes wrong is logged, and nothing that somebody wrote or was sent in confidence is logged with it."""

from __future__ import annotations

from typing import Any

import pytest
from lanzarote.app import Application, create_app, create_routes
from lanzarote.instance import Instance
from lanzarote.records import outbox
from lanzarote.records.records import Version, now
from lanzarote.store.database import ALL
from lanzarote.web.routes import page
from litestar.params import FromPath
from litestar.testing import TestClient
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError

WORD = "Brumelune"


def twice(instance: Instance) -> None:
    """Break a rule of the database with a text in the hands."""
    with instance.database.write("paris") as session:
        for _ in range(2):
            row = {"region_id": "paris", "record_id": WORD, "number": 1, "at": now(), "actor": "x", "digest": ""}
            session.execute(Version.__table__.insert(), row | {"body": WORD.encode()})  # type: ignore[attr-defined]


def test_an_error_of_the_database_tells_no_values(own_paris: Instance) -> None:
    with pytest.raises(IntegrityError) as refused:
        twice(own_paris)
    assert "INSERT INTO version" in str(refused.value)
    assert WORD not in str(refused.value)
    with pytest.raises(OperationalError) as broken, own_paris.database.read(ALL) as session:
        session.execute(text("SELECT nothing FROM nowhere WHERE x = :x"), {"x": WORD})
    assert WORD not in str(broken.value)


def test_a_page_that_fails_is_logged_without_texts_and_without_the_secret_in_its_address(
    own_paris: Instance, caplog: pytest.LogCaptureFixture
) -> None:
    @page("/{lang:str}/account/broken/{secret:str}")
    def broken(lang: FromPath[str], secret: FromPath[str]) -> None:
        twice(own_paris)

    routes = create_routes()
    routes.register(broken)
    app: Any = Application(own_paris, routes)
    with TestClient(app) as client:
        answer = client.get("/en/account/broken/Clairvoile")
    assert answer.status_code == 500
    logged = "\n".join(record.message + str(record.exc_text) for record in caplog.records if "httpx" not in record.name)
    assert "GET /{lang}/account/broken/{secret} failed" in logged
    assert "INSERT INTO version" in logged
    assert WORD not in logged + answer.text
    assert "Clairvoile" not in logged


def test_a_job_that_fails_keeps_no_values_of_what_failed(own_paris: Instance, caplog: pytest.LogCaptureFixture) -> None:
    def fail(*_: Any) -> None:
        twice(own_paris)

    with own_paris.database.write(ALL) as session:
        outbox.enqueue(session, "fail")
    outbox.Worker(own_paris.database, {"fail": fail}).run_due()
    [(fault,)] = own_paris.database.all_rows("SELECT fault FROM outbox")
    assert "IntegrityError" in fault
    assert WORD not in fault
    assert "the job fail failed" in caplog.text.lower()
    assert WORD not in caplog.text


def test_what_is_asked_for_in_a_link_is_in_no_log(own_paris: Instance, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    with TestClient(create_app(own_paris)) as client:
        for path in ("/en/account/reset/Clairvoile", "/en/account/invitation/Clairvoile", "/en/nowhere/Clairvoile"):
            client.get(path)
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("httpx")]
    assert [line for line in ours if "Clairvoile" in line] == []
