"""A national year, drawn in whole columns: 128 PLIE, of which two are in no register, in a mix of CSV formats.

Every row is valid. The shapes are those of the network: entries are a quarter of the parcours, exits 24 %, 1.26 steps
per parcours, PLIE from 100 to 4,000 parcours.
"""

from __future__ import annotations

import csv
import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from plie_warehouse.landing.files import write_bytes, zip_bytes
from plie_warehouse.landing.headers import contract_of, header_line
from plie_warehouse.paths import PROJECT
from plie_warehouse.sample.population import CONTRACTS, LEVELS, NAF, STEP_DAYS, STEP_DETAILS, STEP_MIX
from plie_warehouse.sample.spellings import COLUMNS, FORMER_LEVELS

REGISTER = PROJECT / "seeds" / "reference" / "plie_register.csv"
UNREGISTERED = ("99-01", "99-02")
PARCOURS, STEPS, EXITS = 131_000, 165_000, 31_500
SMALLEST, LARGEST = 100, 4_000
ENTRY_SHARE, WITH_STEP = 0.25, 0.94
REFERENT_LOAD = 90
EPOCH = datetime.date(1990, 1, 1)  # days are counted from here; 0 stands for no date

REASONS = {
    "emploi_durable": 0.34, "formation_qualifiante": 0.08, "autre_sortie_positive": 0.03, "abandon": 0.19,
    "demenagement": 0.05, "deces": 0.005, "retraite": 0.025, "reorientation": 0.12, "sante": 0.05,
    "fin_de_duree": 0.04, "perte_de_contact": 0.04, "exclusion": 0.015, "autre": 0.015,
}  # fmt: skip
BOOLEANS = (("oui", "non"), ("OUI", "NON"), ("1", "0"), ("Vrai", "Faux"), ("o", "n"), ("true", "false"))
SEPARATORS = (";", ";", ",", "\t")
ENCODINGS = ("cp1252", "utf-8", "utf-8-sig", "cp1252", "utf-8")


@dataclass(frozen=True)
class Style:
    """How one PLIE writes; drawn from its place in the list, so that all the formats are mixed."""

    separator: str
    encoding: str
    spelling: int | None
    french_dates: bool
    booleans: tuple[str, str]
    former_levels: bool
    upper_codes: bool
    zipped: bool

    @classmethod
    def of(cls, place: int) -> Style:
        return cls(
            separator=SEPARATORS[place % 4],
            encoding=ENCODINGS[place % 5],
            spelling=None if place % 7 == 0 else place % 3,
            french_dates=place % 3 != 0,
            booleans=BOOLEANS[place % 6],
            former_levels=place % 4 == 1,
            upper_codes=place % 5 == 2,
            zipped=place % 16 == 15,
        )


def plie_codes() -> list[str]:
    """The 126 codes of the register and two that it does not know."""
    with REGISTER.open(encoding="utf-8", newline="") as file:
        return [row["plie_code"] for row in csv.DictReader(file)] + list(UNREGISTERED)


def draw_sizes(count: int, rng: np.random.Generator) -> np.ndarray:
    """Parcours of each PLIE: log-normal, between the smallest and the largest known, adding up to the national sum."""
    raw = np.clip(rng.lognormal(6.7, 0.7, count), SMALLEST, LARGEST)
    sizes = np.clip((raw * PARCOURS / raw.sum()).round().astype(int), SMALLEST, LARGEST)
    sizes[sizes.argmin()] = SMALLEST
    sizes[sizes.argmax()] = LARGEST
    inside = np.flatnonzero((sizes > SMALLEST * 2) & (sizes < LARGEST * 0.8))
    share, rest = divmod(PARCOURS - sizes.sum(), len(inside))
    sizes[inside] += share
    sizes[inside[:rest]] += 1
    return sizes


def write_national(output: Path, years: Sequence[int], seed: int) -> list[Path]:
    """Draw each year and write its files under ``output``; returns the files."""
    codes = plie_codes()
    written = []
    for year in years:
        tables = draw_year(codes, year, np.random.default_rng((seed, year)))
        groups = {name: dict(iter(frame.groupby("place", sort=False))) for name, frame in tables.items()}
        for place, code in enumerate(codes):
            style = Style.of(place)
            mine = {name: groups[name][place] for name in COLUMNS}
            written += write_supplier(output / "plie" / code / str(year), mine, style)
    return written


def write_supplier(folder: Path, tables: Mapping[str, pd.DataFrame], style: Style) -> list[Path]:
    """Write one supplier's tables as its style has it; returns the files."""
    files = {f"{name}.csv": _csv(name, frame, style) for name, frame in tables.items()}
    if style.zipped:
        return [write_bytes(folder / "livraison.zip", zip_bytes(files, level=1))]
    return [write_bytes(folder / name, content) for name, content in files.items()]


def draw_year(codes: Sequence[str], year: int, rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    """The rows of a year: participants, steps, exits, with the column `place` of the PLIE in ``codes``.

    Dates are days since ``EPOCH`` (0: none), yes and no are 1 and 0 (-1: unknown), the rest is text.
    """
    new_year = days_since(year, 1, 1)
    last_day = days_since(year, 12, 31)
    place = np.repeat(np.arange(len(codes)), draw_sizes(len(codes), rng))
    total = len(place)
    code = np.asarray(codes, dtype=object)[place]
    number = np.arange(total) - np.searchsorted(place, place)

    enters = np.zeros(total, dtype=bool)
    enters[rng.permutation(total)[: round(ENTRY_SHARE * total)]] = True
    entry = np.where(
        enters,
        rng.integers(new_year, last_day + 1, total),
        new_year - 1 - np.minimum(rng.exponential(480, total), 2400).astype(int),
    )
    leaves = rng.choice(np.flatnonzero(entry <= last_day - 31), EXITS, replace=False)
    exit_day = np.zeros(total, dtype=int)
    exit_day[leaves] = rng.integers(np.maximum(entry[leaves] + 20, new_year), last_day + 1)

    common = pd.DataFrame({
        "place": place,
        "reporting_year": str(year),
        "plie_code": code,
        "participant_id": joined("P", code, number + 1, 5),
        "parcours_no": "1",
    })  # fmt: skip
    participants = common.assign(
        entry_date=entry,
        sex=drawn({"femme": 0.52, "homme": 0.47, "": 0.01}, total, rng),
        birth_year=np.where(
            rng.random(total) < 0.99, (year - 17 - rng.gamma(5, 4.6, total).clip(1, 47)).astype(int).astype(str), ""
        ),
        education_level=drawn(LEVELS, total, rng),
        jobseeker_months=np.where(
            rng.random(total) < 0.93, rng.exponential(19, total).astype(int).clip(0, 240).astype(str), ""
        ),
        is_rsa=yes_no(0.45, 0.01, total, rng),
        is_other_minimum_income=yes_no(0.09, 0.04, total, rng),
        is_disabled_worker=yes_no(0.09, 0.03, total, rng),
        is_qpv_resident=yes_no(0.35, 0.05, total, rng),
        referent_id=joined("Réf", code, number // REFERENT_LOAD + 1, 2),
    )
    return {
        "participants": participants,
        "steps": _steps(common, entry, exit_day, year, rng),
        "exits": _exits(common.iloc[leaves], exit_day[leaves], rng),
    }


def _steps(
    common: pd.DataFrame, entry: np.ndarray, exit_day: np.ndarray, year: int, rng: np.random.Generator
) -> pd.DataFrame:
    new_year, last_day = days_since(year, 1, 1), days_since(year, 12, 31)
    served = rng.permutation(len(common))[: round(WITH_STEP * len(common))]
    host = np.sort(np.concatenate([served, rng.choice(served, STEPS - len(served))]))
    details = [(family, *detail) for family, choices in STEP_DETAILS.items() for detail in choices]
    weights = np.array([STEP_MIX[2021][family] / len(STEP_DETAILS[family]) for family, *_ in details])
    drawn = rng.choice(len(details), STEPS, p=weights / weights.sum())

    def detail(position: int) -> np.ndarray:
        return np.array([row[position] or "" for row in details], dtype=object)[drawn]

    step_type, employer_type, contract_type = detail(1), detail(2), detail(3)
    last = np.where(exit_day[host] > 0, exit_day[host], last_day)
    first = np.minimum(np.maximum(entry[host], new_year - 45), last)
    start = rng.integers(first, last + 1)
    low, high = (np.array([STEP_DAYS.get(row[1], (10, 120))[side] for row in details])[drawn] for side in (0, 1))
    end = np.maximum(start + rng.integers(low, high + 1), new_year)
    end = np.where(exit_day[host] > 0, np.minimum(end, exit_day[host]), end)
    frame = common.iloc[host].reset_index(drop=True)
    place = frame["place"].to_numpy()
    number = np.arange(STEPS) - np.searchsorted(place, place)
    return frame.assign(
        step_id=joined("ET", frame["plie_code"].to_numpy(), number + 1, 6),
        step_type=step_type,
        start_date=start,
        end_date=np.where(end > last_day, 0, end),
        contract_type=contract_type,
        employer_type=employer_type,
    )


def _exits(common: pd.DataFrame, day: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    total = len(day)
    reason = drawn(REASONS, total, rng)
    hired = reason == "emploi_durable"
    trained = reason == "formation_qualifiante"
    contract = drawn(CONTRACTS, total, rng)
    start = day - rng.integers(184, 216, total)
    bounded = np.isin(contract, ("cdd", "interim", "alternance"))
    proven = rng.random(total) < 0.95
    training_end = day - rng.integers(0, 21, total)
    frame = common.assign(
        exit_date=day,
        exit_reason=reason,
        contract_type=np.where(hired, contract, ""),
        contract_start_date=np.where(hired, start, 0),
        contract_end_date=np.where(hired & bounded, start + rng.integers(184, 370, total), 0),
        validated_on=np.where(hired & proven, start + 184, 0),
        employer_category=np.where(
            hired, drawn({"entreprise": 0.57, "association": 0.12, "public": 0.16, "particulier": 0.04, "": 0.11},
                          total, rng), ""
        ),
        naf_section=np.where(hired, drawn(NAF | {"": 18}, total, rng), ""),
        training_start_date=np.where(trained, training_end - rng.integers(60, 241, total), 0),
        training_end_date=np.where(trained, training_end, 0),
        is_certifying=np.where(trained, 1, -1),
    )  # fmt: skip
    return frame.sort_values(["place", "exit_date", "participant_id"])


def _csv(table: str, frame: pd.DataFrame, style: Style) -> bytes:
    """One supplier's rows as the bytes of its file; the type of a column tells how its values are drawn."""
    columns = contract_of(table).columns
    cells = frame[[column.name for column in columns]].copy()
    for column in columns:
        name = column.name
        if column.type == "date":
            cells[name] = _day_texts(style.french_dates)[cells[name].to_numpy()]
        elif column.type == "boolean":
            yes, no = style.booleans
            cells[name] = np.array([no, yes, ""], dtype=object)[cells[name].to_numpy()]
        elif column.type == "hours":
            cells[name] = _hour_texts(cells[name].to_numpy(), "," if style.french_dates else ".")
        elif column.type == "education_level" and style.former_levels:
            cells[name] = cells[name].replace({str(level): former for level, former in FORMER_LEVELS.items()})
        elif column.type == "code" and name != "naf_section" and style.upper_codes:
            cells[name] = cells[name].str.upper()
    header = header_line(table, list(cells.columns), style.spelling)
    text = cells.to_csv(sep=style.separator, header=header, index=False, lineterminator="\r\n")
    return text.encode(style.encoding)


def _hour_texts(hundredths: np.ndarray, point: str) -> list[str]:
    """Hours with two decimals."""
    return [
        f"{'-' if one < 0 else ''}{abs(one) // 100}{point}{abs(one) % 100:02d}"
        for one in hundredths.astype(int).tolist()
    ]


@cache
def _day_texts(french: bool) -> np.ndarray:
    """The text of every day since ``EPOCH``; position 0 is empty."""
    form = "%d/%m/%Y" if french else "%Y-%m-%d"
    days = [EPOCH + datetime.timedelta(days=number) for number in range(60 * 366)]
    return np.array(["", *(day.strftime(form) for day in days[1:])], dtype=object)


def days_since(year: int, month: int, day: int) -> int:
    """Days since ``EPOCH``."""
    return (datetime.date(year, month, day) - EPOCH).days


def drawn(shares: dict, total: int, rng: np.random.Generator) -> np.ndarray:
    """Codes as text, drawn by their shares; None is empty."""
    weights = np.array(list(shares.values()), dtype=float)
    codes = np.array(["" if code is None else str(code) for code in shares], dtype=object)
    return codes[rng.choice(len(codes), total, p=weights / weights.sum())]


def yes_no(yes: float, unknown: float, total: int, rng: np.random.Generator) -> np.ndarray:
    drawn = rng.random(total)
    return np.where(drawn < unknown, -1, (drawn < unknown + yes).astype(int))


def joined(prefix: str, code: np.ndarray, number: np.ndarray, width: int) -> np.ndarray:
    """Pseudonyms such as P-59-09-00012."""
    return np.array([f"{prefix}-{c}-{n:0{width}d}" for c, n in zip(code, number, strict=True)], dtype=object)
