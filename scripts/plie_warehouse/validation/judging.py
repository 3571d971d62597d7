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

from plie_warehouse.processes import give_memory_back
from plie_warehouse.validation import site
from plie_warehouse.validation.cells import Codes
from plie_warehouse.validation.checks import Checked
from plie_warehouse.validation.comparison import compared_facts, compared_readers, compared_rest
from plie_warehouse.validation.deliveries import Deliveries, Part
from plie_warehouse.validation.frames import Warehouse
from plie_warehouse.validation.outcomes import SuiteOutcome, as_json, from_json
from plie_warehouse.validation.recompute import Facts, apply_rules
from plie_warehouse.validation.revisions import read_last
from plie_warehouse.validation.verdict_cache import VerdictCache

JSON_NAME = "validation.json"

# What a validation leaves in its folder; only these are replaced by the next one.
WRITTEN = ("index.html", "expectations", "validations", "static", JSON_NAME)


def judge_private(
    session: duckdb.DuckDBPyConnection,
    deliveries: str,
    docs: Path,
    last: Path | None = None,
    progress: Callable[[SuiteOutcome], None] = lambda suite: None,
    cache: VerdictCache | None = None,
) -> list[SuiteOutcome]:
    """Judge the private tables of the warehouse behind ``session`` by the rules, recomputed from the deliveries.
    Writes the Data Docs and ``validation.json``.

    ``deliveries``: ``sample`` or ``store``, what the warehouse was built from. ``docs``: folder of the Data Docs, of
    which those of an earlier validation are replaced. ``last``: folder of what the build before left, see
    ``revisions.read_last``; ``progress``: called with each verdict; ``cache``: where a verdict may be reused from.

    Raises ``WarehouseError`` when a table is missing, ``OSError`` or ``duckdb.Error`` when a delivered file cannot be
    read, ``ValueError`` when the reference lists contradict themselves.
    """
    for name in WRITTEN:
        _delete(docs / name)
    warehouse = Warehouse(session)
    return _judge(warehouse, docs, progress, cache, lambda judge: _judge_private(warehouse, deliveries, last, judge))


def judge_published(
    session: duckdb.DuckDBPyConnection,
    docs: Path,
    progress: Callable[[SuiteOutcome], None] = lambda suite: None,
    cache: VerdictCache | None = None,
) -> list[SuiteOutcome]:
    """Judge the published tables beside the private ones, which ``judge_private`` judged before. Adds its verdicts and
    pages to those of ``docs``. ``cache``: where a verdict may be reused from. Raises ``WarehouseError`` when a table is
    missing."""
    warehouse = Warehouse(session)

    def compare(judge: Callable[[Checked], None]) -> None:
        for checked in compared_readers(warehouse, warehouse.reference()):
            judge(checked)

    return _judge(warehouse, docs, progress, cache, compare)


def _judge(
    warehouse: Warehouse,
    docs: Path,
    progress: Callable[[SuiteOutcome], None],
    cache: VerdictCache | None,
    compare: Callable[[Callable[[Checked], None]], None],
) -> list[SuiteOutcome]:
    """The verdicts on what ``compare`` lays side by side, or those of the same before; their pages are put beside those
    that ``docs`` has."""
    if cache and (known := cache.find(warehouse)):
        with _pages(docs) as made:
            known.write_pages(made)
        suites = known.suites
        for suite in suites:
            progress(suite)
    else:
        with _pages(docs) as made:
            judged = _Judged(made)
            compare(lambda checked: progress(judged(checked)))
            judged.write()
            site.without_network_below(made)
            (made / "index.html").unlink(missing_ok=True)
            site.delete_unused_below(made)
            if cache:
                cache.keep(warehouse, judged.suites, made)
        suites = judged.suites
        give_memory_back()
    _write_verdicts(docs, suites)
    return suites


def _judge_private(warehouse: Warehouse, deliveries: str, last: Path | None, judge: Callable[[Checked], None]) -> None:
    reference = warehouse.reference()
    as_of_date = str(warehouse.value("as_of_date", "marts", "build_info"))
    source = Deliveries.of_environment(deliveries, as_of_date, Codes(reference))

    def facts_of(subject: str, facts: Facts, part: Part) -> None:
        for checked in compared_facts(subject, facts, part, warehouse, reference):
            judge(checked)
        # A year of the whole network takes 0.3 GB, which the next part and other nodes of the build need.
        give_memory_back()

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
def _pages(docs: Path) -> Iterator[Path]:
    """A folder for pages, which are then put beside those that ``docs`` has; none is put there when making them
    fails."""
    docs.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".making-", dir=docs) as folder:
        yield Path(folder)
        shutil.copytree(folder, docs, dirs_exist_ok=True)


def _write_verdicts(docs: Path, judged: list[SuiteOutcome]) -> None:
    """Write the verdicts, and the first page of all, beside those that ``docs`` has."""
    known = docs / JSON_NAME
    judged_now = {suite.name for suite in judged}
    before = from_json(known.read_text(encoding="utf-8")) if known.exists() else []
    suites = [*(one for one in before if one.name not in judged_now), *judged]
    site.write_index(docs, suites)
    known.write_text(as_json(suites), encoding="utf-8")


def _delete(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
