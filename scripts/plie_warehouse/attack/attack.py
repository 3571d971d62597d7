"""Run the attack on a serving folder or on one published file."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import inf
from pathlib import Path

from plie_warehouse.attack.attack_result import Findings, judge, targets
from plie_warehouse.attack.bounds import Contradiction, propagate
from plie_warehouse.attack.knowledge import Measure
from plie_warehouse.attack.private import agreeing_years
from plie_warehouse.attack.protection_level import YEARS_AGREE, ProtectionLevel
from plie_warehouse.attack.published import FILE, AttackError, Reading, Registry, find, read
from plie_warehouse.attack.system import KEPT, Builder, Cells, merge_kept, years_agree

USED, UNUSED = "l'attaque s'en sert", "l'attaque ne s'en sert pas"
CONTRADICTS = f"{UNUSED}, ce serait contradictoire"


@dataclass
class Outcome:
    """What the attack found. ``alone``: territory and measure of what it finds without kept versions and without the
    years too; None when it had neither."""

    reading: Reading
    builder: Builder
    findings: Findings
    alone: set[tuple[tuple[int, str, str], Measure]] | None
    level: ProtectionLevel
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def full_share(self) -> float:
        """Of the primary counts, those that keep every value below the threshold, or all that could be kept."""
        primary = self.findings.target.primary
        return float(self.findings.full[primary].mean()) if primary.any() else 1.0

    @property
    def succeeded(self) -> bool:
        return bool(self.findings.broken.any()) or self.full_share < self.level.full


def attack(
    place: Path,
    level: ProtectionLevel | None = None,
    years: float = YEARS_AGREE,
    kept: Sequence[Path] = (),
    private: Path | None = None,
) -> Outcome:
    """Attack a serving folder or a published file. ``years``: see ``YEARS_AGREE``; above 1 the years are attacked one
    by one. ``kept``: folders of releases that a reader kept and that are no more beside the one in place. ``private``:
    the private file, of which the attack takes only in which territories the years agree: what is wrong elsewhere would
    make it find what is not so.

    Raises ``AttackError`` when something cannot be read, or when what is published contradicts itself."""
    begun = time.perf_counter()
    level = level or ProtectionLevel()
    registry = Registry()
    file, folders = find(place)
    reading = read(file, registry, "actuelle")
    if private:
        reading = replace(reading, agreeing_years=agreeing_years(private))
    notes = list(reading.notes)
    older: list[Reading] = []
    for folder in kept:
        if not (folder / FILE).is_file():
            raise AttackError(f"{folder} : aucun fichier publié ({FILE})")
    for folder in [*folders, *kept]:
        if (folder / FILE).is_file():
            older.append(read(folder / FILE, registry, f"{KEPT}{folder.name}", copies=False))
    together = reading
    for one in older:
        added, unchanged, changed = merge_kept(registry, reading, one, level)
        more = replace(together, columns=[*together.columns, *added.columns], ratios=[*together.ratios, *added.ratios])
        fits = _can_be_true(Builder(Cells(registry, more, level)), years=False)
        together = more if fits else together
        use = USED if fits else CONTRADICTS
        notes.append(f"{one.name} : {unchanged} territoires et années inchangés, {changed} changés ; {use}")

    agree = _years(registry, together, level, years, notes)
    grows_from = _growths(registry, together, level, years, notes)
    builder, findings = _run(registry, reading, together, level, agree, grows_from)
    alone = None
    if findings.broken.any() and (together is not reading or agree or builder.growths):
        own, found = _run(registry, reading, reading, level, False)
        cells = own.cells
        alone = {
            (cells.units[cells.unit[cell]], cells.measures[cells.measure[cell]])
            for cell in found.target.cells[found.broken].tolist()
        }
    return Outcome(reading, builder, findings, alone, level, notes, time.perf_counter() - begun)


def _years(registry: Registry, reading: Reading, level: ProtectionLevel, share: float, notes: list[str]) -> bool:
    """Whether the attacker may take it that the years agree."""
    builder = Builder(Cells(registry, reading, level))
    checked, agreeing, agree = years_agree(builder, share)
    if not checked:
        return False
    fits = agree and _can_be_true(builder, years=True)
    use = USED if fits else CONTRADICTS if agree else UNUSED
    notes.append(f"stock + entrées = parcours l'année suivante : {agreeing} fois sur {checked} ; {use}")
    return fits


def _growths(registry: Registry, reading: Reading, level: ProtectionLevel, share: float, notes: list[str]) -> float:
    """The share from which the attacker takes it that cumulated figures do not fall, and that they are of those whom
    the network counted; above 1 he does not."""
    builder = Builder(Cells(registry, reading, level), grows_from=share)
    fits = _can_be_true(builder, years=False)
    if builder.growths or not fits:
        notes.append(f"chiffres cumulés d'une année à l'autre : {builder.growths} ; {USED if fits else CONTRADICTS}")
    return share if fits else inf


def _can_be_true(builder: Builder, years: bool) -> bool:
    """What is known fits together, as far as bounds tell."""
    try:
        propagate(builder.build(years))
    except Contradiction:
        return False
    return not builder.cells.contradictions


def _run(
    registry: Registry,
    reading: Reading,
    together: Reading,
    level: ProtectionLevel,
    years: bool,
    grows_from: float = inf,
) -> tuple[Builder, Findings]:
    """Attack ``reading`` with what ``together`` shows."""
    cells = Cells(registry, together, level)
    builder = Builder(cells, grows_from=grows_from)
    system = builder.build(years)
    if cells.contradictions:
        raise AttackError("les chiffres publiés se contredisent : " + " ; ".join(cells.contradictions[:5]))
    return builder, judge(builder, system, targets(cells, reading), level)
