"""The figures that one page draws from, and the lists that say which."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from plie_warehouse.report.figures import TOTAL, Change, Figure, Key
from plie_warehouse.report.published import FRANCE, NATIONAL, Published
from plie_warehouse.report.sentences import Past

HERE = Path(__file__).parent


def listed(name: str) -> list[dict[str, str]]:
    """The rows of a list of this package."""
    with (HERE / name).open(encoding="utf-8", newline="") as content:
        return list(csv.DictReader(content))


@dataclass
class Facts:
    """Figures and changes of some territories in all years, by key."""

    published: Published
    figures: dict[Key, Figure]
    changes: dict[Key, Change]

    @classmethod
    def of(cls, published: Published, where: str, parameters: list[Any]) -> Facts:
        return cls(published, published.figures(where, parameters), published.changes(where, parameters))

    @cached_property
    def _by_place(self) -> dict[tuple[str, str, str, str, int], list[Figure]]:
        found: dict[tuple[str, str, str, str, int], list[Figure]] = {}
        for key, figure in self.figures.items():
            found.setdefault((key.indicator, key.cut, key.kind, key.territory, key.year), []).append(figure)
        return found

    def get(
        self, indicator: str, year: int, cut: str = TOTAL, value: str = TOTAL, kind: str = NATIONAL, code: str = FRANCE
    ) -> Figure | None:
        """One figure, if the release has it."""
        return self.figures.get(Key(indicator, cut, value, kind, code, year))

    def breakdown(self, indicator: str, year: int, cut: str, kind: str = NATIONAL, code: str = FRANCE) -> list[Figure]:
        """The figures of an indicator for each value of a breakdown."""
        return self._by_place.get((indicator, cut, kind, code, year), [])

    def years(
        self, indicator: str, kind: str = NATIONAL, code: str = FRANCE, cut: str = TOTAL, value: str = TOTAL
    ) -> list[Figure]:
        """The figures of an indicator that are given, year by year."""
        keys = (Key(indicator, cut, value, kind, code, year) for year in self.published.years)
        return [self.figures[key] for key in keys if key in self.figures and self.figures[key].is_shown]

    def earlier(self, indicator: str, cut: str = TOTAL, value: str = TOTAL) -> list[dict[str, Any]]:
        """National results that were printed of years before there were rows, year by year, each with its source."""
        return self.published.optional_rows(
            "published.historical_results",
            "select reporting_year, value, source from published.historical_results"
            " where indicator_code = ? and cut = ? and cut_value = ? order by reporting_year",
            [indicator, cut, value],
        )

    def past(self, key: Key) -> Past:
        """What there is of the year before a figure."""
        earlier = (key._replace(year=year) for year in self.published.years if year < key.year)
        before = self.figures.get(key._replace(year=key.year - 1))
        return Past(key.year - 1, before, self.changes.get(key), any(old in self.figures for old in earlier))

    def is_of_few(self, year: int) -> bool:
        """Whether fewer PLIE delivered a year than a comparison needs (D75): the counts are of these alone."""
        rate = self.get("plie_participation_rate", year)
        least = self.published.parameter("comparison_min_participation", year)
        return None not in (rate, least) and rate.is_shown and rate.exact < least

    def latest(self, indicators: Iterable[str], years: Iterable[int], default: int) -> int:
        """The last of the years in which one of the indicators is given for the nation."""
        wanted = tuple(indicators)
        for year in sorted(years, reverse=True):
            if any((figure := self.get(name, year)) is not None and figure.is_shown for name in wanted):
                return year
        return default
