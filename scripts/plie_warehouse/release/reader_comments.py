"""The French text of each table, view and column that readers get: from ``reference.reader_comments``, and for a
measure from ``reference.measures``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import duckdb

COMMENTS = "reader_comments"
STATUS = "_status"

# Names of texts with a place for the name of what they are of.
SIMPLE, LEVEL, OF_STATUS = (
    "published.{table}_simple",
    "published.{table}_{level}",
    ("published.{table}", "{column}_status"),
)


@dataclass(frozen=True)
class ReaderComments:
    """``texts``: (table with its schema, column) -> text; the table is empty for a column of any table, the column for
    the table itself. ``measures``: (aggregate, column) -> text."""

    texts: Mapping[tuple[str, str], str]
    measures: Mapping[tuple[str, str], str]

    @classmethod
    def of(
        cls, comments: Iterable[tuple[str | None, str | None, str]], measures: Iterable[tuple[str, str, str, str]]
    ) -> ReaderComments:
        """``comments``: rows of the list; ``measures``: aggregate, column, label and definition of each measure, both
        empty where it is no indicator. A label that differs from breakdown to breakdown is cut before it."""
        labels: dict[tuple[str, str], list[tuple[str, str]]] = {}
        for mart, measure, label, definition in measures:
            if label:
                labels.setdefault((mart, measure), []).append((label, definition))
        texts = {}
        for name, found in labels.items():
            first, definition = found[0]
            label = first if len(found) == 1 else first.partition(", par ")[0]
            same = definition if all(one == definition for _, one in found) else ""
            texts[name] = f"{label}. {same}".rstrip()
        return cls({(table or "", column or ""): text for table, column, text in comments}, texts)

    @classmethod
    def read(cls, connection: duckdb.DuckDBPyConnection, database: str) -> ReaderComments:
        """Those of an attached warehouse, or of what is staged from it."""
        return cls.of(
            connection.execute(
                f"select table_name, column_name, comment_fr from {database}.reference.{COMMENTS}"
            ).fetchall(),
            connection.execute(
                f"select mart, measure, coalesce(label_fr, ''), coalesce(definition_fr, '')"
                f" from {database}.reference.measures order by mart, measure, cut <> 'total', cut"
            ).fetchall(),
        )

    def table(self, schema: str, name: str) -> str:
        """Empty where the list has none."""
        return self.texts.get((f"{schema}.{name}", ""), "")

    def view(self, kind: str, **names: str) -> str:
        """Of a view of the kind ``SIMPLE`` or ``LEVEL``, with the names in their places."""
        return self.texts[kind, ""].format(**names)

    def column(self, schema: str, table: str, column: str) -> str:
        """Empty where the lists have none."""
        own = self.texts.get((f"{schema}.{table}", column)) or self.measures.get((table, column))
        if not own and column.endswith(STATUS):
            own = self.texts[OF_STATUS].format(column=column.removesuffix(STATUS))
        return own or self.texts.get(("", column), "")
