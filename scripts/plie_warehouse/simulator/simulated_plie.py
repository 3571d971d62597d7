"""Every parcours of the PLIE over some years, each once, with its entry, its exit and the person as known at entry.

A delivery is a slice of it: those in parcours at some time of the year. So the years follow from one another: who is
open on 31 December is there on 1 January. The years are drawn from the last one back, each from the seed and its own
number, so that a year is the same whichever others are asked for.

Days are numbered from `writing.EPOCH`, 0 being none; a yes or no is text here (`oui`, `non`, `inconnu`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from zlib import crc32

import numpy as np
import pandas as pd

from plie_warehouse.simulator.plie_targets import (
    DECLARED,
    DURABLE,
    OTHER_POSITIVE,
    POSITIVE,
    TRAINING,
    UNPROVEN_JOB,
    UNPROVEN_TRAINING,
    PlieTargets,
    Year,
)
from plie_warehouse.simulator.quotas import Counts, QuotaError, counts_of, deal, minus, pick, share_between, share_out
from plie_warehouse.simulator.writing import days_since

OPEN = 0  # year of exit of those who are still there at the end of the last year
PANEL_BLOCK = 50  # of the numbers behind the pseudonyms of the first panel: beyond those of the network, one a year

# How much PLIE differ, and how much what a person is goes together: both on the scale of `quotas.pick`.
PLIE_TILT = {
    "positive": 0.4, "exits": 0.15, "recent": 0.25, "femme": 0.15, "senior": 0.2, "jeune": 0.3, "non_qualifie": 0.45,
    "niveau_3": 0.15, "long_term": 0.35, "rsa": 0.45, "qpv": 1.1, "disabled": 0.35, "unknown": 1.2, "abandon": 0.5,
    "neutralisee": 0.25,
}  # fmt: skip
PERSON_TILT = {"non_qualifie": 0.4, "niveau_3": 0.1, "long_term": 0.5, "rsa": 0.4, "qpv": 0.3}

DURABLE_DAYS = 222  # entered that long before an exit with a durable job: it began after the entry, and lasted
MONTHS = (1.15, 0.95, 1.05, 0.9, 0.95, 1.05, 0.8, 0.45, 1.35, 1.2, 1.1, 0.85)  # entries and exits over a year

BACK_FROM = ("abandon", "reorientation", "perte_de_contact")
AGES = {"senior": (45, 62), "jeune": (17, 25), "autre": (26, 44)}
LEVELS = {
    "non_qualifie": {"1": 0.36, "2": 0.64}, "niveau_3": {"3": 1}, "inconnu": {"": 1},
    "autre": {"4": 0.56, "5": 0.22, "6": 0.14, "7": 0.07, "8": 0.01},
}  # fmt: skip
EXIT_ORDER = ("sex", "age", "level", "long_term", "rsa", "qpv", "disabled")


def generator(seed: int, *names: int | str) -> np.random.Generator:
    """The generator of one thing: what is drawn for it does not depend on what else is drawn."""
    return np.random.default_rng([seed, *(crc32(name.encode()) if isinstance(name, str) else name for name in names)])


class Population:
    """The parcours that any of ``years`` needs; ``parcours`` holds them, ``jobs`` what is known of the exits.

    ``panel``: the places of the only PLIE that have any, as ``targets`` for a panel want it; none: all have. Nobody of
    a panel is somebody of the network: their pseudonyms differ. ``codes``: those of the PLIE, by place, where what is
    printed of one of them alone is to be met.
    """

    def __init__(
        self,
        targets: PlieTargets,
        years: Sequence[int],
        seed: int,
        panel: Sequence[int] = (),
        codes: Sequence[str] = (),
    ) -> None:
        self.targets, self.seed = targets, seed
        last = targets.last_year
        # The year before is drawn too: who entered in it and left in the next may have come back from a parcours of it,
        # and those who entered in the last year but one have their profiles by quota.
        self.first = min([*years, last]) - 1
        self.first_block = 0 if targets.panel is None else PANEL_BLOCK * (targets.panel + 1)
        self.of_one_plie = targets.of_one_plie(codes)
        self.tilts, weights = drawn_places(targets, seed)
        self.stock_sizes = panel_sizes(weights, targets, panel) if panel else settled_sizes(weights, targets)
        groups = [self._open()] + [self._left(year) for year in range(last, self.first - 1, -1)]
        self.parcours = pd.concat(groups, ignore_index=True)
        self._deal_entrants()
        for year, places in self.of_one_plie.items():
            for place, shares in places.items():
                for name in shares.keys() & set(EXIT_ORDER):
                    for code, share in shares[name].items():
                        self._fit_one_plie(year, place, name, code, share)
        self._spell_out()
        self.jobs = self._jobs()
        self._pair_returns()

    # ------------------------------------------------------------------ who is there, from when to when

    def cohorts(self, year: int) -> dict[int, int]:
        """Year of entry → parcours open at the end of ``year``; every year of entry loses some each year."""
        of = self.targets.of(year)
        newest = of.entries - of.same_year
        ages = np.arange(1, len(self.targets.survival))
        entries = np.array([self.targets.of(year - age).entries for age in ages])
        older = share_out(self.targets.stock(year) - newest, entries * np.array(self.targets.survival[1:]))
        return {year: newest} | {year - int(age): int(count) for age, count in zip(ages, older, strict=True)}

    def _open(self) -> pd.DataFrame:
        """Those still there at the end of the last year."""
        rng = generator(self.seed, "open")
        place = np.repeat(np.arange(len(self.stock_sizes)), self.stock_sizes)
        cohort = self._cohorts_dealt(self.cohorts(self.targets.last_year), place, rng)
        entry = days_of_year(cohort, rng)
        return pd.DataFrame(
            {
                "place": place,
                "cohort": cohort,
                "left": OPEN,
                "entry": entry,
                "exit": 0,
                "reason": "",
                "handicap": rng.normal(size=len(place)),
            }
        )

    def _left(self, year: int) -> pd.DataFrame:
        """Those who leave in ``year``, and why. Whoever enters and leaves in one year leaves without follow-up."""
        rng = generator(self.seed, "left", year)
        of = self.targets.of(year)
        sizes = share_out(of.exits, self.stock_sizes * np.exp(self.tilts["exits"]))
        place = np.repeat(np.arange(len(sizes)), sizes)
        before, after = self.cohorts(year - 1), self.cohorts(year)
        counts = {cohort: count - after.get(cohort, 0) for cohort, count in before.items()}
        cohort = self._cohorts_dealt({year: of.same_year} | counts, place, rng)

        reason = np.empty(len(place), dtype=object)
        positive = pick(of.positive, np.where(cohort == year, -np.inf, self.tilts["positive"][place]), rng)
        reason[positive] = deal({name: of.reasons[name] for name in POSITIVE}, len(positive), rng)
        other = np.setdiff1d(np.arange(len(place)), positive)
        longer = np.where(cohort[other] == year, -np.inf, 0.0)  # a contract that was not proven began after the entry
        tilts = {UNPROVEN_JOB: longer, UNPROVEN_TRAINING: longer, "abandon": self.tilts["abandon"][place[other]]}
        tilts["demenagement"] = self.tilts["neutralisee"][place[other]]
        counts = {name: count for name, count in of.reasons.items() if name not in POSITIVE}
        counts = {name: counts[name] for name in (*DECLARED, *(name for name in counts if name not in DECLARED))}
        reason[other] = deal(counts, len(other), rng, tilts)

        handicap = rng.normal(size=len(place))
        first, last = days_since(year, 1, 1), days_since(year, 12, 31)
        soon = cohort == year
        entry = np.where(soon, first + (rng.random(len(place)) * 290).astype(int), days_of_year(cohort, rng))
        slow = np.isin(reason, (DURABLE, TRAINING, *DECLARED))
        earliest = np.maximum(first, entry + np.where(slow, DURABLE_DAYS, np.where(soon, 30, 1)))
        day = days_of_year(np.full(len(place), year), rng)
        day = np.where(day < earliest, earliest + (rng.random(len(place)) * (last + 1 - earliest)).astype(int), day)
        frame = pd.DataFrame(
            {
                "place": place,
                "cohort": cohort,
                "left": year,
                "entry": entry,
                "exit": day,
                "reason": reason,
                "handicap": handicap,
            }
        )
        is_positive = np.isin(reason, POSITIVE)
        for name in EXIT_ORDER:
            frame[name] = ""
            for side, quota in ((is_positive, of.leaving[name].positive), (~is_positive, of.leaving[name].nofollow)):
                rows = np.flatnonzero(side)
                frame.loc[rows, name] = self._profile(name, quota, frame.iloc[rows], rng)
        return frame

    def _cohorts_dealt(self, counts: Mapping[int, int], place: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """A year of entry for each row, exactly as many of each as ``counts`` says; some PLIE have more recent ones."""
        order = np.argsort(self.tilts["recent"][place] + rng.normal(size=len(place)), kind="stable")
        years = np.repeat(sorted(counts, reverse=True), [counts[year] for year in sorted(counts, reverse=True)])
        dealt = np.empty(len(place), dtype=int)
        dealt[order] = years
        return dealt

    # ------------------------------------------------------------------ who they are

    def _profile(self, name: str, counts: Counts, rows: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
        """The codes of one profile dealt to ``rows``: PLIE differ, and hardships go together."""
        place, handicap = rows["place"].to_numpy(), rows["handicap"].to_numpy()
        tilts = {}
        for code in counts:
            key = {"oui": name, "inconnu": "unknown"}.get(code, code)
            if key in PLIE_TILT:
                tilts[code] = self.tilts[key][place] + PERSON_TILT.get(key, 0) * handicap
        order = sorted(counts, key=lambda code: (code != "inconnu", list(counts).index(code)))
        return deal({code: counts[code] for code in order}, len(rows), rng, tilts)

    def _deal_entrants(self) -> None:
        """Profiles of those still there: what their year of entry has to give, less those of it who have left."""
        frame = self.parcours
        still = frame["left"].to_numpy() == OPEN
        for name in EXIT_ORDER:
            values = frame[name].to_numpy(dtype=object, copy=True)
            for cohort in sorted(set(frame.loc[still, "cohort"]), reverse=True):
                rng = generator(self.seed, "entering", name, cohort)
                rows = np.flatnonzero(still & (frame["cohort"].to_numpy() == cohort))
                quota = self.targets.of(cohort).entering[name]
                if cohort >= self.targets.last_year - 1:
                    gone = frame.loc[~still & (frame["cohort"] == cohort), name].value_counts().to_dict()
                    quota = minus(quota, gone)
                else:
                    quota = counts_of(len(rows), quota)
                values[rows] = self._profile(name, quota, frame.iloc[rows], rng)
            frame[name] = values

    def _fit_one_plie(self, year: int, place: int, name: str, code: str, share: float) -> None:
        """Give a share of the parcours that a PLIE has in a year a code of a profile. Each trades its own with one
        elsewhere that began and ended in the same years and as well: no quota of the network moves."""
        frame = self.parcours
        rng = generator(self.seed, "one PLIE", year, place, name, code)
        left, values = frame["left"].to_numpy(), frame[name].to_numpy(dtype=object, copy=True)
        here, has = (frame["place"] == place).to_numpy(), values == code
        # Of the year alone: what is drawn of the years before does not matter.
        of_year = (frame["cohort"] <= year).to_numpy() & ((left == OPEN) | (left >= year))
        there, elsewhere = here & of_year, ~here & of_year
        missing = round(share * there.sum()) - (there & has).sum()
        groups = pd.DataFrame({"left": left, "cohort": frame["cohort"], "good": frame["reason"].isin(POSITIVE)})
        sides = []
        for rows in (there & (has == (missing < 0)), elsewhere & (has == (missing > 0))):
            side = groups.iloc[rng.permutation(np.flatnonzero(rows))]
            turn = side.groupby(["left", "cohort", "good"]).cumcount()
            sides.append(side.assign(turn=turn, row=side.index))
        pairs = sides[0].merge(sides[1], on=["left", "cohort", "good", "turn"]).head(abs(missing))
        if len(pairs) < abs(missing):
            raise QuotaError(f"{len(pairs)} of {abs(missing)} parcours to trade for {code} in {year}")
        one, other = pairs["row_x"].to_numpy(), pairs["row_y"].to_numpy()
        values[one], values[other] = values[other], values[one]
        frame[name] = values

    def _spell_out(self) -> None:
        """What a PLIE writes down: years of birth, levels, months of registration, pseudonyms. Group by group, so that
        a year does not depend on the others."""
        parts = []
        for left, group in self.parcours.groupby("left", sort=False):
            rng = generator(self.seed, "person", int(left))
            parts.append(self._spelt(int(left), group, rng))
        self.parcours = pd.concat(parts, ignore_index=True)

    def _spelt(self, left: int, group: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
        rows = len(group)
        age = np.zeros(rows, dtype=int)
        for code, (low, high) in AGES.items():
            mine = (group["age"] == code).to_numpy()
            age[mine] = rng.integers(low, high + 1, mine.sum())
        level = np.empty(rows, dtype=object)
        for code, shares in LEVELS.items():
            mine = (group["level"] == code).to_numpy()
            level[mine] = deal(counts_of(int(mine.sum()), shares), int(mine.sum()), rng)
        long_term = group["long_term"].to_numpy()
        longer = 12 + np.minimum(rng.exponential(16, rows), 200).astype(int)
        months = np.where(long_term == "oui", longer, rng.integers(0, 12, rows)).astype(str).astype(object)
        # One to one for every number under the prime: no two parcours share a pseudonym, and none tells when it began.
        block = self.first_block + (0 if left == OPEN else self.targets.last_year + 1 - left)
        number = block * 20_000_000 + np.arange(rows)
        pseudonym = (number * 48_271 + 2_021) % 2_147_483_647
        return group.assign(
            birth_year=np.where(age > 0, (group["cohort"].to_numpy() - age), 0),
            education_level=level,
            jobseeker_months=np.where(long_term == "inconnu", "", months),
            other_income=deal(counts_of(rows, {"oui": 0.09, "non": 0.87, "inconnu": 0.04}), rows, rng),
            pseudonym=pseudonym,
            parcours_no=1,
        )

    # ------------------------------------------------------------------ what they left for

    def _jobs(self) -> pd.DataFrame:
        """Jobs and trainings of the exits, in the order of ``parcours`` without the open ones."""
        parts = []
        for left, group in self.parcours[self.parcours["left"] != OPEN].groupby("left", sort=False):
            year = int(left)
            draws = (generator(self.seed, name, year) for name in ("jobs", "early"))
            parts.append(drawn_jobs(group, self.targets.of(year), *draws))
        return pd.concat(parts)

    # ------------------------------------------------------------------ who came back

    def _pair_returns(self) -> None:
        """Some who left without follow-up in the first half of a year came back in the second, for another parcours.
        Some of them had entered in that year."""
        frame = self.parcours
        taken = np.zeros(len(frame), dtype=bool)
        ids, numbers, births = (frame[name].to_numpy(copy=True) for name in ("pseudonym", "parcours_no", "birth_year"))
        place, sex, age = frame["place"].to_numpy(), frame["sex"].to_numpy(), frame["age"].to_numpy()
        cohort, left = frame["cohort"].to_numpy(), frame["left"].to_numpy()
        entry, exit_day, reason = frame["entry"].to_numpy(), frame["exit"].to_numpy(), frame["reason"].to_numpy()
        for year in range(self.targets.last_year, self.first - 1, -1):
            rng = generator(self.seed, "returns", year)
            middle = days_since(year, 7, 1)
            # Only those who leave in the next year come back from it: a later year shows none whose first parcours is
            # older than the years drawn.
            next_exit = OPEN if year == self.targets.last_year else year + 1
            free = (age != "inconnu") & ~taken
            gone = np.flatnonzero((left == year) & (exit_day < middle) & np.isin(reason, BACK_FROM) & free)
            back = np.flatnonzero((cohort == year) & (left == next_exit) & (entry >= middle) & free)
            gone, back = rng.permutation(gone), rng.permutation(back)
            grown = np.array([_age_code(year - birth) for birth in births[gone]], dtype=object)
            one = pd.DataFrame({"place": place[gone], "sex": sex[gone], "age": grown, "gone": gone})
            two = pd.DataFrame({"place": place[back], "sex": sex[back], "age": age[back], "back": back})
            for side in (one, two):
                side["turn"] = side.groupby(["place", "sex", "age"]).cumcount()
            pairs = one.merge(two, on=["place", "sex", "age", "turn"])
            twice = cohort[pairs["gone"]] == year
            chosen = [
                rows[pick(min(count, len(rows)), np.zeros(len(rows)), rng)]
                for rows, count in (
                    (np.flatnonzero(twice), self.targets.entered_twice),
                    (np.flatnonzero(~twice), self.targets.returns - self.targets.entered_twice),
                )
            ]
            pairs = pairs.iloc[np.concatenate(chosen)]
            former, again = pairs["gone"].to_numpy(), pairs["back"].to_numpy()
            ids[again], births[again], numbers[again] = ids[former], births[former], numbers[former] + 1
            taken[former] = taken[again] = True
        frame["pseudonym"], frame["parcours_no"], frame["birth_year"] = ids, numbers, births


def _age_code(age: int) -> str:
    return "jeune" if age <= AGES["jeune"][1] else "autre" if age <= AGES["autre"][1] else "senior"


def drawn_places(targets: PlieTargets, seed: int) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """How the PLIE differ: the tilts of each, and its weight in the network."""
    rng = generator(seed, "plie")
    tilts = {name: rng.normal(0, sd, targets.delivering) for name, sd in PLIE_TILT.items()}
    return tilts, np.exp(rng.normal(0, targets.spread, targets.delivering))


def panel_sizes(weights: np.ndarray, targets: PlieTargets, panel: Sequence[int]) -> np.ndarray:
    """Parcours open in each PLIE at the end of the last year when only those at the places of ``panel`` have any."""
    sizes, places = np.zeros(len(weights), dtype=int), np.array(panel)
    sizes[places] = share_between(targets.last_stock, weights[places], targets.smallest_stock, targets.largest_stock)
    return sizes


def settled_sizes(weights: np.ndarray, targets: PlieTargets) -> np.ndarray:
    """Parcours open in each PLIE at the end of the last year: each can be shared among referents, one or several, with
    no fewer and no more persons than usual. From 101 to 119 nobody can share."""
    low, high = targets.caseload["low"], targets.caseload["high"]
    sizes = share_between(targets.last_stock, weights, targets.smallest_stock, targets.largest_stock)
    if targets.scale < 1:
        return sizes
    odd = np.flatnonzero((sizes > high) & (sizes < 2 * low))
    wanted = np.where(sizes[odd] - high < 2 * low - sizes[odd], high, 2 * low)
    rest = int((sizes[odd] - wanted).sum())
    sizes[odd] = wanted
    large = np.argsort(-sizes)[1 : 1 + len(sizes) // 3]
    sizes[large] += np.sign(rest) * share_out(abs(rest), np.ones(len(large)))
    return sizes


def days_of_year(years: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A day of each year, more of them in the months when more happens."""
    month = rng.choice(12, len(years), p=np.array(MONTHS) / sum(MONTHS))
    firsts = np.array([[days_since(int(year), number, 1) for number in range(1, 13)] + [days_since(int(year) + 1, 1, 1)]
                       for year in range(years.min(), years.max() + 1)])  # fmt: skip
    row = years - years.min()
    start, end = firsts[row, month], firsts[row, month + 1]
    return start + (rng.random(len(years)) * (end - start)).astype(int)


def drawn_jobs(group: pd.DataFrame, of: Year, rng: np.random.Generator, later: np.random.Generator) -> pd.DataFrame:
    """What is known of the jobs and trainings behind the exits of a year, with the evidence that its reason needs.
    ``later``: draws which exits are dated before their six months are over."""
    jobs, rows = of.jobs, len(group)
    reason, day = group["reason"].to_numpy(), group["exit"].to_numpy()
    where = partial(_where, reason)
    contract = np.full(rows, "", dtype=object)

    def contracts(at: np.ndarray, shares: Mapping[str, float]) -> None:
        contract[at] = deal(counts_of(len(at), shares), len(at), rng)

    durable, unproven = where(DURABLE), where(UNPROVEN_JOB)
    contracts(durable, jobs["durable_contracts"])
    contracts(unproven, jobs["unproven_contracts"])
    for at, spec in (
        (where(OTHER_POSITIVE), jobs["other_positive"]),
        (np.flatnonzero(~np.isin(reason, (*POSITIVE, *DECLARED, "deces", "retraite"))), jobs["nofollow"]),
    ):
        taken = at[pick(round(len(at) * spec["share"]), np.zeros(len(at)), rng)]
        contracts(taken, spec["contracts"])

    # Held for six months when the exit is dated: 184 days are six months at any time of the year.
    start = np.where(contract != "", day - rng.integers(185, 215, rows), 0)
    validated = np.where(reason == DURABLE, start + 184, 0)
    early = durable[later.random(len(durable)) < jobs["early"]]
    start[early] = day[early] - later.integers(60, 150, len(early))
    validated[early] = start[early] + 184
    fixed = ~np.isin(contract, ("", "cdi", "titulaire"))
    length = np.where(reason == DURABLE, rng.integers(184, 400, rows), rng.integers(20, 150, rows))
    end = np.where(fixed, start + length, 0)
    short = (contract != "") & ~np.isin(reason, (DURABLE, UNPROVEN_JOB))
    start = np.where(short, np.maximum(day - rng.integers(0, 25, rows), group["entry"].to_numpy() + 1), start)
    end = np.where(short & fixed, start + length, end)

    category = np.full(rows, "", dtype=object)
    for at in (durable, np.flatnonzero((contract != "") & (reason != DURABLE))):
        known = at[pick(round(len(at) * jobs["employer_known"]), np.zeros(len(at)), rng)]
        category[known] = deal(counts_of(len(known), jobs["employers"]), len(known), rng)
    sector = np.full(rows, "", dtype=object)
    told = [at[pick(round(len(at) * share), np.zeros(len(at)), rng)]
            for name, share in jobs["naf_known"].items() for at in [where(name)]]  # fmt: skip
    known = np.sort(np.concatenate(told))
    sector[known] = deal(counts_of(len(known), jobs["naf"]), len(known), rng)

    trained = np.isin(reason, (TRAINING, UNPROVEN_TRAINING))
    training_end = np.where(trained, day - rng.integers(0, 21, rows), 0)
    training_start = np.where(trained, training_end - rng.integers(45, 181, rows), 0)
    return pd.DataFrame(
        {
            "contract_type": contract, "contract_start_date": start, "contract_end_date": end,
            "validated_on": validated, "employer_category": category, "naf_section": sector,
            "training_start_date": training_start, "training_end_date": training_end,
            "is_certifying": np.where(reason == TRAINING, 1, np.where(reason == UNPROVEN_TRAINING, 0, -1)),
        },
        index=group.index,
    )  # fmt: skip


def _where(reason: np.ndarray, name: str) -> np.ndarray:
    return np.flatnonzero(reason == name)
