"""Read one delivery: its files to rows of its tables, with what is wrong with the files themselves.

Whatever the format, rows come to ``_take`` as text that a person sees, and go from there into the tables.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from operator import itemgetter
from pathlib import PurePosixPath

from plie_warehouse.contract import PATTERNS, Kind, Table, load_codes, load_kind
from plie_warehouse.intake import privacy, workbook
from plie_warehouse.intake.archive import Budget, open_archive, read_member
from plie_warehouse.intake.cells import Repair
from plie_warehouse.intake.checks import BLOCKING, Finding, load_checks
from plie_warehouse.intake.decode import FIRST_LINES, Grid, Lines, Refused, decode, find_header, parse
from plie_warehouse.intake.delivered_headers import Header, normalised, read_header, recognised
from plie_warehouse.intake.discover import UNREAD, Delivery, Landed, is_litter
from plie_warehouse.intake.limits import limits
from plie_warehouse.intake.plain import file_name, open_plain

# Sheets of the suppliers' template that hold no data.
TEMPLATE_SHEETS = ("aide", "listes", "mode d emploi", "liste des codes")

# Excel leaves out the blank cells at the end of rows, for each block of so many rows of its sheet.
BLOCK_ROWS = 16

# How a row of totals begins.
_TOTAL = re.compile(r"((sous )?total|totaux|somme|ensemble)\b")


@dataclass(frozen=True)
class TableRows:
    """Rows of one table as delivered. ``file``: within the delivery; ``source_file``: within the landing; ``counted``:
    what the lines of its file or sheet are."""

    table: Table
    file: str
    source_file: str
    lines: list[int]
    columns: dict[str, list[str]]
    counted: Lines


@dataclass
class Reading:
    """A delivery once read. ``findings``: structure findings of its files; ``seen``: files looked at; ``counted``:
    (file, sheet or '', what its lines are)."""

    delivery: Delivery
    kind: Kind
    tables: dict[str, TableRows] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    seen: int = 0
    content_digest: str = ""
    counted: list[tuple[str, str, Lines]] = field(default_factory=list)

    @property
    def is_refused(self) -> bool:
        return any(load_checks()[finding.check_id].severity == BLOCKING for finding in self.findings)

    @property
    def is_identifying(self) -> bool:
        return any(finding.check_id == "CNF-01" for finding in self.findings)


@dataclass
class _Work:
    """A reading on its way: what it may still cost, and the files and sheets that could not be read."""

    reading: Reading
    budget: Budget
    failed: set[str] = field(default_factory=set)

    def fail(self, file: str, finding: Finding) -> None:
        self.failed.add(file)
        self.reading.findings.append(finding)


def digest_of(reading: Reading) -> str:
    """Name of what was delivered, whatever the files: the same rows in the same order give the same one, and a column
    that need not be there changes nothing while it says nothing."""
    delivery = reading.delivery
    digest = hashlib.sha256(f"{delivery.kind}/{delivery.supplier}/{delivery.year}".encode())
    for name, rows in sorted(reading.tables.items()):
        said = []
        for column, cells in rows.columns.items():
            if not rows.table.column(column).may_be_absent:
                said.append("\x1f".join(cells))
            elif any(cells):
                said.append("\x1f".join([column, *cells]))
        digest.update(f"\n{name}\n".encode())
        digest.update("\x1e".join(said).encode())
    return digest.hexdigest()


def failed_reading(delivery: Delivery, check_id: str, detail: str) -> Reading:
    """What is left of a delivery that could not be read."""
    reading = Reading(delivery, load_kind(delivery.kind), findings=[Finding(check_id, detail=detail)], seen=1)
    reading.content_digest = digest_of(reading)
    return reading


def read(delivery: Delivery) -> Reading:
    """Read every file of a delivery. What a supplier did wrong is a finding, whatever it is."""
    reading = Reading(delivery, load_kind(delivery.kind), findings=list(delivery.findings))
    work = _Work(reading, Budget.of(limits(delivery.year)))
    if delivery.findings:
        reading.seen = max(len(delivery.files), 1)
    else:
        for file in delivery.files:
            reading.seen += 1
            _read_file(work, file)
    for table in reading.kind.tables:
        is_missing = reading.kind.complete and not table.may_be_absent and table.name not in reading.tables
        if not is_missing or work.failed or delivery.findings:
            continue
        detail = f"Il manque « {table.name}.csv » (ou la feuille « {table.sheet} »)."
        reading.findings.append(Finding("STR-01", f"{table.name}.csv", detail=detail, table=table.name))
    if not reading.tables and not reading.is_refused:
        # What is in force stays so: a delivery of nothing replaces nothing.
        expected = ", ".join(f"« {table.name}.csv »" for table in reading.kind.tables)
        detail = f"La livraison ne contient aucun fichier attendu ({expected})."
        reading.findings.append(Finding("STR-01", detail=detail))
    if reading.is_identifying:
        # Nothing of the file but the sentences that say why; of a kind whose tables are accepted one by one, the other
        # files stay.
        identifying = {one.file for one in reading.findings if one.check_id == "CNF-01"}
        reading.findings = [
            one
            for one in reading.findings
            if one.check_id == "CNF-01" or (reading.kind.apart and one.file not in identifying)
        ]
        for name, rows in [*reading.tables.items()]:
            if not reading.kind.apart or rows.file in identifying:
                del reading.tables[name]
    reading.content_digest = digest_of(reading)
    return reading


def _read_file(work: _Work, file: Landed) -> None:
    size = work.budget.limits.file_bytes
    try:
        with open_plain(file.path) as stream:
            content = stream.read(size + 1)
        if len(content) > size:
            detail = f"Sa taille dépasse {size >> 20} Mo : une ligne trop longue ?"
            raise Refused(Finding("STR-06", file.name, detail=detail))
        _read_content(work, content, file.name)
    except Refused as refused:
        work.fail(file.name, refused.finding)
    except OSError:
        detail = f"« {file.name} » ne peut pas être lu : c'est un lien, ou ses droits ne le permettent pas."
        work.fail(file.name, Finding("STR-19", file.name, detail=detail))
    except Exception as error:  # one bad file stops nobody
        detail = f"Le fichier n'a pas pu être lu ({type(error).__name__})."
        work.fail(file.name, Finding("STR-07", file.name, detail=detail))


def _read_content(work: _Work, content: bytes, file: str) -> None:
    reading, budget = work.reading, work.budget
    suffix = PurePosixPath(file).suffix.lower()
    if suffix == ".zip":
        _read_archive(work, content, file)
    elif suffix in (".xlsx", ".xlsm"):
        _read_workbook(work, content, file)
    elif suffix in (".csv", ".txt", ".tsv"):
        table = table_of(reading.kind, PurePosixPath(file).stem, reading.delivery)
        text = decode(content, file, budget.limits)
        tables = [table] if table else list(reading.kind.tables)
        grid = parse(text, file, lambda cells: max(recognised(one, cells) for one in tables), budget.limits)
        _take(reading, table or _table_of_header(reading.kind, grid.header), grid, file)
    elif suffix in UNREAD:
        raise Refused(Finding("STR-07", file, detail=UNREAD[suffix]))
    else:
        reading.findings.append(Finding("STR-16", file))


def _read_archive(work: _Work, content: bytes, file: str) -> None:
    archive = open_archive(content, file, work.budget)
    for member in archive.infolist():
        name = file_name(member.filename)
        inner = f"{file}/{name}"
        if member.is_dir() or any(map(is_litter, PurePosixPath(name).parts)):
            continue
        if name.lower().endswith(".zip"):
            raise Refused(Finding("STR-07", file, detail="L'archive en contient une autre (ZIP imbriqué)."))
        try:
            _read_content(work, read_member(archive, member, file), inner)
        except Refused as refused:
            work.fail(inner, refused.finding)


def _read_workbook(work: _Work, content: bytes, file: str) -> None:
    reading = work.reading
    for sheet in workbook.read_sheets(content, file, work.budget):
        if isinstance(sheet, Refused):
            work.fail(file, sheet.finding)
            continue
        if normalised(sheet.name) in TEMPLATE_SHEETS:
            continue
        table = table_of(reading.kind, sheet.name, reading.delivery)
        table = table or next(
            filter(None, (_table_of_header(reading.kind, row) for row in sheet.rows[:FIRST_LINES])), None
        )
        if table is None:
            header = Header({}, {cell: place for place, cell in enumerate(sheet.rows[0]) if cell}, [])
            width = max(map(len, sheet.rows))
            rows = [row + [""] * (width - len(row)) for row in sheet.rows]
            grid = Grid(rows[0], sheet.lines[0], rows[1:], sheet.lines[1:])
            reading.findings += privacy.identifiers(None, grid, header, file, reading.delivery.year)
            reading.findings.append(Finding("STR-16", file, detail=f"Feuille « {sheet.name} »."))
            continue
        try:
            if sheet.faults:
                raise Refused(sheet.faults[0])
            blank = sheet.height - len(sheet.rows)
            counted = Lines(sheet.height, 1, len(sheet.rows) - 1, blank, 0)
            grid = find_header(sheet.rows, sheet.lines, partial(recognised, table), file, counted)
            width = len(grid.header)
            for row in grid.rows:
                row.extend([""] * (width - len(row)))
            _take(reading, table, grid, file, sheet.name, sheet.epoch)
        except Refused as refused:
            work.fail(f"{file}#{sheet.name}", _in_sheet(refused.finding, sheet.name))


def _in_sheet(finding: Finding, sheet: str) -> Finding:
    """The finding with the name of its sheet, which a workbook has several of."""
    if not sheet or sheet in finding.detail:
        return finding
    return replace(finding, detail=f"Feuille « {sheet} ». {finding.detail}".strip())


def _take(
    reading: Reading, table: Table | None, grid: Grid, file: str, sheet: str = "", epoch: datetime | None = None
) -> None:
    """Keep the rows of one file or sheet, or say why not. ``epoch``: day 0 of its workbook."""
    if table is None:
        raise Refused(Finding("STR-04", file, grid.header_line, detail="Aucune table attendue n'y est reconnue."))
    findings: list[Finding] = []
    header = read_header(table, grid.header, file)
    grid = _data_only(table, grid, header, file, findings)
    ragged = level(table, grid, header, file, reading.delivery.year)
    if ragged:
        findings += ragged
        grid = _without(grid, {finding.row for finding in ragged})
    findings += header.findings
    findings += privacy.identifiers(table, grid, header, file, reading.delivery.year)
    reading.findings += [_in_sheet(one, sheet) for one in findings]
    if any(load_checks()[one.check_id].severity == BLOCKING for one in header.findings) or ragged:
        # Their keys would all be said to be missing; the structure must be corrected first.
        reading.tables.setdefault(table.name, _empty(table, file, reading.delivery))
        return
    if table.name in reading.tables:
        detail = f"« {table.name} » est dans {reading.tables[table.name].file} et dans {file}."
        reading.findings.append(_in_sheet(Finding("STR-17", file, detail=detail, table=table.name), sheet))
        return
    if not grid.rows and not table.may_be_empty:
        finding = Finding("STR-02", file, detail="Aucune ligne après l'en-tête.", table=table.name)
        reading.findings.append(_in_sheet(finding, sheet))
    columns = {}
    for column in table.columns:
        # One object for each different text of a column: cells repeat themselves, and are held for many deliveries.
        place, stored = header.places.get(column.name), Repair(column, epoch, reading.delivery.year)
        columns[column.name] = [""] * len(grid.rows) if place is None else [stored[row[place]] for row in grid.rows]
    source_file = f"{reading.delivery.label}/{file}"
    reading.counted.append((file, sheet, grid.counted))
    reading.tables[table.name] = TableRows(table, file, source_file, grid.lines, columns, grid.counted)


def _data_only(table: Table, grid: Grid, header: Header, file: str, findings: list[Finding]) -> Grid:
    """The rows that are data: a row that repeats the header is left out (STR-21), one of totals is refused (STR-20)."""
    titles = [normalised(cell) for cell in grid.header if cell.strip()]
    first = grid.header[0].strip().casefold()
    keys = [place for name in table.key if (place := header.places.get(name)) is not None]
    needed, key_of = 1 + max(keys, default=0), itemgetter(*keys, *keys[:1]) if keys else list
    repeated: list[int] = []
    totals: list[int] = []
    for row, line in zip(grid.rows, grid.lines, strict=True):
        if (
            len(titles) > 1
            and row[0].strip().casefold() == first
            and [normalised(one) for one in row if one.strip()] == titles
        ):
            repeated.append(line)
        elif keys and (len(row) < needed or "" in key_of(row)):
            said = next((cell for cell in row if cell.strip()), "")
            if _TOTAL.match(normalised(said)):
                totals.append(line)
    for check_id, lines in (("STR-21", repeated), ("STR-20", totals)):
        if lines:
            findings.append(Finding(check_id, file, lines[0], detail=_named(lines)))
    if not repeated and not totals:
        return grid
    kept = _without(grid, {*repeated, *totals})
    counted = replace(kept.counted, rows=len(kept.rows), other=kept.counted.other + len(repeated) + len(totals))
    return replace(kept, counted=counted)


def _named(lines: Sequence[int]) -> str:
    """Lines in a sentence of their own."""
    some = ", ".join(map(str, lines[: privacy.ROWS_NAMED])) + (", …" if len(lines) > privacy.ROWS_NAMED else "")
    return f"Ligne{'s' if len(lines) > 1 else ''} {some}."


def level(table: Table, grid: Grid, header: Header, file: str, year: int) -> list[Finding]:
    """Make every row as wide as the header, in place, where only blanks are lost or added; STR-05 for the others.

    A row may be short where a spreadsheet has left out blank cells at the end of rows: those of columns that may be
    blank, for a whole block of rows (Excel) or wherever a row ends so (others), in a file that says what its cells are.
    ``year``: that of the delivery.
    """
    width = len(grid.header)
    if all(len(row) == width for row in grid.rows):
        return []
    required = {header.places[one.name] for one in table.columns if one.required and one.name in header.places}
    least = 1 + max([place for place, cell in enumerate(grid.header) if cell.strip() and place in required], default=-1)
    titled = 1 + max((place for place, cell in enumerate(grid.header) if cell.strip()), default=0)
    widths: dict[int, set[int]] = {}
    for row, line in zip(grid.rows, grid.lines, strict=True):
        widths.setdefault((line - 1) // BLOCK_ROWS, set()).add(len(row))
    never_blank = all(row[-1].strip() for row in grid.rows if row)
    findings = []
    for place, (row, line) in enumerate(zip(grid.rows, grid.lines, strict=True)):
        found = len(row)
        if found == width:
            continue
        if found > width and not "".join(row[width:]).strip():
            del row[width:]
            continue
        is_last = place == len(grid.rows) - 1
        blanks_left_out = (
            least <= found < width
            and not (is_last and grid.is_cut)
            and (found >= titled or never_blank or len(widths[(line - 1) // BLOCK_ROWS]) == 1)
            and _reads(table, header, row, year)
        )
        if blanks_left_out:
            row.extend([""] * (width - found))
            continue
        detail = f"Elle a {found} colonnes, l'en-tête en a {width}."
        if is_last and found < width:
            detail += " C'est la dernière : le fichier est peut-être coupé."
        findings.append(Finding("STR-05", file, line, detail=f"Nombre de colonnes : {detail}"))
    return findings


def _reads(table: Table, header: Header, row: Sequence[str], year: int) -> bool:
    """Whether each cell of a short row is of the type of its column: none has slipped from another."""
    for column in table.columns:
        place = header.places.get(column.name)
        cell = row[place].strip() if place is not None and place < len(row) else ""
        if not cell:
            continue
        stored = Repair(column, None, year)[cell]
        if stored and column.type in PATTERNS and not re.match(PATTERNS[column.type], stored):
            return False
        if column.type == "boolean" and stored.lower() not in _BOOLEANS:
            return False
    return True


_BOOLEANS = frozenset(code.spelling.lower() for code in load_codes() if code.code_list == "boolean")


def _without(grid: Grid, lines: set[int | None]) -> Grid:
    kept = [place for place, line in enumerate(grid.lines) if line not in lines]
    return replace(grid, rows=[grid.rows[place] for place in kept], lines=[grid.lines[place] for place in kept])


def _empty(table: Table, file: str, delivery: Delivery) -> TableRows:
    return TableRows(
        table, file, f"{delivery.label}/{file}", [], {name: [] for name in table.names}, Lines(0, 0, 0, 0, 0)
    )


def table_of(kind: Kind, name: str, delivery: Delivery) -> Table | None:
    """The table that a file or sheet is named after; its year and its supplier's code may be part of the name."""
    words = normalised(name)
    code = normalised(delivery.supplier)
    words = re.sub(rf"\b{re.escape(code)}\b|\b{re.escape(code.replace(' ', ''))}\b|\b(19|20)\d\d\b", " ", words)
    words = " ".join(words.split())
    for table in kind.tables:
        if words in map(normalised, (table.name, table.sheet, *table.file_aliases)):
            return table
    return None


def _table_of_header(kind: Kind, header: list[str]) -> Table | None:
    """The one table whose required columns are all there."""
    complete = [
        table
        for table in kind.tables
        if not any(finding.check_id == "STR-08" for finding in read_header(table, header, "").findings)
    ]
    scores = sorted(((recognised(table, header), table.name) for table in complete), reverse=True)
    if not scores or (len(scores) > 1 and scores[0][0] == scores[1][0]):
        return None
    return kind.table(scores[0][1])
