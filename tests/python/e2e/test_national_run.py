"""The national consolidation, run once at its real size as ``make national`` does, and looked at as readers would.

What was printed is compared with the figures of the marts, whatever is published of them: only the nation is, here.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import replace
from io import StringIO
from pathlib import Path

import duckdb
import pytest
from conftest import make_again, parts_and_rows
from markupsafe import escape
from printed import CHAINS, CONTRADICTIONS, DECLARED, FIGURES, INDICATORS, READINGS, RULES
from shared import Built

from plie_warehouse import cli, national
from plie_warehouse.paths import PROJECT, DataFolder
from plie_warehouse.report.typography import typeset

DERIVABLE = INDICATORS | RULES | DECLARED
# D75: seven PLIE deliver the years before the last one; what changed since then needs both.
OF_THE_PANEL = {
    figure
    for figure, row in FIGURES.items()
    if row["derivable_from"] == "lignes des PLIE"
    and (int(row["reporting_year"]) in national.PANEL_YEARS or row["part"] == "change")
}

# As in the sample, and a register.
REMOVED = CHAINS | {
    "ra22_board_members_listed": (
        "delete from staging.stg_network__board_seats where rowid = (select min(rowid) from"
        " staging.stg_network__board_seats where delivery_year = 2022)",
        ["int_network__board_seats", "int_network__seat_counts", "network_members", "ind_network__measures"],
    ),
}


@pytest.fixture(scope="module")
def run(simulated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """The command in this process: its first stage copies what it would simulate, which other tests need too."""
    data = tmp_path_factory.mktemp("data")
    folder, stages = national.folder_of(DataFolder(data)).root, national.steps

    def steps(landing: Path, published_levels: str) -> list[national.Step]:
        simulation, *others = stages(landing, published_levels)
        copy = ["-c", "import shutil, sys; shutil.copytree(*sys.argv[1:])", str(simulated), str(landing)]
        return [replace(simulation, command=copy), *others]

    with pytest.MonkeyPatch.context() as patch, redirect_stdout(StringIO()) as printed:
        patch.setattr(national, "steps", steps)
        for name, value in {"PLIE_DATA_DIR": str(data), "COLUMNS": "160"}.items():
            patch.setenv(name, value)
        code = cli.main(["national", "--published-levels", "national"])
    assert code == 0, printed.getvalue()
    yield Built(folder, folder / "target", printed.getvalue())
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def connection(run: Built) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(run.warehouse), read_only=True) as opened:
        yield opened


def test_every_figure_that_follows_is_reproduced_or_contradicted(run: Built) -> None:
    found = national.compared(run.warehouse)
    assert found.derivable == len(DERIVABLE) and found.unexplained == []
    assert {figure for figure, *_ in found.contradicted} == CONTRADICTIONS.keys()
    assert all(arithmetic for *_, arithmetic in found.contradicted)
    counts = {status: number for status, (_, number) in found.counts.items()}
    assert counts == {
        "reproduced": len(INDICATORS) - len(CONTRADICTIONS) - len(OF_THE_PANEL),
        "rule": len(RULES),
        "declared": len(DECLARED),
        "contradicted": len(CONTRADICTIONS),
        "differs": 0,
        "not_comparable": len(OF_THE_PANEL),
        "not_computable": len(FIGURES) - len(DERIVABLE),
    }
    assert f"{len(DERIVABLE) - len(OF_THE_PANEL)} des {len(DERIVABLE)}" in run.printed


def test_another_reasonable_reading_gives_another_value(connection: duckdb.DuckDBPyConnection) -> None:
    """So that a figure is reproduced by what its words were taken to mean, and would not be by what else they can."""
    read = connection.execute(
        "select figure_id, our_value, other_value from marts.printed_comparison where reading_fr is not null"
    ).fetchall()
    assert {figure for figure, *_ in read} == READINGS.keys()
    for figure, ours, other in read:
        assert ours is not None and other is not None and ours != other, figure


def test_the_panel_shows_what_was_printed_too(connection: duckdb.DuckDBPyConnection) -> None:
    """Not comparable because few deliver, and not because a value differs."""
    printed = connection.execute(
        "select figure_id, our_value = printed_value from marts.printed_comparison where status = 'not_comparable'"
    ).fetchall()
    assert dict(printed) == dict.fromkeys(OF_THE_PANEL, True)


def test_every_other_figure_has_its_reason(connection: duckdb.DuckDBPyConnection) -> None:
    reasons = connection.execute(
        "select figure_id, explanation_fr from marts.printed_comparison where status = 'not_computable'"
    ).fetchall()
    assert dict(reasons) == {figure: FIGURES[figure]["not_computable_fr"] for figure in FIGURES.keys() - DERIVABLE}
    assert all(reason for _, reason in reasons)


def test_each_part_of_a_figure_leads_to_its_rows(connection: duckdb.DuckDBPyConnection) -> None:
    queries, wrong = parts_and_rows(connection, "numerator")
    assert queries.keys() == INDICATORS and wrong == []
    queries, wrong = parts_and_rows(connection, "denominator")
    quotients = "from marts.printed_comparison where denominator is not null"
    assert queries.keys() == {figure for (figure,) in connection.execute(f"select figure_id {quotients}").fetchall()}
    assert queries and wrong == []


def test_the_documented_queries_lead_from_a_figure_to_its_rows(connection: duckdb.DuckDBPyConnection) -> None:
    page = (PROJECT / "docs" / "architecture.md").read_text(encoding="utf-8")
    (block,) = (block for block in re.findall(r"```sql\n(.*?)```", page, flags=re.S) if "variable figure" in block)
    choose, remember, explain, rows, *_ = block.split(";")
    (example,) = re.findall(r"'(\w+)'", choose)
    for figure in INDICATORS:
        connection.execute(choose.replace(example, figure))
        connection.execute(remember)
        (said,) = connection.execute(explain).fetchall()
        printed, ours, status, _, numerator, _, definition, rule = said
        explained = ("not_comparable",) if figure in OF_THE_PANEL else national.EXPLAINED
        assert status in explained and definition and rule, figure
        assert printed is not None and ours is not None and numerator is not None, figure
        assert connection.execute(f"select 1 from ({rows}) limit 1").fetchall() or numerator == 0, figure


@pytest.mark.parametrize("figure", sorted(REMOVED))
def test_a_figure_without_its_rows_is_not_reproduced(figure: str, run: Built, tmp_path: Path) -> None:
    removal, models = REMOVED[figure]
    copy = tmp_path / "warehouse.duckdb"
    shutil.copyfile(run.warehouse, copy)
    query = "select status, our_value from marts.printed_comparison where figure_id = ?"
    with duckdb.connect(str(copy)) as connection:
        status, ours = connection.execute(query, [figure]).fetchone()
        assert status == "reproduced"
        connection.execute(removal)
        make_again(connection, run, [*models, "indicators", "printed_comparison"])
        status, value = connection.execute(query, [figure]).fetchone()
        assert status in ("differs", "not_computable") and value != ours
    copy.unlink()


def test_the_report_shows_what_was_printed(run: Built, connection: duckdb.DuckDBPyConnection) -> None:
    """All figures that are reproduced, or contradicted by their own source, and of these why."""
    python = PROJECT / ".venv-report" / "bin" / "python"
    if not python.exists():
        pytest.skip("the environment of the report is missing: make report-tests installs it")
    done = subprocess.run(
        [python, "-m", "plie_warehouse", "report", "--year", "2021"],
        cwd=PROJECT, env=os.environ | {"PLIE_DATA_DIR": str(run.data)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    folder = run.data / "serving" / "report" / "2021"
    listed = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    shown = {
        (one["indicator"], one["cut"], one["breakdown_value"], one["territory"], one["year"]): one["shown"]
        for one in listed["figures"]
    }
    places = {one["figure_id"]: one["places"] for one in listed["printed"]}
    page = (folder / "report.html").read_text(encoding="utf-8")
    missing = set()
    for figure, status, indicator, cut, values, code, year, explanation in connection.execute(
        "select figure_id, status, indicator_code, cut, coalesce(cut_values, 'total'), territory_code, reporting_year,"
        " explanation_fr from marts.printed_comparison where status in ('reproduced', 'contradicted')"
        " and territory_kind = 'national'"
    ).fetchall():
        if any((indicator, cut, value, code, year) not in shown for value in values.split("|")):
            missing.add(figure)
        assert places[figure] and all(f'id="{place}"' in page for place in places[figure]), figure
        if status == "contradicted":
            assert typeset(explanation)[:20] in page, figure
    assert not missing
    for figure, label in connection.execute(
        "select figure_id, label_fr from marts.printed_comparison where status in ('declared', 'rule')"
    ).fetchall():
        assert typeset(str(escape(label))) in page, figure
    assert shown["positive_rate_neutralised", "total", "total", "FR", 2021] == "48\u00a0%"


def test_what_steps_count_stands_beside_what_the_sheets_declare(run: Built) -> None:
    """D72: persons as declared, one more of "plus de"; a share of so few persons is as near as they allow."""
    with duckdb.connect(str(run.warehouse), read_only=True) as connection:
        figures = connection.execute(
            "select counted_as, unit, qualifier, declared_value, counted_value, counted_less_declared, numerator"
            " from marts.action_sheet_figures where counted_as is not null"
        ).fetchall()
        beside = connection.execute(
            "select count(*) from marts.printed_comparison"
            " where declared_value is not null and counted_value is not null"
        ).fetchone()
    assert len(figures) == 10 and beside == (10,)
    for counted_as, unit, qualifier, declared, counted, difference, numerator in figures:
        assert difference == counted - declared and numerator
        if counted_as == "personnes":
            assert difference == (qualifier is not None)
        else:
            assert unit == "part" and abs(difference) < 2 and (qualifier is None or difference > 0)
