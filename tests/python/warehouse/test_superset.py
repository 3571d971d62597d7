"""The dashboard that Superset imports: its description against the published file, and how it is started.

Superset itself is not installed here: `make superset-check` starts it and looks at what it shows.
"""

from __future__ import annotations

import copy
import re
import shutil
import socket
import stat
import zipfile
from decimal import Decimal
from functools import reduce
from operator import getitem
from pathlib import Path
from urllib.parse import parse_qsl

import duckdb
import pytest
import yaml
from conftest import InProcess
from rich.console import Console
from shared import Built

from plie_warehouse.paths import PROJECT
from plie_warehouse.superset import server
from plie_warehouse.superset.bundle import ARCHIVE_FOLDER, Bundle, BundleError, chart_query
from plie_warehouse.superset.check import SETTINGS, comparable, french


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return Bundle.read()


def test_the_description_fits_the_published_file(bundle: Bundle, built: Built) -> None:
    """Its parts name one another, its tables and columns are there, every chart has an answer."""
    assert bundle.problems(built.serving) == []
    assert len(bundle.charts) >= 10 and len(bundle.placed) == len(bundle.charts)


def chart(files: dict, name: str = "taux") -> dict:
    return files[f"charts/{name}.yaml"]


def dataset(files: dict, name: str = "plie_outcomes") -> dict:
    return files[f"datasets/plie_marts/{name}.yaml"]


def position(files: dict) -> dict:
    return files["dashboards/resultats_nationaux.yaml"]["position"]


TAUX, OUTCOMES = "charts/taux.yaml", "datasets/plie_marts/plie_outcomes.yaml"
RESULTS, DASHBOARD = "charts/resultats.yaml", "dashboards/resultats_nationaux.yaml"
FILTERED = ("metadata", "native_filter_configuration", 0, "targets", 0, "datasetUuid")
PLACE, ROW = ("position", "CHART-taux"), ("position", "ROW-sorties", "children")
NOBODY, APPENDED = "00000000-0000-0000-0000-000000000000", "append"
AS_IT_IS = Bundle.read().files
OTHER_NUMBER = position(AS_IT_IS)["CHART-resultats"]["meta"]["chartId"]


@pytest.mark.parametrize(
    ("file", "place", "value", "problem"),
    [
        (TAUX, ("uuid",), chart(AS_IT_IS, "resultats")["uuid"], r"UUID \S+ stands in 2 files"),
        (OUTCOMES, ("database_uuid",), NOBODY, "dataset plie_outcomes: no database 0000"),
        (TAUX, ("dataset_uuid",), NOBODY, "chart Trois taux .*: no dataset 0000"),
        (DASHBOARD, FILTERED, NOBODY, "filter Année: no dataset 0000"),
        (DASHBOARD, (*PLACE, "type"), "MARKDOWN", "chart Trois taux .* is shown 0 times"),
        (DASHBOARD, (*PLACE, "meta", "sliceName"), "Autre titre", "CHART-taux: the chart's title is Trois taux"),
        (DASHBOARD, (*PLACE, "meta", "chartId"), OTHER_NUMBER, r"chart number \d+ stands 2 times"),
        (DASHBOARD, (*ROW, APPENDED), "CHART-nulle-part", "ROW-sorties: no component CHART-nulle-part"),
        (DASHBOARD, (*PLACE, "parents", -1), "ROW-clause", "CHART-taux: its last parent is not ROW-sorties"),
        (DASHBOARD, (*PLACE, "meta", "width"), 7, "ROW-sorties: 13 columns wide"),
        (OUTCOMES, ("table_name",), "plie_results", r"dataset published\.plie_results: no such table"),
        (
            "datasets/plie_marts/indicateurs.yaml",
            ("sql",),
            dataset(AS_IT_IS, "indicateurs")["sql"] + " where statut = 'publie'",
            r"dataset published\.indicateurs: the query does not run",
        ),
        (
            OUTCOMES,
            ("columns", APPENDED),
            {"column_name": "sorties"},
            r"dataset published\.plie_outcomes: no column sorties",
        ),
        (
            RESULTS,
            ("params", "all_columns", APPENDED),
            "steps",
            "chart Résultats par année: dataset plie_outcomes has no column steps",
        ),
        (
            TAUX,
            ("params", "metrics", APPENDED),
            "france_steps",
            "chart Trois taux .*: dataset plie_outcomes has no metric france_steps",
        ),
        (OUTCOMES, ("metrics", 0, "expression"), "sum(entrees)", "chart Entrées, sorties .*: Binder Error"),
        (TAUX, ("params", "adhoc_filters", 0, "comparator"), "nation", "chart Trois taux .*: no row"),
    ],
)
def test_a_spoilt_description_is_noticed(
    file: str, place: tuple, value: object, problem: str, built: Built, tmp_path: Path
) -> None:
    files = copy.deepcopy(AS_IT_IS)
    *way, last = place
    part = reduce(getitem, way, files[file])
    if last == APPENDED:
        part.append(value)
    else:
        part[last] = value
    found = Bundle(files).problems(built.serving)
    assert [line for line in found if re.match(problem, line)], found
    with pytest.raises(BundleError, match="does not fit"):
        Bundle(files).write(built.serving, tmp_path / "bundle.zip")


def test_a_kind_of_chart_that_is_not_checked_is_refused(bundle: Bundle) -> None:
    files = copy.deepcopy(bundle.files)
    chart(files)["viz_type"] = "pie"
    with pytest.raises(BundleError, match="kind pie is not known"):
        chart_query(chart(files))


def test_the_charts_show_the_figures_of_the_warehouse(
    bundle: Bundle, built: Built, warehouse: duckdb.DuckDBPyConnection
) -> None:
    expected = {
        "entrees_sorties": "select reporting_year, entries, exits, positive_exits from marts.plie_outcomes",
        "taux": "select reporting_year, positive_rate_raw, positive_rate_neutralised, positive_per_entry"
        " from marts.plie_outcomes",
        "sorties_par_classe": "select exit_class_label_fr, reporting_year, sum(exits) from marts.plie_exit_reasons",
        "etapes": "select step_family_label_fr, reporting_year, steps / steps_total from marts.plie_step_mix",
        "profil_entrees": "select profile_label_fr, reporting_year, entries_with / entries_known"
        " from marts.plie_entry_profile",
        "formation_stagiaires": "select cut_value_label_fr, reporting_year, trainees from marts.head_training",
        "evaluation_attentes": "select cut_value_label_fr, reporting_year, share_of_known from marts.head_training",
        "assistance_jours": "select cut_value_label_fr, reporting_year, assistance_days from marts.head_assistance",
        "maisons_outils": "select cut_value_label_fr, reporting_year, houses from marts.mde_equipment",
        "reunions": "select cut_value_label_fr, reporting_year, events from marts.head_events",
        "visites": "select cut_value_label_fr, reporting_year, visits from marts.head_communication",
        "abonnes": "select cut_value_label_fr, reporting_year, followers from marts.head_communication",
        "clause_heures": "select reporting_year, hours_counted, hours_excluded from marts.clause_hours_etp",
    }
    cuts = {
        "clause_heures": "total", "formation_stagiaires": "structure_kind", "evaluation_attentes": "expectations_score",
        "assistance_jours": "subject", "maisons_outils": "item", "reunions": "kind", "visites": "page",
        "abonnes": "network",
    }  # fmt: skip
    with duckdb.connect(str(built.serving), read_only=True) as serving:
        for name, sql in expected.items():
            sql += " where territory_kind = 'national'" + (f" and cut = '{cuts[name]}'" if name in cuts else "")
            sql += " group by all" if "sum(" in sql else ""
            wanted = warehouse.execute(sql).fetchall()
            assert len(wanted) >= 2
            found = serving.execute(*bundle.sql(chart(bundle.files, name))).fetchall()
            assert comparable(found) == comparable(wanted), name


def test_metrics_are_those_of_the_country_whatever_else_is_in_the_table(
    bundle: Bundle, built: Built, tmp_path: Path
) -> None:
    """The published tables hold levels that contain one another: a metric without a filter must not add them up."""
    copied = tmp_path / built.serving.name
    shutil.copyfile(built.serving, copied)
    tried = 0
    with duckdb.connect(str(copied)) as connection:
        for described in bundle.datasets.values():
            table = f"{described['schema']}.{described['table_name']}"
            for metric in described["metrics"]:
                # A count of rows is of the rows that are asked for.
                if metric["expression"] == "count(*)":
                    continue
                sql = f"select reporting_year, {metric['expression']} from {table} group by all order by all"
                before = connection.execute(sql).fetchall()
                connection.execute("begin")
                connection.execute(f"insert into {table} select * replace ('region' as territory_kind) from {table}")
                assert connection.execute(sql).fetchall() == before, metric["metric_name"]
                naive = re.sub(r" filter \(where .*\)", "", metric["expression"]).replace("max(", "sum(")
                assert connection.execute(sql.replace(metric["expression"], naive)).fetchall() != before
                connection.execute("rollback")
                tried += 1
    assert tried >= 10


def test_readers_see_french(bundle: Bundle) -> None:
    """A title for every chart, a label for every column and metric that one shows; codes stay out of sight."""
    for shown in bundle.charts.values():
        described = bundle.dataset_of(shown)
        labels = {column["column_name"]: column["verbose_name"] for column in described["columns"]}
        labels |= {metric["metric_name"]: metric["verbose_name"] for metric in described["metrics"]}
        query = chart_query(shown)
        for name in query.columns + query.metrics:
            assert labels[name] and labels[name] != name and "_" not in labels[name], (shown["slice_name"], name)
        # In a chart a code would stand for itself.
        assert not {"profile", "step_family", "exit_class", "exit_reason", "cut_value"} & set(query.columns)


@pytest.fixture
def archive(bundle: Bundle, built: Built, tmp_path: Path) -> zipfile.ZipFile:
    bundle.write(built.serving, tmp_path / "bundle.zip")
    with zipfile.ZipFile(tmp_path / "bundle.zip") as opened:
        yield opened


def test_the_archive_is_as_superset_wants_it(bundle: Bundle, archive: zipfile.ZipFile, built: Built) -> None:
    names = archive.namelist()
    assert sorted(names) == sorted(f"{ARCHIVE_FOLDER}/{name}" for name in bundle.files)
    contents = {name: yaml.safe_load(archive.read(name)) for name in names}
    [address] = [content["sqlalchemy_uri"] for content in contents.values() if "sqlalchemy_uri" in content]
    assert address.startswith(f"duckdb:///{built.serving}?")
    assert "{serving}" not in address
    for name, content in contents.items():
        assert content["version"] == "1.0.0", name
    outcomes = contents[f"{ARCHIVE_FOLDER}/datasets/plie_marts/plie_outcomes.yaml"]["columns"]
    described = {column["column_name"]: column for column in outcomes}
    with duckdb.connect(str(built.serving), read_only=True) as connection:
        columns = connection.execute(
            "select column_name, data_type, comment from duckdb_columns()"
            " where schema_name = 'published' and table_name = 'plie_outcomes'"
        ).fetchall()
    assert [(name, described[name]["type"], described[name]["description"]) for name, *_ in columns] == columns
    assert described["exits"]["verbose_name"] == "Sorties"


def copied(file: Path, folder: Path) -> Path:
    folder.mkdir()
    return shutil.copyfile(file, folder / file.name)


def test_the_same_file_gives_the_same_archive(bundle: Bundle, built: Built, tmp_path: Path) -> None:
    """By which a second start knows that there is nothing to import; another place of the file is another archive."""
    for name in ("a", "b"):
        bundle.write(built.serving, tmp_path / name)
    moved = copied(built.serving, tmp_path / "elsewhere")
    bundle.write(moved, tmp_path / "c")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes() != (tmp_path / "c").read_bytes()


def test_a_path_that_no_address_can_hold_is_refused(bundle: Bundle, built: Built, tmp_path: Path) -> None:
    odd = copied(built.serving, tmp_path / "what?")
    with pytest.raises(BundleError, match="question mark"):
        bundle.write(odd, tmp_path / "bundle.zip")


def test_the_connection_of_superset_reads_that_file_and_nothing_else(bundle: Bundle, built: Built) -> None:
    """Superset lets readers write SQL expressions, and DuckDB opens any path that a query names."""
    [database] = bundle.of("databases").values()
    settings = dict(parse_qsl(database["sqlalchemy_uri"].partition("?")[2]))
    assert settings == SETTINGS
    with duckdb.connect(str(built.serving), config=settings) as connection:
        assert connection.execute("select count(*) from published.plie_outcomes").fetchone() > (0,)
        for statement in (
            "update published.plie_outcomes set exits = 0",
            f"select * from read_text('{PROJECT / 'README.md'}')",
            f"copy (select 1) to '{built.data / 'out.csv'}'",
            f"attach '{built.warehouse}' as private",
            "set enable_external_access = true",
        ):
            with pytest.raises(duckdb.Error):
                connection.execute(statement)
    assert not (built.data / "out.csv").exists()


def test_superset_reads_with_the_duckdb_of_the_build_and_installs_from_hashes() -> None:
    files = (PROJECT / "requirements.lock", server.LOCK, server.BUILD_LOCK)
    texts = [file.read_text(encoding="utf-8") for file in files]
    pinned = [dict(re.findall(r"^([a-z0-9-]+)==(\S+)", text, flags=re.M)) for text in texts]
    ours, theirs, tools = pinned
    assert theirs["duckdb"] == ours["duckdb"]
    assert theirs["apache-superset"].startswith("6.1.") and set(tools) == {"setuptools"}
    assert server.BUILT_FROM_SOURCE in theirs
    for text, pins in zip(texts, pinned, strict=True):
        assert text.count("--hash=sha256:") >= len(pins) > 0
        assert "://" not in text and "index-url" not in text


def test_the_secret_key_is_private_lasting_and_nobody_elses(tmp_path: Path) -> None:
    keys = []
    for name in ("one", "one", "two"):
        server.make_home(tmp_path / name)
        keys.append((tmp_path / name / "secret_key").read_text(encoding="ascii"))
        assert stat.S_IMODE((tmp_path / name / "secret_key").stat().st_mode) == 0o600
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o700
    assert keys[0] == keys[1] != keys[2]
    assert all(len(key) >= 42 for key in keys)


def test_a_preparation_that_failed_is_made_again_and_one_that_is_done_is_not(built: Built, tmp_path: Path) -> None:
    """With a script in the place of Superset's Python, that makes a file and ends as it is told."""
    environment, home = tmp_path / "environment", tmp_path / "home"
    (environment / "bin").mkdir(parents=True)
    python = environment / "bin" / "python"
    python.write_text(
        '#!/bin/sh\necho "> étape"\necho "no such thing" >&2\necho run >> "$SUPERSET_HOME/superset.db"\n'
        'exit "$(cat "$SUPERSET_HOME/code")"\n',
        encoding="utf-8",
    )
    python.chmod(0o755)
    server.make_home(home)
    quiet = Console(quiet=True)
    (home / "code").write_text("1", encoding="ascii")
    with pytest.raises(server.SupersetError, match="no such thing"):
        server.prepare(quiet, built.serving, home, environment)
    (home / "code").write_text("0", encoding="ascii")
    for _ in range(2):
        server.prepare(quiet, built.serving, home, environment)
        assert (home / server.DATABASE).read_text(encoding="ascii") == "run\n"
    # Another description or file: again, over the metadata that are there.
    moved = copied(built.serving, tmp_path / "elsewhere")
    server.prepare(quiet, moved, home, environment)
    assert (home / server.DATABASE).read_text(encoding="ascii") == "run\nrun\n"
    assert f"'{server.DATABASE}'" in server.CONFIG.read_text(encoding="utf-8")


def test_without_a_published_file_it_says_what_to_do(in_process: InProcess, tmp_path: Path) -> None:
    for command in ("dashboard", "check-dashboard"):
        code, _, errors = in_process(command, data=tmp_path)
        assert code == 2 and "run make build first" in errors
        assert not (tmp_path / "superset").exists()


def test_a_taken_port_is_told_before_anything_is_installed(built: Built, in_process: InProcess) -> None:
    with socket.socket() as taken:
        taken.bind((server.HOST, 0))
        port = taken.getsockname()[1]
        code, _, errors = in_process("dashboard", "--port", str(port), data=built.data)
    assert code == 2 and f"port {port} is taken" in errors
    assert not (built.data / "superset").exists()


def test_a_python_without_wheels_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho 3 14\n", encoding="ascii")
    python.chmod(0o755)
    monkeypatch.setenv("SUPERSET_PYTHON", str(python))
    with pytest.raises(server.SupersetError, match=r"needs Python 3\.11 or 3\.12; .* is 3\.14"):
        server.install(Console(quiet=True), tmp_path / "environment")


def test_nothing_is_installed_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUPERSET_PYTHON", str(tmp_path / "no-python"))
    wanted = server._digest(server.LOCK, server.BUILD_LOCK)
    (tmp_path / ".installed").write_text(wanted, encoding="ascii")
    server.install(Console(quiet=True), tmp_path)
    (tmp_path / ".installed").write_text("another lock file", encoding="ascii")
    with pytest.raises(FileNotFoundError):
        server.install(Console(quiet=True), tmp_path)


def test_numbers_as_the_page_shows_them() -> None:
    assert french(Decimal("113555.02"), 2) == "113\u202f555,02"
    assert french(Decimal("0.476351"), 1, percent=True) == "47,6\u202f%"
    assert french(319, 0) == "319"
