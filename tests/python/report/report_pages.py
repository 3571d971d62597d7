"""What the tests of the report share; and what they say when a part is missing."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from shared import Built

from plie_warehouse.paths import DataFolder

INSTALL = "run scripts/install_system_parts.sh, then make report-tests"

try:
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import Page

    import plie_warehouse.report.writing  # noqa: F401
except Exception as missing:
    raise pytest.UsageError(f"what writes the report is missing ({missing}): {INSTALL}") from missing

YEAR = 2021


@dataclass(frozen=True)
class Written:
    """A written report and the release that it was written from."""

    data: DataFolder

    @property
    def folder(self) -> Path:
        return self.data.serving.parent / "report" / str(YEAR)

    @cached_property
    def html(self) -> str:
        return (self.folder / "report.html").read_text(encoding="utf-8")

    @cached_property
    def json(self) -> dict[str, Any]:
        return json.loads((self.folder / "report.json").read_text(encoding="utf-8"))


def copy_of(built: Built, folder: Path) -> DataFolder:
    """The release of the sample in a data folder of its own."""
    data = DataFolder(folder)
    data.serving.parent.mkdir(parents=True)
    for name in ("plie_marts.duckdb", "manifest.json"):
        shutil.copyfile(built.serving.with_name(name), data.serving.with_name(name))
    return data


# The entries of the appendix are all alike: the first ones stand for the others, which take axe minutes.
PART = {"exclude": [[".entry:nth-of-type(n+4)"]]}


def violations(page: Page, options: dict) -> list[str]:
    found = Axe().run(page, context=PART, options=options).response["violations"]
    return [f"{one['id']}: {one['help']} ({one['nodes'][0]['html'][:120]})" for one in found]
