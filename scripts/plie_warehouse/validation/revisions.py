"""Which figures a build moved (D61): recomputed from what the build before left and from the recomputed long table."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb
import pandas as pd

from plie_warehouse.intake.plain import no_pattern
from plie_warehouse.sql import text
from plie_warehouse.validation.checks import Checked, compared_table
from plie_warehouse.validation.frames import YEAR, Warehouse, content_of
from plie_warehouse.validation.indicators import INDICATOR_KEY
from plie_warehouse.validation.joined import NULL
from plie_warehouse.validation.tables import tables_of
from plie_warehouse.validation.tools import RATE_DECIMALS, in_set, number_text, scaled

REVISIONS = "revisions"

FIGURE = ["value", "numerator", "denominator"]
_DEFINED = ["indicator_code", "cut", "method_version"]
_TERRITORY = [YEAR, "territory_kind", "territory_code", "method_version"]

# What the build before left -> the table of the warehouse that it leaves it of.
_OF_WAREHOUSE = {"figures": ("marts", "indicators"), REVISIONS: ("quality", REVISIONS)}

# ``leads_to``: the figure as the next revision of it finds it, or as it is now.
RULES_OF = tables_of(REVISIONS)


def read_last(folder: Path | None) -> dict[str, pd.DataFrame]:
    """What the build before left (see ``plie_warehouse.history``): ``figures`` and ``revisions``, every column as text;
    empty when there is none, or when it is not known any more."""
    if folder is None or not folder.exists():
        return {}
    with duckdb.connect() as connection:
        return {
            name: connection.execute(
                "select columns(*)::varchar from read_parquet(?)", [no_pattern(folder / f"{name}.parquet")]
            ).df()
            for name in ("figures", REVISIONS)
        }


def content_of_last(folder: Path | None, warehouse: Warehouse) -> list[object]:
    """What the verdict on a warehouse depends on of what the build before left, by content: empty when there is none,
    or when the warehouse has the same figures and revisions, since ``compared_revisions`` then lays the same beside the
    table: itself."""
    if folder is None or not folder.exists():
        return []
    found, is_same = [], True
    for name, (schema, table) in _OF_WAREHOUSE.items():
        file = f"read_parquet({text(no_pattern(folder / f'{name}.parquet'))})"
        columns = [name for name, *_ in warehouse.connection.execute(f"describe from {file}").fetchall()]
        content = content_of(warehouse.connection, file, columns)
        is_same &= content == content_of(warehouse.connection, f'"{schema}"."{table}"', columns)
        found.append([name, columns, content])
    return [] if is_same else found


def moved(figures: pd.DataFrame, last: Mapping[str, pd.DataFrame], definitions: pd.DataFrame) -> pd.DataFrame:
    """The figures that a build moves: one row per ``INDICATOR_KEY`` and ``revision_no``, with the figure before and
    after.

    ``figures``: the long table, ``last``: see ``read_last``; figures as text. ``definitions``:
    see ``indicators.indicator_definitions``. No revision is a first figure: of a territory in a year, of an indicator,
    under its method; but for one that was revised before. Nor is one that nothing defines any more.
    """
    before, earlier = last["figures"], last[REVISIONS]
    both = figures.merge(before, on=INDICATOR_KEY, how="outer", suffixes=("", "_before"), indicator="_side")
    differs = pd.Series(False, index=both.index)
    for name in FIGURE:
        differs |= both[name].fillna(NULL) != both[f"{name}_before"].fillna(NULL)
    was_there = both["_side"] != "left_only"
    known = in_set(both, before, _TERRITORY) & in_set(both, before, _DEFINED)
    known |= in_set(both, earlier, INDICATOR_KEY)
    rows = both[differs & (was_there | known) & in_set(both, definitions, _DEFINED)]
    number = 1 + max((int(one) for one in earlier["revision_no"]), default=0)
    return rows[[*INDICATOR_KEY, *FIGURE]].assign(
        revision_no=str(number), **{f"previous_{name}": rows[f"{name}_before"] for name in FIGURE}
    )


def _differences(rows: pd.DataFrame) -> pd.Series:
    """``value`` less ``previous_value`` of each row, as text."""
    now, before = (scaled(rows[name], RATE_DECIMALS) for name in ("value", "previous_value"))
    return number_text(now - before, RATE_DECIMALS)


def _written(rows: pd.DataFrame, prefix: str = "") -> pd.Series:
    """Figures as one text each."""
    value, numerator, denominator = (rows[f"{prefix}{name}"].fillna(NULL) for name in FIGURE)
    return numerator + " / " + denominator + " = " + value


def compared_revisions(
    figures: pd.DataFrame, found: pd.DataFrame, last: Mapping[str, pd.DataFrame], definitions: pd.DataFrame
) -> Checked:
    """``quality.revisions`` laid beside the rules: those of earlier builds are kept, those of this one are what moved,
    and the last one of each figure says what it is.

    ``figures``: the long table by the rules, ``found``: the table as text; ``last`` and ``definitions``: see ``moved``.
    With no ``last``, only the rows that are there are judged: whether one is missing cannot be told.
    """
    figures = figures.assign(**{YEAR: figures[YEAR].astype(str)})
    columns = [*INDICATOR_KEY, "revision_no", *FIGURE, *(f"previous_{name}" for name in FIGURE)]
    expected = found[columns]
    if last:
        expected = pd.concat([last[REVISIONS][columns], moved(figures, last, definitions)[columns]], ignore_index=True)
    return compared_table(
        "quality",
        REVISIONS,
        RULES_OF[REVISIONS],
        expected.assign(difference=_differences(expected), leads_to=_leading(expected, figures, definitions)),
        found.assign(leads_to=_written(found)),
    )


def _leading(rows: pd.DataFrame, figures: pd.DataFrame, definitions: pd.DataFrame) -> pd.Series:
    """What each revision must leave: the figure that the next one of it finds, the present one for the last."""
    ordered = rows.assign(
        number=rows["revision_no"].astype("int64"), then=_written(rows, "previous_"), now=_written(rows)
    )
    ordered = ordered.sort_values("number")
    following = ordered.groupby(INDICATOR_KEY, sort=False)["then"].shift(-1)
    present = ordered[INDICATOR_KEY].merge(
        figures[INDICATOR_KEY].assign(present=_written(figures)), on=INDICATOR_KEY, how="left"
    )["present"]
    nothing = " / ".join([NULL, f"{NULL} = {NULL}"])
    leads = following.where(following.notna(), present.fillna(nothing).to_numpy())
    # While nothing defined the figure it moved unseen.
    unseen = (following == nothing) | ~in_set(ordered, definitions, _DEFINED)
    return leads.where(~unseen, ordered["now"]).reindex(rows.index)
