"""What readers are given beside the figures: the calendar, and a PLIE beside its region, the country and the other PLIE
(D62), written a second time in pandas."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal, localcontext

import pandas as pd

from plie_warehouse.validation.frames import PLIE, YEAR, as_boolean
from plie_warehouse.validation.tools import RATE_DECIMALS, scaled

FIGURE = ["indicator_code", "cut", "cut_value", "method_version"]
CALENDAR, COMPARISON, SCORECARD = "dim_date", "plie_comparison", "plie_scorecard"


def calendar(as_of_date: str, reference: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """``dim_date`` as text: one row per day to the end of the year of ``as_of_date`` (D05)."""
    parameters = reference["parameters"]
    [first] = parameters.loc[parameters["name"] == "calendar_first_year", "value"]
    days = pd.Series(pd.date_range(f"{int(Decimal(first))}-01-01", f"{as_of_date[:4]}-12-31"))
    names = reference["calendar_names"].set_index(["unit", "number"])["label_fr"]
    months, weekdays = days.dt.month, days.dt.weekday + 1
    return pd.DataFrame(
        {
            "date_day": days.dt.strftime("%Y-%m-%d"),
            YEAR: days.dt.year.astype(str),
            "quarter_no": ((months + 2) // 3).astype(str),
            "month_no": months.astype(str),
            "month_label_fr": months.map(names["month"]),
            "week_no": days.dt.isocalendar().week.astype(str),
            "weekday_no": weekdays.astype(str),
            "weekday_label_fr": weekdays.map(names["weekday"]),
            "is_last_of_year": ((months == 12) & (days.dt.day == 31)).map({True: "true", False: "false"}),
        }
    )


def wilson(numerator: Decimal, denominator: Decimal, quantile: Decimal) -> tuple[str, str]:
    """The bounds of the interval of Wilson for a share, as text with six decimals (E. B. Wilson, 1927).

    Worked out as the roots of the quadratic equation (share - p)^2 = quantile^2 p (1 - p) / denominator.
    """
    with localcontext() as context:
        context.prec = 50
        square = quantile * quantile
        # (n + z^2) p^2 - (2 x + z^2) p + x^2 / n = 0
        lead, middle, last = denominator + square, 2 * numerator + square, numerator * numerator / denominator
        root = (middle * middle - 4 * lead * last).sqrt()
        bounds = ((middle - root) / (2 * lead), (middle + root) / (2 * lead))
        low, high = (str(one.quantize(Decimal("0.000001"), ROUND_HALF_UP)) for one in bounds)
    return low, high


def beside_others(indicators: pd.DataFrame, plie: pd.DataFrame, reference: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """``plie_comparison`` of a long table, as text: one row per year, PLIE and headline figure that has a value (D62).

    ``indicators``: one row per year, territory, indicator, cut, value and method, figures as text, unknown ones null;
    ``plie``: ``dim_plie`` as text. Raises ``KeyError`` for a year without the quantile.
    """
    headline = reference["headline_figures"]
    figures = indicators[indicators["value"].notna()].merge(
        headline[["indicator_code", "cut", "cut_value", "has_interval", "display_order"]],
        on=["indicator_code", "cut", "cut_value"],
    )
    figures = figures.assign(**{YEAR: figures[YEAR].astype(str)})
    key = [YEAR, *FIGURE]
    own = figures[figures["territory_kind"] == "plie"].rename(columns={"territory_code": PLIE})
    own = own.merge(plie[[PLIE, "region_code"]], on=PLIE, how="left")
    for column, kind, on in (
        ("region_value", "region", ["region_code"]),
        ("national_value", "national", []),
    ):
        other = figures[figures["territory_kind"] == kind].rename(columns={"territory_code": "region_code"})
        own = own.merge(other[[*key, *on, "value"]].rename(columns={"value": column}), on=[*key, *on], how="left")
    whole = scaled(own["value"], RATE_DECIMALS).astype("int64")
    groups = whole.groupby([own[name] for name in key])
    ranks = groups.rank(method="min", ascending=False).astype(int)
    quantiles = _quantiles(own[YEAR].unique(), reference["parameters"])
    bounds = [
        wilson(Decimal(top), Decimal(bottom), quantiles[year])
        if has and isinstance(top, str) and isinstance(bottom, str)
        else (None, None)
        for has, top, bottom, year in zip(
            as_boolean(own["has_interval"]), own["numerator"], own["denominator"], own[YEAR], strict=True
        )
    ]
    return own.assign(
        interval_low=pd.Series([low for low, _ in bounds], index=own.index, dtype=object),
        interval_high=pd.Series([high for _, high in bounds], index=own.index, dtype=object),
        value_rank=ranks.astype(str),
        ranked_plie=groups.transform("size").astype(str),
        display_order=own["display_order"].astype(int).astype(str),
    )


def _quantiles(years: list[str], parameters: pd.DataFrame) -> dict[str, Decimal]:
    """Year -> the quantile in force on its 31 December."""
    rows = parameters[parameters["name"] == "interval_quantile"]
    found = {}
    for year in years:
        day = pd.Timestamp(f"{year}-12-31")
        starts, ends = pd.to_datetime(rows["valid_from"]), pd.to_datetime(rows["valid_to"])
        for value in rows.loc[(starts <= day) & (ends.isna() | (ends >= day)), "value"]:
            found[year] = Decimal(value)
    return found
