"""What changed from the year before (D55): recomputed in whole numbers from the recomputed long table."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from plie_warehouse.validation.frames import YEAR
from plie_warehouse.validation.indicators import INDICATOR_KEY
from plie_warehouse.validation.tables import tables_of
from plie_warehouse.validation.tools import RATE_DECIMALS, in_set, number_text, scaled

CHANGES, PUBLISHED_CHANGES = "indicator_changes", "published_indicator_changes"
SHOWN = "publie"

_FIGURE = [column for column in INDICATOR_KEY if column != YEAR]
_DEFINED = ["indicator_code", "cut", "method_version"]

# A published change that stands on a figure that is not is a matter of what is published: its own rule of the rows.
_RULES = tables_of("changes")
RULES_OF = {name: replace(rules, measures=_RULES[CHANGES].measures) for name, rules in _RULES.items()}


def half_up(numerator: int, denominator: int, decimals: int) -> int:
    """A quotient as a whole number of 10^-decimals, rounded to the nearest, a half towards the greater number."""
    return (2 * numerator * 10**decimals + denominator) // (2 * denominator)


def year_changes(indicators: pd.DataFrame, definitions: pd.DataFrame) -> pd.DataFrame:
    """One row per figure that has a value in its year and in the year before under the same method: the key of the long
    table, and the columns of ``RULES_OF`` as text (figures with six decimals, as the warehouse writes them).

    ``indicators``: the long table, one row per ``INDICATOR_KEY``, ``numerator``, ``denominator``, ``value`` as text.
    ``definitions``: see ``indicators.indicator_definitions``: decimals and factor of what readers see. Raises
    ``ValueError`` for a figure with more than six decimals.
    """
    given = indicators[indicators["value"].notna()]
    shown_as = ["is_quotient", "value_decimals", "shown_factor", "shown_decimals", "change_unit"]
    definitions = definitions.assign(is_quotient=definitions["denominator"].notna())
    given = given.merge(definitions[[*_DEFINED, *shown_as]], on=_DEFINED)
    is_quotient = given["is_quotient"]
    given = given.assign(
        **{YEAR: given[YEAR].astype("int64")},
        top=scaled(given["numerator"].where(is_quotient, given["value"]), RATE_DECIMALS),
        bottom=scaled(given["denominator"].where(is_quotient, "1"), RATE_DECIMALS),
    )
    before = given[[YEAR, *_FIGURE, "value", "top", "bottom"]].assign(**{YEAR: given[YEAR] + 1})
    both = given.merge(before, on=[YEAR, *_FIGURE], suffixes=("", "_before"))
    both = both[both[["top", "bottom", "top_before", "bottom_before"]].notna().all(axis=1)].reset_index(drop=True)

    def whole(column: str) -> list[int]:
        return [int(value) for value in both[column].tolist()]

    numbers = zip(
        *(whole(name) for name in ("top", "bottom", "top_before", "bottom_before")),
        *(whole(name) for name in ("value_decimals", "shown_factor", "shown_decimals")),
        strict=True,
    )
    columns: dict[str, list[int]] = {
        name: [] for name in ("change", "value_shown", "previous_value_shown", "change_shown", "difference_of_shown")
    }
    for top, bottom, old_top, old_bottom, decimals, factor, shown_decimals in numbers:
        difference, common = top * old_bottom - old_top * bottom, bottom * old_bottom
        millionths = 10 ** (RATE_DECIMALS - shown_decimals)
        shown, old_shown = (
            half_up(factor * one, of, shown_decimals) * millionths for one, of in ((top, bottom), (old_top, old_bottom))
        )
        columns["change"].append(half_up(difference, common, decimals) * 10 ** (RATE_DECIMALS - decimals))
        columns["value_shown"].append(shown)
        columns["previous_value_shown"].append(old_shown)
        columns["change_shown"].append(half_up(factor * difference, common, shown_decimals) * millionths)
        columns["difference_of_shown"].append(shown - old_shown)
    apart = [one != other for one, other in zip(columns["change_shown"], columns["difference_of_shown"], strict=True)]
    return both[[*INDICATOR_KEY, "value", "unit", "change_unit"]].assign(
        previous_reporting_year=(both[YEAR] - 1).astype(str),
        previous_value=both["value_before"],
        is_rounding_apart=["true" if one else "false" for one in apart],
        **{
            name: number_text(pd.Series(values, index=both.index, dtype=object), RATE_DECIMALS)
            for name, values in columns.items()
        },
    )


def readable_changes(expected: pd.DataFrame, published: pd.DataFrame, definitions: pd.DataFrame) -> pd.DataFrame:
    """The changes of which both years' figures are published, with the counts that a rate is made of (D60).

    ``expected``: see ``year_changes``; ``published``: ``published.indicators`` as text; ``definitions``: see
    ``year_changes``.
    """
    shown = published["status"].eq(SHOWN) & (
        (published["numerator_status"].eq(SHOWN) & published["denominator_status"].eq(SHOWN))
        # A count has no denominator to show.
        | in_set(published, definitions[definitions["denominator"].isna()], _DEFINED)
    )
    keys = published.loc[shown, INDICATOR_KEY].astype({YEAR: "int64"})
    both = keys.merge(keys.assign(**{YEAR: keys[YEAR] + 1}), on=INDICATOR_KEY)
    return expected.merge(both, on=INDICATOR_KEY)
