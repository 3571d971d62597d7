"""Publications that readers may not have beside the one in place: kept whole on the private side.

    withdrawn/<published id>/    as it was under serving/versions, and withdrawal.json: why

Only what the manifest in place calls withdrawn stays there. A publication is copied whole before its folder has its
name, and leaves serving/versions after that: whatever dies on the way loses none.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from plie_warehouse.files import OWNER_ONLY, commit_folder, sync
from plie_warehouse.release import release_manifest

REASON = "withdrawal.json"


class Quarantine:
    """The private folder. It is made when the first publication is withdrawn."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def reason(self, published_id: str) -> str | None:
        """Why a publication was withdrawn, in French; None unless it is there as it was written."""
        folder = self.root / published_id
        try:
            found = release_manifest.read(folder / release_manifest.NAME)
            if found and not release_manifest.differing(folder, found["files"]):
                return json.loads((folder / REASON).read_text(encoding="utf-8"))["reason_fr"]
        except (FileNotFoundError, KeyError, ValueError):
            pass
        return None

    def reasons(self) -> dict[str, str]:
        """Publication -> why it was withdrawn, of all that are there."""
        names = [path.name for path in sorted(self.root.iterdir())] if self.root.is_dir() else []
        return {name: reason for name in names if (reason := self.reason(name))}

    def take(self, version: Path, reason: str) -> None:
        """Copy a version, whole, for its owner only."""
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
        """Remove what is not of ``kept``; what cannot be removed is for the next time."""
        if self.root.is_dir():
            for path in self.root.iterdir():
                if path.name not in kept:
                    shutil.rmtree(path, ignore_errors=True)
