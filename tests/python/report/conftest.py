"""One report of the sample and one browser for all tests of the report."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

import duckdb
import pytest
from report_pages import INSTALL, YEAR, Written, copy_of
from rich.console import Console
from shared import Built, made_once

from plie_warehouse.paths import DataFolder
from plie_warehouse.report.typography import exact, typeset
from plie_warehouse.superset.server import chromium

# Tables of ``quoted`` that are in the schema of that name; the others are reference lists.
PUBLISHED = ("printed_comparison", "dim_territory", "dim_plie", "historical_results", "action_sheets")


@pytest.fixture(scope="session")
def written(built: Built) -> Written:
    """The report of the sample, made once for both workers; no test changes what is in its folder."""
    from plie_warehouse.report.writing import write_report

    folder = made_once("report", lambda made: write_report(copy_of(built, made / "data"), YEAR, Console(quiet=True)))
    return Written(DataFolder(folder / "data"))


@pytest.fixture(scope="session")
def released(built: Built) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(built.serving), read_only=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def browser() -> Iterator:
    """Chromium of the system."""
    from playwright.sync_api import sync_playwright

    path = chromium()
    if path is None:
        pytest.skip(f"no Chromium on this machine: {INSTALL}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def quoted(released: duckdb.DuckDBPyConnection) -> dict[str, set[str]]:
    """The texts of the release that a page may quote, with the numbers in them: table and column -> texts."""
    columns = {
        "publication_statuses": ("explanation_fr",), "rules": ("label_fr", "statement_fr"),
        "measures": ("label_fr", "definition_fr"), "glossary": ("term_fr", "definition_fr"),
        "parameters": ("value", "unit", "source"),
        "printed_comparison": (
            "document", "label_fr", "explanation_fr", "printed_value", "our_value", "scope", "section",
        ),
        "dim_territory": ("territory_name",), "dim_plie": ("town",), "historical_results": ("source",),
        "action_sheets": ("title", "theme_label_fr", "plie_name", "partners"),
    }  # fmt: skip
    found: dict[str, set[str]] = {}
    for table, names in columns.items():
        schema = "published" if table in PUBLISHED else "reference"
        for name in names:
            values = {
                value for (value,) in released.execute(f"select distinct {name} from {schema}.{table}").fetchall()
            }
            shown = {exact(Fraction(value)) if isinstance(value, Decimal) else str(value) for value in values if value}
            found[f"{table}.{name}"] = {typeset(text).strip() for text in shown} | {"–", "0", "None"}
    return found
