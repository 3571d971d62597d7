"""The rules of the social clause, D40 to D47, written a second time in pandas from the delivered rows.

Nothing here looks at how the models do it. Each function names the rules that it states. Row-level frames
keep the index of the staged frame that they come from, so that a reason found here can be laid beside the
delivered row.

Hours are whole numbers of hundredths from the first sum to the last (``cents``); ETP is divided once, last.
Numbers and code lists come from the reference frames. What is written below are the names of parameters, of
reasons and of cuts, never their values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from plie_warehouse.validation import tables
from plie_warehouse.validation.delivered import outcome_of_rows, reasons_of_acceptance
from plie_warehouse.validation.frames import (
    BENEFICIARY_KEY,
    CONTRACT_KEY,
    HOURS_KEY,
    LOT_KEY,
    STRUCTURE,
    TERRITORY_KEY,
    YEAR,
)
from plie_warehouse.validation.tables import (
    FactRules,
    columns_of,
    count_rows,
    cross,
    roll_up,
    tables_of,
    territories_of,
    with_profile,
)
from plie_warehouse.validation.tools import (
    PERSON_PARAMETERS,
    UNKNOWN,
    Parameters,
    add_months,
    attach,
    delivered_years,
    flag_of,
    in_set,
    is_true,
    number_text,
    parameter_of,
    parameters_of_years,
    person_flags,
    scaled,
    with_first_failing,
)

# What the rules of the clause ask of reference.parameters; a year without one of them is not computed.
HOURS_PARAMETERS = ("hours_per_etp", "max_monthly_hours", "full_time_monthly_hours")
PARAMETERS = (
    *HOURS_PARAMETERS,
    "clause_eligibility_months",
    *PERSON_PARAMETERS,
)

# One delivery: the five tables of a structure and a year.
DELIVERY = [YEAR, STRUCTURE]

TABLE_KEYS: Mapping[str, list[str]] = {
    "procurements": LOT_KEY,
    "procurement_companies": [*LOT_KEY, "company_id"],
    "beneficiaries": BENEFICIARY_KEY,
    "work_contracts": CONTRACT_KEY,
    "hours": HOURS_KEY,
}

# The registers: each table of a year is one delivery, for all structures.
NETWORK_DELIVERY: Mapping[str, list[str]] = {"clause_structures": ["delivery_year"], "facilitators": [YEAR]}

# Outcome of an hours row that no reason excludes.
COUNTED = "comptees"

# Reason of hours that nobody can have worked (D43).
IMPLAUSIBLE = "heures_invraisemblables"

# All roles that companies have in a lot, together (D45).
EVERY_ROLE = "tout_role"

HOURS_DECIMALS, ETP_DECIMALS = 2, 4

# Facilitators' ETP are delivered with up to six decimals.
ETP_PLACES = 6

SIDES = ("employer", "awardee")

# Cut -> column of the hours row that has its value; the total has none.
CUTS: Mapping[str, str | None] = {
    "total": None,
    "buyer_type": "buyer_type",
    "nature": "nature",
    "employer_type": "employer_type",
    "awardee_type": "awardee_type",
}

# Counted hours -> what is distinct in a structure and summed (D47), and what is distinct over the whole
# territory, because a buyer, a procurement or an employer is the same for every structure (D44).
WITHIN_STRUCTURE: Mapping[str, list[str]] = {
    "beneficiaries": ["beneficiary_id"],
    "work_contracts": ["work_contract_id"],
}
OVER_TERRITORY: Mapping[str, list[str]] = {
    "procurements": ["buyer_id", "procurement_id"],
    "buyers": ["buyer_id"],
    "employers": ["employer_id"],
}

FACT_RULES: Mapping[str, FactRules] = {
    "fct_clause_hours": FactRules(
        key=HOURS_KEY,
        supplier=STRUCTURE,
        supplier_kind="structure",
        row_rule_id="D1B",
        key_rule_id="D1B",
        reason_column="exclusion_reason",
        by_reason=frozenset({"is_counted", "exclusion_reason"}),
        reason_rule_ids=("D43",),
        columns=columns_of("fct_clause_hours"),
    ),
}


# --------------------------------------------------------------------------------- D41 and D43: hours


def describe_lots(lots: pd.DataFrame, employer_types: pd.DataFrame) -> pd.DataFrame:
    """Admitted lots with the two flags of their awardee (D45); ``NA`` where its type is unknown."""
    return lots.assign(
        is_iae_awardee=flag_of(lots["awardee_type"], employer_types, "employer_type", "is_clause_iae"),
        is_iae_geiq_rq_awardee=flag_of(lots["awardee_type"], employer_types, "employer_type", "is_clause_iae_geiq_rq"),
    )


def describe_contracts(contracts: pd.DataFrame, employer_types: pd.DataFrame) -> pd.DataFrame:
    """Admitted work contracts with the two flags of their employer (D45) and their dates renamed."""
    return contracts.assign(
        is_iae_employer=flag_of(contracts["employer_type"], employer_types, "employer_type", "is_clause_iae"),
        is_iae_geiq_rq_employer=flag_of(
            contracts["employer_type"], employer_types, "employer_type", "is_clause_iae_geiq_rq"
        ),
    ).rename(columns={"start_date": "contract_start_date", "end_date": "contract_end_date"})


def describe_beneficiaries(beneficiaries: pd.DataFrame, parameters: Parameters) -> pd.DataFrame:
    """Admitted beneficiaries with what the rules derive: D30 (age in the year of the validated eligibility),
    D31 (levels), D32 (duration). A flag is ``NA`` where what it rests on is unknown (D33).
    """
    age = beneficiaries["eligibility_validated_on"].dt.year.astype("Int64") - beneficiaries["birth_year"]
    return beneficiaries.assign(age_at_eligibility=age, **person_flags(beneficiaries, age, parameters))


LOT_COLUMNS = [
    "buyer_type", "nature", "programme", "awardee_id", "awardee_type", "is_iae_awardee", "is_iae_geiq_rq_awardee",
]  # fmt: skip
CONTRACT_COLUMNS = [
    "beneficiary_id", "employer_id", "employer_type", "contract_type", "contract_start_date", "contract_end_date",
    "is_iae_employer", "is_iae_geiq_rq_employer",
]  # fmt: skip
BENEFICIARY_COLUMNS = [
    "eligibility_validated_on", "age_at_eligibility", "sex", "education_level", "is_unqualified", "is_low_qualified",
    "is_senior", "is_young", "is_long_term_unemployed", "is_rsa", "is_disabled_worker", "is_qpv_resident",
]  # fmt: skip


def link_hours(
    hours: pd.DataFrame, lots: pd.DataFrame, contracts: pd.DataFrame, beneficiaries: pd.DataFrame
) -> pd.DataFrame:
    """Every delivered hours row with its lot, work contract and beneficiary, where they are accepted.

    ``hours``: all delivered rows; the others: accepted rows, see ``describe_…``. Adds ``cents`` (hours in
    hundredths, ``NA`` = cannot be read) and the masks ``has_lot``, ``has_contract``, ``has_beneficiary``.
    """
    rows = hours.assign(cents=scaled(hours["hours"], HOURS_DECIMALS))
    for mask, others, key, columns in (
        ("has_lot", lots, LOT_KEY, LOT_COLUMNS),
        ("has_contract", contracts, CONTRACT_KEY, CONTRACT_COLUMNS),
        ("has_beneficiary", beneficiaries, BENEFICIARY_KEY, BENEFICIARY_COLUMNS),
    ):
        rows = attach(rows, others.assign(**{mask: True}), key, [mask, *columns])
        rows[mask] = rows[mask].notna()
    return rows


def judge_hours(rows: pd.DataFrame, door_reasons: pd.Series, parameters: Parameters) -> pd.Series:
    """The checks D43 and D41 on the hours that passed row acceptance; the first that fails is the reason.

    ``rows``: see ``link_hours``. Returns the completed reason of each row, ``None`` = counted.
    """
    reasons = door_reasons.copy()
    accepted_rows = rows[reasons.isna()]
    if accepted_rows.empty:
        return reasons
    cents, month, start, end = (
        accepted_rows[column] for column in ("cents", "month", "contract_start_date", "contract_end_date")
    )
    # D43: one contract and month over all its lots. What is not positive is no part of the sum.
    ceiling = accepted_rows[YEAR].map(
        {year: int(values["max_monthly_hours"] * 10**HOURS_DECIMALS) for year, values in parameters.items()}
    )
    of_month = [accepted_rows[column] for column in (*CONTRACT_KEY, "month")]
    in_month = cents.where(cents > 0, 0).groupby(of_month, sort=False).transform("sum")
    last_day = add_months(month, 1) - np.timedelta64(1, "D")
    eligible = accepted_rows["eligibility_validated_on"]
    expires = add_months(eligible, parameter_of(accepted_rows, parameters, "clause_eligibility_months"))
    touches = (start <= last_day) & (end.isna() | ((end >= month) & (end >= start)))
    tests = {
        IMPLAUSIBLE: (cents <= 0) | (in_month > ceiling),
        "hors_annee": month.dt.year != accepted_rows[YEAR],
        "orphelin": ~(accepted_rows["has_contract"] & accepted_rows["has_lot"] & accepted_rows["has_beneficiary"]),
        "hors_contrat": ~touches,
        "eligibilite_absente": eligible.isna(),
        "eligibilite_tardive": eligible > start,
        "eligibilite_expiree": month >= expires,
        "sans_justificatif": accepted_rows["proof"].isna(),
    }
    return with_first_failing(reasons, accepted_rows, tests)


def hours_by_outcome(rows: pd.DataFrame) -> pd.DataFrame:
    """Where each delivered hour went (D42): year, ``supplier_code``, ``outcome_code``, ``row_count`` and
    ``hours`` (hundredths), by outcome: ``comptees``, or the reason. Hours that cannot be read are rows only.

    ``rows``: every delivered hours row with its ``reason``.
    """
    outcome = rows["reason"].where(rows["reason"].notna(), COUNTED)
    named = rows.assign(supplier_code=rows["supplier_code"].fillna(UNKNOWN), outcome_code=outcome, row_count=1)
    named["hours"] = named["cents"].fillna(0)
    group = [YEAR, "supplier_code", "outcome_code"]
    return named.groupby(group, dropna=False)[["row_count", "hours"]].sum().reset_index()


def shown_hours(rows: pd.DataFrame, parameters: Parameters) -> pd.DataFrame:
    """What each delivered hours row adds to the figures: those that can be read, whose structure is known and
    whose year is supported. Duplicates, defective and refused rows too: nothing is lost (D42).

    ``rows``: every delivered hours row with its ``reason``, see ``link_hours``. Columns: year and structure;
    one for each cut, with its value or ``inconnu`` for a code that is not known, or of a lot or contract that
    is not; hundredths of an hour by the name of the column that they add to (``hours_…``); and for each measure
    of ``WITHIN_STRUCTURE`` and ``OVER_TERRITORY`` a number that tells one thing from another, -1 where the
    hours do not count or name none.
    """
    rows = rows[rows["cents"].notna() & rows[STRUCTURE].notna() & rows[YEAR].isin(list(parameters))]
    columns: dict[str, pd.Series] = {YEAR: rows[YEAR], STRUCTURE: rows[STRUCTURE].astype("category")}
    for cut, column in CUTS.items():
        value = rows[column].fillna(UNKNOWN) if column else pd.Series(cut, index=rows.index, dtype=object)
        columns[cut] = value.astype("category")
    cents, counted = rows["cents"].astype("int64"), rows["reason"].isna()
    columns |= {"hours_delivered": cents, "hours_counted": cents * counted, "hours_excluded": cents * ~counted}
    for side in SIDES:
        columns[f"hours_{side}_known"] = cents * (counted & rows[f"{side}_type"].notna())
        for part in ("iae", "iae_geiq_rq"):
            columns[f"hours_{side}_{part}"] = cents * (counted & is_true(rows[f"is_{part}_{side}"]))
    for measure, names in {**WITHIN_STRUCTURE, **OVER_TERRITORY}.items():
        number = rows.groupby(names, sort=False, dropna=True).ngroup()
        columns[measure] = number.where(counted & (number >= 0), -1).astype("int64")
    return pd.DataFrame(columns)


# ---------------------------------------------------------------------------------------- every row


@dataclass(frozen=True)
class Registers:
    """What the rules say of the registers of the clause, which the network delivers.

    ``exclusions`` and ``accounting``: see ``delivered.outcome_of_rows``. ``named``: accepted rows of the registers of
    structures; ``register``: one row per structure that they name. ``facilitators``: accepted rows, one per year and
    structure.
    """

    exclusions: pd.DataFrame
    accounting: pd.DataFrame
    named: pd.DataFrame
    register: pd.DataFrame
    facilitators: pd.DataFrame


@dataclass(frozen=True)
class Rows:
    """What the rules say of each delivered row of the clause.

    ``exclusions`` and ``accounting``: see ``delivered.outcome_of_rows``; ``hours_accounting``: see
    ``hours_by_outcome``. ``counting``: the hours rows that passed row acceptance, one row per key, with the line that
    they come from. ``shown``: what each delivered hours row adds to the figures, see ``shown_hours``.
    ``companies``: those of the lots that count. ``structures``: year and structure that have figures; ``accepted``:
    those of them with an accepted row. ``registers``: what the network says of structures and facilitators.
    """

    exclusions: pd.DataFrame
    accounting: pd.DataFrame
    hours_accounting: pd.DataFrame
    counting: pd.DataFrame
    shown: pd.DataFrame
    companies: pd.DataFrame
    structures: pd.DataFrame
    accepted: pd.DataFrame
    registers: Registers
    parameters: Parameters

    @property
    def facts(self) -> dict[str, pd.DataFrame]:
        """The facts by the name of their mart."""
        return {"fct_clause_hours": self.counting}


def register_of(structures: pd.DataFrame) -> pd.DataFrame:
    """The structures that the network names, one row each: of several deliveries the latest that names it.

    ``structures``: accepted rows of ``clause_structures``.
    """
    latest_last = structures.sort_values("delivery_year", na_position="first", kind="stable")
    return latest_last.drop_duplicates(STRUCTURE, keep="last")


def judge_registers(network: Mapping[str, pd.DataFrame], reference: Mapping[str, pd.DataFrame]) -> Registers:
    """Apply the rules to each delivered row of ``clause_structures`` and ``facilitators``; the other registers are not
    looked at. Raises ``ValueError`` for a contradiction in the reference lists (two values of a parameter in force at
    once).
    """
    network = {table: network[table] for table in NETWORK_DELIVERY}
    years = delivered_years([network["facilitators"]])
    parameters = parameters_of_years(reference["parameters"], years, PARAMETERS, decimals=HOURS_PARAMETERS)
    reasons = {}
    for table, delivery in NETWORK_DELIVERY.items():
        supported = list(parameters) if delivery == [YEAR] else None
        key = {table: [*delivery, STRUCTURE]}
        reasons |= reasons_of_acceptance({table: network[table]}, key, delivery, supported)
    exclusions, accounting = outcome_of_rows(
        network, reasons, reference["quality_reasons"], {"clause_structures": "delivery_year"}
    )
    named, facilitators = (network[table][reasons[table].isna()] for table in ("clause_structures", "facilitators"))
    return Registers(exclusions, accounting, named, register_of(named), facilitators)


def judge_rows(clause: Mapping[str, pd.DataFrame], registers: Registers, reference: Mapping[str, pd.DataFrame]) -> Rows:
    """Apply the rules to each delivered row of ``procurements``, its companies, ``beneficiaries``, ``work_contracts``
    and ``hours``. Raises what ``judge_registers`` raises.
    """
    years = delivered_years(clause.values())
    parameters = parameters_of_years(reference["parameters"], years, PARAMETERS, decimals=HOURS_PARAMETERS)
    reasons = reasons_of_acceptance(clause, TABLE_KEYS, DELIVERY, list(parameters))
    companies = clause["procurement_companies"]
    without_lot = ~in_set(companies, clause["procurements"][reasons["procurements"].isna()], LOT_KEY)
    of_companies = reasons["procurement_companies"]
    reasons["procurement_companies"] = of_companies.mask(of_companies.isna() & without_lot, "orphelin")
    accepted_rows = {table: rows[reasons[table].isna()] for table, rows in clause.items()}

    types = reference["employer_types"]
    hours = link_hours(
        clause["hours"],
        describe_lots(accepted_rows["procurements"], types),
        describe_contracts(accepted_rows["work_contracts"], types),
        describe_beneficiaries(accepted_rows["beneficiaries"], parameters),
    )
    passed = reasons["hours"].isna()
    reasons["hours"] = judge_hours(hours, reasons["hours"], parameters)
    hours = hours.assign(reason=reasons["hours"])

    counting = hours[passed].assign(
        is_counted=hours.loc[passed, "reason"].isna().astype("boolean"),
        exclusion_reason=hours.loc[passed, "reason"],
    )
    exclusions, accounting = outcome_of_rows(clause, reasons, reference["quality_reasons"])
    shown = shown_hours(hours, parameters)
    present = [accepted_rows[table][DELIVERY].drop_duplicates() for table in TABLE_KEYS]
    accepted = pd.concat(present, ignore_index=True).drop_duplicates(ignore_index=True)
    stopped = shown[DELIVERY].drop_duplicates().astype({STRUCTURE: object})
    return Rows(
        exclusions=exclusions,
        accounting=accounting,
        hours_accounting=hours_by_outcome(hours),
        counting=counting,
        shown=shown,
        companies=companies[reasons["procurement_companies"].isna()],
        structures=pd.concat([accepted, stopped], ignore_index=True).drop_duplicates(ignore_index=True),
        accepted=accepted,
        registers=registers,
        parameters=parameters,
    )


def dimension(structures: pd.DataFrame, registers: Registers, departments: pd.DataFrame) -> pd.DataFrame:
    """``dim_clause_structure`` as text. ``structures``: those that deliver."""
    delivering = [structures[STRUCTURE]]
    return tables.dimension("dim_clause_structure", STRUCTURE, registers.register, delivering, departments)


# -------------------------------------------------------------------------------------- aggregates


TABLE_RULES = tables_of("clause")


def cut_values(reference: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Cuts of ``clause_hours_etp`` with every value of their list and the unknown: ``cut``, ``cut_value``."""
    lists, types = reference["code_lists"], [*reference["employer_types"]["employer_type"]]
    values = {"total": ["total"]}
    for cut in ("buyer_type", "nature"):
        values[cut] = [*lists.loc[lists["code_list"] == cut, "code"], UNKNOWN]
    for cut in ("employer_type", "awardee_type"):
        values[cut] = [*types, UNKNOWN]
    return pd.concat(
        [pd.DataFrame({"cut": cut, "cut_value": values[cut]}, dtype=object) for cut in CUTS], ignore_index=True
    )


def hours_by_structure(shown: pd.DataFrame, structures: pd.DataFrame, values: pd.DataFrame) -> pd.DataFrame:
    """Sums of hours (D41, D42, D45) and what is distinct within a structure (D47), by year, structure and cut;
    0 where there is nothing.

    ``shown``: see ``shown_hours``; ``values``: the cuts and values wanted, see ``cut_values``.
    """
    key = [*DELIVERY, "cut", "cut_value"]
    amounts = [column for column in shown.columns if column.startswith("hours_")]
    cuts = list(dict.fromkeys(values["cut"]))
    sums = [_named(shown.groupby([*DELIVERY, cut], observed=True, sort=False)[amounts].sum(), cut) for cut in cuts]
    out = cross(structures, values).merge(pd.concat(sums, ignore_index=True), on=key, how="left")
    for measure in WITHIN_STRUCTURE:
        sizes = []
        for cut in cuts:
            distinct = _distinct(shown, [*DELIVERY, cut], measure)
            sizes.append(_named(distinct.groupby([*DELIVERY, cut], observed=True, sort=False).size(), cut, measure))
        out = out.merge(pd.concat(sizes, ignore_index=True), on=key, how="left")
    counted = [*amounts, *WITHIN_STRUCTURE]
    return out.assign(**{measure: out[measure].fillna(0).astype("Int64") for measure in counted})


def distinct_over_territories(shown: pd.DataFrame, territories: pd.DataFrame, cuts: list[str]) -> pd.DataFrame:
    """Procurements, buyers and employers with counted hours, each once in a territory however many structures
    follow it (D44): one row per territory, cut and value that has any.
    """
    key = [*TERRITORY_KEY, "cut", "cut_value"]
    sizes = []
    for measure in OVER_TERRITORY:
        for cut in cuts:
            distinct = _distinct(shown, [*DELIVERY, cut], measure).astype({STRUCTURE: object})
            spread = distinct.merge(territories, on=STRUCTURE)[[*TERRITORY_KEY, cut, measure]].drop_duplicates()
            size = _named(spread.groupby([*TERRITORY_KEY, cut], observed=True, sort=False).size(), cut, measure)
            sizes.append(size.rename(columns={measure: "size"}).assign(measure=measure))
    wide = pd.concat(sizes, ignore_index=True).pivot(index=key, columns="measure", values="size")
    return wide.reindex(columns=list(OVER_TERRITORY)).reset_index()


def _distinct(shown: pd.DataFrame, columns: list[str], measure: str) -> pd.DataFrame:
    """The distinct things of a measure that have counted hours, by some columns."""
    return shown.loc[shown[measure] >= 0, [*columns, measure]].drop_duplicates()


def _named(found: pd.DataFrame | pd.Series, cut: str, measure: str | None = None) -> pd.DataFrame:
    """Sums or sizes by a cut as rows with the columns ``cut`` and ``cut_value``; texts are plain again."""
    rows = found.rename(measure).reset_index() if isinstance(found, pd.Series) else found.reset_index()
    texts = [column for column in (STRUCTURE, cut) if column in rows.columns]
    return rows.astype(dict.fromkeys(texts, object)).rename(columns={cut: "cut_value"}).assign(cut=cut)


def _with_distinct(counts: pd.DataFrame, distinct: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """Counts by territory with those of ``distinct_over_territories`` beside them, 0 where there is none."""
    out = counts.merge(distinct[[*key, *OVER_TERRITORY]], on=key, how="left")
    return out.assign(**{measure: out[measure].fillna(0).astype("Int64") for measure in OVER_TERRITORY})


def _divisor(years: pd.Series, parameters: Parameters) -> pd.Series:
    """Hours of one ETP in each year, in hundredths (D40)."""
    values = pd.Series({year: values["hours_per_etp"] for year, values in parameters.items()}, dtype=object)
    return years.map(scaled(values, HOURS_DECIMALS)).astype("Int64")


def hours_etp(rows: Rows, territories: pd.DataFrame, reference: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Counts behind ``clause_hours_etp`` by territory, cut and value (D40 to D45)."""
    values = cut_values(reference)
    cut = ["cut", "cut_value"]
    counts = roll_up(hours_by_structure(rows.shown, rows.structures, values), territories, cut, STRUCTURE)
    distinct = distinct_over_territories(rows.shown, territories, list(CUTS))
    counts = _with_distinct(counts, distinct, [*TERRITORY_KEY, *cut])
    total = counts.loc[counts["cut"] == "total", [*TERRITORY_KEY, "hours_counted"]]
    counts = counts.merge(total.rename(columns={"hours_counted": "hours_counted_total"}), on=TERRITORY_KEY)
    return counts.assign(hours_per_etp=_divisor(counts[YEAR], rows.parameters))


def lot_hours(rows: Rows, territories: pd.DataFrame, reference: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Counts behind ``clause_lot_hours`` by territory, cut and value: counted hours of the lots of which a company of
    the IAE has a role, of those of which the type of a company is known (D45); those of each programme, of all (D44).
    """
    lists = reference["code_lists"]
    values = {
        "company_role": [*lists.loc[lists["code_list"] == "company_role", "code"], EVERY_ROLE],
        "programme": [*lists.loc[lists["code_list"] == "programme", "code"], UNKNOWN],
    }
    counting = rows.counting[is_true(rows.counting["is_counted"])]
    counting = counting.assign(programme=counting["programme"].fillna(UNKNOWN).astype(object))
    lots = counting.groupby([*LOT_KEY, "programme"])["cents"].sum().rename("hours").reset_index()
    flags = flag_of(rows.companies["company_type"], reference["employer_types"], "employer_type", "is_clause_iae")
    typed = rows.companies.assign(is_iae=flags)[flags.notna()]
    known = lots[in_set(lots, typed, LOT_KEY)]
    of_iae = typed[is_true(typed["is_iae"])]
    pieces = []
    for cut, whole in (("company_role", known), ("programme", lots)):
        for value in values[cut]:
            if cut == "programme":
                mine = whole[whole["programme"] == value]
            else:
                in_role = of_iae if value == EVERY_ROLE else of_iae[of_iae["role"] == value]
                mine = whole[in_set(whole, in_role, LOT_KEY)]
            sums = [
                one.groupby(DELIVERY)["hours"].sum().rename(name) for name, one in (("hours", mine), ("all", whole))
            ]
            both = rows.structures.merge(pd.concat(sums, axis=1).reset_index(), on=DELIVERY, how="left")
            pieces.append(both.rename(columns={"all": "hours_known"}).assign(cut=cut, cut_value=value))
    counts = pd.concat(pieces, ignore_index=True)
    counts = counts.assign(**{name: counts[name].fillna(0).astype("Int64") for name in ("hours", "hours_known")})
    counts["structures"] = (counts["hours"] > 0).astype("Int64")
    counts = roll_up(counts, territories, ["cut", "cut_value"], STRUCTURE)
    return counts.assign(hours_per_etp=_divisor(counts[YEAR], rows.parameters))


def beneficiary_profile(rows: Rows, territories: pd.DataFrame, reference: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Counts behind ``clause_beneficiary_profile`` by territory and profile (D33, D47): distinct beneficiaries
    of a structure with counted hours.
    """
    profiles = reference["profiles"]
    profiles = profiles[profiles["is_for_clause"]]
    people = rows.counting[is_true(rows.counting["is_counted"])].drop_duplicates(BENEFICIARY_KEY)
    described = with_profile(people, profiles, STRUCTURE)
    parts = {
        "beneficiaries_with": described[described["has"]],
        "beneficiaries_known": described[described["knows"]],
        "beneficiaries": described,
    }
    counts = count_rows(cross(rows.structures, profiles[["profile"]]), parts, [*DELIVERY, "profile"])
    counts["beneficiaries_unknown"] = counts["beneficiaries"] - counts["beneficiaries_known"]
    return roll_up(counts, territories, ["profile"], STRUCTURE)


def facilitator_activity(rows: Rows, territories: pd.DataFrame, reference: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Counts behind ``clause_facilitator_activity`` by territory (D46): totals of the structures whose delivery
    was accepted and whose facilitators' ETP is known. Facilitators of any other structure are in none.
    """
    staff = rows.registers.facilitators[rows.registers.facilitators["fte"].notna()]
    staff = staff.assign(etp=scaled(staff["fte"], ETP_PLACES))
    structures = attach(rows.accepted, staff, DELIVERY, ["headcount", "etp"])
    known = structures[structures["etp"].notna()]
    shown = rows.shown[in_set(rows.shown, known, DELIVERY)]
    totals = hours_by_structure(shown, known[DELIVERY], pd.DataFrame({"cut": ["total"], "cut_value": ["total"]}))
    totals = totals.rename(columns={"hours_counted": "hours"})[[*DELIVERY, "hours", *WITHIN_STRUCTURE]]
    counts = structures.rename(columns={"headcount": "facilitators_headcount"}).assign(
        structures=1, structures_with_etp=structures["etp"].notna().astype("Int64")
    )
    counts = counts.merge(totals, on=DELIVERY, how="left")
    summed = ["hours", *WITHIN_STRUCTURE]
    counts = counts.assign(**{measure: counts[measure].fillna(0).astype("Int64") for measure in summed})
    counts = roll_up(counts, territories, [], STRUCTURE)
    counts = _with_distinct(counts, distinct_over_territories(shown, territories, ["total"]), TERRITORY_KEY)
    divisor = _divisor(counts[YEAR], rows.parameters)
    # What a quotient divides by is exact: millionths of an ETP, and those times hundredths of an hour. The ETP per
    # facilitator's ETP comes from the hours, not from the ETP shown beside it, which is rounded.
    etp, full_time = counts["etp"], counts["etp"] * divisor

    def shortened(exact: pd.Series, places: int) -> pd.Series:
        """Whole numbers with that many decimal places fewer, half up, to be shown."""
        return (exact + 10**places // 2) // 10**places

    return counts.assign(
        hours_per_etp=divisor,
        full_time_hours=full_time,
        facilitators_etp=shortened(etp, ETP_PLACES - ETP_DECIMALS),
        facilitators_etp_hours=shortened(full_time, HOURS_DECIMALS),
    )


COUNTS: Mapping[str, Callable[[Rows, pd.DataFrame, Mapping[str, pd.DataFrame]], pd.DataFrame]] = {
    "clause_hours_etp": hours_etp,
    "clause_lot_hours": lot_hours,
    "clause_beneficiary_profile": beneficiary_profile,
    "clause_facilitator_activity": facilitator_activity,
}


def aggregate(table: str, rows: Rows, reference: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """One aggregate mart from the recomputed rows: one row per year, territory and cut, measures as text."""
    territories = territories_of(
        rows.structures, rows.registers.register, reference["departments"], STRUCTURE, "structure"
    )
    return TABLE_RULES[table].as_text(COUNTS[table](rows, territories, reference))


def accounting_text(accounting: pd.DataFrame) -> pd.DataFrame:
    """``hours_by_outcome`` as ``quality.clause_hours_accounting`` shows it: hours with two decimals."""
    return accounting.assign(hours=number_text(accounting["hours"], HOURS_DECIMALS))
