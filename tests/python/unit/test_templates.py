"""The templates that suppliers fill in: what the contract says, and what the intake takes back."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from plie_warehouse.contract import KINDS, SUPPLIER_KINDS, load_kind
from plie_warehouse.intake.discover import Delivery, Landed
from plie_warehouse.intake.read import read
from plie_warehouse.paths import PROJECT
from plie_warehouse.templates import codes_of, dictionary, write_templates


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("templates")
    write_templates(made)
    return made


@pytest.mark.parametrize("kind", KINDS)
def test_sheets_headers_lists_and_help(folder: Path, kind: str) -> None:
    book = load_workbook(folder / f"modele_{kind}.xlsx")
    tables = load_kind(kind).tables
    assert book.sheetnames == [*(table.sheet for table in tables), "Aide", "Listes"]
    lists = {cell.value: cell.column_letter for cell in book["Listes"][1] if cell.value}
    said = {cell.value for row in book["Aide"].iter_rows() for cell in row}
    for table in tables:
        sheet = book[table.sheet]
        assert [cell.value for cell in sheet[1]] == [column.aliases[0] for column in table.columns]
        offered = {rule.formula1 for rule in sheet.data_validations.dataValidation if rule.type == "list"}
        for column in table.columns:
            assert column.description in said
            if column.code_list:
                letter = lists[column.code_list]
                assert f"Listes!${letter}$2:${letter}${len(codes_of(column.code_list)) + 1}" in offered


@pytest.mark.parametrize("kind", KINDS)
def test_a_template_filled_with_its_examples_is_read(folder: Path, tmp_path: Path, kind: str) -> None:
    book = load_workbook(folder / f"modele_{kind}.xlsx")
    for table in load_kind(kind).tables:
        book[table.sheet].append([column.example for column in table.columns])
    supplier = {"plie": "59-09", "clause": "CL-59-01"}.get(kind, kind)
    label = f"{kind}/{supplier}/2021" if kind in SUPPLIER_KINDS else f"{kind}/2021"
    path = tmp_path / label / "livraison.xlsx"
    path.parent.mkdir(parents=True)
    book.save(path)
    reading = read(Delivery(kind, supplier, 2021, label, (Landed(path, path.name),)))
    assert reading.findings == []
    assert {name: rows.lines for name, rows in reading.tables.items()} == {
        table.name: [2] for table in load_kind(kind).tables
    }
    for table in load_kind(kind).tables:
        for column in table.columns:
            assert reading.tables[table.name].columns[column.name] == [column.example], column.name


def test_an_empty_template_is_refused_not_misread(folder: Path) -> None:
    path = folder / "modele_plie.xlsx"
    reading = read(Delivery("plie", "59-09", 2021, "plie/59-09/2021", (Landed(path, path.name),)))
    assert [finding.check_id for finding in reading.findings] == ["STR-02"]


def test_the_dictionary_is_up_to_date() -> None:
    written = (PROJECT / "models" / "staging" / "input_dictionary.md").read_text(encoding="utf-8")
    assert written == dictionary(), "run plie contract"
