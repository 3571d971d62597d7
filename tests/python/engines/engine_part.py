"""A part of the chain on one engine, and the same with a word of the dialect bent."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest

from plie_warehouse.engines.compare import Comparison, Reader, compare_tables
from plie_warehouse.paths import PROJECT, DataFolder


@dataclass(frozen=True)
class Bend:
    """A word of the dialect, what it says, what it says when bent, a table that rests on it, and what is said of it."""

    word: str
    right: str
    wrong: str
    table: str
    said: str


# Words that every engine has of its own -> a table of the sample that rests on it, and what is said of it when bent.
TOLD = {
    "whole_quotient": (
        "marts.plie_outcomes",
        r"where reporting_year = 2020, .*: .*positive_per_entry is 0\.615385 in DuckDB, 0\.615386 there",
    ),
    "matches": (
        "staging.stg_plie__participants",
        r"where .*source_row = [0-9]+, .*: .*birth_year is None in DuckDB, 19788 there",
    ),
    "squeeze_blanks": (
        "staging.stg_network__members",
        r"where .*source_row = [0-9]+, .*: .*name is Adhérent fictif .* in DuckDB, Adhérentfictif.* there",
    ),
    "existing_day": (
        "staging.stg_plie__participants",
        r"where .*source_row = 3, .*: .*entry_date is 2016-03-13 in DuckDB, 2016-03-01 there",
    ),
    "one_of": (
        "intermediate.int_clause__activity",
        r"where reporting_year = .*: .*nature is services in DuckDB, None there",
    ),
    "each_whole_number": (
        "staging.stg_reference__codes_in_force",
        r"only DuckDB has list_day = .*, code = ",
    ),
    "unpivoted": (
        "intermediate.ind_plie__measures",
        r"only the engine has reporting_year = .*, cut_value = ",
    ),
}


def shown_by(word: str, right: str, wrong: str) -> Bend:
    """A bend of a word of ``TOLD``."""
    return Bend(word, right, wrong, *TOLD[word])


def invoke_dbt(*command: str, target: Path, manifest: Manifest | None = None) -> list:
    """Run dbt in this process; returns its results."""
    done = dbtRunner(manifest=manifest).invoke([
        *command, "--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT), "--target-path", str(target),
        "--log-path", str(target / "logs"), "--quiet",
    ])  # fmt: skip
    assert done.exception is None
    return [result for result in done.result.results if result.node.resource_type != "operation"]


@dataclass(frozen=True)
class Part:
    """What was built on ``engine``, and the folder of dbt's outputs."""

    engine: str
    data: DataFolder
    target: Path
    result: Comparison
    reader: Callable[[], AbstractContextManager[Reader]]

    def run(self, *command: str, word: str = "", right: str = "", wrong: str = "") -> list:
        """Run dbt on the engine, with a word of the dialect that says ``wrong`` for ``right``; returns its results."""
        manifest = Manifest.from_msgpack((self.target / "partial_parse.msgpack").read_bytes())
        if word:
            macro = manifest.macros[f"macro.plie_warehouse.{self.engine}__{word}"]
            assert right in macro.macro_sql
            macro.macro_sql = macro.macro_sql.replace(right, wrong)
        return invoke_dbt(*command, "--target", self.engine, target=self.target, manifest=manifest)

    def differences(self, table: str) -> list[str]:
        with self.reader() as read:
            return compare_tables(self.data.warehouse, [table], read).differences

    def tells(self, bend: Bend) -> None:
        """A bent word is told with table, key and both values; with the right word all is equal again."""
        schema, model = bend.table.split(".")
        try:
            self.run("run", "-s", model, word=bend.word, right=bend.right, wrong=bend.wrong)
            (difference,) = self.differences(bend.table)
        finally:
            self.run("run", "-s", model)
        pattern = rf"{schema}\.{model}: [0-9]+ rows in DuckDB, [0-9]+ there; {bend.said}"
        assert re.match(pattern, difference), difference
        assert self.differences(bend.table) == [], "with the right word again"


def words_of(engine: str) -> set[str]:
    """The words that the dialect has for an engine."""
    text = (PROJECT / "macros" / "dialect" / f"{engine}.sql").read_text(encoding="utf-8")
    return set(re.findall(rf"macro {engine}__(\w+)\(", text))
