"""What is compared in the tables of the warehouse, and how counts of suppliers become figures of territories.

The rules of each subject say what their tables hold, in these shapes: ``TableRules`` for an aggregate,
``FactRules`` for a table with one row per person, parcours or hours row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from plie_warehouse.validation.declared import declared
from plie_warehouse.validation.frames import TERRITORY_KEY, YEAR
from plie_warehouse.validation.tools import RATE_DECIMALS, number_text, quotient_text


@dataclass(frozen=True)
class Measure:
    """One measure of an aggregate: a row of ``declared/measures.csv``.

    ``rule_id``: the rule that it states. ``numerator``, ``denominator``: the two counts that a quotient
    divides; a measure without them is itself a count. ``decimals``: of its text (a count: 0, and the count is
    a whole number of 10^-decimals; a quotient: 6). ``factor``: multiplies the numerator, to bring two units
    together. ``base``: the column of the table that shows the denominator, where that one is not a column
    itself. ``may_exceed_one``: a mean, or a rate of two cohorts, no share; ``may_be_negative``: a growth, which may
    be more than double too. ``any_decimals``: a parameter,
    shown with as many decimals as its table likes.
    """

    rule_id: str
    numerator: str | None = None
    denominator: str | None = None
    decimals: int | None = None
    factor: int = 1
    base: str | None = None
    may_exceed_one: bool = False
    may_be_negative: bool = False
    any_decimals: bool = False

    def text(self, name: str, counts: pd.DataFrame) -> pd.Series:
        """The measure ``name`` of each row of the counts, as the table should show it."""
        if self.numerator and self.denominator:
            decimals = RATE_DECIMALS if self.decimals is None else self.decimals
            return quotient_text(counts[self.numerator], counts[self.denominator], decimals, self.factor)
        return number_text(counts[name], self.decimals or 0)


@dataclass(frozen=True)
class TableRules:
    """What is compared in one aggregate mart: the columns of its cut, and the rule behind each measure.

    ``supplier_kind``: its lowest kind of territory.
    """

    cuts: tuple[str, ...]
    row_rule_id: str
    measures: Mapping[str, Measure]
    supplier_kind: str = "plie"

    @property
    def key(self) -> list[str]:
        """The columns that name one row of the table."""
        return [*TERRITORY_KEY, *self.cuts]

    def as_text(self, counts: pd.DataFrame) -> pd.DataFrame:
        """Counts by territory as the mart should show them: key columns, then every measure as text."""
        columns = {name: measure.text(name, counts) for name, measure in self.measures.items()}
        return pd.concat([counts[self.key], pd.DataFrame(columns, index=counts.index)], axis=1)


@dataclass(frozen=True)
class FactRules:
    """What is compared in one table of facts.

    ``key``: the columns that name one row; ``supplier``: the one of them that names its supplier, of the kind
    ``supplier_kind``. ``columns``: column -> rule that decides it. ``row_rule_id``: the rule of "these rows
    and no others"; ``key_rule_id``: that of "each once". ``reason_column``: column of the reason, and
    ``by_reason``: the columns that stand under the rule of the reason where there is one, which may be one of
    ``reason_rule_ids``. ``shown``: columns of the key that name a row to readers, beside year, supplier and line.
    """

    key: list[str]
    supplier: str
    supplier_kind: str
    row_rule_id: str
    key_rule_id: str
    columns: Mapping[str, str]
    reason_column: str | None = None
    by_reason: frozenset[str] = field(default_factory=frozenset)
    reason_rule_ids: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()

    @property
    def rule_ids(self) -> set[str]:
        """Every rule that the table is judged by."""
        return {self.row_rule_id, self.key_rule_id, *self.columns.values(), *self.reason_rule_ids}


def tables_of(subject: str) -> dict[str, TableRules]:
    """The aggregates of a subject with their measures, as ``declared`` has them."""
    tables = {}
    for row in declared("tables"):
        if row["subject"] == subject:
            measures = {one["measure"]: _measure(one) for one in declared("measures") if one["table"] == row["table"]}
            cuts = tuple(row["cuts"].split())
            tables[row["table"]] = TableRules(cuts, row["row_rule_id"], measures, row["supplier_kind"])
    return tables


def _measure(row: Mapping[str, str]) -> Measure:
    """``nature``: a mean (or a rate of two cohorts), a growth, a parameter; empty for a count or a share."""
    return Measure(
        rule_id=row["rule_id"],
        numerator=row["numerator"] or None,
        denominator=row["denominator"] or None,
        decimals=int(row["decimals"]) if row["decimals"] else None,
        factor=int(row["factor"] or 1),
        base=row["base"] or None,
        may_exceed_one=row["nature"] == "mean",
        may_be_negative=row["nature"] == "growth",
        any_decimals=row["nature"] == "parameter",
    )


def columns_of(fact: str) -> dict[str, str]:
    """Column of a table of facts -> the rule that decides it."""
    return {row["column"]: row["rule_id"] for row in declared("fact_columns") if row["table"] == fact}


# ------------------------------------------------------------------------------------- territories


def territories_of(
    suppliers: pd.DataFrame,
    register: pd.DataFrame,
    departments: pd.DataFrame,
    supplier: str,
    kind: str,
    bodies: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Which territories each supplier counts in: columns ``supplier``, ``territory_kind``, ``territory_code``.

    ``suppliers``: rows with the column ``supplier``; ``register``: one row per supplier that it knows, with
    ``department_code``. A supplier of the register counts for itself (territory of the kind ``kind``), its
    department, its region and the country; one that the register does not know counts at national level only.
    ``bodies``: ``supplier`` and ``oi_code``, one row per intermediate body and supplier whose ESF credits it manages,
    which counts in it too (D5A).
    """
    known = (
        suppliers[[supplier]].drop_duplicates().merge(register[[supplier, "department_code"]], on=supplier, how="left")
    )
    known = known.merge(
        departments[["department_code", "region_code"]].drop_duplicates(), on="department_code", how="left"
    )
    registered = known[supplier].isin(register[supplier])
    pieces = [
        known.loc[registered, [supplier]].assign(territory_kind=kind, territory_code=known.loc[registered, supplier]),
        known[[supplier, "department_code"]]
        .rename(columns={"department_code": "territory_code"})
        .assign(territory_kind="departement"),
        known[[supplier, "region_code"]]
        .rename(columns={"region_code": "territory_code"})
        .assign(territory_kind="region"),
        known[[supplier]].assign(territory_kind="national", territory_code="FR"),
    ]
    if bodies is not None:
        managed = bodies[[supplier, "oi_code"]].drop_duplicates()
        managed = managed[managed[supplier].isin(known[supplier])].rename(columns={"oi_code": "territory_code"})
        pieces.append(managed.assign(territory_kind="oi"))
    columns = [supplier, "territory_kind", "territory_code"]
    return pd.concat([piece[columns] for piece in pieces], ignore_index=True).dropna(subset=["territory_code"])


def dimension(
    name: str, supplier: str, register: pd.DataFrame, delivering: Iterable[pd.Series], departments: pd.DataFrame
) -> pd.DataFrame:
    """A dimension of suppliers as text: those of the register, and those that only deliver, without attributes (D01).

    ``register``: one row per supplier that it names; ``delivering``: codes of those that deliver.
    """
    regions = departments[["department_code", "region_code"]].drop_duplicates()
    known = register.merge(regions, on="department_code", how="left")
    codes = pd.concat([known[supplier], *delivering]).drop_duplicates().to_frame()
    together = codes.merge(known, on=supplier, how="left")
    together["is_registered"] = together[supplier].isin(known[supplier]).map({True: "true", False: "false"})
    for column in ("opened_on", "closed_on"):
        day = pd.to_datetime(together[column]).dt.strftime("%Y-%m-%d")
        together[column] = day.astype(object).where(day.notna(), None)
    return together[[supplier, *tables_of("dimension")[name].measures]].astype(object)


def roll_up(counts: pd.DataFrame, territories: pd.DataFrame, cuts: list[str], supplier: str) -> pd.DataFrame:
    """Sums of counts by territory. ``counts``: one row per year, supplier and cut, other columns counts
    (``NA`` = not delivered). Returns one row per year, territory and cut; a sum is ``NA`` only when every part
    is.
    """
    measures = [column for column in counts.columns if column not in (YEAR, supplier, *cuts)]
    spread = counts.merge(territories, on=supplier, how="inner")
    return (
        spread.groupby([*TERRITORY_KEY, *cuts], sort=True)[measures]
        .sum(min_count=1)
        .reset_index()
        .astype({YEAR: "Int64"})
    )


def count_rows(spine: pd.DataFrame, parts: Mapping[str, pd.DataFrame], keys: list[str]) -> pd.DataFrame:
    """Number of rows of each part by the columns ``keys`` (year, supplier and cut), 0 where there is none.

    ``spine``: the frame of all keys wanted. ``parts``: measure -> rows to count.
    """
    out = spine[keys].copy()
    for measure, rows in parts.items():
        size = rows.groupby(keys, sort=False).size().rename(measure).reset_index()
        out = out.merge(size, on=keys, how="left")
        out[measure] = out[measure].fillna(0).astype("Int64")
    return out


def cross(suppliers: pd.DataFrame, cuts: pd.DataFrame) -> pd.DataFrame:
    """Every year and supplier with every value of a cut: a real 0 is a row (marts, D18)."""
    return suppliers.merge(cuts, how="cross")


def with_profile(rows: pd.DataFrame, profiles: pd.DataFrame, supplier: str) -> pd.DataFrame:
    """Rows repeated for each profile: columns ``profile``, ``has`` (mask) and ``knows`` (mask), plus year and
    supplier.

    Categories overlap: one row can have several profiles (D33). Unknown is not no.
    """
    pieces = []
    for profile, attribute, value in profiles[["profile", "attribute", "attribute_value"]].itertuples(index=False):
        values = rows[attribute]
        spelled = values.map({True: "true", False: "false"}) if values.dtype == "boolean" else values
        pieces.append(
            rows[[YEAR, supplier]].assign(
                profile=profile, has=(spelled == value).fillna(False).astype(bool), knows=values.notna()
            )
        )
    return pd.concat(pieces, ignore_index=True)
