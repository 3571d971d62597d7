"""The project as its files say it: rules, measures, printed figures, and where each rule is written and tested.

Read from the YAML, SQL and CSV files themselves, so that nothing has to be built or parsed by dbt first.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from plie_warehouse.paths import PROJECT

Row = dict[str, str]

# A tag of this form is meant for a rule, written well or not.
RULE_TAG = re.compile(r"[Dd][0-9]\w*")

# Ten times as quick, where PyYAML came with it.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
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
        self._texts: dict[Path, str] = {}

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
        return self.measures.get((measure["mart"], measure["cut"], measure[part]))

    def figures_of(self, measure: Row) -> list[str]:
        """The ids of the printed figures that an indicator gives."""
        key = ("indicator_code", "cut", "method_version")
        figures = self.printed_figures.items()
        return [name for name, figure in figures if all(figure[part] == measure[part] for part in key)]

    @cached_property
    def models(self) -> list[Tagged]:
        """The models by the rules that they are tagged with, at the line of the SQL that names the rule."""
        return [
            Tagged(entry["name"], rule, self._applied(entry["name"], rule))
            for _, entry in self._entries("models")
            for rule in _rule_tags(entry)
        ]

    @cached_property
    def macros(self) -> list[Tagged]:
        """The macros by the rules of their ``meta``, where they begin in a file that names the rule."""
        files = sorted((self.root / "macros").rglob("*.sql"))
        return [
            Tagged(entry["name"], rule, place if path and self._find(path, _naming(rule), "") else None)
            for _, entry in self._entries("macros")
            for path, place in [self._first(files, rf"macro {entry['name']}\(", entry["name"])]
            for rule in ((entry.get("config") or {}).get("meta") or {}).get("rules", ())
        ]

    @cached_property
    def unit_tests(self) -> list[Tagged]:
        """dbt's unit tests by the rules that they are tagged with."""
        return [
            Tagged(entry["name"], rule, self._find(path, rf"\bname: {entry['name']}\b", entry["name"]))
            for path, entry in self._entries("unit_tests")
            for rule in _rule_tags(entry)
        ]

    @cached_property
    def data_tests(self) -> list[Tagged]:
        """The data tests with a name of their own, by the rules that their models are tagged with."""
        tests = [
            (path, entry, next(iter(test.values())).get("name"))
            for path, entry in self._entries("models")
            for test in entry.get("data_tests", ())
            if isinstance(test, dict)
        ]
        return [
            Tagged(name, rule, self._find(path, rf"\bname: {name}\b", name))
            for path, entry, name in tests
            for rule in _rule_tags(entry)
            if name
        ]

    def named_in(self, rule_id: str, folder: str, pattern: str) -> list[Place]:
        """Where each file of a folder first names a rule."""
        paths = sorted((self.root / folder).rglob(pattern))
        places = (self._find(path, _naming(rule_id), path.stem) for path in paths)
        return [place for place in places if place]

    def where_made(self, measure: Row) -> Place:
        """The line of the mart's SQL that makes a measure: its alias, else the first that names it, else the first."""
        path, name, mart = self._model_files[measure["mart"]], measure["measure"], measure["mart"]
        found = self._find(path, rf"\bas {name}\b", mart) or self._find(path, rf"\b{name}\b", mart)
        return found or Place(path.relative_to(self.root).as_posix(), 1, mart)

    @cached_property
    def _model_files(self) -> dict[str, Path]:
        return {path.stem: path for path in (self.root / "models").rglob("*") if path.suffix in (".sql", ".py")}

    @cached_property
    def _properties(self) -> list[tuple[Path, dict[str, Any]]]:
        paths = sorted(path for folder in ("models", "macros") for path in (self.root / folder).rglob("*.yml"))
        return [(path, yaml.load(path.read_text(encoding="utf-8"), _Loader) or {}) for path in paths]

    def _entries(self, kind: str) -> Iterator[tuple[Path, dict[str, Any]]]:
        return ((path, entry) for path, content in self._properties for entry in content.get(kind) or ())

    def _applied(self, model: str, rule_id: str) -> Place | None:
        """Where a model says what it does for a rule, ``-- D15: ...``; else where it first names the rule."""
        path, named = self._model_files.get(model), _naming(rule_id)
        if path is None:
            return None
        return self._find(path, rf"{named}(?:, D\w\w)*:", model) or self._find(path, named, model)

    def _first(self, paths: list[Path], pattern: str, name: str) -> tuple[Path | None, Place | None]:
        places = ((path, self._find(path, pattern, name)) for path in paths)
        return next(((path, place) for path, place in places if place), (None, None))

    def _find(self, path: Path, pattern: str, name: str) -> Place | None:
        """The first line of a file that has the pattern."""
        if path not in self._texts:
            self._texts[path] = path.read_text(encoding="utf-8")
        text = self._texts[path]
        match = re.search(pattern, text)
        if match is None:
            return None
        return Place(path.relative_to(self.root).as_posix(), text.count("\n", 0, match.start()) + 1, name)


def _naming(rule_id: str) -> str:
    """The pattern of a rule's id as a word. It begins with the id, because ``re`` searches for plain text first."""
    return rf"{rule_id}(?<!\w{rule_id})\b"


def _rule_tags(entry: dict[str, Any]) -> list[str]:
    """The tags of an entry that are meant for rules."""
    tags = (entry.get("config") or {}).get("tags") or ()
    return [tag for tag in ([tags] if isinstance(tags, str) else tags) if RULE_TAG.fullmatch(tag)]
