"""Figures carry the mark of their source where it is known, and pages say no more than that."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.practices.reading import SourceLine, figures
from lanzarote.types import Evidence
from lanzarote.web.voice import Voice
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

    assert len(told) == 4
    assert all(told)
    assert all(listed[int(number) - 1] == key for marks in told for key, number in marks)
    assert UNMARKED not in html


def test_a_page_says_so_where_the_source_of_a_figure_is_not_told_apart(client: TestClient[Any]) -> None:
    html = client.get("/en/paris/practices/helpline-119").text

    assert [row for row in rows(html) if 'class="cite"' in row] == []
    assert html.count(UNMARKED) == 1


@pytest.mark.parametrize(("count", "marks"), [(1, ((1, "s1"),)), (2, ())])
def test_of_a_practice_with_one_source_every_figure_is_from_there(paris: Instance, count: int, marks: Any) -> None:
    some = [
        SourceLine(id=f"s{number}", title=Markup(""), publisher=Markup(""), url="", read_on="")
        for number in range(1, count + 1)
    ]

    [figure] = figures(Voice(paris, "en", paris.header("paris")), [Evidence(value=54)], some)

    assert figure.sources == marks


@pytest.mark.parametrize("path", ["/en", "/en/paris"])
def test_no_page_promises_a_source_for_every_fact(client: TestClient[Any], path: str) -> None:
    html = client.get(path).text

    assert "Every fact says where it was read" not in html
    assert "lists the sources it was read in" in html
