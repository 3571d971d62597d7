"""``plie withdraw``: the delivery before is in force again, or none; manifest, report and the next intake say so."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest
from conftest import InProcess
from hostile import good, good_network, write

from plie_warehouse.build_inputs import deliveries_in_force, fingerprint
from plie_warehouse.intake import take_in
from plie_warehouse.intake.store import Store
from plie_warehouse.intake.store_check import demand_whole_store, rows_in_force
from plie_warehouse.intake.withdrawal import WithdrawalError, withdraw
from plie_warehouse.paths import DataFolder

YEAR, SUPPLIER = 2021, "59-09"
NAME = ("plie", SUPPLIER, YEAR)
FIRST_DAY, DAY = "2022-01-31T10:00:00", "2022-03-01T09:00:00"


def deliver(tmp_path: Path, data: DataFolder, people: int) -> tuple[str, str]:
    """Deliver so many people; status and id."""
    write(tmp_path / "landing" / "plie" / SUPPLIER / str(YEAR), good(SUPPLIER, people))
    [verdict] = take_in(tmp_path / "landing", data, FIRST_DAY).verdicts
    return verdict["status"], verdict["delivery_id"]


def people_in_force(data: DataFolder) -> int:
    demand_whole_store(data)
    return rows_in_force(Store(data.accepted)).get(("plie", "participants"), 0)


def report(data: DataFolder) -> dict:
    return json.loads((data.verdict(*NAME) / "verdict.json").read_text(encoding="utf-8"))


def test_the_one_before_is_in_force_again(tmp_path: Path, data: DataFolder) -> None:
    _, first = deliver(tmp_path, data, 20)
    _, second = deliver(tmp_path, data, 12)
    name = fingerprint(None, "store", data.accepted)
    done = withdraw(data, *NAME, DAY)
    assert (done.delivery_id, done.in_force, done.is_new) == (second, first, True)
    assert people_in_force(data) == 20
    assert fingerprint(None, "store", data.accepted) != name
    versions = Store(data.accepted).manifest(*NAME).versions
    assert [one.get("withdrawn_at") for one in versions] == [None, DAY]
    [told] = deliveries_in_force("store", data.accepted)["in_force"]
    assert (told["version"], told["delivery_id"]) == (1, first)
    # Twice changes nothing more: it is the last accepted one that is withdrawn, not the one in force.
    assert withdraw(data, *NAME, "2022-04-01T00:00:00").is_new is False
    assert Store(data.accepted).manifest(*NAME).versions == versions


def test_what_was_withdrawn_is_refused_when_it_is_sent_again(tmp_path: Path, data: DataFolder) -> None:
    deliver(tmp_path, data, 20)
    deliver(tmp_path, data, 12)
    withdraw(data, *NAME, DAY)
    assert report(data)["status"] == "refused"
    assert "Retirée le 2022-03-01." in report(data)["findings"][0]["problem"]
    assert deliver(tmp_path, data, 12)[0] == "refused"
    # The same rows in other files, which are read again.
    path = tmp_path / "landing" / "plie" / SUPPLIER / str(YEAR) / "steps.csv"
    path.write_bytes(path.read_bytes() + b"\r\n")
    [verdict] = take_in(tmp_path / "landing", data).verdicts
    assert verdict["status"] == "refused"
    assert [one["check_id"] for one in verdict["checks"] if one["status"] == "fail"] == ["STR-24"]
    assert people_in_force(data) == 20
    assert deliver(tmp_path, data, 13)[0] == "accepted"
    assert people_in_force(data) == 13


def test_the_only_one_leaves_none(tmp_path: Path, data: DataFolder) -> None:
    """The build then has nothing of the supplier, and its name is another; the withdrawal is taken back."""
    _, first = deliver(tmp_path, data, 20)
    assert withdraw(data, *NAME, DAY).in_force == ""
    assert people_in_force(data) == 0
    assert deliveries_in_force("store", data.accepted)["in_force"] == []
    assert fingerprint(None, "store", data.accepted)
    assert deliver(tmp_path, data, 20)[0] == "refused"
    done = withdraw(data, *NAME, DAY, undo=True)
    assert (done.in_force, done.is_new) == (first, True)
    assert withdraw(data, *NAME, DAY, undo=True).is_new is False
    assert people_in_force(data) == 20
    assert deliver(tmp_path, data, 20)[0] == "unchanged"
    assert not list((data.accepted / "refused").rglob("*.json"))


def test_an_older_one_by_its_id_and_versions_that_come_back(tmp_path: Path, data: DataFolder) -> None:
    """1, 2, 1: withdrawing 1 leaves 2, whatever its place in the list."""
    _, first = deliver(tmp_path, data, 20)
    _, second = deliver(tmp_path, data, 12)
    assert deliver(tmp_path, data, 20) == ("accepted", first)
    assert withdraw(data, *NAME, DAY, second[:12]).in_force == first
    assert withdraw(data, *NAME, DAY, second[:12], undo=True).in_force == first
    assert withdraw(data, *NAME, DAY).in_force == second
    assert people_in_force(data) == 12
    with pytest.raises(WithdrawalError, match="not the beginning of one id") as failure:
        withdraw(data, *NAME, DAY, "zzz")
    assert first[:12] in str(failure.value)


def test_a_damaged_delivery_is_not_put_in_force(tmp_path: Path, data: DataFolder) -> None:
    _, first = deliver(tmp_path, data, 20)
    deliver(tmp_path, data, 12)
    [aside] = (data.accepted / "superseded" / "steps").rglob("*.parquet")
    aside.write_bytes(b"")
    with pytest.raises(WithdrawalError, match="steps: its file is not the one that was accepted"):
        withdraw(data, *NAME, DAY)
    assert people_in_force(data) == 12
    # It is withdrawn first, as the message says.
    withdraw(data, *NAME, DAY, first[:12])
    assert withdraw(data, *NAME, DAY).in_force == ""


def test_a_delivery_of_the_head(tmp_path: Path, data: DataFolder) -> None:
    write(tmp_path / "landing" / "network" / str(YEAR), good_network(str(YEAR), ["CL-59-01"]))
    take_in(tmp_path / "landing", data)
    withdraw(data, "network", "network", YEAR, DAY)
    assert rows_in_force(Store(data.accepted)) == {}


def test_the_command(tmp_path: Path, data: DataFolder, in_process: InProcess) -> None:
    deliver(tmp_path, data, 20)
    for says in ("retirée\nEn vigueur : aucune livraison", "déjà fait"):
        code, said, errors = in_process("withdraw", "plie", SUPPLIER, str(YEAR), data=data.root)
        assert code == 0 and says in said, errors
    for arguments, says in (
        (["plie", "59-99", "2021"], "no plie of this code was ever accepted"),
        (["plie", SUPPLIER, "2020"], "accepted years: 2021"),
        (["plies", SUPPLIER, "2021"], "invalid choice"),
        (["plie", SUPPLIER, "l'an dernier"], "invalid int value"),
    ):
        code, _, errors = in_process("withdraw", *arguments, data=data.root)
        assert code == 2 and says in errors


def test_taken_back_it_is_as_if_it_had_never_been(tmp_path: Path, data: DataFolder) -> None:
    """Report and check results are those of before; the check that had failed stayed failed in the warehouse."""
    deliver(tmp_path, data, 20)

    def results() -> list[tuple]:
        return duckdb.read_parquet(str(Store(data.accepted).check_results_path)).fetchall()

    before, checks = results(), report(data)["checks"]
    withdraw(data, *NAME, DAY)
    assert {one[3] for one in results() if one[7] == "fail"} == {"STR-24"}
    withdraw(data, *NAME, DAY, undo=True)
    assert results() == before
    told = report(data)
    assert (told["status"], told["checks"]) == ("unchanged", checks)
    assert "STR-24" not in {one["check_id"] for one in told["findings"]}
    assert deliver(tmp_path, data, 20)[0] == "unchanged"
