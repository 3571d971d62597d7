"""What the tests of the report share: one report of the sample, one browser; and what they say when a part is missing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import pytest
from rich.console import Console
from shared import Built

from plie_warehouse.paths import DataFolder
from plie_warehouse.report.typography import exact, typeset
from plie_warehouse.superset.server import chromium

INSTALL = "run scripts/install_system_parts.sh, then make report-tests"

try:
    from playwright.sync_api import Browser, sync_playwright

    from plie_warehouse.report.writing import write_report
except Exception as missing:
    # Left out here with a word, failed under CI (conftest.py of the folder above).
    pytest.skip(f"what writes the report is missing ({missing}): {INSTALL}", allow_module_level=True)

YEAR = 2021


@dataclass(frozen=True)
class Written:
    """A written report and the release that it was written from."""

    data: DataFolder

    @property
    def folder(self) -> Path:
        return self.data.serving.parent / "report" / str(YEAR)

    @cached_property
    def html(self) -> str:
        return (self.folder / "report.html").read_text(encoding="utf-8")

    @cached_property
    def json(self) -> dict[str, Any]:
        return json.loads((self.folder / "report.json").read_text(encoding="utf-8"))


def copy_of(built: Built, folder: Path) -> DataFolder:
    """The release of the sample in a data folder of its own."""
    data = DataFolder(folder)
    data.serving.parent.mkdir(parents=True)
    for name in ("plie_marts.duckdb", "manifest.json"):
        shutil.copyfile(built.serving.with_name(name), data.serving.with_name(name))
    return data


@pytest.fixture(scope="session")
def written(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Written:
    data = copy_of(built, tmp_path_factory.mktemp("report") / "data")
    write_report(data, YEAR, Console(quiet=True))
    return Written(data)


@pytest.fixture(scope="session")
def released(built: Built) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(built.serving), read_only=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium of the system, that reaches nothing."""
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
        "printed_comparison": ("document", "label_fr", "explanation_fr", "printed_value", "our_value"),
        "dim_territory": ("territory_name",), "dim_plie": ("town",),
    }  # fmt: skip
    found: dict[str, set[str]] = {}
    for table, names in columns.items():
        schema = "published" if table in ("printed_comparison", "dim_territory", "dim_plie") else "reference"
        for name in names:
            values = {value for (value,) in released.execute(f"select distinct {name} from {schema}.{table}").fetchall()}
            shown = {exact(Fraction(value)) if isinstance(value, Decimal) else str(value) for value in values if value}
            found[f"{table}.{name}"] = {typeset(text).strip() for text in shown} | {"–", "0", "None"}
    return found
