"""Where publications lie, and how one takes the place of another.

    serving/plie_marts.duckdb, manifest.json, datapackage.json, parquet/, csv/    the one in place
    serving/versions/<published id>/                                              the last ones, the same files in each
    serving/.writing/                                                             what is being made

A version is whole before it has its name. The files in place are copies of one: whoever spoils one spoils no other.
They have constant names, a folder cannot be renamed over another, and to swap the folder itself would leave behind who
mounted it; so files change one by one, renames only and the DuckDB file first, between two changes of the manifest.
Whatever dies on the way leaves each file whole and a manifest that is true; the next publication goes on from there.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

from plie_warehouse.publication import copies, manifest
from plie_warehouse.publication.errors import PublicationError

KEPT = 5
SWITCHING = "switching_to"


class Place:
    """The folder of the file that BI opens."""

    def __init__(self, file: Path) -> None:
        self.file, self.root = file, file.parent
        self.versions, self.writing = self.root / "versions", self.root / ".writing"

    def manifest(self) -> dict[str, Any] | None:
        """What is in place; None when nothing was published, or the manifest is lost."""
        found = manifest.read(self.root / manifest.NAME)
        return found if found and "kept" in found else None

    def version(self, published_id: str) -> dict[str, Any] | None:
        """The manifest of a kept publication; None unless every file of it is as it was written."""
        folder = self.versions / published_id
        found = manifest.read(folder / manifest.NAME)
        return found if found and not manifest.differing(folder, found["files"]) else None

    def draft(self) -> Path:
        """An empty folder to write a publication into."""
        shutil.rmtree(self.writing, ignore_errors=True)
        draft = self.writing / "version"
        draft.mkdir(parents=True)
        # Readers are not the user who builds.
        for folder in (self.root, self.versions):
            folder.mkdir(exist_ok=True)
            if folder.stat().st_mode & 0o777 != 0o755:
                folder.chmod(0o755)
        return draft

    def keep(self, described: dict[str, Any]) -> str:
        """Make the draft a version; one with the same content that is whole stays. Returns its name."""
        draft, published_id = self.writing / "version", described["published_id"]
        if self.version(published_id):
            return published_id
        names = sorted(path.relative_to(draft).as_posix() for path in draft.rglob("*") if path.is_file())
        files = {name: manifest.file_entry(draft / name) for name in names}
        manifest.write(draft / manifest.NAME, described | {"files": files})
        _settle(draft)
        target = self.versions / published_id
        if target.exists():
            os.rename(target, self.writing / "spoilt")
        os.rename(draft, target)
        _sync(self.versions)
        return published_id

    def put(self, published_id: str) -> bool:
        """Put a version in place; says whether anything changed. All is written before the first rename."""
        new = self.version(published_id)
        if not new:
            raise PublicationError(f"the version {published_id} is not as it was written")
        found = self.manifest()
        old = found or self._lost()
        unfinished = old.get(SWITCHING)
        kept = [published_id, *(one for one in old["kept"] if one != published_id)]
        now = new | {"kept": [one for one in kept if (self.versions / one).is_dir()][:KEPT]}
        changed = manifest.differing(self.root, new["files"])
        extra = self._extra(new)
        if found == now and not changed and not extra:
            return False

        shutil.rmtree(self.writing, ignore_errors=True)
        incoming = self.writing / "place"
        for name in changed:
            (incoming / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self.versions / published_id / name, incoming / name)
        incoming.mkdir(parents=True, exist_ok=True)
        if manifest.differing(incoming, {name: new["files"][name] for name in changed}):
            raise PublicationError("what was copied is not what was written")
        manifest.write(incoming / manifest.NAME, now)
        if unfinished:
            # It could not be finished: its version is spoilt. What is of it in place already is named with the rest.
            old["files"] |= {
                name: entry
                for name, entry in unfinished["files"].items()
                if not manifest.differing(self.root, {name: entry})
            }
        manifest.write(self.writing / manifest.NAME, old | {SWITCHING: new})
        _settle(self.writing)
        for folder in copies.FOLDERS:
            (self.root / folder).mkdir(exist_ok=True)
            (self.root / folder).chmod(0o755)

        os.replace(self.writing / manifest.NAME, self.root / manifest.NAME)
        _sync(self.root)
        # The file that BI opens first, and no changes beside it that someone's writing client left for another one.
        for name in sorted(changed, key=lambda one: (one != self.file.name, one)):
            if name == self.file.name:
                Path(f"{self.file}.wal").unlink(missing_ok=True)
            os.replace(incoming / name, self.root / name)
        for path in extra:
            path.unlink()
        for folder in (self.root, *(self.root / folder for folder in copies.FOLDERS)):
            _sync(folder)
        os.replace(incoming / manifest.NAME, self.root / manifest.NAME)
        _sync(self.root)
        return True

    def mend(self) -> None:
        """Finish what a publication that died began, and put back what was changed since, as far as a whole version is
        at hand."""
        now = self.manifest() or self._lost()
        published_id = now.get(SWITCHING, now)["published_id"]
        if published_id and self.version(published_id):
            self.put(published_id)

    def sweep(self) -> None:
        """Remove what is not of a publication that is kept; what cannot be removed is for the next time."""
        shutil.rmtree(self.writing, ignore_errors=True)
        now = self.manifest()
        if not now:
            return
        kept = {*now["kept"], now.get(SWITCHING, now)["published_id"]}
        with suppress(OSError):
            for path in self.versions.iterdir():
                if path.name not in kept:
                    shutil.rmtree(path, ignore_errors=True)
            # Drafts of the versions of this project that had no manifest yet.
            for path in self.root.glob(f".{self.file.name}.*"):
                path.unlink()

    def standing(self) -> str:
        """What is in place, for the one who reads an error."""
        try:
            now = self.manifest()
        except OSError:
            now = None
        if now and SWITCHING in now:
            return (
                f"{now[SWITCHING]['published_id']} was taking its place: every file is whole, and {manifest.NAME} knows"
                " those of both; run make publish to go on"
            )
        if self.file.exists():
            return f"what is published stays as it was: {now['published_id'] if now else self.file}"
        return "nothing is published"

    def _lost(self) -> dict[str, Any]:
        """In place of a manifest: nothing known, but for a version that the DuckDB file in place is of."""
        found = []
        if self.versions.is_dir() and self.file.exists():
            folders = sorted(self.versions.iterdir(), key=lambda path: path.stat().st_mtime_ns, reverse=True)
            found = [version for folder in folders if (version := self.version(folder.name))]
        for version in found:
            if not manifest.differing(self.root, {self.file.name: version["files"][self.file.name]}):
                return version | {"kept": [one["published_id"] for one in found]}
        return {"published_id": None, "files": {}, "kept": [one["published_id"] for one in found]}

    def _extra(self, new: dict[str, Any]) -> list[Path]:
        """Files in the place of copies that are none of this publication, and changes beside the DuckDB file."""
        found = [path for folder in copies.FOLDERS for path in sorted((self.root / folder).glob("*"))]
        extra = [path for path in found if path.relative_to(self.root).as_posix() not in new["files"]]
        log = Path(f"{self.file}.wal")
        return [*extra, log] if log.exists() else extra


def _settle(folder: Path) -> None:
    """All that is in a folder on the disk, for everybody to read and nobody to write."""
    for path in [*folder.rglob("*"), folder]:
        path.chmod(0o755 if path.is_dir() else 0o444)
        _sync(path)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
