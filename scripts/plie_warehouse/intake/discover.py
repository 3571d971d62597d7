"""Find the deliveries of a landing folder: one for each supplier and year, whatever the files are."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from plie_warehouse.contract import KINDS, SUPPLIER_KINDS
from plie_warehouse.errors import PlieError
from plie_warehouse.intake.checks import Finding

# What file managers and spreadsheets leave behind.
_LITTER = re.compile(r"^(\.|~\$|thumbs\.db$|desktop\.ini$|__macosx$)", re.IGNORECASE)

_CODE = re.compile(r"[A-Z0-9][A-Z0-9_-]{0,19}")
_YEAR = re.compile(r"(?:19|20)\d{2}")


@dataclass(frozen=True)
class Delivery:
    """The files of one supplier and year. ``supplier``: upper case; the name of the kind when it has no supplier.
    ``label``: folder within the landing, part of a file's name in the store. ``findings``: what is already wrong."""

    kind: str
    supplier: str
    year: int
    label: str
    files: tuple[Path, ...]
    findings: tuple[Finding, ...] = field(default=())

    @property
    def name(self) -> tuple[str, str, int]:
        """Kind, supplier and year: what the store knows a delivery by."""
        return self.kind, self.supplier, self.year

    def received_at(self) -> str:
        """Moment of the newest file, UTC."""
        newest = max((file.stat().st_mtime for file in self.files), default=0.0)
        return datetime.fromtimestamp(newest, UTC).isoformat(timespec="seconds")

    def raw_digest(self) -> str:
        """Name of the files as they lie there: same names, same bytes."""
        digest = hashlib.sha256()
        for file in self.files:
            digest.update(file.name.encode() + b"\0")
            with file.open("rb") as stream:
                digest.update(hashlib.file_digest(stream, "sha256").digest())
        return digest.hexdigest()


class LandingError(PlieError):
    """The landing folder cannot be used at all."""


def is_litter(name: str) -> bool:
    return bool(_LITTER.match(name))


def discover(landing: Path) -> tuple[list[Delivery], list[str]]:
    """Deliveries in the order of their names, and sentences about what lies in no delivery (said, not refused).

    Raises ``LandingError`` when the folder is not there or holds no folder of a kind.
    """
    if not landing.is_dir():
        raise LandingError(f"{landing} is not a folder")
    deliveries: dict[tuple[str, str, int], Delivery] = {}
    ignored = []
    for entry in _entries(landing):
        if not (entry.is_dir() and entry.name.lower() in KINDS):
            ignored.append(f"{entry.name} : ni {', '.join(KINDS)}")
            continue
        for found in _of_kind(entry.name.lower(), entry, landing, ignored):
            twice = deliveries.get(found.name)
            if twice:
                detail = f"Les dossiers {twice.label} et {found.label} sont du même fournisseur et de la même année."
                finding = Finding("STR-17", found.label, detail=detail)
                found = Delivery(*found.name, twice.label, twice.files + found.files, (finding,))
            deliveries[found.name] = found
    if not deliveries and not any((landing / kind).is_dir() for kind in KINDS):
        raise LandingError(f"{landing} has no folder named {', '.join(KINDS)}")
    return sorted(deliveries.values(), key=lambda one: (KINDS.index(one.kind), one.supplier, one.year)), ignored


def _entries(folder: Path) -> list[Path]:
    return sorted(entry for entry in folder.iterdir() if not is_litter(entry.name))


def _of_kind(kind: str, folder: Path, landing: Path, ignored: list[str]) -> Iterator[Delivery]:
    if kind not in SUPPLIER_KINDS:
        yield from _years(kind, kind, folder, landing, ignored)
        return
    for entry in _entries(folder):
        code = entry.name.upper()
        if entry.is_dir() and _CODE.fullmatch(code) and code.lower() not in KINDS:
            yield from _years(kind, code, entry, landing, ignored)
        else:
            ignored.append(f"{entry.relative_to(landing)} : n'est pas le dossier d'un fournisseur")


def _years(kind: str, supplier: str, folder: Path, landing: Path, ignored: list[str]) -> Iterator[Delivery]:
    """A year is a folder, or one file named by it (2021.xlsx, 2021.zip)."""
    for entry in _entries(folder):
        year = entry.name if entry.is_dir() else entry.stem
        label = entry.relative_to(landing).as_posix()
        if not _YEAR.fullmatch(year) or (entry.is_file() and entry.suffix.lower() not in (".xlsx", ".zip")):
            ignored.append(f"{label} : n'est pas le dossier d'une année")
        elif entry.is_dir():
            files = tuple(
                path
                for path in sorted(entry.rglob("*"))
                if path.is_file() and not any(map(is_litter, path.relative_to(entry).parts))
            )
            yield Delivery(kind, supplier, int(year), label, files)
        else:
            yield Delivery(kind, supplier, int(year), entry.parent.relative_to(landing).as_posix(), (entry,))
