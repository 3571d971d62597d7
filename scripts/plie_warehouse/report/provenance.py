"""Where each figure of a page comes from: every figure is written through a ledger, which links it to its entry in the
appendix and lists it for ``report.json``."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from itertools import groupby
from typing import Any

from markupsafe import Markup

from plie_warehouse.report.figures import Change, Figure, Key
from plie_warehouse.report.published import Published
from plie_warehouse.report.typography import SPACE, exact, number

NO_FIGURE = "sans donnée"
NOTHING = "–"


@dataclass(frozen=True)
class Column:
    """A column of the appendix."""

    name: str
    title: str

    def says_more(self, row: dict[str, Any]) -> bool:
        return row[self.name] not in (NOTHING, row["shown"])


COLUMNS = (Column("sum", "Calcul"), Column("coverage", "Couverture"), Column("change", "Écart affiché"))


@dataclass
class Ledger:
    """The figures of one page, in the order in which they were first written."""

    published: Published
    used: dict[Key, Figure] = field(default_factory=dict)
    changes: dict[Key, Change] = field(default_factory=dict)
    # Numbers that are no figure of a release: years, counts of rows, what was printed; each with what it is.
    others: dict[str, str] = field(default_factory=dict)

    def link(self, figure: Figure | None) -> Markup:
        """The figure as readers see it, as a link to its entry; what stands instead when there is no such figure."""
        if figure is None:
            return Markup('<span class="none">{}</span>').format(NO_FIGURE)
        self.note(figure)
        kind = "f" if figure.is_shown else "f none"
        return Markup('<a class="{}" href="#{}">{}</a>').format(kind, figure.key.anchor, figure.shown)

    def link_change(self, figure: Figure, change: Change, text: str) -> Markup:
        """A change as a link to the entry of the figure that changed."""
        self.note(figure)
        self.changes[figure.key] = change
        return Markup('<a class="f" href="#{}">{}</a>').format(figure.key.anchor, text)

    def note(self, figure: Figure) -> str:
        """Enter a figure; returns the address of its entry."""
        self.used.setdefault(figure.key, figure)
        return f"#{figure.key.anchor}"

    def other(self, value: object, meaning: str, decimals: int = 0) -> Markup:
        """A number that is no figure of a territory, with what it is."""
        text = number(Fraction(value), decimals)
        self.others[text] = meaning
        return Markup("<span data-number>{}</span>").format(text)

    def groups(self) -> list[dict[str, Any]]:
        """The appendix: one group per indicator and breakdown, with a row per figure."""
        figures = sorted(self.used.values(), key=lambda figure: figure.key)
        return [
            self._group(indicator, cut, list(rows))
            for (indicator, cut), rows in groupby(figures, key=lambda figure: figure.key[:2])
        ]

    def _group(self, indicator: str, cut: str, figures: list[Figure]) -> dict[str, Any]:
        measure = figures[0].measure
        rows = [self._row(figure) for figure in figures]
        return {
            "indicator": indicator,
            "cut": cut,
            "measure": measure,
            "formula": " / ".join(
                self._part(measure, name) for name in (measure.numerator, measure.denominator) if name
            ),
            "rows": rows,
            # Columns that say more than the figure itself: the others stand in ``report.json`` alone.
            "columns": [column for column in COLUMNS if any(column.says_more(row) for row in rows)],
        }  # fmt: skip

    def _part(self, measure: Any, name: str) -> str:
        return self.published.part_label(measure.mart, measure.cut, name)

    def _row(self, figure: Figure) -> dict[str, Any]:
        change = self.changes.get(figure.key)
        parted = bool(figure.measure.denominator)
        numerator, denominator = (
            exact(part) if parted else NOTHING for part in (figure.numerator, figure.denominator)
        )  # fmt: skip
        value = exact(figure.value if figure.is_shown else None)
        is_quotient = (numerator, denominator) != (NOTHING, NOTHING)
        return {
            "figure": figure,
            "shown": figure.shown,
            "numerator": numerator,
            "denominator": denominator,
            "value": value,
            "sum": f"{numerator} / {denominator} = {value}" if is_quotient else value,
            "coverage": NOTHING if figure.coverage is None else f"{number(figure.coverage * 100, 1)}{SPACE}%",
            "change": NOTHING if change is None else number(change.shown, figure.measure.decimals),
        }

    def as_json(self) -> dict[str, Any]:
        """All numbers of the page, for ``report.json``."""

        def text(value: Fraction | None) -> str | None:
            return (
                None if value is None else exact(value).replace("\u202f", "").replace(",", ".").replace("\u2212", "-")
            )

        figures = []
        for group in self.groups():
            for row in group["rows"]:
                figure: Figure = row["figure"]
                change = self.changes.get(figure.key)
                figures.append(
                    {"id": figure.key.anchor}
                    | {
                        "breakdown_value" if name == "value" else name: part
                        for name, part in figure.key._asdict().items()
                    }
                    | {
                        "label": figure.label,
                        "breakdown_label": figure.cut_label,
                        "territory_name": figure.territory,
                        "status": figure.status,
                        "formula": group["formula"],
                        "rule": figure.measure.rule,
                        "method_version": figure.measure.method,
                        "value": text(figure.value if figure.is_shown else None),
                        "numerator": text(figure.numerator),
                        "denominator": text(figure.denominator),
                        "coverage": text(figure.coverage),
                        "unit": figure.measure.unit,
                        "shown": figure.shown,
                        "change_shown": None if change is None else number(change.shown, figure.measure.decimals),
                        "change_from": None if change is None else change.year,
                        "cells": [row[name] for name in ("numerator", "denominator", "value", "coverage", "change")],
                    }
                )
        return {
            "release": self.published.release,
            "build": self.published.build,
            "as_of_date": self.published.as_of.isoformat(),
            "figures": figures,
            "other_numbers": dict(sorted(self.others.items())),
        }
