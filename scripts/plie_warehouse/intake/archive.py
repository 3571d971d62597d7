"""ZIP archives and the ZIP inside a workbook, opened without trusting them: nothing is ever written to disk."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath

from plie_warehouse.intake.checks import Finding
from plie_warehouse.intake.decode import Refused
from plie_warehouse.intake.limits import Limits

DAMAGED_FR = "Le fichier est endommagé ou incomplet (tronqué)."


@dataclass
class Budget:
    """What a delivery may still cost. ``unpacked``: bytes that its archives and workbooks, one in another, may still
    unpack to."""

    limits: Limits
    unpacked: int

    @classmethod
    def of(cls, limits: Limits) -> Budget:
        return cls(limits, limits.unpacked_bytes)


def open_archive(content: bytes, file: str, budget: Budget) -> zipfile.ZipFile:
    """A ZIP that is safe to read: bounded, without a password, without a path that climbs.

    Raises ``Refused`` (STR-02, STR-06, STR-07).
    """
    limits = budget.limits
    if not content:
        raise Refused(Finding("STR-02", file, detail="Le fichier est vide."))
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        detail = "Ancien format Excel (.xls) ou fichier protégé par un mot de passe."
        raise Refused(Finding("STR-07", file, detail=detail))
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError):
        raise Refused(Finding("STR-07", file, detail=DAMAGED_FR)) from None
    for member in members:
        path = PurePosixPath(member.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in path.parts[0:1]:
            detail = "L'archive contient un nom de fichier avec un chemin interdit (« ../ » ou chemin absolu)."
            raise Refused(Finding("STR-07", file, detail=detail))
        if member.flag_bits & 0x1:
            raise Refused(Finding("STR-07", file, detail="L'archive est protégée par un mot de passe."))
    total = sum(member.file_size for member in members)
    bomb = total > limits.ratio_from and total > limits.ratio * len(content)
    budget.unpacked -= total
    if len(members) > limits.files or budget.unpacked < 0 or bomb:
        detail = "L'archive, une fois décompressée, dépasse la taille acceptée."
        raise Refused(Finding("STR-06", file, detail=detail))
    return archive


def read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, file: str) -> bytes:
    """The bytes of one member, no more than the archive says, which ``open_archive`` has bounded. Raises ``Refused``
    when it is damaged or longer than it says (STR-07)."""
    try:
        return archive.read(member)
    except Exception:  # zlib.error and what other decompressors raise
        raise Refused(Finding("STR-07", file, detail=DAMAGED_FR)) from None
