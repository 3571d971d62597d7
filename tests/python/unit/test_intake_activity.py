"""The registers of the network head's own work: accepted one by one, without the name of anyone (D70)."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest
from hostile import csv_bytes, write

from plie_warehouse.intake import take_in
from plie_warehouse.paths import DataFolder
from plie_warehouse.validation.cells import READINGS

YEAR = 2022
EVENTS = [
    {"event_id": "EV-1", "kind": "conseil_administration", "held_on": "2022-02-03", "participants": "18"},
    {"event_id": "EV-2", "kind": "groupe_travail", "series": "fse", "held_on": "2022-12-31"},
]
STAFF = [{"post_id": "PO-1", "role": "Mission clause", "starts_on": "2021-01-01"}]
SESSIONS = [{"session_id": "S-1", "module": "Le socle", "starts_on": "2022-03-08", "ends_on": "2022-03-09"}]


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    return tmp_path / "landing"


def taken(landing: Path, data: DataFolder, tables: dict, **instead: bytes | None) -> dict:
    folder = landing / "activity" / str(YEAR)
    shutil.rmtree(folder, ignore_errors=True)
    write(folder, tables, **instead)
    [verdict] = take_in(landing, data).verdicts
    return verdict


def in_force(data: DataFolder, table: str, verdict: dict) -> list[str]:
    """First column of the rows of a register that are in force, in the delivery of a verdict."""
    paths = [path for path in (data.accepted / table).rglob("*.parquet") if verdict["delivery_id"] in path.name]
    if not paths:
        return []
    with duckdb.connect() as connection:
        rows = connection.execute("from read_parquet(?, hive_partitioning = false)", [str(paths[0])]).fetchall()
    return [row[0] for row in rows]


def findings_of(verdict: dict, check_id: str) -> list[dict]:
    return [one for one in verdict["findings"] if one["check_id"] == check_id]


def test_a_bad_register_does_not_hold_back_the_others(landing: Path, data: DataFolder) -> None:
    """Its last accepted rows stay in force, and the verdict names file, row, column, value and remedy."""
    first = taken(landing, data, {"events": EVENTS, "staff": STAFF})
    assert first["status"] == "accepted", first["findings"]
    bad = [one | {"held_on": "31/02/2022"} for one in EVENTS]
    second = taken(landing, data, {"events": bad, "staff": [*STAFF, {"post_id": "PO-2"}]})
    assert second["status"] == "accepted"
    assert any("« Réunions et événements » (events) est refusé" in note for note in second["notes"])
    assert not any("n'est pas dans cette livraison" in note for note in second["notes"])
    assert in_force(data, "events", second) == ["EV-1", "EV-2"] and in_force(data, "staff", second) == ["PO-1", "PO-2"]
    [finding] = findings_of(second, "ENR-02")
    assert (finding["file"], finding["row"], finding["column"]) == ("events.csv", 2, "held_on")
    assert finding["value"] == "31/02/2022" and "une date qui existe" in finding["remedy"]


def test_two_contents_under_one_key_refuse_that_register_only(landing: Path, data: DataFolder) -> None:
    twice = [STAFF[0], STAFF[0] | {"role": "Direction"}]
    verdict = taken(landing, data, {"events": EVENTS, "staff": twice})
    assert verdict["status"] == "accepted" and findings_of(verdict, "STR-15")
    assert len(in_force(data, "events", verdict)) == 2 and not in_force(data, "staff", verdict)


def test_a_file_that_cannot_be_read_is_one_register(landing: Path, data: DataFolder) -> None:
    verdict = taken(landing, data, {"events": EVENTS, "staff": STAFF}, staff=b"\x00\x01\x02")
    assert verdict["status"] == "accepted" and len(in_force(data, "events", verdict)) == 2


def test_a_delivery_of_bad_registers_only_is_refused(landing: Path, data: DataFolder) -> None:
    verdict = taken(landing, data, {"staff": [STAFF[0], STAFF[0] | {"role": "Direction"}]})
    assert verdict["status"] == "refused"


def test_a_file_of_no_register_refuses_the_delivery(landing: Path, data: DataFolder) -> None:
    """What cannot be attributed to a register may be part of any of them."""
    folder = landing / "activity" / str(YEAR)
    write(folder, {"events": EVENTS})
    (folder / "divers.csv").write_bytes(b"\x00\x01\x02")
    [verdict] = take_in(landing, data).verdicts
    assert verdict["status"] == "refused"


@pytest.mark.parametrize(
    ("table", "rows", "header", "value"),
    [
        ("staff", STAFF, "Nom", "Léa Martin"),
        ("experts", [{"expert_id": "EX-1", "subject": "clause"}], "Prénom de l'expert", "Hugo"),
        ("training_trainees", [{"session_id": "S-1", "trainee_id": "ST-1"}], "Courriel", "lea.martin@exemple.fr"),
    ],
)
def test_a_column_of_names_refuses_its_register(
    landing: Path, data: DataFolder, table: str, rows: list[dict], header: str, value: str
) -> None:
    """Nothing of that file is kept or shown; the others are accepted."""
    content = csv_bytes([*rows[0], header], [[*one.values(), value] for one in rows])
    verdict = taken(landing, data, {"events": EVENTS, table: rows}, **{table: content})
    assert verdict["status"] == "accepted" and findings_of(verdict, "CNF-01")
    assert not in_force(data, table, verdict) and len(in_force(data, "events", verdict)) == 2
    shown = "".join(path.read_text("utf-8-sig") for path in data.verdict("activity", "activity", YEAR).glob("*.csv"))
    assert value not in shown


def test_names_in_the_column_of_a_pseudonym(landing: Path, data: DataFolder) -> None:
    names = ["Martin Léa", "Bernard Hugo", "Petit Zoé", "Durand Emma", "Leroy Louis", "Moreau Alice"]
    tables = {
        "training_trainees": [{"session_id": "S-1", "trainee_id": name} for name in names],
        "experts": [{"expert_id": name, "subject": "clause"} for name in names],
        "staff": [{"post_id": name} for name in names],
    }
    verdict = taken(landing, data, {"events": EVENTS} | tables)
    assert {one["file"] for one in findings_of(verdict, "CNF-01")} == {f"{name}.csv" for name in tables}
    assert not any(in_force(data, name, verdict) for name in tables) and in_force(data, "events", verdict)


def test_a_trainee_of_no_session_is_said(landing: Path, data: DataFolder) -> None:
    trainees = [{"session_id": "S-1", "trainee_id": f"T{place}"} for place in range(40)]
    verdict = taken(
        landing, data,
        {"training_sessions": SESSIONS, "training_trainees": [*trainees, {"session_id": "S-9", "trainee_id": "T1"}]},
    )  # fmt: skip
    [finding] = findings_of(verdict, "ENR-05")
    assert (finding["file"], finding["row"], finding["value"]) == ("training_trainees.csv", 42, "S-9")


def test_days_are_read_to_the_quarter(landing: Path, data: DataFolder) -> None:
    """D71. What is no quarter of a day is said, and counts as unknown; its row is accepted. Both readings agree."""
    read = {"1,25": "1.25", "0.5": "0.50", "0,75": "0.75", "3": "3.00", "2,0": "2.00"}
    read |= dict.fromkeys(["0,3", "1,125", "0,1", "-1", "un"])
    request = {"subject": "clause", "kind": "sur_site", "received_on": "2022-03-01"}
    rows = [request | {"request_id": f"AT-{place}", "days": days} for place, days in enumerate(read)]
    verdict = taken(landing, data, {"assistance_requests": rows})
    assert verdict["status"] == "accepted"
    said = findings_of(verdict, "ENR-03")
    assert {(one["column"], one["value"]) for one in said} == {("days", days) for days in read if not read[days]}
    assert all("quart de jour" in one["remedy"] for one in said)
    assert {days: READINGS["days"][0](days) for days in read} == read
