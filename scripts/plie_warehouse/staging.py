"""The files of the dbt project that are written out from the contract and committed: the staging models and their
YAML, the findings cell by cell, and the contract as a reference list. ``make contract`` writes them; a test compares
them."""

from __future__ import annotations

import csv
import io
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path

from plie_warehouse.contract import YEAR, Column, Kind, Table, load_contract
from plie_warehouse.paths import PROJECT

REGENERATE = "change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`"

# Type -> SQL of the typed value of a column, from its trimmed text.
_TYPED = {"text": "cleaned.delivered_{0}", "supplier": "upper(cleaned.delivered_{0})"}
# Names that the linter takes for keywords.
_NOQA = dict.fromkeys(("month", "name"), " -- noqa: RF04")
_CODED = {"boolean": "cast({0} as boolean)", "education_level": "cast({0} as integer)"}


def generated_files() -> dict[Path, str]:
    """Path -> content of each file that the contract decides."""
    contract = load_contract()
    tables = [table for kind in contract.values() for table in kind.tables]
    models = PROJECT / "models"
    files = {
        PROJECT / "seeds" / "reference" / "delivered_columns.csv": _columns_csv(tables),
        models / "intermediate" / "quality" / "int_cell_findings.sql": _findings_sql(tables),
    }
    for kind in contract.values():
        folder = models / "staging" / kind.name
        files[folder / f"_{kind.name}__staging.yml"] = _staging_yaml(kind)
        for table in kind.tables:
            files[folder / f"{_model(table)}.sql"] = _staging_sql(table)
    return files


def write_generated_files() -> list[Path]:
    """Write them; returns the paths of those that changed. Raises ``OSError``."""
    changed = []
    for path, content in generated_files().items():
        if not path.exists() or path.read_text(encoding="utf-8") != content:
            path.write_text(content, encoding="utf-8")
            changed.append(path)
    return changed


def _model(table: Table) -> str:
    return f"stg_{table.kind}__{table.name}"


def _head(comment: str) -> str:
    return f"{comment} Generated from the contract: {REGENERATE}.\n"


def _supplier(table: Table) -> str:
    """The column that says whose row it is; in a register of the network, the first code of what the row is about."""
    return next(column.name for column in table.columns if column.type == "supplier")


def _record_key(table: Table) -> list[str]:
    """The key without year and supplier; the supplier where nothing else is in it."""
    key = [name for name in table.key if name not in (YEAR, _supplier(table))]
    return key or [_supplier(table)]


def _names(columns: Iterable[str], indent: int) -> str:
    """A Jinja list of names, over lines of 120 characters where one does not hold them."""
    quoted = ", ".join(f"'{name}'" for name in columns)
    if len(quoted) < 70:
        return f"[{quoted}]"
    margin = " " * (indent + 4)
    lines = textwrap.fill(quoted + ",", 120, initial_indent=margin, subsequent_indent=margin)
    return f"[\n{lines}\n{' ' * indent}]"


def _typed(column: Column) -> str:
    """SQL of one typed column, read from the CTE ``cleaned`` and the codes joined to it."""
    if column.code_list:
        code = f"{{{{ national_code('{column.name}') }}}}"
        return _CODED.get(column.type, "{0}").format(code)
    if column.type in _TYPED:
        return _TYPED[column.type].format(column.name)
    return f"{{{{ parse_{column.type}('cleaned.delivered_{column.name}') }}}}"


def _staging_sql(table: Table) -> str:
    supplier, key = _supplier(table), _record_key(table)
    coded = [column for column in table.columns if column.code_list]
    months = [column.name for column in table.columns if column.name in key and column.type == "month"]
    texts = [column.name for column in table.columns if column.type == "text"]
    required_codes = [column.name for column in coded if column.required]
    required = [column.name for column in table.columns if column.required]
    helpers = ["source_file", "source_row", "delivery_year", "year_end", *(f"delivered_{name}" for name in texts)]
    as_delivered = f",\n            as_delivered={_names(months, 8)}" if months else ""
    look_ups = "".join(
        f"    {{{{ join_codes('{column.name}', '{column.code_list}', '{supplier}') }}}}\n" for column in coded
    )
    imports = "".join(
        f"{name} as (select * from {{{{ ref('stg_reference__{name}') }}}}),\n\n"
        for name in (("codes", "code_maps") if coded else ())
    )
    excluded = ", ".join(helpers)
    if len(excluded) > 100:
        excluded = f"\n{textwrap.indent(textwrap.fill(excluded, 110), ' ' * 12)}\n        "
    source = "deliveries" if table.kind == "plie" else f"deliveries_{table.kind}"
    return (
        _head("--")
        + f"-- {', '.join(table.rules)}: one row per delivered row; what cannot be read is null, its text beside it.\n"
        + f"{{% set columns = {_names(table.names, 0)} -%}}\n"
        + f"with {imports}cleaned as (\n"
        + f"    {{{{ cleaned_delivery(source('{source}', '{table.name}'), columns) }}}}\n),\n\n"
        + "typed as (\n    select\n"
        + "".join(
            f"        {_typed(column)} as {column.name},{_NOQA.get(column.name, '')}\n" for column in table.columns
        )
        + f"        cleaned.*\n    from cleaned\n{look_ups}),\n\n"
        + "final as (\n    select\n"
        + f"        '{table.name}' as source_table,\n"
        + "        source_file,\n        source_row,\n        delivery_year,\n"
        + f"        delivered_{supplier} as supplier_code,\n"
        + f"        {{{{ record_key({_names(key, 8)}{as_delivered}) }}}} as record_key,\n"
        + "        {{ record_hash(columns) }} as record_hash,\n"
        + f"        {{{{ defect({_names(required, 8)}, codes={_names(required_codes, 8)}) }}}} as defect,\n"
        + f"        * exclude ({excluded})\n    from typed\n)\n\nselect * from final\n"
    )


def _findings_sql(tables: list[Table]) -> str:
    return (
        _head("--")
        + "-- D1B: one row per bad cell of a delivered row.\n{{ config(materialized='view') }}\nwith final as (\n"
        + "\n    union all\n".join(_findings_of(table) for table in tables)
        + "\n)\n\nselect * from final\n"
    )


def _findings_of(table: Table) -> str:
    required = [column.name for column in table.columns if column.required]
    codes = [column.name for column in table.columns if column.code_list and column.type != "boolean"]
    values = [column.name for column in table.columns if column.type != "text" and column.name not in codes]
    return (
        f"    {{{{ cell_findings(\n        ref('{_model(table)}'),\n        required={_names(required, 8)},\n"
        f"        codes={_names(codes, 8)},\n        values={_names(values, 8)}\n    ) }}}}"
    )


def _text(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


# Column -> what it is, in the staging of every table.
_COMMON = {
    "source_table": "Name of the delivered table.",
    "source_file": "File that holds the row.",
    "source_row": "Line of the file that holds the row; the header is line 1.",
    "delivery_year": "Year of the delivery that holds the row; in the sample, that of the extraction date.",
    "supplier_code": "Whose row it is, as delivered.",
    "record_key": "Key of the row in its delivery, as text.",
    "record_hash": "Digest of what the row means: equal for two rows that say the same, in whatever format (D1B).",
    "defect": "Reason code when the row cannot be used at all, else null (D1B).",
}


def _staging_yaml(kind: Kind) -> str:
    return _head("#") + "version: 2\n\nmodels:\n" + "".join(_model_yaml(table) for table in kind.tables)


def _model_yaml(table: Table) -> str:
    described = {
        **_COMMON,
        **{column.name: f"{column.description} ({column.unit})" for column in table.columns},
        **{
            f"delivered_{column.name}": f"{column.name} as delivered, blanks trimmed."
            for column in table.columns
            if column.type != "text"
        },
    }
    return (
        f"  - name: {_model(table)}\n    description: >-\n"
        f"      One row per delivered row of {table.name}, nothing dropped. Each column is typed once, with the text\n"
        f"      as delivered beside it (delivered_..., but for texts). Rules: {', '.join(table.rules)}.\n"
        f"    config:\n      tags: [{', '.join(table.rules)}]\n    columns:\n"
        + "".join(f"      - {{name: {name}, description: {_text(text)}}}\n" for name, text in described.items())
    )


def _columns_csv(tables: list[Table]) -> str:
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(
        ["kind", "source_table", "column_name", "column_type", "unit", "code_list", "is_required", "key_position"]
    )
    writer.writerows(row for table in tables for row in _column_rows(table))
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
