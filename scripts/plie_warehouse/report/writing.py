"""Write what readers get, whole files in one step, with progress on the console."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
from rich.console import Console

from plie_warehouse.files import READERS, owner_only, replace
from plie_warehouse.paths import DataFolder
from plie_warehouse.processes import ProcessDied, run_in_subprocess
from plie_warehouse.report import ReportError
from plie_warehouse.report.published import Published, opened

try:
    from plie_warehouse.report import pages, places, sheets, site, yearly_report
except ImportError as missing:
    raise ReportError(
        f"the packages of the report are not here ({missing.name}): run make report, or make sheets"
    ) from None
except OSError as missing:
    raise ReportError(f"a library of the system is missing: run scripts/install_system_parts.sh ({missing})") from None


def write_report(data: DataFolder, year: int, console: Console) -> list[Path]:
    """The report of a year as HTML, PDF and the list of its figures. Raises ``ReportError``."""
    folder = data.serving.parent / "report" / str(year)
    with console.status(f"Rapport {year}") as status:

        def progress(step: str) -> None:
            status.update(f"Rapport {year} : {step}")
            if not console.is_terminal:
                console.print(f"Rapport {year} : {step}")

        try:
            page, listed, name = run_in_subprocess(_compose, data.serving, year, progress=progress)
        except ProcessDied as died:
            raise ReportError(f"the page of {year} could not be written: its process {died}") from None
        progress("PDF")
        printed = pages.pdf(page, name)
    make_folder(folder)
    written = {
        "report.html": page.encode("utf-8"),
        "report.pdf": printed,
        "report.json": (json.dumps(listed, ensure_ascii=False, indent=1) + "\n").encode("utf-8"),
    }
    return [write(folder / name, content) for name, content in written.items()]


def _compose(serving: Path, year: int, progress: Callable[[str], None]) -> tuple[str, dict[str, Any], str]:
    """The page, the list of its figures, and the name of its PDF. In a process of its own: what draws the charts
    keeps its memory until its process ends, and the PDF needs as much again."""
    with opened(serving) as published:
        context = yearly_report.contents(published, year, progress)
        progress("page")
        page = pages.html("report.html.jinja", context)
        listed = {"year": year} | context["ledger"].as_json() | {"printed": yearly_report.places(context)}
        return page, listed, f"{published.release}-report-{year}"


def make_folder(folder: Path) -> None:
    """A folder that readers may pass through, whatever the caller's habits."""
    before = os.umask(0o777 - READERS)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    finally:
        os.umask(before)


def write(path: Path, content: bytes, mode: int = 0o644) -> Path:
    """Replace a file in one step, with its mode from its first byte under its name."""

    def fill(temporary: Path) -> None:
        temporary.write_bytes(content)
        temporary.chmod(mode)

    replace(path, fill)
    return path


def write_sheets(data: DataFolder, year: int, codes: list[str], own: bool, console: Console) -> list[Path]:
    """The sheets of a year, public ones or own ones; of some codes, or of all. Returns the pages. Raises
    ``ReportError``."""
    with opened(data.serving) as published:
        published.demand_year(year)
        if own:
            _demand_warehouse(data, published.build)
        found = places.own_places(published, year) if own else places.places(published, year)
        found = [place for place in found if not codes or place.territory.code in codes]
        if unknown := sorted({*codes} - {place.territory.code for place in found}):
            raise ReportError(f"no sheet of {', '.join(unknown)} for {year}: the release has no figures of this code")
    if len(found) == 1:
        with _sources(data, own) as sources:
            return [_write_sheet(data, sources, found[0], year)]
    written = []
    with console.status("Fiches") as status, _workers(min(len(found), os.cpu_count() or 1), data, own) as pool:
        tasks = [pool.submit(_write_in_worker, data, place, year) for place in found]
        for number, task in enumerate(tasks, 1):
            written.append(task.result())
            status.update(f"Fiches : {number} sur {len(tasks)}")
            if not console.is_terminal and (number % 50 == 0 or number == len(tasks)):
                console.print(f"Fiches : {number} sur {len(tasks)}")
    return written


class Sources(NamedTuple):
    """What sheets are written from; of public ones the warehouse is not opened."""

    published: Published
    warehouse: duckdb.DuckDBPyConnection | None


@contextmanager
def _sources(data: DataFolder, own: bool) -> Iterator[Sources]:
    with ExitStack() as stack:
        published = stack.enter_context(opened(data.serving))
        yield Sources(
            published, stack.enter_context(duckdb.connect(str(data.warehouse), read_only=True)) if own else None
        )


def _workers(number: int, data: DataFolder, own: bool) -> ProcessPoolExecutor:
    """Each process opens the release once, and checks it once."""
    return ProcessPoolExecutor(number, get_context("spawn"), _start_worker, (data, own))


# What a worker has open for the sheets that it is given, until its process ends.
_until_the_end = ExitStack()
_open_here: list[Sources] = []


def _start_worker(data: DataFolder, own: bool) -> None:
    _open_here.append(_until_the_end.enter_context(_sources(data, own)))


def _write_in_worker(data: DataFolder, place: places.Place, year: int) -> Path:
    return _write_sheet(data, _open_here[0], place, year)


def _demand_warehouse(data: DataFolder, build: str) -> None:
    if not data.warehouse.exists():
        raise ReportError(
            f"{data.warehouse} is missing: the suppliers' own sheets are written from it; run make build first"
        )
    with duckdb.connect(str(data.warehouse), read_only=True) as connection:
        [(found,)] = connection.execute("select build_id from marts.build_info").fetchall()
    if found != build:
        raise ReportError("the warehouse is not the one that is released: run make publish, then make sheets")


def _write_sheet(data: DataFolder, sources: Sources, place: places.Place, year: int) -> Path:
    """One sheet as page and PDF. An own one is for its owner only, in a folder of its supplier."""
    territory = place.territory
    name = pages.file_name(territory.code)
    context = sheets.contents(sources.published, place, sources.warehouse)
    page = pages.html("sheet.html.jinja", context)
    brief = pages.without_provenance("sheet.html.jinja", context)
    printed = pages.pdf(brief, f"{sources.published.release}-sheet-{territory.kind}-{name}-{year}")
    if sources.warehouse is not None:
        with owner_only():
            folder = data.root / "own-sheets" / f"{territory.kind}-{name}" / str(year)
            folder.mkdir(parents=True, exist_ok=True)
        write(folder / "fiche.pdf", printed, 0o600)
        return write(folder / "fiche.html", page.encode("utf-8"), 0o600)
    folder = data.serving.parent / "sheets" / str(year) / territory.kind
    make_folder(folder)
    write(folder / f"{name}.pdf", printed)
    return write(folder / f"{name}.html", page.encode("utf-8"))


def write_site(data: DataFolder, console: Console) -> Path:
    """The site of what is written, in place of the one before. Returns its index."""
    folder = data.root / "site"
    writing = folder.with_name(".site.writing")
    with opened(data.serving) as published:
        shutil.rmtree(writing, ignore_errors=True)
        make_folder(writing)
        number = site.write_site(data, published, writing)
    shutil.rmtree(folder, ignore_errors=True)
    writing.replace(folder)
    console.print(f"{number} pages, et les rapports et fiches qui sont écrits")
    return folder / "index.html"
