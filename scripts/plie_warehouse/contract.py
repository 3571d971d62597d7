"""The contract of the delivered tables, read from the YAML that dbt reads (models/staging/<kind>/_<kind>__sources.yml).

Everything about a delivered column derives from it: the checks of the intake, the templates, the input dictionary, and
the staging models, which are written out from it (staging.py).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from plie_warehouse.paths import PROJECT

KINDS = ("plie", "clause", "network", "survey", "activity")

# Kinds whose files belong to a supplier; the others are the network head's own, and the folder names the year only.
SUPPLIER_KINDS = ("plie", "clause")

YEAR = "reporting_year"

_LEAP = r"(?:[0-9][0-9](?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)"
_ISO = (
    r"[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))"
    rf"|{_LEAP}-02-29"
)
_FRENCH = (
    r"(?:(?:0[1-9]|[12][0-9]|3[01])/(?:0[13578]|1[02])|(?:0[1-9]|[12][0-9]|30)/(?:0[469]|11)|(?:0[1-9]|1[0-9]|2[0-8])/02)/[0-9]{4}"
    rf"|29/02/{_LEAP}"
)

# What a cell of a type looks like once its blanks are trimmed; a date is a day that exists. Types that are not here
# take any text, or the codes of their list. Digits are ASCII, as in SQL: in Python \d takes those of every script.
PATTERNS = {
    "date": rf"^(?:{_ISO}|{_FRENCH})$",
    "year": r"^[0-9]{4}$",
    "month": r"^[0-9]{4}-(?:0[1-9]|1[0-2])$",
    "integer": r"^[0-9]{1,9}$",
    "decimal": r"^-?[0-9]{1,12}(?:[.,][0-9]{1,6})?$",
    # To the hundredth, exactly: a third decimal is never rounded away, and 1.200 may be a thousand and two hundred.
    "hours": r"^-?[0-9]{1,9}(?:[.,][0-9]{1,2})?$",
    "etp": r"^[0-9]{1,9}(?:[.,][0-9]{1,4})?$",
    "days": r"^[0-9]{1,4}(?:[.,](?:00?|50?|25|75))?$",
    "siret": r"^[0-9]{14}$",
}

# How a supplier is told to write a type.
FORMATS_FR = {
    "date": "une date qui existe, JJ/MM/AAAA ou AAAA-MM-JJ",
    "year": "une année sur quatre chiffres",
    "month": "un mois, AAAA-MM (2021-03 pour mars 2021)",
    "integer": "un nombre entier, sans lettre ni décimale",
    "decimal": "un nombre, avec une virgule ou un point",
    "etp": "un nombre d'ETP, avec au plus quatre décimales après une virgule ou un point",
    "days": "un nombre de jours, au quart de jour (0,25 ; 0,5 ; 0,75)",
    "hours": "un nombre d'heures, avec au plus deux décimales après une virgule ou un point",
    "boolean": "oui ou non",
    "code": "un code de la liste",
    "education_level": "un niveau de 1 à 8, ou un ancien niveau de VI à I",
    "siret": "un SIRET de 14 chiffres, zéros compris",
    "supplier": "un code du registre",
    "text": "un texte",
}


@dataclass(frozen=True)
class Column:
    """One column: see the YAML for what each entry means. ``may_be_absent``: a file need not have it, and is compared
    with others without it."""

    name: str
    description: str
    type: str
    unit: str
    required: bool
    key: bool
    may_be_absent: bool
    code_list: str | None
    aliases: tuple[str, ...]
    example: str
    feeds: str

    @property
    def header(self) -> str:
        """The French header that suppliers are shown: the first that is accepted."""
        return self.aliases[0]


@dataclass(frozen=True)
class Link:
    """Rows whose ``columns`` must be found, same names, in ``table`` of the same delivery; blanks are not looked up."""

    table: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """One delivered table. ``may_be_empty``: a header without rows will do. ``may_be_absent``: a delivery need not have
    it. ``date_orders``: (first, last) pairs.
    ``rules``: what reading it applies. ``is_of_other_years``: its rows name a year of their own, which tells them
    apart, and not that of the delivery. ``day``: the column whose day decides the year of a row; ``span``: the first
    and last day of what lasts, which is of each year that it touches (D70); both are empty where neither decides."""

    kind: str
    name: str
    description: str
    sheet: str
    columns: tuple[Column, ...]
    supplier_column: str | None
    file_aliases: tuple[str, ...]
    may_be_empty: bool
    links: tuple[Link, ...]
    date_orders: tuple[tuple[str, str], ...]
    rules: tuple[str, ...]
    is_of_other_years: bool = False
    may_be_absent: bool = False
    day: str = ""
    span: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]

    @property
    def key(self) -> list[str]:
        return [column.name for column in self.columns if column.key]

    @property
    def local_key(self) -> list[str]:
        """The key without supplier and year of the delivery: what tells a row from the others of its delivery."""
        known = {self.supplier_column} if self.is_of_other_years else {YEAR, self.supplier_column}
        return [name for name in self.key if name not in known]

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


@dataclass(frozen=True)
class Kind:
    """The tables of a kind of supplier. ``complete``: each of them that may not be absent must be in each delivery;
    ``apart``: each is accepted or refused by itself."""

    name: str
    description: str
    complete: bool
    tables: tuple[Table, ...]
    apart: bool = False

    def table(self, name: str) -> Table:
        return next(table for table in self.tables if table.name == name)


def contract_path(kind: str) -> Path:
    return PROJECT / "models" / "staging" / kind / f"_{kind}__sources.yml"


# Ten times as quick, where PyYAML came with it.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def load_kind(kind: str) -> Kind:
    """The contract of one kind. Raises ``KeyError`` or ``ValueError`` when the YAML lacks what a column needs."""
    [source] = yaml.load(contract_path(kind).read_text(encoding="utf-8"), _Loader)["sources"]
    tables = tuple(_table(kind, table) for table in source["tables"])
    meta = source["config"]["meta"]
    return Kind(
        kind, source["description"], meta["all_tables_required"], tables, meta.get("tables_accepted_apart", False)
    )


def load_contract() -> dict[str, Kind]:
    """Kind -> its contract."""
    return {kind: load_kind(kind) for kind in KINDS}


# Units of what tells a person, a firm, or what is done with one, from others.
IDENTIFYING_UNITS = ("identifiant", "numéro", "pseudonyme", "SIRET")


def identifying_columns() -> set[str]:
    """Names of the delivered columns that stand for a person, a firm, a contract ... of the rows."""
    return {
        column.name
        for kind in load_contract().values()
        for table in kind.tables
        for column in table.columns
        if column.unit in IDENTIFYING_UNITS
    }


def _table(kind: str, entry: dict[str, Any]) -> Table:
    meta = entry["config"]["meta"]
    table = Table(
        kind=kind,
        name=entry["name"],
        description=entry["description"],
        sheet=meta["sheet"],
        columns=tuple(_column(column) for column in entry["columns"]),
        supplier_column=meta.get("supplier_column"),
        file_aliases=tuple(meta.get("file_aliases", ())),
        may_be_empty=meta.get("may_be_empty", False),
        links=tuple(Link(link["table"], tuple(link["columns"])) for link in meta.get("links", ())),
        date_orders=tuple((first, last) for first, last in meta.get("date_order", ())),
        rules=tuple(meta["rules"]),
        is_of_other_years=meta.get("other_years", False),
        may_be_absent=meta.get("may_be_absent", False),
        day=meta.get("day", ""),
        span=tuple(meta.get("span", ())),
    )
    if table.key != meta["key"]:
        raise ValueError(f"table {table.name}: its key and the columns marked as key are not the same")
    return table


def _column(entry: dict[str, Any]) -> Column:
    meta = entry["config"]["meta"]
    if meta["type"] not in FORMATS_FR:
        raise ValueError(f"column {entry['name']}: unknown type {meta['type']}")
    return Column(
        name=entry["name"],
        description=entry["description"],
        type=meta["type"],
        unit=meta["unit"],
        required=meta.get("required", False),
        key=meta.get("key", False),
        may_be_absent=meta.get("may_be_absent", False),
        code_list=meta.get("code_list"),
        aliases=tuple(meta["aliases"]),
        example=str(meta["example"]),
        feeds=meta["feeds"],
    )


# --------------------------------------------------------------------------------------- reference lists

# Code list -> (seed, column of what a supplier may write, column of the national code). Others are in code_lists.csv.
_LISTS = {
    "exit_reason": ("exit_reasons", "exit_reason", "exit_reason"),
    "step_type": ("step_types", "step_type", "step_type"),
    "contract_type": ("contract_types", "contract_type", "contract_type"),
    "employer_type": ("employer_types", "employer_type", "employer_type"),
    "labour_status": ("labour_statuses", "labour_status", "labour_status"),
    "education_level": ("education_levels", "education_code", "level"),
    "boolean": ("boolean_spellings", "spelling", "boolean_value"),
    "department": ("departments", "department_code", "department_code"),
    "region": ("regions", "region_code", "region_code"),
    "indicator": ("measures", "indicator_code", "indicator_code"),
}


@dataclass(frozen=True)
class Code:
    """What a supplier may write (``spelling``) for a ``code``, from ``valid_from`` to ``valid_to`` (ISO or '')."""

    code_list: str
    spelling: str
    code: str
    label: str
    valid_from: str
    valid_to: str


@cache
def read_seed(name: str) -> list[dict[str, str]]:
    """The rows of a reference list, as text; shared, not to be changed."""
    with (PROJECT / "seeds" / "reference" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def load_codes() -> tuple[Code, ...]:
    """Every spelling of every code list."""
    codes = [
        Code(row["code_list"], row["code"], row["code"], row["label_fr"], row["valid_from"], row["valid_to"])
        for row in read_seed("code_lists")
    ]
    for code_list, (seed, spelling, code) in _LISTS.items():
        for row in read_seed(seed):
            label = row.get("label_fr") or row.get("department_name") or row.get("region_name") or ""
            dates = row.get("valid_from", ""), row.get("valid_to", "")
            codes.append(Code(code_list, row[spelling], row[code], label, *dates))
    # An indicator has a row for each cut and method, the first of which names it; a measure that is none has no code.
    first = {(code.code_list, code.spelling, code.valid_from): code for code in reversed(codes) if code.spelling}
    return tuple(reversed(first.values()))


def parameter(name: str, year: int) -> float:
    """The value of a parameter in force on 31 December of a year. Raises ``KeyError`` when none is."""
    day = f"{year}-12-31"
    for row in read_seed("parameters"):
        if row["name"] == name and row["valid_from"] <= day and (not row["valid_to"] or row["valid_to"] >= day):
            return float(row["value"])
    raise KeyError(f"no value of {name} on {day}")
