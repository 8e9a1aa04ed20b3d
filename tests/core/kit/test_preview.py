"""The preview shows the folder as it is edited; what is wrong with it stands on the page, and nothing dies of it."""

from __future__ import annotations

import os
import re
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest
import uvicorn
from lanzarote.kit.preview import Preview, Watched, _welcome
from lanzarote.web.limits import POLICY
from litestar.testing import TestClient
from msgspec import Struct

from tests.core.regions.sound import SOUND, changed, write

if TYPE_CHECKING:
    from playwright.sync_api import Page

HOME = "/en/test"
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
BAD = changed("sectors.toml", 'common = ["judicial"]', 'common = ["justice"]')
TOLD = "sectors.toml:4: courts.common: &#x27;justice&#x27; is no common sector"


class Editor(Struct, frozen=True):
    """Somebody who edits the folder and looks at the preview."""

    folder: Path
    place: Path
    client: TestClient[Any]

    def save(self, name: str, text: str) -> None:
        (self.folder / name).parent.mkdir(exist_ok=True)
        (self.folder / name).write_text(text, "utf-8")

    def page(self, address: str = HOME, status: int = 200, headers: dict[str, str] | None = None) -> str:
        answer = self.client.get(address, headers=headers)
        assert answer.status_code == status, answer.text[:300]
        return answer.text

    def state(self) -> str:
        return self.page("/-preview/state")


@pytest.fixture
def editor(tmp_path: Path) -> Iterator[Editor]:
    folder, place = write(tmp_path / "region", dict(SOUND)), tmp_path / "place"
    place.mkdir()
    watched = Watched(folder, [], place)
    app: Any = Preview(watched, folder)
    with TestClient(app, base_url="http://127.0.0.1") as client:
        yield Editor(folder, place, client)
    watched.close()
    assert [entry.name for entry in place.iterdir() if entry.is_dir()] == []


def test_a_saved_file_is_seen_on_the_next_page(editor: Editor) -> None:
    assert "Courts" in editor.page(f"{HOME}/sectors")
    editor.save("sectors.toml", SOUND["sectors.toml"].replace('"Courts"', '"Tribunals of all kinds"'))
    assert "Tribunals of all kinds" in editor.page(f"{HOME}/sectors")
    assert "folder-faults" not in editor.page(f"{HOME}/sectors")


def test_a_practice_appears_and_goes_with_its_file(editor: Editor) -> None:
    [name] = [name for name in SOUND if name.startswith("practices/")]
    key = Path(name).stem
    assert editor.client.get(f"{HOME}/practices/{key}").status_code == 200
    (editor.folder / name).rename(editor.folder / "practices" / "other-name.toml")
    assert editor.client.get(f"{HOME}/practices/{key}").status_code == 404
    assert editor.client.get(f"{HOME}/practices/other-name").status_code == 200


def test_an_open_page_leads_to_where_the_region_is_when_its_id_changes(editor: Editor) -> None:
    editor.page(f"{HOME}/sectors")
    editor.save("region.toml", changed("region.toml", 'id = "test"', 'id = "other"'))
    moved = editor.client.get(f"{HOME}/sectors", follow_redirects=False)
    assert (moved.status_code, moved.headers["location"]) == (307, "/en/other/sectors")
    assert "Courts" in editor.page(f"{HOME}/sectors")
    assert editor.client.get("/en/third").status_code == 404
    editor.save("region.toml", SOUND["region.toml"])
    assert "Courts" in editor.page("/en/other/sectors")
    assert editor.client.get(HOME, follow_redirects=False).status_code == 200


def test_a_fault_stands_above_the_last_page_that_could_be_shown(editor: Editor) -> None:
    editor.page()
    editor.save("sectors.toml", BAD)
    page = editor.page(f"{HOME}/sectors")
    assert TOLD in page
    assert "1 fault to mend in" in page
    assert re.search(r"below is how it was at \d\d:\d\d:\d\d", page)
    assert page.index("folder-faults") < page.index("<main") < page.index("Courts")
    assert TOLD in editor.page(f"{HOME}/nowhere", 404)


def test_when_it_is_mended_the_fault_goes(editor: Editor) -> None:
    editor.page()
    editor.save("sectors.toml", BAD)
    assert TOLD in editor.page()
    editor.save("sectors.toml", SOUND["sectors.toml"])
    assert "folder-faults" not in editor.page()


@pytest.mark.parametrize("text", ["[courts", 'name = "', "\udcff".encode("utf-8", "surrogateescape"), ""])
def test_half_a_file_kills_nothing(editor: Editor, text: str | bytes) -> None:
    editor.page()
    (editor.folder / "region.toml").write_bytes(text if isinstance(text, bytes) else text.encode())
    assert "region.toml" in editor.page()


def test_a_folder_that_is_gone_kills_nothing(editor: Editor) -> None:
    editor.page()
    editor.folder.rename(editor.folder.with_name("elsewhere"))
    assert "is not a folder" in editor.page()
    editor.folder.with_name("elsewhere").rename(editor.folder)
    assert "folder-faults" not in editor.page()


def test_before_it_could_ever_be_shown_the_faults_are_all_there_is(editor: Editor) -> None:
    editor.save("sectors.toml", BAD)
    page = editor.page(status=503)
    assert TOLD in page
    assert "Nothing to show yet" in page
    editor.save("sectors.toml", SOUND["sectors.toml"])
    assert "Courts" in editor.page(f"{HOME}/sectors")


def test_warnings_are_told_and_hide_nothing(editor: Editor) -> None:
    editor.save("organisation.toml", "")
    page = editor.page()
    assert "1 warning" in page
    assert "did you mean organisations.toml?" in page


def test_what_is_exempt_is_told_where_the_preview_begins_and_no_warning(tmp_path: Path) -> None:
    reason = "The map is kept beside the facts for the editors, and everybody knows."
    quality = f'[exempt.nothing-unread]\nreason = "{reason}"\n'
    folder = write(tmp_path / "region", {**SOUND, "map.png": "", "quality.toml": quality})
    (place := tmp_path / "place").mkdir()
    watched = Watched(folder, [], place)
    told = _welcome(watched, folder, "http://127.0.0.1:1").splitlines()
    assert [line for line in told if "map.png" in line] == [line for line in told if line.startswith("exempt: ")]
    assert [line for line in told if line.startswith("warning: ")] == []
    app: Any = Preview(watched, folder)
    with TestClient(app, base_url="http://127.0.0.1") as client:
        assert "map.png" not in client.get(HOME).text
    watched.close()


def test_what_a_file_says_is_text_and_no_html(editor: Editor) -> None:
    editor.page()
    editor.save("sectors.toml", SOUND["sectors.toml"].replace('"public"', '"<img src=x>"'))
    page = editor.page()
    assert "<img src=x>" not in page
    assert "&lt;img src=x&gt;" in page


def test_a_page_asks_whether_anything_changed_with_a_script_of_its_own(editor: Editor) -> None:
    answer = editor.client.get(HOME)
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["cache-control"] == "no-store"
    assert "etag" not in answer.headers
    [script] = re.findall(r"<script(?! type=)[^>]*preview[^>]*>(.*?)</script>", answer.text)
    assert script == ""
    assert f'data-state="{editor.state()}"' in answer.text
    before = editor.state()
    assert editor.state() == before
    editor.save("sectors.toml", BAD)
    assert editor.state() != before
    for name in ("preview.js", "preview.css"):
        answer = editor.client.get(f"/-preview/{name}")
        assert (answer.status_code, answer.headers["content-security-policy"]) == (200, POLICY)


def test_what_is_no_page_is_passed_on_as_it_is(editor: Editor) -> None:
    assert editor.client.get("/api/v1/regions/test").json()["id"] == "test"
    answer = editor.client.get(f"{HOME}/practices?format=csv")
    assert "preview.js" not in answer.text
    assert editor.client.head(HOME).text == ""


def test_a_page_that_the_browser_knows_is_sent_again(editor: Editor) -> None:
    assert "Test" in editor.page(headers={"if-none-match": "*", "accept-encoding": "gzip"})


def test_only_the_last_state_is_kept(editor: Editor) -> None:
    for number in range(4):
        editor.save("sectors.toml", f"{SOUND['sectors.toml']}# {number}\n")
        editor.page()
    assert len([entry for entry in editor.place.iterdir() if entry.is_dir()]) == 1


@pytest.fixture
def address(editor: Editor) -> Iterator[str]:
    """Where a browser sees the preview."""
    app: Any = editor.client.app
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join(10)


def test_an_open_page_follows_the_folder_by_itself(page: Page, editor: Editor, address: str) -> None:
    page.goto(f"{address}{HOME}/sectors")
    editor.save("sectors.toml", SOUND["sectors.toml"].replace('"Courts"', '"Tribunals"'))
    page.get_by_role("link", name="Tribunals").first.wait_for()
    editor.save("sectors.toml", BAD)
    page.get_by_text("is no common sector").wait_for()
    assert page.get_by_role("complementary", name="Faults of the folder").is_visible()
    assert page.get_by_role("link", name="Tribunals").first.is_visible()
    editor.save("sectors.toml", SOUND["sectors.toml"])
    page.get_by_role("link", name="Courts").first.wait_for()
    assert page.locator(".folder-faults").count() == 0


def test_without_scripts_a_page_is_loaded_by_hand(page: Page, editor: Editor, address: str) -> None:
    context = page.context.browser.new_context(java_script_enabled=False)  # type: ignore[union-attr]
    with context:
        plain = context.new_page()
        plain.goto(f"{address}{HOME}/sectors")
        editor.save("sectors.toml", BAD)
        plain.reload()
        assert plain.get_by_text("is no common sector").is_visible()


def test_the_strip_can_be_read_in_light_and_dark(page: Page, editor: Editor, address: str) -> None:
    from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]

    page.goto(f"{address}{HOME}")
    editor.save("sectors.toml", BAD)
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        page.goto(f"{address}{HOME}")
        assert page.locator(".folder-faults").is_visible()
        assert Axe().run(page).response["violations"] == []
    if folder := os.environ.get("LZ_PICTURES"):
        page.screenshot(path=f"{folder}/preview.png")
