"""What the office's pages say of all regions together."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from lanzarote.app import create_app
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.facts.states import states
from lanzarote.instance import Instance
from lanzarote.office import desk, listing
from lanzarote.records.changelog import Served
from lanzarote.records.records import encode
from litestar.testing import TestClient

from tests.core.office import logs

if TYPE_CHECKING:
    from pathlib import Path

    from lanzarote.records.changelog import Saved

PAGES = ("", "/coverage", "/sectors", "/co-operation", "/trends", "/improvements", "/compare", "/regions", "/releases")
API = ("regions", "coverage", "sectors", "co-operation", "figures", "releases")


def client_of(instance: Instance) -> TestClient[Any]:
    return TestClient(create_app(instance), base_url="http://lanzarote.test")


def read(client: TestClient[Any], path: str, status: int = 200) -> str:
    answer = client.get(path, follow_redirects=False)
    assert answer.status_code == status, answer.text
    return str(answer.text)


def table(client: TestClient[Any], path: str) -> list[list[str]]:
    """The rows of a file of figures, from its heading on."""
    return [row for row in csv.reader(io.StringIO(read(client, path).removeprefix("\ufeff"))) if row]


def test_where_nobody_asked_for_an_office_there_is_none(sqlite_url: str, tmp_path: Path) -> None:
    env = {"LANZAROTE_DATABASE_URL": sqlite_url, "LANZAROTE_DATA": str(tmp_path)}
    with new_instance(read_settings(env)) as instance, client_of(instance) as client:
        for page in PAGES:
            read(client, f"/en/office{page}", 404)
        for resource in API:
            read(client, f"/api/v1/office/{resource}", 404)
        assert "/en/office" not in read(client, "/en")


def test_an_office_without_regions_says_what_to_do(empty_office: Instance) -> None:
    with client_of(empty_office) as client:
        for page in PAGES[:8]:
            assert "No region is here yet." in read(client, f"/en/office{page}")
            assert "Aucun territoire" in read(client, f"/fr/office{page}")
        assert "No figures have been frozen yet." in read(client, "/en/office/releases")
        assert '"/en/office"' in read(client, "/en")


def test_the_overview_counts_regions_states_and_practices(office: Instance) -> None:
    with client_of(office) as client:
        html = read(client, "/en/office")
        assert "invented" not in html
        assert [re.sub(r"\s+", " ", one) for one in re.findall(r"<strong>(\d+)</strong> <span>(?:[^<]*)", html)] == [
            "3",
            "3",
            "2",
            "1",
        ]
        rows = table(client, "/en/office?format=csv&table=common")
        counted = {row[0]: row[1] for row in rows[1:] if len(row) > 1}
        assert (counted["Education"], counted["Judicial authorities"], counted["Civil society"]) == ("2", "2", "1")
        states = {row[0]: row[1:3] for row in table(client, "/en/office?format=csv&table=states")}
        assert (states["France"], states["Italy"], states["Lithuania"]) == (["1", "2"], ["1", "1"], ["1", "0"])
        assert states["Ukraine"] == ["nobody yet", "unknown"]


def test_coverage_knows_three_kinds_of_empty(office: Instance) -> None:
    with client_of(office) as client:
        rows = table(client, "/en/office/coverage?format=csv")
        html = read(client, "/en/office/coverage")
    head = next(row for row in rows if row[0] == "Article")
    by_article = dict(zip(range(1, 51), rows[rows.index(head) + 1 :], strict=False))
    place = head.index("Paris")
    cells = {article: row[place : place + 2] for article, row in by_article.items()}
    assert cells[10] == ["1", "2"]
    assert cells[5] == ["0", "1"]
    assert cells[6] == ["1", "0"]
    assert (cells[16][0], cells[31][0], cells[32][0]) == ("none", "n/a", "unknown")
    assert {article for article, row in cells.items() if row[0] == "n/a"} == {1, 3, 31, *range(38, 51)}
    assert "No region can practise articles 1, 3, 38–50" in html
    assert "it is not an assessment of compliance" in html
    assert '<td class="cell none">' in html
    assert '<td class="cell not-applicable">' in html


def test_a_provision_counts_from_the_day_it_is_in_force_to_the_day_it_ends(office: Instance) -> None:
    from datetime import date

    from lanzarote.office import by_region, service

    logs.tell(
        office.database,
        "vilnius",
        [logs.told("vocabulary", "provision", logs.provisions("12", until=date(2031, 5, 31)))],
    )
    figures = service.figures(office.database, ["vilnius"], by_region.COVERAGE)
    on = {day: by_region.provisions_in_force(figures, day) for day in (date(2031, 5, 31), date(2031, 6, 1))}
    assert on == {date(2031, 5, 31): {"12": {"vilnius": 1}}, date(2031, 6, 1): {}}


def test_sectors_co_operate_where_partners_are_named(office: Instance) -> None:
    with client_of(office) as client:
        rows = {row[0]: row[1:] for row in table(client, "/en/office/co-operation?format=csv")}
        names = list(rows["Common sector"])
        assert rows["Judicial authorities"][names.index("Civil society")] == "2"
        assert rows["Education"][names.index("Judicial authorities")] == "0"
        assert rows["Education"][names.index("Education")] == "1"
        only = {row[0]: row[1:] for row in table(client, "/en/office/co-operation?region=paris&format=csv")}
        assert only["Judicial authorities"][names.index("Civil society")] == "1"


def test_what_groups_decided_stands_region_by_region(office: Instance) -> None:
    with client_of(office) as client:
        rows = {row[0]: row[1:] for row in table(client, "/en/office/improvements?format=csv&table=improvements")}
        assert rows["Paris"][:3] == ["1", "0", "0"]
        assert rows["Together"][:3] == ["1", "0", "1"]
        actions = {row[0]: row[1:5] for row in table(client, "/en/office/improvements?format=csv&table=actions")}
        assert actions["Paris"] == ["0", "1", "2", "0"]
        procedures = {row[0]: row[1:9] for row in table(client, "/en/office/improvements?format=csv&table=procedures")}
        assert procedures["Paris"] == ["1", "0", "0", "0", "0", "3", "3", "0"]


def test_regions_stand_side_by_side_without_ranks(office: Instance) -> None:
    with client_of(office) as client:
        html = read(client, "/en/office/compare?region=paris&region=napoli")
        rows = table(client, "/en/office/compare?region=paris&region=napoli&format=csv")
        assert next(row for row in rows if row[0] == "Counted") == ["Counted", "Napoli", "Paris"]
        assert "Choose one more region at least." in read(client, "/en/office/compare?region=paris")
    assert "More practices documented does not mean better protection" in html


def test_many_regions_are_chosen_by_state(office: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "MOST", 2)
    with client_of(office) as client:
        html = read(client, "/en/office/compare?region=paris")
        states = re.findall(r'<details class="office-of-state"( open)?><summary>(?:<[^>]+>)*(\w+)', html)
        assert states == [(" open", "France"), ("", "Italy"), ("", "Lithuania")]
        assert html.count('type="checkbox" name="region"') == 3
        assert "office-of-state" not in read(client, "/en/office/regions")


def test_each_region_says_whether_it_is_written_here(office: Instance) -> None:
    with client_of(office) as client:
        html = read(client, "/en/office/regions")
    assert html.count("Written here, since") == 2
    assert html.count("Received from elsewhere, here since") == 1
    assert html.count("A date that is missing was not found.") == 1


def test_the_day_from_which_the_convention_binds_is_known_of_all_members_but_one() -> None:
    assert [code for code, one in states().items() if one.cets201_in_force_on is None] == ["LI"]
    assert states()["FR"].cets201_in_force_on == date(2011, 1, 1)


def test_a_figure_leads_to_its_records(office: Instance) -> None:
    with client_of(office) as client:
        html = read(client, "/en/office/co-operation")
        [href] = set(re.findall(r'href="(/en/office/records\?of=pair[^"]*judicial[^"]*)"', html))
        behind = read(client, href.replace("&amp;", "&"))
        assert "2 records" in behind
        assert "The shared room" in behind
        assert "La stanza" in behind
        assert "A word at school" not in behind
        decided = read(client, "/en/office/records?of=improvement&a=not-adopted&b=&region=napoli")
        assert re.search(r'<li><p><a href="/en/napoli/improvements/[^"]+">', decided)
        for nothing in ("of=head", "of=pair&a=%25", "of=x&from=99999999"):
            assert "There is no longer any record behind this figure." in read(client, f"/en/office/records?{nothing}")


def rename(office: Instance, region_id: str, name: dict[str, str], territory: str = "LT-57") -> None:
    with office.database.write(region_id) as session:
        facts = encode(msgspec.structs.replace(logs.header(region_id, territory), name=name))
        session.get_one(Served, region_id).facts = facts


def test_formulas_are_disarmed_in_files(office: Instance) -> None:
    rename(office, "vilnius", {"en": "=1+1", "fr": "=1+1"})
    with client_of(office) as client:
        rows = table(client, "/en/office/sectors?format=csv")
    assert [row[0] for row in rows if "1+1" in row[0]] == ["'=1+1"]


def test_names_in_files_are_names_without_markup(office: Instance) -> None:
    rename(office, "vilnius", {"en": "D'Azur & <Sea>"})
    with client_of(office) as client:
        for page in ("sectors", "coverage"):
            words = [word for row in table(client, f"/fr/office/{page}?format=csv") for word in row]
            assert any("D'Azur & <Sea>" in word for word in words), page
            assert not [word for word in words if "span" in word or "&amp;" in word], page


def test_regions_stand_in_the_order_of_their_names_whatever_language_these_are_in(office: Instance) -> None:
    rename(office, "vilnius", {"en": "Zeta"})
    rename(office, "paris", {"en": "Paris", "fr": "Paris"}, "FR-75")
    rename(office, "napoli", {"en": "Napoli", "fr": "Naples"}, "IT-62")
    with client_of(office) as client:
        rows = table(client, "/fr/office/sectors?format=csv")
        assert [row[0] for row in rows if row[0] in ("Zeta", "Paris", "Naples")] == ["Naples", "Paris", "Zeta"]


def test_regions_that_are_called_the_same_are_told_apart_by_their_ids(office: Instance) -> None:
    rename(office, "vilnius", {"en": "PARIS"})
    rename(office, "paris", {"en": "Paris", "fr": "Paris, en France"}, "FR-75")
    with client_of(office) as client:
        for page in ("/compare", "/regions", "/reports/plenary", "/co-operation"):
            words = re.sub(r"<[^>]*>", "", read(client, f"/en/office{page}"))
            assert "Paris (paris)" in words, page
            assert "PARIS (vilnius)" in words, page
            assert "Napoli (" not in words, page
        names = [row[0] for row in table(client, "/en/office/sectors?format=csv")]
        assert [name for name in names if "paris" in name.lower()] == ["Paris (paris)", "PARIS (vilnius)"]
        assert "(vilnius)" not in read(client, "/fr/office/sectors?format=csv")


def test_an_article_in_a_file_has_its_number(office: Instance) -> None:
    with client_of(office) as client:
        articles = [row[0] for row in table(client, "/en/office/coverage?table=coverage&format=csv")]
    assert {"4 Principles", "10 National measures of co-ordination and collaboration"} <= set(articles)


def test_the_regions_can_be_taken_as_a_file(office: Instance) -> None:
    with client_of(office) as client:
        link = "/en/office/regions?state=FR&table=regions&format=csv"
        assert link in read(client, "/en/office/regions?state=FR").replace("&amp;", "&")
        rows = table(client, link)
        head = next(number for number, row in enumerate(rows) if row[0] == "Region")
        [paris] = rows[head + 1 : head + 2]
        told = dict(zip(rows[head], paris, strict=True))
        assert (told["Id of the region"], told["Name of the State"], told["ISO code"]) == ("paris", "France", "FR-75")
        assert (told["Written here or received"], told["Results are here since"]) == ("written here", "2031-01-01")
        assert (told["Practices"], told["Co-operation procedures"]) == ("2", "1")
        assert "Napoli" in [row[0] for row in table(client, "/en/office/regions?format=csv")]


def test_the_records_behind_a_figure_can_be_taken_as_a_file(office: Instance) -> None:
    many = [logs.told("practice", logs._id(n), logs.practice(slug=f"one-{n}")) for n in range(100, 160)]
    logs.tell(office.database, "vilnius", many)
    asked = "/en/office/records?of=practice&region=vilnius"
    with client_of(office) as client:
        link = f"{asked}&from=0&table=records&format=csv"
        assert link in read(client, f"{asked}&from=50").replace("&amp;", "&")
        rows = [row for row in table(client, link) if row[3:4] == ["vilnius"]]
        assert len(rows) == 60
        assert rows[0][4].endswith("/vilnius/practices/one-100")


def test_a_file_of_very_many_records_begins_where_its_page_does(
    office: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "MOST_IN_FILE", 20)
    many = [logs.told("practice", logs._id(n), logs.practice(slug=f"one-{n}")) for n in range(100, 160)]
    logs.tell(office.database, "vilnius", many)
    asked = "/en/office/records?of=practice&region=vilnius"
    with client_of(office) as client:
        page = read(client, f"{asked}&from=50").replace("&amp;", "&")
        assert "A file holds 20 records, from the first of this page on." in page
        rest = table(client, f"{asked}&from=50&table=records&format=csv")
        assert len([row for row in rest if row[3:4] == ["vilnius"]]) == 10


def test_a_report_says_where_nothing_was_decided_or_tried(empty_office: Instance) -> None:
    said = "No region has released an improvement, a procedure or an evaluated pilot yet."
    logs.add_region(empty_office.database, "vilnius", "LT-57")
    with client_of(empty_office) as client:
        assert said in read(client, "/en/office/reports/plenary")
        logs.tell(empty_office.database, "vilnius", [logs.told("improvement", logs._id(1), logs.improvement())])
        assert said not in read(client, "/en/office/reports/plenary")


def test_totals_of_years_lead_to_what_they_count(office: Instance) -> None:
    with client_of(office) as client:
        html = read(client, "/en/office/trends")
        hrefs = set(re.findall(r'href="(/en/office/records\?of=begun&amp;a=%2A[^"]*)">(\d+)<', html))
        assert hrefs
        for href, n in hrefs:
            assert f"{n} record" in read(client, href.replace("&amp;", "&"))


def test_figures_of_what_sources_do_not_state_lead_to_what_they_count(office: Instance) -> None:
    logs.tell(office.database, "paris", [logs.told("practice", logs._id(20), logs.practice())])
    with client_of(office) as client:
        html = read(client, "/en/office/trends").replace("&amp;", "&")
        [row] = re.findall(r"<tr><th scope=.row.>Not stated in the sources</th>.*?</tr>", html, re.DOTALL)
        links = re.findall(r'href="([^"]+)">(\d+)<', row)
        assert [n for _href, n in links] == ["1", "1"]
        for href, _n in links:
            assert "1 record" in read(client, href)
            assert "The shared room" not in read(client, href)


def test_the_second_part_of_a_list_is_about_the_same_figure(office: Instance) -> None:
    strong = [
        logs.told("practice", logs._id(n), logs.practice(started="2020", strength="effective")) for n in range(100, 160)
    ]
    logs.tell(office.database, "paris", strong)
    with client_of(office) as client:
        first = read(client, "/en/office/records?of=begun&a=*&b=effective").replace("&amp;", "&")
        [href] = set(re.findall(r'href="(/en/office/records\?[^"]*from=50[^"]*)"', first))
        assert "60 records" in first
        assert "60 records" in read(client, href)


@pytest.mark.parametrize("page", ["1", "2"])
def test_all_regions_are_counted_together_whichever_part_of_them_is_shown(office: Instance, page: str) -> None:
    for number in range(50):
        region_id = f"region-{number:02}"
        logs.add_region(office.database, region_id)
        logs.tell(office.database, region_id, [logs.told("improvement", logs._id(500 + number), logs.improvement())])
    with client_of(office) as client:
        rows = table(client, f"/en/office/improvements?page={page}&format=csv&table=improvements")
        assert next(row for row in rows if row[0] == "All regions together")[1:4] == ["51", "0", "1"]
        assert "51 records" in read(client, "/en/office/records?of=improvement&a=adopted")


def test_tables_of_a_report_show_fifty_regions_and_say_where_the_others_are(office: Instance) -> None:
    for number in range(50):
        region_id = f"region-{number:02}"
        logs.add_region(office.database, region_id)
        logs.tell(office.database, region_id, [logs.told("improvement", logs._id(500 + number), logs.improvement())])
    with client_of(office) as client:
        html = read(client, "/en/office/reports/plenary")
    for page in ("regions", "improvements"):
        assert f'href="http://lanzarote.test/en/office/{page}">50 of 53 regions are shown here' in html
    tables = re.findall(r"<table>.*?</table>", html, re.DOTALL)
    assert max(table.count("<tr>") - 1 for table in tables if "Region-" in table) <= 51
    [improvements] = [table for table in tables if "<caption>Improvements by state" in table]
    whole = improvements.partition("All regions together")[2]
    assert re.findall(r">(\d+)</a>", whole) == ["51", "1"]


def test_a_list_in_which_records_count_more_than_once_says_what_the_figure_counts(office: Instance) -> None:
    with client_of(office) as client:
        html = read(client, "/en/office/records?of=party&region=paris")
    assert "Region: Paris · 1 record · the figure counts 3 in it" in html


def test_what_the_map_counts_in_a_state_leads_to_it(office: Instance) -> None:
    logs.add_region(office.database, "lyon", "FR-69")
    with client_of(office) as client:
        html = read(client, "/en/office").replace("&amp;", "&")
        assert 'href="/en/office/regions?state=FR">2<' in html
        assert 'href="/en/office/records?of=practice&state=FR">2<' in html
        behind = read(client, "/en/office/records?of=practice&state=FR")
        assert ("State: France · 2 records" in behind, "La stanza" in behind) == (True, False)
        regions = read(client, "/en/office/regions?state=FR")
        assert [name in regions for name in ("Lyon", "Paris", "Napoli")] == [True, True, False]
        assert "Napoli" in read(client, "/en/office/regions?state=ZZ")


def test_every_number_has_a_link_to_what_it_counts(office: Instance) -> None:
    for region_id, number in (("paris", 800), ("napoli", 900)):
        logs.tell(office.database, region_id, _measured(number))
    pages = (*PAGES, "/compare?region=paris&region=napoli")
    with client_of(office) as client:
        for page in pages:
            html = read(client, f"/en/office{page}")
            assert _bare_numbers(html) == [], page
            for href in _linked_numbers(html):
                assert href.endswith(("/indicators/own", "/indicators/published")) or read(client, href), href
        assert '/paris/indicators/own">12</a>' in html


def _measured(number: int) -> list[Saved]:
    """An indicator that is counted in the same way everywhere, and one of the region's own."""
    return [
        logs.told(
            "indicator", logs._id(number), logs.indicator("published-practices", "practices", [12.0], slug="published")
        ),
        logs.told("indicator", logs._id(number + 1), logs.indicator(None, "practices", [12.0], slug="own")),
    ]


def _bare_numbers(html: str) -> list[str]:
    """Cells and figures that hold a number above nought outside a link."""
    places = re.findall(r"<td[^>]*>.*?</td>|<ul class=.(?:state|office-counts)\b.*?</ul>", html, re.DOTALL)
    bare = [re.sub(r"<a .*?</a>", "", place, flags=re.DOTALL) for place in places]
    return [one for one in bare if re.search(r"[1-9]", re.sub(r"<[^>]*>", "", one))]


def _linked_numbers(html: str) -> set[str]:
    cells = " ".join(re.findall(r"<td[^>]*>.*?</td>", html, re.DOTALL))
    return set(re.findall(r'href="([^"]+)"', cells.replace("&amp;", "&")))


def test_who_reads_figures_is_told_that_invented_regions_count(office: Instance) -> None:
    rename(office, "vilnius", {"en": "Nowhere"}, territory="XX")
    with client_of(office) as client:
        for page in ("", "/reports/plenary"):
            assert "1 of these regions is invented" in read(client, f"/en/office{page}")
        assert "Invented, of no State" in read(client, "/en/office/regions")


def test_the_api_tells_the_same(office: Instance) -> None:
    with client_of(office) as client:
        coverage = client.get("/api/v1/office/coverage?region=paris&limit=100").json()
        tenth = next(one for one in coverage["items"] if one["article"] == 10)
        assert tenth["regions"] == [{"region": "paris", "state": "some", "practices": 1, "provisions": 2}]
        sectors = client.get("/api/v1/office/sectors").json()["items"]
        assert {one["region"]: one["practices"] for one in sectors} == {"napoli": 1, "paris": 2, "vilnius": 0}
        partners = {one["sector"]: one for one in client.get("/api/v1/office/co-operation").json()["items"]}
        assert partners["judicial"]["together"]["civil-society"] == 2
        regions = {one["id"]: one for one in client.get("/api/v1/office/regions").json()["items"]}
        assert (regions["napoli"]["home"], regions["paris"]["procedures"]) == (False, 1)
        figures = client.get("/api/v1/office/figures?limit=100").json()
        assert {(one["measure"], one["n"]) for one in figures["items"]} >= {("practice", 3), ("pair", 2)}
        first = client.get("/api/v1/office/sectors")
        again = client.get("/api/v1/office/sectors", headers={"if-none-match": first.headers["etag"]})
        assert again.status_code == 304


def test_the_api_of_an_office_is_described_with_true_examples(office: Instance) -> None:
    from openapi_spec_validator import OpenAPIV31SpecValidator

    with client_of(office) as client:
        document = client.get("/api/v1/openapi.json").json()
        OpenAPIV31SpecValidator(document).validate()
        asked = {path: item["get"] for path, item in document["paths"].items() if "get" in item and "/office/" in path}
        ours = {path: operation for path, operation in asked.items() if operation["security"] == [{}]}
        assert len(ours) == 7
        for path, operation in ours.items():
            if "example" in operation["responses"]["200"]["content"]["application/json"]:
                answer = client.get(path, params={"limit": 1})
                assert answer.json() == operation["responses"]["200"]["content"]["application/json"]["example"], path


def test_a_hidden_region_counts_nowhere(office: Instance) -> None:
    from lanzarote.office import service

    office.enable("paris", on=False)
    totals = service.totals(office)
    assert (totals["practice", "", ""], totals["pilot", "extend", ""]) == (1, 0)
    with client_of(office) as client:
        assert "The shared room" not in read(client, "/en/office/records?of=practice")
        assert "Paris" not in read(client, "/en/office/coverage")
    office.enable("paris")
    assert service.totals(office)["practice", "", ""] == 3


@pytest.mark.parametrize("page", PAGES)
def test_the_queries_of_a_page_do_not_grow_with_its_regions(empty_office: Instance, page: str) -> None:
    def statements() -> int:
        seen: list[str] = []
        original = empty_office.database.each_row

        def counting(sql: str, *values: object) -> Any:
            seen.append(sql)
            return original(sql, *values)

        empty_office.database.each_row = counting  # type: ignore[method-assign]
        with client_of(empty_office) as client:
            read(client, f"/en/office{page}")
        empty_office.database.each_row = original  # type: ignore[method-assign]
        return len(seen)

    logs.add_region(empty_office.database, "first")
    logs.tell(empty_office.database, "first", [logs.told("practice", logs._id(1), logs.practice())])
    few = statements()
    for number in range(30):
        logs.add_region(empty_office.database, f"more-{number}")
    assert statements() <= few


def test_the_regions_of_one_state_lead_to_all_of_them(office: Instance) -> None:
    there = '<a href="/en/office/regions">All regions</a>'
    with client_of(office) as client:
        assert there in read(client, "/en/office/regions?state=FR")
        assert there not in read(client, "/en/office/regions")
