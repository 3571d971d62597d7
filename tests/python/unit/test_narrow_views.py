"""The narrow views of the published file, on a table of five rows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from plie_warehouse.errors import ReleaseError
from plie_warehouse.paths import PROJECT
from plie_warehouse.release import released_tables, released_views
from plie_warehouse.release.released_tables import Column, Table

UNIT = "Unit: exits. Rule: D60."
FIGURES = ("exits", "early_exits")
OUTCOMES = Table(
    "published",
    "plie_outcomes",
    "One row.",
    (
        *(Column(name, "VARCHAR", f"Of the row. {UNIT}") for name in ("territory_kind", "territory_code")),
        *(Column(name, "BIGINT", f"A count. {UNIT}", "Un effectif.") for name in FIGURES),
        *(Column(f"{name}_status", "VARCHAR", f"Why. {UNIT}") for name in FIGURES),
    ),
    ("territory_kind", "territory_code"),
    5,
    "",
    0,
)
PLIE_AND_REGION = """
    ('plie', '59-01', 12, null, 'publie', 'non_diffuse'),
    ('plie', '59-02', null, null, 'masque_primaire', 'non_diffuse'),
    ('plie', '59-03', null, null, 'non_diffuse', 'non_diffuse'),
    ('region', '32', 40, null, 'publie', 'non_diffuse'),
    ('region', '11', 40, null, 'publie', 'non_connu')
"""


@pytest.fixture
def stage() -> Iterator[duckdb.DuckDBPyConnection]:
    """Exits are published of a PLIE, early exits of a region at the finest."""
    with duckdb.connect() as connection:
        connection.execute(
            f"""
            attach ':memory:' as stage;
            create schema stage.published;
            create schema stage.reference;
            create table stage.published.plie_outcomes as from (values {PLIE_AND_REGION}) as t(
                territory_kind, territory_code, exits, early_exits, exits_status, early_exits_status
            );
            alter table stage.published.plie_outcomes alter exits type bigint;
            alter table stage.published.plie_outcomes alter early_exits type bigint;
            create table stage.reference.measures as from (values
                ('plie_outcomes', 'total', 'exits', 'plie', 'Sorties', 'Sorties.'),
                ('plie_outcomes', 'total', 'early_exits', 'region', 'Sorties précoces', 'Précoces.'),
            ) as t(mart, cut, measure, finest_level, label_fr, definition_fr);
            create table stage.reference.territory_kinds as from (values
                ('plie', 'PLIE', 1), ('structure', 'Structure', 2), ('departement', 'Département', 3),
                ('region', 'Région', 4), ('national', 'France', 5)
            ) as t(territory_kind, label_fr, display_order);
            create table stage.reference.reader_comments as from read_csv(
                '{PROJECT / "seeds" / "reference" / "reader_comments.csv"}', all_varchar = true
            );
            """
        )
        yield connection


@pytest.fixture
def file(stage: duckdb.DuckDBPyConnection, tmp_path: Path) -> Path:
    released_tables.write(stage, tmp_path / "out.duckdb")
    return tmp_path / "out.duckdb"


def rows(file: Path, sql: str) -> list[tuple]:
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_a_view_has_no_status_and_says_what_is_hidden(stage: duckdb.DuckDBPyConnection, file: Path) -> None:
    """What no row of the level has is not hidden; what others of the level have, and what is suppressed, is."""
    meant = released_views.views(stage, [OUTCOMES])
    released_views.write(stage, file, meant)
    released_views.check(file, meant)
    assert rows(file, "from published.plie_outcomes_simple order by all") == [
        ("plie", "59-01", 12, None, False),
        ("plie", "59-02", None, None, True),
        ("plie", "59-03", None, None, True),
        ("region", "11", 40, None, False),
        ("region", "32", 40, None, True),
    ]
    assert [view.name for view in meant] == [
        f"plie_outcomes_{kind}" for kind in ("simple", "plie", "departement", "region", "national")
    ], "none for structures, of which the aggregate has nothing"
    assert rows(file, "from published.plie_outcomes_plie order by all")[0] == ("59-01", 12, False)
    assert [name for name, *_ in rows(file, "describe published.plie_outcomes_region")] == [
        "territory_code",
        *FIGURES,
        "is_hidden",
    ]


def test_a_view_is_described_in_both_languages(stage: duckdb.DuckDBPyConnection, file: Path) -> None:
    released_views.write(stage, file, released_views.views(stage, [OUTCOMES]))
    [(comment,)] = rows(file, "select comment from duckdb_views() where view_name = 'plie_outcomes_region'")
    assert comment.startswith("One row. Only the level region")
    assert comment.endswith("FR : Vue de plie_outcomes_simple pour un seul niveau de territoire : Région.")
    columns = "select column_name, comment from duckdb_columns() where table_name = 'plie_outcomes_region'"
    assert dict(rows(file, columns))["exits"] == f"A count. {UNIT} FR : Un effectif."


@pytest.mark.parametrize(
    "change",
    [
        "drop view published.plie_outcomes_plie",
        "create view published.more as select 1 as one",
        "comment on view published.plie_outcomes_plie is 'other'",
        "comment on column published.plie_outcomes_plie.exits is 'other'",
        "drop view published.plie_outcomes_plie; create view published.plie_outcomes_plie as select 1 as exits",
    ],
)
def test_views_that_are_not_as_meant_are_refused(stage: duckdb.DuckDBPyConnection, file: Path, change: str) -> None:
    meant = released_views.views(stage, [OUTCOMES])
    released_views.write(stage, file, meant)
    with duckdb.connect(str(file)) as connection:
        connection.execute(change)
    with pytest.raises(ReleaseError, match="was meant"):
        released_views.check(file, meant)
