"""Who the registers know: what the network head delivered, else the embedded list of PLIE, else nobody can say."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import duckdb
import pytest
from hostile import NETWORK_COLUMNS, Tables, csv_bytes, good, good_clause, good_network, text, write
from openpyxl import load_workbook

from plie_warehouse.contract import read_seed
from plie_warehouse.intake import Intake, delivered_frames, take_in
from plie_warehouse.intake.registers import NO_REGISTER_FR
from plie_warehouse.landing.landing_headers import contract_of
from plie_warehouse.paths import DataFolder

YEAR, STRUCTURE, PLIE = 2021, "CL-59-01", read_seed("plie_register")[0]["plie_code"]


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    """A structure and a PLIE deliver."""
    write(tmp_path / "landing" / "clause" / STRUCTURE / str(YEAR), good_clause(STRUCTURE))
    write(tmp_path / "landing" / "plie" / PLIE / str(YEAR), good(PLIE))
    return tmp_path / "landing"


def register(landing: Path, *structures: str, year: int = YEAR, **more: Tables) -> None:
    write(landing / "network" / str(year), good_network(str(year), structures) | more)


def statuses(intake: Intake) -> dict[str, str]:
    """Supplier -> what STR-18 says of it."""
    return {
        verdict["supplier_code"]: check["status"]
        for verdict in intake.verdicts
        for check in verdict["checks"]
        if check["check_id"] == "STR-18"
    }


def test_no_register_at_all(landing: Path, data: DataFolder) -> None:
    """No list of clause structures is embedded: the check has nothing to look into, and the verdict says so."""
    intake = take_in(landing, data)
    assert statuses(intake) == {PLIE: "pass", STRUCTURE: "not_applicable"}
    assert [verdict["notes"] for verdict in intake.verdicts] == [[], [NO_REGISTER_FR["clause"]]]
    sheet = load_workbook(data.verdict("clause", STRUCTURE, YEAR) / "verdict.xlsx")["Synthèse"]
    assert any("niveau national seulement" in str(cell.value) for row in sheet for cell in row)


def test_a_register_of_the_same_run_is_judged_first(landing: Path, data: DataFolder) -> None:
    register(landing, "CL-00-00", STRUCTURE.lower())
    intake = take_in(landing, data)
    assert [verdict["kind"] for verdict in intake.verdicts] == ["plie", "clause", "network"]
    assert statuses(intake) == {PLIE: "pass", STRUCTURE: "pass", "network": "not_applicable"}


def test_a_new_register_judges_again_what_did_not_change(landing: Path, data: DataFolder, tmp_path: Path) -> None:
    take_in(landing, data)
    register(landing, "CL-00-00")
    intake = take_in(landing, data)
    assert statuses(intake)[STRUCTURE] == "fail"
    assert {verdict["supplier_code"]: verdict["status"] for verdict in intake.verdicts} == {
        PLIE: "unchanged", STRUCTURE: "unchanged", "network": "accepted",
    }  # fmt: skip
    # The register of another run and another year counts as well: a structure that existed stays known.
    register(tmp_path / "other", STRUCTURE, year=2019)
    take_in(tmp_path / "other", data)
    assert statuses(take_in(landing, data))[STRUCTURE] == "pass"


def test_a_refused_register_leaves_the_last_one(landing: Path, data: DataFolder) -> None:
    register(landing, STRUCTURE)
    take_in(landing, data)
    (landing / "network" / str(YEAR) / "clause_structures.csv").write_bytes(b"")
    intake = take_in(landing, data)
    assert intake.with_status("refused")[0]["kind"] == "network"
    assert statuses(intake)[STRUCTURE] == "pass"


def test_a_delivered_register_of_plie_comes_before_the_embedded_one(landing: Path, data: DataFolder) -> None:
    columns = ("plie_code", "name", "town", "department_code", "opened_on", "closed_on")
    path = landing / "network" / str(YEAR) / "plie_register.csv"
    path.parent.mkdir(parents=True)
    path.write_bytes(csv_bytes(columns, [("00-00", "PLIE de l'exemple", "Exemple", "59", "", "")]))
    assert statuses(take_in(landing, data)) == {PLIE: "fail", STRUCTURE: "not_applicable", "network": "not_applicable"}
    path.write_bytes(csv_bytes(columns, [(PLIE, "PLIE de l'exemple", "Exemple", "59", "", "")]))
    assert statuses(take_in(landing, data))[PLIE] == "pass"


def test_facilitators_alone_are_no_register(landing: Path, data: DataFolder) -> None:
    tables = good_network(str(YEAR), [STRUCTURE])
    write(landing / "network" / str(YEAR), {"facilitators": tables["facilitators"]})
    assert set(tables) == set(NETWORK_COLUMNS)
    assert statuses(take_in(landing, data))[STRUCTURE] == "not_applicable"


def test_check_results_of_two_kinds_with_one_code(tmp_path: Path, data: DataFolder) -> None:
    """A PLIE and a clause structure bear one code: neither takes the place of the other."""
    landing = tmp_path / "landing"
    write(landing / "clause" / PLIE / str(YEAR), good_clause(PLIE))
    write(landing / "plie" / PLIE / str(YEAR), good(PLIE))
    assert [verdict["status"] for verdict in take_in(landing, data).verdicts] == ["accepted"] * 2
    write(landing / "clause" / PLIE / str(YEAR), good_clause(PLIE), hours=b"")
    assert [verdict["status"] for verdict in take_in(landing, data).verdicts] == ["unchanged", "refused"]
    assert not (data.accepted / "refused" / "plie").exists()
    refusal = json.loads((data.accepted / "refused" / "clause" / PLIE / f"{YEAR}.json").read_text(encoding="utf-8"))
    assert (refusal["kind"], refusal["check_id"]) == ("clause", "STR-02")
    with duckdb.connect() as connection:
        rows = connection.execute(
            "select kind, count(*), count(distinct check_id), count(*) filter (where status = 'fail' and severity ="
            " 'erreur') from read_parquet(?) group by all order by kind",
            [str(data.accepted / "check_results.parquet")],
        ).fetchall()
    assert [(kind, failed) for kind, _, _, failed in rows] == [("clause", 1), ("plie", 0)]
    assert all(count == different for _, count, different, _ in rows)


# What was asked for later than the rest -------------------------------------------------------------------------------

Rows = list[dict[str, str]]

MEMBERS: Rows = [{"member_code": f"AD-{n:02d}", "name": f"Adhérent {n}", "region_code": "32"} for n in range(1, 31)]
TEAMS: Rows = [
    {"plie_code": row["plie_code"], "team": "referent_externe", "headcount": "3", "fte": "2,5"}
    for row in read_seed("plie_register")[:30]
]
# Table -> the column that a file of it need not have.
LATER = {"members": "is_employer_member", "survey_teams": "employer_type"}


def of_the_head(landing: Path, table: str, rows: Rows, year: int = YEAR, without: str = "") -> None:
    """Files of the network head with one table, or another one beside those that are there."""
    contract = contract_of(table)
    folder = landing / contract.kind / str(year)
    folder.mkdir(parents=True, exist_ok=True)
    columns = [name for name in contract.names if name != without]
    mine = {"reporting_year": str(year)} if "reporting_year" in columns else {}
    (folder / f"{table}.csv").write_bytes(text(table, [mine | row for row in rows], columns))


def found(intake: Intake) -> list[tuple[str, str]]:
    """Check and column of each finding of the network head."""
    [verdict] = [one for one in intake.verdicts if one["kind"] in ("network", "survey")]
    return [(finding["check_id"], finding["column"]) for finding in verdict["findings"]]


@pytest.mark.parametrize(("table", "rows"), [("members", MEMBERS), ("survey_teams", TEAMS)])
def test_a_file_without_what_was_asked_for_later_is_as_before(
    tmp_path: Path, data: DataFolder, table: str, rows: Rows
) -> None:
    """No finding, and nothing new when the column comes without a word; another optional column is still asked for."""
    of_the_head(tmp_path / "a", table, rows, without=LATER[table])
    intake = take_in(tmp_path / "a", data)
    assert (found(intake), intake.verdicts[0]["status"]) == ([], "accepted")
    of_the_head(tmp_path / "a", table, rows)
    intake = take_in(tmp_path / "a", data)
    assert (found(intake), intake.verdicts[0]["status"]) == ([], "unchanged")
    said = {"is_employer_member": "oui", "employer_type": "association"}[LATER[table]]
    of_the_head(tmp_path / "a", table, [row | {LATER[table]: said} for row in rows])
    intake = take_in(tmp_path / "a", data)
    assert (found(intake), intake.verdicts[0]["status"]) == ([], "accepted")
    other = {"members": "left_on", "survey_teams": "fte"}[table]
    of_the_head(tmp_path / "a", table, rows, without=other)
    assert found(take_in(tmp_path / "a", data)) == [("STR-11", other)]


def test_what_was_asked_for_later_is_no_change_of_fill(tmp_path: Path, data: DataFolder) -> None:
    """A year without the column, then one with it full, and the other way round: a third of the optional cells."""
    said = [row | {"employer_type": "association"} for row in TEAMS]
    for year, rows in ((2019, TEAMS), (2020, said), (2021, TEAMS)):
        of_the_head(tmp_path / str(year), "survey_teams", rows, year)
        assert found(take_in(tmp_path / str(year), data)) == []
    blank = [row | {"fte": ""} for row in TEAMS]
    of_the_head(tmp_path / "2022", "survey_teams", blank, 2022)
    assert [check for check, _ in found(take_in(tmp_path / "2022", data))] == ["PLA-02"]


def test_a_delivery_is_named_as_before(tmp_path: Path, data: DataFolder) -> None:
    """The name that the same rows had before the column was asked for: what is in force then is in force now."""
    of_the_head(tmp_path, "members", MEMBERS[:1], without="is_employer_member")
    [verdict] = take_in(tmp_path, data).verdicts
    cells = "\x1e".join(MEMBERS[0].get(name, "") for name in contract_of("members").names[:-1])
    told = f"network/network/{YEAR}\nmembers\n{cells}"
    assert verdict["delivery_id"] == hashlib.sha256(told.encode()).hexdigest()


SEATS: Rows = [{"seat_no": f"CA-{n:02d}", "member_code": f"AD-{n:02d}", "is_bureau": "non"} for n in range(1, 8)]


def test_a_seat_is_of_a_member_of_the_same_delivery_or_of_nobody(tmp_path: Path, data: DataFolder) -> None:
    of_the_head(tmp_path, "members", MEMBERS)
    qualified = {"seat_no": "CA-08", "member_code": "", "is_bureau": ""}
    of_the_head(tmp_path, "board_seats", [*SEATS, qualified])
    intake = take_in(tmp_path, data)
    assert (found(intake), intake.verdicts[0]["status"]) == ([], "accepted")
    of_the_head(tmp_path, "board_seats", [*SEATS, qualified, {"seat_no": "CA-09", "member_code": "AD-99"}])
    intake = take_in(tmp_path, data)
    assert (found(intake), intake.verdicts[0]["status"]) == ([("ENR-05", "member_code")], "accepted")


def test_a_seat_has_no_name(tmp_path: Path, data: DataFolder) -> None:
    """Neither in a column of its own nor instead of its number."""
    of_the_head(tmp_path, "members", MEMBERS)
    names = ["Zéphirine Quatrebarbes", "Anatole Vandenbossche", "Léa Martin"]
    of_the_head(tmp_path, "board_seats", [{"seat_no": name} for name in names])
    assert found(take_in(tmp_path, data)) == [("CNF-01", "seat_no")]
    rows = [(f"CA-{number}", name) for number, name in enumerate(names)]
    path = tmp_path / "network" / str(YEAR) / "board_seats.csv"
    path.write_bytes(csv_bytes(("N° de siège", "Nom"), rows))
    assert found(take_in(tmp_path, data)) == [("CNF-01", "Nom")]


@pytest.mark.parametrize(
    ("latitude", "longitude", "expected"),
    [
        ("50,6292", "3,0573", []),
        ("-20.8789", "55.4481", []),
        ("", "", []),
        ("3.0573", "50.6292", [("STR-26", "latitude")]),
        ("50.6292", "", [("STR-26", "latitude")]),
        ("45.5017", "-73.5673", [("STR-26", "latitude")]),
    ],
    ids=["Lille", "Saint-Denis", "not known", "swapped", "one alone", "Montreal"],
)
def test_a_seat_is_in_france(latitude: str, longitude: str, expected: list, tmp_path: Path, data: DataFolder) -> None:
    row = {"mde_code": "MDE-1", "name": "Maison", "department_code": "59", "latitude": latitude, "longitude": longitude}
    of_the_head(tmp_path, "mde_register", [row])
    intake = take_in(tmp_path, data)
    assert (found(intake), intake.verdicts[0]["status"]) == (expected, "accepted")
    assert all(one["row"] == 2 and one["remedy"] for one in intake.verdicts[0]["findings"])


TARGET = {"plie_code": PLIE, "indicator_code": "entries", "from_year": "2021", "to_year": "2022", "target_value": "5"}


def test_a_target_without_a_year_is_refused_with_its_line(tmp_path: Path, data: DataFolder) -> None:
    of_the_head(tmp_path, "targets", [TARGET])
    assert found(take_in(tmp_path, data)) == []
    of_the_head(tmp_path, "targets", [TARGET, TARGET | {"from_year": ""}])
    [verdict] = take_in(tmp_path, data).verdicts
    assert [(one["check_id"], one["column"], one["row"]) for one in verdict["findings"]] == [("STR-14", "from_year", 3)]
    assert verdict["findings"][0]["remedy"] and verdict["status"] == "refused"


def test_an_earlier_result_is_of_another_year_and_of_an_indicator(tmp_path: Path, data: DataFolder) -> None:
    """Of several years in one file, none of them that of the delivery; of no indicator it is a finding."""
    row = {"indicator_code": "entries", "cut": "total", "cut_value": "total", "value": "31000", "source": "Rapport"}
    rows = [row | {"reporting_year": year} for year in ("2016", "2017", "2018")]
    of_the_head(tmp_path, "historical_results", rows)
    assert found(take_in(tmp_path, data)) == []
    of_the_head(tmp_path, "historical_results", [*rows, row | {"reporting_year": "2016", "indicator_code": "taux"}])
    [verdict] = take_in(tmp_path, data).verdicts
    assert [(one["check_id"], one["row"]) for one in verdict["findings"]] == [("ENR-10", 5)]
    assert verdict["findings"][0]["remedy"] and verdict["status"] == "accepted"


def test_a_map_of_a_plie_serves_the_survey_where_the_code_is_in_its_list(
    tmp_path: Path, data: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in staging: what a PLIE calls CHANTIER is an employer and an operator, what it calls PRIV is no operator."""
    blank = dict.fromkeys(("valid_from", "valid_to"), "")
    maps = [
        {"supplier_code": PLIE, "field": "employer_type", "local_code": local, "national_code": code} | blank
        for local, code in (("CHANTIER", "aci"), ("PRIV", "entreprise"))
    ]
    monkeypatch.setattr(delivered_frames, "read_seed", lambda name: maps if name == "code_maps" else read_seed(name))
    team = TEAMS[0] | {"plie_code": PLIE}
    other = {"team": "interne", "employer_type": "Priv"}
    of_the_head(tmp_path, "survey_teams", [team | {"employer_type": "Chantier"}, team | other])
    [verdict] = take_in(tmp_path, data).verdicts
    assert [(one["check_id"], one["row"]) for one in verdict["findings"]] == [("ENR-04", 3)]
