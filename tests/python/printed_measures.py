"""Read a landing folder and compute from its rows what the network prints: pandas of its own, nothing of the
warehouse's SQL nor of the intake's readers. Everything is an exact fraction; shares and rates are in hundredths."""

from __future__ import annotations

import csv
import datetime
import io
import zipfile
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from operator import itemgetter
from pathlib import Path

import openpyxl
import pandas as pd

from plie_warehouse.contract import KINDS, load_kind, read_seed

FORMER = {"vi": "1", "v bis": "2", "v": "3", "iv": "4", "iii": "5", "ii": "6", "i": "7"}
YES, NO = {"oui", "o", "1", "true", "vrai"}, {"non", "n", "0", "false", "faux"}
DURABLE_TYPES = {"cdi", "cdd", "interim", "alternance", "titulaire"}
FIXED_TYPES = {"cdd", "interim", "alternance"}
IAE = {"aci", "ei", "etti", "ai", "eiti"}
STEP_IAE = IAE | {"regie_quartier"}
AIDED = {"cui_cae", "cui_cie", "emploi_avenir"}
NEUTRALISED = {"demenagement", "deces", "retraite"}
POSITIVE = ("emploi_durable", "formation_qualifiante", "autre_positive")
LOCAL_FUNDERS, OTHER_FUNDERS = {"commune_epci", "departement", "region"}, {"autre_public", "autre_prive"}
NOT_SPLIT = "inconnu"
HOURS_PER_ETP = 1600

Frames = dict[str, pd.DataFrame]


# ------------------------------------------------------------------------------------------------ reading


@cache
def read_landing(landing: Path, kind: str, year: int) -> Frames:
    """Every table of a kind and year, all suppliers together, under the canonical names; codes are lower case.

    Read once: not to be changed.
    """
    tables = {table.name: table for table in load_kind(kind).tables}
    found: dict[str, list[Sequence[str]]] = {name: [] for name in tables}
    folders = landing.glob(f"{kind}/*/{year}" if kind in ("plie", "clause") else f"{kind}/{year}")
    for folder in sorted(folders):
        for name, header, rows in _sheets(folder, {table.sheet: table.name for table in tables.values()}):
            columns = tables[name].columns
            known = {one.casefold(): column.name for column in columns for one in (column.name, *column.aliases)}
            names = [known[one.casefold()] for one in header]
            # A column that may be absent, and is, is empty: what stands behind the row is one empty cell.
            given = [column.name for column in columns if column.name in names or not column.may_be_absent]
            in_order = itemgetter(*(names.index(one.name) if one.name in given else len(names) for one in columns))
            found[name] += (in_order([*row, ""]) for row in rows)
    frames = {name: pd.DataFrame(rows, columns=tables[name].names, dtype=str) for name, rows in found.items() if rows}
    return {name: _typed(frame, tables[name]) for name, frame in frames.items()}


def _sheets(folder: Path, names: dict[str, str]) -> Iterator[tuple[str, list[str], Iterable[list[str]]]]:
    """Table, header and rows of each file of a delivery, or of each sheet of its workbook."""
    for path in sorted(folder.iterdir()):
        if path.suffix == ".csv":
            yield path.stem, *_csv(path.read_bytes())
        elif path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                for member in archive.namelist():
                    yield Path(member).stem, *_csv(archive.read(member))
        else:
            for sheet in openpyxl.load_workbook(path, read_only=True):
                header, *rows = [[_text(cell) for cell in row] for row in sheet.values]
                yield names[sheet.title], header, [row + [""] * (len(header) - len(row)) for row in rows]


def _csv(content: bytes) -> tuple[list[str], Iterable[list[str]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252")
    first = text.split("\r\n", 1)[0]
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=max(";,\t", key=first.count))
    return next(rows), rows


def _text(cell: object) -> str:
    if cell is None:
        return ""
    return f"{cell:%Y-%m-%d}" if isinstance(cell, datetime.datetime) else str(cell)


def _typed(frame: pd.DataFrame, table: object) -> pd.DataFrame:
    """Dates as timestamps, yes and no as True, False or None, hours, ETP and amounts as whole hundredths."""
    for column in table.columns:
        values = frame[column.name]
        if column.type == "date":
            french = values.str.contains("/")
            days = pd.to_datetime(values.where(french, None), format="%d/%m/%Y")
            frame[column.name] = days.fillna(pd.to_datetime(values.where(~french & (values != ""), None)))
        elif column.type == "boolean":
            lower = values.str.lower()
            assert set(lower) <= YES | NO | {""}, (table.name, column.name)
            frame[column.name] = lower.map({text: text in YES for text in YES | NO})
        elif column.type in ("hours", "etp", "decimal", "days"):
            number = pd.to_numeric(values.str.replace(",", "."))
            frame[column.name] = (number * 100).round().astype("Int64")
        elif column.type == "education_level":
            frame[column.name] = pd.to_numeric(values.str.lower().replace(FORMER))
        elif column.type in ("integer", "year"):
            frame[column.name] = pd.to_numeric(values).astype("Int64")
        elif column.type == "month":
            frame[column.name] = values.str[:7]  # a spreadsheet makes it the first day of the month
        elif column.type == "code" and column.name not in ("naf_section", "department_code", "region_code"):
            frame[column.name] = values.str.lower()
        else:
            frame[column.name] = values
    return frame


# ------------------------------------------------------------------------------------------------ the PLIE

PERSON = ["plie_code", "participant_id"]
KEY = [*PERSON, "parcours_no"]
# What is printed of one PLIE alone: shares of its persons in parcours.
OF_ONE_PLIE = {"31-01": ("senior", "travailleur_handicape"), "21-01": ("without_step",)}


def months_later(days: pd.Series, months: int) -> pd.Series:
    """So many calendar months later, the last day of the month when there is no such day."""
    return days + pd.DateOffset(months=months)


@dataclass
class PlieYear:
    """The rows of a year and what they say of each parcours, exit and step."""

    parcours: pd.DataFrame
    exits: pd.DataFrame
    steps: pd.DataFrame
    last_day: pd.Timestamp


def plie_year(tables: Frames, year: int) -> PlieYear:
    first, last = pd.Timestamp(year, 1, 1), pd.Timestamp(year, 12, 31)
    parcours = tables["participants"].merge(tables["exits"][[*KEY, "exit_date"]], on=KEY, how="left", validate="1:1")
    assert (parcours["entry_date"] <= last).all()
    assert (parcours["exit_date"].isna() | (parcours["exit_date"] >= parcours["entry_date"])).all()
    assert parcours["exit_date"].dropna().between(first, last).all()
    parcours["is_entry"] = parcours["entry_date"] >= first
    age = parcours["entry_date"].dt.year - parcours["birth_year"]
    level, months = parcours["education_level"], parcours["jobseeker_months"]
    of = {
        "femme": (parcours["sex"] == "femme", parcours["sex"] != ""),
        "homme": (parcours["sex"] == "homme", parcours["sex"] != ""),
        "senior": (age >= 45, age.notna()),
        "jeune": (age < 26, age.notna()),
        "non_qualifie": (level <= 2, level.notna()),
        "peu_qualifie": (level <= 3, level.notna()),
        "longue_duree": (months >= 12, months.notna()),
        "rsa": (parcours["is_rsa"].eq(True), parcours["is_rsa"].notna()),
        "travailleur_handicape": (parcours["is_disabled_worker"].eq(True), parcours["is_disabled_worker"].notna()),
    }
    for name, (has, known) in of.items():
        parcours[name] = has.fillna(False).astype(bool)
        parcours[f"{name} known"] = known
    exits = tables["exits"].merge(parcours.drop(columns="exit_date"), on=KEY, suffixes=("", "_p"), validate="1:1")
    assert len(exits) == len(tables["exits"])
    exits["class"] = exit_classes(exits)
    steps = tables["steps"].merge(parcours[[*KEY, "entry_date", "exit_date"]], on=KEY, validate="m:1")
    assert len(steps) == len(tables["steps"])
    end = steps["end_date"].fillna(last)
    assert (steps["step_type"] != "accompagnement").all()
    assert ((steps["start_date"] <= last) & (end >= first) & (end >= steps["start_date"])).all()
    assert ((end >= steps["entry_date"]) & (steps["start_date"] <= steps["exit_date"].fillna(last))).all()
    return PlieYear(parcours, exits, steps, last)


def exit_classes(exits: pd.DataFrame) -> pd.Series:
    """The class of each exit, after the evidence for those declared as a durable job or a qualifying training."""
    day = pd.Timedelta(days=1)
    start, contract = exits["contract_start_date"], exits["contract_type"]
    fixed = contract.isin(FIXED_TYPES)
    long_enough = exits["contract_end_date"] + day >= months_later(start, 6)
    held = exits["validated_on"] + day >= months_later(start, 6)
    job = contract.isin(DURABLE_TYPES) & (~fixed | long_enough) & held
    begun, over = exits["training_start_date"], exits["training_end_date"]
    long = (over + day > months_later(begun, 9)) & (exits["validated_on"] + day >= months_later(begun, 6))
    training = exits["is_certifying"].eq(True) & ((over <= exits["exit_date"]) | long)
    reason = exits["exit_reason"]
    found = pd.Series("autre_sans_suite", index=exits.index)
    found[(reason == "emploi_durable") & job] = "emploi_durable"
    found[(reason == "formation_qualifiante") & training] = "formation_qualifiante"
    found[reason == "autre_sortie_positive"] = "autre_positive"
    found[reason == "abandon"] = "abandon"
    found[reason.isin(NEUTRALISED)] = "neutralisee"
    return found


def percent(part: object, whole: object) -> Fraction:
    return Fraction(100 * int(part), int(whole))


def plie_measures(year: PlieYear) -> dict[str, Fraction]:
    parcours, exits, steps = year.parcours, year.exits, year.steps
    found: dict[str, object] = {
        "parcours": len(parcours),
        "persons": len(parcours[PERSON].drop_duplicates()),
        "entries": parcours["is_entry"].sum(),
        "persons_entered": len(parcours.loc[parcours["is_entry"], PERSON].drop_duplicates()),
        "exits": len(exits),
        "stock": parcours["exit_date"].isna().sum(),
    }
    entries = parcours[parcours["is_entry"]]
    profiles = [name.removesuffix(" known") for name in parcours.columns if name.endswith(" known")]
    positive = exits["class"].isin(POSITIVE)
    found["exits:positive"], found["exits:nofollow"] = positive.sum(), (~positive).sum()
    for name in profiles:
        known = entries[f"{name} known"]
        found[f"entries:{name}"] = entries[name].sum()
        found[f"entries_of_all:{name}"] = percent(entries[name].sum(), len(entries))
        found[f"entries_of_known:{name}"] = percent((entries[name] & known).sum(), known.sum())
        found[f"rate:{name}"] = percent((positive & exits[name]).sum(), exits[name].sum())
    for name, count in exits["class"].value_counts().items():
        found[f"exits:{name}"] = count
        found[f"exits_share:{name}"] = percent(count, len(exits))
        side = "positive" if name in POSITIVE else "nofollow"
        found[f"{side}_share:{name}"] = percent(count, found[f"exits:{side}"])
    outcome = (exits["class"] == "neutralisee") | (~positive & (exits["exit_reason"] == "reorientation"))
    found["nofollow_with_outcome"] = percent(outcome.sum(), (~positive).sum())
    found["rate:total"] = percent(positive.sum(), len(exits))
    found["rate_neutralised"] = percent(positive.sum(), (exits["class"] != "neutralisee").sum())
    found["positive_per_entry"] = percent(positive.sum(), len(entries))
    told = positive & (exits["naf_section"] != "")
    found["positive_naf_share:N"] = percent((told & (exits["naf_section"] == "N")).sum(), told.sum())
    durable = exits["class"] == "emploi_durable"
    told = durable & (exits["employer_category"] != "")
    employer = told & (exits["employer_category"] == "entreprise")
    found["durable_employer_share:entreprise"] = percent(employer.sum(), told.sum())
    contract = exits["contract_type"]
    six = exits["contract_end_date"] + pd.Timedelta(days=1) >= months_later(exits["contract_start_date"], 6)
    lasting = {"cdi": contract == "cdi", "cdd_6_months": (contract == "cdd") & six, "cdd": contract == "cdd"}
    lasting["durable"] = lasting["cdi"] | lasting["cdd_6_months"] | (contract == "titulaire")
    for name, mine in lasting.items():
        found[f"contracts_share:{name}"] = percent(mine.sum(), (contract != "").sum())
    found |= _step_measures(steps) | _of_one_plie(parcours, steps)
    open_now = parcours[parcours["exit_date"].isna()]
    load = open_now.groupby(["plie_code", "referent_id"])["participant_id"].nunique()
    found["caseload:min"], found["caseload:max"] = load.min(), load.max()
    return {
        name: Fraction(value) if isinstance(value, Fraction) else Fraction(int(value)) for name, value in found.items()
    }


def _of_one_plie(parcours: pd.DataFrame, steps: pd.DataFrame) -> dict[str, Fraction]:
    """Of a PLIE that delivers: a person has the profile of the first parcours."""
    persons = parcours.sort_values(["entry_date", "parcours_no"]).drop_duplicates(PERSON)
    persons = persons.merge(steps[PERSON].drop_duplicates().assign(with_step=True), on=PERSON, how="left")
    persons["without_step"] = persons["with_step"].isna()
    found = {}
    for code, names in OF_ONE_PLIE.items():
        mine = persons[persons["plie_code"] == code]
        found |= {f"{code}:{name}": percent(mine[name].sum(), len(mine)) for name in names if len(mine)}
    return found


def _step_measures(steps: pd.DataFrame) -> dict[str, object]:
    job = steps["step_type"] == "emploi"
    iae, aided = job & steps["employer_type"].isin(STEP_IAE), job & steps["contract_type"].isin(AIDED)
    assert (steps.loc[job, ["employer_type", "contract_type"]] != "").all().all()
    kinds = {name: steps["step_type"] == name for name in ("mobilisation", "mediation", "formation")}
    kinds |= {"jobs": job, "jobs_not_iae": job & ~iae, "emploi_iae": iae, "iae_not_aided": iae & ~aided}
    kinds |= {"emploi_non_aide": job & ~iae & ~aided, "emploi_aide": aided & ~iae}
    found: dict[str, object] = {"steps": len(steps)}
    for name, mine in kinds.items():
        found[f"steps:{name}"], found[f"steps_share:{name}"] = mine.sum(), percent(mine.sum(), len(steps))
    found["jobs_share:not_iae"] = percent(kinds["jobs_not_iae"].sum(), job.sum())
    persons = len(steps[["plie_code", "participant_id"]].drop_duplicates())
    found["steps_per_participant"] = Fraction(len(steps), persons)
    return found


# ------------------------------------------------------------------------------------------------ the clause


def clause_rows(tables: Frames) -> pd.DataFrame:
    """The hours with their contract, person and lot; every one of them counts."""
    lot = ["structure_code", "buyer_id", "procurement_id", "lot_no"]
    rows = tables["hours"].drop(columns="reporting_year")
    assert not rows.duplicated([*lot, "work_contract_id", "month"]).any()
    contracts = tables["work_contracts"].merge(
        tables["beneficiaries"][["structure_code", "beneficiary_id", "eligibility_validated_on"]],
        on=["structure_code", "beneficiary_id"], validate="m:1",
    )  # fmt: skip
    found = rows.merge(contracts, on=["structure_code", "work_contract_id"], validate="m:1")
    found = found.merge(tables["procurements"], on=lot, validate="m:1", suffixes=("", "_lot"))
    assert len(found) == len(rows)
    first = pd.to_datetime(found["month"] + "-01")
    eligible = found["eligibility_validated_on"]
    assert (found["month"].str[:4].astype(int) == found["reporting_year"]).all()
    assert ((first + pd.offsets.MonthEnd(0) >= found["start_date"]) & ~(found["end_date"] < first)).all()
    assert ((eligible <= found["start_date"]) & (first < months_later(eligible, 24))).all()
    assert (found["proof"] != "").all() and (found["hours"] > 0).all()
    assert found.groupby(["structure_code", "work_contract_id", "month"])["hours"].sum().max() <= 220_00
    return found


def of_iae_companies(rows: pd.DataFrame, companies: pd.DataFrame) -> pd.Series:
    """Which hours are of a lot that a company of the IAE is attributaire, cotraitant or sous-traitant of."""
    lot = ["structure_code", "buyer_id", "procurement_id", "lot_no"]
    assert set(companies["role"]) == {"attributaire", "cotraitant", "sous_traitant"}
    assert rows[lot].drop_duplicates().merge(companies[lot].drop_duplicates(), on=lot).shape[0] == len(
        rows[lot].drop_duplicates()
    )
    iae = companies.loc[companies["company_type"].isin(IAE), lot].drop_duplicates().assign(iae=True)
    return rows[lot].merge(iae, on=lot, how="left")["iae"].notna().to_numpy()


def clause_measures(tables: Frames, facilitators: pd.DataFrame) -> dict[str, Fraction]:
    rows = clause_rows(tables)
    hours = Fraction(int(rows["hours"].sum()), 100)
    facilitators = facilitators[facilitators["structure_code"].isin(rows["structure_code"])]
    fte = Fraction(int(facilitators["fte"].sum()), 100)
    totals = {
        "hours": hours,
        "etp": hours / HOURS_PER_ETP,
        "buyers": rows["buyer_id"].nunique(),
        "procurements": len(rows[["buyer_id", "procurement_id"]].drop_duplicates()),
        "beneficiaries": len(rows[["structure_code", "beneficiary_id"]].drop_duplicates()),
        "work_contracts": len(rows[["structure_code", "work_contract_id"]].drop_duplicates()),
        "employers": rows["employer_id"].nunique(),
    }
    found = {f"clause:{name}": Fraction(value) for name, value in totals.items()}
    found |= {f"per_facilitator:{name}": Fraction(value) / fte for name, value in totals.items()}
    shares = {
        "buyer:local": rows["buyer_type"].isin({"collectivite", "sem"}),
        "buyer:bailleur": rows["buyer_type"] == "bailleur",
        "nature:travaux": rows["nature"] == "travaux",
        "nature:services": rows["nature"] == "services",
        "employer:iae": rows["employer_type"].isin(IAE),
        "employer:iae_geiq_rq": rows["employer_type"].isin(IAE | {"geiq", "regie_quartier"}),
        "awardee:iae": rows["awardee_type"].isin(IAE),
        "company:iae": of_iae_companies(rows, tables["procurement_companies"]),
    }
    for name, mine in shares.items():
        found[f"etp_share:{name}"] = percent(rows.loc[mine, "hours"].sum(), rows["hours"].sum())
    key = ["structure_code", "beneficiary_id"]
    people = tables["beneficiaries"].merge(rows[key].drop_duplicates(), on=key)
    age = people["eligibility_validated_on"].dt.year - people["birth_year"]
    profiles = {
        "femme": (people["sex"] == "femme", people["sex"] != ""),
        "jeune": (age < 26, age.notna()),
        "peu_qualifie": (people["education_level"] <= 3, people["education_level"].notna()),
        "longue_duree": (people["jobseeker_months"] >= 12, people["jobseeker_months"].notna()),
        "rsa": (people["is_rsa"].eq(True), people["is_rsa"].notna()),
        "qpv": (people["is_qpv_resident"].eq(True), people["is_qpv_resident"].notna()),
        "travailleur_handicape": (people["is_disabled_worker"].eq(True), people["is_disabled_worker"].notna()),
    }
    for name, (has, known) in profiles.items():
        found[f"beneficiaries_of_all:{name}"] = percent(has.fillna(False).sum(), len(people))
        found[f"beneficiaries_of_known:{name}"] = percent(has.fillna(False).sum(), known.sum())
    return found


# ------------------------------------------------------------------------------------------------ registers and survey


def _on(frame: pd.DataFrame, day: pd.Timestamp, begins: str = "opened_on", ends: str = "closed_on") -> pd.DataFrame:
    return frame[(frame[begins] <= day) & ~(frame[ends] <= day)]


def network_measures(tables: Frames, year: int, delivering: set[str]) -> dict[str, Fraction]:
    """``delivering``: the PLIE with a delivery for the year."""
    first, last = pd.Timestamp(year, 1, 1), pd.Timestamp(year, 12, 31)
    register = tables["plie_register"]
    in_year = register[(register["opened_on"] <= last) & ~(register["closed_on"] <= first)]
    taking_part = in_year[in_year["plie_code"].isin(delivering)]
    members, before = (
        _on(tables["members"], pd.Timestamp(one, 12, 31), "joined_on", "left_on") for one in (year, year - 1)
    )
    covered = tables["member_structures"].merge(members[["member_code"]], on="member_code")
    found: dict[str, object] = {
        "plie:in_year": len(in_year),
        "plie:first_day": len(_on(register, first)),
        "plie:last_day": len(_on(register, last)),
        "plie:participating": len(taking_part),
        "plie:participation": percent(len(taking_part), len(in_year)),
        "members:total": len(members),
        "oi:bodies": tables["intermediate_bodies"]["oi_code"].nunique(),
        "oi:plie": tables["intermediate_bodies"]["plie_code"].nunique(),
        "members:employers": members["is_employer_member"].eq(True).sum(),
        "board:seats": len(tables["board_seats"]),
        "board:bureau": tables["board_seats"]["is_bureau"].eq(True).sum(),
        "board:qualified_person": (tables["board_seats"]["member_code"] == "").sum(),
    }
    there = _on(tables["clause_structures"], last)["structure_code"]
    staffed = tables["facilitators"][tables["facilitators"]["structure_code"].isin(there)]
    found |= {"clause:structures": (staffed["headcount"] > 0).sum(), "clause:facilitators": staffed["headcount"].sum()}
    departments = read_seed("departments")
    region_of = {row["department_code"]: row["region_code"] for row in departments}
    found |= {
        f"plie:participating:{region}": count
        for region, count in taking_part["department_code"].map(region_of).value_counts().items()
    }
    seats = tables["board_seats"].merge(members[["member_code", "region_code"]], on="member_code")
    found |= {f"board:seats:{region}": count for region, count in seats["region_code"].value_counts().items()}
    for kind, frame, code in (("plie", register, "plie_code"), ("mde", tables["mde_register"], "mde_code")):
        there = _on(frame, last)
        mine = covered.loc[covered["structure_kind"] == kind, "structure_code"]
        count = there[code].isin(mine).sum()
        found |= {
            f"{kind}:last_day": len(there),
            f"{kind}:covered": count,
            f"{kind}:coverage": percent(count, len(there)),
        }
    for name in ("pleine", "clause"):
        now, then = (frame[frame["membership"] == name] for frame in (members, before))
        earlier = _on(tables["members"], pd.Timestamp(year - 3, 12, 31), "joined_on", "left_on")
        base = int((earlier["membership"] == name).sum())
        found[f"members:{name}"] = len(now)
        found[f"members_lost:{name}"] = len(then) - len(now)
        found[f"members_arrived:{name}"] = (now["joined_on"] >= first).sum()
        found[f"members_growth_3y:{name}"] = percent(len(now) - base, base)
        for kind in sorted(set(now["member_type"]) | set(then["member_type"])):
            count = int((now["member_type"] == kind).sum())
            found[f"members:{name}:{kind}"] = count
            found[f"members_change:{name}:{kind}"] = count - int((then["member_type"] == kind).sum())
    for region, count in members.loc[members["member_type"] == "plie_mde", "region_code"].value_counts().items():
        found[f"members:plie_mde:{region}"] = count
    return {name: value if isinstance(value, Fraction) else Fraction(int(value)) for name, value in found.items()}


def survey_measures(tables: Frames) -> dict[str, Fraction]:
    funding, spent = tables["survey_funding"], tables["survey_allocations"]
    teams, partners = tables["survey_teams"], tables["survey_partners"]
    found = {"funding:plie": Fraction(funding["plie_code"].nunique())}
    groups = {name: {name} for name in set(funding["funder"])} | {"local": LOCAL_FUNDERS, "other": OTHER_FUNDERS}
    for name, funders in groups.items():
        mine = funding["funder"].isin(funders)
        found[f"funding_share:{name}"] = percent(funding.loc[mine, "amount_eur"].sum(), funding["amount_eur"].sum())
    found["allocations:plie"] = Fraction(spent["plie_code"].nunique())
    split = spent[spent["operation_type"] != NOT_SPLIT]
    found["allocations:plie_by_operation"] = Fraction(split["plie_code"].nunique())
    for name, operators in (("aci", {"aci"}), ("iae", IAE)):
        mine = spent["operator_type"].isin(operators)
        found[f"allocations_share:{name}"] = percent(spent.loc[mine, "amount_eur"].sum(), spent["amount_eur"].sum())
    for name, rows in teams.groupby("team"):
        plie, head, fte = (
            rows["plie_code"].nunique(),
            int(rows["headcount"].sum()),
            Fraction(int(rows["fte"].sum()), 100),
        )
        assert (rows["fte"] <= rows["headcount"] * 100).all()
        found |= {
            f"team:{name}:plie": Fraction(plie),
            f"team:{name}:headcount": Fraction(head),
            f"team:{name}:fte": fte,
            f"team:{name}:employer_plie": Fraction(rows.loc[rows["employer_type"] != "", "plie_code"].nunique()),
        }
        found |= {f"team:{name}:avg": Fraction(head, plie), f"team:{name}:avg_etp": fte / plie}
    count, companies = len(partners), int(partners["partner_companies"].sum())
    found |= {"partners:plie": Fraction(count), "partners:companies": Fraction(companies)}
    return found | {"partners:avg": Fraction(companies, count)}


# ------------------------------------------------------------------------------------------------ the head's own work


def activity_measures(tables: Frames) -> dict[str, Fraction]:
    """What the registers of the head's own work say, as far as they were delivered."""
    counts: dict[str, int | Fraction] = {}
    if "training_sessions" in tables:
        sessions, trainees = tables["training_sessions"], tables["training_trainees"]
        there = trainees[trainees["attended"] == True]  # noqa: E712
        there = there.merge(sessions[["session_id", "organiser"]], on="session_id")
        new = sessions[sessions["is_new_module"] == True]  # noqa: E712
        base = sessions[sessions["level"].isin(["1", "2"]) & (sessions["theme"] == "clause")]
        for name in ("ave", "rh_tpe"):
            counts[f"training_sessions:{name}"] = int((sessions["organiser"] == name).sum())
        counts["training_persons_trained:ave"] = there.loc[there["organiser"] == "ave", "trainee_id"].nunique()
        for name in ("general", "clause"):
            counts[f"training_new_modules:{name}"] = new.loc[new["theme"] == name, "module"].nunique()
        counts["training_base_levels:clause"] = base["level"].nunique()
        for kinds in ("mde|plie_mde", "collectivite", "plie", "autre"):
            mine = there["structure_kind"].isin(kinds.split("|"))
            counts[f"training_share_of_all:{kinds}"] = percent(int(mine.sum()), len(there))
        for name, column in (("satisfied", "satisfied"), ("recommend", "would_recommend")):
            said = there.loc[there["answered"] == True, column]  # noqa: E712
            counts[f"training_share_{name}:total"] = percent(int((said == True).sum()), int(said.notna().sum()))  # noqa: E712
    if "events" in tables:
        events = tables["events"]
        for column in ("kind", "series"):
            for name, count in events[column].value_counts().items():
                counts[f"events:{name}"] = int(count)
        tour = events[events["kind"] == "tour_de_france"]
        counts["event_participants:tour_de_france"] = int(tour["participants"].astype(int).sum())
    if "assistance_requests" in tables:
        requests, experts = tables["assistance_requests"], tables["experts"]
        days = requests["days"].fillna(0)
        outside = experts["is_internal"] == False  # noqa: E712
        counts["assistance_external_experts:total"] = int(outside.sum())
        counts["assistance_external_experts:plie"] = int((outside & (experts["subject"] == "plie")).sum())
        counts["assistance_experts:clause"] = int((experts["subject"] == "clause").sum())
        clause, plie = (requests["subject"] == name for name in ("clause", "plie"))
        question = requests["kind"] == "question"
        on_site = clause & (requests["kind"] == "sur_site")
        territories = requests[clause & ~question]
        counts["assistance_on_site_days:clause"] = Fraction(int(days[on_site].sum()), 100)
        counts["assistance_support_days:plie"] = Fraction(int(days[plie].sum()), 100)
        counts["assistance_assistance_days:plie"] = Fraction(int(days[plie & ~question].sum()), 100)
        counts["assistance_territories:clause"] = territories["territory_code"].nunique()
        regional = territories[territories["territory_level"] == "regional"]
        counts["assistance_regional_territories:clause"] = regional["territory_code"].nunique()
        counts["assistance_questions:clause"] = int((clause & question).sum())
        counts["assistance_questions:plie"] = int((plie & question).sum())
    if "inquiries" in tables:
        inquiries, visits = tables["inquiries"], tables["web_statistics"]
        counts["inquiry_answers:qpv"] = int(inquiries.loc[inquiries["theme"] == "qpv", "answers"].astype(int).sum())
        counts["inquiries:appel"] = int((inquiries["kind"] == "appel").sum())
        seen = visits["visits"].astype(int)
        counts["web_visits:total"] = int(seen.sum())
        for name in ("accueil", "formations"):
            counts[f"web_visits:{name}"] = int(seen[visits["page"] == name].sum())
        for name, rows in tables["social_snapshots"].sort_values("observed_on").groupby("network"):
            counts[f"social_followers:{name}"] = int(rows["followers"].iloc[-1])
        posts = tables["social_posts"]
        above = (posts["network"] == "twitter") & (posts["views"].astype(int) > 3000)
        counts["social_posts_seen:twitter"] = int(above.sum())
        counts["staff_posts:total"] = int(tables["staff"]["ends_on"].isna().sum())
        counts["regional_bodies:total"] = len(tables["regional_bodies"])
    for name, rows in tables["project_members"].groupby("project_id"):
        counts[f"project_members:{name}"] = len(rows)
        counts[f"project_countries:{name}"] = rows["country_code"].nunique()
    rh_tpe = tables["rh_tpe_structures"]
    counts["rh_tpe_structures:total"] = len(rh_tpe)
    counts["rh_tpe_software_users:total"] = int((rh_tpe["uses_software"] == True).sum())  # noqa: E712
    counts["rh_tpe_websites:total"] = int((rh_tpe["has_website"] == True).sum())  # noqa: E712
    if "rh_tpe_activity" in tables:
        acts = tables["rh_tpe_activity"]
        done = acts["activity_count"].astype(int).groupby(acts["kind"]).sum()
        counts |= {f"rh_tpe_activity:{name}": int(count) for name, count in done.items()}
        counts["rh_tpe_activity:rdv|atelier"] = int(done["rdv"] + done["atelier"])
    return {f"activity:{name}": Fraction(value) for name, value in counts.items()}


# ------------------------------------------------------------------------------------------------ all of it


def measures(landing: Path, kinds: Container[str] = KINDS) -> Callable[[str, int], Fraction]:
    """What the deliveries of these kinds in a landing folder say: (measure, year) → exact value."""
    folders = {"plie": "plie/*/*", "clause": "clause/*/*", "network": "network/*", "survey": "survey/*"}
    folders["activity"] = "activity/*"
    years = {
        kind: sorted({int(path.name) for path in landing.glob(folder)} if kind in kinds else ())
        for kind, folder in folders.items()
    }
    found: dict[int, dict[str, Fraction]] = {}
    registers = {year: read_landing(landing, "network", year) for year in years["network"]}
    for year in years["plie"]:
        found.setdefault(year, {}).update(plie_measures(plie_year(read_landing(landing, "plie", year), year)))
    for year in years["clause"]:
        tables = read_landing(landing, "clause", year)
        found.setdefault(year, {}).update(clause_measures(tables, registers[year]["facilitators"]))
    for year, tables in registers.items():
        delivering = {path.parent.name for path in landing.glob(f"plie/*/{year}")}
        found.setdefault(year, {}).update(network_measures(tables, year, delivering))
    for year in years["survey"]:
        found.setdefault(year, {}).update(survey_measures(read_landing(landing, "survey", year)))
    for year in years["activity"]:
        found.setdefault(year, {}).update(activity_measures(read_landing(landing, "activity", year)))
    for year in found:
        for name in ("femme", "senior"):
            both = [found.get(one, {}).get(f"entries_of_all:{name}") for one in (year, year - 1)]
            if None not in both:
                found[year][f"entries_change:{name}"] = both[0] - both[1]
    return lambda measure, year: found[year][measure]
