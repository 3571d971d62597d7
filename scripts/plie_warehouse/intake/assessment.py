"""Judge readings stage by stage: many deliveries together, each stopping at the first stage that fails.

Two stages look at the rows (``assess``), which are gone then; the third compares what is left of them (``compare``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import pandas as pd

from plie_warehouse.contract import Table
from plie_warehouse.intake import plausibility
from plie_warehouse.intake.bounds import beyond_bounds
from plie_warehouse.intake.checks import (
    BLOCKING,
    PLAUSIBILITY,
    RECORD,
    STRUCTURE,
    CheckResult,
    Finding,
    judge_share,
    load_checks,
)
from plie_warehouse.intake.coordinates import coordinates_elsewhere
from plie_warehouse.intake.delivered_frames import Frames
from plie_warehouse.intake.delivery_report import shown
from plie_warehouse.intake.garbled import garbled_texts
from plie_warehouse.intake.hints import hint
from plie_warehouse.intake.read import Reading, digest_of, table_of
from plie_warehouse.intake.registers import NO_REGISTER_FR, Register
from plie_warehouse.intake.store import Store

if TYPE_CHECKING:
    from plie_warehouse.intake.intake_suites import Judged

# More values than this that fail in one way are one thing to mend, told by a few of them: when all their lines can be
# named, or when they are of more than this share of the rows. When all rows fail, a few values are enough.
VALUES_APART, VALUES_NAMED = 10, 3
LINES_NAMED, MOST_ROWS = 100, 0.5

# Structure checks that look at rows; the others look at files and are found while reading.
ROW_CHECKS = ("STR-12", "STR-13", "STR-14", "STR-15")


@dataclass
class Assessment:
    """What was found in one delivery. ``stage``: the one where it stopped, or the last. ``unshown``: number of findings
    that no verdict would show. ``notes``: sentences that the supplier should know, and that ask for nothing.
    ``skipped``: checks of files that had nothing to look into."""

    reading: Reading
    stage: str = STRUCTURE
    results: list[CheckResult] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    unshown: int = 0
    notes: list[str] = field(default_factory=list)
    skipped: set[str] = field(default_factory=set)
    profile: plausibility.Profile = field(default_factory=dict)
    is_refused: bool = False
    # Those that are refused while the rest of the delivery is accepted.
    refused_tables: list[str] = field(default_factory=list)
    # Check and table -> rows that fail it, once each.
    bad: dict[tuple[str, str], set[int]] = field(default_factory=lambda: defaultdict(set))

    def rows(self, table: str) -> int:
        rows = self.reading.tables.get(table)
        return len(rows.lines) if rows else 0

    def refuse(self, finding: Finding) -> None:
        """Let one finding refuse a delivery that passed."""
        self.is_refused = True
        self.findings.append(finding)
        kept = [one for one in self.results if one.check_id != finding.check_id]
        self.results = [*kept, CheckResult(finding.check_id, "fail", 1, 1, 0.0)]

    def set_apart(self) -> None:
        """Of a kind whose tables are accepted one by one: leave out those that a blocking check fails for, and accept
        the others. The delivery is refused where a finding is about no one table, or no table is left."""
        reading = self.reading
        if not (self.is_refused and reading.kind.apart):
            return
        failed = [one.check_id for one in self.results if one.status == "fail" and _is_blocking(one.check_id)]
        bad = {table for check_id in failed for table in self._tables_failing(check_id)} | {*self.refused_tables}
        if None in bad or not any(rows.lines for name, rows in reading.tables.items() if name not in bad):
            return
        self.is_refused = False
        for name in sorted(bad - {*self.refused_tables}):
            reading.tables.pop(name, None)
            self.refused_tables.append(name)
            sheet = reading.kind.table(name).sheet
            self.notes.append(
                f"Le registre « {sheet} » ({name}) est refusé : ce qui en avait été livré reste en vigueur. Les autres"
                " registres de cette livraison sont acceptés."
            )
        reading.content_digest = digest_of(reading)

    def _tables_failing(self, check_id: str) -> Iterator[str | None]:
        """The tables that a check fails for; None for a finding that is about no one table."""
        if check_id in ROW_CHECKS or load_checks()[check_id].floor == RECORD:
            year = self.reading.delivery.year
            for table in self.reading.kind.tables:
                counts = (len(self.bad.get((check_id, table.name), ())), self.rows(table.name))
                if judge_share(check_id, year, [counts]).status == "fail":
                    yield table.name
        else:
            yield from (self._table_of(one) for one in self.findings if one.check_id == check_id)

    def _table_of(self, finding: Finding) -> str | None:
        """The table that a finding is about, by its name or that of its file; None when it is about no one table."""
        if finding.table:
            return finding.table
        stem = PurePosixPath(finding.file).stem
        table = table_of(self.reading.kind, stem, self.reading.delivery)
        return table.name if table and PurePosixPath(finding.file).suffix.lower() == ".csv" else None

    def forget_rows(self) -> None:
        """Keep what the third stage and the verdict need."""
        self.reading.tables.clear()
        self.reading.findings.clear()
        self.bad.clear()
        found = len(self.findings)
        self.findings = shown(self.findings)
        self.unshown = found - len(self.findings)


def assess(
    readings: Sequence[Reading],
    frames: Frames,
    registers: Mapping[str, Register],
    progress: Callable[[str], None] = lambda step: None,
) -> list[Assessment]:
    """Judge readings on the stages that look at rows; the results come in the same order. ``registers``: by kind of
    supplier. ``frames`` then holds their rows, where a delivery is known by its place."""
    assessments = [Assessment(reading, findings=list(reading.findings)) for reading in readings]
    for one in assessments:
        _check_register(one, registers)
        one.findings += [*beyond_bounds(one.reading), *garbled_texts(one.reading)]
        one.findings += coordinates_elsewhere(one.reading)
    judged = _frames_of(frames, assessments)
    for stage in (STRUCTURE, RECORD):
        going_on = {number: one for number, one in enumerate(assessments) if not one.is_refused}
        progress(f"contrôle de {len(going_on)} livraisons : {stage}")
        if stage == RECORD:
            judged = {
                table: kept for table, frame in judged.items() if len(kept := frame[frame["delivery"].isin(going_on)])
            }
        _judge(stage, judged, going_on)
        for one in going_on.values():
            one.stage = stage
            one.results += _results(one, stage)
            one.is_refused = any(result.status == "fail" and _is_blocking(result.check_id) for result in one.results)
            one.set_apart()
    for number, profile in plausibility.profiles(judged).items():
        assessments[number].profile = profile
    return assessments


def _is_blocking(check_id: str) -> bool:
    return load_checks()[check_id].severity == BLOCKING


def _cannot(one: Assessment) -> bool:
    """A delivery without rows has none to judge."""
    return not any(rows.lines for rows in one.reading.tables.values())


def _check_register(one: Assessment, registers: Mapping[str, Register]) -> None:
    """STR-18: the register of its kind knows the supplier. Not applicable where there is no register: the network's own
    files have no supplier, and of the clause structures no list is embedded."""
    kind, supplier = one.reading.kind.name, one.reading.delivery.supplier
    codes = registers[kind].codes if kind in registers else None
    if codes is None or one.reading.is_identifying:
        one.skipped.add("STR-18")
        if codes is None and kind in NO_REGISTER_FR:
            one.notes.append(NO_REGISTER_FR[kind])
    elif supplier not in codes:
        one.findings.append(Finding("STR-18", detail=f"Code « {supplier} »."))


def _frames_of(frames: Frames, assessments: Sequence[Assessment]) -> dict[Table, pd.DataFrame]:
    """Frames of the tables that have rows, by name: in whatever order they were delivered, a manifest is the same."""
    given: dict[Table, list] = defaultdict(list)
    for number, one in enumerate(assessments):
        for rows in one.reading.tables.values():
            if rows.lines:
                delivery = one.reading.delivery
                given[rows.table].append((number, delivery.supplier, delivery.year, rows))
    for table, rows in given.items():
        frames.load(table, rows)
    made = {table: frames.frame(table) for table in sorted(given, key=lambda table: table.name)}
    frames.forget_judged()
    return made


def _judge(stage: str, frames: Mapping[Table, pd.DataFrame], going_on: Mapping[int, Assessment]) -> None:
    """Run the suites and attribute what fails to the deliveries."""
    if not frames:
        return
    # Imported here: Great Expectations takes seconds to load, and nothing new to judge does not need it.
    from plie_warehouse.intake.intake_suites import judge

    for table, failures in judge(stage, frames).items():
        frame = frames[table]
        for failure in failures:
            columns = failure.judged.column.split(", ")
            failing = frame.loc[failure.rows, list(dict.fromkeys(["delivery", "file", "line", *columns]))].astype(
                object
            )
            failing = failing.where(failing.notna(), None)
            for number, rows in failing.groupby("delivery"):
                one = going_on[int(number)]
                one.bad[failure.judged.check_id, table.name].update(int(place) for place in rows.index)
                one.findings += _findings(table, failure.judged, columns, rows, one.rows(table.name))


def _findings(
    table: Table, judged: Judged, columns: Sequence[str], rows: pd.DataFrame, of_rows: int
) -> Iterator[Finding]:
    """One finding for each cause: rows that say the same, or, when most rows of a table fail, all of them."""
    causes: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row in rows.to_dict("records"):
        value = " / ".join("" if row[name] is None else str(row[name]) for name in columns)
        known = len(columns) > 1 or row[columns[0]] is not None
        causes[row["file"], value if known else ""].append(int(row["line"]))
    most = VALUES_NAMED if len(rows) == of_rows else VALUES_APART
    if len(causes) > most and (len(rows) <= LINES_NAMED or len(rows) > MOST_ROWS * of_rows):
        (file, value), _ = next(iter(causes.items()))
        examples = ", ".join(f"« {said} »" for _, said in list(causes)[:VALUES_NAMED])
        lines = [line for several in causes.values() for line in several]
        causes = {(file, value): lines}
        more = f"Par exemple {examples}."
    else:
        more = ""
    for (file, value), lines in causes.items():
        parts = (judged.detail, hint(table, judged.column, value), more, _lines(lines), _where(table, columns, file))
        detail = " ".join(part for part in parts if part)
        first = min(lines)
        rows_of = (table.name, len(lines), tuple(lines))
        yield Finding(judged.check_id, file, first, judged.column, value, detail, judged.remedy, *rows_of)


def _lines(lines: Sequence[int]) -> str:
    """How many rows, and which, when there are several: rows that follow each other as « 3 à 404 »."""
    if len(lines) < 2:
        return ""
    runs: list[list[int]] = []
    for line in sorted(lines):
        if runs and line == runs[-1][-1] + 1:
            runs[-1].append(line)
        else:
            runs.append([line])
    texts = [", ".join(map(str, run)) if len(run) < 3 else f"{run[0]} à {run[-1]}" for run in runs]
    named = ", ".join(texts[:LINES_NAMED]) + (", …" if len(texts) > LINES_NAMED else "")
    return f"{len(lines)} lignes : {named}."


def _where(table: Table, columns: Sequence[str], file: str) -> str:
    """The place in the supplier's own words: the sheet of a workbook, the French headers of the columns."""
    headers = [f"« {table.column(name).header} »" for name in columns if name in table.names]
    parts = [f"feuille « {table.sheet} »"] if file.lower().endswith((".xlsx", ".xlsm")) else []
    if headers:
        parts.append(f"colonne{'s' if len(headers) > 1 else ''} {', '.join(headers)}")
    return f"({', '.join(parts)})" if parts else ""


def _results(one: Assessment, stage: str) -> list[CheckResult]:
    """Results of the checks of a stage."""
    results = []
    year = one.reading.delivery.year
    for check_id, check in load_checks().items():
        if check.floor != stage or check_id in one.skipped:
            continue
        by_rows = stage == RECORD or check_id in ROW_CHECKS
        if not by_rows:
            found = sum(finding.check_id == check_id for finding in one.findings)
            base = max(one.reading.seen, 1)
            results.append(CheckResult(check_id, "fail" if found else "pass", found, max(base, found), 0.0))
        elif not _cannot(one):
            tables = one.reading.kind.tables
            counts = [(len(one.bad.get((check_id, table.name), ())), one.rows(table.name)) for table in tables]
            results.append(judge_share(check_id, year, counts))
    return results


def compare(assessments: Sequence[Assessment], store: Store) -> None:
    """Third stage, for the deliveries that passed the others: beside those of the same run, and what is in force of all
    others. Then the checks that a delivery did not come to are said not to apply. Reads the store, writes nothing."""
    known: dict[tuple[str, int], dict[str, plausibility.Profile]] = defaultdict(dict)
    for one in store.manifests():
        # A manifest that was rebuilt has no profile.
        if profile := (one.current or {}).get("profile"):
            known[one.kind, one.reporting_year][one.supplier_code] = profile
    passed = [one for one in assessments if not one.is_refused]
    for one in passed:
        delivery = one.reading.delivery
        known[delivery.kind, delivery.year][delivery.supplier] = one.profile
    for one in passed:
        delivery = one.reading.delivery
        network = known[delivery.kind, delivery.year]
        others = [profile for supplier, profile in network.items() if supplier != delivery.supplier]
        previous = known.get((delivery.kind, delivery.year - 1), {}).get(delivery.supplier)
        results, findings = plausibility.compare(one.reading.kind, delivery.year, one.profile, previous, others)
        one.stage = PLAUSIBILITY
        one.results += results
        one.findings += findings
    for one in assessments:
        reached = {result.check_id for result in one.results}
        status = "not_applicable" if one.reading.seen else "not_delivered"
        year = one.reading.delivery.year
        one.results += [
            CheckResult(check_id, status, 0, 0, check.share_allowed(year))
            for check_id, check in load_checks().items()
            if check_id not in reached
        ]
