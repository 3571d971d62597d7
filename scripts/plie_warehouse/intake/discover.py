"""Find the deliveries of a landing folder: one for each supplier and year, whatever the files are.

Links are not followed, and whatever is no plain file is a finding of its delivery: nothing but the files that lie in
the folder of a delivery belongs to it.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from plie_warehouse.contract import KINDS, SUPPLIER_KINDS
from plie_warehouse.errors import PlieError
from plie_warehouse.intake.checks import Finding
from plie_warehouse.intake.limits import limits
from plie_warehouse.intake.plain import file_name, open_plain

# What file managers and spreadsheets leave behind.
_LITTER = re.compile(r"^(\.|~\$|thumbs\.db$|desktop\.ini$|__macosx$)", re.IGNORECASE)

# ASCII only: upper case makes an S of the long s.
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,19}")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_YEAR_WITHIN = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")

# A delivery of one file is one of these; the others are refused with what to do about it.
ONE_FILE = (".xlsx", ".xlsm", ".zip")
UNREAD = {
    ".ods": "C'est un classeur LibreOffice (.ods) : l'enregistrer au format Excel (.xlsx).",
    ".xls": "Ancien format Excel (.xls) : l'enregistrer en .xlsx ou en CSV.",
    ".xlsb": "Classeur Excel binaire (.xlsb) : l'enregistrer en .xlsx.",
    ".numbers": "C'est un classeur Numbers : l'exporter au format Excel (.xlsx).",
    ".7z": "C'est une archive 7-Zip (.7z) : déposer les fichiers eux-mêmes, ou une archive .zip.",
    ".rar": "C'est une archive RAR (.rar) : déposer les fichiers eux-mêmes, ou une archive .zip.",
    ".tar": "C'est une archive .tar : déposer les fichiers eux-mêmes, ou une archive .zip.",
    ".tgz": "C'est une archive .tgz : déposer les fichiers eux-mêmes, ou une archive .zip.",
    ".gz": "C'est un fichier compressé (.gz) : le décompresser, ou déposer une archive .zip.",
    ".bz2": "C'est un fichier compressé (.bz2) : le décompresser, ou déposer une archive .zip.",
    ".xz": "C'est un fichier compressé (.xz) : le décompresser, ou déposer une archive .zip.",
}


@dataclass(frozen=True)
class Landed:
    """A file of a delivery. ``name``: its path within the folder of the delivery, as a person reads it."""

    path: Path
    name: str


@dataclass(frozen=True)
class Delivery:
    """The files of one supplier and year. ``supplier``: upper case; the name of the kind when it has no supplier.
    ``label``: folder within the landing, part of a file's name in the store. ``findings``: what is already wrong."""

    kind: str
    supplier: str
    year: int
    label: str
    files: tuple[Landed, ...]
    findings: tuple[Finding, ...] = field(default=())

    @property
    def name(self) -> tuple[str, str, int]:
        """Kind, supplier and year: what the store knows a delivery by."""
        return self.kind, self.supplier, self.year

    def received_at(self) -> str:
        """Moment of the newest file, UTC; 1 January 1970 where no file has a moment that can be."""
        moments = [datetime.fromtimestamp(0, UTC)]
        for file in self.files:
            try:
                moments.append(datetime.fromtimestamp(file.path.lstat().st_mtime, UTC))
            except (OSError, ValueError, OverflowError):
                continue
        return max(moments).isoformat(timespec="seconds")

    def raw_digest(self) -> str:
        """Name of the files as they lie there: same names, same bytes. What is too large to be read, or cannot be, is
        known by its size and moment."""
        digest = hashlib.sha256()
        left = limits(self.year).delivery_bytes
        for finding in self.findings:
            digest.update(repr(finding).encode() + b"\0")
        for file in self.files:
            digest.update(os.fsencode(file.path.name) + b"\0")
            try:
                with open_plain(file.path) as stream:
                    status = os.fstat(stream.fileno())
                    left -= status.st_size
                    if status.st_size > limits(self.year).file_bytes or left < 0:
                        digest.update(f"{status.st_size} {status.st_mtime_ns}".encode())
                    else:
                        digest.update(hashlib.file_digest(stream, "sha256").digest())
            except OSError as error:
                digest.update(f"{type(error).__name__} {error.errno}".encode())
        return digest.hexdigest()


class LandingError(PlieError):
    """The landing folder cannot be used at all."""


def is_litter(name: str) -> bool:
    return bool(_LITTER.match(name))


def discover(landing: Path) -> tuple[list[Delivery], list[str]]:
    """Deliveries in the order of their names, and sentences about what lies in no delivery (said, not refused).

    Raises ``LandingError`` when the folder is not there, cannot be read, or holds no folder of a kind.
    """
    if not landing.is_dir():
        raise LandingError(f"{landing} is not a folder")
    try:
        entries = _entries(landing)
    except OSError as error:
        raise LandingError(f"{landing} cannot be read: {error}") from error
    found: dict[tuple[str, str, int], list[tuple[bool, Delivery]]] = {}
    ignored: list[str] = []
    kinds = [entry for entry in entries if entry.name.lower() in KINDS and entry.is_dir(follow_symlinks=False)]
    ignored += [f"{file_name(one.name)} : ni {', '.join(KINDS)}" for one in entries if one not in kinds]
    for entry in kinds:
        kind = entry.name.lower()
        for is_exact, delivery in _of_kind(kind, entry, landing, ignored):
            found.setdefault(delivery.name, []).append((is_exact and entry.name == kind, delivery))
    if not kinds:
        raise LandingError(f"{landing} has no folder named {', '.join(KINDS)}")
    deliveries = [_one_of(several, ignored) for several in found.values()]
    return sorted(deliveries, key=lambda one: (KINDS.index(one.kind), one.supplier, one.year)), ignored


def _one_of(several: list[tuple[bool, Delivery]], ignored: list[str]) -> Delivery:
    """The delivery of a supplier and year. A folder spelled as it should be comes before one in another case; of two
    that lie in one folder none is chosen."""
    exact = [delivery for is_exact, delivery in several if is_exact]
    if exact:
        ignored += [f"{one.label} : la casse du nom n'est pas celle attendue, et le dossier attendu existe"
                    for is_exact, one in several if not is_exact]  # fmt: skip
    first, *others = exact or [delivery for _, delivery in several]
    if not others:
        return first
    labels = ", ".join(dict.fromkeys(one.label for one in (first, *others)))
    detail = f"Plusieurs dossiers ou fichiers sont du même fournisseur et de la même année : {labels}."
    files = tuple(file for one in (first, *others) for file in one.files)
    return replace(first, files=files, findings=(Finding("STR-17", first.label, detail=detail),))


def _entries(folder: str | os.PathLike[str]) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return sorted((entry for entry in entries if not is_litter(entry.name)), key=lambda one: one.name)


def _of_kind(kind: str, folder: os.DirEntry[str], landing: Path, ignored: list[str]) -> Iterator[tuple[bool, Delivery]]:
    """Each delivery, and whether its supplier's code is in upper case."""
    try:
        entries = [folder] if kind not in SUPPLIER_KINDS else _entries(folder)
    except OSError:
        ignored.append(f"{_label(folder, landing)} : le dossier ne peut pas être lu")
        return
    for entry in entries:
        supplier = kind if entry is folder else entry.name.upper()
        is_supplier = entry is folder or (_CODE.fullmatch(entry.name) and entry.name.lower() not in KINDS)
        if not (is_supplier and entry.is_dir(follow_symlinks=False)):
            ignored.append(f"{_label(entry, landing)} : n'est pas le dossier d'un fournisseur")
            continue
        try:
            years = _entries(entry)
        except OSError:
            ignored.append(f"{_label(entry, landing)} : le dossier ne peut pas être lu")
            continue
        for year in years:
            delivery = _year(kind, supplier, year, landing)
            if delivery:
                yield entry is folder or entry.name == supplier, delivery
            else:
                ignored.append(f"{_label(year, landing)} : n'est pas le dossier d'une année")


def _label(entry: os.DirEntry[str], landing: Path) -> str:
    return "/".join(map(file_name, Path(entry.path).relative_to(landing).parts))


def _year(kind: str, supplier: str, entry: os.DirEntry[str], landing: Path) -> Delivery | None:
    """A year is a folder, or one file, named by it (2021, 2021.xlsx, 2021.zip). Another name that holds one year is
    refused; None where the name holds none."""
    label = _label(entry, landing)
    name = label.rpartition("/")[2]
    path = Path(entry.path)
    is_folder = entry.is_dir(follow_symlinks=False)
    suffix = PurePosixPath(name).suffix.lower()
    is_data = entry.is_file(follow_symlinks=False) and suffix in (*ONE_FILE, *UNREAD)
    is_special = not is_folder and not entry.is_file(follow_symlinks=False)
    years = set(_YEAR_WITHIN.findall(name))
    if len(years) != 1 or not (is_folder or is_data or is_special):
        return None
    [year] = years
    findings: list[Finding] = []
    if is_folder:
        files = tuple(_files(path, limits(int(year)).files, findings))
    elif is_data:
        files, label = (Landed(path, name),), label.rpartition("/")[0]
    else:
        files = (Landed(path, name),)
        findings.append(_not_plain(name))
    bare = name if is_folder else name.partition(".")[0]
    if not _YEAR.fullmatch(bare) and not findings:
        kind_of = "dossier" if is_folder else "fichier"
        detail = (
            f"Le {kind_of} « {name} » ne porte pas le nom d'une année : le nommer {year}{'' if is_folder else suffix}."
        )
        findings.append(Finding("STR-19", name, detail=detail))
    return Delivery(kind, supplier, int(year), label, files, tuple(findings))


def _not_plain(name: str) -> Finding:
    detail = f"« {name} » est un lien, un raccourci ou un fichier spécial."
    return Finding("STR-19", name, detail=detail)


def _files(folder: Path, most: int, findings: list[Finding]) -> Iterator[Landed]:
    """The plain files under a folder, in the order of their names; what else lies there is a finding."""
    waiting = [(folder, "")]
    count = 0
    while waiting:
        here, within = waiting.pop()
        try:
            entries = _entries(here)
        except OSError:
            findings.append(
                Finding(
                    "STR-19", within, detail=f"Le dossier « {within or file_name(here.name)} » ne peut pas être lu."
                )
            )
            continue
        below = []
        for entry in entries:
            name = within + file_name(entry.name)
            if entry.is_dir(follow_symlinks=False):
                below.append((Path(entry.path), f"{name}/"))
            elif entry.is_file(follow_symlinks=False):
                yield Landed(Path(entry.path), name)
            else:
                findings.append(_not_plain(name))
            count += 1
            if count > most:
                detail = f"La livraison a plus de {most} fichiers : n'y laisser que ceux de l'année."
                findings.append(Finding("STR-06", within, detail=detail))
                return
        waiting += reversed(below)
