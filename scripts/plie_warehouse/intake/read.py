"""Read one delivery: its files to rows of its tables, with what is wrong with the files themselves."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from plie_warehouse.contract import Kind, Table, load_kind
from plie_warehouse.intake import privacy, workbook
from plie_warehouse.intake.archive import open_archive, read_member
from plie_warehouse.intake.checks import BLOCKING, Finding, load_checks
from plie_warehouse.intake.decode import MAX_FILE_BYTES, Grid, Refused, decode, level, parse
from plie_warehouse.intake.delivered_headers import Header, normalised, read_header, recognised
from plie_warehouse.intake.discover import Delivery, is_litter

# Sheets of the suppliers' template that hold no data.
TEMPLATE_SHEETS = ("aide", "listes", "mode d emploi", "liste des codes")


@dataclass(frozen=True)
class TableRows:
    """Rows of one table as delivered. ``file``: within the delivery; ``source_file``: within the landing."""

    table: Table
    file: str
    source_file: str
    lines: list[int]
    columns: dict[str, list[str]]


@dataclass
class Reading:
    """A delivery once read. ``findings``: structure findings of its files; ``seen``: files looked at."""

    delivery: Delivery
    kind: Kind
    tables: dict[str, TableRows] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    seen: int = 0
    content_digest: str = ""

    @property
    def is_refused(self) -> bool:
        return any(load_checks()[finding.check_id].severity == BLOCKING for finding in self.findings)

    @property
    def is_identifying(self) -> bool:
        return any(finding.check_id == "CNF-01" for finding in self.findings)


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


def read(delivery: Delivery) -> Reading:
    """Read every file of a delivery. Raises ``OSError`` only: what a supplier did wrong is a finding."""
    reading = Reading(delivery, load_kind(delivery.kind), findings=list(delivery.findings))
    failed_files: set[str] = set()
    if not delivery.findings:
        for path in delivery.files:
            reading.seen += 1
            _read_file(reading, path, failed_files)
    for table in reading.kind.tables:
        if table.name in reading.tables or not reading.kind.complete or failed_files or delivery.findings:
            continue
        detail = f"Il manque « {table.name}.csv » (ou la feuille « {table.sheet} »)."
        reading.findings.append(Finding("STR-01", f"{table.name}.csv", detail=detail, table=table.name))
    if not reading.tables and not reading.findings:
        reading.findings.append(Finding("STR-01", detail="Le dossier ne contient aucun fichier attendu."))
    if reading.is_identifying:
        # Nothing of the file but the sentences that say why.
        reading.findings = [one for one in reading.findings if one.check_id == "CNF-01"]
        reading.tables.clear()
    reading.content_digest = digest_of(reading)
    return reading


def _read_file(reading: Reading, path: Path, failed: set[str]) -> None:
    base = path.parent if path.stem == str(reading.delivery.year) else None
    file = path.name if base else _within(path, reading.delivery)
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            limit = MAX_FILE_BYTES >> 20
            raise Refused(Finding("STR-06", file, detail=f"Sa taille dépasse {limit} Mo : une ligne trop longue ?"))
        _read_content(reading, path.read_bytes(), file, failed)
    except Refused as refused:
        failed.add(file)
        reading.findings.append(refused.finding)
    except Exception as error:  # one bad file stops nobody
        failed.add(file)
        detail = f"Le fichier n'a pas pu être lu ({type(error).__name__})."
        reading.findings.append(Finding("STR-07", file, detail=detail))


def _within(path: Path, delivery: Delivery) -> str:
    """Path within the delivery's folder."""
    parts = path.parts
    depth = len(PurePosixPath(delivery.label).parts)
    for start in range(len(parts) - depth, -1, -1):
        if "/".join(parts[start : start + depth]) == delivery.label:
            return "/".join(parts[start + depth :])
    return path.name


def _read_content(reading: Reading, content: bytes, file: str, failed: set[str]) -> None:
    suffix = PurePosixPath(file).suffix.lower()
    if suffix == ".zip":
        _read_archive(reading, content, file, failed)
    elif suffix in (".xlsx", ".xlsm"):
        _read_workbook(reading, content, file, failed)
    elif suffix in (".csv", ".txt", ".tsv"):
        table = table_of(reading.kind, PurePosixPath(file).stem, reading.delivery)
        text = decode(content, file)
        tables = [table] if table else list(reading.kind.tables)
        grid = parse(text, file, lambda cells: max(recognised(one, cells) for one in tables))
        _take(reading, table or _table_of_header(reading.kind, grid.header), grid, file)
    elif suffix == ".xls":
        detail = "Ancien format Excel (.xls) : l'enregistrer en .xlsx ou en CSV."
        raise Refused(Finding("STR-07", file, detail=detail))
    else:
        reading.findings.append(Finding("STR-16", file))


def _read_archive(reading: Reading, content: bytes, file: str, failed: set[str]) -> None:
    archive = open_archive(content, file)
    for member in archive.infolist():
        inner = f"{file}/{member.filename}"
        if member.is_dir() or any(map(is_litter, PurePosixPath(member.filename).parts)):
            continue
        if member.filename.lower().endswith(".zip"):
            raise Refused(Finding("STR-07", file, detail="L'archive en contient une autre (ZIP imbriqué)."))
        try:
            _read_content(reading, read_member(archive, member, file), inner, failed)
        except Refused as refused:
            failed.add(inner)
            reading.findings.append(refused.finding)


def _read_workbook(reading: Reading, content: bytes, file: str, failed: set[str]) -> None:
    for sheet, grid in workbook.read_sheets(content, file):
        if normalised(sheet) in TEMPLATE_SHEETS:
            continue
        table = table_of(reading.kind, sheet, reading.delivery)
        if isinstance(grid, Refused):
            failed.add(f"{file}#{sheet}")
            reading.findings.append(grid.finding)
            continue
        table = table or _table_of_header(reading.kind, grid.header)
        if table is None:
            header = Header({}, {cell: place for place, cell in enumerate(grid.header) if cell}, [])
            reading.findings += privacy.identifiers(None, grid, header, file)
            reading.findings.append(Finding("STR-16", file, detail=f"Feuille « {sheet} »."))
            continue
        _take(reading, table, grid, file, sheet)


def _take(reading: Reading, table: Table | None, grid: Grid, file: str, sheet: str = "") -> None:
    """Keep the rows of one file or sheet, or say why not."""
    where = f"Feuille « {sheet} »." if sheet else ""
    if table is None:
        raise Refused(
            Finding("STR-04", file, grid.header_line, detail=f"{where} Aucune table attendue n'y est reconnue.")
        )
    ragged = level(grid, file)
    if ragged:
        reading.findings += ragged
        grid = _without(grid, {finding.row for finding in ragged})
    header = read_header(table, grid.header, file)
    reading.findings += header.findings
    reading.findings += privacy.identifiers(table, grid, header, file)
    if any(load_checks()[one.check_id].severity == BLOCKING for one in header.findings) or ragged:
        # Their keys would all be said to be missing; the structure must be corrected first.
        reading.tables.setdefault(table.name, _empty(table, file, reading.delivery))
        return
    if table.name in reading.tables:
        detail = f"« {table.name} » est dans {reading.tables[table.name].file} et dans {file}. {where}"
        reading.findings.append(Finding("STR-17", file, detail=detail.strip(), table=table.name))
        return
    if not grid.rows and not table.may_be_empty:
        detail = f"{where} Aucune ligne après l'en-tête."
        reading.findings.append(Finding("STR-02", file, detail=detail.strip(), table=table.name))
    # Cells repeat themselves, and all deliveries are held at once: one object for each different text.
    known: dict[str, str] = {}
    columns = {
        column.name: [known.setdefault(row[place], row[place]) for row in grid.rows]
        if (place := header.places.get(column.name)) is not None
        else [""] * len(grid.rows)
        for column in table.columns
    }
    if sheet:
        for column in table.columns:
            if column.type in ("date", "month"):
                mend = workbook.as_day if column.type == "date" else workbook.as_month
                columns[column.name] = [mend(cell) for cell in columns[column.name]]
    source_file = f"{reading.delivery.label}/{file}"
    reading.tables[table.name] = TableRows(table, file, source_file, grid.lines, columns)


def _without(grid: Grid, lines: set[int | None]) -> Grid:
    kept = [place for place, line in enumerate(grid.lines) if line not in lines]
    return Grid(
        grid.header, grid.header_line, [grid.rows[place] for place in kept], [grid.lines[place] for place in kept]
    )


def _empty(table: Table, file: str, delivery: Delivery) -> TableRows:
    return TableRows(table, file, f"{delivery.label}/{file}", [], {name: [] for name in table.names})


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
