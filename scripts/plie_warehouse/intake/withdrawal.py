"""Withdraw a delivery that was accepted: the one before is in force again, or none. The manifest keeps both facts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from plie_warehouse.intake.checks import CheckResult, Finding, load_checks
from plie_warehouse.intake.delivery_report import read_verdict, write_verdict
from plie_warehouse.intake.results import update_check_results
from plie_warehouse.intake.store import Manifest, Store, StoreError
from plie_warehouse.intake.store_check import REMEDY, demand_store
from plie_warehouse.intake.store_repair import refusal_of, repair
from plie_warehouse.paths import DataFolder

WITHDRAWN = "STR-24"


class WithdrawalError(StoreError):
    """Nothing can be withdrawn; the message says what to do, and the store is as it was."""


@dataclass(frozen=True)
class Withdrawal:
    """What a run did. ``in_force``: the delivery in force now, or ''; ``is_new``: whether the store changed."""

    delivery_id: str
    in_force: str
    is_new: bool


def withdrawn_finding(day: str) -> Finding:
    """Said of a delivery that is sent again after it was withdrawn on a day (ISO moment)."""
    return Finding(WITHDRAWN, detail=f"Retirée le {day[:10]}.")


def withdraw(
    data: DataFolder, kind: str, supplier: str, year: int, at: str, delivery: str = "", undo: bool = False
) -> Withdrawal:
    """Withdraw the delivery of a kind, supplier and year that was accepted last, or the one whose id begins with
    ``delivery``; with ``undo``, take its withdrawal back.

    ``at``: ISO moment, written into the manifest. Doing it twice changes nothing more. Raises ``WithdrawalError`` when
    there is no such delivery or the one before is damaged, ``StoreError`` when the store cannot be written.
    """
    demand_store(data)
    store = Store(data.accepted)
    with store.locked():
        repair(store, data)
        manifest = store.manifest(kind, supplier, year)
        delivery_id = _chosen(store, manifest, delivery)
        if bool(manifest.withdrawn_at(delivery_id)) != undo:
            return Withdrawal(delivery_id, manifest.in_force, is_new=False)
        versions = [
            _marked(one, "" if undo else at) if one["delivery_id"] == delivery_id else one for one in manifest.versions
        ]
        left = [one["delivery_id"] for one in versions if not one.get("withdrawn_at")]
        in_force = left[-1] if left else ""
        _put_in_force(store, Manifest(*manifest.name, in_force, versions))
        _record(store, data, manifest, delivery_id, in_force, at, undo)
        return Withdrawal(delivery_id, in_force, is_new=True)


def _chosen(store: Store, manifest: Manifest, delivery: str) -> str:
    """Id of the delivery that is meant."""
    kind, supplier, year = manifest.name
    if not manifest.versions:
        years = [str(one.reporting_year) for one in store.manifests() if one.name[:2] == (kind, supplier)]
        known = f"accepted years: {', '.join(years)}" if years else f"no {kind} of this code was ever accepted"
        raise WithdrawalError(f"nothing of {kind} {supplier} {year} was accepted ({known}); name one that was")
    ids = [one["delivery_id"] for one in manifest.versions]
    found = {one for one in ids if one.startswith(delivery)} if delivery else {ids[-1]}
    if len(found) != 1:
        listed = ", ".join(f"{one['delivery_id'][:12]} ({one['received_at'][:10]})" for one in manifest.versions)
        raise WithdrawalError(
            f"{delivery} is not the beginning of one id of {kind} {supplier} {year}; give one of: {listed}"
        )
    return found.pop()


def _marked(version: dict[str, Any], at: str) -> dict[str, Any]:
    kept = {name: value for name, value in version.items() if name != "withdrawn_at"}
    return kept | {"withdrawn_at": at} if at else kept


def _put_in_force(store: Store, after: Manifest) -> None:
    """Write the manifest, unless the delivery that comes back into force is damaged."""
    try:
        store.bring_back(after)
        if faults := store.faults(after):
            listed = "; ".join(f"{table}: {problem}" for table, problem in faults.items())
            raise WithdrawalError(
                f"the delivery {after.in_force[:12]} cannot be put in force again ({listed}); {REMEDY},"
                f" or withdraw it first (--delivery {after.in_force[:12]})"
            )
        store.put_in_force(after)
    except OSError as error:
        raise StoreError(f"the withdrawal could not be written: {error}; nothing has changed") from error
    finally:
        store.set_aside(store.manifest(*after.name))


def _judge(report: dict[str, Any], result: CheckResult) -> None:
    """Put the result of one check in the place of the one that the report has."""
    others = [one for one in report["checks"] if one["check_id"] != result.check_id]
    report["checks"] = sorted([*others, result.as_dict()], key=lambda one: list(load_checks()).index(one["check_id"]))


def _record(
    store: Store, data: DataFolder, manifest: Manifest, delivery_id: str, in_force: str, at: str, undo: bool
) -> None:
    """Let report, refusal and check results say it, when they are about this delivery; without a report the next intake
    gives one."""
    folder = data.verdict(*manifest.name)
    report = read_verdict(folder)
    if not report:
        return
    judged = next((one for one in report["checks"] if one["check_id"] == WITHDRAWN), None)
    base = max(judged["denominator"], 1) if judged else 1
    if undo:
        if judged and judged["status"] == "fail":
            store.forget_refusal(*manifest.name)
            _judge(report, CheckResult(WITHDRAWN, "pass", 0, base, 0.0))
            update_check_results(store, [report])
            if report["delivery_id"] == delivery_id == in_force:
                report["status"] = "unchanged"
                report["findings"] = [one for one in report["findings"] if one["check_id"] != WITHDRAWN]
                report["findings_total"] -= 1
                write_verdict(folder, report, in_force)
            else:  # it is the report of the same rows sent again, or of a delivery that another one has replaced
                (folder / "verdict.json").unlink()
        return
    if report["delivery_id"] != delivery_id:
        return
    report["status"] = "refused"
    _judge(report, CheckResult(WITHDRAWN, "fail", 1, base, 0.0))
    report["findings"] = [withdrawn_finding(at).as_dict(), *report["findings"]]
    report["findings_total"] += 1
    store.refuse(refusal_of(report))
    update_check_results(store, [report])
    write_verdict(folder, report, in_force)
