"""What an analyst queries first: narrow views of the released tables, in the DuckDB file alone.

``<table>_simple`` has no status columns: a suppressed figure is null, and ``is_hidden`` says that the row has one.
``<table>_<level>`` has the rows of one level, with the figures that the registry publishes there. A view reads tables
and views of the same file, so that it tells nothing that they do not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from plie_warehouse.release.reader_comments import LEVEL, SIMPLE, ReaderComments
from plie_warehouse.release.released_tables import (
    CHANGES,
    INDICATORS,
    PUBLISHED,
    Column,
    Table,
    demand,
    quick_of,
    written,
)
from plie_warehouse.release.suppression_patterns import SHOWN, UNKNOWN, measures
from plie_warehouse.sql import text

KIND = "territory_kind"
TOO_FINE = "non_diffuse"
# The levels that add up to one another, whoever the supplier; the level of a supplier is one of its own aggregates.
ENCLOSING = ("departement", "region", "national")

IS_HIDDEN = Column(
    "is_hidden", "BOOLEAN", "Whether a figure of the row is suppressed, and therefore null. Unit: yes/no. Rule: D60."
)


@dataclass(frozen=True)
class View:
    """A view of schema ``published``. ``query``: its SQL, which names nothing outside the file."""

    name: str
    query: str
    comment: str
    columns: tuple[Column, ...]

    @property
    def full_name(self) -> str:
        return f"{PUBLISHED}.{self.name}"


def views(connection: duckdb.DuckDBPyConnection, tables: Sequence[Table]) -> list[View]:
    """The views of what is staged (catalog ``stage``), those that others read first."""
    registry, french = _Registry.read(connection), ReaderComments.read(connection, "stage")
    found = []
    for table in tables:
        if table.schema != PUBLISHED:
            continue
        source = table
        if statuses := measures(table):
            simple = _simple(table, statuses, registry, french)
            found.append(simple)
            source = Table(PUBLISHED, simple.name, table.comment, simple.columns, (), 0, "", 0)
        found += [
            _of_level(table, source, level, registry, french) for level in registry.levels(table) if KIND in table.names
        ]
    return found


@dataclass(frozen=True)
class _Registry:
    """``labels``: level -> its name, the finest first; ``finest``: (aggregate, measure) -> breakdown -> finest
    level at which it is published."""

    labels: dict[str, str]
    finest: dict[tuple[str, str], dict[str, str]]

    @classmethod
    def read(cls, connection: duckdb.DuckDBPyConnection) -> _Registry:
        finest: dict[tuple[str, str], dict[str, str]] = {}
        for mart, measure, cut, level in connection.execute(
            "select mart, measure, cut, finest_level from stage.reference.measures order by all"
        ).fetchall():
            finest.setdefault((mart, measure), {})[cut] = level
        labels = connection.execute(
            "select territory_kind, label_fr from stage.reference.territory_kinds order by display_order"
        ).fetchall()
        return cls(dict(labels), finest)

    def enclosing(self, finest: str) -> tuple[str, ...]:
        """A level and those that enclose it."""
        kinds = list(self.labels)
        return (finest, *(one for one in ENCLOSING if kinds.index(one) > kinds.index(finest)))

    def levels(self, table: Table) -> list[str]:
        """The levels at which a table has figures: of the long tables those of any aggregate."""
        of_all = table.name in (INDICATORS, CHANGES)
        found = {
            one
            for (mart, _), cuts in self.finest.items()
            if of_all or mart == table.name
            for level in cuts.values()
            for one in self.enclosing(level)
        }
        return [kind for kind in self.labels if kind in found]

    def is_given(self, table: Table, measure: str, level: str) -> bool:
        """Whether readers may get the measure at the level, in any breakdown; of what is no measure always."""
        cuts = self.finest.get((table.name, measure))
        return cuts is None or any(level in self.enclosing(finest) for finest in cuts.values())

    def where_given(self, table: Table, measure: str) -> str:
        """SQL of the rows in which a measure is published unless it is suppressed."""
        cuts = self.finest.get((table.name, measure), {})
        by_levels: dict[tuple[str, ...], list[str]] = {}
        for cut, finest in cuts.items():
            by_levels.setdefault(self.enclosing(finest), []).append(cut)
        if not by_levels:
            return "true"
        conditions = []
        for levels, of in by_levels.items():
            condition = f"{KIND} in ({', '.join(map(text, levels))})"
            if len(by_levels) > 1:
                condition = f"({condition} and cut in ({', '.join(map(text, of))}))"
            conditions.append(condition)
        return " or ".join(conditions)


def _simple(table: Table, statuses: dict[str, str], registry: _Registry, french: ReaderComments) -> View:
    """``statuses``: column of a value -> that of its status."""
    of_rows: dict[str, list[str]] = {}
    for value, status in statuses.items():
        of_rows.setdefault(registry.where_given(table, value), []).append(f'"{status}"')
    seen = ", ".join(map(text, (SHOWN, UNKNOWN, TOO_FINE)))
    every = ", ".join(f'"{status}"' for status in statuses.values())
    # A figure that no row of the level has is not suppressed; one that other rows of the level have is.
    left_out = " or ".join(
        f"(({where}) and list_contains([{', '.join(of)}], {text(TOO_FINE)}))" for where, of in of_rows.items()
    )
    kept = tuple(column for column in table.columns if column.name not in set(statuses.values()))
    named = ", ".join(f'"{column.name}"' for column in kept)
    return View(
        f"{table.name}_simple",
        f"select {named}, not list_has_all([{seen}], [{every}]) or {left_out} as is_hidden from {table.full_name}",
        written(
            f"{table.comment} Without status columns: is_hidden says that a figure of the row is suppressed.",
            french.view(SIMPLE, table=table.name),
        ),
        (*kept, _with_french(IS_HIDDEN, french)),
    )


def _with_french(column: Column, french: ReaderComments) -> Column:
    return Column(column.name, column.type, column.comment, french.column(PUBLISHED, "", column.name))


def _of_level(table: Table, source: Table, level: str, registry: _Registry, french: ReaderComments) -> View:
    """``source``: the simple view of the table, or the table itself."""
    kept = tuple(
        column for column in source.columns if column.name != KIND and registry.is_given(table, column.name, level)
    )
    named = ", ".join(f'"{column.name}"' for column in kept)
    return View(
        f"{table.name}_{level}",
        f"select {named} from {source.full_name} where {KIND} = {text(level)}",
        written(
            f"{table.comment} Only the level {level}, with the figures that are published there.",
            french.view(LEVEL, table=table.name, level_label=registry.labels[level]),
        ),
        kept,
    )


def write(connection: duckdb.DuckDBPyConnection, file: Path, meant: Sequence[View]) -> None:
    """Write the views into the file of the released tables."""
    connection.execute(f"attach {text(file)} as serving; use serving; begin")
    for view in meant:
        comments = [
            f'comment on column {view.full_name}."{column.name}" is {text(column.written)}' for column in view.columns
        ]
        connection.execute(
            "; ".join(
                [
                    f"create view {view.full_name} as {view.query}",
                    f"comment on view {view.full_name} is {text(view.comment)}",
                    *comments,
                ]
            )
        )
    connection.execute("commit; checkpoint serving; use memory; detach serving")


def check(file: Path, meant: Sequence[View]) -> None:
    """Raises ``ReleaseError`` unless the file, opened read-only, has these views and no other, and each can be read."""
    with duckdb.connect(str(file), read_only=True) as connection:
        found = connection.execute(
            "select view_name, comment from duckdb_views() where not internal order by view_name"
        ).fetchall()
        demand("views", sorted((view.name, view.comment) for view in meant), found)
        for view in meant:
            columns = connection.execute(
                "select column_name, data_type, comment from duckdb_columns()"
                " where schema_name = ? and table_name = ? order by column_index",
                [PUBLISHED, view.name],
            ).fetchall()
            demand(view.full_name, [(column.name, column.type, column.written) for column in view.columns], columns)
            quick_of(connection, view.full_name)
