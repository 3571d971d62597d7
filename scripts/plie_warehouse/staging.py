"""The files of the dbt project that are written out from the contract and committed: the staging models and their
YAML, the findings cell by cell, and the contract as a reference list. ``make contract`` writes them; a test compares
them."""

from __future__ import annotations

import csv
import io
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path

from plie_warehouse import activity_models
from plie_warehouse.contract import YEAR, Column, Table, load_contract
from plie_warehouse.paths import PROJECT
from plie_warehouse.text import render

REGENERATE = "change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`"


def generated_files() -> dict[Path, str]:
    """Path -> content of each file that the contract decides."""
    contract = load_contract()
    tables = [table for kind in contract.values() for table in kind.tables]
    models = PROJECT / "models"
    files = {
        PROJECT / "seeds" / "reference" / "delivered_columns.csv": _columns_csv(tables),
        PROJECT / "seeds" / "reference" / "delivered_tables.csv": _tables_csv(tables),
        models / "intermediate" / "quality" / "int_cell_findings.sql": render(
            "cell_findings.sql", regenerate=REGENERATE, tables=[_findings_of(table) for table in tables], names=_names
        ),
    }
    for kind in contract.values():
        folder = models / "staging" / kind.name
        files[folder / f"_{kind.name}__staging.yml"] = render("staging.yml", regenerate=REGENERATE, kind=kind)
        for table in kind.tables:
            files[folder / f"{_model(table)}.sql"] = _staging_sql(table)
    return files | activity_models.generated_files()


def write_generated_files() -> list[Path]:
    """Write them; returns the paths of those that changed. Raises ``OSError``."""
    changed = []
    for path, content in generated_files().items():
        if not path.exists() or path.read_text(encoding="utf-8") != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
            changed.append(path)
    return changed


def _model(table: Table) -> str:
    return f"stg_{table.kind}__{table.name}"


def _supplier(table: Table) -> str:
    """The column that says whose row it is; in a register of the network, the first code of what the row is about."""
    suppliers = [column.name for column in table.columns if column.type == "supplier"]
    return next(iter([*suppliers, *(name for name in table.key if name != YEAR)]))


def _record_key(table: Table) -> list[str]:
    """The key without year and supplier; the supplier where nothing else is in it."""
    key = [name for name in table.local_key if name != _supplier(table)]
    return key or [_supplier(table)]


def _names(columns: Iterable[str], indent: int) -> str:
    """A Jinja list of names, over lines of 120 characters where one does not hold them."""
    quoted = ", ".join(f"'{name}'" for name in columns)
    if len(quoted) < 70:
        return f"[{quoted}]"
    margin = " " * (indent + 4)
    lines = textwrap.fill(quoted + ",", 120, initial_indent=margin, subsequent_indent=margin)
    return f"[\n{lines}\n{' ' * indent}]"


def _column(column: Column) -> str:
    """How a staging model says what a column is: its type, its code list, whether it is required."""
    said = [f"'type': '{column.type}'"]
    said += [f"'code_list': '{column.code_list}'"] if column.code_list else []
    said += ["'required': true"] if column.required else []
    return f"        '{column.name}': {{{', '.join(said)}}},\n"


def _staging_sql(table: Table) -> str:
    source = "deliveries" if table.kind == "plie" else f"deliveries_{table.kind}"
    return (
        f"-- Generated from the contract: {REGENERATE}.\n"
        + f"-- {', '.join(table.rules)}: one row per delivered row; what cannot be read is null, its text is kept.\n"
        + f"{{{{ staged_delivery(\n    source('{source}', '{table.name}'), '{table.name}', '{_supplier(table)}',\n"
        + f"    key={_names(_record_key(table), 4)},\n    columns={{\n"
        + "".join(_column(column) for column in table.columns)
        + "    }\n) }}\n"
    )


def _findings_of(table: Table) -> dict[str, str | list[str]]:
    codes = [column.name for column in table.columns if column.code_list and column.type != "boolean"]
    return {
        "model": _model(table),
        "required": [column.name for column in table.columns if column.required],
        "codes": codes,
        "values": [column.name for column in table.columns if column.type != "text" and column.name not in codes],
    }


def _columns_csv(tables: list[Table]) -> str:
    header = ["kind", "source_table", "column_name", "column_type", "unit", "code_list", "is_required", "key_position"]
    return _csv(header, (row for table in tables for row in _column_rows(table)))


def _tables_csv(tables: list[Table]) -> str:
    rows = ([table.kind, table.name, str(table.may_be_absent).lower()] for table in tables)
    return _csv(["kind", "source_table", "may_be_absent"], rows)


def _csv(header: list[str], rows: Iterable[list[str]]) -> str:
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return written.getvalue()


def _column_rows(table: Table) -> Iterator[list[str]]:
    key = _record_key(table)
    for column in table.columns:
        position = str(key.index(column.name) + 1) if column.name in key else ""
        yield [
            table.kind,
            table.name,
            column.name,
            column.type,
            column.unit,
            column.code_list or "",
            str(column.required).lower(),
            position,
        ]
