"""The targets of the PLIE in whole numbers: what each year has to give, at any multiple of the national size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from plie_warehouse.simulator.quotas import Counts, counts_of
from plie_warehouse.simulator.targets import load_targets, of_year

DURABLE, TRAINING, OTHER_POSITIVE = "emploi_durable", "formation_qualifiante", "autre_sortie_positive"
POSITIVE = (DURABLE, TRAINING, OTHER_POSITIVE)
# Declared as the one before, without the evidence for it: they count with the exits without follow-up.
UNPROVEN_JOB, UNPROVEN_TRAINING = "emploi_sans_preuve", "formation_sans_preuve"
DECLARED = {UNPROVEN_JOB: DURABLE, UNPROVEN_TRAINING: TRAINING}


@dataclass(frozen=True)
class Leaving:
    """A profile of those who leave: how many of each code among the positive exits, and among the others."""

    positive: Counts
    nofollow: Counts


@dataclass(frozen=True)
class Year:
    """One year in whole numbers. ``reasons`` add up to ``exits``; ``steps``: kind of step → how many."""

    year: int
    entries: int
    exits: int
    same_year: int
    reasons: Counts
    leaving: Mapping[str, Leaving]
    entering: Mapping[str, Counts]
    jobs: Mapping
    steps: Counts
    with_step: int

    @property
    def positive(self) -> int:
        return sum(self.reasons[reason] for reason in POSITIVE)


class PlieTargets:
    """The targets of every year up to the last one, ``scale`` times the national size.

    ``panel``: those of the few PLIE of a panel, with the shares of the network and their part of its volume; the
    sizes that one PLIE may have stay the same.
    """

    def __init__(self, scale: float = 1.0, panel: int | None = None) -> None:
        self._data = load_targets("plie")
        self.panel = panel
        mine: Mapping = {} if panel is None else self._data["panels"][panel]
        self.scale = scale * mine.get("volume", 1)
        self.panel_regions: list[str] = mine.get("regions", [])
        self.last_year: int = self._data["last_year"]
        self.delivering: int = self._data["network"]["delivering"]
        self.returns = self.scaled(self._data["returns"])
        self.entered_twice = self.scaled(self._data["entered_twice"])
        self.persons = self.scaled(self._data["persons"])
        self.smallest_stock, self.largest_stock = (
            round(self._data[name] * scale) for name in ("smallest_stock", "largest_stock")
        )
        self.spread: float = self._data["spread"]
        self.caseload: Mapping[str, int] = self._data["caseload"]
        self.survival: list[float] = self._data["survival"]
        self.step_details: Mapping[str, list] = self._data["step_details"]
        self.step_days: Mapping[str, list[int]] = self._data["step_days"]
        self._years: dict[int, Year] = {}

    def panels_of(self, years: Sequence[int]) -> dict[int, list[int]]:
        """Panel → the years of these that it delivers."""
        named = {year: number for number, panel in enumerate(self._data["panels"]) for year in panel.get("years", ())}
        return {
            number: [year for year in years if named.get(year, 0) == number]
            for number in range(len(self._data["panels"]))
        }

    def of_one_plie(self, codes: Sequence[str]) -> dict[int, dict[int, Mapping]]:
        """Year → place of a PLIE → what is printed of it alone. ``codes``: those of the PLIE, by place."""
        return {
            year: {codes.index(code): shares for code, shares in plies.items() if code in codes}
            for year, plies in self._data["of_one_plie"].items()
        }

    def scaled(self, count: float) -> int:
        return round(count * self.scale)

    @property
    def last_stock(self) -> int:
        """Parcours open at the end of the last year: those of the year, one more for each return, less its exits."""
        return self.persons + self.returns - self.of(self.last_year).exits

    def stock(self, year: int) -> int:
        """Parcours open at the end of a year: those of the last one, and back from there by exits and entries."""
        stock = self.last_stock
        for later in range(self.last_year, year, -1):
            stock += self.of(later).exits - self.of(later).entries
        return stock

    def of(self, year: int) -> Year:
        """The targets of one year."""
        if year not in self._years:
            self._years[year] = self._whole(year)
        return self._years[year]

    def _whole(self, year: int) -> Year:
        spec = of_year(self._data, year)
        reasons = self._reasons(spec)
        exits = sum(reasons.values())
        positive = sum(reasons[reason] for reason in POSITIVE)
        entries = self.scaled(spec["entries"])
        return Year(
            year=year,
            entries=entries,
            exits=exits,
            same_year=round(entries * self._data["same_year"]),
            reasons=reasons,
            leaving={name: _leaving(codes, exits, positive) for name, codes in spec["leaving"].items()},
            entering=self._entering(spec, entries),
            jobs=spec["jobs"],
            steps=self._steps(spec),
            with_step=self.scaled(spec["with_step"]),
        )

    def _reasons(self, spec: Mapping) -> Counts:
        """Reason of exit → how many; those without the evidence under names of their own."""
        if "reasons" in spec:
            counts = {reason: self.scaled(count) for reason, count in spec["reasons"].items()}
        else:
            exits = self.scaled(spec["exits"])
            positive = round(exits * spec["positive"])
            counts = counts_of(positive, spec["positive_reasons"])
            counts["abandon"] = round(exits * spec["abandoned"])
            counts["neutralisee"] = round(exits * spec["neutralised"])
            counts["autre"] = exits - positive - counts["abandon"] - counts["neutralisee"]
        neutralised, other = counts.pop("neutralisee"), counts.pop("autre")
        unproven = {name: self.scaled(spec["unproven"][declared]) for name, declared in DECLARED.items()}
        counts |= counts_of(neutralised, spec["neutralised_reasons"]) | unproven
        return counts | counts_of(other - sum(unproven.values()), spec["other_reasons"])

    def _entering(self, spec: Mapping, entries: int) -> dict[str, Counts]:
        found = {}
        for name, shares in spec["entering"].items():
            counts = {code: self.scaled(count) for code, count in spec.get("entering_counts", {}).get(name, {}).items()}
            found[name] = counts | counts_of(entries - sum(counts.values()), shares)
        return found

    def _steps(self, spec: Mapping) -> Counts:
        if "step_counts" in spec:
            return {kind: self.scaled(count) for kind, count in spec["step_counts"].items()}
        return counts_of(self.scaled(spec["steps"]), spec["step_shares"])


def _leaving(codes: Mapping[str, Mapping], exits: int, positive: int) -> Leaving:
    """Counts of a profile among the exits, from its shares and rates; the rate `rest` makes up the total."""
    counts = counts_of(exits, {code: target["share"] for code, target in codes.items()})
    rated = {code: round(counts[code] * target["rate"]) for code, target in codes.items() if target["rate"] != "rest"}
    rest = next(code for code, target in codes.items() if target["rate"] == "rest")
    rated[rest] = positive - sum(rated.values())
    return Leaving(
        positive={code: rated[code] for code in counts},
        nofollow={code: counts[code] - rated[code] for code in counts},
    )
