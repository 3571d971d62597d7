"""What each PLIE delivers for a year: its slice of the population, and the steps of the year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from plie_warehouse.simulator.plie_targets import DECLARED
from plie_warehouse.simulator.quotas import counts_of, deal, pick, share_between
from plie_warehouse.simulator.simulated_actions import action_codes
from plie_warehouse.simulator.simulated_esf import at_entry, at_exit, followups
from plie_warehouse.simulator.simulated_plie import OPEN, Population, generator
from plie_warehouse.simulator.writing import YES_NO, days_since

# Steps per person, and the kinds of step, differ between PLIE.
INTENSITY_TILT, KIND_TILT = 0.35, 0.5
BEFORE_THE_YEAR = 45  # days: a step of the year may have begun so much before it


def draw_year(
    population: Population, codes: Sequence[str], year: int, managed: Sequence[int] = ()
) -> dict[str, pd.DataFrame]:
    """The rows of a year: participants, steps, exits, follow-ups, with the column `place` of the PLIE in ``codes``.

    ``managed``: the places of the PLIE whose ESF credits an intermediate body manages: they say what the ESF+ asks for.
    Types of the columns: see ``writing.Cells``.
    """
    rng = generator(population.seed, "delivery", year)
    there = population.parcours
    there = there[(there["cohort"] <= year) & ((there["left"] == OPEN) | (there["left"] >= year))]
    there = there.sort_values(["place", "entry", "pseudonym"], kind="stable")
    place = there["place"].to_numpy()
    leaves = there["left"].to_numpy() == year
    common = pd.DataFrame({
        "place": place,
        "reporting_year": str(year),
        "plie_code": np.asarray(codes, dtype=object)[place],
        "participant_id": [f"SYN-{number:08x}" for number in there["pseudonym"].tolist()],
        "parcours_no": there["parcours_no"].astype(str).to_numpy(),
    }, index=there.index)  # fmt: skip
    birth = there["birth_year"].to_numpy()
    participants = common.assign(
        entry_date=there["entry"],
        sex=there["sex"].replace("inconnu", ""),
        birth_year=np.where(birth > 0, birth.astype(str).astype(object), ""),
        education_level=there["education_level"],
        jobseeker_months=there["jobseeker_months"],
        is_rsa=there["rsa"].map(YES_NO),
        is_other_minimum_income=there["other_income"].map(YES_NO),
        is_disabled_worker=there["disabled"].map(YES_NO),
        is_qpv_resident=there["qpv"].map(YES_NO),
        referent_id=referents(population, common["plie_code"].to_numpy(), place, leaves, rng),
        **at_entry(there, common["plie_code"].to_numpy(), managed),
    )
    gone = there[leaves]
    exits = common[leaves].join(population.jobs.loc[gone.index])
    exits = exits.assign(exit_date=gone["exit"], exit_reason=gone["reason"].replace(DECLARED), **at_exit(gone, managed))
    exit_day = np.where(leaves, there["exit"].to_numpy(), 0)
    second = ~leaves & (there["parcours_no"] > 1) & (there["cohort"] == year)
    steps, host = _steps(population, common, there["entry"].to_numpy(), exit_day, second.to_numpy(), year, rng)
    return {
        "participants": participants,
        "steps": steps.assign(**action_codes(steps, there.iloc[host], codes, year)),
        "exits": exits.sort_values(["place", "exit_date", "participant_id"]),
        "followups": followups(population.parcours, codes, managed, year),
    }


def referents(
    population: Population, code: np.ndarray, place: np.ndarray, leaves: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """A referent for each parcours, with 60 to 100 persons open at the end of the year; both ends occur.

    Those who left were followed by one of the same referents. A PLIE too small for that has one referent.
    """
    load = population.targets.caseload
    dealt = np.zeros(len(place), dtype=int)
    largest = np.bincount(place[~leaves]).argmax()
    for one in np.unique(place).tolist():
        mine = np.flatnonzero(place == one)
        staying, gone = mine[~leaves[mine]], mine[leaves[mine]]
        sizes = caseloads(len(staying), load["low"], load["high"], load["usual"], one == largest, rng)
        dealt[staying] = rng.permutation(np.repeat(np.arange(len(sizes)), sizes))
        dealt[gone] = rng.integers(0, len(sizes), len(gone))
    return np.array([f"REF-{name}-{number + 1:02d}" for name, number in zip(code, dealt.tolist(), strict=True)], object)


def caseloads(persons: int, low: int, high: int, usual: int, ends: bool, rng: np.random.Generator) -> np.ndarray:
    """How many persons each referent of a PLIE follows. ``ends``: one follows ``low``, another ``high``."""
    fewest, most = -(-persons // high), persons // low
    count = min(max(round(persons / usual), fewest), most) if most >= fewest else max(1, round(persons / usual))
    if count * low > persons or count * high < persons:
        return np.array([persons]) if count <= 1 else np.bincount(np.arange(persons) % count)
    if ends and count > 4:
        rest = share_between(persons - low - high, rng.gamma(40, 1, count - 2), low, high)
        return np.concatenate([[low, high], rest])
    return share_between(persons, rng.gamma(40, 1, count), low, high)


def served_of(
    rows: np.ndarray, place: np.ndarray, count: int, tilt: np.ndarray, without: Mapping[int, float],
    rng: np.random.Generator,
) -> np.ndarray:  # fmt: skip
    """``count`` of ``rows``, those with a step; in a place of ``without``, all but its share. ``tilt``: by place."""
    fixed = []
    for one, share in without.items():
        mine = rows[place[rows] == one]
        fixed.append(mine[pick(len(mine) - round(share * len(mine)), np.zeros(len(mine)), rng)])
    rest = rows[~np.isin(place[rows], list(without))]
    left = min(count - sum(map(len, fixed)), len(rest))
    return np.sort(np.concatenate([*fixed, rest[pick(left, tilt[place[rest]], rng)]]))


def _steps(
    population: Population, common: pd.DataFrame, entry: np.ndarray, exit_day: np.ndarray, second: np.ndarray,
    year: int, rng: np.random.Generator,
) -> tuple[pd.DataFrame, np.ndarray]:  # fmt: skip
    """The steps of a year, and the row of ``common`` that each is of: so many of each kind, in so many persons; each is
    active in the year and in its parcours.

    ``second``: the parcours that a person began in the year after another one of it, which get no step.
    """
    targets, of = population.targets, population.targets.of(year)
    new_year, last_day = days_since(year, 1, 1), days_since(year, 12, 31)
    place = common["place"].to_numpy()
    plie = generator(population.seed, "steps")
    count = len(population.stock_sizes)
    intensity = plie.normal(0, INTENSITY_TILT, count)
    first = np.flatnonzero(~second)
    of_one = {
        one: shares["without_step"]
        for one, shares in population.of_one_plie.get(year, {}).items()
        if "without_step" in shares
    }
    served = served_of(first, place, of.with_step, intensity * 2, of_one, rng)
    total = sum(of.steps.values())
    chance = np.exp(intensity[place[served]])
    more = rng.choice(served, total - len(served), p=chance / chance.sum())
    host = np.sort(np.concatenate([served, more]))

    tilts = {kind: plie.normal(0, KIND_TILT, count)[place[host]] for kind in list(of.steps)[:-1]}
    kind = deal(of.steps, total, rng, tilts)
    details = np.empty((total, 3), dtype=object)
    for name, choices in targets.step_details.items():
        rows = np.flatnonzero(kind == name)
        counts = counts_of(len(rows), {str(number): choice[3] for number, choice in enumerate(choices)})
        chosen = deal(counts, len(rows), rng).astype(int)
        details[rows] = np.array([choice[:3] for choice in choices], dtype=object)[chosen]

    leaves = exit_day[host] > 0
    last = np.where(leaves, exit_day[host], last_day)
    earliest = np.minimum(np.maximum(entry[host], new_year - BEFORE_THE_YEAR), last)
    start = rng.integers(earliest, last + 1)
    names = [name if name in targets.step_days else "autre" for name in details[:, 0]]
    bounds = np.array([targets.step_days[name] for name in names])
    end = np.maximum(start + rng.integers(bounds[:, 0], bounds[:, 1] + 1), new_year)
    end = np.where(leaves, np.minimum(end, exit_day[host]), end)
    frame = common.iloc[host].reset_index(drop=True)
    number = np.arange(total) - np.searchsorted(place[host], place[host])
    frame = frame.assign(
        step_id=[f"ET-{year}-{one + 1:05d}" for one in number.tolist()],
        step_type=details[:, 0],
        start_date=start,
        end_date=np.where(end > last_day, 0, end),
        contract_type=details[:, 2],
        employer_type=details[:, 1],
    )
    return frame, host
