"""Figures carry the mark of their source where it is known, and pages say no more than that."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.practices import service
from lanzarote.practices.reading import SourceLine, figures
from lanzarote.types import Evidence
from lanzarote.web.labels import Voice
from markupsafe import Markup

if TYPE_CHECKING:
    from lanzarote.instance import Instance
    from litestar.testing import TestClient

UNMARKED = "A figure without a mark was read in one of the sources listed below."


def rows(html: str) -> list[str]:
    table = html.partition('<table class="figures">')[2].partition("</table>")[0]
    return re.findall(r"<tr><td>.*?</tr>", table, re.DOTALL)


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_each_mark_leads_to_its_source_in_the_list(client: TestClient[Any], lang: str) -> None:
    html = client.get(f"/{lang}/paris/practices/hospital-cells-2014").text
    listed = re.findall(r'<li id="(source-[^"]+)">', html)

    told = [re.findall(r'href="#(source-[^"]+)"><span[^>]*>[^<]*</span>(\d+)<', row) for row in rows(html)]

    assert len(told) == 6
    assert all(told)
    assert all(listed[int(number) - 1] == key for marks in told for key, number in marks)
    assert UNMARKED not in html


def test_a_page_says_so_where_the_source_of_a_figure_is_not_told_apart(client: TestClient[Any]) -> None:
    html = client.get("/en/paris/practices/helpline-119").text

    assert [row for row in rows(html) if 'class="cite"' not in row] != []
    assert html.count(UNMARKED) == 1


@pytest.mark.parametrize(("count", "marks"), [(1, ((1, "s1"),)), (2, ())])
def test_of_a_practice_with_one_source_every_figure_is_from_there(paris: Instance, count: int, marks: Any) -> None:
    some = [
        SourceLine(id=f"s{number}", title=Markup(""), publisher=Markup(""), url="", read_on="")
        for number in range(1, count + 1)
    ]

    [figure] = figures(Voice(paris, "en", paris.header("paris")), [Evidence(value=54)], some)

    assert figure.sources == marks


def part(html: str, field: str) -> str:
    return html.partition(f'<section class="stated" id="{field}">')[2].partition("</section>")[0]


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_each_field_leads_to_the_sources_that_say_it(paris: Instance, client: TestClient[Any], lang: str) -> None:
    document = service.decode(service.document(paris.database, "paris", "hospital-cells-2014"))
    html = client.get(f"/{lang}/paris/practices/hospital-cells-2014").text
    for field, keys in document.field_sources.items():
        if field in ("summary", "partners", "running"):
            continue
        marks = re.findall(r'href="#source-([^"]+)"', part(html, field))
        assert sorted(marks) == sorted(keys)
    lede = html.partition('<div class="lede">')[2].partition("</div>")[0]
    assert sorted(re.findall(r'href="#source-([^"]+)"', lede)) == sorted(document.field_sources["summary"])
    assert all(f'id="source-{key}"' in html for keys in document.field_sources.values() for key in keys)


def test_what_is_drawn_from_the_sources_says_so(client: TestClient[Any]) -> None:
    html = client.get("/en/paris/practices/hospital-cells-2014").text
    assert "In whole or in part a conclusion drawn from these sources" in part(html, "transfer")
    assert html.count("conclusion drawn") == 1


def test_once_a_page_says_that_no_evaluated_effect_is_published(client: TestClient[Any]) -> None:
    said = "No evaluated effect on children is published in the sources read."
    assert client.get("/en/paris/practices/uaped").text.count(said) == 1


@pytest.mark.parametrize("path", ["/en", "/en/paris"])
def test_no_page_promises_a_source_for_every_fact(client: TestClient[Any], path: str) -> None:
    html = client.get(path).text

    assert "Every fact says where it was read" not in html
    assert "lists the sources it was read in" in html
