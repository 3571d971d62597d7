"""The clean part of the clause sample: lots, beneficiaries, work contracts and hours that all count.

Shares are met by quota, as in the PLIE's population. What a structure followed before 2020 or will follow after 2021
is not delivered.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from plie_warehouse.sample.clause.rows import Key, siret
from plie_warehouse.sample.population import YEARS, add_months, quota, random_day, tilted_quota

ELIGIBILITY_MONTHS = 24  # nothing is drawn after it
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Structure:
    """One structure: its department, the persons it follows over both years, the procurements it followed alone."""

    code: str
    department: str
    persons: int
    procurements: int
    qpv: float = 0.33  # share of its beneficiaries who live in a QPV


STRUCTURES = (
    Structure("CL-13-01", "13", 55, 11, qpv=0.44),
    Structure("CL-59-01", "59", 88, 20, qpv=0.42),
    Structure("CL-59-02", "59", 48, 10),
    Structure("CL-62-90", "62", 14, 5, qpv=0.2),
    Structure("CL-69-01", "69", 48, 10),
    Structure("CL-75-99", "75", 28, 6),
)


@dataclass(frozen=True)
class Lot:
    """One lot of a procurement, and when it was notified."""

    key: Key
    buyer_type: str
    nature: str
    awardee_id: str
    awardee_type: str
    notified_on: date


STATE, NORTH, AIN = siret("0", 1, is_buyer=True), siret("59", 900, is_buyer=True), "00100000000019"
WIDE_COMPANY, WIDE_ACI = (siret("0", 1), "entreprise"), (siret("0", 2), "aci")
# Lots that several structures follow, across departments and regions; and one whose buyer's SIRET begins with zeros.
SHARED_LOTS = {
    Lot((STATE, "ETAT-2019-17", "1"), "etat", "travaux", *WIDE_COMPANY, date(2019, 6, 3)): (
        "CL-13-01", "CL-59-01", "CL-69-01", "CL-75-99",
    ),
    Lot((STATE, "ETAT-2019-17", "2"), "etat", "services", *WIDE_ACI, date(2019, 6, 3)): ("CL-13-01", "CL-75-99"),
    Lot((NORTH, "HDF-2019-03", "1"), "collectivite", "travaux", *WIDE_COMPANY, date(2019, 5, 13)): (
        "CL-59-01", "CL-59-02", "CL-62-90",
    ),
    Lot((NORTH, "HDF-2019-03", "2"), "collectivite", "services", *WIDE_ACI, date(2019, 5, 13)): (
        "CL-59-01", "CL-59-02",
    ),
    Lot((AIN, "AIN-2019-04", "1"), "collectivite", "services", siret("01", 1), "association", date(2019, 9, 2)): (
        "CL-69-01",
    ),
}  # fmt: skip

# `sem` is left to the golden case and to CL-33-01: the SEM of the country can be counted by hand.
BUYER_TYPES = {
    "collectivite": 0.46,
    "bailleur": 0.34,
    "etablissement_public": 0.09,
    "etat": 0.04,
    "prive": 0.05,
    "autre": 0.02,
}
NATURES = {"travaux": 0.55, "services": 0.44, "fournitures": 0.01}
# Companies of one department: type → how many.
COMPANIES = {
    "entreprise": 6, "etti": 2, "ei": 2, "aci": 2, "ai": 1, "geiq": 1, "association": 1, "ea": 1, "regie_quartier": 1,
}  # fmt: skip
AWARDEES = {
    "travaux": {"entreprise": 0.88, "ei": 0.08, "geiq": 0.04},
    "services": {"entreprise": 0.47, "aci": 0.16, "ei": 0.16, "ai": 0.06, "association": 0.08, "ea": 0.04,
                 "regie_quartier": 0.03},
    "fournitures": {"entreprise": 0.7, "ea": 0.3},
}  # fmt: skip
# Who employs the beneficiary: the awardee itself (None), or another company for it.
EMPLOYERS = {
    "travaux": {None: 0.44, "etti": 0.34, "geiq": 0.15, "ei": 0.05, "regie_quartier": 0.02},
    "services": {None: 0.64, "etti": 0.12, "ai": 0.06, "aci": 0.06, "regie_quartier": 0.07, "association": 0.05},
    "fournitures": {None: 1.0},
}
CONTRACT_TYPES = {
    "etti": {"interim": 1.0},
    "aci": {"cddi": 1.0},
    "ei": {"cddi": 0.9, "cdi": 0.1},
    "ai": {"cdd": 1.0},
    "geiq": {"alternance": 0.7, "cdd": 0.3},
    "entreprise": {"cdd": 0.6, "cdi": 0.25, "alternance": 0.15},
}
OTHER_CONTRACTS = {"cdd": 0.8, "cdi": 0.2}
MONTHS = {"interim": (2, 7), "cddi": (4, 12), "cdd": (3, 9), "alternance": (9, 12), "cdi": (18, 20)}
WOMEN = {"travaux": 0.07, "services": 0.30, "fournitures": 0.3}
LEVELS = {1: 0.11, 2: 0.18, 3: 0.40, 4: 0.18, 5: 0.06, 6: 0.02, 7: 0.01, None: 0.04}
FULL_MONTHS = {
    "151.67": 0.45, "130.00": 0.12, "121.33": 0.10, "104.00": 0.12, "86.67": 0.10, "75.83": 0.11,
}  # fmt: skip
PROOFS = {"bulletin_paie": 0.62, "releve_heures": 0.30, "attestation": 0.08}


@dataclass
class Person:
    """One beneficiary as the structure knows them."""

    structure: Structure
    beneficiary_id: str
    eligibility_validated_on: date
    nature: str
    sex: str | None = None
    birth_year: int | None = None
    education_level: int | None = None
    jobseeker_months: int | None = None
    is_rsa: bool | None = None
    is_disabled_worker: bool | None = None
    is_qpv_resident: bool | None = None


@dataclass
class Contract:
    """One work contract; `hours` holds (month, lot, hours, proof)."""

    person: Person
    work_contract_id: str
    start_date: date
    end_date: date | None
    employer_id: str
    employer_type: str
    contract_type: str
    hours: list[tuple[date, Lot, Decimal, str]] = field(default_factory=list)

    def in_year(self, year: int) -> bool:
        return self.start_date.year <= year and (self.end_date is None or self.end_date.year >= year)


def draw_lots(structure: Structure, rng: random.Random) -> list[Lot]:
    """The lots of one structure, the shared ones first; each nature has one from 2019 on."""
    lots = [lot for lot, structures in SHARED_LOTS.items() if structure.code in structures]
    buyer_types = quota(BUYER_TYPES, structure.procurements, rng)
    natures = quota(NATURES, structure.procurements, rng)
    natures[:2] = ["travaux", "services"]
    companies = list(_companies(structure.department))
    for number, (buyer_type, nature) in enumerate(zip(buyer_types, natures, strict=True), start=1):
        # Two procurements in three of a type of buyer are of its first one.
        rank = list(BUYER_TYPES).index(buyer_type) * 10 + (2 if rng.random() < 0.33 else 1)
        buyer = siret(structure.department, rank + 100 * (structure.code[-1] == "2"), is_buyer=True)
        notified = random_day(date(2019, 2, 4), date(2019, 8, 30) if number <= 2 else date(2021, 6, 30), rng)
        for lot_no in range(1, rng.choice((1, 1, 2, 3)) + 1):
            awardee_type = rng.choices(list(AWARDEES[nature]), list(AWARDEES[nature].values()))[0]
            awardee, _ = rng.choice([company for company in companies if company[1] == awardee_type])
            key = (buyer, f"{notified.year}-{number:03d}", str(lot_no))
            lots.append(Lot(key, buyer_type, nature, awardee, awardee_type, notified))
    return lots


def _companies(department: str) -> Iterator[tuple[str, str]]:
    number = 0
    for company_type, count in COMPANIES.items():
        for _ in range(count):
            number += 1
            yield siret(department, number), company_type


def draw_contracts(structure: Structure, lots: list[Lot], rng: random.Random) -> list[Contract]:
    """The contracts of one structure that have hours in the years of the sample, in order of their persons."""
    eligible = sorted(random_day(date(2019, 7, 1), date(2021, 10, 15), rng) for _ in range(structure.persons))
    persons = [
        Person(structure, f"SYN-{structure.code}-{number:04d}", day, nature)
        for number, (day, nature) in enumerate(
            zip(eligible, quota(NATURES, structure.persons, rng), strict=True), start=1
        )
    ]
    _set_profiles(persons, rng)
    contracts: list[Contract] = []
    for person in persons:
        start = person.eligibility_validated_on + timedelta(days=rng.choice((0, 0, 3, 7, 14, 28, 45)))
        for _ in range(rng.choices((1, 2), (0.75, 0.25))[0]):
            number = f"CT-{structure.code}-{len(contracts) + 1:04d}"
            contract = _draw_contract(person, number, start, lots, rng)
            contracts.append(contract)
            if contract.end_date is None:
                break
            start = contract.end_date + timedelta(days=rng.randint(12, 60))
    return [contract for contract in contracts if any(month.year in YEARS for month, *_ in contract.hours)]


def _draw_contract(person: Person, number: str, start: date, lots: list[Lot], rng: random.Random) -> Contract:
    open_lots = [lot for lot in lots if lot.notified_on <= start and lot.nature == person.nature]
    if not open_lots:  # there are few supplies
        open_lots = [lot for lot in lots if lot.notified_on <= start]
    weights = [2 if lot in SHARED_LOTS else 1 for lot in open_lots]
    lot = rng.choices(open_lots, weights)[0]
    wanted = rng.choices(list(EMPLOYERS[lot.nature]), list(EMPLOYERS[lot.nature].values()))[0]
    employer, employer_type = lot.awardee_id, lot.awardee_type
    if wanted:
        department = person.structure.department
        employer, employer_type = rng.choice([one for one in _companies(department) if one[1] == wanted])
    kinds = CONTRACT_TYPES.get(employer_type, OTHER_CONTRACTS)
    kind = rng.choices(list(kinds), list(kinds.values()))[0]
    last = add_months(start, rng.randint(*MONTHS[kind])) - timedelta(days=1)
    contract = Contract(person, number, start, None if kind == "cdi" else last, employer, employer_type, kind)
    # Another lot takes a part of some months.
    second = rng.choice(open_lots)
    full = Decimal(rng.choices(list(FULL_MONTHS), list(FULL_MONTHS.values()))[0])
    month = start.replace(day=1)
    while month <= last and month < add_months(person.eligibility_validated_on, ELIGIBILITY_MONTHS):
        following = add_months(month, 1)
        if month.year in YEARS and rng.random() > 0.08:
            days = (min(last, following - timedelta(days=1)) - max(start, month)).days + 1
            share = Decimal(days) / (following - month).days * Decimal(rng.choice(("1", "1", "0.9", "0.75", "0.5")))
            hours = max(CENT, (full * share).quantize(CENT, ROUND_HALF_UP))
            proof = rng.choices(list(PROOFS), list(PROOFS.values()))[0]
            parts = [(lot, hours)]
            if second is not lot and hours > 20 and rng.random() < 0.15:
                aside = (hours * Decimal("0.4")).quantize(CENT, ROUND_HALF_UP)
                parts = [(lot, hours - aside), (second, aside)]
            contract.hours += [(month, of_lot, part, proof) for of_lot, part in parts]
        month = following
    return contract


def _set_profiles(persons: list[Person], rng: random.Random) -> None:
    """Give each beneficiary a profile by quota; women are rather in services than in works."""
    women = round(sum(WOMEN[person.nature] for person in persons))
    count = len(persons)
    sexes = tilted_quota(
        persons, {"femme": women / count, "homme": 1 - women / count}, rng, lambda person: 3 * WOMEN[person.nature]
    )
    ages = tilted_quota(persons, {"senior": 0.21, "adult": 0.55, "young": 0.23, None: 0.01}, rng)
    levels = tilted_quota(persons, LEVELS, rng)
    seeking = tilted_quota(persons, {True: 0.38, False: 0.52, None: 0.10}, rng)
    is_rsa = tilted_quota(persons, {True: 0.27, False: 0.65, None: 0.08}, rng)
    disabled = tilted_quota(persons, {True: 0.06, False: 0.74, None: 0.20}, rng)
    share = persons[0].structure.qpv
    qpv = tilted_quota(persons, {True: share, False: 0.88 - share, None: 0.12}, rng)
    span = {"senior": (45, 60), "adult": (26, 44), "young": (18, 25)}
    for i, person in enumerate(persons):
        person.sex, person.education_level = sexes[i], levels[i]
        if ages[i]:
            person.birth_year = person.eligibility_validated_on.year - rng.randint(*span[ages[i]])
        if seeking[i] is not None:
            person.jobseeker_months = rng.randint(12, 60) if seeking[i] else rng.randint(0, 11)
        person.is_rsa, person.is_disabled_worker, person.is_qpv_resident = is_rsa[i], disabled[i], qpv[i]


def hours_committed(contracts: list[Contract], lots: list[Lot], rng: random.Random) -> dict[Key, Decimal]:
    """What each lot asked for: rather more than what was done on it over both years, by all who follow it."""
    done: dict[Key, Decimal] = {lot.key: Decimal(0) for lot in lots}
    for contract in contracts:
        for _, lot, hours, _ in contract.hours:
            done[lot.key] += hours
    committed = {}
    for key, hours in done.items():
        factor = Decimal(rng.choice(("0.90", "1.05", "1.10", "1.20", "1.35", "1.60")))
        committed[key] = max(Decimal(70), (hours * factor / 35).quantize(Decimal(1), ROUND_HALF_UP) * 35)
    return committed
