"""Sentences around a figure: what it is, and how it compares with the year before. No adjective."""

from __future__ import annotations

from typing import NamedTuple

from markupsafe import Markup

from plie_warehouse.report.figures import Change, Figure
from plie_warehouse.report.provenance import Ledger
from plie_warehouse.report.typography import SPACE, number, plural


class Wording(NamedTuple):
    """How a figure is said: « 52 % + des entrées sont des femmes ». ``one`` serves below 2 in a count."""

    one: str
    many: str


class Past(NamedTuple):
    """What the release has of the year before: the figure, its change, and whether any earlier year has it."""

    year: int
    figure: Figure | None
    change: Change | None
    has_earlier: bool
    # The year before is of other PLIE: its counts are not compared (D75).
    is_of_few: bool = False

    @property
    def is_first(self) -> bool:
        """Whether the release has the figure of no year before."""
        return self.figure is None and self.change is None and not self.has_earlier


def sentence(
    figure: Figure | None, wording: Wording, past: Past, ledger: Ledger, label: str = "", alone: bool = False
) -> Markup:
    """One sentence. ``label``: how a figure is called that is not in the release; ``alone``: that there is no year
    before is said elsewhere."""
    if figure is None:
        return Markup("{} : {}.").format(label, ledger.link(None))
    if not figure.is_shown:
        return Markup("{} : {}.").format(full_label(figure), ledger.link(figure))
    words = wording.many if figure.measure.is_rate else plural(figure.shown_value, *wording)
    compared = Markup() if alone else comparison(figure, past, ledger)
    return Markup("{} {}{}.").format(ledger.link(figure), words, compared)


def comparison(figure: Figure, past: Past, ledger: Ledger) -> Markup:
    """The half of a sentence that compares: up, down, equal, equal once rounded, year before not given, first year."""
    change = past.change
    if past.is_of_few and not figure.measure.denominator:
        return Markup()
    if change is not None:
        if change.shown:
            words = "de plus" if change.shown > 0 else "de moins"
            amount = number(abs(change.shown), figure.measure.decimals) + _unit(figure, change)
            return Markup(", {} {} qu’en {}").format(ledger.link_change(figure, change, amount), words, change.year)
        if change.exact:
            return Markup(", au même niveau qu’en {} à l’arrondi").format(change.year)
        return Markup(", comme en {}").format(change.year)
    if past.figure is not None and not past.figure.is_shown:
        return Markup(" ({} : {})").format(past.year, ledger.link(past.figure))
    if past.has_earlier:
        return Markup(" ({} : {})").format(past.year, ledger.link(None))
    return Markup(" (première année connue)")


def _unit(figure: Figure, change: Change) -> str:
    if change.unit == "points":
        return SPACE + plural(change.shown, "point", "points")
    return figure.measure.unit_shown


def full_label(figure: Figure) -> str:
    """The name of a figure with the value of its breakdown."""
    return figure.label if figure.key.cut == "total" else f"{figure.label} ({figure.cut_label})"
