"""A figure of the published file, and how a reader sees it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from plie_warehouse.report.typography import SPACE, number, rounded

if TYPE_CHECKING:
    from plie_warehouse.report.published import Published

SHOWN = "publie"
TOTAL = "total"
# What stands in a text or a cell instead of a figure that is not given.
INSTEAD = {
    "masque_primaire": "masqué",
    "masque_secondaire": "masqué",
    "base_insuffisante": "base insuffisante",
    "non_connu": "non connu",
    "non_diffuse": "non diffusé",
}


class Key(NamedTuple):
    """What names a figure."""

    indicator: str
    cut: str
    value: str
    kind: str
    territory: str
    year: int

    @classmethod
    def read(cls, row: dict[str, Any]) -> Key:
        return cls(
            row["indicator_code"], row["cut"], row["cut_value"], row["territory_kind"], row["territory_code"],
            row["reporting_year"],
        )  # fmt: skip

    @property
    def anchor(self) -> str:
        """The same in letters, digits, dots and dashes: the name of the entry in a page."""
        return ".".join(_slug(str(part)) for part in self)


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9_]+", "-", plain).strip("-") or "-"


class Status(NamedTuple):
    """Why a figure is given or not."""

    status: str
    is_shown: bool
    label_fr: str
    explanation_fr: str


@dataclass(frozen=True)
class Measure:
    """A row of the register of measures."""

    mart: str
    cut: str
    numerator: str | None
    denominator: str | None
    unit: str
    factor: int
    decimals: int
    rule: str | None
    label: str
    definition: str
    method: str

    @classmethod
    def read(cls, row: dict[str, Any]) -> Measure:
        return cls(
            row["mart"], row["cut"], row["numerator"], row["denominator"], row["unit"], int(row["shown_factor"]),
            int(row["shown_decimals"]), row["rule_id"], row["label_fr"], row["definition_fr"], row["method_version"],
        )  # fmt: skip

    @property
    def is_rate(self) -> bool:
        return self.unit == "taux"

    @property
    def unit_shown(self) -> str:
        """The sign that follows the number: of rates and amounts alone, for the label names the others."""
        return {"taux": f"{SPACE}%", "euros": f"{SPACE}€"}.get(self.unit, "")


class Change(NamedTuple):
    """A change from the year before, of the two published figures."""

    year: int
    exact: Fraction
    shown: Fraction
    unit: str

    @classmethod
    def read(cls, row: dict[str, Any]) -> Change:
        return cls(
            row["previous_reporting_year"], Fraction(row["change"]), Fraction(row["change_shown"]), row["change_unit"]
        )


@dataclass(frozen=True)
class Figure:
    """One published figure with what it is made of."""

    key: Key
    measure: Measure
    label: str
    cut_label: str
    territory: str
    value: Fraction | None
    numerator: Fraction | None
    denominator: Fraction | None
    coverage: Fraction | None
    status: str

    @classmethod
    def read(cls, row: dict[str, Any], published: Published) -> Figure:
        key = Key.read(row)
        numbers = {
            name: None if row[name] is None else Fraction(row[name])
            for name in ("value", "numerator", "denominator", "coverage")
        }
        return cls(
            key, published.measures[key.indicator, key.cut, row["method_version"]], row["label_fr"],
            row["cut_value_label_fr"] or key.value, row["territory_name"] or key.territory, **numbers,
            status=row["status"],
        )  # fmt: skip

    @property
    def is_shown(self) -> bool:
        return self.status == SHOWN and self.value is not None

    @property
    def exact(self) -> Fraction | None:
        """The value itself: a quotient is taken of its parts, since the file rounds it (D55)."""
        if not self.is_shown:
            return None
        if self.measure.denominator and self.numerator is not None and self.denominator:
            return self.numerator / self.denominator
        return self.value

    @property
    def shown_value(self) -> Fraction | None:
        """The number that a reader sees, in the unit that a reader sees."""
        return None if self.exact is None else rounded(self.exact * self.measure.factor, self.measure.decimals)

    @property
    def shown(self) -> str:
        """The figure as a text, or what stands instead of it."""
        if self.shown_value is None:
            return INSTEAD.get(self.status, "non connu")
        return number(self.shown_value, self.measure.decimals) + self.measure.unit_shown
