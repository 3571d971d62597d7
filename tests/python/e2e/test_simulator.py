"""The simulated network: its files, read again, give the printed figures; whoever asks for the same gets the same."""

from __future__ import annotations

import csv
import filecmp
import re
import shutil
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from math import floor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import InProcess, run_plie
from printed_measures import PlieYear, measures, plie_measures, plie_year, read_landing

from plie_warehouse.contract import load_kind, read_seed
from plie_warehouse.paths import PROJECT
from plie_warehouse.simulator import DEFAULT_SEED, quotas
from plie_warehouse.simulator.plie_targets import PlieTargets
from plie_warehouse.simulator.quotas import QuotaError
from plie_warehouse.simulator.simulated_clause import (
    ClauseTargets,
    Structures,
    draw_clause_year,
    raked,
    whole_hundredths,
)
from plie_warehouse.simulator.simulated_landing import simulate
from plie_warehouse.simulator.simulated_network import network_years
from plie_warehouse.simulator.simulated_plie import Population
from plie_warehouse.simulator.simulated_plie_delivery import caseloads, draw_year
from plie_warehouse.simulator.targets import PRINTED

YEARS, CLAUSE_YEAR = (2018, 2019, 2020, 2021), 2020
PANEL_YEARS = (2018, 2019, 2020)
DIJON_YEAR = 2016  # of which one figure of one PLIE is printed: the PLIE of its region deliver it
Measured = Callable[[str, int], Fraction]

with PRINTED.open(encoding="utf-8", newline="") as file:
    FIGURES = list(csv.DictReader(file))
# Of the PLIE and of the survey, in the years of the panel or compared with them.
PANEL_FIGURES = [
    row
    for row in FIGURES
    if (
        int(row["year"]) in (DIJON_YEAR, *PANEL_YEARS)
        and not row["measure"].startswith(("clause:", "per_", "etp_", "beneficiaries_"))
    )
    or row["measure"].startswith("entries_change:")
]


def displayed(value: Fraction, decimals: int) -> Fraction:
    """Half up on the exact value; away from zero when it is negative."""
    power = Fraction(10) ** decimals
    rounded = floor(abs(value) * power + Fraction(1, 2)) / power
    return rounded if value >= 0 else -rounded


def files_of(folder: Path) -> list[Path]:
    """The files of a folder, by their paths in it."""
    return sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())


def assert_same_bytes(one: Path, other: Path, files: list[Path]) -> None:
    _, differing, missing = filecmp.cmpfiles(one, other, files, shallow=False)
    assert (differing, missing) == ([], [])


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What every printed figure needs."""
    folder = tmp_path_factory.mktemp("network")
    options = ["--output", str(folder / "landing"), "--year", *map(str, YEARS), "--clause-year", str(CLAUSE_YEAR)]
    options += ["--panel-years", str(DIJON_YEAR)]
    done = run_plie("simulate", *options, data=folder)
    assert done.returncode == 0, done.stderr
    return folder / "landing"


@pytest.fixture(scope="module")
def panel(simulated: Path) -> Path:
    """The last year by all PLIE, those before by the panel; the clause and the registers too."""
    return simulated


@pytest.fixture(scope="module")
def measured_by_panel(panel: Path) -> Measured:
    return measures(panel, ("plie", "survey"))


@pytest.fixture(scope="module")
def measured(landing: Path) -> Measured:
    return measures(landing)


@pytest.fixture(scope="module")
def plie(landing: Path) -> dict[int, PlieYear]:
    """The rows of the PLIE of the last two years, and what they say."""
    return {year: plie_year(read_landing(landing, "plie", year), year) for year in (2020, 2021)}


# ------------------------------------------------------------------------------------------------ printed figures


def test_every_computable_figure_is_listed_once() -> None:
    names = [row["figure_id"] for row in FIGURES]
    assert len(names) == len(set(names)) == 293
    outcomes = pd.Series([row["outcome"] for row in FIGURES]).value_counts().to_dict()
    assert outcomes == {"met": 277, "contradicted": 12, "false label": 4}
    assert all(row["reason"] for row in FIGURES if row["outcome"] != "met")
    assert all(row["value"] == row["simulated"] for row in FIGURES if row["outcome"] != "contradicted")
    assert all(row["value"] != row["simulated"] for row in FIGURES if row["outcome"] == "contradicted")


@pytest.mark.parametrize("row", FIGURES, ids=lambda row: row["figure_id"])
def test_a_printed_figure(row: dict[str, str], measured: Measured) -> None:
    """Met at its printed rounding; where the source contradicts itself, the value that the rest of it leaves."""
    exact = measured(row["measure"], int(row["year"]))
    assert displayed(exact, int(row["decimals"])) == Fraction(row["simulated"]), float(exact)


def test_counts_that_are_not_printed_by_themselves(measured: Measured) -> None:
    """Counts stand to the unit, not to a rounding."""
    expected = {
        ("persons", 2021): 131_000, ("parcours", 2021): 131_420, ("exits", 2021): 31_546, ("stock", 2021): 99_874,
        ("persons", 2020): 125_000, ("entries", 2020): 28_403, ("exits", 2019): 31_550, ("steps", 2021): 165_000,
        ("steps:emploi_iae", 2021): 23_061, ("clause:hours", 2020): 19_906_400, ("clause:procurements", 2020): 50_390,
        ("clause:buyers", 2020): 3_280, ("clause:work_contracts", 2020): 63_794, ("clause:employers", 2020): 20_040,
        ("clause:beneficiaries", 2020): 48_430, ("plie:in_year", 2020): 147,
    }  # fmt: skip
    assert {key: measured(*key) for key in expected} == expected


def test_shares_print_the_same_on_known_values(measured: Measured) -> None:
    """So that no share depends on a base that the source leaves open; that of the RSA in 2021 is printed on both."""
    for year in (2020, 2021):
        for name in ("femme", "senior", "peu_qualifie", "longue_duree", "rsa"):
            both = [displayed(measured(f"entries_of_{base}:{name}", year), 0) for base in ("all", "known")]
            assert (both[0] == both[1]) != (name == "rsa" and year == 2021), (name, year, both)
    for name in ("femme", "jeune", "peu_qualifie", "longue_duree", "rsa", "qpv", "travailleur_handicape"):
        base = [displayed(measured(f"beneficiaries_of_{base}:{name}", CLAUSE_YEAR), 0) for base in ("all", "known")]
        assert base[0] == base[1], name


def test_the_rate_of_all_is_the_mean_of_its_parts(measured: Measured) -> None:
    """What the printed rates of men, women and all are not."""
    men, women, total = (measured(f"rate:{name}", 2021) for name in ("homme", "femme", "total"))
    assert men < total < women
    assert displayed(women, 0) in (47, 48)


def test_another_seed_prints_the_same(tmp_path: Path) -> None:
    simulate(tmp_path, seed=7, years=[2021], kinds=("plie",))
    found = plie_measures(plie_year(read_landing(tmp_path, "plie", 2021), 2021))
    mine = [row for row in FIGURES if row["year"] == "2021" and row["measure"] in found]
    assert len(mine) > 50
    for row in mine:
        assert displayed(found[row["measure"]], int(row["decimals"])) == Fraction(row["simulated"]), row["figure_id"]


# ------------------------------------------------------------------------------------------------ the network


def test_who_delivers(landing: Path) -> None:
    codes = {path.name for path in (landing / "plie").iterdir()}
    named = {row["plie_code"] for row in read_seed("plie_register")}
    assert (len(codes), len(codes & named)) == (128, 126)
    register = read_landing(landing, "network", 2022)["plie_register"].set_index("plie_code")
    assert codes <= set(register.index)
    assert (register.loc[sorted(codes - named), "name"].str.contains("non nommé")).all()
    assert not register.loc[sorted(set(register.index) - named), "town"].any()
    assert len(list((landing / "clause").iterdir())) == 366
    assert network_years(YEARS, [CLAUSE_YEAR]) == [2018, 2019, 2020, 2021, 2022]


def test_who_sits_on_the_board(landing: Path) -> None:
    """Each seat is of a member of the register of its year, but for that of a qualified person."""
    for year in (2018, 2022):
        tables = read_landing(landing, "network", year)
        seats, members = tables["board_seats"], tables["members"]
        assert (seats["member_code"] == "").sum() == 1
        represented = seats.loc[seats["member_code"] != "", "member_code"]
        assert represented.is_unique and represented.isin(members["member_code"]).all()
        assert seats["seat_no"].is_unique and seats["is_bureau"].sum() == 6


def test_files_are_of_every_format(landing: Path) -> None:
    paths = [path for path in landing.rglob("*") if path.is_file()]
    assert {path.suffix for path in paths} == {".csv", ".xlsx", ".zip"}
    heads = [path.read_bytes()[:400] for path in paths if path.name == "participants.csv"]
    first = [head.split(b"\r\n")[0] for head in heads]
    assert {max((b";", b",", b"\t"), key=line.count) for line in first} == {b";", b",", b"\t"}
    assert any(head.startswith(b"\xef\xbb\xbf") for head in heads)
    assert len({line for line in first}) > 10


def test_places_differ(plie: dict[int, PlieYear]) -> None:
    """From 100 parcours to 4,000; rates as far apart as local reports are."""
    year = plie[2021]
    sizes = year.parcours.groupby("plie_code").size()
    assert sizes.min() < 200 and sizes.max() > 3_000 and sizes.median() < sizes.mean()
    positive = year.exits["class"].isin(["emploi_durable", "formation_qualifiante", "autre_positive"])
    rates = positive.groupby(year.exits["plie_code"]).mean()
    assert rates.quantile(0.9) - rates.quantile(0.1) > 0.15
    for name in ("rsa", "peu_qualifie", "senior", "femme"):
        share = year.parcours.groupby("plie_code")[name].mean()
        assert 0.03 < share.std() < 0.2, name


def test_hardships_go_together(plie: dict[int, PlieYear]) -> None:
    """Not strongly, but not by chance either."""
    rows = plie[2021].parcours
    assert 0.01 < np.corrcoef(rows["longue_duree"], rows["rsa"])[0, 1] < 0.3


def test_years_follow_from_one_another(plie: dict[int, PlieYear]) -> None:
    """Who is open at the end of 2020 is there in 2021, the same person with the same entry, and nobody else is."""
    assert_follows(*(plie[year].parcours for year in (2020, 2021)))


def assert_follows(before: pd.DataFrame, after: pd.DataFrame) -> None:
    key = ["plie_code", "participant_id", "parcours_no"]
    stay = before[before["exit_date"].isna()].set_index(key).sort_index()
    there = after[~after["is_entry"]].set_index(key).sort_index()
    assert stay.index.equals(there.index)
    same = ["entry_date", "sex", "birth_year", "education_level", "jobseeker_months", "is_rsa", "is_qpv_resident"]
    pd.testing.assert_frame_equal(stay[same], there[same])


def test_parcours_in_stock_last_as_long_as_printed(plie: dict[int, PlieYear]) -> None:
    """27.6 months on average, what the network printed for 2014; those that end last longer (D1G)."""
    rows = plie[2021].parcours
    lasting = (rows["exit_date"].fillna(pd.Timestamp("2021-12-31")) - rows["entry_date"]).dt.days + 1
    months = lasting / 30.4375
    assert round(months[rows["exit_date"].isna()].mean(), 1) == 27.6
    assert 36 < months[rows["exit_date"].notna()].mean() < 40


def test_some_exits_are_dated_early(landing: Path) -> None:
    """A few of the proven durable jobs, before their six months are over (D1D)."""
    exits = read_landing(landing, "plie", 2021)["exits"]
    jobs = exits[(exits["exit_reason"] == "emploi_durable") & (exits["validated_on"].notna())]
    early = (jobs["exit_date"] - jobs["contract_start_date"]).dt.days < 180
    assert 0.02 < early.mean() < 0.06


def test_some_came_back(plie: dict[int, PlieYear]) -> None:
    rows = plie[2021].parcours
    twice = rows[rows.duplicated(["plie_code", "participant_id"], keep=False)]
    assert len(twice) == 2 * 420
    twice = twice.sort_values("parcours_no").groupby(["plie_code", "participant_id"])
    first, second = twice.nth(0), twice.nth(1)
    both = first.merge(second, on=["plie_code", "participant_id"])
    assert (both["exit_date_x"] < both["entry_date_y"]).all()
    assert (both["birth_year_x"] == both["birth_year_y"]).all() and (both["sex_x"] == both["sex_y"]).all()


def test_lots_are_shared(landing: Path) -> None:
    """Some lots are followed by two structures, and both have hours on some of them."""
    tables = read_landing(landing, "clause", CLAUSE_YEAR)
    lot = ["buyer_id", "procurement_id", "lot_no"]
    assert tables["procurements"].duplicated(lot).sum() > 500
    structures = tables["hours"].groupby(lot)["structure_code"].nunique()
    assert (structures == 2).sum() > 100 and structures.max() == 2


def test_a_mixed_handful_passes_the_intake(landing: Path, tmp_path: Path) -> None:
    """Suppliers of each format, with the registers and the survey: accepted, without a warning but those of the
    exits that are dated early (ENR-11, ENR-12) and of what the ESF+ is told (ENR-15, ENR-16)."""
    by_format: dict[tuple[str, str], Path] = {}
    for kind, year in (("plie", 2021), ("clause", CLAUSE_YEAR)):
        for folder in sorted(landing.glob(f"{kind}/*/{year}")):
            for number, path in enumerate(sorted(folder.iterdir())):
                if number == 0:
                    name = f"{path.suffix} {len(path.read_bytes().split(b';', 3)) > 3}"
                    by_format.setdefault((kind, name), folder)
    folders = [*by_format.values(), landing / "network" / "2021", landing / "survey" / "2021"]
    assert len(folders) >= 8
    for folder in folders:
        shutil.copytree(folder, tmp_path / "landing" / folder.relative_to(landing))
    done = run_plie("intake", str(tmp_path / "landing"), data=tmp_path / "data")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(folders)} acceptée, 0 acceptée, déjà en vigueur, 0 refusée" in done.stdout
    verdicts = list((tmp_path / "data" / "verdicts").rglob("verdict.csv"))
    assert len(verdicts) == len(folders)
    for path in verdicts:
        text = path.read_text(encoding="utf-8-sig")
        text = "\n".join(line for line in text.splitlines() if not re.search("ENR-1[1256]", line))
        assert not any(check in text for check in ("STR-", "ENR-", "CNF-")), (path, text[:500])


# ------------------------------------------------------------------------------------------------ the panel


def test_what_the_panel_is_asked_for() -> None:
    """Eight shares of steps, eight of profiles and of a sector, four of funding, two changes."""
    years = pd.Series([row["year"] for row in PANEL_FIGURES]).value_counts().to_dict()
    assert years == {"2016": 1, "2018": 1, "2019": 1, "2020": 17, "2021": 2}


@pytest.mark.parametrize("row", PANEL_FIGURES, ids=lambda row: row["figure_id"])
def test_a_printed_figure_by_the_panel(row: dict[str, str], measured_by_panel: Measured) -> None:
    """A dozen PLIE give the shares that the whole network gives."""
    exact = measured_by_panel(row["measure"], int(row["year"]))
    assert displayed(exact, int(row["decimals"])) == Fraction(row["simulated"]), float(exact)


def test_the_panel_is_small(panel: Path, measured_by_panel: Measured) -> None:
    """All the PLIE of a region, and a twentieth of the national volume."""
    regions = {row["department_code"]: row["region_code"] for row in read_seed("departments")}
    folders = [path.parent.name for path in panel.glob("plie/*/2021")]
    mine = {code for code in folders if regions[code.split("-")[0]] == "52"}
    assert (len(folders), len(mine)) == (128, 7)
    # One of them has no department in the register, and so is in no region.
    mine -= {"72-90"}
    for year in PANEL_YEARS:
        assert {path.parent.name for path in panel.glob(f"plie/*/{year}")} == mine
    found = [tuple(int(measured_by_panel(name, year)) for name in ("parcours", "steps")) for year in PANEL_YEARS]
    assert found == [(6_334, 7_750), (6_429, 7_750), (6_271, 7_900)]
    rows = read_landing(panel, "plie", 2020)["participants"].groupby("plie_code").size()
    assert rows.min() > 150 and rows.max() < 2_000


def test_what_is_printed_of_one_plie_is_of_it_alone(panel: Path, plie: dict[int, PlieYear]) -> None:
    """The others differ from it, as they do from one another; a region delivers what is printed of Dijon."""
    regions = {row["department_code"]: row["region_code"] for row in read_seed("departments")}
    tables = read_landing(panel, "plie", DIJON_YEAR)
    assert {regions[code.split("-")[0]] for code in tables["participants"]["plie_code"]} == {"27"}
    persons = tables["participants"].groupby("plie_code")["participant_id"].nunique()
    without = 1 - tables["steps"].groupby("plie_code")["participant_id"].nunique() / persons
    assert 0.395 < without.pop("21-01") < 0.405 and without.max() < 0.2
    seniors = plie[2021].parcours.groupby("plie_code")["senior"].mean()
    assert seniors.drop("31-01").std() > 0.03


def test_the_panel_changes_nothing_else(panel: Path, landing: Path) -> None:
    """Not a byte of the last year, nor of the survey of any."""
    same = [path for path in files_of(panel) if path.parts[0] == "survey" or path.parts[2] == "2021"]
    assert len({path.parts[1] for path in same if path.parts[0] == "survey"}) == 5
    assert len(same) > 300
    assert_same_bytes(panel, landing, same)


def test_a_year_of_the_panel_is_the_same_alone(panel: Path, tmp_path: Path) -> None:
    simulate(tmp_path, DEFAULT_SEED, panel_years=[2019], kinds=("plie", "survey"))
    files = files_of(tmp_path)
    assert {path.parts[-2] for path in files} == {"2019"}
    assert_same_bytes(tmp_path, panel, files)


def test_nobody_of_the_panel_is_somebody_else(panel: Path) -> None:
    """Its years follow from one another; the last year, of other persons, has none of their pseudonyms."""
    years = [plie_year(read_landing(panel, "plie", year), year).parcours for year in PANEL_YEARS]
    for before, after in pairwise(years):
        assert_follows(before, after)
    persons = pd.concat(years).groupby(["plie_code", "participant_id"])[["sex", "birth_year"]]
    assert (persons.nunique(dropna=False) == 1).all(axis=None)
    own = set(pd.concat(years)["participant_id"])
    assert own.isdisjoint(read_landing(panel, "plie", 2021)["participants"]["participant_id"])


def test_another_seed_gives_the_panel_the_same_shares(tmp_path: Path) -> None:
    simulate(tmp_path, seed=7, panel_years=(DIJON_YEAR, *PANEL_YEARS), kinds=("plie", "survey"))
    found = measures(tmp_path)
    for row in PANEL_FIGURES:
        if row["year"] != "2021":
            exact = found(row["measure"], int(row["year"]))
            assert displayed(exact, int(row["decimals"])) == Fraction(row["simulated"]), row["figure_id"]


def test_a_year_is_of_all_plie_or_of_the_panel(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="2020"):
        simulate(tmp_path / "landing", DEFAULT_SEED, years=[2020, 2021], panel_years=[2019, 2020])
    assert not (tmp_path / "landing").exists()


# ------------------------------------------------------------------------------------------------ the command


def test_a_year_is_the_same_alone(landing: Path, tmp_path: Path) -> None:
    """Byte by byte, whichever years are written with it."""
    simulate(tmp_path, DEFAULT_SEED, years=[2021], kinds=("plie", "survey"))
    files = files_of(tmp_path)
    assert len(files) > 300
    assert_same_bytes(tmp_path, landing, files)


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    """The clause and the registers too; another seed gives others."""
    for name, seed in (("one", 3), ("two", 3), ("three", 4)):
        simulate(tmp_path / name, seed, clause_years=[2005], kinds=("clause", "network"))
    files = files_of(tmp_path / "one")
    assert_same_bytes(tmp_path / "one", tmp_path / "two", files)
    assert filecmp.cmpfiles(tmp_path / "one", tmp_path / "three", files, shallow=False)[1]


def test_any_multiple_of_the_national_size() -> None:
    """Twice the rows for the same suppliers; the counts double to the unit, the shares stay."""
    targets = PlieTargets(2)
    rows = draw_year(Population(targets, [2021], 1), [str(place) for place in range(128)], 2021)
    assert {name: len(frame) for name, frame in rows.items()} == {
        "participants": 262_840, "steps": 330_000, "exits": 63_092, "followups": 0,
    }  # fmt: skip
    assert rows["participants"]["participant_id"].nunique() == 262_000
    assert rows["participants"]["place"].nunique() == 128
    clause = draw_clause_year(Structures(ClauseTargets(2), 1), 2020)
    assert (len(clause["hours"]), int(clause["hours"]["hours"].sum())) == (960_000, 2 * 19_906_400_00)


def test_a_fraction_of_it(tmp_path: Path) -> None:
    """A fifth runs; so little that there is nothing to share out is an error, not a wrong number."""
    options = ["--output", str(tmp_path / "landing"), "--scale"]
    done = run_plie("simulate", *options, "0.2", data=tmp_path)
    assert done.returncode == 0, done.stderr
    assert len(read_landing(tmp_path / "landing", "plie", 2021)["participants"]) == 26_284
    assert len(read_landing(tmp_path / "landing", "clause", 2020)["beneficiaries"]) == 9_686
    done = run_plie("simulate", *options, "0.01", data=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")


def test_a_history() -> None:
    """22 years: what is open at the end of each is what the next begins with, and entries are those wanted."""
    targets, years = PlieTargets(), range(2000, 2022)
    rows = Population(targets, years, 1).parcours
    for year in years:
        there = (rows["cohort"] <= year) & ((rows["left"] == 0) | (rows["left"] >= year))
        stock = int((there & (rows["left"] != year)).sum())
        assert stock == targets.stock(year), year
        assert int((rows["left"] == year).sum()) == targets.of(year).exits, year
        assert int((there & (rows["cohort"] == year)).sum()) == targets.of(year).entries, year
    clause = ClauseTargets()
    assert [clause.structures(year) for year in (2000, 2010, 2020, 2021)] == [79, 170, 366, 366]
    oldest = draw_clause_year(Structures(clause, 1), 2000)
    assert oldest["hours"]["place"].nunique() == 79
    assert oldest["hours"]["hours"].sum() == clause.of(2000)["hours"] * 100


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--year", "2022"], "nothing is known after 2021"),
        (["--clause-year", "2022"], "nothing is known after 2021"),
        (["--year", "1999"], "nothing is simulated before 2000"),
        (["--panel-years", "2020", "2021"], "a year or those of the panel: 2021"),
        (["--panel-years", "1999"], "nothing is simulated before 2000"),
        (["--history", "2", "--panel-years", "2020"], "a year or those of the panel: 2020"),
        (["--history", "0"], "a history has a year at least"),
        (["--history", "23"], "nothing is simulated before 2000"),
        (["--scale", "0"], "--scale"),
        (["--scale", "nan"], "--scale"),
        (["--kind", "elsewhere"], "invalid choice"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_asked(options: list[str], said: str, in_process: InProcess, tmp_path: Path) -> None:
    code, _, errors = in_process("simulate", "--output", str(tmp_path / "landing"), *options, data=tmp_path)
    assert code == 2 and said in " ".join(errors.split())
    assert not (tmp_path / "landing").exists()


def test_kinds_that_are_not_asked_for_are_not_written(tmp_path: Path) -> None:
    options = ["--output", str(tmp_path / "landing"), "--kind", "network", "survey", "--history", "3"]
    assert run_plie("simulate", *options, data=tmp_path).returncode == 0
    found = sorted(str(path.relative_to(tmp_path / "landing")) for path in (tmp_path / "landing").glob("*/*"))
    assert found == ["network/2019", "network/2020", "network/2021", "network/2022"] + [
        f"survey/{year}" for year in (2019, 2020, 2021)
    ]


def test_simulator_and_warehouse_know_nothing_of_each_other() -> None:
    """No SQL, no model and no mart in the one; no word of the simulator in the other."""
    package = PROJECT / "scripts" / "plie_warehouse" / "simulator"
    own = [path.read_text(encoding="utf-8") for path in package.rglob("*.py")]
    assert not any(word in text for text in own for word in ("duckdb", "select ", "marts", "staging", "macros", "dbt"))
    sql = [path for folder in ("models", "macros", "tests", "analyses") for path in (PROJECT / folder).rglob("*.sql")]
    assert sql and not any("simulat" in path.read_text(encoding="utf-8") for path in sql)


# ------------------------------------------------------------------------------------------------ quotas


def test_largest_remainder() -> None:
    assert quotas.share_out(10, [1, 1, 1]).tolist() == [4, 3, 3]
    assert quotas.share_out(7, [0.5, 0.25, 0.25]).tolist() == [3, 2, 2]
    assert quotas.counts_of(100, {"a": 0.335, "b": 0.335, "c": 0.33}) == {"a": 34, "b": 33, "c": 33}
    assert quotas.share_out(0, [1, 2]).tolist() == [0, 0]


def test_parts_between_bounds() -> None:
    parts = quotas.share_between(100, np.array([1, 1, 98]), 5, 60)
    assert parts.sum() == 100 and parts.min() >= 5 and parts.max() <= 60
    assert quotas.share_between(9, np.array([1, 1]), np.array([0, 8]), np.array([9, 9])).tolist() == [1, 8]
    for total in (14, 181):
        with pytest.raises(QuotaError):
            quotas.share_between(total, np.array([1, 1, 98]), 5, 60)


def test_dealing_is_exact_and_follows_the_tilt() -> None:
    rng = np.random.default_rng(1)
    tilt = np.where(np.arange(1000) < 500, 2.0, 0.0)
    dealt = quotas.deal({"a": 200, "b": 300, "c": 500}, 1000, rng, {"a": tilt})
    assert pd.Series(dealt).value_counts().to_dict() == {"a": 200, "b": 300, "c": 500}
    assert (dealt[:500] == "a").sum() > 3 * (dealt[500:] == "a").sum()
    for counts in ({"a": 1}, {"a": 3, "b": -1}):
        with pytest.raises(QuotaError):
            quotas.deal(counts, 2, rng)
    with pytest.raises(QuotaError):
        quotas.pick(3, np.zeros(2), rng)


def test_caseloads() -> None:
    rng = np.random.default_rng(1)
    for persons in (60, 100, 120, 700, 3_000):
        loads = caseloads(persons, 60, 100, 72, True, rng)
        assert loads.sum() == persons and loads.min() >= 60 and loads.max() <= 100
    assert set(caseloads(3_000, 60, 100, 72, True, rng)) >= {60, 100}
    # Nobody can share 110 persons so, nor follow 60 when there are 40.
    assert caseloads(110, 60, 100, 72, False, rng).tolist() == [55, 55]
    assert caseloads(40, 60, 100, 72, False, rng).tolist() == [40]


def test_raking_stops_at_what_cannot_be() -> None:
    types, pair = np.array([0, 0, 1]), np.array([0, 1, 2])
    wanted = np.array([30.0, 10.0])
    hours = raked(np.ones(3), [(types, wanted)], pair, 20)
    assert hours.tolist() == pytest.approx([15, 15, 10])
    assert whole_hundredths(hours, 40).sum() == 4_000
    with pytest.raises(QuotaError):
        raked(np.ones(3), [(types, wanted)], pair, 12)


def test_the_contract_has_a_table_for_each_file(landing: Path) -> None:
    """The registers and the survey are whole."""
    for kind, year in (("network", 2021), ("survey", 2021)):
        assert set(read_landing(landing, kind, year)) == {table.name for table in load_kind(kind).tables}
