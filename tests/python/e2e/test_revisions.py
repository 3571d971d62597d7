"""A late correction of one PLIE: which figures moved, by how much, because of which delivery; and nothing else moved.

Two PLIE of one department deliver, one of them corrects its delivery, then nobody does anything.
"""

from __future__ import annotations

import errno
import json
import shutil
import stat
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pandas as pd
import pytest
from conftest import make_warehouse, run_plie
from hand_made import refused
from hostile import Case, Tables, good, pseudonym, write, write_landing
from shared import Built

from plie_warehouse import history
from plie_warehouse.paths import SAMPLE, STORE, DataFolder
from plie_warehouse.release import ReleaseError, build_attestation, release_step
from plie_warehouse.validation.revisions import FIGURE, REVISIONS, compared_revisions, moved, read_last

CORRECTED, OTHER = "59-09", "59-14"
KEY = "reporting_year, territory_kind, territory_code, indicator_code, cut, cut_value, method_version"


TIMES, PEOPLE = 5, 20


def delivery(supplier: str) -> Tables:
    """100 parcours and 25 exits: the good delivery five times over, so that no count of it is small."""
    tables: Tables = {}
    for number in range(TIMES):
        for name, rows in good(supplier, PEOPLE).items():
            for row in rows:
                person = int(str(row["participant_id"])[-4:]) + number * PEOPLE
                row["participant_id"] = pseudonym(supplier, person)
                if "step_id" in row:
                    row["step_id"] = f"ET-{person}"
            tables.setdefault(name, []).extend(rows)
    return tables


def as_good(folder: Path, supplier: str) -> None:
    write(folder, delivery(supplier))


def correct(folder: Path, supplier: str) -> None:
    """The person who left last had not: one exit less, one more in stock."""
    tables = delivery(supplier)
    del tables["exits"][-1]
    write(folder, tables)


@dataclass(frozen=True)
class Years:
    """The warehouses of three builds, in their order, and the data folder of the first two."""

    data: DataFolder
    warehouses: tuple[Path, Path, Path]


@pytest.fixture(scope="module")
def consolidated(tmp_path_factory: pytest.TempPathFactory) -> Years:
    root = tmp_path_factory.mktemp("revisions")
    landing, data = root / "landing", DataFolder(root / "data")
    kept = []
    for number, made in enumerate((as_good, correct)):
        cases = [Case("corrected", CORRECTED, made, True, None), Case("other", OTHER, as_good, True, None)]
        write_landing(landing, cases)
        # What is published has no part in it, and the first build has nothing to be compared with.
        options = ("--published-levels", "national", str(landing))
        if number == 0:
            assert make_warehouse("consolidate", *options, data=data.root) == 0
        else:
            done = run_plie("consolidate", "--without-unit-tests", *options, data=data.root)
            assert done.returncode == 0, done.stdout + done.stderr
        kept.append(root / f"{number}.duckdb")
        shutil.copyfile(data.warehouse, kept[-1])
    kept.append(third_build(data, root / "third"))
    return Years(data, tuple(kept))


def third_build(data: DataFolder, folder: Path) -> Path:
    """A copy of the second warehouse, in which the model of the revisions finds what the second build left. The figures
    of another build are the same (test_building_again_gives_the_same_figures)."""
    folder.mkdir()
    # The SQL names the catalogue, which has the name of the file.
    third = shutil.copyfile(data.warehouse, folder / data.warehouse.name)
    model = "compiled/plie_warehouse/models/quality/revisions.sql"
    with duckdb.connect(str(third)) as connection:
        connection.execute("delete from quality.revisions")
        revisions = (data.root / "target" / model).read_text(encoding="utf-8")
        connection.execute(f"insert into quality.revisions by name ({revisions})")
    return third


def rows(warehouse: Path, sql: str) -> list[tuple]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_the_first_build_revises_nothing(consolidated: Years) -> None:
    assert rows(consolidated.warehouses[0], "select count(*) from quality.revisions") == [(0,)]


def test_a_correction_names_the_figures_that_moved_and_the_delivery(consolidated: Years) -> None:
    """By hand: of 100 parcours of the PLIE 25 had left, now 24; of the 200 of the country 50 had, now 49. The one who
    had not is followed by one of the two referents of a PLIE, who has the fewest. Those who had left had stayed 6,260
    days in the PLIE and 12,520 in the country, this one 255 of them."""
    found = rows(
        consolidated.warehouses[1],
        "select territory_kind, indicator_code, previous_value, value, difference from quality.revisions"
        " where cut = 'total' and territory_kind in ('plie', 'national')"
        " and method_version = (select any_value(method_version) from reference.measures"
        " where mart = 'plie_outcomes') and value is distinct from previous_value",
    )
    plie = {
        "stock_31_dec": (75, 76), "exits": (25, 24), "nofollow_exits": (25, 24), "abandoned_exits": (25, 24),
        "caseload_min": (25, 26), "persons_per_referent": (Decimal("37.5"), 38),
        "duration_months_mean": (Decimal("8.226694"), Decimal("8.220397")),
    }  # fmt: skip
    nation = {
        "stock_31_dec": (150, 151), "exits": (50, 49), "nofollow_exits": (50, 49), "abandoned_exits": (50, 49),
        "persons_per_referent": (Decimal("37.5"), Decimal("37.75")),
        "duration_months_mean": (Decimal("8.226694"), Decimal("8.223610")),
    }  # fmt: skip
    assert {(kind, code): (before, now) for kind, code, before, now, _ in found} == {
        (kind, code): pair for kind, pairs in (("plie", plie), ("national", nation)) for code, pair in pairs.items()
    }
    assert all(now - before == difference for _, _, before, now, difference in found)


def test_a_rate_whose_counts_moved_is_among_them(consolidated: Years) -> None:
    """0 of 25 and 0 of 24 are the same rate of other exits."""
    assert rows(
        consolidated.warehouses[1],
        "select previous_numerator, previous_denominator, previous_value, numerator, denominator, value, difference"
        f" from quality.revisions where territory_code = '{CORRECTED}' and indicator_code = 'positive_rate_raw'"
        " and cut = 'total'",
    ) == [tuple(map(Decimal, (0, 25, 0, 0, 24, 0, 0)))]


def test_every_figure_that_differs_is_a_revision_and_no_other(consolidated: Years) -> None:
    """Compared by other means: the indicators of the two warehouses."""
    first, second, _ = consolidated.warehouses
    with duckdb.connect() as connection:
        connection.execute(f"attach '{first}' as first (read_only); attach '{second}' as second (read_only)")
        figures = f"select {KEY}, numerator, denominator, value from"
        differing = connection.execute(
            f"select distinct {KEY} from (({figures} first.marts.indicators except {figures} second.marts.indicators)"
            f" union all ({figures} second.marts.indicators except {figures} first.marts.indicators)) order by all"
        ).fetchall()
        assert connection.execute(f"select {KEY} from second.quality.revisions order by all").fetchall() == differing
        assert {row[:3] for row in differing} == {
            (2021, "plie", CORRECTED), (2021, "departement", "59"), (2021, "region", "32"), (2021, "national", "FR"),
        }  # fmt: skip
        builds = [
            *connection.execute("select build_id, as_of_date from first.marts.build_info").fetchone(),
            *connection.execute("select build_id, as_of_date from second.marts.build_info").fetchone(),
        ]
        found = connection.execute(
            "select distinct deliveries, cause_fr, previous_build_id, previous_as_of_date, build_id, as_of_date,"
            " revision_no from second.quality.revisions"
        ).fetchall()
        assert found == [(f"plie {CORRECTED} 2021", "livraison corrigée", *builds, 1)]
        assert builds[0] != builds[2]


def test_another_build_of_the_same_adds_and_loses_nothing(consolidated: Years) -> None:
    _, second, third = consolidated.warehouses
    every = "from quality.revisions order by all"
    assert rows(third, every) == rows(second, every) != []


def test_what_is_kept_for_the_next_build_is_for_the_owner_alone(consolidated: Years) -> None:
    folder = consolidated.data.history
    kept = [folder, *folder.rglob("*")]
    assert {path.name for path in kept if path.is_file()} == {
        "build.parquet", "deliveries.parquet", "disclosure_figures.parquet", "disclosure_suppressed.parquet",
        "figures.parquet", "revisions.parquet",
    }  # fmt: skip
    for path in kept:
        if not path.is_symlink():
            assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
    assert {path.name for path in folder.iterdir()} == {"sample", "store"}
    # Beside the files that say the columns.
    assert [path.name for path in (folder / "sample").iterdir()] == ["last.shape"]
    last = [path.name for path in (folder / "store").iterdir() if path.name != "last.shape"]
    assert len(last) == 2, "the last one, and the way to it"


# The second enforcement ----------------------------------------------------------------------------------------------


def frame(*figures: tuple[str, str, str | None, str | None]) -> pd.DataFrame:
    """(territory, indicator, numerator, value) as rows of a long table; no denominator."""
    made = [
        {
            "reporting_year": "2021", "territory_kind": "plie", "territory_code": territory, "indicator_code": code,
            "cut": "total", "cut_value": "total", "method_version": "m-1", "numerator": numerator,
            "denominator": None, "value": value,
        }
        for territory, code, numerator, value in figures
    ]  # fmt: skip
    return pd.DataFrame(made, dtype=object)


DEFINITIONS = pd.DataFrame(
    [{"indicator_code": code, "cut": "total", "method_version": "m-1"} for code in ("exits", "entries", "steps")]
)
NO_REVISIONS = pd.DataFrame(
    columns=[
        "reporting_year", "territory_kind", "territory_code", "indicator_code", "cut", "cut_value", "method_version",
        "revision_no", *FIGURE, *(f"previous_{name}" for name in FIGURE),
    ],
    dtype=object,
)  # fmt: skip
ONE, LEAST, TWO = "1.000000", "1.000001", "2.000000"


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ([("A", "exits", ONE, ONE)], [("A", "exits", ONE, ONE)], []),
        ([("A", "exits", ONE, ONE)], [("A", "exits", LEAST, LEAST)], [("exits", ONE, LEAST)]),
        ([("A", "exits", ONE, None)], [("A", "exits", ONE, ONE)], [("exits", None, ONE)]),
        ([("A", "exits", ONE, ONE)], [("A", "exits", TWO, ONE)], [("exits", ONE, ONE)]),
        # A territory that had none, an indicator that had none, what nothing defines.
        ([("A", "exits", ONE, ONE)], [("A", "exits", ONE, ONE), ("B", "exits", ONE, ONE)], []),
        ([("A", "exits", ONE, ONE)], [("A", "exits", ONE, ONE), ("A", "steps", ONE, ONE)], []),
        ([("A", "exits", ONE, ONE), ("A", "gone", ONE, ONE)], [("A", "exits", ONE, ONE)], []),
        # A figure that others had, and one that is there no more.
        (
            [("A", "exits", ONE, ONE), ("B", "steps", ONE, ONE)],
            [("A", "exits", ONE, ONE), ("B", "steps", ONE, ONE), ("A", "steps", TWO, TWO)],
            [("steps", None, TWO)],
        ),
        (
            [("A", "exits", ONE, ONE), ("A", "steps", ONE, ONE)],
            [("A", "exits", ONE, ONE)],
            [("steps", ONE, None)],
        ),
    ],
)
def test_what_is_a_revision(before: list, now: list, expected: list) -> None:
    found = moved(frame(*now), {"figures": frame(*before), REVISIONS: NO_REVISIONS}, DEFINITIONS)
    found = found.astype(object).where(found.notna(), None)
    assert [*zip(found["indicator_code"], found["previous_value"], found["value"], strict=True)] == expected
    assert set(found["revision_no"]) <= {"1"}


def as_text(warehouse: Path, sql: str) -> pd.DataFrame:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        found = connection.execute(f"select columns(*)::varchar {sql}").df().astype(object)
        return found.where(found.notna(), None)


def left_by(warehouse: Path) -> dict[str, pd.DataFrame]:
    """What a build leaves for the next one."""
    tables = {"figures": "marts.indicators", REVISIONS: "quality.revisions"}
    return {name: as_text(warehouse, f"from {table}") for name, table in tables.items()}


@pytest.fixture(scope="module")
def revised(consolidated: Years) -> Callable[..., list]:
    """What Great Expectations sees of the second build, after a change of its table of revisions: what differs."""
    first, second, _ = consolidated.warehouses
    figures, definitions = left_by(second)["figures"], as_text(second, "from reference.measures")
    revisions, last = left_by(second)[REVISIONS], left_by(first)

    def judge(change: Callable[[pd.DataFrame], pd.DataFrame], known: bool) -> list:
        return refused(compared_revisions(figures, change(revisions), last if known else {}, definitions))

    return judge


def with_value(column: str, value: str) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """The first revision of the corrected PLIE's exits, changed."""

    def change(table: pd.DataFrame) -> pd.DataFrame:
        row = (table["territory_code"] == CORRECTED) & (table["indicator_code"] == "exits") & (table["cut"] == "total")
        assert row.sum() == 1
        return table.assign(**{column: table[column].where(~row, value)})

    return change


def test_the_revisions_of_a_build_that_moved_nothing_pass(consolidated: Years) -> None:
    """What the validation of the third build would compare; of one that forgot the revisions, it would see it."""
    _, second, third = consolidated.warehouses
    now, definitions = left_by(third), as_text(third, "from reference.measures")
    for revisions, measures in ((now[REVISIONS], set()), (now[REVISIONS].iloc[:0], {"row"})):
        found = refused(compared_revisions(now["figures"], revisions, left_by(second), definitions))
        assert {one["measure"] for one in found} == measures


@pytest.mark.parametrize("known", [True, False])
def test_the_sound_revisions_pass(revised: Callable[..., list], known: bool) -> None:
    assert not revised(lambda table: table, known)


@pytest.mark.parametrize(
    ("change", "known", "measures"),
    [
        (with_value("value", "3.000000"), False, {"difference", "leads_to"}),
        (with_value("difference", "1.000000"), False, {"difference"}),
        (with_value("numerator", "3.000000"), False, {"leads_to"}),
        (with_value("previous_value", "6.000000"), True, {"previous_value"}),
        (with_value("territory_code", OTHER), True, {"row"}),
        (lambda table: table.iloc[1:], True, {"row"}),
        (lambda table: table.assign(revision_no="2"), True, {"row"}),
    ],
)
def test_wrong_revisions_are_seen(
    revised: Callable[..., list], change: Callable, known: bool, measures: set[str]
) -> None:
    """One that does not lead to the figure, a wrong difference, another supplier's, one that is missing."""
    found = revised(change, known)
    assert {one["measure"] for one in found} == measures and {one["rule_id"] for one in found} == {"D61"}


# What dies leaves the history ----------------------------------------------------------------------------------------


@pytest.fixture
def quick(
    quick_build: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., DataFolder]:
    """The last node of a build, in which a given warehouse has passed, and that publishes nothing."""
    data = DataFolder(tmp_path / "data")
    now = SimpleNamespace(published_id="one", changed=True)
    monkeypatch.setattr(release_step, "publish", lambda *_, place, **__: (place(), now)[1])

    def run(warehouse: Path, source: str = STORE) -> DataFolder:
        quick_build(data, warehouse, source)
        return data

    return run


def content(data: DataFolder, source: str = STORE) -> tuple[str, int]:
    """Name of the last build that the history tells of, and its number of revisions."""
    last = history.last_of(data, source)
    with duckdb.connect() as connection:
        name = connection.execute(f"select build_id from '{last / 'build.parquet'}'").fetchone()[0]
    return name, len(read_last(last)[REVISIONS])


def name_of(warehouse: Path) -> str:
    return rows(warehouse, "select build_id from marts.build_info")[0][0]


def test_a_build_that_fails_or_dies_leaves_the_history(
    quick: Callable[..., DataFolder], consolidated: Years, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No room; killed before the warehouse is in place, and after."""
    first, second, _ = consolidated.warehouses
    data = quick(first)
    assert content(data) == (name_of(first), 0)

    with monkeypatch.context() as patch, pytest.raises(ReleaseError, match="No space left"):
        patch.setattr(history, "sync", lambda *_: (_ for _ in ()).throw(OSError(errno.ENOSPC, "No space left")))
        quick(second)
    assert content(data) == (name_of(first), 0)
    assert name_of(data.warehouse) == name_of(first)

    class Killed(BaseException):
        pass

    for module, step, in_place in ((build_attestation, "attest", first), (history, "commit", second)):
        with monkeypatch.context() as patch, pytest.raises(Killed):
            patch.setattr(module, step, lambda *_: (_ for _ in ()).throw(Killed))
            quick(second)
        assert content(data) == (name_of(first), 0)
        assert name_of(data.warehouse) == name_of(in_place)

    quick(second)
    name, count = content(data)
    assert name == name_of(second) and count > 0
    assert len([*(data.history / STORE).iterdir()]) == 2, "earlier histories are deleted"


def test_the_sample_and_the_store_are_not_compared(
    quick: Callable[..., DataFolder], consolidated: Years, built: Built
) -> None:
    first, second, _ = consolidated.warehouses
    data = quick(first)
    quick(built.warehouse, SAMPLE)
    assert content(data) == (name_of(first), 0)
    assert content(data, SAMPLE) == (name_of(built.warehouse), 0)
    quick(second)
    assert content(data, SAMPLE) == (name_of(built.warehouse), 0)


def test_the_deliveries_in_force_are_kept(consolidated: Years) -> None:
    manifests = [json.loads(path.read_text()) for path in consolidated.data.accepted.glob("deliveries/*/*/*.json")]
    last = history.last_of(consolidated.data, STORE)
    with duckdb.connect() as connection:
        found = connection.execute(f"from '{last / 'deliveries.parquet'}'").fetchall()
    assert sorted(found) == sorted(
        (one["kind"], one["supplier_code"], one["reporting_year"], one["in_force"]) for one in manifests
    )
    assert len(found) == 2
