"""The release store: where releases are, and how one becomes current.

    serving/plie_marts.duckdb, manifest.json, datapackage.json, parquet/, csv/    the current release
    serving/versions/<published id>/    the last releases, the same files in each
    serving/.writing/                   what is being written, for its owner only
    quarantine/<published id>/          quarantined releases: readers may not have them with the current one

A release is written completely before it gets its name. The current files are copies, so that damage to one does not
reach the stored release. They are replaced one by one, by renames, the DuckDB file first, between two changes of the
manifest: their names are constant, a folder cannot be renamed over another, and a reader who mounted a folder would not
see its replacement. A process that dies leaves complete files and a true manifest; the next release continues.

Readers never have two releases with different suppression patterns (D60, see ``suppression_patterns``). Releases that
differ from the new one leave versions/ before the new one can be read; when the current one differs, its copies are
deleted first. The folder of the new release is closed until the current DuckDB file is the new one.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from plie_warehouse.errors import ReleaseError
from plie_warehouse.files import OWNER_ONLY, READERS, commit_folder, mode_of, set_mode, sync
from plie_warehouse.release import release_manifest, released_copies
from plie_warehouse.release.quarantine import Quarantine
from plie_warehouse.release.suppression_patterns import conflict

# Releases that are kept, with readers or in quarantine.
KEPT = 5
SWITCHING, PUBLICATIONS = "switching_to", "publications"


def at_hand(found: dict[str, Any]) -> list[str]:
    """The releases of a current manifest that readers have, newest first."""
    return [one["published_id"] for one in found[PUBLICATIONS] if not one["withdrawn"]]


def quarantined(found: dict[str, Any]) -> dict[str, str]:
    """The quarantined releases of a current manifest -> reason, in French."""
    return {one["published_id"]: one["reason_fr"] for one in found[PUBLICATIONS] if one["withdrawn"]}


@dataclass(frozen=True)
class Coming:
    """A release that is ready to take the place of another.

    ``new``, ``old``: their manifests; ``incoming``: folder of the files that change, named ``changed``; ``extra``:
    files in place that the new one does not have; ``leaving``: versions that readers may not keep.
    """

    new: dict[str, Any]
    old: dict[str, Any]
    incoming: Path
    changed: list[str]
    extra: list[Path]
    leaving: list[Path]


class ReleaseStore:
    """The folder of the file that BI opens, and the quarantine."""

    def __init__(self, file: Path, quarantine: Path) -> None:
        self.file, self.root = file, file.parent
        self.versions, self.writing = self.root / "versions", self.root / ".writing"
        self.quarantine = Quarantine(quarantine)

    def manifest(self) -> dict[str, Any] | None:
        """The current manifest; None when nothing was released, or the manifest is lost."""
        found = release_manifest.read(self.root / release_manifest.NAME)
        return found if found and PUBLICATIONS in found else None

    def version(self, published_id: str) -> dict[str, Any] | None:
        """The manifest of a kept release; None unless every file of it is as it was written."""
        return release_manifest.read_whole(self.versions / published_id)

    def draft(self) -> Path:
        """An empty folder to write a release into."""
        for folder in (self.root, self.versions):
            folder.mkdir(exist_ok=True)
            set_mode(folder, READERS)
        self._empty_writing()
        draft = self.writing / "version"
        draft.mkdir()
        return draft

    def keep(self, described: dict[str, Any]) -> str:
        """Store the draft, closed to readers, unless a complete release with the same content is stored. Returns its
        name."""
        draft, published_id = self.writing / "version", described["published_id"]
        if self.version(published_id):
            return published_id
        names = sorted(path.relative_to(draft).as_posix() for path in draft.rglob("*") if path.is_file())
        files = {name: release_manifest.file_entry(draft / name) for name in names}
        release_manifest.write(draft / release_manifest.NAME, described | {"files": files})
        commit_folder(draft, readers=True)
        target = self.versions / published_id
        if target.exists():
            os.rename(target, self.writing / "spoilt")
        os.rename(draft, target)
        sync(self.versions)
        return published_id

    def put(self, published_id: str) -> bool:
        """Make a stored release the current one; returns whether anything changed."""
        coming = self.prepare(published_id)
        if coming:
            self.switch(coming)
        return bool(coming)

    def prepare(self, published_id: str) -> Coming | None:
        """Write all that makes a stored release the current one, and change nothing that readers see; None when it is
        the current one already. What fails on a full disk comes here."""
        new = self.version(published_id)
        if not new:
            raise ReleaseError(f"the version {published_id} is not as it was written")
        found = self.manifest()
        old = found or self._lost()
        now = new | {PUBLICATIONS: self._publications(new, old)}
        changed = release_manifest.differing(self.root, new["files"])
        extra = self._extra(new)
        stays = at_hand(now)
        leaving = [path for path in sorted(self.versions.iterdir()) if path.name not in stays]
        is_open = mode_of(self.versions / published_id) == READERS
        if found == now and is_open and not (changed or extra or leaving):
            return None

        for one, reason in quarantined(now).items():
            if (self.versions / one).is_dir():
                self.quarantine.take(self.versions / one, reason)
        incoming = self._incoming(new, changed)
        release_manifest.write(incoming / release_manifest.NAME, now)
        release_manifest.write(
            self.writing / release_manifest.NAME, self._both(old, new) | {PUBLICATIONS: now[PUBLICATIONS]}
        )
        commit_folder(self.writing, readers=True)
        for folder in released_copies.FOLDERS:
            (self.root / folder).mkdir(exist_ok=True)
            set_mode(self.root / folder, READERS)
        return Coming(new, old, incoming, changed, extra, leaving)

    def switch(self, coming: Coming) -> None:
        """Let readers have the release that was prepared: renames alone."""
        new, old, incoming, changed = coming.new, coming.old, coming.incoming, coming.changed
        self._replace(self.writing / release_manifest.NAME, release_manifest.NAME)
        for number, path in enumerate(coming.leaving):
            os.rename(path, self.writing / f"leaving{number}")
        sync(self.versions)
        in_place = (old, old.get(SWITCHING))
        if any(conflict(new, one) for one in in_place if one):
            for path in [*coming.extra, *(self.root / name for name in changed if name != self.file.name)]:
                path.unlink(missing_ok=True)
            self._sync()
        if self.file.name in changed:
            # A log that a client left beside the old file would change the new one.
            Path(f"{self.file}.wal").unlink(missing_ok=True)
            self._replace(incoming / self.file.name, self.file.name)
        set_mode(self.versions / new["published_id"], READERS)
        for name in changed:
            if name != self.file.name:
                os.replace(incoming / name, self.root / name)
        for path in coming.extra:
            path.unlink(missing_ok=True)
        self._sync()
        self._replace(incoming / release_manifest.NAME, release_manifest.NAME)

    def repair(self) -> None:
        """Finish a release that died, and restore files that were changed since, if a whole version is there."""
        now = self.manifest() or self._lost()
        published_id = now.get(SWITCHING, now)["published_id"]
        if published_id and self.version(published_id):
            self.put(published_id)

    def collect(self) -> None:
        """Delete the files of releases that are not kept; what cannot be deleted now is deleted by the next release."""
        shutil.rmtree(self.writing, ignore_errors=True)
        now = self.manifest()
        if not now:
            return
        kept = {*at_hand(now), now.get(SWITCHING, now)["published_id"]}
        with suppress(OSError):
            for path in self.versions.iterdir():
                if path.name not in kept:
                    shutil.rmtree(path, ignore_errors=True)
            self.quarantine.collect(set(quarantined(now)))

    def standing(self) -> str:
        """Which release is current, as the end of an error message."""
        try:
            now = self.manifest()
        except OSError:
            now = None
        if now and SWITCHING in now:
            return (
                f"{now[SWITCHING]['published_id']} was taking its place: every file is whole, and"
                f" {release_manifest.NAME} lists those of both, but copies may be missing; run make publish to go on"
            )
        if self.file.exists():
            return f"what is published stays as it was: {now['published_id'] if now else self.file}"
        return "nothing is published"

    def _publications(self, new: dict[str, Any], old: dict[str, Any]) -> list[dict[str, Any]]:
        """``publications`` of the manifest: the new release, then the stored and quarantined ones."""
        found = [{"published_id": new["published_id"], "withdrawn": False}]
        for one in old[PUBLICATIONS]:
            name = one["published_id"]
            version = self.version(name)
            if name == new["published_id"]:
                continue
            if one["withdrawn"]:
                if version or self.quarantine.reason(name):
                    found.append(one)
            elif version:
                reason = conflict(new, version)
                found.append(
                    {"published_id": name, "withdrawn": bool(reason)} | ({"reason_fr": reason} if reason else {})
                )
        return found[:KEPT]

    def _both(self, old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
        """The manifest while ``new`` replaces ``old``.

        It also lists the files in place of a third release, whose switch was not finished because its stored files were
        damaged."""
        files = old["files"] | {
            name: entry
            for name, entry in old.get(SWITCHING, {"files": {}})["files"].items()
            if not release_manifest.differing(self.root, {name: entry})
        }
        return old | {"files": files, SWITCHING: new}

    def _incoming(self, new: dict[str, Any], changed: list[str]) -> Path:
        """Write copies of the files that change into the private folder."""
        self._empty_writing()
        incoming = self.writing / "place"
        incoming.mkdir()
        for name in changed:
            (incoming / name).parent.mkdir(exist_ok=True)
            shutil.copyfile(self.versions / new["published_id"] / name, incoming / name)
        if release_manifest.differing(incoming, {name: new["files"][name] for name in changed}):
            raise ReleaseError("what was copied is not what was written")
        return incoming

    def _empty_writing(self) -> None:
        shutil.rmtree(self.writing, ignore_errors=True)
        self.writing.mkdir(mode=OWNER_ONLY)

    def _replace(self, source: Path, name: str) -> None:
        os.replace(source, self.root / name)
        sync(self.root)

    def _sync(self) -> None:
        for folder in (self.root, *(self.root / folder for folder in released_copies.FOLDERS)):
            sync(folder)

    def _lost(self) -> dict[str, Any]:
        """The manifest when it is lost: that of the stored release whose DuckDB file is in place, or an empty one."""
        found = []
        if self.versions.is_dir():
            # A closed folder was never current.
            folders = [path for path in self.versions.iterdir() if mode_of(path) == READERS]
            folders.sort(key=lambda path: path.stat().st_mtime_ns, reverse=True)
            found = [version for folder in folders if (version := self.version(folder.name))]
        publications = [{"published_id": one["published_id"], "withdrawn": False} for one in found]
        publications += [
            {"published_id": name, "withdrawn": True, "reason_fr": reason}
            for name, reason in self.quarantine.reasons().items()
        ]
        for version in found:
            if not release_manifest.differing(self.root, {self.file.name: version["files"][self.file.name]}):
                return version | {PUBLICATIONS: publications}
        return {"published_id": None, "tables": {}, "hidden_cells": {}, "files": {}, PUBLICATIONS: publications}

    def _extra(self, new: dict[str, Any]) -> list[Path]:
        """Files among the copies that are not of this release, and the log beside the DuckDB file."""
        found = [path for folder in released_copies.FOLDERS for path in sorted((self.root / folder).glob("*"))]
        extra = [path for path in found if path.relative_to(self.root).as_posix() not in new["files"]]
        log = Path(f"{self.file}.wal")
        return [*extra, log] if log.exists() else extra
