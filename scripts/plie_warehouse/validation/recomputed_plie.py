"""The rules of the PLIE deliveries, D01 to D37, written a second time in pandas from the delivered rows.

Nothing here looks at how the models do it. Each function names the rules that it states. Row-level frames
keep the index of the staged frame that they come from, so that a reason found here can be laid beside the
delivered row.

Numbers and code lists come from the reference frames. What is written below are the names of parameters and
of reasons, never their values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pandas as pd

from plie_warehouse.validation.delivered import outcome_of_rows, reasons_of_acceptance
from plie_warehouse.validation.frames import FOLLOWUP_KEY, PARCOURS_KEY, PLIE, STEP_KEY, TERRITORY_KEY, YEAR, as_boolean
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
    RATE_DECIMALS,
    UNKNOWN,
    Parameters,
    add_months,
    attach,
    delivered_years,
    flag_of,
    in_set,
    is_true,
    lookup,
    parameter_of,
    parameters_of_years,
    person_flags,
    scaled,
    with_first_failing,
    year_bounds,
)

# What the rules for PLIE deliveries ask of reference.parameters; a year without one of them is not computed.
PARAMETERS = (
    "durable_job_min_months",
    "job_validation_months",
    "training_long_months",
    "training_validation_months",
    "follow_up_months",
    "follow_up_tolerance_days",
    "entry_min_age",
    "entry_max_age",
    "esf_adult_min_age",
    "esf_middle_min_age",
    "esf_senior_min_age",
    "esf_min_stay_days",
    "esf_low_level_max",
    "esf_middle_level_max",
    "esf_exit_status_days",
    "esf_follow_up_months",
    "esf_follow_up_window_days",
    "esf_months_between_cutoffs",
    "caseload_min",
    "caseload_max",
    "duration_month_days",
    "duration_short_months",
    "duration_middle_months",
    "duration_long_months",
    *PERSON_PARAMETERS,
)
DECIMAL_PARAMETERS = ("duration_month_days",)

# Decimals of the days of a month of duration (D1G).
MONTH_PLACES = 4

TABLE_KEYS: Mapping[str, list[str]] = {
    "participants": PARCOURS_KEY,
    "exits": PARCOURS_KEY,
    "steps": STEP_KEY,
    "followups": FOLLOWUP_KEY,
}

# What the ESF+ needs of a parcours (D80, D81).
STAY_COLUMNS = [
    *PARCOURS_KEY,
    "entry_date",
    "exit_date",
    "sex",
    "age_at_entry",
    "education_level",
    "is_long_term_unemployed",
    "is_disabled_worker",
    "esf_operation_id",
    "labour_status_at_entry",
    "nationality_group",
    "is_foreign_background",
    "housing_status",
    "is_rural",
]

# One delivery: every count is taken by year and PLIE first.
DELIVERY = [YEAR, PLIE]

# The person of a parcours; a pseudonym means nothing outside its PLIE (D01).
PERSON = [*DELIVERY, "participant_id"]


# Rule of "these rows and no others": D02 keeps parcours, D03 the exits of the year, D20 the steps.
FACT_RULES: Mapping[str, FactRules] = {
    table: FactRules(key, PLIE, "plie", row_rule_id, "D01", columns_of(table))
    for table, key, row_rule_id in (
        ("fct_parcours", PARCOURS_KEY, "D02"),
        ("fct_exits", PARCOURS_KEY, "D03"),
        ("fct_steps", STEP_KEY, "D20"),
    )
}


def parameters_in_force(parameters: pd.DataFrame, years: Sequence[int]) -> dict[int, dict[str, int | Decimal]]:
    """The parameters of the rules for PLIE deliveries, see ``parameters_of_years``."""
    return parameters_of_years(parameters, years, PARAMETERS, DECIMAL_PARAMETERS)


# ---------------------------------------------------------------------------------------- D02, D1A


def overlapping(parcours: pd.DataFrame) -> pd.Series:
    """Mask of the parcours that begin before an earlier kept parcours of the same person and year has ended,
    or while it is open (D1A, ``chevauchement``).

    ``parcours``: parcours key, ``entry_date``, ``exit_date`` (``NaT`` = open, never before the entry).
    Earlier means entry date, then parcours number. Only a kept parcours shuts out a later one, so the check
    goes one by one through the few persons with several parcours.
    """
    excluded = pd.Series(False, index=parcours.index)
    several = parcours[parcours.duplicated(PERSON, keep=False)]
    several = several.sort_values([*PERSON, "entry_date", "parcours_no"], kind="stable")
    person_before: list | None = None
    busy_until: pd.Timestamp | None = None
    shut_out = []
    for index, *person, entry, exit_ in several[[*PERSON, "entry_date", "exit_date"]].itertuples(name=None):
        if person != person_before:
            person_before = person
        elif busy_until is None or entry < busy_until:
            shut_out.append(index)
            continue
        busy_until = None if pd.isna(exit_) else exit_
    excluded.loc[shut_out] = True
    return excluded


def check_parcours_and_exits(
    participants: pd.DataFrame, exits: pd.DataFrame, participant_reasons: pd.Series, exit_reasons: pd.Series
) -> tuple[pd.Series, pd.Series, pd.DataFrame]:
    """The checks D1A and D02 on the rows that passed row acceptance; the first reason is the one recorded.

    ``participants`` and ``exits``: all delivered rows; the two series: their reason of row acceptance (``None`` =
    accepted). Returns the completed reasons of participants and of exits, and the kept parcours: the staged
    columns of participants plus ``exit_date`` (``NaT`` = open), one row per parcours key.
    """
    participant_reasons = participant_reasons.copy()
    exit_reasons = exit_reasons.copy()
    accepted_rows = participants[participant_reasons.isna()]
    readable = participants.dropna(subset=PARCOURS_KEY)

    candidates = exits[exit_reasons.isna()]
    orphans = candidates.index[~in_set(candidates, readable, PARCOURS_KEY)]
    exit_reasons.loc[orphans] = "orphelin"

    candidates = attach(exits[exit_reasons.isna()], accepted_rows, PARCOURS_KEY, ["entry_date"])
    before_entry = candidates.index[candidates["exit_date"] < candidates["entry_date"]]
    exit_reasons.loc[before_entry] = "sortie_avant_entree"

    dated = attach(accepted_rows, exits[exit_reasons.isna()], PARCOURS_KEY, ["exit_date"])
    first, last = year_bounds(dated[YEAR])
    active = (dated["entry_date"] <= last) & (dated["exit_date"].isna() | (dated["exit_date"] >= first))
    participant_reasons.loc[dated.index[~active]] = "hors_annee"

    in_year = dated[active]
    overlap = overlapping(in_year)
    participant_reasons.loc[in_year.index[overlap]] = "chevauchement"
    kept = in_year[~overlap]

    candidates = exits[exit_reasons.isna()]
    exit_reasons.loc[candidates.index[~in_set(candidates, kept, PARCOURS_KEY)]] = "parcours_exclu"
    return participant_reasons, exit_reasons, kept


# -------------------------------------------------------------------------------------- D20 to D22


def check_steps(
    steps: pd.DataFrame,
    step_reasons: pd.Series,
    participants: pd.DataFrame,
    kept_parcours: pd.DataFrame,
    step_types: pd.DataFrame,
) -> pd.Series:
    """The checks D20 to D22 on the steps that passed row acceptance; returns the completed reason of each
    staged step.

    ``steps`` and ``participants``: all delivered rows; ``step_reasons``: reasons of row acceptance; ``kept_parcours``:
    see ``check_parcours_and_exits``.
    """
    readable = participants.dropna(subset=PARCOURS_KEY)
    reasons = step_reasons.copy()
    rows = attach(steps[reasons.isna()], kept_parcours, PARCOURS_KEY, ["entry_date", "exit_date"])
    first, last = year_bounds(rows[YEAR])
    is_step = flag_of(rows["step_type"], step_types, "step_type", "is_step")
    tests = {
        "accompagnement": (~is_step).fillna(False),
        "orphelin": ~in_set(rows, readable, PARCOURS_KEY),
        "parcours_exclu": ~in_set(rows, kept_parcours, PARCOURS_KEY),
        "dates_inversees": rows["end_date"] < rows["start_date"],
        "hors_parcours": (rows["end_date"] < rows["entry_date"]) | (rows["start_date"] > rows["exit_date"]),
        "hors_annee": (rows["start_date"] > last) | (rows["end_date"] < first),
    }
    return with_first_failing(reasons, rows, tests)


# ------------------------------------------------------------------------------------------- facts


def parcours_facts(kept: pd.DataFrame, parameters: Parameters) -> pd.DataFrame:
    """Kept parcours with what the rules derive: D03 (entry, exit, stock), D30 and D59 (age), D31 (levels), D32
    (duration), D36 (minimum income), D37 (target public).

    One row per parcours key. A flag is ``NA`` where what it rests on is unknown (D33).
    """
    facts = kept.copy()
    first, last = year_bounds(facts[YEAR])
    age = facts["entry_date"].dt.year.astype("Int64") - facts["birth_year"]
    youngest, oldest = (parameter_of(facts, parameters, name) for name in ("entry_min_age", "entry_max_age"))
    facts["age_at_entry"] = age.mask(((age < youngest) | (age > oldest)).fillna(False))
    facts = facts.assign(**person_flags(facts, facts["age_at_entry"], parameters))
    facts["receives_minimum_income"] = _any_of(facts, "is_rsa", "is_other_minimum_income")
    # Young and low-qualified, unless it is known that one of the two is not.
    facts["is_young_low_qualified"] = ~_any_of(
        facts.assign(older=~facts["is_young"], qualified=~facts["is_low_qualified"]), "older", "qualified"
    )
    facts["is_target_public"] = _any_of(
        facts,
        "is_long_term_unemployed",
        "is_senior",
        "is_disabled_worker",
        "receives_minimum_income",
        "is_young_low_qualified",
    )
    facts["is_entry"] = ((facts["entry_date"] >= first) & (facts["entry_date"] <= last)).astype("boolean")
    facts["is_exit"] = ((facts["exit_date"] >= first) & (facts["exit_date"] <= last)).astype("boolean")
    facts["is_in_stock"] = (facts["exit_date"].isna() | (facts["exit_date"] > last)).astype("boolean")
    return facts


def _any_of(rows: pd.DataFrame, *flags: str) -> pd.Series:
    """Yes when one of the flags is yes; unknown when none is and one is unknown; else no (D36, D37)."""
    several = rows[list(flags)].astype("boolean")
    said_yes = several.fillna(False).any(axis="columns").astype("boolean")
    return said_yes.mask(several.isna().any(axis="columns") & ~said_yes, pd.NA)


def evidence_reasons(
    exits: pd.DataFrame,
    parameters: Parameters,
    exit_reasons: pd.DataFrame,
    contract_types: pd.DataFrame,
    as_of_date: str,
) -> pd.Series:
    """Why a declared durable job or qualifying training is not proven (D11, D12, D13); ``None`` = proven, or
    no evidence asked. One reason per exit, on the index of ``exits`` (staged columns of exits). ``as_of_date``: the
    extraction date; a durable job that is checked later is not proven (D11).
    """
    one_day = np.timedelta64(1, "D")
    asked = lookup(exits["exit_reason"], exit_reasons, "exit_reason", "evidence")
    reason = pd.Series(None, index=exits.index, dtype=object)

    # D11: a durable job.
    durable = flag_of(exits["contract_type"], contract_types, "contract_type", "is_durable")
    fixed_term = is_true(flag_of(exits["contract_type"], contract_types, "contract_type", "is_fixed_term"))
    start, end, validated = exits["contract_start_date"], exits["contract_end_date"], exits["validated_on"]
    job_lasts = end + one_day >= add_months(start, parameter_of(exits, parameters, "durable_job_min_months"))
    job_held = validated + one_day >= add_months(start, parameter_of(exits, parameters, "job_validation_months"))
    job_tests = [
        ("contrat_non_durable", ~is_true(durable)),
        ("dates_manquantes", start.isna() | (fixed_term & end.isna())),
        ("contrat_trop_court", fixed_term & ~job_lasts),
        ("non_valide", ~job_held | (validated > pd.Timestamp(as_of_date))),
    ]

    # D12: a qualifying training, finished by the exit, or long and still followed when checked.
    start, end = exits["training_start_date"], exits["training_end_date"]
    finished = end <= exits["exit_date"]
    is_long = end + one_day > add_months(start, parameter_of(exits, parameters, "training_long_months"))
    followed = validated + one_day >= add_months(start, parameter_of(exits, parameters, "training_validation_months"))
    training_tests = [
        ("formation_non_certifiante", ~is_true(exits["is_certifying"])),
        ("dates_manquantes", end.isna() | (~finished & start.isna())),
        ("formation_non_achevee", ~finished & ~is_long),
        ("non_valide", ~finished & ~followed),
    ]

    for kind, tests in (("emploi", job_tests), ("formation", training_tests)):
        names = np.array([name for name, _ in tests] + [None], dtype=object)
        masks = np.column_stack([mask.to_numpy(dtype=bool) for _, mask in tests] + [np.ones(len(exits), bool)])
        first_failed = names[masks.argmax(axis=1)]
        reason = reason.where((asked != kind).to_numpy(), pd.Series(first_failed, index=exits.index, dtype=object))
    return reason.where(reason.notna(), None)


def _unproven_class(classes: pd.DataFrame) -> str:
    """The class of an exit that is neither positive nor an abandonment nor neutralised (D10, D13)."""
    return classes.loc[is_true(as_boolean(classes["is_other_nofollow"])), "exit_class"].iloc[0]


def exit_facts(
    exits: pd.DataFrame,
    kept: pd.DataFrame,
    parameters: Parameters,
    reference: Mapping[str, pd.DataFrame],
    as_of_date: str,
) -> pd.DataFrame:
    """Exits of the reporting year (D03) with their class (D10 to D14), the day on which a durable job is due (D1D)
    and the durable-contract flag (D19).

    ``exits``: delivered rows of exits without any reason; ``kept``: kept parcours. One row per parcours key.
    """
    first, last = year_bounds(exits[YEAR])
    facts = exits[(exits["exit_date"] >= first) & (exits["exit_date"] <= last) & in_set(exits, kept, PARCOURS_KEY)]
    facts = facts.copy()
    classes = reference["exit_classes"]
    unproven_class = _unproven_class(classes)
    declared = lookup(facts["exit_reason"], reference["exit_reasons"], "exit_reason", "exit_class").astype(object)
    facts["declared_class"] = declared.where(declared.notna(), None)
    facts["reclassification_reason"] = evidence_reasons(
        facts, parameters, reference["exit_reasons"], reference["contract_types"], as_of_date
    )
    as_declared = facts["declared_class"].notna() & facts["reclassification_reason"].isna()
    facts["exit_class"] = facts["declared_class"].where(as_declared, unproven_class)
    for flag in ("is_positive", "is_neutralised"):
        facts[flag] = flag_of(facts["exit_class"], classes, "exit_class", flag)

    # D1D: the six months of a durable job are over on the day before the same day of the sixth month.
    one_day = np.timedelta64(1, "D")
    over = add_months(facts["contract_start_date"], parameter_of(facts, parameters, "follow_up_months"))
    is_job = is_true(flag_of(facts["exit_class"], classes, "exit_class", "is_durable_job"))
    facts["due_exit_date"] = (over - one_day).where(is_job)
    facts["is_dated_early"] = (is_job & (facts["exit_date"] + one_day < over)).astype("boolean")

    types = reference["contract_types"]
    in_share, open_ended = (
        flag_of(facts["contract_type"], types, "contract_type", flag) for flag in ("in_durable_share", "is_open_ended")
    )
    six_months = add_months(facts["contract_start_date"], parameter_of(facts, parameters, "durable_job_min_months"))
    lasts = (facts["contract_end_date"] + np.timedelta64(1, "D") >= six_months).astype("boolean")
    known = facts["contract_type"].notna()
    facts["is_durable_contract"] = (in_share & (open_ended | lasts)).where(known, pd.NA).astype("boolean")
    return facts


def step_facts(steps: pd.DataFrame, reference: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Counted steps with their family and the two independent attributes of a job (D23).

    ``steps``: staged steps without any reason. One row per step key. ``is_iae`` and ``is_aided`` are ``NA``
    when the step is not a job, or its employer or contract is unknown.
    """
    facts = steps.copy()
    types, families = reference["step_types"], reference["step_families"]
    facts["is_job"] = flag_of(facts["step_type"], types, "step_type", "is_job")
    job = is_true(facts["is_job"])
    iae = flag_of(facts["employer_type"], reference["employer_types"], "employer_type", "is_iae")
    aided = flag_of(facts["contract_type"], reference["contract_types"], "contract_type", "is_aided")
    facts["is_iae"] = iae.where(job, pd.NA).astype("boolean")
    facts["is_aided"] = aided.where(job, pd.NA).astype("boolean")

    def family(**flags: bool) -> str:
        """The one family of the list with these flags."""
        fitting = families
        for name, value in flags.items():
            fitting = fitting[as_boolean(fitting[name]).eq(value).fillna(False).astype(bool)]
        return fitting["step_family"].iloc[0]

    listed = lookup(facts["step_type"], types, "step_type", "step_family").astype(object)
    facts["step_family"] = np.select(
        [facts["step_type"].isna(), job & is_true(iae), job & is_true(aided), job],
        [
            family(is_unknown=True),
            family(is_iae=True),
            family(is_aided=True),
            family(is_iae=False, is_aided=False),
        ],
        default=listed.where(listed.notna(), None),
    )
    return facts


# ---------------------------------------------------------------------------------------- aggregates


@dataclass(frozen=True)
class Rows:
    """What the rules say of each delivered row.

    ``exclusions`` and ``accounting``: see ``delivered.outcome_of_rows``. ``accepted``: year and PLIE with a row that
    passed row acceptance (D51); ``plies``: those with a parcours of the year; ``steps_delivered``: those that delivered
    steps. ``parcours``, ``exits``, ``steps``: the facts, one row per key, with the line that they come from.
    ``parameters``: those of each year. ``followups``: the delivered ones with the ``reason`` of row acceptance; their
    parcours may be of another year, see ``recomputed_esf``. ``delivered``: the parcours keys that could be read;
    ``stays``: the parcours of the facts with what their exits say to the ESF+, whatever year they are dated in.
    """

    exclusions: pd.DataFrame
    accounting: pd.DataFrame
    accepted: pd.DataFrame
    plies: pd.DataFrame
    steps_delivered: pd.DataFrame
    parcours: pd.DataFrame
    exits: pd.DataFrame
    steps: pd.DataFrame
    parameters: Parameters
    followups: pd.DataFrame
    delivered: pd.DataFrame
    stays: pd.DataFrame

    @property
    def facts(self) -> dict[str, pd.DataFrame]:
        """The facts by the name of their mart."""
        return {"fct_parcours": self.parcours, "fct_exits": self.exits, "fct_steps": self.steps}


def outcomes(rows: Rows, reference: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Counts behind ``plie_outcomes`` by year and PLIE (D01 to D04, D10 to D15, D19, D1D to D1F, D20, D24, D34).

    The two step counts are ``NA`` for a PLIE that delivered no steps: missing is not zero.
    """
    parcours, exits, steps, classes = rows.parcours, rows.exits, rows.steps, reference["exit_classes"]

    def of_class(flag: str) -> pd.DataFrame:
        return exits[is_true(flag_of(exits["exit_class"], classes, "exit_class", flag))]

    declared = exits["declared_class"]
    early = exits[is_true(exits["is_dated_early"])]
    moved_on = is_true(flag_of(exits["exit_reason"], reference["exit_reasons"], "exit_reason", "is_reorientation"))
    neutralised = is_true(exits["is_neutralised"])
    ends = flag_of(exits["contract_type"], reference["contract_types"], "contract_type", "is_fixed_term")
    counts = count_rows(
        rows.plies,
        {
            "persons_in_parcours": parcours.drop_duplicates(PERSON),
            "parcours": parcours,
            "stock_31_dec": parcours[is_true(parcours["is_in_stock"])],
            "entries": parcours[is_true(parcours["is_entry"])],
            "persons_entered": parcours[is_true(parcours["is_entry"])].drop_duplicates(PERSON),
            "declared_positive_exits": exits[is_true(flag_of(declared, classes, "exit_class", "is_positive"))],
            "early_exits": early,
            "early_exits_due_next_year": early[early["due_exit_date"].dt.year > early[YEAR].astype("int64")],
            "nofollow_with_outcome": exits[~is_true(exits["is_positive"]) & (moved_on | neutralised)],
            "exits": exits,
            "positive_exits": of_class("is_positive"),
            "positive_durable_job": of_class("is_durable_job"),
            "positive_training": of_class("is_qualifying_training"),
            "positive_other": of_class("is_other_positive"),
            "abandoned_exits": of_class("is_abandonment"),
            "neutralised_exits": of_class("is_neutralised"),
            "other_nofollow_exits": of_class("is_other_nofollow"),
            "unproven_exits": exits[exits["reclassification_reason"].notna()],
            "contracts_known": exits[exits["contract_type"].notna()],
            "durable_contracts": exits[is_true(exits["is_durable_contract"])],
            "durable_fixed_term_contracts": exits[is_true(exits["is_durable_contract"]) & is_true(ends)],
            "steps": steps,
            "participants_with_step": steps.drop_duplicates(PERSON),
        },
        DELIVERY,
    )
    counts["nofollow_exits"] = counts["exits"] - counts["positive_exits"]
    counts["exits_excluding_neutralised"] = counts["exits"] - counts["neutralised_exits"]
    without_steps = ~in_set(counts, rows.steps_delivered, DELIVERY)
    for measure in ("steps", "participants_with_step"):
        counts[measure] = counts[measure].mask(without_steps, pd.NA)
    return counts


TABLE_RULES = tables_of("plie")


def first_parcours(parcours: pd.DataFrame) -> pd.DataFrame:
    """The first parcours of each person, by entry date, then number: what the person is counted with (D35)."""
    return parcours.sort_values(["entry_date", "parcours_no"], kind="stable").drop_duplicates(PERSON)


def cut_of_parcours(
    parcours: pd.DataFrame, parameters: Parameters, reference: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """Cut -> value of each parcours (D35), ``inconnu`` where it is not known; on the index of ``parcours``."""
    level = parcours["education_level"]
    values = {"sex": parcours["sex"], "education_level": level.astype("string").astype(object).where(level.notna())}
    age = parcours["age_at_entry"]
    for cut, bands in reference["age_bands"].groupby("cut"):
        found = pd.Series(None, index=parcours.index, dtype=object)
        for band in bands.to_dict("records"):
            fits = age.notna()
            if band["min_parameter"]:
                fits &= is_true(age >= parameter_of(parcours, parameters, band["min_parameter"]))
            if band["below_parameter"]:
                fits &= is_true(age < parameter_of(parcours, parameters, band["below_parameter"]))
            found = found.mask(fits, band["cut_value"])
        values[cut] = found
    return pd.DataFrame({cut: of.where(of.notna(), UNKNOWN) for cut, of in values.items()}, index=parcours.index)


def breakdowns(rows: Rows, reference: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Counts behind ``plie_breakdowns`` by year, PLIE, population, cut and value (D35): parcours, persons with their
    first parcours of the population, and of exits the outcomes, ``NA`` for others.
    """
    parcours = rows.parcours
    of_cut = cut_of_parcours(parcours, rows.parameters, reference)
    listed = {
        "sex": sorted(reference["code_lists"].query("code_list == 'sex'")["code"]),
        "education_level": sorted(reference["education_levels"]["level"].astype(str).unique()),
    } | {cut: list(bands["cut_value"]) for cut, bands in reference["age_bands"].groupby("cut")}
    values = pd.DataFrame(
        [{"cut": cut, "cut_value": value} for cut, known in listed.items() for value in (*known, UNKNOWN)]
    )
    outcomes = attach(parcours, rows.exits, PARCOURS_KEY, ["is_positive", "is_neutralised"])
    keys = [*DELIVERY, "cut", "cut_value"]
    pieces = []
    for population, chosen in (
        ("in_parcours", parcours),
        ("entries", parcours[is_true(parcours["is_entry"])]),
        ("exits", parcours[is_true(parcours["is_exit"])]),
    ):

        def long(some: pd.DataFrame) -> pd.DataFrame:
            """Rows once for each cut."""
            return pd.concat(
                [some[DELIVERY].assign(cut=cut, cut_value=of_cut.loc[some.index, cut]) for cut in listed],
                ignore_index=True,
            )

        ended = outcomes.loc[chosen.index]
        parts = {"parcours": long(chosen), "persons": long(first_parcours(chosen))}
        parts["positive_exits"] = long(ended[is_true(ended["is_positive"])])
        parts["neutralised_exits"] = long(ended[is_true(ended["is_neutralised"])])
        counts = count_rows(cross(rows.plies, values), parts, keys).assign(population=population)
        wholes = {f"{name}_total": some for name, some in (("parcours", chosen), ("persons", first_parcours(chosen)))}
        counts = counts.merge(count_rows(rows.plies, wholes, DELIVERY), on=DELIVERY)
        if population != "exits":
            counts[["positive_exits", "neutralised_exits"]] = pd.NA
        pieces.append(counts.astype({"positive_exits": "Int64", "neutralised_exits": "Int64"}))
    counts = pd.concat(pieces, ignore_index=True)
    counts["exits_excluding_neutralised"] = counts["parcours"] - counts["neutralised_exits"]
    return counts


def main_steps(rows: Rows, reference: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Counts behind ``plie_main_step`` by year, PLIE and family (D25), where steps were delivered: each person with a
    step, by the family that has most of their days of the year.
    """
    plies = rows.plies[in_set(rows.plies, rows.steps_delivered, DELIVERY)]
    families = reference["step_families"]
    first, last = year_bounds(rows.steps[YEAR])
    begins, ends = rows.steps["start_date"].clip(lower=first), rows.steps["end_date"].fillna(last).clip(upper=last)
    days = rows.steps.assign(days=(ends - begins).dt.days + 1).groupby([*PERSON, "step_family"])["days"].sum()
    days = days.reset_index()
    days["place"] = days["step_family"].map(families.set_index("step_family")["display_order"].astype("int64"))
    main = days.sort_values(["days", "place"], ascending=[False, True], kind="stable").drop_duplicates(PERSON)
    counts = count_rows(cross(plies, families[["step_family"]]), {"persons": main}, [*DELIVERY, "step_family"])
    persons = rows.parcours.drop_duplicates(PERSON)
    with_step = in_set(persons, rows.steps, PERSON)
    wholes = {"persons_with_step": persons[with_step], "persons_without_step": persons[~with_step]}
    wholes["persons_in_parcours"] = persons
    return counts.merge(count_rows(plies, wholes, DELIVERY), on=DELIVERY)


def durations(rows: Rows, reference: Mapping[str, pd.DataFrame], territories: pd.DataFrame) -> pd.DataFrame:
    """Counts behind ``plie_durations`` by territory, population and class of exit (D1G), ``total`` being all classes.

    ``duration_month_days`` is in 10^-4 days, ``duration_months_median`` in millionths of a month.
    """
    parcours = rows.parcours
    _, last = year_bounds(parcours[YEAR])
    is_exit = is_true(parcours["is_exit"])
    days = (parcours["exit_date"].where(is_exit, last) - parcours["entry_date"]).dt.days + 1
    classes = attach(parcours, rows.exits, PARCOURS_KEY, ["exit_class"])["exit_class"]
    lasting = parcours[DELIVERY].assign(days=days, population=np.where(is_exit, "exits", "stock"), exit_class=classes)
    for length in ("short", "middle", "long"):
        months = parameter_of(parcours, rows.parameters, f"duration_{length}_months")
        # Whole numbers: 10^-4 days on both sides.
        limit = months * _month_days(parcours[YEAR], rows.parameters)
        lasting[f"parcours_above_{length}"] = (days * 10**MONTH_PLACES > limit).astype("int64")
    every = pd.concat([lasting.assign(exit_class="total"), lasting[lasting["exit_class"].notna()]], ignore_index=True)
    every = every.merge(territories, on=PLIE)
    keys = [*TERRITORY_KEY, "population", "exit_class"]
    above = [f"parcours_above_{length}" for length in ("short", "middle", "long")]
    grouped = every.groupby(keys)
    counts = (
        grouped[above]
        .sum()
        .assign(parcours=grouped.size(), duration_days=grouped["days"].sum(), middle=grouped["days"].median())
    )
    listed = pd.DataFrame(
        [("exits", name) for name in (*reference["exit_classes"]["exit_class"], "total")] + [("stock", "total")],
        columns=["population", "exit_class"],
    )
    spine = every[TERRITORY_KEY].drop_duplicates().merge(listed, how="cross")
    found = spine.merge(counts.reset_index(), on=keys, how="left")
    summed = ["parcours", "duration_days", *above]
    found[summed] = found[summed].fillna(0).astype("Int64")
    month = _month_days(found[YEAR], rows.parameters)
    found["duration_month_days"] = (found["parcours"] * month).astype("Int64")
    # A median is a whole or a half number of days.
    doubled = (found["middle"] * 2).astype("Int64")
    found["duration_months_median"] = (doubled * 10 ** (MONTH_PLACES + RATE_DECIMALS) + month) // (2 * month)
    return found.drop(columns="middle").astype({YEAR: "Int64"})


def _month_days(years: pd.Series, parameters: Parameters) -> pd.Series:
    """The days of a month of duration of each year (D1G), in 10^-4 days."""
    by_year = pd.Series({year: values["duration_month_days"] for year, values in parameters.items()}, dtype=object)
    return years.map(scaled(by_year, MONTH_PLACES)).astype("int64")


def _job_cuts(reference: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Cuts of ``plie_exit_jobs`` with every value of their code list: columns ``cut``, ``cut_value``."""
    lists = reference["code_lists"]
    values = {"contract_type": reference["contract_types"]["contract_type"]}
    for cut in ("employer_category", "naf_section"):
        values[cut] = lists.loc[lists["code_list"] == cut, "code"]
    return pd.concat([pd.DataFrame({"cut": cut, "cut_value": list(codes)}) for cut, codes in values.items()])


def profile_outcomes(rows: Rows, reference: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Counts behind ``plie_outcomes_by_profile`` by year, PLIE and profile (D16, D33): exits carry the attributes
    of their parcours, persons those of their first one.
    """
    profiles = reference["profiles"]
    entries = with_profile(rows.parcours[is_true(rows.parcours["is_entry"])], profiles, PLIE)
    attributes = list(dict.fromkeys(profiles["attribute"]))
    described = attach(rows.exits, rows.parcours, PARCOURS_KEY, attributes)
    exits = {
        "exits": described,
        "positive_exits": described[is_true(described["is_positive"])],
        "neutralised_exits": described[is_true(described["is_neutralised"])],
    }
    persons = with_profile(first_parcours(rows.parcours), profiles, PLIE)
    parts = {
        "entries": entries[entries["has"]],
        "persons_in_parcours": persons[persons["has"]],
        "persons_known": persons[persons["knows"]],
        "persons_total": persons,
    }
    for kind, some in exits.items():
        profiled = with_profile(some, profiles, PLIE)
        parts[kind] = profiled[profiled["has"]]
    counts = count_rows(cross(rows.plies, profiles[["profile"]]), parts, [*DELIVERY, "profile"])
    counts["exits_excluding_neutralised"] = counts["exits"] - counts["neutralised_exits"]
    return counts


def entry_profile(rows: Rows, reference: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Counts behind ``plie_entry_profile`` by year, PLIE and profile (D33): on all and on known entries."""
    profiles = reference["profiles"]
    entries = with_profile(rows.parcours[is_true(rows.parcours["is_entry"])], profiles, PLIE)
    parts = {
        "entries_with": entries[entries["has"]],
        "entries_known": entries[entries["knows"]],
        "entries": entries,
    }
    counts = count_rows(cross(rows.plies, profiles[["profile"]]), parts, [*DELIVERY, "profile"])
    counts["entries_unknown"] = counts["entries"] - counts["entries_known"]
    return counts


def step_mix(rows: Rows, reference: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Counts behind ``plie_step_mix`` by year, PLIE and family of the list (D23), where steps were delivered;
    elsewhere there is no 0 to show, and no row.
    """
    plies = rows.plies[in_set(rows.plies, rows.steps_delivered, DELIVERY)]
    steps = rows.steps
    unclear = steps[is_true(steps["is_job"]) & (steps["is_iae"].isna() | steps["is_aided"].isna())]
    families = cross(plies, reference["step_families"][["step_family"]])
    counts = count_rows(families, {"steps": steps, "steps_attributes_unknown": unclear}, [*DELIVERY, "step_family"])
    return counts.merge(count_rows(plies, {"steps_total": steps}, DELIVERY), on=DELIVERY)


def job_steps(rows: Rows, reference: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Counts behind ``plie_job_steps`` by year, PLIE, cut and group (D23), where steps were delivered: an employer
    or a contract that is not known is not IAE, not aided.
    """
    plies = rows.plies[in_set(rows.plies, rows.steps_delivered, DELIVERY)]
    jobs = rows.steps[is_true(rows.steps["is_job"])]
    iae, aided = is_true(jobs["is_iae"]), is_true(jobs["is_aided"])
    groups = reference["job_step_groups"]
    pieces = []
    for group in groups.to_dict("records"):
        fits = pd.Series(True, index=jobs.index)
        for wanted, has in (("is_iae", iae), ("is_aided", aided)):
            says = as_boolean(pd.Series([group[wanted]])).iloc[0]
            if not pd.isna(says):
                fits &= has == bool(says)
        pieces.append(jobs[fits].assign(cut=group["cut"], cut_value=group["cut_value"]))
    counts = count_rows(
        cross(plies, groups[["cut", "cut_value"]]), {"job_steps": pd.concat(pieces)}, [*DELIVERY, "cut", "cut_value"]
    )
    return counts.merge(count_rows(plies, {"job_steps_total": jobs, "steps_total": rows.steps}, DELIVERY), on=DELIVERY)


def caseloads(rows: Rows, territories: pd.DataFrame) -> pd.DataFrame:
    """Counts behind ``plie_caseload`` by year and territory (D1C): persons in stock by their referent, and the
    referents who follow as many as the norm asks for.
    """
    stock = rows.parcours[is_true(rows.parcours["is_in_stock"])]
    known = stock["referent_id"].notna()
    loads = stock[known].drop_duplicates([*PERSON, "referent_id"]).groupby([*DELIVERY, "referent_id"]).size()
    loads = loads.rename("persons").reset_index()
    fewest, most = (parameter_of(loads, rows.parameters, name) for name in ("caseload_min", "caseload_max"))
    loads["in_norm"] = ((loads["persons"] >= fewest) & (loads["persons"] <= most)).astype("int64")
    loads = loads.merge(territories, on=PLIE)
    unknown = stock[~known].drop_duplicates(PERSON)[DELIVERY].merge(territories, on=PLIE)
    spine = stock[DELIVERY].drop_duplicates().merge(territories, on=PLIE)[TERRITORY_KEY].drop_duplicates()
    counts = loads.groupby(TERRITORY_KEY)["persons"].agg(["size", "sum", "min", "max"]).reset_index()
    counts = counts.set_axis(
        [*TERRITORY_KEY, "referents", "persons_followed", "caseload_min", "caseload_max"], axis="columns"
    )
    counts = counts.merge(
        loads.groupby(TERRITORY_KEY)["in_norm"].sum().rename("referents_in_norm").reset_index(), on=TERRITORY_KEY
    )
    alone = unknown.groupby(TERRITORY_KEY).size().rename("persons_without_referent").reset_index()
    found = spine.merge(counts, on=TERRITORY_KEY, how="left").merge(alone, on=TERRITORY_KEY, how="left")
    summed = ["referents", "referents_in_norm", "persons_followed", "persons_without_referent"]
    found[summed] = found[summed].fillna(0)
    return found.astype(dict.fromkeys((*summed, "caseload_min", "caseload_max"), "Int64"))


def exits_by_reason(rows: Rows, reference: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Counts behind ``plie_exit_reasons`` by year, PLIE, reason and class (D10, D13): each reason under its
    own class and, where evidence is asked, under the class of unproven exits too; unknown reasons under that.
    """
    plies, exits = rows.plies, rows.exits
    unproven = _unproven_class(reference["exit_classes"])
    reasons = reference["exit_reasons"]
    pairs = pd.concat(
        [
            reasons[["exit_reason", "exit_class"]],
            reasons.loc[reasons["evidence"].notna(), ["exit_reason"]].assign(exit_class=unproven),
            pd.DataFrame({"exit_reason": [UNKNOWN], "exit_class": [unproven]}),
        ],
        ignore_index=True,
    ).drop_duplicates()
    named = exits.assign(exit_reason=exits["exit_reason"].where(exits["exit_reason"].notna(), UNKNOWN))
    counts = count_rows(cross(plies, pairs), {"exits": named}, [*DELIVERY, "exit_reason", "exit_class"])
    classes = cross(plies, pairs[["exit_class"]].drop_duplicates())
    of_class = count_rows(classes, {"exits_of_class": exits}, [*DELIVERY, "exit_class"])
    counts = counts.merge(of_class, on=[YEAR, PLIE, "exit_class"])
    return counts.merge(count_rows(plies, {"exits_total": exits}, DELIVERY), on=DELIVERY)


def exits_by_job(rows: Rows, reference: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Counts behind ``plie_exit_jobs`` by year, PLIE, cut and value (D19): on the exits whose value is known,
    among all, the positive and the durable-job exits.
    """
    plies, exits = rows.plies, rows.exits
    durable = is_true(flag_of(exits["exit_class"], reference["exit_classes"], "exit_class", "is_durable_job"))
    subsets = {"": exits, "positive_": exits[is_true(exits["is_positive"])], "durable_": exits[durable]}
    cuts = _job_cuts(reference)
    counts = cross(plies, cuts)
    cut_only = counts[[YEAR, PLIE, "cut"]].drop_duplicates()
    for prefix, some in subsets.items():
        long = pd.concat(
            [some[DELIVERY].assign(cut=cut, cut_value=some[cut])[some[cut].notna()] for cut in cuts["cut"].unique()],
            ignore_index=True,
        )
        with_value = count_rows(counts, {f"{prefix}exits_with": long}, [*DELIVERY, "cut", "cut_value"])
        known = count_rows(cut_only, {f"{prefix}exits_known": long}, [*DELIVERY, "cut"])
        counts = counts.merge(with_value, on=[YEAR, PLIE, "cut", "cut_value"])
        counts = counts.merge(known, on=[YEAR, PLIE, "cut"])
    of_subset = count_rows(plies, {f"{prefix}exits": some for prefix, some in subsets.items()}, DELIVERY)
    return counts.merge(of_subset, on=DELIVERY)


COUNTS: Mapping[str, Callable[[Rows, Mapping[str, pd.DataFrame]], pd.DataFrame]] = {
    "plie_outcomes": outcomes,
    "plie_outcomes_by_profile": profile_outcomes,
    "plie_entry_profile": entry_profile,
    "plie_step_mix": step_mix,
    "plie_job_steps": job_steps,
    "plie_breakdowns": breakdowns,
    "plie_main_step": main_steps,
    "plie_exit_reasons": exits_by_reason,
    "plie_exit_jobs": exits_by_job,
}


def aggregate(
    table: str,
    rows: Rows,
    reference: Mapping[str, pd.DataFrame],
    register: pd.DataFrame | None = None,
    bodies: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """One aggregate mart from the recomputed rows: one row per year, territory and cut, measures as text.

    ``register``: one row per PLIE that the delivered registers name; the embedded one where it is not given.
    ``bodies``: see ``tables.territories_of``.
    """
    known = reference["plie_register"] if register is None else register
    territories = territories_of(rows.plies, known, reference["departments"], PLIE, "plie", bodies)
    rules = TABLE_RULES[table]
    if table == "plie_caseload":
        return rules.as_text(caseloads(rows, territories))
    if table == "plie_durations":
        return rules.as_text(durations(rows, reference, territories))
    counts = roll_up(COUNTS[table](rows, reference), territories, list(rules.cuts), PLIE)
    if table == "plie_outcomes":
        lasting = durations(rows, reference, territories)
        of_exits = lasting[(lasting["population"] == "exits") & (lasting["exit_class"] == "total")]
        columns = ["duration_days", "duration_month_days", "duration_months_median"]
        counts = counts.merge(of_exits[[*TERRITORY_KEY, *columns]], on=TERRITORY_KEY, how="left")
    return rules.as_text(counts)


# --------------------------------------------------------------------------------------- every row


def judge_rows(staged: Mapping[str, pd.DataFrame], reference: Mapping[str, pd.DataFrame], as_of_date: str) -> Rows:
    """Apply the rules to each staged row.

    ``staged``: ``participants``, ``steps``, ``exits``, ``followups``, one row per delivered row; ``as_of_date``: the
    extraction date, YYYY-MM-DD. Raises ``ValueError`` for a
    contradiction in the reference lists (two values of a parameter in force at once).
    """
    participants, exits, steps = staged["participants"], staged["exits"], staged["steps"]
    parameters = parameters_in_force(reference["parameters"], delivered_years(staged.values()))

    reasons = reasons_of_acceptance(staged, TABLE_KEYS, DELIVERY, list(parameters))
    passed = [rows.loc[reasons[table].isna(), DELIVERY].drop_duplicates() for table, rows in staged.items()]
    reasons["participants"], reasons["exits"], kept = check_parcours_and_exits(
        participants, exits, reasons["participants"], reasons["exits"]
    )
    reasons["steps"] = check_steps(steps, reasons["steps"], participants, kept, reference["step_types"])

    of_year = {table: rows for table, rows in staged.items() if table != "followups"}
    exclusions, accounting = outcome_of_rows(of_year, reasons, reference["quality_reasons"])
    parcours = parcours_facts(kept, parameters)
    of_exits = ["labour_status_at_exit", "labour_status_on", "qualification_obtained_on"]
    return Rows(
        exclusions=exclusions,
        accounting=accounting,
        accepted=pd.concat(passed, ignore_index=True).drop_duplicates(ignore_index=True),
        plies=kept[DELIVERY].drop_duplicates().reset_index(drop=True),
        steps_delivered=steps[DELIVERY].drop_duplicates(),
        parcours=parcours,
        exits=exit_facts(exits[reasons["exits"].isna()], kept, parameters, reference, as_of_date),
        parameters=parameters,
        steps=step_facts(steps[reasons["steps"].isna()], reference),
        followups=staged["followups"].assign(reason=reasons["followups"]),
        delivered=participants[PARCOURS_KEY].dropna().drop_duplicates(),
        stays=attach(parcours, exits[reasons["exits"].isna()], PARCOURS_KEY, of_exits)[[*STAY_COLUMNS, *of_exits]],
    )
