"""The site: every link leads somewhere, nothing is asked for, the search finds a PLIE, an indicator and a rule."""

from __future__ import annotations

import posixpath
import re
import shutil
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser
from report_pages import violations
from rich.console import Console
from test_accessibility import RULES

from plie_warehouse.paths import DataFolder
from plie_warehouse.report import actions
from plie_warehouse.report.places import places
from plie_warehouse.report.published import opened
from plie_warehouse.report.site import _sheets, rendered, slug
from plie_warehouse.report.writing import write_sheets, write_site

QUIET = Console(quiet=True)


@pytest.fixture(scope="module")
def index(written, tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = DataFolder(tmp_path_factory.mktemp("site") / "data")
    shutil.copytree(written.data.root, data.root)
    write_sheets(data, 2021, ["59-09", "36-01", "OI-01"], False, QUIET)
    return write_site(data, QUIET)


def test_every_link_leads_somewhere(index: Path) -> None:
    folder, anchors, wanted = index.parent, {}, []
    for page in folder.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        name = page.relative_to(folder).as_posix()
        anchors[name] = {*re.findall(r'\bid="([^"]*)"', text)}
        wanted += [(name, unquote(link)) for link in re.findall(r'<a [^>]*?href="([^"]*)"', text)]
    assert len(wanted) > 1000
    broken = []
    for name, link in wanted:
        target, _, fragment = link.partition("#")
        if re.match(r"https?:", target):
            continue
        leads = posixpath.normpath(posixpath.join(posixpath.dirname(name), target)) if target else name
        if not (folder / leads).is_file() or (fragment and leads in anchors and fragment not in anchors[leads]):
            broken.append((name, link))
    assert not broken


def test_the_search_finds(index: Path, browser: Browser) -> None:
    asked: list[str] = []
    page = browser.new_page(viewport={"width": 320, "height": 800})
    page.on("request", lambda request: asked.append(request.url))
    page.goto(index.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    for words, kind in (
        ("59-09", "PLIE"),
        ("positive_rate_neutralised", "Indicateur"),
        ("d14", "Règle"),
        ("TAUX neutralisees", "Indicateur"),
        ("training_trainees structure_kind", "Indicateur"),
        ("acces au numerique", "Fiche action"),
        ("oi-01", "Organisme intermédiaire"),
    ):
        page.get_by_label("Un PLIE").fill(words)
        assert page.locator("#resultats li").filter(has_text=kind).count() >= 1, words
        assert re.match(r"\d+ résultats?", page.locator("#compte").inner_text())
    page.get_by_label("Un PLIE").fill("introuvable")
    assert page.locator("#resultats li").count() == 0 and page.locator("#compte").inner_text() == "0 résultat"
    assert not violations(page, RULES)
    page.get_by_label("Un PLIE").fill("59-09")
    page.locator("#resultats a").first.click()
    assert page.url.endswith("/sheets/2021/plie/59-09.html")
    page.goto((index.parent / "docs" / "rules.html").as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert not violations(page, RULES)
    assert not [url for url in asked if not url.startswith(("file:", "data:"))]
    page.close()


def test_the_catalogue_of_action_sheets(index: Path, browser: Browser) -> None:
    """Each sheet under its theme, with a link to the sheet of its PLIE where that is written; what it declares is not
    there (D72)."""
    text = (index.parent / "fiches-action.html").read_text(encoding="utf-8")
    assert '<a href="sheets/2021/plie/36-01.html">' in text and "FA-RHTPE" in text and "Image de soi" in text
    assert "Ordinateurs" not in text
    page = browser.new_page(viewport={"width": 320, "height": 800})
    page.goto((index.parent / "fiches-action.html").as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert not violations(page, RULES)
    page.close()


def test_themes_are_in_the_order_of_the_alphabet(monkeypatch: pytest.MonkeyPatch) -> None:
    """É among the E; sheets of no known theme last."""
    blank = dict.fromkeys(("starts_on", "ends_on"))
    given = [("Valoriser", "a"), (None, "b"), ("Égalité", "z"), ("Égalité", "É"), ("Accès", "c")]
    rows = [blank | {"theme_label_fr": theme, "title": title, "sheet_id": title} for theme, title in given]
    published = SimpleNamespace(optional_rows=lambda *_: rows)
    found = [(theme, [row["title"] for row in of]) for theme, of in actions.catalogue(published)]
    assert found == [("Accès", ["c"]), ("Égalité", ["É", "z"]), ("Valoriser", ["a"]), ("Thème non connu", ["b"])]


def test_a_sheet_is_listed_under_the_year_of_its_figures(written, tmp_path: Path) -> None:
    """A structure whose last figures are of the year before, once, though the folders of two years have its sheet."""
    with opened(written.data.serving) as published:
        place = next(one for one in places(published, 2021) if one.territory.kind == "structure")
        for year in (2021, 2022):
            path = tmp_path / "sheets" / str(year) / "structure" / f"{place.territory.code}.html"
            path.parent.mkdir(parents=True)
            path.touch()
        found = _sheets(tmp_path, published)
        years = {one.year for year in (2021, 2022) for one in places(published, year) if one[0] == place.territory}
    assert [one["year"] for one in found] == sorted(years, reverse=True)
    assert found[0]["page"].startswith("sheets/2022/")


def test_downloads_are_those_of_the_release(index: Path, written) -> None:
    there = index.parent / "downloads" / "plie_marts.duckdb"
    assert there.read_bytes() == written.data.serving.read_bytes()


def test_a_document_becomes_a_page() -> None:
    text = "<!-- x -->\n# Un `titre`\n\n[a](b.md#c) [src](../models/m.sql) [w](https://example.org)\n\n<script>x</script>\n\n|a|\n|-|\n|1|\n"
    title, body = rendered(text, "docs/a.md", {"docs/a.md", "docs/b.md"})
    assert title == "Un titre" and '<a href="b.html#c">a</a>' in body and "<span>src</span>" in body
    assert "<script>" not in body and '<a href="https://example.org">w</a>' in body and 'role="region"' in body
    assert slug("persons_in_parcours total plie-1") == "persons_in_parcours-total-plie-1"
