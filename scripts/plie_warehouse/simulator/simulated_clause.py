"""A year of the social clause: lots, persons, work contracts and hours of each structure, nothing of which is excluded.

Counts are met one by one: each marché, buyer, employer, person and contract has hours. The hours themselves are drawn,
then raked until each share of them stands, and rounded so that the total does to the hundredth.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from plie_warehouse.contract import read_seed
from plie_warehouse.simulator.quotas import QuotaError, counts_of, deal, share_between
from plie_warehouse.simulator.simulated_plie import AGES, LEVELS, generator
from plie_warehouse.simulator.targets import load_targets, of_year
from plie_warehouse.simulator.writing import YES_NO, days_since

VOLUMES = ("hours", "rows", "work_contracts", "beneficiaries", "procurements", "buyers", "employers", "awardees")
ANCHOR = 2020  # the first year whose volumes are known

STRUCTURE_TILT = {"hours": 0.25, "jeune": 0.3, "non_qualifie": 0.35, "oui": 0.35, "femme": 0.3, "inconnu": 1.0}
# Attribute whose shares of the hours are wanted -> what has it: a marché, a firm.
THINGS = {"nature": "marche", "buyer_type": "buyer", "awardee_type": "awardee", "employer_type": "employer"}
LOTS = {1: 0.78, 2: 0.14, 3: 0.05, 4: 0.03}
BEFORE_THE_YEAR, OLDEST_ELIGIBILITY = 150, 380  # days before 1 January: no contract, no eligibility is older
RAKINGS = 60
AWAY = 0.05  # of the contracts with a second lot, those whose second lot is one that two structures follow


class ClauseTargets:
    """The targets of every year of the clause, ``scale`` times the national size."""

    def __init__(self, scale: float = 1.0) -> None:
        self.scale = scale
        self.data = load_targets("clause")
        self.last_year: int = max(self.data["years"])

    def of(self, year: int) -> dict:
        """Volumes and shares of a year. Before the first known one, each year is smaller than the next."""
        spec = of_year(self.data, max(year, ANCHOR))
        smaller = self.data["growth"] ** min(year - ANCHOR, 0)
        return spec | {name: round(spec[name] * smaller * self.scale) for name in VOLUMES}

    def structures(self, year: int) -> int:
        """How many structures deliver."""
        spec = self.data["structures"]
        return max(spec["fewest"], round(spec["count"] * spec["growth"] ** min(year - ANCHOR, 0)))


def structure_codes(targets: ClauseTargets) -> list[str]:
    """The codes of all structures, oldest first, spread over the departments: CL-01-01, CL-02-01 …"""
    departments = [row["department_code"] for row in read_seed("departments") if not row["valid_to"]]
    return [
        f"CL-{departments[place % len(departments)]}-{place // len(departments) + 1:02d}"
        for place in range(targets.data["structures"]["count"])
    ]


class Structures:
    """What stays of a structure from year to year: its code, its size, how it differs from the others."""

    def __init__(self, targets: ClauseTargets, seed: int) -> None:
        self.targets, self.seed = targets, seed
        self.codes = structure_codes(targets)
        rng = generator(seed, "structures")
        self.size = np.exp(rng.normal(0, targets.data["spread"], len(self.codes)))
        self.tilts = {name: rng.normal(0, sd, len(self.codes)) for name, sd in STRUCTURE_TILT.items()}


def draw_clause_year(structures: Structures, year: int) -> dict[str, pd.DataFrame]:
    """The rows of a year: procurements with their companies, beneficiaries, work_contracts, hours, with the column
    `place` of the structure.

    Types of the columns: see ``writing.Cells``.
    """
    of, rng = structures.targets.of(year), generator(structures.seed, "clause", year)
    count = structures.targets.structures(year)
    size = structures.size[:count]
    lots = _lots(size, of, structures.targets.data, rng)
    people, contracts = _contracts(structures, size, of, year, rng)
    hours = _hours(structures, lots, contracts, of, year, rng)
    codes = np.asarray(structures.codes, dtype=object)
    contracts["contract_type"] = _contract_types(contracts["employer_type"].to_numpy(), of["contract_types"], rng)
    lots = _with_companies(lots, hours, of, generator(structures.seed, "companies", year))
    followed = _followed(lots, hours, year, count, rng)
    tables = {
        "procurements": followed,
        "procurement_companies": _companies(followed),
        "beneficiaries": people,
        "work_contracts": contracts,
        "hours": hours,
    }
    return {
        name: frame.assign(reporting_year=str(year), structure_code=codes[frame["place"].to_numpy()])
        for name, frame in tables.items()
    }


def siret(number: np.ndarray, first: int) -> np.ndarray:
    """Fourteen digits, another for each number; some begin with zeros."""
    return np.array([f"{first:02d}{one * 7919 % 10**7:07d}{one % 3:03d}11" for one in number.tolist()], dtype=object)


def _owned(size: np.ndarray, total: int, things: np.ndarray, fewest: int) -> tuple[np.ndarray, np.ndarray]:
    """Owners of things of a structure: each of the ``total`` owners is of one structure, and owns one thing at least.

    ``things``: how many each structure has, in the order of the rows; ``fewest``: owners of a structure. Returns the
    owner of each thing, and the structure of each owner.
    """
    owners = share_between(total, np.minimum(size, things), fewest, things)
    first = np.concatenate([[0], np.cumsum(owners)[:-1]])
    place = np.repeat(np.arange(len(things)), things)
    number = np.arange(len(place)) - np.repeat(np.concatenate([[0], np.cumsum(things)[:-1]]), things)
    own = owners[place]
    # The rest go to the first owners more often than to the last ones.
    skewed = ((number * 0.754877666 % 1.0) ** 1.7 * own).astype(int)
    return first[place] + np.where(number < own, number, skewed), np.repeat(np.arange(len(things)), owners)


def _lots(size: np.ndarray, of: Mapping, data: Mapping, rng: np.random.Generator) -> pd.DataFrame:
    """The lots of every marché of every structure: their marché, buyer and awardee."""
    marches = share_between(of["procurements"], size, data["fewest"], of["procurements"])
    buyer, _ = _owned(size, of["buyers"], marches, 1)
    place = np.repeat(np.arange(len(size)), marches)
    # A buyer from elsewhere for some, of those that do not give a buyer its one marché.
    repeated = np.flatnonzero(pd.Series(buyer).duplicated().to_numpy())
    moved = repeated[rng.random(len(repeated)) < data["cross_buyers"]]
    buyer[moved] = rng.integers(0, of["buyers"], len(moved))
    count = deal(counts_of(len(place), {str(lots): share for lots, share in LOTS.items()}), len(place), rng).astype(int)
    marche = np.repeat(np.arange(len(place)), count)
    return pd.DataFrame({
        "place": place[marche],
        "marche": marche,
        "lot": np.arange(len(marche)) - np.repeat(np.concatenate([[0], np.cumsum(count)[:-1]]), count) + 1,
        "buyer": buyer[marche],
        "awardee": rng.integers(0, of["awardees"], len(marche)),
        "shared": rng.random(len(marche)) < data["shared_lots"],
    })  # fmt: skip


def _contracts(
    structures: Structures, size: np.ndarray, of: Mapping, year: int, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The persons, and their work contracts: one each, then others for some of them."""
    fewest = structures.targets.data["fewest"]
    contracts_of = share_between(of["work_contracts"], size, fewest + 1, of["work_contracts"])
    person, home = _owned(size, of["beneficiaries"], contracts_of, fewest)
    employer, _ = _owned(size, of["employers"], contracts_of, 1)
    place = np.repeat(np.arange(len(size)), contracts_of)
    employer = _shuffled_within(employer, place, rng)
    total, people = len(place), len(home)

    new_year, last_day = days_since(year, 1, 1), days_since(year, 12, 31)
    start = rng.integers(new_year - BEFORE_THE_YEAR, last_day - 20, total)
    start = np.where(start < new_year - 60, start + 75, start)
    end = np.maximum(start + rng.gamma(2.6, 75, total).astype(int) + 10, new_year + 5)
    earliest = np.full(people, last_day)
    np.minimum.at(earliest, person, start)
    validated = np.maximum(earliest - rng.integers(0, 300, people), new_year - OLDEST_ELIGIBILITY)

    beneficiary = np.array([f"B-{year}-{one + 1:06d}" for one in range(people)], dtype=object)
    frame = pd.DataFrame({"place": home, "beneficiary_id": beneficiary})
    tilts = {name: values[home] for name, values in structures.tilts.items()}
    found = {}
    for name, shares in of["profiles"].items():
        counts = counts_of(people, shares)
        found[name] = deal(counts, people, rng, {code: tilts[code] for code in counts if code in tilts})
    age, level = np.zeros(people, dtype=int), np.empty(people, dtype=object)
    for code, (low, high) in AGES.items():
        mine = found["age"] == code
        age[mine] = rng.integers(low, high + 1, mine.sum())
    for code, shares in LEVELS.items():
        mine = np.flatnonzero(found["level"] == code)
        level[mine] = deal(counts_of(len(mine), shares), len(mine), rng)
    longer = 12 + np.minimum(rng.exponential(16, people), 200).astype(int)
    months = np.where(found["long_term"] == "oui", longer, rng.integers(0, 12, people)).astype(str).astype(object)
    beneficiaries = frame.assign(
        sex=np.where(found["sex"] == "inconnu", "", found["sex"]),
        birth_year=np.where(age > 0, (_year_of(validated) - age).astype(str).astype(object), ""),
        education_level=level,
        jobseeker_months=np.where(found["long_term"] == "inconnu", "", months),
        is_rsa=pd.Series(found["rsa"]).map(YES_NO),
        is_disabled_worker=pd.Series(found["disabled"]).map(YES_NO),
        is_qpv_resident=pd.Series(found["qpv"]).map(YES_NO),
        eligibility_validated_on=validated,
    )
    work_contracts = pd.DataFrame({
        "place": place,
        "work_contract_id": [f"CT-{year}-{one + 1:06d}" for one in range(total)],
        "beneficiary_id": beneficiary[person],
        "employer": employer,
        "employer_id": siret(employer, 31),
        "start_date": start,
        "end_date": np.where(end > last_day + 60, 0, end),
    })  # fmt: skip
    return beneficiaries, work_contracts


def _year_of(days: np.ndarray) -> np.ndarray:
    """The year of each day."""
    years = np.arange(1961, 2041)
    firsts = np.array([days_since(int(year), 1, 1) for year in years])
    return years[np.searchsorted(firsts, days, side="right") - 1]


def _shuffled_within(values: np.ndarray, place: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The same values in each structure, in another order."""
    return values[np.lexsort((rng.random(len(values)), place))]


def _hours(
    structures: Structures,
    lots: pd.DataFrame,
    contracts: pd.DataFrame,
    of: Mapping,
    year: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Hours of each month of each contract, on one lot of its structure or two. Gives lots, contracts and their firms
    the types that the shares of the hours ask for."""
    place, month, contract, pair, turn = _months(contracts, of["rows"], year, rng)
    lot = _lots_worked(lots, contracts, contract, turn, rng)

    draft = rng.gamma(2.2, 1.0, len(contract)) * np.exp(structures.tilts["hours"][place])
    types = {}
    margins = []
    for name, column in THINGS.items():
        frame, row = (contracts, contract) if column in contracts else (lots, lot)
        thing, shares = frame[column].to_numpy()[row], of[name]
        types[name] = _types(thing, draft, list(shares.values()), rng)
        margins.append((types[name][thing], np.array(list(shares.values())) * of["hours"]))
    hours = raked(draft, margins, pair, structures.targets.data["monthly_limit"])
    for name, column in THINGS.items():
        frame = contracts if column in contracts else lots
        codes = np.array(list(of[name]), dtype=object)
        frame[name] = codes[types[name][frame[column].to_numpy()]]
    lots["procurement_id"] = [f"MP-{year}-{one + 1:06d}" for one in lots["marche"].tolist()]
    lots["buyer_id"], lots["awardee_id"] = siret(lots["buyer"].to_numpy(), 4), siret(lots["awardee"].to_numpy(), 31)
    lots["lot_no"] = lots["lot"].astype(str)
    chosen = lots.iloc[lot]
    return pd.DataFrame({
        "place": place,
        "work_contract_id": contracts["work_contract_id"].to_numpy()[contract],
        "buyer_id": chosen["buyer_id"].to_numpy(),
        "procurement_id": chosen["procurement_id"].to_numpy(),
        "lot_no": chosen["lot_no"].to_numpy(),
        "month": np.array([f"{year}-{one:02d}" for one in range(1, 13)], dtype=object)[month],
        "hours": whole_hundredths(hours, of["hours"]),
        "proof": deal(counts_of(len(place), of["proofs"]), len(place), rng),
        "lot": lot,
    })  # fmt: skip


def _months(
    contracts: pd.DataFrame, rows: int, year: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The months of each contract in the year, some of them twice, until there are as many rows as wanted.

    Returns structure, month (0 to 11), contract, number of the contract's month, and turn within it."""
    firsts = np.array([days_since(year, month, 1) for month in range(1, 13)] + [days_since(year + 1, 1, 1)])
    start, end = (contracts[name].to_numpy() for name in ("start_date", "end_date"))
    end = np.where(end == 0, firsts[12] - 1, np.minimum(end, firsts[12] - 1))
    first = np.searchsorted(firsts, np.maximum(start, firsts[0]), side="right") - 1
    months = np.searchsorted(firsts, end, side="right") - first
    contract = np.repeat(np.arange(len(contracts)), months)
    begins = np.concatenate([[0], np.cumsum(months)[:-1]])
    month = first[contract] + np.arange(len(contract)) - begins[contract]
    twice = np.zeros(len(contract), dtype=int)
    more = min(max(rows - len(contract), 0), len(contract))
    twice[rng.choice(len(contract), more, replace=False)] = 1
    pair = np.repeat(np.arange(len(contract)), 1 + twice)
    turn = np.arange(len(pair)) - np.searchsorted(pair, pair)
    place = contracts["place"].to_numpy()[contract[pair]]
    return place, month[pair], contract[pair], pair, turn


def _lots_worked(
    lots: pd.DataFrame, contracts: pd.DataFrame, contract: np.ndarray, turn: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """The lot of each row: a contract keeps to one lot, and has a second one of the same structure for its second rows.
    The first contracts of a structure have a marché each, so that none is without hours."""
    place = contracts["place"].to_numpy()
    number = np.arange(len(place)) - np.searchsorted(place, place)
    marches = lots.groupby("place")["marche"].agg(["min", "nunique"])
    first, count = marches["min"].to_numpy()[place], marches["nunique"].to_numpy()[place]
    if (np.bincount(place) < marches["nunique"].to_numpy()).any():
        raise QuotaError("a structure with more marchés than work contracts")
    popular = (rng.beta(1, 2.5, len(place)) * count).astype(int)
    marche = first + np.where(number < count, number, popular)
    lots_of = np.bincount(lots["marche"])
    lot_first = np.concatenate([[0], np.cumsum(lots_of)[:-1]])
    main = lot_first[marche] + (rng.random(len(place)) * lots_of[marche]).astype(int)
    lot_count = np.bincount(lots["place"])[place]
    lot_begin = np.searchsorted(lots["place"].to_numpy(), place)
    other = lot_begin + (main - lot_begin + 1 + (rng.random(len(place)) * (lot_count - 1)).astype(int)) % lot_count
    # The lots that the structure before shares with this one are worked on too.
    shared = np.flatnonzero(lots["shared"].to_numpy())
    structures = int(place.max()) + 1
    count = np.bincount((lots["place"].to_numpy()[shared] + 1) % structures, minlength=structures)
    order = shared[np.argsort((lots["place"].to_numpy()[shared] + 1) % structures, kind="stable")]
    begin = np.concatenate([[0], np.cumsum(count)[:-1]])
    chosen = (begin[place] + (rng.random(len(place)) * count[place]).astype(int)) % max(len(order), 1)
    away = (rng.random(len(place)) < AWAY) & (count[place] > 0)
    other = np.where(away, order[chosen], other)
    return np.where(turn == 0, main[contract], other[contract])


def _types(thing: np.ndarray, hours: np.ndarray, shares: Sequence[float], rng: np.random.Generator) -> np.ndarray:
    """A type for each thing, so that the hours of the things of a type are near its share."""
    weight = np.bincount(thing, weights=hours)
    order = rng.permutation(len(weight))
    middle = np.cumsum(weight[order]) - weight[order] / 2
    bounds = np.cumsum(shares) / np.sum(shares) * weight.sum()
    types = np.empty(len(weight), dtype=int)
    types[order] = np.minimum(np.searchsorted(bounds, middle), len(shares) - 1)
    return types


def raked(
    draft: np.ndarray, margins: Sequence[tuple[np.ndarray, np.ndarray]], pair: np.ndarray, limit: float
) -> np.ndarray:
    """Hours near ``draft`` whose sums by each margin (type of each row, hours wanted of each type) stand, with no
    contract and month (``pair``) above ``limit``. Raises ``QuotaError`` when that cannot be."""
    hours = draft * (margins[0][1].sum() / draft.sum())
    for _ in range(RAKINGS):
        of_pair = np.bincount(pair, weights=hours)
        hours = hours * np.minimum(1, limit / of_pair)[pair]
        worst = 0.0
        for types, wanted in margins:
            factor = wanted / np.bincount(types, weights=hours, minlength=len(wanted))
            worst = max(worst, np.abs(factor - 1).max())
            hours = hours * factor[types]
        if worst < 1e-7:
            break
    else:
        raise QuotaError(f"the shares of the hours are still {worst:.1e} away")
    return hours


def whole_hundredths(hours: np.ndarray, total: int) -> np.ndarray:
    """Hundredths of hours, none without any, that add up to ``total`` hours."""
    exact = np.maximum(hours * 100, 25)
    parts = np.floor(exact).astype(int)
    rest = total * 100 - parts.sum()
    order = np.argsort(parts - exact, kind="stable")
    if 0 <= rest <= len(parts):
        parts[order[:rest]] += 1
    else:  # the least hours of a row came on top: the largest rows give them back
        step = -(-abs(rest) // len(parts))
        large = np.argsort(-parts, kind="stable")[: abs(rest) // step]
        parts[large] += np.sign(rest) * step
        parts[large[0]] += total * 100 - parts.sum()
    return parts


def _contract_types(
    employer: np.ndarray, shares: Mapping[str, Mapping[str, float]], rng: np.random.Generator
) -> np.ndarray:
    """The contracts that each type of employer makes."""
    dealt = np.empty(len(employer), dtype=object)
    for name in sorted(set(employer)):
        mine = np.flatnonzero(employer == name)
        dealt[mine] = deal(counts_of(len(mine), shares.get(name, shares["other"])), len(mine), rng)
    return dealt


def _with_companies(lots: pd.DataFrame, hours: pd.DataFrame, of: Mapping, rng: np.random.Generator) -> pd.DataFrame:
    """The lots with their programme, and one more company for some: role, type and number, empty where there is none.
    Of the IAE where no awardee is, on lots that have so much of the hours; others on any other lots."""
    rows = len(lots)
    types = read_seed("employer_types")
    iae = {row["employer_type"] for row in types if row["is_clause_iae"] == "true"}
    worked = np.bincount(hours["lot"].to_numpy(), weights=hours["hours"].to_numpy(), minlength=rows)
    order = rng.permutation(np.flatnonzero(~lots["awardee_type"].isin(iae).to_numpy()))
    wanted = of["other_iae"]["share"] * worked.sum()
    with_iae = order[np.cumsum(worked[order]) <= wanted]
    left = np.setdiff1d(np.arange(rows), with_iae)
    with_other = rng.choice(left, round(of["other_companies"]["share"] * rows), replace=False)
    role, company_type = np.full(rows, "", dtype=object), np.full(rows, "", dtype=object)
    for mine, spec, kinds in (
        (with_iae, of["other_iae"], of["other_iae"]["types"]),
        (with_other, of["other_companies"], {"entreprise": 1}),
    ):
        role[mine] = deal(counts_of(len(mine), spec["roles"]), len(mine), rng)
        company_type[mine] = deal(counts_of(len(mine), kinds), len(mine), rng)
    programme = deal(counts_of(rows, of["programmes"]), rows, rng)
    number = siret(np.arange(rows), 32)
    return lots.assign(other_role=role, other_type=company_type, other_id=number, programme=programme)


def _companies(followed: pd.DataFrame) -> pd.DataFrame:
    """The companies of the lots as structures deliver them: the awardee, and the other one where there is one."""
    lot = ["place", "buyer_id", "procurement_id", "lot_no"]
    awardees = followed[[*lot, "awardee_id", "awardee_type"]].set_axis([*lot, "company_id", "company_type"], axis=1)
    others = followed.loc[followed["other_role"] != "", [*lot, "other_id", "other_type", "other_role"]]
    others = others.set_axis([*lot, "company_id", "company_type", "role"], axis=1)
    both = pd.concat([awardees.assign(role="attributaire"), others])
    return both.sort_values("place", kind="stable", ignore_index=True)


def _followed(
    lots: pd.DataFrame, hours: pd.DataFrame, year: int, structures: int, rng: np.random.Generator
) -> pd.DataFrame:
    """The lots as structures deliver them: their own, and those that the structure before shares with them."""
    rows = len(lots)
    worked = np.bincount(hours["lot"].to_numpy(), weights=hours["hours"].to_numpy(), minlength=rows)
    committed = np.where(worked > 0, worked * rng.uniform(0.7, 1.6, rows), 20_000 * rng.lognormal(0, 0.7, rows))
    frame = lots.assign(
        notified_on=rng.integers(days_since(year - 2, 1, 1), days_since(year, 1, 1), rows),
        hours_committed=committed.astype(int) + 100,
    )
    shared = frame[frame["shared"]]
    again = shared.assign(place=(shared["place"] + 1) % structures)
    return pd.concat([frame, again]).sort_values("place", kind="stable", ignore_index=True)
