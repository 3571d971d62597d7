"""Files that change in one step: a new file is written, flushed to the disk (fsync), then renamed.

A reader finds the old file or the new one, whatever dies in between.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

# Suffix of a file that is being written.
WRITING = ".writing"
# Modes of folders.
OWNER_ONLY, READERS = 0o700, 0o755


def digest_of(path: Path) -> str:
    """SHA-256 of a file. Raises ``OSError``."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextmanager
def owner_only() -> Iterator[None]:
    """Files and folders made in this context are for their owner only."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


@contextmanager
def locked(path: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """Hold the lock file ``path``, its owner's alone: who may open it may hold it. When another process holds it, call
    ``waiting``, and wait unless that raises."""
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600)) as lock:
        set_mode(path, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            waiting()
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def sync(path: Path) -> None:
    """Flush a file or the entries of a folder to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def commit(temporary: Path, path: Path) -> None:
    """Flush ``temporary``, give it the name ``path``, and flush that name."""
    sync(temporary)
    os.replace(temporary, path)
    sync(path.parent)


def replace(path: Path, write: Callable[[Path], object]) -> None:
    """Replace ``path`` by what ``write`` writes into the path that it is called with. Raises what ``write`` raises, and
    ``path`` is then as it was."""
    temporary = path.with_name(f".{path.name}{WRITING}")
    try:
        write(temporary)
        commit(temporary, path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise


def lead_to(link: Path, folder: Path) -> None:
    """Let the symbolic link ``link`` lead to ``folder``, which is written whole, in one step; the folder that the link
    led to before is deleted."""
    before = link.resolve() if link.is_symlink() else None
    temporary = folder.with_name(f"{folder.name}.link")
    temporary.symlink_to(os.path.relpath(folder, link.parent), target_is_directory=True)
    os.replace(temporary, link)
    sync(link.parent)
    if before not in (None, folder.resolve()):
        shutil.rmtree(before, ignore_errors=True)


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Replace a JSON file, in a folder that is made when it is not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    replace(path, lambda temporary: temporary.write_text(text, encoding="utf-8"))


def commit_folder(folder: Path, readers: bool) -> None:
    """Flush all that is in a folder and close it to writers: readable for everybody, or for its owner alone. The folder
    itself is its owner's until it is opened."""
    for path in folder.rglob("*"):
        if path.is_dir():
            path.chmod(READERS if readers else OWNER_ONLY)
        else:
            path.chmod(0o444 if readers else 0o400)
        sync(path)
    folder.chmod(OWNER_ONLY)
    sync(folder)


def set_mode(path: Path, mode: int) -> None:
    """Change the mode of a file or folder that has another: a user who may not change the mode may still use it."""
    if mode_of(path) != mode:
        path.chmod(mode)


def mode_of(path: Path) -> int:
    return path.stat().st_mode & 0o777
