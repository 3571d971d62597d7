"""The project as its files say it: rules, measures, printed figures, and where each rule is written and tested.

Read from the YAML, SQL and CSV files themselves, so that nothing has to be built or parsed by dbt first.
"""

from __future__ import annotations

import ast
import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from plie_warehouse.paths import PROJECT

Row = dict[str, str]

RULE_ID = re.compile(r"D[0-9][0-9A-Z]")

# Ten times as quick, where PyYAML came with it.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, order=True)
class Place:
    """A name at a line of a file of the project; ``str`` gives ``path:line``, which terminals and editors open."""

    path: str
    line: int
    name: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


@dataclass(frozen=True)
class Tagged:
    """What carries the tag of a rule. ``place`` is None where its text does not name the rule."""

    name: str
    rule_id: str
    place: Place | None


class Project:
    """The files under ``root``. Raises ``OSError`` where one that is asked for is missing."""

    def __init__(self, root: Path = PROJECT) -> None:
        self.root = root
        self._lines: dict[Path, list[str]] = {}
        self._functions_of: dict[Path, list[tuple[str, int, int]]] = {}

    # ---------------------------------------------------------------------------------- reference lists

    def seed(self, name: str) -> list[Row]:
        """The rows of a reference list, as text."""
        with (self.root / "seeds" / "reference" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    @cached_property
    def rules(self) -> dict[str, Row]:
        """Rule id -> its row."""
        return {row["rule_id"]: row for row in self.seed("rules")}

    @cached_property
    def measures(self) -> dict[tuple[str, str, str], Row]:
        """(mart, cut, measure) -> its row of the registry."""
        return {(row["mart"], row["cut"], row["measure"]): row for row in self.seed("measures")}

    @cached_property
    def indicators(self) -> list[Row]:
        """The measures that are indicators."""
        return [row for row in self.measures.values() if row["indicator_code"]]

    @cached_property
    def printed_figures(self) -> dict[str, Row]:
        """Figure id -> its row."""
        return {row["figure_id"]: row for row in self.seed("printed_figures")}

    def part(self, measure: Row, part: str) -> Row | None:
        """The measure that is the ``numerator``, ``denominator``, ... of a measure; None where it has none."""
        name = measure[part]
        return self.measures.get((measure["mart"], measure["cut"], name)) if name else None

    def figures_of(self, measure: Row) -> list[Row]:
        """The printed figures that an indicator gives."""
        key = ("indicator_code", "cut", "method_version")
        return [row for row in self.printed_figures.values() if all(row[name] == measure[name] for name in key)]

    # ----------------------------------------------------------------------------------- models and tests

    @cached_property
    def model_files(self) -> dict[str, Path]:
        """Name of a model -> its file."""
        paths = (self.root / "models").rglob("*")
        return {path.stem: path for path in sorted(paths) if path.suffix in (".sql", ".py")}

    @cached_property
    def properties(self) -> list[tuple[Path, dict[str, Any]]]:
        """Every properties file of models and macros with what it says."""
        paths = sorted(path for folder in ("models", "macros") for path in (self.root / folder).rglob("*.yml"))
        return [(path, yaml.load(path.read_text(encoding="utf-8"), _Loader) or {}) for path in paths]

    @cached_property
    def models(self) -> list[Tagged]:
        """The models by the rules that they are tagged with, at the line of the SQL that names the rule."""
        return [
            Tagged(entry["name"], rule, self._naming(self.model_files.get(entry["name"]), entry["name"], rule))
            for _, entry in self._entries("models")
            for rule in _rule_tags(entry)
        ]

    @cached_property
    def macros(self) -> list[Tagged]:
        """The macros by the rules of their ``meta``, at the line of the macro."""
        return [
            Tagged(entry["name"], rule, self._macro(entry["name"], rule))
            for _, entry in self._entries("macros")
            for rule in _meta(entry).get("rules", ())
        ]

    @cached_property
    def unit_tests(self) -> list[Tagged]:
        """dbt's unit tests by the rules that they are tagged with."""
        return [
            Tagged(entry["name"], rule, self._named(path, entry["name"]))
            for path, entry in self._entries("unit_tests")
            for rule in _rule_tags(entry)
        ]

    @cached_property
    def data_tests(self) -> dict[str, list[Place]]:
        """Rule id -> the data tests that hold it: those of the models tagged with it that have a name of their own, and
        the queries under tests/ that name it."""
        found = defaultdict(set)
        for path, entry in self._entries("models"):
            for test in entry.get("data_tests", ()):
                name = next(iter(test.values())).get("name") if isinstance(test, dict) else None
                for rule in _rule_tags(entry) if name else ():
                    found[rule].add(self._named(path, name))
        for path in sorted((self.root / "tests").rglob("*.sql")):
            for line, rule in self._mentions(path):
                found[rule].add(Place(self._relative(path), line, path.stem))
        return {rule: _first_by_name(places) for rule, places in found.items()}

    def python_tests(self, rule_id: str) -> list[Place]:
        """The pytest functions that name a rule, or whose decorators do; elsewhere in a file of tests, the line."""
        found = set()
        for path in sorted((self.root / "tests").rglob("test_*.py")):
            lines = [line for line, rule in self._mentions(path) if rule == rule_id]
            for line in lines:
                around = ((start, name) for name, start, end in self._functions(path) if start <= line <= end)
                found.add(Place(self._relative(path), *next(around, (line, path.stem))))
        return _first_by_name(found)

    @cached_property
    def second_implementation(self) -> dict[str, list[Place]]:
        """Rule id -> where the rules that Great Expectations compares the warehouse with name it, once a file."""
        found = defaultdict(set)
        for path in sorted((self.root / "scripts" / "plie_warehouse" / "validation").glob("[!_]*.py")):
            for line, rule in self._mentions(path):
                found[rule].add(Place(self._relative(path), line, path.stem))
        return {rule: _first_by_name(places) for rule, places in found.items()}

    def where_made(self, measure: Row) -> Place:
        """The line of the mart's SQL that makes a measure: its alias, else the first that names it, else the first."""
        path, name = self.model_files[measure["mart"]], measure["measure"]
        for pattern in (rf"\bas {name}\b", rf"\b{name}\b"):
            for line, text in enumerate(self._read(path), 1):
                if re.search(pattern, text):
                    return Place(self._relative(path), line, measure["mart"])
        return Place(self._relative(path), 1, measure["mart"])

    # ------------------------------------------------------------------------------------------- reading

    def _entries(self, kind: str) -> Iterator[tuple[Path, dict[str, Any]]]:
        for path, content in self.properties:
            for entry in content.get(kind) or ():
                yield path, entry

    def _read(self, path: Path) -> list[str]:
        if path not in self._lines:
            self._lines[path] = path.read_text(encoding="utf-8").splitlines()
        return self._lines[path]

    def _relative(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()

    def _mentions(self, path: Path) -> Iterator[tuple[int, str]]:
        for line, text in enumerate(self._read(path), 1):
            for rule in re.findall(rf"\b{RULE_ID.pattern}\b", text):
                yield line, rule

    def _functions(self, path: Path) -> list[tuple[str, int, int]]:
        """The functions of a file of tests: name, first line with its decorators, last line."""
        if path not in self._functions_of:
            self._functions_of[path] = [
                (node.name, min([node.lineno, *(part.lineno for part in node.decorator_list)]), node.end_lineno or 0)
                for node in ast.parse("\n".join(self._read(path))).body
                if isinstance(node, ast.FunctionDef)
            ]
        return self._functions_of[path]

    def _naming(self, path: Path | None, name: str, rule_id: str) -> Place | None:
        if path is None:
            return None
        lines = (line for line, rule in self._mentions(path) if rule == rule_id)
        return next((Place(self._relative(path), line, name) for line in lines), None)

    def _macro(self, name: str, rule_id: str) -> Place | None:
        """Where a macro stands, if its file names the rule."""
        for path in sorted((self.root / "macros").rglob("*.sql")):
            for line, text in enumerate(self._read(path), 1):
                if re.search(rf"macro {name}\(", text):
                    named = any(rule == rule_id for _, rule in self._mentions(path))
                    return Place(self._relative(path), line, name) if named else None
        return None

    def _named(self, path: Path, name: str) -> Place:
        """Where a properties file gives a name."""
        lines = (line for line, text in enumerate(self._read(path), 1) if re.search(rf"\bname: {name}\b", text))
        return Place(self._relative(path), next(lines, 1), name)


def _meta(entry: dict[str, Any]) -> dict[str, Any]:
    return (entry.get("config") or {}).get("meta") or entry.get("meta") or {}


def _rule_tags(entry: dict[str, Any]) -> list[str]:
    """The tags of an entry that have the form of a rule id."""
    tags = (entry.get("config") or {}).get("tags") or ()
    return [tag for tag in ([tags] if isinstance(tags, str) else tags) if RULE_ID.fullmatch(tag)]


def _first_by_name(places: Iterable[Place]) -> list[Place]:
    first: dict[tuple[str, str], Place] = {}
    for place in sorted(places):
        first.setdefault((place.path, place.name), place)
    return list(first.values())
