"""ZIP archives and the ZIP inside a workbook, opened without trusting them: nothing is ever written to disk."""

from __future__ import annotations

import io
import zipfile
from pathlib import PurePosixPath

from plie_warehouse.intake.checks import Finding
from plie_warehouse.intake.decode import MAX_FILE_BYTES, Refused

MAX_MEMBERS = 200
MAX_TOTAL_BYTES = 150 << 20

# Text of repeated values shrinks 20 to 40 times; a bomb a thousand times.
MAX_RATIO = 200
RATIO_MATTERS_FROM = 10 << 20


def open_archive(content: bytes, file: str) -> zipfile.ZipFile:
    """A ZIP that is safe to read: bounded, without a password, without a path that climbs.

    Raises ``Refused`` (STR-02, STR-06, STR-07).
    """
    if not content:
        raise Refused(Finding("STR-02", file, detail="Le fichier est vide."))
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        detail = "Ancien format Excel (.xls) ou fichier protégé par un mot de passe."
        raise Refused(Finding("STR-07", file, detail=detail))
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError):
        raise Refused(Finding("STR-07", file, detail="Le fichier est endommagé ou incomplet (tronqué).")) from None
    for member in members:
        path = PurePosixPath(member.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in path.parts[0:1]:
            detail = "L'archive contient un nom de fichier avec un chemin interdit (« ../ » ou chemin absolu)."
            raise Refused(Finding("STR-07", file, detail=detail))
        if member.flag_bits & 0x1:
            raise Refused(Finding("STR-07", file, detail="L'archive est protégée par un mot de passe."))
    total = sum(member.file_size for member in members)
    bomb = total > RATIO_MATTERS_FROM and total > MAX_RATIO * len(content)
    if len(members) > MAX_MEMBERS or total > MAX_TOTAL_BYTES or bomb:
        detail = "L'archive, une fois décompressée, dépasse la taille acceptée."
        raise Refused(Finding("STR-06", file, detail=detail))
    return archive


def read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, file: str) -> bytes:
    """The bytes of one member. Raises ``Refused`` when it is damaged or longer than it says (STR-06, STR-07)."""
    try:
        with archive.open(member) as stream:
            content = stream.read(MAX_FILE_BYTES + 1)
    except Exception:  # zlib.error and what other decompressors raise
        raise Refused(Finding("STR-07", file, detail="Le fichier est endommagé ou incomplet (tronqué).")) from None
    if len(content) > MAX_FILE_BYTES:
        raise Refused(Finding("STR-06", file, detail="Un fichier de l'archive dépasse la taille acceptée."))
    return content
