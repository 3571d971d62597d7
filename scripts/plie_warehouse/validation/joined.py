"""Lay two tables side by side by their key, value beside value, without comparing any: that is Great Expectations'
part.

Every value is its text, as DuckDB writes it. A column is held as its different texts and, for each row, the place of
its own among them: a national year has millions of values and few different ones.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

# Stands for an empty value, so that null against null is equal and null against a value is not.
NULL = "null"

FOUND = "__found"
EXPECTED = "__expected"

PRESENT, MISSING = "present", "missing"
# Columns of the joined frame: is the row on this side; how often is its key.
ROW, TIMES = "row", "times"

# Rows that are read at a time.
BATCH = 16_384


@dataclass(frozen=True)
class Texts:
    """One column. ``texts``: its different texts; ``places``: of each row, the place of its text, -1 for none."""

    texts: list[str]
    places: np.ndarray

    def as_series(self) -> pd.Series:
        return pd.Series(np.array([*self.texts, None], dtype=object)[self.places], dtype=object)

    def mapped(self, words: Mapping[str, str]) -> Texts:
        """Each text by its word; none where it has none."""
        known: dict[str, int] = {}
        moved = [known.setdefault(words[text], len(known)) if text in words else -1 for text in self.texts]
        return Texts([*known], np.array([*moved, -1], dtype="int32")[self.places])

    def shortest(self) -> Texts:
        """Figures without the zeros at the end of their decimals."""
        return self.mapped({text: text.rstrip("0").rstrip(".") if "." in text else text for text in self.texts})


class Columns(Mapping[str, Texts]):
    """A table whose columns are read when they are asked for, and not kept: name -> how it is read."""

    def __init__(self, read: Mapping[str, Callable[[], Texts]]) -> None:
        self._read = read

    def __getitem__(self, name: str) -> Texts:
        return self._read[name]()

    def __iter__(self) -> Iterator[str]:
        return iter(self._read)

    def __len__(self) -> int:
        return len(self._read)

    def __contains__(self, name: object) -> bool:
        return name in self._read


def pooled(rows: Any) -> dict[str, Texts]:
    """Column -> the texts of a DuckDB result, which has text columns only; a batch of rows at a time, so that a text
    that occurs often is in memory once. Arrow finds the different texts of a batch: only these become Python's."""
    known: dict[str, dict[str, int]] = {name: {} for name, *_ in rows.description}
    pieces: dict[str, list[np.ndarray]] = {name: [np.zeros(0, dtype="int32")] for name in known}
    for batch in rows.to_arrow_reader(BATCH):
        for (name, seen), column in zip(known.items(), batch.columns, strict=True):
            coded = column.dictionary_encode()
            at = [seen.setdefault(text, len(seen)) for text in coded.dictionary.to_pylist()]
            places = coded.indices.fill_null(len(at)).to_numpy(zero_copy_only=False)
            pieces[name].append(np.array([*at, -1], dtype="int32")[places])
    return {name: Texts([*texts], np.concatenate(pieces[name])) for name, texts in known.items()}


def texts_of(values: pd.Series) -> Texts:
    """A typed column as DuckDB would write it."""
    places, different = pd.factorize(values)
    return Texts([_written(value) for value in different], places.astype("int32"))


def _written(value: object) -> str:
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, pd.Timestamp | np.datetime64):
        return str(pd.Timestamp(value).date())
    return str(value)


def constant(text: str, rows: int) -> Texts:
    return Texts([text], np.zeros(rows, dtype="int32"))


def together(expected: Texts, found: Texts) -> tuple[pd.CategoricalDtype, np.ndarray, np.ndarray]:
    """Both sides of a column over the same texts; the first of them is that of an empty value."""
    known = {NULL: 0}
    moved = [
        np.array([*(known.setdefault(text, len(known)) for text in side.texts), 0], dtype="int32")[side.places]
        for side in (expected, found)
    ]
    return pd.CategoricalDtype(pd.Index([*known], dtype=object)), *moved


def joined(
    expected: Mapping[str, Texts],
    found: Mapping[str, Texts],
    key: Sequence[str],
    columns: Sequence[str],
    *,
    shown: Sequence[str] | None = None,
    private: Collection[str] = (),
    either: Sequence[str] = (),
    lines: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """One row per key that either side has: ``row__expected`` and ``row__found`` (``present`` or ``missing``),
    ``times__expected`` and ``times__found`` (how often the key is there), and for each of ``columns`` its text on both
    sides. A row that one side lacks differs once, by ``row``: its values are left empty. Of a key that occurs twice the
    first row is taken.

    ``shown``: columns of the key that the frame keeps (all), since a key may name a person. ``private``: of these
    columns a value is shown as a number that means nothing elsewhere. ``either``: columns that the frame has once, as
    expected, or as found where the row is not expected. ``lines``: ``source_file`` and ``source_row`` of
    the expected rows, which the frame takes over.
    """
    number: np.ndarray | int = 0
    left = 0
    keys = {}
    for name in key:
        dtype, *sides = together(expected[name], found[name])
        left = len(sides[0])
        keys[name] = (dtype, np.concatenate(sides))
        number = pd.factorize(number * len(dtype.categories) + keys[name][1].astype("int64"))[0].astype("int64")
    count = int(number.max()) + 1 if len(number) else 0
    first = [np.full(count, -1), np.full(count, -1)]
    for at, numbers in zip(first, (number[:left], number[left:]), strict=True):
        at[numbers[::-1]] = np.arange(len(numbers))[::-1]
    in_left, in_right = first
    both = (in_left >= 0) & (in_right >= 0)
    somewhere = np.where(in_left >= 0, in_left, left + in_right)
    frame: dict[str, pd.Categorical] = {}
    for name in key if shown is None else shown:
        dtype, places = keys[name]
        frame[name] = pd.Categorical.from_codes(places[somewhere], dtype=dtype)
    presence = pd.CategoricalDtype(pd.Index([MISSING, PRESENT], dtype=object))
    # A row that is missing is so by ``row``.
    often = [np.maximum(np.bincount(numbers, minlength=count), 1) for numbers in (number[:left], number[left:])]
    most = max((int(times.max()) for times in often if count), default=1)
    numbers = pd.CategoricalDtype(pd.Index([str(one) for one in range(most + 1)], dtype=object))
    for suffix, at, times in zip((EXPECTED, FOUND), first, often, strict=True):
        frame[f"{ROW}{suffix}"] = pd.Categorical.from_codes((at >= 0).astype("int8"), dtype=presence)
        frame[f"{TIMES}{suffix}"] = pd.Categorical.from_codes(times, dtype=numbers)
    for name in columns:
        dtype, *sides = together(expected[name], found[name])
        if name in private:
            words = [NULL, *(f"#{one}" for one in range(1, len(dtype.categories)))]
            dtype = pd.CategoricalDtype(pd.Index(words, dtype=object))
        for suffix, places, at in zip((EXPECTED, FOUND), sides, first, strict=True):
            values = np.where(both, places[at], 0) if len(places) else np.zeros(count, dtype="int32")
            frame[f"{name}{suffix}"] = pd.Categorical.from_codes(values, dtype=dtype)
    for name in either:
        dtype, *sides = together(expected[name], found[name])
        frame[name] = pd.Categorical.from_codes(np.concatenate(sides)[somewhere], dtype=dtype)
    if lines is not None:
        # The last place stands for a row that was not expected.
        frame["source_file"] = pd.Categorical([*lines["source_file"], ""])[in_left]
        frame["source_row"] = pd.array([*lines["source_row"], pd.NA], dtype="Int64")[in_left]
    return pd.DataFrame(frame)
