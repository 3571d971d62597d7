"""The clean part of the sample: parcours, exits and steps whose national shares come near the printed ones.

Shares are met by quota, not by luck: within a cohort every attribute value gets its share of the rows, and
a supplier's tilt only decides which rows. Every row drawn here is valid; the dirty ones are in `edge_cases`.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

YEARS = (2020, 2021)
JOB_MONTHS = 6  # a durable job is validated after six months


@dataclass(frozen=True)
class Supplier:
    """One PLIE: parcours wanted in 2021, and its tilts (how it differs from the national mean, 0 = not)."""

    plie_code: str
    parcours: int
    referents: int
    positive: float = 0.0
    rsa: float = 0.0
    qpv: float = 0.0
    low_level: float = 0.0


SUPPLIERS = (
    Supplier("59-09", 220, 3, positive=-0.05, rsa=0.2, qpv=0.5, low_level=0.2),
    Supplier("13-05", 185, 2, positive=0.03, rsa=-0.1, qpv=0.0, low_level=-0.1),
    Supplier("93-02", 165, 2, positive=-0.03, rsa=0.1, qpv=0.4, low_level=0.0),
    Supplier("974-01", 130, 2, positive=-0.08, rsa=0.3, qpv=0.3, low_level=0.2),
    Supplier("33-01", 100, 2, positive=0.07, rsa=-0.2, qpv=-0.1, low_level=-0.2),
    Supplier("62-03", 72, 1, positive=0.0, rsa=0.1, qpv=-0.1, low_level=0.1),
    Supplier("64-04", 80, 1, positive=0.10, rsa=-0.2, qpv=-0.3, low_level=-0.2),
    Supplier("59-14", 70, 1, positive=0.02, rsa=0.0, qpv=0.2, low_level=0.0),
    Supplier("77-01", 66, 1, positive=0.08, rsa=-0.2, qpv=-0.1, low_level=-0.1),
    Supplier("02-02", 62, 1, positive=-0.02, rsa=0.1, qpv=-0.2, low_level=0.1),
)

# Shares of the entries of each year (the rest of 1.0 is unknown).
PROFILE_SHARES = {
    2020: {"femme": 0.53, "rsa": 0.46, "senior": 0.31},
    2021: {"femme": 0.52, "rsa": 0.43, "senior": 0.32},
}
LEVELS = {1: 0.09, 2: 0.16, 3: 0.37, 4: 0.20, 5: 0.08, 6: 0.045, 7: 0.02, 8: 0.01, None: 0.025}
# Printed: 45 % and 44 %. The exits typed by hand for 2021 are mostly not positive: the others make up for it.
POSITIVE_RATE = {2020: 0.45, 2021: 0.475}
# How much a rate moves with the person, in points of probability.
SEX_TILT = {2020: 0.07, 2021: 0.06}
POSITIVE_CLASSES = {"emploi_durable": 0.77, "formation_qualifiante": 0.175, "autre_sortie_positive": 0.055}
# Of the exits declared as a durable job; those of 2021 are mostly typed by hand.
UNPROVEN_SHARE = {2020: 0.05, 2021: 0.01}
NON_POSITIVE = {"abandon": 0.34, "neutralisee": 0.15, "other": 0.51}
OTHER_REASONS = {
    "reorientation": 0.42, "sante": 0.17, "fin_de_duree": 0.14, "perte_de_contact": 0.13, "exclusion": 0.05,
    "autre": 0.09,
}  # fmt: skip
CONTRACTS = {"cdi": 0.405, "cdd": 0.555, "titulaire": 0.01, "interim": 0.02, "alternance": 0.01}
OTHER_CONTRACTS = {"cdd": 0.3, "cddi": 0.2, "cui_cae": 0.1, "cui_cie": 0.1, "autre": 0.1, None: 0.2}
EMPLOYER_CATEGORIES = {
    "entreprise": 0.57,
    "association": 0.12,
    "public": 0.16,
    "particulier": 0.04,
    None: 0.11,
}
NAF = {
    "N": 23, "G": 12, "Q": 13, "F": 9, "C": 8, "I": 8, "H": 8, "S": 4, "O": 4, "P": 3, "M": 1, "A": 1,
    "B": 0.5, "D": 0.5, "E": 1, "J": 1, "K": 0.5, "L": 1, "R": 1, "T": 1, "U": 0.5,
}  # fmt: skip
NAF_UNKNOWN = 0.18

STEPS_PER_PARCOURS = 1.26
WITH_STEP = 0.94
# Share of each family in the steps of the year.
STEP_MIX = {
    2020: {"mobilisation": 0.52, "mediation": 0.09, "formation": 0.10, "iae": 0.09, "unaided": 0.09,
           "aided": 0.02, "other": 0.09},
    2021: {"mobilisation": 0.36, "mediation": 0.14, "formation": 0.12, "iae": 0.14, "unaided": 0.12,
           "aided": 0.02, "other": 0.10},
}  # fmt: skip
# What a family is drawn from: (step_type, employer_type, contract_type).
STEP_DETAILS: dict[str, list[tuple[str, str | None, str | None]]] = {
    "mobilisation": [("mobilisation", None, None)],
    "mediation": [("mediation", None, None)],
    "formation": [("formation", None, None)],
    "iae": [("emploi", "aci", "cddi")] * 5 + [("emploi", "ei", "cddi")] * 2 + [("emploi", "ai", "cdd")] * 2
    + [("emploi", "etti", "interim")] * 2 + [("emploi", "aci", None), ("emploi", "regie_quartier", "cdd")],
    "unaided": [("emploi", "entreprise", "cdd")] * 4 + [("emploi", "entreprise", "interim")] * 2
    + [("emploi", "association", "cdd"), ("emploi", "public", "cdd"), ("emploi", "entreprise", None),
       ("emploi", "particulier", "cdi"), ("emploi", "entreprise", "cdi"), ("emploi", "geiq", "alternance"),
       ("emploi", "ea", "cdd"), ("emploi", "autre", "autre")],
    "aided": [("emploi", "association", "cui_cae"), ("emploi", "public", "cui_cae"),
              ("emploi", "entreprise", "cui_cie"), ("emploi", "association", "emploi_avenir")],
    "other": [("sante_social", None, None)] * 4
    + [("creation_activite", None, None), ("autre", None, None), ("autre", None, None)],
}  # fmt: skip
STEP_DAYS = {"mobilisation": (1, 60), "mediation": (20, 90), "formation": (30, 240), "emploi": (60, 330)}


@dataclass
class Parcours:
    """One parcours, as the PLIE knows it at the end of 2021."""

    supplier: Supplier
    entry_date: date
    exit_date: date | None = None
    participant_id: str = ""
    parcours_no: int = 1
    sex: str | None = None
    birth_year: int | None = None
    education_level: int | None = None
    jobseeker_months: int | None = None
    is_rsa: bool | None = None
    is_other_minimum_income: bool | None = None
    is_disabled_worker: bool | None = None
    is_qpv_resident: bool | None = None
    referent_id: str = ""
    exit_reason: str | None = None
    is_proven: bool = True
    job: dict[str, object] = field(default_factory=dict)

    def in_year(self, year: int) -> bool:
        return self.entry_date.year <= year and (self.exit_date is None or self.exit_date.year >= year)


@dataclass
class Step:
    """One step; `end_date` is its real last day, which a delivery only shows once it is past."""

    parcours: Parcours
    step_id: str
    step_type: str
    start_date: date
    end_date: date
    contract_type: str | None
    employer_type: str | None


def quota(shares: dict, count: int, rng: random.Random) -> list:
    """Return `count` values in random order, each value with its share (largest remainders)."""
    total = sum(shares.values())
    exact = {value: count * share / total for value, share in shares.items()}
    values = [value for value, amount in exact.items() for _ in range(math.floor(amount))]
    by_remainder = sorted(exact, key=lambda value: exact[value] - math.floor(exact[value]), reverse=True)
    values += by_remainder[: count - len(values)]
    rng.shuffle(values)
    return values


def tilted_quota(
    rows: Sequence, shares: dict, rng: random.Random, tilt: Callable[[object], float] | None = None
) -> list:
    """Return one value per row: exact shares over all rows, the first values of `shares` going rather to
    the rows with a high tilt."""
    values = sorted(quota(shares, len(rows), rng), key=list(shares).index)
    order = sorted(range(len(rows)), key=lambda i: rng.random() + (tilt(rows[i]) if tilt else 0.0), reverse=True)
    result: list = [None] * len(rows)
    for value, position in zip(values, order, strict=True):
        result[position] = value
    return result


def add_months(day: date, months: int) -> date:
    """`day` plus calendar months, clamped at month end (31/08 + 6 = 28/02)."""
    month_index = day.year * 12 + day.month - 1 + months
    year, month = divmod(month_index, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))


def random_day(first: date, last: date, rng: random.Random) -> date:
    return first + timedelta(days=rng.randint(0, (last - first).days))


def draw_parcours(supplier: Supplier, rng: random.Random) -> list[Parcours]:
    """Draw the parcours of one PLIE over both years: 25 % of those of 2021 are entries and 24 % exits, less
    in 2020; a parcours that ends has lasted about 27 months."""
    entries_2021 = round(0.25 * supplier.parcours)
    exits_2021 = round(0.24 * supplier.parcours)
    stock_2020 = supplier.parcours - entries_2021
    parcours_2020 = round(stock_2020 / 0.77)
    exits_2020 = parcours_2020 - stock_2020
    entries_2020 = round(0.21 * parcours_2020)

    quick_2021, quick_2020 = max(1, round(0.05 * exits_2021)), max(1, round(0.05 * exits_2020))
    rows: list[Parcours] = []
    for year, quick in ((2020, quick_2020), (2021, quick_2021)):  # in and out within the year
        for _ in range(quick):
            entry = random_day(date(year, 1, 4), date(year, 4, 30), rng)
            rows.append(Parcours(supplier, entry, random_day(date(year, 9, 1), date(year, 12, 30), rng)))
    for year, count in ((2020, exits_2020 - quick_2020), (2021, exits_2021 - quick_2021)):  # out of the stock
        for _ in range(count):
            exit_date = random_day(date(year, 1, 2), date(year, 12, 30), rng)
            entry = exit_date
            while entry.year >= year:
                entry = exit_date - timedelta(days=round(30.4 * rng.triangular(8, 56, 18)))
            rows.append(Parcours(supplier, entry, exit_date))
    entered_2020 = sum(row.entry_date.year == 2020 for row in rows)
    for _ in range(entries_2020 - entered_2020):
        rows.append(Parcours(supplier, random_day(date(2020, 1, 6), date(2020, 12, 18), rng)))
    for _ in range(entries_2021 - quick_2021):
        rows.append(Parcours(supplier, random_day(date(2021, 1, 4), date(2021, 12, 17), rng)))
    while sum(row.in_year(2021) for row in rows) < supplier.parcours:  # the older stock
        rows.append(Parcours(supplier, random_day(date(2017, 3, 1), date(2019, 12, 20), rng)))

    rows.sort(key=lambda row: row.entry_date)
    for number, row in enumerate(rows, start=1):
        row.participant_id = f"SYN-{supplier.plie_code}-{number:04d}"
        row.referent_id = f"REF-{supplier.plie_code}-{number % supplier.referents + 1}"
    return rows


def set_profiles(rows: list[Parcours], rng: random.Random) -> None:
    """Give each parcours its profile at entry, by quota within the cohorts ≤ 2019, 2020 and 2021."""
    for first, last in ((0, 2019), (2020, 2020), (2021, 2021)):
        cohort = [row for row in rows if first <= row.entry_date.year <= last]
        shares = PROFILE_SHARES[max(last, 2020)]
        femme, rsa, senior = shares["femme"], shares["rsa"], shares["senior"]
        sexes = tilted_quota(cohort, {"femme": femme, "homme": 0.995 - femme, None: 0.005}, rng)
        ages = tilted_quota(cohort, {"senior": senior, "adult": 0.87 - senior, "young": 0.12, None: 0.01}, rng)
        levels = tilted_quota(cohort, LEVELS, rng, lambda row: row.supplier.low_level)
        seeking = tilted_quota(cohort, {True: 0.32, False: 0.60, None: 0.08}, rng)
        is_rsa = tilted_quota(cohort, {True: rsa, None: 0.085, False: 0.915 - rsa}, rng, lambda r: r.supplier.rsa)
        minimum = tilted_quota(cohort, {True: 0.09, False: 0.78, None: 0.13}, rng)
        disabled = tilted_quota(cohort, {True: 0.08, False: 0.62, None: 0.30}, rng)
        qpv = tilted_quota(cohort, {True: 0.20, None: 0.14, False: 0.66}, rng, lambda row: row.supplier.qpv)
        span = {"senior": (45, 61), "adult": (26, 44), "young": (18, 25)}
        for i, row in enumerate(cohort):
            row.sex, row.education_level = sexes[i], levels[i]
            row.birth_year = row.entry_date.year - rng.randint(*span[ages[i]]) if ages[i] else None
            if seeking[i] is not None:
                row.jobseeker_months = rng.randint(12, 60) if seeking[i] else rng.randint(0, 11)
            row.is_rsa, row.is_other_minimum_income = is_rsa[i], minimum[i]
            row.is_disabled_worker, row.is_qpv_resident = disabled[i], qpv[i]


def set_exits(rows: list[Parcours], year: int, rng: random.Random) -> None:
    """Decide how the parcours that end in `year` end, and what is delivered about the job or training."""
    exits = [row for row in rows if row.exit_date and row.exit_date.year == year]
    positive = _draw_positive(exits, year, rng)
    # A durable job needs six months in the parcours before the exit that validates it.
    positive.sort(key=lambda row: (row.exit_date - row.entry_date).days < 240)
    durable = round(len(positive) * POSITIVE_CLASSES["emploi_durable"])
    training = round(len(positive) * POSITIVE_CLASSES["formation_qualifiante"])
    reasons = ["emploi_durable"] * durable + ["formation_qualifiante"] * training
    reasons += ["autre_sortie_positive"] * (len(positive) - len(reasons))
    long_enough = sum((row.exit_date - row.entry_date).days >= 240 for row in positive)
    head, tail = reasons[:durable], reasons[durable:]
    rng.shuffle(tail)
    head += tail[: max(0, long_enough - durable)]
    rng.shuffle(head)
    for row, reason in zip(positive, head + tail[max(0, long_enough - durable) :], strict=True):
        row.exit_reason = reason

    chosen = set(map(id, positive))
    others = [row for row in exits if id(row) not in chosen]
    kinds = quota(NON_POSITIVE, len(others), rng)
    other_rows = [row for row, kind in zip(others, kinds, strict=True) if kind == "other"]
    for row, kind in zip(others, kinds, strict=True):
        if kind == "abandon":
            row.exit_reason = "abandon"
        elif kind == "neutralisee":
            old = row.birth_year is not None and row.exit_date.year - row.birth_year >= 60
            row.exit_reason = "retraite" if old else rng.choice(("demenagement",) * 5 + ("deces",))
    for row, reason in zip(other_rows, quota(OTHER_REASONS, len(other_rows), rng), strict=True):
        row.exit_reason = reason
    # Jobs that the PLIE declares as durable without the evidence: they will be reclassified.
    unproven = max(1, round(durable * UNPROVEN_SHARE[year] / (1 - UNPROVEN_SHARE[year])))
    candidates = [row for row in other_rows if (row.exit_date - row.entry_date).days >= 240]
    for row in rng.sample(candidates, unproven):
        row.exit_reason, row.is_proven = "emploi_durable", False
    _set_jobs(exits, rng)


def _draw_positive(exits: list[Parcours], year: int, rng: random.Random) -> list[Parcours]:
    """Systematic draw: an exit has its probability; cells of sex, RSA and level get their expected count."""

    def tilt(row: Parcours) -> float:
        level = row.education_level
        return (
            (SEX_TILT[year] / 2 if row.sex == "femme" else -SEX_TILT[year] / 2)
            - (0.015 if row.is_rsa else 0.0)
            - (0.06 if level is not None and level <= 2 else 0.0)
            + (0.01 if (row.jobseeker_months or 0) >= 12 else 0.0)
            + row.supplier.positive
        )

    mean = sum(map(tilt, exits)) / len(exits)
    ordered = sorted(
        exits,
        key=lambda row: (
            row.sex or "", row.is_rsa is True, (row.education_level or 9) <= 2,
            (row.jobseeker_months or 0) >= 12, (row.birth_year or year) < year - 45, rng.random(),
        ),
    )  # fmt: skip
    chosen, cumulated = [], 0.5
    for row in ordered:
        before = math.floor(cumulated)
        cumulated += POSITIVE_RATE[year] + tilt(row) - mean
        if math.floor(cumulated) > before:
            chosen.append(row)
    return chosen


def _set_jobs(exits: list[Parcours], rng: random.Random) -> None:
    """Fill the columns of the exit that describe the job or the training."""
    proven = [row for row in exits if row.exit_reason == "emploi_durable" and row.is_proven]
    for row, contract in zip(proven, quota(CONTRACTS, len(proven), rng), strict=True):
        row.job = _proven_job(row, contract, rng)
    unproven = [row for row in exits if row.exit_reason == "emploi_durable" and not row.is_proven]
    flaws = ("not_validated", "no_start", "too_short", "not_validated", "no_start", "not_durable")
    for number, row in enumerate(unproven):
        row.job = _unproven_job(row, flaws[number % len(flaws)], rng)
    trained = [row for row in exits if row.exit_reason == "formation_qualifiante"]
    for row in trained:
        row.job = _training(row, rng)
    others = [row for row in exits if row.exit_reason == "autre_sortie_positive"]
    for row, contract in zip(others, quota(OTHER_CONTRACTS, len(others), rng), strict=True):
        start = row.exit_date - timedelta(days=rng.randint(0, 30))
        end = add_months(start, rng.randint(2, 5)) - timedelta(days=1)
        row.job = {"contract_type": contract, "contract_start_date": start, "contract_end_date": end}

    hired = [row for row in exits if "contract_type" in row.job]
    for row, category in zip(hired, quota(EMPLOYER_CATEGORIES, len(hired), rng), strict=True):
        row.job["employer_category"] = category
    sections = quota(NAF, round(len(hired) * (1 - NAF_UNKNOWN)), rng)
    sections += [None] * (len(hired) - len(sections))
    rng.shuffle(sections)
    for row, section in zip(hired, sections, strict=True):
        row.job["naf_section"] = section


def _proven_job(row: Parcours, contract: str, rng: random.Random) -> dict[str, object]:
    start = row.exit_date - timedelta(days=rng.randint(184, 215))
    job: dict[str, object] = {
        "contract_type": contract,
        "contract_start_date": start,
        "validated_on": random_day(add_months(start, JOB_MONTHS), row.exit_date, rng),
    }
    months = {"cdd": (6, 6, 6, 7, 8, 9, 12, 12, 12, 18), "interim": (6, 7), "alternance": (12, 24)}.get(contract)
    if months:
        job["contract_end_date"] = add_months(start, rng.choice(months)) - timedelta(days=1)
    return job


def _unproven_job(row: Parcours, flaw: str, rng: random.Random) -> dict[str, object]:
    job = _proven_job(row, "cdd" if flaw in ("too_short", "not_durable") else "cdi", rng)
    if flaw == "too_short":
        job["contract_end_date"] = add_months(job["contract_start_date"], rng.randint(3, 5)) - timedelta(days=1)
    elif flaw == "not_validated":
        del job["validated_on"]
    elif flaw == "no_start":
        del job["contract_start_date"]
    else:
        job["contract_type"] = "cddi"
    return job


def _training(row: Parcours, rng: random.Random) -> dict[str, object]:
    if rng.random() < 0.2:  # still in a long training, checked after six months
        start = row.exit_date - timedelta(days=rng.randint(190, 230))
        validated = random_day(add_months(start, JOB_MONTHS), row.exit_date, rng)
        end = add_months(start, rng.randint(10, 20))
        return {"training_start_date": start, "training_end_date": end, "validated_on": validated,
                "is_certifying": True}  # fmt: skip
    end = row.exit_date - timedelta(days=rng.randint(0, 20))
    start = end - timedelta(days=rng.randint(60, 240))
    return {"training_start_date": start, "training_end_date": end, "is_certifying": True}


def link_returns(rows: list[Parcours], rng: random.Random, wanted: int = 15) -> None:
    """Make some entrants persons who had left the same PLIE before: same pseudonym, second parcours."""
    left = [row for row in rows if row.exit_reason in ("abandon", "reorientation", "perte_de_contact", "sante")]
    rng.shuffle(left)
    taken: set[int] = set()
    for former in left:
        if len(taken) >= wanted:
            return
        for row in rows:
            same_person = (
                row.supplier is former.supplier
                and row.entry_date > former.exit_date + timedelta(days=45)
                and row.sex == former.sex is not None
                and row.birth_year is not None
                and former.birth_year is not None
                and abs(row.birth_year - former.birth_year) <= 2
                and id(row) not in taken
            )
            if same_person:
                row.participant_id, row.parcours_no = former.participant_id, 2
                row.birth_year = former.birth_year
                taken.add(id(row))
                break


def draw_steps(rows: list[Parcours], rng: random.Random) -> list[Step]:
    """Draw the steps of both years: in each year 94 % of the parcours have one, 1.26 per parcours, the mix of
    the year counting the steps that run on from the year before."""
    steps: list[Step] = []
    numbers: dict[str, int] = {}
    for year in YEARS:
        active = [row for row in rows if row.in_year(year)]
        running = [step for step in steps if step.end_date.year >= year]
        busy = {id(step.parcours) for step in running}
        total = round(STEPS_PER_PARCOURS * len(active))
        idle = [row for row in active if id(row) not in busy]
        rng.shuffle(idle)
        hosts = idle[: max(0, round(WITH_STEP * len(active)) - len(busy))]
        with_step = hosts + [row for row in active if id(row) in busy]
        hosts = hosts + rng.choices(with_step, k=max(0, total - len(running) - len(hosts)))
        wanted = {family: total * share for family, share in STEP_MIX[year].items()}
        for step in running:
            wanted[_family(step)] -= 1
        families = quota({family: max(0.0, number) for family, number in wanted.items()}, len(hosts), rng)
        rng.shuffle(hosts)
        for row, family in zip(hosts, families, strict=True):
            code = row.supplier.plie_code
            numbers[code] = numbers.get(code, 0) + 1
            steps.append(_draw_step(row, year, f"ET-{code}-{numbers[code]:05d}", family, rng))
    return steps


def _family(step: Step) -> str:
    if step.step_type != "emploi":
        return step.step_type if step.step_type in STEP_DETAILS else "other"
    if step.employer_type in ("aci", "ei", "etti", "ai", "regie_quartier"):
        return "iae"
    return "aided" if step.contract_type in ("cui_cae", "cui_cie", "emploi_avenir") else "unaided"


def _draw_step(row: Parcours, year: int, step_id: str, family: str, rng: random.Random) -> Step:
    step_type, employer_type, contract_type = rng.choice(STEP_DETAILS[family])
    first = max(row.entry_date, date(year, 1, 4) - timedelta(days=60 if year == YEARS[0] else 0))
    last = min(row.exit_date or date(9999, 12, 31), date(year, 12, 20))
    start = random_day(min(first, last), last, rng)
    end = start + timedelta(days=rng.randint(*STEP_DAYS.get(step_type, (10, 120))))
    end = min(max(end, date(year, 1, 1)), row.exit_date or end.max)
    return Step(row, step_id, step_type, start, end, contract_type, employer_type)
