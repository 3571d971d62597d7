"""The published tables judged by D60, a second time: every figure that is shown is the one that the rules give, and
none that is shown is small, or rests on one that is.

That nothing can be worked out of what is shown is another matter, for the linear programs of the disclosure control
and for the attack.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import pandas as pd

from plie_warehouse.validation.checks import Check, Checked
from plie_warehouse.validation.frames import TERRITORY_KEY, YEAR
from plie_warehouse.validation.joined import EXPECTED, FOUND, NULL, PRESENT, ROW
from plie_warehouse.validation.tables import TableRules
from plie_warehouse.validation.tools import parameters_of_years

RULE = "D60"
SHOWN, UNKNOWN = "publie", "non_connu"
NATIONAL = "national"
# Whose number stands behind the hours and contracts of a row.
BEHIND = "beneficiaries"


def compared_published(
    expected: Mapping[str, pd.DataFrame],
    found: Mapping[str, pd.DataFrame],
    table_rules: Mapping[str, TableRules],
    reference: Mapping[str, pd.DataFrame],
) -> Iterator[Checked]:
    """The published copy of each aggregate, a row per figure.

    ``expected``: table -> its rows by the rules, ``found``: table -> its published rows, measures as text on both
    sides. Great Expectations compares each figure with that of the rules; of the other promises (``_checks``) it counts
    the figures that break them.
    """
    years = sorted({int(year) for rows in found.values() for year in rows[YEAR].dropna().unique()})
    parameters = parameters_of_years(reference["parameters"], years, ["min_cell", "min_base", "esf_min_regions"])
    ranks = dict(
        zip(reference["territory_kinds"]["territory_kind"], reference["territory_kinds"]["display_order"], strict=True)
    )
    for table, rows in found.items():
        figures = _figures(table, expected[table], rows, table_rules[table], reference)
        figures = figures.assign(
            min_cell=figures[YEAR].map(lambda year: parameters[int(year)]["min_cell"]),
            min_base=figures[YEAR].map(lambda year: parameters[int(year)]["min_base"]),
            min_regions=figures[YEAR].map(lambda year: parameters[int(year)]["esf_min_regions"]),
            regions=figures[YEAR].astype(int).map(_regions_with_operations(expected[table])),
            rank=figures["territory_kind"].map(ranks),
            finest_rank=figures["finest_level"].map(ranks),
        )
        shown = figures["status"] == SHOWN
        columns = {
            f"figure{EXPECTED}": figures["rule_value"].where(shown).fillna(NULL),
            f"figure{FOUND}": figures["value"].fillna(NULL),
            f"{ROW}{EXPECTED}": PRESENT,
            f"{ROW}{FOUND}": PRESENT,
            "status": figures["status"],
        }
        promises = _checks(figures)
        statuses = tuple(reference["publication_statuses"]["status"])
        checks = (
            Check(RULE, ("figure",), "What is shown is what the rules give, and nothing else is given."),
            Check(RULE, ("status",), "Only the known statuses.", statuses),
            Check(RULE, tuple(promises), "No figure is shown that D60 hides."),
        )
        for name, mask in promises.items():
            columns |= {f"{name}{EXPECTED}": "no", f"{name}{FOUND}": mask.fillna(False).map({True: "yes", False: "no"})}
        key = {name: figures[name] for name in (*TERRITORY_KEY, "cut_key", "measure")}
        frame = pd.DataFrame(key | columns)
        yield Checked("published", table, frame, (*TERRITORY_KEY, "cut_key", "measure"), checks)


def _figures(
    table: str, expected: pd.DataFrame, found: pd.DataFrame, rules: TableRules, reference: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """One row per figure of a published table: key, ``measure``, ``value`` and ``status`` as published, ``rule_value``,
    what ``measures`` says of it, and of its parts (``numerator_status``, ``base_status``, ``base``), of the
    persons behind it (``persons``) and of the nation (``national_value``)."""
    key = rules.key
    joined = found.astype({YEAR: "Int64"}).merge(
        expected.astype({YEAR: "Int64"}), on=key, how="left", suffixes=("", "__rule")
    )
    of_mart = reference["measures"]
    of_mart = of_mart[of_mart["mart"] == table]
    quantities = dict(zip(zip(of_mart["cut"], of_mart["measure"], strict=True), of_mart["quantity"], strict=True))
    rows_of_cut = {
        cut: joined[joined["cut"] == cut] if "cut" in rules.cuts else joined for cut in of_mart["cut"].unique()
    }
    territories = {
        cut: {name: rows[name] for name in TERRITORY_KEY} | {"cut_key": _joined(rows, rules.cuts)}
        for cut, rows in rows_of_cut.items()
    }
    pieces: dict[str, list[pd.Series]] = {}
    for measure in of_mart.to_dict("records"):
        name, cut, denominator = (measure[column] for column in ("measure", "cut", "denominator"))
        rows = rows_of_cut[cut]

        def all_rows(value: object, rows: pd.DataFrame = rows) -> pd.Series:
            return pd.Series(value, index=rows.index, dtype=object)

        def of(column: str | None, suffix: str = "", rows: pd.DataFrame = rows) -> pd.Series:
            return all_rows(None, rows) if column is None else rows[f"{column}{suffix}"]

        # A repeated total is of more persons than its row.
        has_persons = f"{BEHIND}__rule" in rows and not measure["is_repeated"]
        for column, values in {
            **territories[cut],
            "measure": all_rows(name),
            "value": rows[name],
            "status": of(name, "_status"),
            "rule_value": of(name, "__rule"),
            "quantity": all_rows(measure["quantity"]),
            "finest_level": all_rows(measure["finest_level"]),
            "numerator_status": of(measure["numerator"], "_status"),
            "base_status": of(denominator, "_status"),
            "base": of(denominator, "__rule"),
            "base_is_persons": pd.Series(quantities.get((cut, denominator)) == "personnes", index=rows.index),
            "persons": of(BEHIND if has_persons else None, "__rule"),
        }.items():
            pieces.setdefault(column, []).append(values)
    figures = pd.DataFrame({column: pd.concat(series, ignore_index=True) for column, series in pieces.items()})
    nation = figures[figures["territory_kind"] == NATIONAL]
    return figures.merge(
        nation[[YEAR, "cut_key", "measure", "rule_value"]].rename(columns={"rule_value": "national_value"}),
        on=[YEAR, "cut_key", "measure"],
        how="left",
    )


def _joined(rows: pd.DataFrame, columns: Iterable[str]) -> pd.Series:
    """The texts of some columns as one, also where there is no row."""
    texts = pd.Series("", index=rows.index, dtype=str)
    for column in columns:
        texts = texts + "/" + rows[column].astype(str)
    return texts.str.removeprefix("/")


def _checks(figures: pd.DataFrame) -> dict[str, pd.Series]:
    """What no figure may be -> the figures that are."""
    shown = figures["status"] == SHOWN
    below = figures["territory_kind"] != NATIONAL
    value, persons, nation, base = (
        pd.to_numeric(figures[column]) for column in ("rule_value", "persons", "national_value", "base")
    )
    # What a small national count already tells of its parts, nobody can hide.
    small = (value < figures["min_cell"]) & ~(nation < figures["min_cell"])
    by_definition = _nothing_by_definition(figures)
    behind = (persons < figures["min_cell"]) & (nation > 0)
    return {
        "figure shown that the rules do not give": shown & figures["rule_value"].isna(),
        "national figure that is not shown": ~below & ~figures["status"].isin([SHOWN, UNKNOWN]),
        "small count that is shown": below & shown & small & ~by_definition & (figures["quantity"] == "personnes"),
        "contracts and hours of few persons that are shown": below
        & shown
        & behind
        & figures["quantity"].isin(["contrats", "heures", "organismes"]),
        "figure shown at too fine a level": shown & (figures["rank"] < figures["finest_rank"]),
        "rate shown without its counts": shown
        & (figures["quantity"] == "taux")
        & ((figures["numerator_status"] != SHOWN) | (figures["base_status"] != SHOWN)),
        # Only the indicators of the ESF+ count the regions that deliver operations (D85).
        "figure of too few regions that is shown": shown & (figures["regions"] < figures["min_regions"]),
        "rate shown of a small base": below & shown & figures["base_is_persons"] & (base < figures["min_base"]),
    }


def _regions_with_operations(expected: pd.DataFrame) -> dict[int, int]:
    """Year -> number of its regions with PLIE that deliver operations; nothing for a table that does not say."""
    if "plie_with_operations" not in expected:
        return {}
    with_operations = pd.to_numeric(expected["plie_with_operations"]).fillna(0) > 0
    regions = expected["territory_code"].where((expected["territory_kind"] == "region") & with_operations)
    return {int(year): number for year, number in regions.groupby(expected[YEAR].astype(int)).nunique().items()}


def _nothing_by_definition(figures: pd.DataFrame) -> pd.Series:
    """Durable exits by a contract that is never durable are none, everywhere (D11, D13)."""
    value = pd.to_numeric(figures["rule_value"])
    return figures["measure"].str.startswith("durable_exits") & (value == 0)
