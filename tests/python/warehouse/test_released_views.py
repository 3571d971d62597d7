"""The narrow views of the published file of the sample: the rows of their tables, and nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest
from shared import Built

from plie_warehouse.attack.attack import attack
from plie_warehouse.attack.published import AttackError


@pytest.fixture
def served(built: Built) -> duckdb.DuckDBPyConnection:
    with duckdb.connect(str(built.serving), read_only=True) as connection:
        yield connection


def test_each_table_with_statuses_has_a_view_without(served: duckdb.DuckDBPyConnection) -> None:
    tables = {
        table
        for (table,) in served.execute(
            "select distinct table_name from duckdb_columns()"
            " inner join duckdb_tables() using (schema_name, table_name)"
            " where schema_name = 'published' and column_name like '%\\_status' escape '\\'"
        ).fetchall()
    }
    views = {name for (name,) in served.execute("select view_name from duckdb_views() where not internal").fetchall()}
    assert len(tables) > 20 and {f"{table}_simple" for table in tables} <= views
    for table in tables:
        statuses = [
            name
            for name, *_ in served.execute(f"describe published.{table}").fetchall()
            if name.endswith("_status") or (name == "status" and table == "indicators")
        ]
        kept = f"select * exclude ({', '.join(statuses)}) from published.{table}"
        shown = f"select * exclude (is_hidden) from published.{table}_simple"
        assert served.execute(f"({kept} except all {shown}) union all ({shown} except all {kept})").fetchall() == []
        levels = [name for name in views if name.startswith(f"{table}_") and name.removeprefix(f"{table}_") in LEVELS]
        if table != "printed_comparison":
            counts = [served.execute(f"select count(*) from published.{name}").fetchone()[0] for name in levels]
            assert sum(counts) == served.execute(f"select count(*) from published.{table}").fetchone()[0]


LEVELS = ("plie", "structure", "departement", "region", "national")


def test_nothing_is_hidden_of_the_nation_and_much_of_the_plie(served: duckdb.DuckDBPyConnection) -> None:
    hidden = "select count(*) filter (is_hidden), count(*) from published.indicators_"
    assert served.execute(f"{hidden}national").fetchone()[0] == 0
    suppressed, all_ = served.execute(f"{hidden}plie").fetchone()
    assert 0 < suppressed < all_
    assert not served.execute(
        "select * from published.plie_outcomes_simple inner join published.plie_outcomes"
        " using (reporting_year, territory_kind, territory_code)"
        " where is_hidden <> (list_has_any(['masque_primaire', 'masque_secondaire', 'base_insuffisante'],"
        " [columns('.*_status')]))".replace("[columns('.*_status')]", f"[{', '.join(statuses(served))}]")
    ).fetchall(), "in the sample no whole territory is left out"


def statuses(served: duckdb.DuckDBPyConnection) -> list[str]:
    return [
        name for name, *_ in served.execute("describe published.plie_outcomes").fetchall() if name.endswith("_status")
    ]


@pytest.mark.parametrize(
    ("view", "said"),
    [
        ("create view published.plie_ages as select 3 as n", "vue publiée que l'attaque ne connaît pas"),
        ("create view published.plie_outcomes_more as select 1::bigint as more", "ne connaît pas"),
        # A figure, or a row, that the table does not show.
        (
            "create or replace view published.plie_outcomes_plie as select * exclude (territory_kind) replace"
            " (coalesce(exits, 3) as exits) from published.plie_outcomes_simple where territory_kind = 'plie'",
            r"\d+ lignes ne sont pas celles de plie_outcomes",
        ),
        # What is hidden, said otherwise than the statuses do: who has four.
        (
            "create or replace view published.plie_step_mix_simple as select * exclude (is_hidden,"
            " steps_status, steps_total_status, share_of_steps_status), true as is_hidden from published.plie_step_mix"
            " inner join (select false as is_hidden) on true",
            r"\d+ lignes ne sont pas celles de plie_step_mix",
        ),
    ],
)
def test_the_attack_refuses_a_view_that_tells_more_than_its_table(
    view: str, said: str, built: Built, tmp_path: Path
) -> None:
    file = shutil.copyfile(built.serving, tmp_path / built.serving.name)
    file.chmod(0o600)
    with duckdb.connect(str(file)) as connection:
        connection.execute(view)
    with pytest.raises(AttackError, match=said):
        attack(file)
