"""The second enforcement, step by step: the rules recomputed from the delivered files, Great Expectations' verdict on
every table of a warehouse, its Data Docs.

Two steps: the private tables, which what is published waits for, and the published ones.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pandas as pd

from plie_warehouse.validation import site
from plie_warehouse.validation.cells import Codes
from plie_warehouse.validation.checks import Checked
from plie_warehouse.validation.comparison import compared_facts, compared_readers, compared_rest
from plie_warehouse.validation.deliveries import Deliveries, Part
from plie_warehouse.validation.frames import Warehouse
from plie_warehouse.validation.outcomes import SuiteOutcome, as_json, from_json
from plie_warehouse.validation.recompute import Facts, apply_rules
from plie_warehouse.validation.revisions import read_last

JSON_NAME = "validation.json"

# What a validation leaves in its folder; only these are replaced by the next one.
WRITTEN = ("index.html", "expectations", "validations", "static", JSON_NAME)


def judge_private(
    session: duckdb.DuckDBPyConnection,
    deliveries: str,
    docs: Path,
    last: Path | None = None,
    progress: Callable[[SuiteOutcome], None] = lambda suite: None,
) -> list[SuiteOutcome]:
    """Judge the private tables of the warehouse behind ``session`` by the rules, recomputed from the deliveries.
    Writes the Data Docs and ``validation.json``.

    ``deliveries``: ``sample`` or ``store``, what the warehouse was built from. ``docs``: folder of the Data Docs, of
    which those of an earlier validation are replaced. ``last``: folder of what the build before left, see
    ``revisions.read_last``; ``progress``: called with each verdict.

    Raises ``WarehouseError`` when a table is missing, ``OSError`` or ``duckdb.Error`` when a delivered file cannot be
    read, ``ValueError`` when the reference lists contradict themselves.
    """
    for name in WRITTEN:
        _delete(docs / name)
    with _judging(docs) as judged:
        _judge_private(session, deliveries, last, lambda checked: progress(judged(checked)))
    return judged.suites


def judge_published(
    session: duckdb.DuckDBPyConnection,
    docs: Path,
    progress: Callable[[SuiteOutcome], None] = lambda suite: None,
) -> list[SuiteOutcome]:
    """Judge the published tables beside the private ones, which ``judge_private`` judged before. Adds its verdicts and
    pages to those of ``docs``. Raises ``WarehouseError`` when a table is missing."""
    warehouse = Warehouse(session)
    with _judging(docs) as judged:
        for checked in compared_readers(warehouse, warehouse.reference()):
            progress(judged(checked))
    return judged.suites


def _judge_private(
    session: duckdb.DuckDBPyConnection, deliveries: str, last: Path | None, judge: Callable[[Checked], None]
) -> None:
    warehouse = Warehouse(session)
    reference = warehouse.reference()
    as_of_date = str(warehouse.value("select as_of_date from marts.build_info"))
    source = Deliveries.of_environment(deliveries, as_of_date, Codes(reference))

    def facts_of(subject: str, facts: Facts, part: Part) -> None:
        for checked in compared_facts(subject, facts, part, warehouse, reference):
            judge(checked)

    with pd.option_context("mode.copy_on_write", True):
        rules = apply_rules(source, reference, facts_of)
        for compared in compared_rest(rules, warehouse, reference, read_last(last)).values():
            judge(compared())


class _Judged:
    """Great Expectations, called table by table; ``suites``: its verdicts."""

    def __init__(self, pages: Path) -> None:
        # Great Expectations takes seconds to import.
        from plie_warehouse.validation.judge import Judge

        self._judge = Judge(pages)
        self.suites: list[SuiteOutcome] = []

    def __call__(self, checked: Checked) -> SuiteOutcome:
        suite = self._judge.judge(checked)
        if earlier := next((one for one in self.suites if one.name == suite.name), None):
            self.suites[self.suites.index(earlier)] = earlier.with_part(suite)
        else:
            self.suites.append(suite)
        return suite

    def write(self) -> None:
        self._judge.write()


@contextmanager
def _judging(docs: Path) -> Iterator[_Judged]:
    """Judge, then put the pages and the verdicts beside those that ``docs`` has; nothing is put there when judging
    fails."""
    docs.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".making-", dir=docs) as folder:
        made = Path(folder)
        judged = _Judged(made)
        yield judged
        judged.write()
        site.without_network_below(made)
        (made / "index.html").unlink(missing_ok=True)
        shutil.copytree(made, docs, dirs_exist_ok=True)
    known = docs / JSON_NAME
    judged_now = {suite.name for suite in judged.suites}
    before = from_json(known.read_text(encoding="utf-8")) if known.exists() else []
    suites = [*(one for one in before if one.name not in judged_now), *judged.suites]
    site.write_index(docs, suites)
    known.write_text(as_json(suites), encoding="utf-8")


def _delete(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
