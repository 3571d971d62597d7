"""Files that are on the disk, and who may read them."""

from __future__ import annotations

import os
from pathlib import Path

# Modes of folders.
OWNER_ONLY, READERS = 0o700, 0o755


def settle(folder: Path, readers: bool) -> None:
    """All that is in a folder on the disk, for nobody to write, for everybody or the owner to read. The folder itself
    is the owner's until it is opened."""
    for path in folder.rglob("*"):
        if path.is_dir():
            path.chmod(READERS if readers else OWNER_ONLY)
        else:
            path.chmod(0o444 if readers else 0o400)
        sync(path)
    folder.chmod(OWNER_ONLY)
    sync(folder)


def set_mode(folder: Path, mode: int) -> None:
    """Change the mode of a folder, if it has another: whoever may not change it may well use it as it is."""
    if mode_of(folder) != mode:
        folder.chmod(mode)


def mode_of(path: Path) -> int:
    return path.stat().st_mode & 0o777


def sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
