"""The second, independent enforcement of the rules: recompute them in pandas from the delivered files, let Great
Expectations compare.

``step`` is what dbt runs, ``validate`` the same for a warehouse that is there, ``judging`` what both do.
``deliveries`` reads the files and ``cells`` what a cell says. The rules are written by subject: ``recomputed_plie``
(D01 to D33), ``recomputed_clause`` (D40 to D47) and ``recomputed_network`` (D50 to D58), on what they share:
``delivered`` (row acceptance, D1B), ``tables`` (shapes of figures, territories), ``tools`` (dates, exact numbers,
parameters). ``recompute`` applies them all, ``indicators`` makes the long table, ``changes`` what changed from year to
year (D55), ``revisions`` which figures a build moved (D61), ``published`` what readers may get of it (D60).

``frames`` reads the warehouse, ``joined`` lays both sides next to each other, ``checks`` says what is expected of their
rows, ``comparison`` of which tables. ``judge`` has Great Expectations compare, ``outcomes`` holds what it said, and
``site`` makes its pages readable without a network.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from plie_warehouse.paths import SAMPLE, STORE
from plie_warehouse.validation.frames import Warehouse, WarehouseError
from plie_warehouse.validation.outcomes import SuiteOutcome, ValidationResult, failure_lines

__all__ = ["ValidationResult", "WarehouseError", "failure_lines", "validate"]


def validate(
    warehouse: Path,
    output: Path,
    progress: Callable[[str], None] = lambda line: None,
    deliveries: str | None = None,
) -> ValidationResult:
    """Validate one warehouse file and write the Data Docs and ``validation.json`` into ``output``.

    ``warehouse``: path of the private DuckDB file, opened read-only. ``output``: folder, made when missing;
    what an earlier validation left there is replaced, and nothing else is touched. ``progress``: called with lines of
    progress. ``deliveries``: ``sample`` or ``store``, what the rules read; when it is not given, what the warehouse was
    built from. The revisions are judged only by where they lead: what the build before left is not known any more.

    Raises ``WarehouseError`` when the file or one of its tables is missing, ``ValueError`` when the reference lists
    contradict themselves.
    """
    # pandas takes its time to import: a wrong path is told before.
    if not warehouse.is_file():
        raise WarehouseError(f"no warehouse at {warehouse}: build it first, or give its path with --warehouse")
    from plie_warehouse.validation.judging import JSON_NAME, judge_private, judge_published

    try:
        connection = duckdb.connect(str(warehouse), read_only=True)
    except duckdb.Error as error:
        raise WarehouseError(f"{warehouse} cannot be opened as a DuckDB file: {error}") from error
    suites: list[SuiteOutcome] = []

    def tell(suite: SuiteOutcome) -> None:
        suites.append(suite)
        failed = sum(not one.success for one in suite.expectations)
        verdict = "ok" if not failed else f"{failed} failed"
        progress(f"{suite.name}: {len(suite.expectations)} expectations, {verdict}")

    started = time.perf_counter()
    with connection:
        source = deliveries or built_from(Warehouse(connection))
        progress(f"recomputing the rules of {warehouse} from the {source}")
        judge_private(connection, source, output, progress=tell)
        judge_published(connection, output, progress=tell)
    seconds = {"validation": time.perf_counter() - started}
    return ValidationResult(suites, output / "index.html", output / JSON_NAME, seconds)


def built_from(warehouse: Warehouse) -> str:
    """``sample`` or ``store``: the files of the sample lie in no folder of a delivery."""
    is_sample = "coalesce(bool_and(not contains(source_file, '/')), false)"
    return SAMPLE if warehouse.value(is_sample, "quality", "row_accounting") else STORE
