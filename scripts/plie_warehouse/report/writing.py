"""Write what readers get, whole files in one step, with progress on the console."""

from __future__ import annotations

import json
import os
from pathlib import Path

from rich.console import Console

from plie_warehouse.files import READERS, replace
from plie_warehouse.paths import DataFolder
from plie_warehouse.report import ReportError
from plie_warehouse.report.published import opened

try:
    from plie_warehouse.report import pages
    from plie_warehouse.report.yearly_report import contents
except ImportError as missing:
    raise ReportError(f"the packages of the report are not here ({missing.name}): run make report, or make sheets") from None
except OSError as missing:
    raise ReportError(f"a library of the system is missing: run scripts/install_system_parts.sh ({missing})") from None


def write_report(data: DataFolder, year: int, console: Console) -> list[Path]:
    """The report of a year as HTML, PDF and the list of its figures. Raises ``ReportError``."""
    folder = data.serving.parent / "report" / str(year)
    with opened(data.serving) as published, console.status(f"Rapport {year}") as status:

        def progress(step: str) -> None:
            status.update(f"Rapport {year} : {step}")
            if not console.is_terminal:
                console.print(f"Rapport {year} : {step}")

        context = contents(published, year, progress)
        progress("page")
        page = pages.html("report.html.jinja", context)
        listed = {"year": year} | context["ledger"].as_json()
        progress("PDF")
        printed = pages.pdf(page, f"{published.release}-report-{year}")
    make_folder(folder)
    written = {
        "report.html": page.encode("utf-8"),
        "report.pdf": printed,
        "report.json": (json.dumps(listed, ensure_ascii=False, indent=1) + "\n").encode("utf-8"),
    }
    return [write(folder / name, content) for name, content in written.items()]


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
