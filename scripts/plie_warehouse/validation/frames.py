"""Read what the validation needs out of the warehouse file, as typed pandas frames.

Only staged rows, reference lists, marts and quality tables are read: never an intermediate model, so that a
fault there cannot reach the second calculation of the rules.

Types are the same everywhere: text is ``object`` with ``None``, whole numbers ``Int64``, booleans
``boolean``, dates ``datetime64[us]`` with ``NaT``, decimals text exactly as DuckDB writes them (a binary
float would blur a rate).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from plie_warehouse.errors import PlieError

YEAR = "reporting_year"
TERRITORY_KEY = [YEAR, "territory_kind", "territory_code"]

PLIE = "plie_code"
PARCOURS_KEY = [YEAR, PLIE, "participant_id", "parcours_no"]
STEP_KEY = [YEAR, PLIE, "step_id"]

STRUCTURE = "structure_code"
LOT_KEY = [YEAR, STRUCTURE, "buyer_id", "procurement_id", "lot_no"]
BENEFICIARY_KEY = [YEAR, STRUCTURE, "beneficiary_id"]
CONTRACT_KEY = [YEAR, STRUCTURE, "work_contract_id"]
HOURS_KEY = [*CONTRACT_KEY, "buyer_id", "procurement_id", "lot_no", "month"]

PROVENANCE = ["source_file", "source_row", "supplier_code", "record_hash", "defect"]

# Kind of delivery -> table -> the columns that the rules read.
STAGED_COLUMNS: Mapping[str, Mapping[str, list[str]]] = {
    "plie": {
        "participants": [
            *PROVENANCE, *PARCOURS_KEY, "entry_date", "sex", "birth_year", "education_level", "jobseeker_months",
            "is_rsa", "is_other_minimum_income", "is_disabled_worker", "is_qpv_resident", "referent_id",
        ],
        "steps": [
            *PROVENANCE, *PARCOURS_KEY, "step_id", "step_type", "start_date", "end_date", "contract_type",
            "employer_type",
        ],
        "exits": [
            *PROVENANCE, *PARCOURS_KEY, "exit_date", "exit_reason", "contract_type", "contract_start_date",
            "contract_end_date", "validated_on", "employer_category", "naf_section", "training_start_date",
            "training_end_date", "is_certifying",
        ],
    },
    "clause": {
        "procurements": [*PROVENANCE, *LOT_KEY, "buyer_type", "nature", "awardee_id", "awardee_type"],
        "beneficiaries": [
            *PROVENANCE, *BENEFICIARY_KEY, "sex", "birth_year", "education_level", "jobseeker_months", "is_rsa",
            "is_disabled_worker", "is_qpv_resident", "eligibility_validated_on",
        ],
        "work_contracts": [
            *PROVENANCE, *CONTRACT_KEY, "beneficiary_id", "employer_id", "employer_type", "contract_type",
            "start_date", "end_date",
        ],
        "hours": [*PROVENANCE, *HOURS_KEY, "hours", "proof"],
    },
    "network": {
        "clause_structures": [
            *PROVENANCE, "delivery_year", STRUCTURE, "structure_kind", "department_code", "opened_on", "closed_on",
        ],
        "facilitators": [*PROVENANCE, YEAR, STRUCTURE, "headcount", "fte"],
        "plie_register": [*PROVENANCE, "delivery_year", PLIE, "town", "department_code", "opened_on", "closed_on"],
        "mde_register": [*PROVENANCE, "delivery_year", "mde_code", "department_code", "opened_on", "closed_on"],
        "members": [
            *PROVENANCE, "delivery_year", "member_code", "membership", "member_type", "region_code", "joined_on",
            "left_on", "is_employer_member",
        ],
        "member_structures": [
            *PROVENANCE, "delivery_year", "member_code", "structure_kind", "delivered_structure_kind", STRUCTURE,
        ],
        "intermediate_bodies": [*PROVENANCE, "delivery_year", "oi_code", PLIE],
        "board_seats": [*PROVENANCE, "delivery_year", "seat_no", "member_code", "is_bureau"],
    },
    "survey": {
        "survey_funding": [*PROVENANCE, YEAR, PLIE, "funder", "delivered_funder", "amount_eur"],
        "survey_allocations": [
            *PROVENANCE, YEAR, PLIE, "operator_type", "delivered_operator_type", "operation_type", "amount_eur",
        ],
        "survey_teams": [*PROVENANCE, YEAR, PLIE, "team", "delivered_team", "headcount", "fte", "employer_type"],
        "survey_partners": [*PROVENANCE, YEAR, PLIE, "partner_companies"],
    },
}  # fmt: skip

REFERENCE_TABLES = (
    "parameters",
    "exit_reasons",
    "exit_classes",
    "step_types",
    "step_families",
    "contract_types",
    "employer_types",
    "code_lists",
    "code_groups",
    "job_step_groups",
    "profiles",
    "plie_register",
    "departments",
    "territory_kinds",
    "quality_reasons",
    "measures",
    "publication_statuses",
)

FACT_TABLES = ("fct_parcours", "fct_exits", "fct_steps", "fct_clause_hours")

DIMENSION_TABLES = ("dim_clause_structure", "dim_plie")

AGGREGATE_TABLES = (
    "plie_outcomes",
    "plie_outcomes_by_profile",
    "plie_entry_profile",
    "plie_step_mix",
    "plie_job_steps",
    "plie_caseload",
    "plie_exit_reasons",
    "plie_exit_jobs",
    "clause_hours_etp",
    "clause_beneficiary_profile",
    "clause_facilitator_activity",
    "network_coverage",
    "network_members",
    "survey_funding_mix",
    "survey_allocation_mix",
    "survey_team_size",
    "survey_partners",
    "indicators",
)

# The copies that readers get, in schema published.
PUBLISHED_TABLES = tuple(table for table in AGGREGATE_TABLES if table != "indicators")

# The long tables that readers get, and those of what changed and moved: name here -> schema and table.
LONG_TABLES = {
    "indicator_changes": ("marts", "indicator_changes"),
    "published_indicators": ("published", "indicators"),
    "published_indicator_changes": ("published", "indicator_changes"),
    "revisions": ("quality", "revisions"),
}

QUALITY_TABLES = ("exclusions", "row_accounting", "clause_hours_accounting")


@dataclass(frozen=True)
class Part:
    """What of a warehouse is read, beside the reference lists: ``staged`` tables with their columns, see
    ``STAGED_COLUMNS``; ``facts``; and, when ``has_rest``, everything else."""

    staged: Mapping[str, Mapping[str, list[str]]]
    facts: tuple[str, ...]
    has_rest: bool = True


WHOLE = Part(STAGED_COLUMNS, FACT_TABLES)

# The rows that the rules of the clause read, most of all rows of a national year: a process of their own judges them.
CLAUSE_FACTS = ("fct_clause_hours",)
CLAUSE = Part(
    staged={
        "clause": STAGED_COLUMNS["clause"],
        "network": {table: STAGED_COLUMNS["network"][table] for table in ("clause_structures", "facilitators")},
    },
    facts=CLAUSE_FACTS,
    has_rest=False,
)
ALL_BUT_CLAUSE = Part(
    staged={kind: tables for kind, tables in STAGED_COLUMNS.items() if kind != "clause"},
    facts=tuple(table for table in FACT_TABLES if table not in CLAUSE_FACTS),
)


class WarehouseError(PlieError):
    """The warehouse cannot be read as the validation needs it; the message says what is missing."""


@dataclass(frozen=True)
class Warehouse:
    """What one warehouse file holds, as frames.

    ``staged``: kind of delivery (``plie``, ``clause``, ``network``, ``survey``) -> table -> one row per delivered row.
    ``reference``: code lists and parameters, one row per code or dated value.
    ``facts``: tables with one row per person, parcours or hours row, typed, one row per key of the table.
    ``dimensions`` and ``aggregates``: the other marts, every column as text (``None`` for null).
    ``published``: the published copies of the aggregates, every column as text.
    ``long``: see ``LONG_TABLES``, every column as text.
    ``quality``: ``exclusions``, ``row_accounting`` and ``clause_hours_accounting``, typed.
    """

    staged: Mapping[str, Mapping[str, pd.DataFrame]]
    reference: Mapping[str, pd.DataFrame]
    facts: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    dimensions: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    aggregates: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    quality: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    published: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    long: Mapping[str, pd.DataFrame] = field(default_factory=dict)


def _series(values: np.ndarray, pool: dict[str, str]) -> pd.Series:
    """One column of DuckDB's numpy result (masked where null) as a series of the types named above.

    ``pool``: texts seen so far. A text that occurs many times, in one table or several, is kept once: a
    national year has millions of them, and comparing two that are the same object costs nothing.
    """
    mask = np.ma.getmaskarray(values) if isinstance(values, np.ma.MaskedArray) else np.zeros(len(values), bool)
    data = np.ma.getdata(values)
    if data.dtype.kind in "iu":
        return pd.Series(pd.arrays.IntegerArray(data.astype("int64"), mask))
    if data.dtype.kind == "b":
        return pd.Series(pd.arrays.BooleanArray(data.astype(bool), mask))
    if data.dtype.kind == "M":
        data = data.astype("datetime64[us]")
        data[mask] = np.datetime64("NaT")
        return pd.Series(data)
    data = data.astype(object)
    data[mask] = None
    codes, texts = pd.factorize(data)
    if len(texts) <= len(data) / 2:
        kept = np.array([*(pool.setdefault(text, text) for text in texts), None], dtype=object)
        data = kept[codes]  # an empty value has the code -1: the last one
    return pd.Series(data, dtype=object)


def _read(
    connection: duckdb.DuckDBPyConnection,
    schema: str,
    table: str,
    pool: dict[str, str],
    *,
    text: bool = False,
    columns: list[str] | None = None,
) -> pd.DataFrame:
    """All rows of one table. ``text``: every column as DuckDB writes it. ``columns``: these only; one that is
    not there is an error, not an empty column. ``pool``: see ``_series``.
    """
    described = connection.execute(
        "select column_name, data_type from information_schema.columns "
        "where table_schema = ? and table_name = ? order by ordinal_position",
        [schema, table],
    ).fetchall()
    if not described:
        raise WarehouseError(f"table {schema}.{table} is not in the warehouse: build it before validating it")
    kinds = dict(described)
    missing = [column for column in columns or [] if column not in kinds]
    if missing:
        raise WarehouseError(f"table {schema}.{table} has no column {', '.join(missing)}")
    plain = ("BIGINT", "INTEGER", "SMALLINT", "TINYINT", "BOOLEAN", "DATE", "VARCHAR")
    read = {}
    # One column at a time, by the one thread that read_warehouse allows: the order of the rows stays, and
    # only one column is held twice.
    for name in columns or kinds:
        value = f'cast("{name}" as varchar)' if text or kinds[name] not in plain else f'"{name}"'
        found = connection.execute(f'select {value} as found from "{schema}"."{table}"').fetchnumpy()
        read[name] = _series(found["found"], pool)
    return pd.DataFrame(read, copy=False)


def as_boolean(values: pd.Series) -> pd.Series:
    """A flag of a code list as ``boolean``, however the list was loaded (true booleans or the text
    true/false).
    """
    if isinstance(values.dtype, pd.BooleanDtype):
        return values
    spelled = values.astype("string").str.strip().str.lower()
    return spelled.map({"true": True, "false": False}).astype("boolean")


def read_warehouse(path: Path, part: Part = WHOLE) -> Warehouse:
    """Read one warehouse file, or a part of it, read-only.

    Raises ``WarehouseError`` when the file is not there, cannot be opened (another process writes to it, or
    it was written by a later DuckDB) or lacks a table or a column.
    """
    if not path.is_file():
        raise WarehouseError(f"no warehouse at {path}: build it first, or give its path with --warehouse")
    try:
        connection = duckdb.connect(str(path), read_only=True)
    except duckdb.Error as error:
        raise WarehouseError(f"{path} cannot be opened as a DuckDB file: {error}") from error
    try:
        connection.execute("set threads to 1")
        pool: dict[str, str] = {}

        def read(schema: str, tables: Iterable[str], *, text: bool = False) -> dict[str, pd.DataFrame]:
            return {table: _read(connection, schema, table, pool, text=text) for table in tables}

        warehouse = Warehouse(
            staged={
                kind: {
                    table: _read(connection, "staging", f"stg_{kind}__{table}", pool, columns=columns)
                    for table, columns in tables.items()
                }
                for kind, tables in part.staged.items()
            },
            reference=read("reference", REFERENCE_TABLES),
            facts=read("marts", part.facts),
        )
        if not part.has_rest:
            return warehouse
        return replace(
            warehouse,
            dimensions=read("marts", DIMENSION_TABLES, text=True),
            aggregates=read("marts", AGGREGATE_TABLES, text=True),
            quality=read("quality", QUALITY_TABLES),
            published=read("published", PUBLISHED_TABLES, text=True),
            long={name: _read(connection, *place, pool, text=True) for name, place in LONG_TABLES.items()},
        )
    finally:
        connection.close()
