"""Keys and addresses are no way past the guard."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from lanzarote.instance import Instance
from lanzarote.web.texts import safe_html

from tests.core.api.programs import PARIS, Program, Programs
from tests.core.evaluation.piloting import REPORT
from tests.core.meetings.keeping import BODY
from tests.core.practices.signed_in import site_of

NUMBER = "184127645108946"
PHONE = "lea-martin-0612345678"


@pytest.fixture
def writer(own_paris: Instance) -> Iterator[Program]:
    with site_of(own_paris) as client:
        yield Programs(own_paris, client).of("contributor")


@pytest.mark.parametrize("room", ["criteria", "judges"])
@pytest.mark.parametrize("key", [f"n-{NUMBER}", PHONE])
def test_the_keys_of_an_evaluation_tell_of_nobody(writer: Program, room: str, key: str) -> None:
    report = deepcopy(REPORT)
    report[room][0]["key"] = key
    answer = writer.ask("POST", f"{PARIS}/team/evaluations", report)
    assert answer.status_code == 422, answer.text
    assert f"{room}[0].key" in answer.text
    assert key not in answer.text
    assert writer.ask("POST", f"{PARIS}/team/evaluations", REPORT).status_code == 201


@pytest.mark.parametrize(
    "told",
    [
        "?q=1%2084%2012%2076%20451%20089%2046", f"/{NUMBER}", f"?id={NUMBER}", "/lea.martin@gmail.com/x",
        "/lea.martin%40gmail.com", "?tel=06%2012%2034%2056%2078", "/0612345678",
    ],
)  # fmt: skip
def test_the_address_of_a_meeting_tells_of_nobody(writer: Program, told: str) -> None:
    answer = writer.ask("POST", f"{PARIS}/team/meetings", BODY | {"link": f"https://visio.example{told}"})
    assert answer.status_code == 422, answer.text
    assert '"link"' in answer.text


@pytest.mark.parametrize("room", ["/j/84123456789?pwd=a1B2c3", "/meet/groupe-lanzarote", "/r/ab4-xk9-2pq"])
def test_rooms_online_keep_their_numbers(writer: Program, room: str) -> None:
    body: dict[str, Any] = BODY | {"link": f"https://visio.example{room}"}
    answer = writer.ask("POST", f"{PARIS}/team/meetings", body)
    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize("address", ["//evil.example", "///evil.example", "/\\\\evil.example", "&#47;/evil.example"])
def test_no_link_looks_like_a_page_of_ours_and_leads_elsewhere(address: str) -> None:
    assert "<a" not in safe_html(f"[voir]({address})") or 'href="/%5C' in safe_html(f"[voir]({address})")
    assert 'href="https://a.example' in safe_html("[voir](https://a.example/)")
