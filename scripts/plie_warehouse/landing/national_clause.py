"""A national year of the social clause, in whole columns: 366 structures, in a mix of CSV formats, and their register.

The volumes are those of the network: 25 million hours in 600,000 rows, 75,000 work contracts, 57,000 beneficiaries,
58,000 procurements, of which some are followed by two structures. A small share of the rows of hours meets each reason
for exclusion of D41 and D43; nothing in it is refused at the door.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from plie_warehouse.contract import read_seed
from plie_warehouse.landing.national import Style, days_since, drawn, write_supplier, yes_no
from plie_warehouse.sample.population import LEVELS

STRUCTURES, PROCUREMENTS, CONTRACTS, BENEFICIARIES, ROWS = 366, 58_000, 75_000, 57_000, 600_000
HOURS = 25_124_684
HEADCOUNT, FTE = 513, 334
SPREAD = 1.0  # of the logarithm of the structures' sizes
FEWEST = 8  # contracts, and lots, of a structure
BUYERS, COMPANIES = 12_000, 18_000
SHARED_LOTS = 0.02  # of a structure's lots, also followed by the next structure
MONTHLY_LIMIT = 20_000  # hundredths of an hour that the drawn rows of a contract and month stay under

# Share of the rows of hours, or of the contracts, that meet a reason for exclusion.
FAULTS = {
    "heures_invraisemblables": 0.002, "hors_annee": 0.002, "orphelin": 0.002, "hors_contrat": 0.002,
    "eligibilite_absente": 0.004, "eligibilite_tardive": 0.004, "eligibilite_expiree": 0.004,
    "sans_justificatif": 0.003, "doublon": 0.001,
}  # fmt: skip

BUYER_TYPES = {
    "collectivite": 0.46, "bailleur": 0.21, "etat": 0.09, "etablissement_public": 0.1, "sem": 0.07, "prive": 0.04,
    "autre": 0.01, "": 0.02,
}  # fmt: skip
NATURES = {"travaux": 0.62, "services": 0.31, "fournitures": 0.04, "": 0.03}
AWARDEES = {
    "entreprise": 0.68, "ei": 0.08, "aci": 0.06, "etti": 0.03, "ai": 0.03, "regie_quartier": 0.03, "geiq": 0.02,
    "ea": 0.02, "association": 0.03, "": 0.02,
}  # fmt: skip
EMPLOYERS = {
    "etti": 0.24, "entreprise": 0.27, "ei": 0.12, "aci": 0.12, "ai": 0.07, "geiq": 0.08, "regie_quartier": 0.04,
    "association": 0.03, "public": 0.01, "": 0.02,
}  # fmt: skip
CONTRACT_TYPES = {"interim": 0.42, "cddi": 0.27, "cdd": 0.18, "cdi": 0.05, "alternance": 0.06, "": 0.02}
KINDS = {"mde": 0.14, "plie": 0.26, "collectivite": 0.33, "association": 0.17, "gip": 0.1}
PROOFS = {"bulletin_paie": 0.55, "releve_heures": 0.35, "attestation": 0.1}


def structure_codes() -> list[str]:
    """The codes of the structures, spread over the departments: CL-01-01, CL-02-01 …"""
    departments = [row["department_code"] for row in read_seed("departments") if not row["valid_to"]]
    return [
        f"CL-{departments[place % len(departments)]}-{place // len(departments) + 1:02d}" for place in range(STRUCTURES)
    ]


def write_national_clause(output: Path, years: Sequence[int], seed: int) -> list[Path]:
    """Draw each year and write its files under ``output``; returns the files."""
    codes = structure_codes()
    written = []
    for year in years:
        rng = np.random.default_rng((seed, year))
        tables = draw_clause_year(codes, year, rng)
        groups = {name: dict(iter(frame.groupby("place", sort=False))) for name, frame in tables.items()}
        for place, code in enumerate(codes):
            mine = {name: groups[name][place] for name in tables}
            written += write_supplier(output / "clause" / code / str(year), mine, Style.of(place))
        written += write_supplier(output / "network" / str(year), draw_network(codes, year, rng), Style.of(1))
    return written


def draw_network(codes: Sequence[str], year: int, rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    """The register of the structures and their facilitators."""
    total = len(codes)
    head = rng.multinomial(HEADCOUNT - total, np.full(total, 1 / total)) + 1
    fte = np.round(head * rng.beta(6, 3, total) * 20).clip(1) / 20
    fte = np.round(fte * FTE / fte.sum(), 2)
    register = pd.DataFrame({
        "structure_code": codes,
        "name": [f"Structure de la clause {code}" for code in codes],
        "structure_kind": drawn(KINDS, total, rng),
        "department_code": [code.split("-")[1] for code in codes],
        "opened_on": rng.integers(days_since(1996, 1, 1), days_since(year, 1, 1), total),
        "closed_on": 0,
    })  # fmt: skip
    facilitators = pd.DataFrame({
        "reporting_year": str(year), "structure_code": codes, "headcount": head.astype(str),
        "fte": [f"{one:.2f}" for one in fte],
    })  # fmt: skip
    return {"clause_structures": register, "facilitators": facilitators}


def draw_clause_year(codes: Sequence[str], year: int, rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    """The rows of a year: procurements, beneficiaries, work_contracts, hours, with the column `place` of the structure
    in ``codes``.

    Dates are days since ``national.EPOCH`` (0: none), hours are hundredths, yes and no are 1 and 0 (-1: unknown), the
    rest is text.
    """
    size = rng.lognormal(0, SPREAD, len(codes))
    procurements = _procurements(codes, size, year, rng)
    beneficiaries, work_contracts = _contracts(codes, size, year, rng)
    hours = _hours(procurements, work_contracts, year, rng)
    tables = {
        "procurements": procurements,
        "beneficiaries": beneficiaries,
        "work_contracts": work_contracts,
        "hours": hours,
    }
    head = {"reporting_year": str(year)}
    return {
        name: frame.assign(**head, structure_code=np.asarray(codes, dtype=object)[frame["place"].to_numpy()])
        for name, frame in tables.items()
    }


def _shares(size: np.ndarray, total: int) -> np.ndarray:
    """``total`` things shared out by size, none with fewer than ``FEWEST``."""
    counts = FEWEST + np.floor(size / size.sum() * (total - FEWEST * len(size))).astype(int)
    counts[np.argsort(-size)[: total - counts.sum()]] += 1
    return counts


def _siret(number: np.ndarray, first: int) -> np.ndarray:
    """Fourteen digits; some begin with zeros."""
    return np.array([f"{first:02d}{one * 7919 % 10**7:07d}{one % 3:03d}11" for one in number], dtype=object)


def _procurements(codes: Sequence[str], size: np.ndarray, year: int, rng: np.random.Generator) -> pd.DataFrame:
    """Each structure's lots; the first ones are also those of the structure after it."""
    place = np.repeat(np.arange(len(codes)), _shares(size, PROCUREMENTS))
    total = len(place)
    buyer = (rng.pareto(1.2, total) * 40 + place * 31).astype(int) % BUYERS
    awardee = rng.integers(0, COMPANIES, total)
    buyer_type = drawn(BUYER_TYPES, BUYERS, rng)
    frame = pd.DataFrame({
        "place": place,
        "buyer_id": _siret(buyer, 4),
        "procurement_id": [f"{year - number % 3}-{number:06d}" for number in range(total)],
        "lot_no": drawn({"1": 0.6, "2": 0.2, "3": 0.12, "4": 0.08}, total, rng),
        "buyer_type": buyer_type[buyer],
        "nature": drawn(NATURES, total, rng),
        "awardee_id": _siret(awardee, 31),
        "awardee_type": drawn(AWARDEES, COMPANIES, rng)[awardee],
        "notified_on": rng.integers(days_since(year - 2, 1, 1), days_since(year, 12, 1), total),
        "hours_committed": (rng.lognormal(5.4, 1.0, total) * 100).astype(int),
    })  # fmt: skip
    shared = frame[rng.random(total) < SHARED_LOTS]
    return pd.concat([frame, shared.assign(place=(shared["place"] + 1) % len(codes))]).sort_values(
        "place", kind="stable", ignore_index=True
    )


def _contracts(
    codes: Sequence[str], size: np.ndarray, year: int, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Beneficiaries, and their work contracts: one each, then others for some of them."""
    contracts_of, people_of = _shares(size, CONTRACTS), _shares(size, BENEFICIARIES)
    people_of = np.minimum(people_of, contracts_of)
    person_place = np.repeat(np.arange(len(codes)), people_of)
    first = np.concatenate([[0], np.cumsum(people_of)[:-1]])
    place = np.repeat(np.arange(len(codes)), contracts_of)
    number = np.arange(len(place)) - np.searchsorted(place, place)
    own = people_of[place]
    person = first[place] + np.where(number < own, number, rng.integers(0, own))
    total, people = len(place), len(person_place)

    new_year, last_day = days_since(year, 1, 1), days_since(year, 12, 31)
    start = rng.integers(new_year - 150, last_day - 20, total)
    start = np.where(start < new_year - 60, start + 75, start)
    end = np.maximum(start + rng.gamma(2.6, 95, total).astype(int) + 10, new_year + 5)
    # Validated before the first contract, a year and a half at most; for a few too late, too early or not at all.
    earliest = np.full(people, last_day)
    np.minimum.at(earliest, person, start)
    validated = earliest - rng.integers(0, 300, people)
    fault = rng.random(people)
    late, expired, absent = (
        FAULTS[name] for name in ("eligibilite_tardive", "eligibilite_expiree", "eligibilite_absente")
    )
    validated = np.where(fault < late, last_day + 1, validated)
    validated = np.where((late <= fault) & (fault < late + expired), new_year - 800, validated)
    validated = np.where((late + expired <= fault) & (fault < late + expired + absent), 0, validated)

    names = np.array(
        [f"B-{codes[own]}-{one:05d}" for own, one in zip(person_place, range(people), strict=True)], object
    )
    beneficiaries = pd.DataFrame({
        "place": person_place,
        "beneficiary_id": names,
        "sex": drawn({"femme": 0.24, "homme": 0.75, "": 0.01}, people, rng),
        "birth_year": (year - 18 - rng.gamma(4, 4.6, people).clip(0, 45)).astype(int).astype(str),
        "education_level": drawn(LEVELS, people, rng),
        "jobseeker_months": rng.exponential(16, people).astype(int).clip(0, 240).astype(str),
        "is_rsa": yes_no(0.34, 0.02, people, rng),
        "is_disabled_worker": yes_no(0.06, 0.03, people, rng),
        "is_qpv_resident": yes_no(0.31, 0.04, people, rng),
        "eligibility_validated_on": validated,
    })  # fmt: skip
    employer = rng.integers(0, COMPANIES, total)
    work_contracts = pd.DataFrame({
        "place": place,
        "work_contract_id": [f"C-{one:06d}" for one in range(total)],
        "beneficiary_id": names[person],
        "employer_id": _siret(employer, 31),
        "employer_type": drawn(EMPLOYERS, COMPANIES, rng)[employer],
        "contract_type": drawn(CONTRACT_TYPES, total, rng),
        "start_date": start,
        "end_date": np.where(end > last_day + 60, 0, end),
    })  # fmt: skip
    return beneficiaries, work_contracts


def _hours(lots: pd.DataFrame, contracts: pd.DataFrame, year: int, rng: np.random.Generator) -> pd.DataFrame:
    """Hours of each month of each contract, in one lot or several of its structure; then the faults."""
    firsts = np.array([days_since(year, month, 1) for month in range(1, 13)] + [days_since(year + 1, 1, 1)])
    last_day = firsts[12] - 1
    start, end = (contracts[name].to_numpy() for name in ("start_date", "end_date"))
    end = np.where(end == 0, last_day, np.minimum(end, last_day))
    first_month = np.searchsorted(firsts, np.maximum(start, firsts[0]), side="right") - 1
    months = np.searchsorted(firsts, end, side="right") - first_month
    contract = np.repeat(np.arange(len(contracts)), months)
    begins = np.concatenate([[0], np.cumsum(months)[:-1]])
    month = first_month[contract] + np.arange(len(contract)) - begins[contract]
    pairs = len(contract)
    # A month in another lot too, until there are as many rows as the network has; some more are repetitions.
    repeated = round(ROWS * FAULTS["doublon"])
    pair, turn = _until(pairs, ROWS - repeated, rng)
    contract, month = contract[pair], month[pair]

    place = contracts["place"].to_numpy()[contract]
    lot_count = np.bincount(lots["place"], minlength=STRUCTURES)
    lot_first = np.concatenate([[0], np.cumsum(lot_count)[:-1]])
    # A contract stays with a few lots, and most hours go to the large ones.
    favourite = (rng.beta(1, 2.5, len(contracts)) * lot_count[contracts["place"].to_numpy()]).astype(int)
    lot = lot_first[place] + (favourite[contract] + turn) % lot_count[place]

    rows = len(contract)
    share = rng.gamma(2.2, 1.0, rows) / np.bincount(pair, minlength=pairs)[pair]
    hours = (share * (HOURS * 100 / share.sum())).astype(int)
    for _ in range(4):  # what is above a month's hours goes to the others
        of_pair = np.bincount(pair, weights=hours, minlength=pairs)[pair]
        hours = np.where(of_pair > MONTHLY_LIMIT, hours * MONTHLY_LIMIT / of_pair, hours * 1.0)
        rest = HOURS * 100 - hours.sum()
        low = of_pair < MONTHLY_LIMIT / 2
        hours = np.where(low, hours * (1 + rest / hours[low].sum()), hours)
    hours = np.maximum(hours.astype(int), 25)

    frame = pd.DataFrame({
        "place": place,
        "work_contract_id": contracts["work_contract_id"].to_numpy()[contract],
        "buyer_id": lots["buyer_id"].to_numpy()[lot],
        "procurement_id": lots["procurement_id"].to_numpy()[lot],
        "lot_no": lots["lot_no"].to_numpy()[lot],
        "month": np.array([f"{year}-{one:02d}" for one in range(1, 13)], dtype=object)[month],
        "hours": hours,
        "proof": drawn(PROOFS, rows, rng),
    })  # fmt: skip
    _spoil(frame, firsts, end[contract], turn, year, rng)
    again = frame.iloc[rng.choice(rows, repeated, replace=False)]
    return pd.concat([frame, again]).sort_values("place", kind="stable", ignore_index=True)


def _until(pairs: int, rows: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Which pair each row is of, and its turn among the rows of the pair; every pair once if there is room."""
    if pairs >= rows:
        return np.sort(rng.choice(pairs, rows, replace=False)), np.zeros(rows, dtype=int)
    whole, rest = divmod(rows, pairs)
    times = np.full(pairs, whole)
    times[rng.choice(pairs, rest, replace=False)] += 1
    pair = np.repeat(np.arange(pairs), times)
    return pair, np.arange(rows) - np.searchsorted(pair, pair)


def _spoil(
    frame: pd.DataFrame, firsts: np.ndarray, end: np.ndarray, turn: np.ndarray, year: int, rng: np.random.Generator
) -> None:
    """Give a few rows each fault, in place; the rows of a fault are apart from those of the others."""
    order = rng.permutation(len(frame))
    # Only one row of a contract and month: a key moved to another month stays a key of its own.
    movable = order[(turn[order] == 0) & (end[order] < firsts[10])]
    others = order[turn[order] > 0] if (turn > 0).any() else order[end[order] >= firsts[10]]

    def take(fault: str, rows: np.ndarray, skip: int) -> np.ndarray:
        return rows[skip : skip + round(FAULTS[fault] * len(frame))]

    def put(column: str, rows: np.ndarray, values: object) -> None:
        frame.iloc[rows, frame.columns.get_loc(column)] = values

    outside = take("hors_contrat", movable, 0)
    outside = outside[~pd.Series(frame["work_contract_id"].to_numpy()[outside]).duplicated().to_numpy()]
    put("month", outside, f"{year}-12")
    other_year = take("hors_annee", movable, 4 * len(outside) + 1000)
    put("month", other_year, [f"{year - 1}{text[4:]}" for text in frame["month"].to_numpy()[other_year]])
    unlikely = take("heures_invraisemblables", others, 0)
    put("hours", unlikely, np.array([-1000, 0, 22_001, 74_400])[np.arange(len(unlikely)) % 4])
    orphans = take("orphelin", others, len(unlikely))
    put("lot_no", orphans, "99")
    put("proof", take("sans_justificatif", others, len(unlikely) + len(orphans)), "")
