"""What the network head delivers of its own about results: those of earlier years, and what the PLIE promised (D61),
written a second time in pandas. See ``recomputed_network`` for which rows count."""

from __future__ import annotations

import pandas as pd

from plie_warehouse.validation.frames import PLIE, YEAR
from plie_warehouse.validation.recomputed_network import DELIVERY_YEAR, Rows
from plie_warehouse.validation.tools import RATE_DECIMALS, number_text, scaled

# The method of what was printed before there were rows.
PRINTED = "printed-1"
TOTAL = "total"


def _last_delivery(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of an indicator in the last delivery that has any."""
    known = rows[rows["indicator_code"].notna()]
    return known[known[DELIVERY_YEAR] == known[DELIVERY_YEAR].max()]


def _as_text(values: pd.Series) -> pd.Series:
    """Decimals as the warehouse writes them, with six decimals."""
    return number_text(scaled(values, RATE_DECIMALS), RATE_DECIMALS)


def historical_results(rows: Rows, measures: pd.DataFrame) -> pd.DataFrame:
    """National results of earlier years, one row per year, indicator, cut and value, as text."""
    units = measures[measures["indicator_code"].notna()].groupby("indicator_code")["unit"].min()
    found = _last_delivery(rows.kept["historical_results"])
    found = found[[YEAR, "indicator_code", "cut", "cut_value", "source", "value", "numerator", "denominator"]]
    numbers = {name: _as_text(found[name]) for name in ("value", "numerator", "denominator")}
    return found.assign(method_version=PRINTED, unit=found["indicator_code"].map(units), **numbers).astype({YEAR: str})


def targets(rows: Rows) -> pd.DataFrame:
    """Objectives by year, PLIE and indicator: that of the agreement that began last. ``target_value``: as delivered."""
    found = _last_delivery(rows.kept["targets"])
    years = pd.DataFrame({YEAR: pd.Series(list(rows.years), dtype="Int64")})
    found = found[[PLIE, "indicator_code", "from_year", "to_year", "target_value"]].merge(years, how="cross")
    found = found[(found["from_year"] <= found[YEAR]) & (found[YEAR] <= found["to_year"])]
    return found.sort_values("from_year").drop_duplicates([YEAR, PLIE, "indicator_code"], keep="last")


def targets_as_text(promised: pd.DataFrame) -> pd.DataFrame:
    """``targets`` as ``network_targets`` shows them."""
    texts = {name: promised[name].astype(str) for name in (YEAR, "from_year", "to_year")}
    return promised.assign(**texts, target_value=_as_text(promised["target_value"]))


def target_results(promised: pd.DataFrame, indicators: pd.DataFrame, measures: pd.DataFrame) -> pd.DataFrame:
    """Done against promised, as text: one row per year, PLIE, indicator of the whole PLIE and method; what a PLIE did
    not deliver is unknown (D18). ``indicators``: the recomputed long table."""
    methods = measures.loc[measures["cut"] == TOTAL, ["indicator_code", "method_version"]].drop_duplicates()
    asked = promised.merge(methods, on="indicator_code").astype({YEAR: str})
    of_plie = (indicators["territory_kind"] == "plie") & (indicators["cut"] == TOTAL)
    done = indicators.loc[of_plie].rename(columns={"territory_code": PLIE, "value": "done_value"})
    key = [YEAR, PLIE, "indicator_code", "method_version"]
    done = done[[*key, "numerator", "denominator", "done_value"]].astype({YEAR: str})
    both = asked.merge(done, on=key, how="left")
    value, target = (scaled(both[name], RATE_DECIMALS) for name in ("done_value", "target_value"))
    return both.assign(
        **{name: both[name].astype(str) for name in ("from_year", "to_year")},
        **{name: _as_text(both[name]) for name in ("target_value", "numerator", "denominator", "done_value")},
        difference=number_text(value - target, RATE_DECIMALS),
    )
