"""Quarantined releases: readers may not have them with the current release, so they are kept on the private side.

    quarantine/<published id>/    the files of serving/versions/<published id>, and withdrawal.json: the reason

Only the releases that the current manifest lists as withdrawn stay there. A release is copied completely before its
folder gets its name, and leaves serving/versions after that, so that a process that dies loses none.
"""

from __future__ import annotations

import json
import os
import shutil
from contextlib import suppress
from pathlib import Path

from plie_warehouse.files import OWNER_ONLY, commit_folder, sync
from plie_warehouse.release import release_manifest

REASON = "withdrawal.json"


class Quarantine:
    """The private folder, made for the first quarantined release."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def reason(self, published_id: str) -> str | None:
        """Why a release is quarantined, in French; None when the release is missing or damaged."""
        folder = self.root / published_id
        with suppress(FileNotFoundError, KeyError, ValueError):
            if release_manifest.read_whole(folder):
                return json.loads((folder / REASON).read_text(encoding="utf-8"))["reason_fr"]
        return None

    def reasons(self) -> dict[str, str]:
        """Quarantined release -> reason, in French."""
        names = [path.name for path in sorted(self.root.iterdir())] if self.root.is_dir() else []
        return {name: reason for name in names if (reason := self.reason(name))}

    def take(self, version: Path, reason: str) -> None:
        """Copy a release, for its owner only."""
        if self.reason(version.name) == reason:
            return
        self.root.mkdir(mode=OWNER_ONLY, exist_ok=True)
        self.root.chmod(OWNER_ONLY)
        draft, target = self.root / ".writing", self.root / version.name
        for path in (draft, target):
            if path.exists():
                shutil.rmtree(path)
        shutil.copytree(version, draft)
        (draft / REASON).write_text(json.dumps({"reason_fr": reason}, ensure_ascii=False) + "\n", encoding="utf-8")
        commit_folder(draft, readers=False)
        os.rename(draft, target)
        sync(self.root)

    def collect(self, kept: set[str]) -> None:
        """Delete all releases but ``kept``; what cannot be deleted now is deleted by the next release."""
        if self.root.is_dir():
            for path in self.root.iterdir():
                if path.name not in kept:
                    shutil.rmtree(path, ignore_errors=True)
