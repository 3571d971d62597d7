"""The contract: complete, consistent with the reference lists and the sample, and the one that dbt reads."""

from __future__ import annotations

import csv
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from conftest import Built

from plie_warehouse.contract import KINDS, PATTERNS, SUPPLIER_KINDS, YEAR, Table, load_codes, load_contract, load_kind
from plie_warehouse.intake.delivered_headers import known_headers, normalised, read_header
from plie_warehouse.paths import PROJECT
from plie_warehouse.staging import REGENERATE, generated_files

TABLES = [table for kind in load_contract().values() for table in kind.tables]

by_name = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)


@by_name
def test_every_column_says_what_it_is(table: Table) -> None:
    lists = {code.code_list for code in load_codes()}
    for column in table.columns:
        assert column.description.endswith((".", "…")) and column.unit and column.feeds and column.example, column.name
        assert column.aliases, column.name
        assert column.code_list is None or column.code_list in lists, column.name
        assert (column.type in ("code", "boolean", "education_level")) == bool(column.code_list), column.name
        assert not column.key or column.required, f"{column.name}: a key that may be blank is no key"


@by_name
def test_its_own_examples_pass(table: Table) -> None:
    codes = {(code.code_list, code.spelling.lower()) for code in load_codes()}
    for column in table.columns:
        if column.code_list:
            assert (column.code_list, column.example.lower()) in codes, column.name
        elif column.type in PATTERNS:
            assert re.match(PATTERNS[column.type], column.example), column.name


@by_name
def test_links_and_orders_name_columns(table: Table) -> None:
    for link in table.links:
        assert set(link.columns) <= set(table.names)
        assert set(link.columns) <= set(load_kind(table.kind).table(link.table).names)
    for pair in table.date_orders:
        assert all(table.column(name).type == "date" for name in pair)


@by_name
def test_headers_stand_for_one_column(table: Table) -> None:
    known = known_headers(table)
    assert set(known.values()) == set(table.names)
    spelled = [f" {column.aliases[0].upper()} " for column in table.columns]
    header = read_header(table, spelled, "f.csv")
    assert (header.unknown, header.findings) == ({}, [])
    assert list(header.places) == table.names


def test_headers_whatever_the_spelling() -> None:
    assert {
        normalised(text) for text in ("Date d'entrée", "DATE D’ENTREE", "date_d_entrée ", "\ufeffDate  d'entrée")
    } == {"date d entree"}


def test_kinds_and_suppliers() -> None:
    assert tuple(load_contract()) == KINDS
    for kind in SUPPLIER_KINDS:
        for table in load_kind(kind).tables:
            assert table.supplier_column and YEAR in table.names


def test_a_header_for_two_columns_is_an_error() -> None:
    table = load_kind("survey").tables[0]
    first, second, *rest = table.columns
    doubled = Table(
        **{**vars(table), "columns": (first, type(second)(**{**vars(second), "aliases": first.aliases}), *rest)}
    )
    with pytest.raises(ValueError, match="two columns"):
        known_headers(doubled)


def test_a_date_is_a_day_that_exists() -> None:
    """The pattern against the calendar, both formats, in years that are leap, not, and not although divisible by 4."""
    pattern = re.compile(PATTERNS["date"])
    for year in (1900, 2000, 2020, 2021):
        for month in range(14):
            for day in range(33):
                try:
                    exists = bool(date(year, month, day))
                except ValueError:
                    exists = False
                assert bool(pattern.match(f"{year}-{month:02d}-{day:02d}")) == exists
                assert bool(pattern.match(f"{day:02d}/{month:02d}/{year}")) == exists
    for text in ("1/3/2021", "2021/03/01", "44256", "2021-03-01 10:00:00", "01-03-2021", "2021-03-01\n2"):
        assert not pattern.match(text), text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("84", "84.00"), ("84,25", "84.25"), ("84.2", "84.20"), ("84.250", None), ("-10,5", "-10.50"),
        ("0", "0.00"), ("999999999,99", "999999999.99"), ("84,251", None), ("84,2501", None), ("84,", None),
        (",5", None), ("1 200", None), ("1.200,50", None), ("84h15", None), ("1E3", None), ("+5", None),
        ("1000000000", None), ("", None),
    ],
)  # fmt: skip
def test_hours_are_exact_to_the_hundredth(text: str, value: str | None) -> None:
    """Never rounded, and 84.250 may be thousands: more than two decimals are none, zeros or not."""
    assert bool(re.match(PATTERNS["hours"], text)) == (value is not None)
    if value:
        assert Decimal(text.replace(",", ".")) == Decimal(value)


SAMPLE = sorted((PROJECT / "seeds" / "raw").glob("*/*.csv"))


def test_the_sample_has_every_table() -> None:
    assert {path.stem for path in SAMPLE} == {table.name for table in TABLES}


@pytest.mark.parametrize("path", SAMPLE, ids=lambda path: path.stem)
def test_the_sample_has_the_columns_of_the_contract(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        table = load_kind(path.parent.name).table(path.stem)
        assert next(csv.reader(file)) == table.names


def test_dbt_reads_the_same_contract(built: Built) -> None:
    sources = {
        source["name"]: source
        for source in built.manifest["sources"].values()
        if source["source_name"].startswith("deliveries")
    }
    assert set(sources) == {table.name for table in TABLES}
    for table in TABLES:
        assert list(sources[table.name]["columns"]) == table.names
        for column in table.columns:
            meta = sources[table.name]["columns"][column.name]["config"]["meta"]
            assert (meta["type"], meta.get("required", False)) == (column.type, column.required)


GENERATED = generated_files()


@pytest.mark.parametrize("path", GENERATED, ids=lambda path: path.name)
def test_what_is_written_out_from_the_contract_is_up_to_date(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == GENERATED[path], REGENERATE
