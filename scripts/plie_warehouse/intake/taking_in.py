"""Take in what suppliers deliver: find it, read it, check it in three stages, keep what is accepted, say what to
correct.

``take_in`` is the entry point. ``discover`` finds deliveries, ``read`` (with ``decode``, ``archive``, ``workbook``,
``headers`` and ``privacy``) turns files into rows, ``frames`` and ``suites`` judge the rows of many deliveries at once,
``plausibility`` compares, ``registers`` says who is known, ``store`` keeps, ``delivery_report`` writes the report. The
checks are in seeds/reference/intake_checks.csv.

Deliveries are read, judged and kept in batches, so that memory does not grow with the network, side by side when there
are many. What is left of them then is compared, and their verdicts are written.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import BrokenExecutor
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from plie_warehouse.contract import KINDS, contract_path
from plie_warehouse.intake.assessment import Assessment, assess, compare
from plie_warehouse.intake.checks import Finding
from plie_warehouse.intake.delivered_frames import Frames
from plie_warehouse.intake.delivery_report import make_verdict, read_verdict, write_machine_verdict, write_verdict
from plie_warehouse.intake.discover import Delivery, LandingError, discover
from plie_warehouse.intake.intake_workers import Run, one_by_one, side_by_side
from plie_warehouse.intake.plain import no_pattern
from plie_warehouse.intake.read import Reading, failed_reading
from plie_warehouse.intake.reader import Reader
from plie_warehouse.intake.registers import REGISTER_KIND, Register, load_registers
from plie_warehouse.intake.results import update_check_results
from plie_warehouse.intake.store import Store, StoreError
from plie_warehouse.intake.store_check import demand_store
from plie_warehouse.intake.store_repair import refusal_of, repair
from plie_warehouse.intake.withdrawal import withdrawn_finding
from plie_warehouse.paths import PROJECT, DataFolder

__all__ = ["Intake", "LandingError", "StoreError", "take_in"]


# The rows of so many deliveries of a kind are judged together: to judge costs something, whatever there is to judge.
BATCH_DELIVERIES = 100
# From so many deliveries on it pays to start processes.
MANY_DELIVERIES = 100

# What a delivery is known by: see ``Delivery.name``.
Name = tuple[str, str, int]

# Serves all intakes of this process: to start a reader costs more than to read most deliveries.
_reader = Reader()
read = _reader.read

# What must be as it was for a verdict to stand.
SAME = ("raw_digest", "rules_digest", "register_digest")


@dataclass
class Intake:
    """What one run did: the verdict of each delivery, and what lay in no delivery."""

    verdicts: list[dict[str, Any]] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)

    def with_status(self, status: str) -> list[dict[str, Any]]:
        return [verdict for verdict in self.verdicts if verdict["status"] == status]

    @property
    def is_in_force(self) -> bool:
        """At least one delivery was accepted or is the one in force."""
        return any(verdict["status"] != "refused" for verdict in self.verdicts)


@dataclass
class _Judged:
    """A delivery that was kept or refused. ``head``: what its verdict begins with; ``in_force``: the delivery in force
    now, or ''."""

    head: dict[str, Any]
    assessment: Assessment
    in_force: str

    def verdict(self) -> dict[str, Any]:
        one = self.assessment
        files = [{"file": file, "sheet": sheet, **asdict(lines)} for file, sheet, lines in one.reading.counted]
        return make_verdict(self.head, one.stage, one.results, one.findings, one.unshown, one.notes, files)


def rules_digest() -> str:
    """Name of what decides a verdict: contract, lists and code. A verdict of other rules is given anew."""
    digest = hashlib.sha256()
    package = Path(__file__).parent
    files = [contract_path(kind) for kind in KINDS]
    files += sorted((PROJECT / "seeds" / "reference").glob("*.csv"))
    files += [*sorted(package.glob("*.py")), package.parent / "contract.py"]
    for file in files:
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def take_in(
    landing: Path,
    data: DataFolder,
    received_at: str | None = None,
    progress: Callable[[str], None] = lambda step: None,
) -> Intake:
    """Take in every delivery of a landing folder.

    ``received_at``: ISO moment written into the store; None for the moment of each delivery's newest file. ``progress``
    is called with what is being done. Raises ``LandingError`` when the folder cannot be used, ``StoreError`` when the
    store cannot be written: what was accepted before stays.
    """
    store = Store(data.accepted)
    try:
        data.create()
        demand_store(data)
        with store.locked(lambda: progress("une autre prise en charge est en cours : attente")):
            repair(store, data)
            return _take_in(landing, data, store, received_at, progress)
    except OSError as error:
        raise StoreError(f"the intake cannot read or write: {error}") from error
    except BrokenExecutor as error:
        raise StoreError(
            f"a process of the intake died ({error}): what it had accepted is kept; run it again"
        ) from error


def _take_in(
    landing: Path, data: DataFolder, store: Store, received_at: str | None, progress: Callable[[str], None]
) -> Intake:
    deliveries, ignored = discover(landing)
    rules = rules_digest()
    groups = {kind: [delivery for delivery in deliveries if delivery.kind == kind] for kind in KINDS}
    others = [kind for kind in KINDS if kind != REGISTER_KIND and groups[kind]]
    apart = len(deliveries) >= MANY_DELIVERIES and (os.cpu_count() or 1) > 1
    done: dict[Name, dict[str, Any]] = {}
    with side_by_side(progress) if apart else nullcontext(one_by_one(progress)) as run:
        # The registers first: they say which of the others are known.
        for kinds in ([REGISTER_KIND], others):
            registers = load_registers(store) if kinds and REGISTER_KIND not in kinds else {}
            batches = []
            for kind in kinds:
                progress(f"comparaison avec les verdicts précédents : {kind}")
                found, heads = _known(groups[kind], data, store, rules, registers, received_at)
                done |= found
                new = [one for one in groups[kind] if one.name in heads]
                batches += [(batch, heads, data, registers) for batch in _batches(new)]
            judged = run(_judge_batch, sorted(batches, key=lambda batch: len(batch[0]), reverse=True))
            done |= _give_verdicts(judged, data, store, run, progress)
    return Intake([done[delivery.name] for delivery in deliveries], ignored)


def _batches(deliveries: Sequence[Delivery]) -> list[Sequence[Delivery]]:
    """Batches of about one size: neighbours are dealt to different ones, since they are often of one kind."""
    number = -(-len(deliveries) // BATCH_DELIVERIES)
    return [deliveries[place::number] for place in range(number)]


def _known(
    deliveries: Sequence[Delivery],
    data: DataFolder,
    store: Store,
    rules: str,
    registers: Mapping[str, Register],
    received_at: str | None,
) -> tuple[dict[Name, dict[str, Any]], dict[Name, dict[str, Any]]]:
    """Name of the delivery -> its verdict, of those whose verdict stands; and of the others -> head of theirs."""
    done: dict[Name, dict[str, Any]] = {}
    heads: dict[Name, dict[str, Any]] = {}
    for delivery in deliveries:
        register = registers.get(delivery.kind)
        head = {
            "kind": delivery.kind,
            "supplier_code": delivery.supplier,
            "reporting_year": delivery.year,
            "received_at": received_at or delivery.received_at(),
            "raw_digest": delivery.raw_digest(),
            "rules_digest": rules,
            "register_digest": register.digest if register else "",
        }
        verdict = _standing(delivery, head, data, store)
        if verdict:
            done[delivery.name] = verdict
        else:
            heads[delivery.name] = head
    return done, heads


def _judge_batch(
    deliveries: Sequence[Delivery],
    heads: Mapping[Name, dict[str, Any]],
    data: DataFolder,
    registers: Mapping[str, Register],
    progress: Callable[[str], None],
) -> dict[Name, _Judged]:
    """Read deliveries, judge their rows together, keep or refuse each. ``heads``: what their verdicts begin with."""
    store = Store(data.accepted)
    readings: list[Reading] = []
    for place, delivery in enumerate(deliveries, start=1):
        progress(f"lecture {place}/{len(deliveries)} : {delivery.label}")
        readings.append(read(delivery))
    progress(f"contrôle de {len(readings)} livraisons")
    try:
        return _judge_readings(readings, heads, store, registers, progress)
    except (StoreError, OSError, MemoryError):
        raise
    except Exception as error:
        if len(deliveries) == 1:
            # Its rows are as they are read; what the checks cannot judge is not accepted.
            detail = f"La livraison n'a pas pu être contrôlée ({type(error).__name__})."
            failed = [failed_reading(deliveries[0], "STR-07", detail)]
            return _judge_readings(failed, heads, store, registers, progress)
    # One of them cannot be judged: each alone, so that it is known which.
    judged: dict[Name, _Judged] = {}
    for delivery in deliveries:
        judged |= _judge_batch([delivery], heads, data, registers, progress)
    return judged


def _judge_readings(
    readings: Sequence[Reading],
    heads: Mapping[Name, dict[str, Any]],
    store: Store,
    registers: Mapping[str, Register],
    progress: Callable[[str], None],
) -> dict[Name, _Judged]:
    """Judge the rows of readings together, keep or refuse each."""
    judged: dict[Name, _Judged] = {}
    with Frames() as frames:
        for number, assessment in enumerate(assess(readings, frames, registers, progress)):
            delivery = assessment.reading.delivery
            progress(f"rangement {number + 1}/{len(readings)} : {delivery.label}")
            rows = {name: frames.as_delivered(one.table, number) for name, one in assessment.reading.tables.items()}
            rows |= _kept(assessment, store)
            accept = partial(store.accept, connection=frames.connection, tables=rows)
            judged[delivery.name] = _keep_or_refuse(heads[delivery.name], assessment, store, accept)
    return judged


def _kept(assessment: Assessment, store: Store) -> dict[str, str]:
    """Table -> query of its rows in force, of the tables that a delivery does not bring and need not: each register is
    in force on its own."""
    reading, delivery = assessment.reading, assessment.reading.delivery
    manifest = store.manifest(*delivery.name)
    if reading.kind.complete or not manifest.current or assessment.is_refused:
        return {}
    kept = {}
    faults = store.faults(manifest)
    for table in reading.kind.tables:
        if table.name in reading.tables or table.name not in manifest.current.get("files", {}):
            continue
        if table.name in faults:
            detail = (
                f"« {table.name} » n'est pas dans cette livraison, et ce qui en avait été livré est abîmé :"
                " le livrer aussi."
            )
            assessment.refuse(Finding("STR-01", f"{table.name}.csv", detail=detail, table=table.name))
            return {}
        path = store.data_path(table.name, delivery.supplier, delivery.year, manifest.in_force)
        file = no_pattern(path).replace("'", "''")
        kept[table.name] = f"select * exclude (delivery_id) from read_parquet('{file}', hive_partitioning = false)"
        if table.name not in assessment.refused_tables:
            assessment.notes.append(
                f"« {table.name} » n'est pas dans cette livraison : ce qui en avait été livré reste en vigueur."
            )
    return kept


def _give_verdicts(
    judged: Mapping[Name, _Judged], data: DataFolder, store: Store, run: Run, progress: Callable[[str], None]
) -> dict[Name, dict[str, Any]]:
    """Compare what was judged and write the verdicts; name of the delivery -> its verdict."""
    if not judged:
        return {}
    progress(f"comparaison de {len(judged)} livraisons")
    compare([one.assessment for one in judged.values()], store)
    verdicts = {name: one.verdict() for name, one in judged.items()}
    # Before the verdicts: once these are there, nobody looks at those deliveries again.
    update_check_results(store, verdicts.values())
    names = _batches(list(verdicts))
    run(_write_verdicts, [(data, {name: (verdicts[name], judged[name].in_force) for name in batch}) for batch in names])
    return verdicts


def _write_verdicts(
    data: DataFolder, verdicts: Mapping[Name, tuple[dict[str, Any], str]], progress: Callable[[str], None]
) -> dict[Name, None]:
    """Write verdicts, each with the delivery that is in force."""
    for place, (name, (verdict, in_force)) in enumerate(verdicts.items(), start=1):
        progress(f"verdict {place}/{len(verdicts)} : {name[1]} {name[2]}")
        write_verdict(data.verdict(*name), verdict, in_force)
    return {}


def _standing(delivery: Delivery, head: dict[str, Any], data: DataFolder, store: Store) -> dict[str, Any] | None:
    """The verdict of the same files under the same rules, when what it said still stands."""
    folder = data.verdict(*delivery.name)
    verdict = read_verdict(folder)
    if not verdict or any(verdict.get(name) != head[name] for name in SAME):
        return None
    is_refusal = store.refusal_path(*delivery.name).exists()
    if verdict["status"] == "refused":
        return verdict if is_refusal else None
    manifest = store.manifest(*delivery.name)
    if manifest.in_force != verdict["delivery_id"] or is_refusal or store.faults(manifest):
        return None
    if verdict["status"] != "unchanged":
        verdict["status"] = "unchanged"
        write_machine_verdict(folder, verdict)
    return verdict


def _keep_or_refuse(head: dict[str, Any], assessment: Assessment, store: Store, accept: Callable[..., None]) -> _Judged:
    """Accept or refuse one delivery. ``accept`` stores it, given manifest and version."""
    reading = assessment.reading
    delivery = reading.delivery
    manifest = store.manifest(*delivery.name)
    if not assessment.is_refused and (day := manifest.withdrawn_at(reading.content_digest)):
        assessment.refuse(withdrawn_finding(day))
    delivery_id = head["raw_digest"] if assessment.is_refused else reading.content_digest
    if assessment.is_refused:
        status = "refused"
        checks = [one.as_dict() for one in assessment.results]
        store.refuse(refusal_of({**head, "delivery_id": delivery_id, "checks": checks}))
    elif manifest.in_force == delivery_id and not store.faults(manifest):
        status = "unchanged"
        store.forget_refusal(*delivery.name)
    else:
        status = "accepted"
        if manifest.in_force == delivery_id:
            assessment.notes.append("Ses fichiers étaient abîmés dans l'entrepôt : ils sont à nouveau entiers.")
        elif again := [one["received_at"] for one in manifest.versions if one["delivery_id"] == delivery_id]:
            assessment.notes.append(
                f"Ces lignes sont celles de la livraison du {again[-1][:10]}, qui avait été remplacée depuis :"
                " elles sont à nouveau en vigueur. Livrer à nouveau la plus récente si ce n'est pas voulu."
            )
        version = {
            "delivery_id": delivery_id,
            "received_at": head["received_at"],
            "raw_digest": head["raw_digest"],
            "profile": assessment.profile,
        }
        accept(manifest, version)
    assessment.forget_rows()
    in_force = manifest.in_force if assessment.is_refused else delivery_id
    return _Judged({**head, "status": status, "delivery_id": delivery_id}, assessment, in_force)
