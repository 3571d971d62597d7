"""What is not right gives a clear error or a right page, never a broken one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest
from report_pages import copy_of
from rich.console import Console
from shared import Built

from plie_warehouse.paths import DataFolder
from plie_warehouse.report import ReportError, pages, places, published, sheets, site, svg
from plie_warehouse.report.places import SUPPLIERS
from plie_warehouse.report.published import Published, opened
from plie_warehouse.report.writing import write_report
from plie_warehouse.report.yearly_report import contents

QUIET = Console(quiet=True)
NAMES = {
    "quotes": "PLIE « L'Avenir » d'\"Ici\" & d'ailleurs",
    "script": "<script>alert(1)</script><b>PLIE</b>",
    "right_to_left": "بليي \u202eمرسيليا",
    "long": "PLIE " + "x" * 195,
}


@pytest.mark.parametrize("year", [1999, 2022, 2999])
def test_a_year_that_is_not_there(written, year: int) -> None:
    with pytest.raises(ReportError, match=rf"no figures of the PLIE for {year}; years that it has: 20"):
        write_report(written.data, year, QUIET)
    assert not (written.folder.parent / str(year)).exists()


def test_no_release(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="run make build first"):
        write_report(DataFolder(tmp_path), 2021, QUIET)


def test_a_release_that_fails_its_checksum(built: Built, tmp_path: Path) -> None:
    data = copy_of(built, tmp_path / "data")
    with duckdb.connect(str(data.serving)) as connection:
        connection.execute("update published.indicators set value = 1 where indicator_code = 'exits'")
    with pytest.raises(ReportError, match="not the file that its manifest describes"):
        write_report(data, 2021, QUIET)
    manifest = data.serving.with_name("manifest.json")
    manifest.write_text("{", encoding="utf-8")
    with pytest.raises(ReportError, match="no manifest of a release"):
        write_report(data, 2021, QUIET)
    assert not (data.serving.parent / "report").exists()


def test_every_table_that_a_page_reads_is_demanded_or_optional() -> None:
    """A table that a module reads and no list names would stop a page of an older release with an error of SQL."""
    modules = Path(published.__file__).parent.glob("*.py")
    nodes = [node for path in modules for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))]
    texts = [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    # The private warehouse, of own sheets, is the one that was released.
    texts = [text for text in texts if not re.search(r"\b(marts|quality)\.", text)]
    read = {name for text in texts for name in re.findall(r"(?:from|join|,) ((?:published|reference)\.\w+)\b", text)}
    assert {"published.oi_plie", "reference.glossary", "published.build_info"} <= read
    suppliers = {f"published.{table}" for table in SUPPLIERS.values()}
    assert read | suppliers == {*published.DEMANDED, *published.OPTIONAL}


@pytest.mark.parametrize("table", published.DEMANDED)
def test_a_release_without_a_table_that_is_demanded(written, tmp_path: Path, table: str) -> None:
    with (
        without(written, tmp_path, [table]) as connection,
        pytest.raises(ReportError, match=rf"no table {table}: .* run make build"),
    ):
        Published(connection)


def test_a_release_without_the_optional_tables(written, tmp_path: Path) -> None:
    """Report, sheets of every kind and site are made of what is there."""
    with without(written, tmp_path, published.OPTIONAL) as connection:
        release = Published(connection)
        assert "Consolidation des PLIE" in pages.html("report.html.jinja", contents(release, 2021))
        found = {place.territory.kind: place for place in places.places(release, 2021)}
        assert set(found) == {"plie", "structure", "region"}
        for place in found.values():
            assert place.territory.name in pages.html("sheet.html.jinja", sheets.contents(release, place))
        assert site.write_site(written.data, release, tmp_path) > 0
        assert not (tmp_path / site.ACTIONS).exists()


@contextmanager
def without(written, tmp_path: Path, tables: Iterable[str]) -> Iterator[duckdb.DuckDBPyConnection]:
    """A copy of the release without some tables."""
    copy = tmp_path / "plie_marts.duckdb"
    copy.write_bytes(written.data.serving.read_bytes())
    with duckdb.connect(str(copy)) as connection:
        for table in tables:
            connection.execute(f"drop table {table}")
        yield connection


def test_names_of_any_kind(written, tmp_path: Path) -> None:
    """In a list, a table and a map; nothing of a name is a tag, and the order of its letters stays in it."""
    copy = tmp_path / "plie_marts.duckdb"
    copy.write_bytes(written.data.serving.read_bytes())
    with duckdb.connect(str(copy)) as connection:
        codes = [code for (code,) in connection.execute(
            "select territory_code from published.dim_territory where territory_kind = 'plie' and territory_code in"
            " (select territory_code from published.plie_outcomes where reporting_year = 2021) order by 1 limit 4"
        ).fetchall()]  # fmt: skip
        assert len(codes) == len(NAMES)
        for code, name in zip(codes, NAMES.values(), strict=True):
            connection.execute(
                "update published.dim_territory set territory_name = ? where territory_code = ?", [name, code]
            )
        page = pages.html("report.html.jinja", contents(Published(connection), 2021))
    assert "<script" not in page and "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert f">{NAMES['right_to_left']}</bdi>" in page
    assert NAMES["long"].split()[1] in page
    drawing = svg.described(
        svg.bars([svg.Mark(name, 1, "1", "#a") for name in NAMES.values()]), "x", *2 * [NAMES["script"]]
    )
    assert "<script" not in drawing and drawing.count("x-") >= 4, "a long name is in lines"


def test_a_hidden_figure_in_the_middle_of_a_sentence(written, tmp_path: Path) -> None:
    copy = tmp_path / "plie_marts.duckdb"
    copy.write_bytes(written.data.serving.read_bytes())
    with duckdb.connect(str(copy)) as connection:
        connection.execute(
            "update published.indicators set value = null, status = 'masque_primaire' where territory_kind = 'national'"
            " and reporting_year = 2021 and indicator_code = 'positive_rate_raw' and cut = 'total'"
        )
        page = pages.html("report.html.jinja", contents(Published(connection), 2021))
    assert 'Taux de sorties positives brut\u00a0: <a class="f none"' in page and ">masqué</a>." in page


def test_nothing_is_fetched() -> None:
    with pytest.raises(ValueError, match="nothing is fetched"):
        pages.NothingFetched().fetch("https://example.org/police.woff2")


def test_the_same_release_gives_the_same_bytes(written) -> None:
    """Whatever the process hashes: sets and dictionaries of a second reading are others."""
    with opened(written.data.serving) as release:
        again = pages.html("report.html.jinja", contents(release, 2021))
    assert again == written.html
    short = '<html lang="fr"><title>x</title><h1>Un</h1><table><tr><td>1</td></tr></table></html>'
    assert pages.pdf(short, "x") == pages.pdf(short, "x")
