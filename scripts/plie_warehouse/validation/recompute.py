"""The rules D01 to D33, written a second time in pandas from the staged rows.

Nothing here looks at how the models do it. Each function names the rules that it states. Row-level frames
keep the index of the staged frame that they come from, so that a reason found here can be laid beside the
delivered row.

Numbers and code lists come from the reference frames. What is written below are the names of parameters and
of reasons, never their values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from plie_warehouse.validation.frames import (
    PARCOURS_KEY,
    PLIE,
    STEP_KEY,
    TERRITORY_KEY,
    YEAR,
    Warehouse,
    as_boolean,
)

# What the rules for PLIE deliveries ask of reference.parameters; a year without one of them is not computed.
PARAMETERS = (
    "durable_job_min_months",
    "job_validation_months",
    "training_long_months",
    "training_validation_months",
    "senior_min_age",
    "young_max_age",
    "unqualified_max_level",
    "low_qualified_max_level",
    "long_term_unemployed_months",
)

TABLE_KEYS: Mapping[str, list[str]] = {"participants": PARCOURS_KEY, "exits": PARCOURS_KEY, "steps": STEP_KEY}

RATE_DECIMALS = 6

ACCOUNTED = ("rows_delivered", "rows_kept", "rows_excluded")

# Stands in a mart for a code that is neither national nor mapped.
UNKNOWN = "inconnu"

# The person of a parcours; a pseudonym means nothing outside its PLIE (D01).
PERSON = [YEAR, PLIE, "participant_id"]


# ------------------------------------------------------------------------------------- small tools


def add_months(dates: pd.Series, months: pd.Series | int) -> pd.Series:
    """Each date plus whole calendar months, the day clamped at the end of the month (D11: 31/08 + 6 = 28/02).

    ``dates``: ``datetime64[us]``, ``NaT`` stays ``NaT``. ``months``: one number, or one per row on the same
    index.
    """
    days = dates.to_numpy().astype("datetime64[D]")
    shift = np.broadcast_to(np.asarray(months, dtype="int64"), days.shape)
    month = days.astype("datetime64[M]")
    day_of_month = (days - month.astype("datetime64[D]")).astype("int64")
    target = month + shift.astype("timedelta64[M]")
    last_day = ((target + 1).astype("datetime64[D]") - target.astype("datetime64[D]")).astype("int64") - 1
    moved = target.astype("datetime64[D]") + np.minimum(day_of_month, last_day).astype("timedelta64[D]")
    moved[np.isnat(days)] = np.datetime64("NaT")
    return pd.Series(moved.astype("datetime64[us]"), index=dates.index)


def rate_text(numerator: pd.Series, denominator: pd.Series) -> pd.Series:
    """Exact quotients of counts, rounded half up to six decimals, as text; ``None`` where the denominator is
    0 or either count is unknown (D18). Whole-number arithmetic throughout: no binary float decides a tie.
    """
    known = (numerator.notna() & denominator.notna() & (denominator.fillna(0) > 0)).to_numpy()
    top = numerator.fillna(0).to_numpy(dtype="int64")
    bottom = np.where(known, denominator.fillna(1).to_numpy(dtype="int64"), 1)
    scale = 10**RATE_DECIMALS
    scaled = (2 * top * scale + bottom) // (2 * bottom)
    text = [
        f"{value // scale}.{value % scale:0{RATE_DECIMALS}d}" if ok else None
        for value, ok in zip(scaled.tolist(), known.tolist(), strict=True)
    ]
    return pd.Series(text, index=numerator.index, dtype=object)


def count_text(counts: pd.Series) -> pd.Series:
    """Counts as text, ``None`` where the count is unknown (a table that was not delivered)."""
    return counts.astype("Int64").astype(object).map(str, na_action="ignore").where(counts.notna(), None)


def _true(flags: pd.Series) -> pd.Series:
    """A nullable flag as a plain mask: unknown is not true."""
    return flags.astype("boolean").fillna(False).astype(bool)


def _lookup(codes: pd.Series, code_list: pd.DataFrame, key: str, column: str) -> pd.Series:
    """For each code its value in one column of a code list; unknown codes give ``None`` or ``NA``."""
    return codes.map(code_list.set_index(key)[column])


def _flag(codes: pd.Series, code_list: pd.DataFrame, key: str, column: str) -> pd.Series:
    """For each code its flag in a code list, as ``boolean``; ``NA`` for an unknown code."""
    return codes.map(dict(zip(code_list[key], as_boolean(code_list[column]), strict=True))).astype("boolean")


def _year_bounds(years: pd.Series) -> tuple[pd.Series, pd.Series]:
    """1 January and 31 December of each reporting year (no nulls) as dates."""
    first = (years.to_numpy(dtype="int64") - 1970).astype("datetime64[Y]")
    last = (first + 1).astype("datetime64[D]") - 1
    return (
        pd.Series(first.astype("datetime64[us]"), index=years.index),
        pd.Series(last.astype("datetime64[us]"), index=years.index),
    )


def _in_set(frame: pd.DataFrame, keys: pd.DataFrame, columns: list[str]) -> pd.Series:
    """Mask over ``frame``: is its combination of these columns among the rows of ``keys``?"""
    wanted = keys[columns].drop_duplicates().assign(_there=True)
    there = frame[columns].merge(wanted, on=columns, how="left")["_there"].notna()
    return pd.Series(there.to_numpy(), index=frame.index)


def _attach(frame: pd.DataFrame, other: pd.DataFrame, columns: list[str], values: list[str]) -> pd.DataFrame:
    """``frame`` with some columns of ``other`` (one row per key at most), keeping its own index."""
    joined = frame.merge(other[[*columns, *values]], on=columns, how="left", validate="many_to_one")
    joined.index = frame.index
    return joined


def parameters_of_years(parameters: pd.DataFrame, years: Sequence[int]) -> dict[int, dict[str, int]]:
    """Year -> parameter -> value in force on 31 December of that year; a year that lacks one is left out.

    ``parameters``: one row per name and period of validity. Raises ``ValueError`` when two values of one
    parameter are in force on the same day, or when a value is not a whole number.
    """
    frame = parameters[parameters["name"].isin(PARAMETERS)].copy()
    frame["valid_from"] = pd.to_datetime(frame["valid_from"]).astype("datetime64[us]")
    frame["valid_to"] = pd.to_datetime(frame["valid_to"]).astype("datetime64[us]")
    full: dict[int, dict[str, int]] = {}
    for year in years:
        day = np.datetime64(f"{year:04d}-12-31", "us")
        in_force = frame[(frame["valid_from"] <= day) & (frame["valid_to"].isna() | (frame["valid_to"] >= day))]
        if in_force["name"].duplicated().any():
            twice = sorted(in_force.loc[in_force["name"].duplicated(), "name"])
            raise ValueError(f"two values in force on 31/12/{year} for: {', '.join(twice)}")
        values = {}
        for name, value in zip(in_force["name"], in_force["value"], strict=True):
            if float(value) != int(float(value)):
                raise ValueError(f"parameter {name} is not a whole number: {value}")
            values[name] = int(float(value))
        if len(values) == len(PARAMETERS):
            full[int(year)] = values
    return full


def _parameter(rows: pd.DataFrame, parameters: Mapping[int, Mapping[str, int]], name: str) -> pd.Series:
    """The value of one parameter for each row, by its reporting year."""
    return rows[YEAR].map({year: values[name] for year, values in parameters.items()}).astype("int64")


# ---------------------------------------------------------------------------------------- the door


def door(staged: Mapping[str, pd.DataFrame], supported_years: Sequence[int]) -> dict[str, pd.Series]:
    """Reasons met at the door, in this order: the row's own defect, a year without parameters, a refused
    delivery, a duplicate (D1B).

    ``staged``: ``participants``, ``steps``, ``exits``, one row per delivered row. Returns for each table one
    reason per row (``None`` = admitted), on the index of the table.
    """
    reasons: dict[str, pd.Series] = {}
    refused: list[pd.DataFrame] = []
    for table, rows in staged.items():
        reason = rows["defect"].astype(object).where(rows["defect"].notna(), None)
        unsupported = ~rows[YEAR].isin(list(supported_years))
        reason = reason.mask(reason.isna() & unsupported, "annee_non_prise_en_charge")
        key = TABLE_KEYS[table]
        versions = rows.loc[reason.isna(), [*dict.fromkeys([YEAR, PLIE, *key]), "record_hash"]].drop_duplicates()
        refused.append(versions.loc[versions.duplicated(key, keep=False), [YEAR, PLIE]])
        reasons[table] = reason
    refused_deliveries = pd.concat(refused, ignore_index=True)
    for table, rows in staged.items():
        reason = reasons[table]
        in_refused = _in_set(rows, refused_deliveries, [YEAR, PLIE])
        reason = reason.mask(reason.isna() & in_refused, "livraison_refusee")
        usable = rows[reason.isna()].sort_values(["source_file", "source_row"], kind="stable")
        repeated = usable.index[usable.duplicated([*TABLE_KEYS[table], "record_hash"], keep="first")]
        reason = reason.copy()
        reason.loc[repeated] = "doublon"
        reasons[table] = reason
    return reasons


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
    person_before: tuple | None = None
    busy_until: pd.Timestamp | None = None
    shut_out = []
    columns = zip(
        several.index,
        several[YEAR],
        several[PLIE],
        several["participant_id"],
        several["entry_date"],
        several["exit_date"],
        strict=True,
    )
    for index, year, plie, participant, entry, exit_ in columns:
        if (year, plie, participant) != person_before:
            person_before = (year, plie, participant)
        elif busy_until is None or entry < busy_until:
            shut_out.append(index)
            continue
        busy_until = None if pd.isna(exit_) else exit_
    excluded.loc[shut_out] = True
    return excluded


def check_parcours_and_exits(
    participants: pd.DataFrame, exits: pd.DataFrame, participant_reasons: pd.Series, exit_reasons: pd.Series
) -> tuple[pd.Series, pd.Series, pd.DataFrame]:
    """The checks D1A and D02 on the rows that the door let through; the first reason is the one recorded.

    ``participants`` and ``exits``: all staged rows; the two series: their reason at the door (``None`` =
    admitted). Returns the completed reasons of participants and of exits, and the kept parcours: the staged
    columns of participants plus ``exit_date`` (``NaT`` = open), one row per parcours key.
    """
    participant_reasons = participant_reasons.copy()
    exit_reasons = exit_reasons.copy()
    admitted = participants[participant_reasons.isna()]
    readable = participants.dropna(subset=PARCOURS_KEY)

    candidates = exits[exit_reasons.isna()]
    orphans = candidates.index[~_in_set(candidates, readable, PARCOURS_KEY)]
    exit_reasons.loc[orphans] = "orphelin"

    candidates = _attach(exits[exit_reasons.isna()], admitted, PARCOURS_KEY, ["entry_date"])
    before_entry = candidates.index[candidates["exit_date"] < candidates["entry_date"]]
    exit_reasons.loc[before_entry] = "sortie_avant_entree"

    dated = _attach(admitted, exits[exit_reasons.isna()], PARCOURS_KEY, ["exit_date"])
    first, last = _year_bounds(dated[YEAR])
    active = (dated["entry_date"] <= last) & (dated["exit_date"].isna() | (dated["exit_date"] >= first))
    participant_reasons.loc[dated.index[~active]] = "hors_annee"

    in_year = dated[active]
    overlap = overlapping(in_year)
    participant_reasons.loc[in_year.index[overlap]] = "chevauchement"
    kept = in_year[~overlap]

    candidates = exits[exit_reasons.isna()]
    exit_reasons.loc[candidates.index[~_in_set(candidates, kept, PARCOURS_KEY)]] = "parcours_exclu"
    return participant_reasons, exit_reasons, kept


# -------------------------------------------------------------------------------------- D20 to D22


def check_steps(
    steps: pd.DataFrame,
    step_reasons: pd.Series,
    participants: pd.DataFrame,
    kept_parcours: pd.DataFrame,
    step_types: pd.DataFrame,
) -> pd.Series:
    """The checks D20 to D22 on the steps that the door let through; returns the completed reason of each
    staged step.

    ``steps`` and ``participants``: all staged rows; ``step_reasons``: reasons at the door; ``kept_parcours``:
    see ``check_parcours_and_exits``.
    """
    readable = participants.dropna(subset=PARCOURS_KEY)
    reasons = step_reasons.copy()
    rows = _attach(steps[reasons.isna()], kept_parcours, PARCOURS_KEY, ["entry_date", "exit_date"])
    first, last = _year_bounds(rows[YEAR])
    is_step = _flag(rows["step_type"], step_types, "step_type", "is_step")
    tests = [
        ("accompagnement", (~is_step).fillna(False)),
        ("orphelin", ~_in_set(rows, readable, PARCOURS_KEY)),
        ("parcours_exclu", ~_in_set(rows, kept_parcours, PARCOURS_KEY)),
        ("dates_inversees", rows["end_date"] < rows["start_date"]),
        ("hors_parcours", (rows["end_date"] < rows["entry_date"]) | (rows["start_date"] > rows["exit_date"])),
        ("hors_annee", (rows["start_date"] > last) | (rows["end_date"] < first)),
    ]
    failed = np.select([mask.to_numpy(dtype=bool) for _, mask in tests], [name for name, _ in tests], default="")
    hit = failed != ""
    reasons.loc[rows.index[hit]] = failed[hit]
    return reasons


# ------------------------------------------------------------------------------------------- facts


def parcours_facts(kept: pd.DataFrame, parameters: Mapping[int, Mapping[str, int]]) -> pd.DataFrame:
    """Kept parcours with what the rules derive: D03 (entry, exit, stock), D30 (age), D31 (levels), D32
    (duration).

    One row per parcours key. A flag is ``NA`` where what it rests on is unknown (D33).
    """
    facts = kept.copy()
    first, last = _year_bounds(facts[YEAR])
    facts["age_at_entry"] = facts["entry_date"].dt.year.astype("Int64") - facts["birth_year"]
    facts["is_senior"] = facts["age_at_entry"] >= _parameter(facts, parameters, "senior_min_age")
    facts["is_young"] = facts["age_at_entry"] < _parameter(facts, parameters, "young_max_age")
    level = facts["education_level"]
    facts["is_unqualified"] = level <= _parameter(facts, parameters, "unqualified_max_level")
    facts["is_low_qualified"] = level <= _parameter(facts, parameters, "low_qualified_max_level")
    months = facts["jobseeker_months"]
    facts["is_long_term_unemployed"] = months >= _parameter(facts, parameters, "long_term_unemployed_months")
    facts["is_entry"] = ((facts["entry_date"] >= first) & (facts["entry_date"] <= last)).astype("boolean")
    facts["is_exit"] = ((facts["exit_date"] >= first) & (facts["exit_date"] <= last)).astype("boolean")
    facts["is_in_stock"] = (facts["exit_date"].isna() | (facts["exit_date"] > last)).astype("boolean")
    return facts


def evidence_reasons(
    exits: pd.DataFrame,
    parameters: Mapping[int, Mapping[str, int]],
    exit_reasons: pd.DataFrame,
    contract_types: pd.DataFrame,
) -> pd.Series:
    """Why a declared durable job or qualifying training is not proven (D11, D12, D13); ``None`` = proven, or
    no evidence asked. One reason per exit, on the index of ``exits`` (staged columns of exits).
    """
    one_day = np.timedelta64(1, "D")
    asked = _lookup(exits["exit_reason"], exit_reasons, "exit_reason", "evidence")
    reason = pd.Series(None, index=exits.index, dtype=object)

    # D11: a durable job.
    durable = _flag(exits["contract_type"], contract_types, "contract_type", "is_durable")
    fixed_term = _true(_flag(exits["contract_type"], contract_types, "contract_type", "is_fixed_term"))
    start, end, validated = exits["contract_start_date"], exits["contract_end_date"], exits["validated_on"]
    job_lasts = end + one_day >= add_months(start, _parameter(exits, parameters, "durable_job_min_months"))
    job_held = validated + one_day >= add_months(start, _parameter(exits, parameters, "job_validation_months"))
    job_tests = [
        ("contrat_non_durable", ~_true(durable)),
        ("dates_manquantes", start.isna() | (fixed_term & end.isna())),
        ("contrat_trop_court", fixed_term & ~job_lasts),
        ("non_valide", ~job_held),
    ]

    # D12: a qualifying training, finished by the exit, or long and still followed when checked.
    start, end = exits["training_start_date"], exits["training_end_date"]
    finished = end <= exits["exit_date"]
    is_long = end + one_day > add_months(start, _parameter(exits, parameters, "training_long_months"))
    followed = validated + one_day >= add_months(start, _parameter(exits, parameters, "training_validation_months"))
    training_tests = [
        ("formation_non_certifiante", ~_true(exits["is_certifying"])),
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
    return classes.loc[_true(as_boolean(classes["is_other_nofollow"])), "exit_class"].iloc[0]


def exit_facts(
    exits: pd.DataFrame,
    kept: pd.DataFrame,
    parameters: Mapping[int, Mapping[str, int]],
    reference: Mapping[str, pd.DataFrame],
) -> pd.DataFrame:
    """Exits of the reporting year (D03) with their class (D10 to D14) and the durable-contract flag (D19).

    ``exits``: staged rows of exits without any reason; ``kept``: kept parcours. One row per parcours key.
    """
    first, last = _year_bounds(exits[YEAR])
    facts = exits[(exits["exit_date"] >= first) & (exits["exit_date"] <= last) & _in_set(exits, kept, PARCOURS_KEY)]
    facts = facts.copy()
    classes = reference["exit_classes"]
    unproven_class = _unproven_class(classes)
    declared = _lookup(facts["exit_reason"], reference["exit_reasons"], "exit_reason", "exit_class").astype(object)
    facts["declared_class"] = declared.where(declared.notna(), None)
    facts["reclassification_reason"] = evidence_reasons(
        facts, parameters, reference["exit_reasons"], reference["contract_types"]
    )
    as_declared = facts["declared_class"].notna() & facts["reclassification_reason"].isna()
    facts["exit_class"] = facts["declared_class"].where(as_declared, unproven_class)
    for flag in ("is_positive", "is_neutralised"):
        facts[flag] = _flag(facts["exit_class"], classes, "exit_class", flag)

    types = reference["contract_types"]
    in_share, open_ended = (
        _flag(facts["contract_type"], types, "contract_type", flag) for flag in ("in_durable_share", "is_open_ended")
    )
    six_months = add_months(facts["contract_start_date"], _parameter(facts, parameters, "durable_job_min_months"))
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
    facts["is_job"] = _flag(facts["step_type"], types, "step_type", "is_job")
    job = _true(facts["is_job"])
    iae = _flag(facts["employer_type"], reference["employer_types"], "employer_type", "is_iae")
    aided = _flag(facts["contract_type"], reference["contract_types"], "contract_type", "is_aided")
    facts["is_iae"] = iae.where(job, pd.NA).astype("boolean")
    facts["is_aided"] = aided.where(job, pd.NA).astype("boolean")

    def family(**flags: bool) -> str:
        """The one family of the list with these flags."""
        fitting = families
        for name, value in flags.items():
            fitting = fitting[as_boolean(fitting[name]).eq(value).fillna(False).astype(bool)]
        return fitting["step_family"].iloc[0]

    listed = _lookup(facts["step_type"], types, "step_type", "step_family").astype(object)
    facts["step_family"] = np.select(
        [facts["step_type"].isna(), job & _true(iae), job & _true(aided), job],
        [
            family(is_unknown=True),
            family(is_iae=True),
            family(is_aided=True),
            family(is_iae=False, is_aided=False),
        ],
        default=listed.where(listed.notna(), None),
    )
    return facts


# ------------------------------------------------------------------------------------- territories


def territories_of_plies(plies: pd.DataFrame, register: pd.DataFrame, departments: pd.DataFrame) -> pd.DataFrame:
    """Which territories each PLIE counts in: columns ``plie_code``, ``territory_kind``, ``territory_code``.

    ``plies``: distinct ``plie_code``. A PLIE of the register counts for itself, its department, its region
    and the country; one that the register does not know counts at national level only.
    """
    known = plies[[PLIE]].drop_duplicates().merge(register[[PLIE, "department_code"]], on=PLIE, how="left")
    known = known.merge(
        departments[["department_code", "region_code"]].drop_duplicates(), on="department_code", how="left"
    )
    registered = known[PLIE].isin(register[PLIE])
    pieces = [
        known.loc[registered, [PLIE]].assign(territory_kind="plie", territory_code=known.loc[registered, PLIE]),
        known[[PLIE, "department_code"]]
        .rename(columns={"department_code": "territory_code"})
        .assign(territory_kind="departement"),
        known[[PLIE, "region_code"]].rename(columns={"region_code": "territory_code"}).assign(territory_kind="region"),
        known[[PLIE]].assign(territory_kind="national", territory_code="FR"),
    ]
    columns = [PLIE, "territory_kind", "territory_code"]
    return pd.concat([piece[columns] for piece in pieces], ignore_index=True).dropna(subset=["territory_code"])


def roll_up(counts: pd.DataFrame, territories: pd.DataFrame, cuts: list[str]) -> pd.DataFrame:
    """Sums of counts by territory. ``counts``: one row per year, PLIE and cut, other columns counts (``NA`` =
    not delivered). Returns one row per year, territory and cut; a sum is ``NA`` only when every part is.
    """
    measures = [column for column in counts.columns if column not in (YEAR, PLIE, *cuts)]
    spread = counts.merge(territories, on=PLIE, how="inner")
    return (
        spread.groupby([*TERRITORY_KEY, *cuts], sort=True)[measures]
        .sum(min_count=1)
        .reset_index()
        .astype({YEAR: "Int64"})
    )


# ---------------------------------------------------------------------------------------- aggregates


@dataclass(frozen=True)
class Rows:
    """What the rules say of each delivered row.

    ``exclusions``: one row per excluded staged row: year, ``plie_code``, ``supplier_code``, ``source_table``,
    ``source_file``, ``source_row``, ``reason_code``, ``rule_id``.
    ``accounting``: one row per year, supplier and table, with the counts of ``ACCOUNTED``.
    ``plies``: year and PLIE with a parcours of the year; ``steps_delivered``: those that delivered steps.
    ``parcours``, ``exits``, ``steps``: the facts, one row per key, with the line that they come from.
    """

    exclusions: pd.DataFrame
    accounting: pd.DataFrame
    plies: pd.DataFrame
    steps_delivered: pd.DataFrame
    parcours: pd.DataFrame
    exits: pd.DataFrame
    steps: pd.DataFrame

    @property
    def facts(self) -> dict[str, pd.DataFrame]:
        """The facts by the name of their mart."""
        return {"fct_parcours": self.parcours, "fct_exits": self.exits, "fct_steps": self.steps}


def _counts(plies: pd.DataFrame, parts: Mapping[str, pd.DataFrame], cuts: list[str] | None = None) -> pd.DataFrame:
    """Number of rows of each part by year, PLIE and cut, 0 where there is none.

    ``plies``: the frame of all keys wanted (year, PLIE and cut). ``parts``: measure -> rows to count.
    """
    keys = [YEAR, PLIE, *(cuts or [])]
    out = plies[keys].copy()
    for measure, rows in parts.items():
        size = rows.groupby(keys, sort=False).size().rename(measure).reset_index()
        out = out.merge(size, on=keys, how="left")
        out[measure] = out[measure].fillna(0).astype("Int64")
    return out


def _cross(plies: pd.DataFrame, cuts: pd.DataFrame) -> pd.DataFrame:
    """Every year and PLIE with every value of a cut: a real 0 is a row (marts, D18)."""
    return plies.merge(cuts, how="cross")


def outcomes(rows: Rows, reference: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Counts behind ``plie_outcomes`` by year and PLIE (D01 to D04, D10 to D15, D19, D20, D24).

    The two step counts are ``NA`` for a PLIE that delivered no steps: missing is not zero.
    """
    parcours, exits, steps, classes = rows.parcours, rows.exits, rows.steps, reference["exit_classes"]

    def of_class(flag: str) -> pd.DataFrame:
        return exits[_true(_flag(exits["exit_class"], classes, "exit_class", flag))]

    counts = _counts(
        rows.plies,
        {
            "persons_in_parcours": parcours.drop_duplicates(PERSON),
            "parcours": parcours,
            "stock_31_dec": parcours[_true(parcours["is_in_stock"])],
            "entries": parcours[_true(parcours["is_entry"])],
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
            "durable_contracts": exits[_true(exits["is_durable_contract"])],
            "steps": steps,
            "participants_with_step": steps.drop_duplicates(PERSON),
        },
    )
    counts["nofollow_exits"] = counts["exits"] - counts["positive_exits"]
    counts["exits_excluding_neutralised"] = counts["exits"] - counts["neutralised_exits"]
    without_steps = ~_in_set(counts, rows.steps_delivered, [YEAR, PLIE])
    for measure in ("steps", "participants_with_step"):
        counts[measure] = counts[measure].mask(without_steps, pd.NA)
    return counts


def _with_profile(rows: pd.DataFrame, profiles: pd.DataFrame) -> pd.DataFrame:
    """Rows repeated for each profile: columns ``profile``, ``has`` (mask) and ``knows`` (mask), plus year and
    PLIE.

    Categories overlap: one row can have several profiles (D33). Unknown is not no.
    """
    pieces = []
    for profile, attribute, value in profiles[["profile", "attribute", "attribute_value"]].itertuples(index=False):
        values = rows[attribute]
        spelled = values.map({True: "true", False: "false"}) if values.dtype == "boolean" else values
        pieces.append(
            rows[[YEAR, PLIE]].assign(
                profile=profile, has=(spelled == value).fillna(False).astype(bool), knows=values.notna()
            )
        )
    return pd.concat(pieces, ignore_index=True)


@dataclass(frozen=True)
class Measure:
    """One measure of an aggregate: the rule that it states, and the two counts that a rate divides."""

    rule_id: str
    numerator: str | None = None
    denominator: str | None = None


@dataclass(frozen=True)
class TableRules:
    """What is compared in one aggregate mart: the columns of its cut, and the rule behind each measure."""

    cuts: tuple[str, ...]
    row_rule_id: str
    measures: Mapping[str, Measure]

    @property
    def key(self) -> list[str]:
        """The columns that name one row of the table."""
        return [*TERRITORY_KEY, *self.cuts]


TABLE_RULES: Mapping[str, TableRules] = {
    "plie_outcomes": TableRules(
        cuts=(),
        row_rule_id="D01",
        measures={
            "persons_in_parcours": Measure("D01"),
            "parcours": Measure("D02"),
            "stock_31_dec": Measure("D03"),
            "entries": Measure("D03"),
            "exits": Measure("D03"),
            "positive_exits": Measure("D10"),
            "positive_durable_job": Measure("D11"),
            "positive_training": Measure("D12"),
            "positive_other": Measure("D13"),
            "nofollow_exits": Measure("D10"),
            "abandoned_exits": Measure("D10"),
            "neutralised_exits": Measure("D14"),
            "other_nofollow_exits": Measure("D10"),
            "unproven_exits": Measure("D13"),
            "exits_excluding_neutralised": Measure("D14"),
            "positive_rate_raw": Measure("D15", "positive_exits", "exits"),
            "positive_rate_neutralised": Measure("D15", "positive_exits", "exits_excluding_neutralised"),
            "positive_per_entry": Measure("D15", "positive_exits", "entries"),
            "contracts_known": Measure("D19"),
            "durable_contracts": Measure("D19"),
            "durable_contract_share": Measure("D19", "durable_contracts", "contracts_known"),
            "steps": Measure("D20"),
            "participants_with_step": Measure("D24"),
            "steps_per_participant": Measure("D24", "steps", "participants_with_step"),
            "steps_per_person_in_parcours": Measure("D24", "steps", "persons_in_parcours"),
        },
    ),
    "plie_outcomes_by_profile": TableRules(
        cuts=("profile",),
        row_rule_id="D16",
        measures={
            "entries": Measure("D03"),
            "exits": Measure("D03"),
            "positive_exits": Measure("D10"),
            "neutralised_exits": Measure("D14"),
            "exits_excluding_neutralised": Measure("D14"),
            "positive_rate_raw": Measure("D16", "positive_exits", "exits"),
            "positive_rate_neutralised": Measure("D15", "positive_exits", "exits_excluding_neutralised"),
        },
    ),
    "plie_entry_profile": TableRules(
        cuts=("profile",),
        row_rule_id="D33",
        measures={
            "entries_with": Measure("D33"),
            "entries_known": Measure("D33"),
            "entries": Measure("D03"),
            "entries_unknown": Measure("D33"),
            "share_of_all": Measure("D33", "entries_with", "entries"),
            "share_of_known": Measure("D33", "entries_with", "entries_known"),
        },
    ),
    "plie_step_mix": TableRules(
        cuts=("step_family",),
        row_rule_id="D23",
        measures={
            "steps": Measure("D23"),
            "steps_total": Measure("D20"),
            "steps_attributes_unknown": Measure("D23"),
            "share_of_steps": Measure("D23", "steps", "steps_total"),
        },
    ),
    "plie_exit_reasons": TableRules(
        cuts=("exit_reason", "exit_class"),
        row_rule_id="D13",
        measures={
            "exits": Measure("D13"),
            "exits_total": Measure("D03"),
            "exits_of_class": Measure("D10"),
            "share_of_exits": Measure("D18", "exits", "exits_total"),
            "share_of_class": Measure("D18", "exits", "exits_of_class"),
        },
    ),
    "plie_exit_jobs": TableRules(
        cuts=("cut", "cut_value"),
        row_rule_id="D19",
        measures={
            "exits": Measure("D03"),
            "exits_with": Measure("D19"),
            "exits_known": Measure("D19"),
            "share_of_known": Measure("D19", "exits_with", "exits_known"),
            "positive_exits": Measure("D10"),
            "positive_exits_with": Measure("D19"),
            "positive_exits_known": Measure("D19"),
            "share_of_positive_known": Measure("D19", "positive_exits_with", "positive_exits_known"),
            "durable_exits": Measure("D11"),
            "durable_exits_with": Measure("D19"),
            "durable_exits_known": Measure("D19"),
            "share_of_durable_known": Measure("D19", "durable_exits_with", "durable_exits_known"),
        },
    ),
}


def _as_text(counts: pd.DataFrame, rules: TableRules) -> pd.DataFrame:
    """Counts by territory as the mart should show them: key columns, then every measure as text."""
    columns = {}
    for name, measure in rules.measures.items():
        if measure.numerator and measure.denominator:
            columns[name] = rate_text(counts[measure.numerator], counts[measure.denominator])
        else:
            columns[name] = count_text(counts[name])
    return pd.concat([counts[rules.key], pd.DataFrame(columns)], axis=1)


def _job_cuts(reference: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Cuts of ``plie_exit_jobs`` with every value of their code list: columns ``cut``, ``cut_value``."""
    lists = reference["code_lists"]
    values = {"contract_type": reference["contract_types"]["contract_type"]}
    for cut in ("employer_category", "naf_section"):
        values[cut] = lists.loc[lists["code_list"] == cut, "code"]
    return pd.concat([pd.DataFrame({"cut": cut, "cut_value": list(codes)}) for cut, codes in values.items()])


def profile_outcomes(rows: Rows, reference: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Counts behind ``plie_outcomes_by_profile`` by year, PLIE and profile (D16): exits carry the attributes
    of their parcours.
    """
    profiles = reference["profiles"]
    entries = _with_profile(rows.parcours[_true(rows.parcours["is_entry"])], profiles)
    attributes = list(dict.fromkeys(profiles["attribute"]))
    described = _attach(rows.exits, rows.parcours, PARCOURS_KEY, attributes)
    exits = {
        "exits": described,
        "positive_exits": described[_true(described["is_positive"])],
        "neutralised_exits": described[_true(described["is_neutralised"])],
    }
    parts = {"entries": entries[entries["has"]]}
    for kind, some in exits.items():
        profiled = _with_profile(some, profiles)
        parts[kind] = profiled[profiled["has"]]
    counts = _counts(_cross(rows.plies, profiles[["profile"]]), parts, ["profile"])
    counts["exits_excluding_neutralised"] = counts["exits"] - counts["neutralised_exits"]
    return counts


def entry_profile(rows: Rows, reference: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Counts behind ``plie_entry_profile`` by year, PLIE and profile (D33): on all and on known entries."""
    profiles = reference["profiles"]
    entries = _with_profile(rows.parcours[_true(rows.parcours["is_entry"])], profiles)
    parts = {
        "entries_with": entries[entries["has"]],
        "entries_known": entries[entries["knows"]],
        "entries": entries,
    }
    counts = _counts(_cross(rows.plies, profiles[["profile"]]), parts, ["profile"])
    counts["entries_unknown"] = counts["entries"] - counts["entries_known"]
    return counts


def step_mix(rows: Rows, reference: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Counts behind ``plie_step_mix`` by year, PLIE and family of the list (D23), where steps were delivered;
    elsewhere there is no 0 to show, and no row.
    """
    plies = rows.plies[_in_set(rows.plies, rows.steps_delivered, [YEAR, PLIE])]
    steps = rows.steps
    unclear = steps[_true(steps["is_job"]) & (steps["is_iae"].isna() | steps["is_aided"].isna())]
    families = _cross(plies, reference["step_families"][["step_family"]])
    counts = _counts(families, {"steps": steps, "steps_attributes_unknown": unclear}, ["step_family"])
    return counts.merge(_counts(plies, {"steps_total": steps}), on=[YEAR, PLIE])


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
    counts = _counts(_cross(plies, pairs), {"exits": named}, ["exit_reason", "exit_class"])
    classes = _cross(plies, pairs[["exit_class"]].drop_duplicates())
    of_class = _counts(classes, {"exits_of_class": exits}, ["exit_class"])
    counts = counts.merge(of_class, on=[YEAR, PLIE, "exit_class"])
    return counts.merge(_counts(plies, {"exits_total": exits}), on=[YEAR, PLIE])


def exits_by_job(rows: Rows, reference: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Counts behind ``plie_exit_jobs`` by year, PLIE, cut and value (D19): on the exits whose value is known,
    among all, the positive and the durable-job exits.
    """
    plies, exits = rows.plies, rows.exits
    durable = _true(_flag(exits["exit_class"], reference["exit_classes"], "exit_class", "is_durable_job"))
    subsets = {"": exits, "positive_": exits[_true(exits["is_positive"])], "durable_": exits[durable]}
    cuts = _job_cuts(reference)
    counts = _cross(plies, cuts)
    cut_only = counts[[YEAR, PLIE, "cut"]].drop_duplicates()
    for prefix, some in subsets.items():
        long = pd.concat(
            [
                some[[YEAR, PLIE]].assign(cut=cut, cut_value=some[cut])[some[cut].notna()]
                for cut in cuts["cut"].unique()
            ],
            ignore_index=True,
        )
        with_value = _counts(counts, {f"{prefix}exits_with": long}, ["cut", "cut_value"])
        known = _counts(cut_only, {f"{prefix}exits_known": long}, ["cut"])
        counts = counts.merge(with_value, on=[YEAR, PLIE, "cut", "cut_value"])
        counts = counts.merge(known, on=[YEAR, PLIE, "cut"])
    of_subset = _counts(plies, {f"{prefix}exits": some for prefix, some in subsets.items()})
    return counts.merge(of_subset, on=[YEAR, PLIE])


COUNTS: Mapping[str, Callable[[Rows, Mapping[str, pd.DataFrame]], pd.DataFrame]] = {
    "plie_outcomes": outcomes,
    "plie_outcomes_by_profile": profile_outcomes,
    "plie_entry_profile": entry_profile,
    "plie_step_mix": step_mix,
    "plie_exit_reasons": exits_by_reason,
    "plie_exit_jobs": exits_by_job,
}


def aggregate(table: str, rows: Rows, reference: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """One aggregate mart from the recomputed rows: one row per year, territory and cut, measures as text."""
    territories = territories_of_plies(rows.plies, reference["plie_register"], reference["departments"])
    rules = TABLE_RULES[table]
    return _as_text(roll_up(COUNTS[table](rows, reference), territories, list(rules.cuts)), rules)


# -------------------------------------------------------------------------------------- indicators

INDICATOR_KEY = [*TERRITORY_KEY, "indicator_code", "cut", "cut_value", "method_version"]
INDICATOR_MEASURES = ("numerator", "denominator", "value", "unit", "coverage")


def _with_decimals(counts: pd.Series) -> pd.Series:
    """Counts as the long table writes them, beside the rates: text with six decimals."""
    return counts.map(lambda count: f"{count}.{0:0{RATE_DECIMALS}d}", na_action="ignore")


def indicators(tables: Mapping[str, pd.DataFrame], definitions: pd.DataFrame) -> pd.DataFrame:
    """The long table from the aggregates: one row per indicator, cut value and territory, measures as text
    (D18, D61).

    ``tables``: see ``aggregates``. ``definitions``: which columns of which aggregate make which indicator.
    Columns: ``INDICATOR_KEY``, ``INDICATOR_MEASURES`` and ``rule_id``. A figure whose numerator is unknown,
    because its table was not delivered, is no row: missing is not zero.
    """
    pieces = []
    for definition in definitions.to_dict("records"):
        table = definition["mart"]
        rules, rows = TABLE_RULES[table], tables[table]
        if "cut" in rules.cuts:
            rows = rows[rows["cut"] == definition["cut"]]
        cut_columns = [column for column in rules.cuts if column != "cut"]
        cut_value: pd.Series | str = "total"
        for position, column in enumerate(cut_columns):
            cut_value = rows[column] if position == 0 else cut_value + "/" + rows[column]

        def count(column: str | None, rows: pd.DataFrame = rows) -> pd.Series:
            if not isinstance(column, str):
                return pd.Series(None, index=rows.index, dtype=object)
            return rows[column]

        covered, base = (
            pd.to_numeric(count(definition[column])).astype("Int64")
            for column in ("coverage_numerator_column", "coverage_denominator_column")
        )
        is_rate = isinstance(definition["denominator_column"], str)
        value = rows[definition["value_column"]]
        pieces.append(
            rows[TERRITORY_KEY].assign(
                indicator_code=definition["indicator_code"],
                cut=definition["cut"],
                cut_value=cut_value,
                method_version=definition["method_version"],
                numerator=_with_decimals(count(definition["numerator_column"])),
                denominator=_with_decimals(count(definition["denominator_column"])),
                value=value if is_rate else _with_decimals(value),
                unit=definition["unit"],
                coverage=rate_text(covered, base),
                rule_id=definition["rule_id"],
            )
        )
    long = pd.concat(pieces, ignore_index=True)
    return long[long["numerator"].notna()].reset_index(drop=True)


# ---------------------------------------------------------------------------------------- everything


@dataclass(frozen=True)
class Recomputed:
    """What the rules say of one warehouse.

    ``rows``: what they say of each row. ``aggregates``: table -> one row per year, territory and cut,
    measures as text. ``indicators``: see the function of that name.
    """

    rows: Rows
    aggregates: Mapping[str, pd.DataFrame]
    indicators: pd.DataFrame


def judge_rows(staged: Mapping[str, pd.DataFrame], reference: Mapping[str, pd.DataFrame]) -> Rows:
    """Apply the rules to each staged row.

    ``staged``: ``participants``, ``steps``, ``exits``, one row per delivered row. Raises ``ValueError`` for a
    contradiction in the reference lists (two values of a parameter in force at once).
    """
    participants, exits, steps = staged["participants"], staged["exits"], staged["steps"]
    years = sorted({int(year) for rows in staged.values() for year in rows[YEAR].dropna().unique()})
    parameters = parameters_of_years(reference["parameters"], [year for year in years if 1 <= year <= 9999])

    reasons = door(staged, list(parameters))
    reasons["participants"], reasons["exits"], kept = check_parcours_and_exits(
        participants, exits, reasons["participants"], reasons["exits"]
    )
    reasons["steps"] = check_steps(steps, reasons["steps"], participants, kept, reference["step_types"])

    described = []
    for table, rows in staged.items():
        origin = rows[[YEAR, PLIE, "supplier_code", "source_file", "source_row"]]
        described.append(origin.assign(source_table=table, reason_code=reasons[table]))
    delivered = pd.concat(described, ignore_index=True)
    out = delivered["reason_code"].notna()
    exclusions = delivered[out].merge(
        reference["quality_reasons"][["reason_code", "source_table", "rule_id"]],
        on=["reason_code", "source_table"],
        how="left",
        validate="many_to_one",
    )
    accounting = (
        delivered.assign(rows_delivered=1, rows_kept=(~out).astype(int), rows_excluded=out.astype(int))
        .groupby([YEAR, "supplier_code", "source_table"], dropna=False)[list(ACCOUNTED)]
        .sum()
        .reset_index()
    )
    return Rows(
        exclusions=exclusions,
        accounting=accounting,
        plies=kept[[YEAR, PLIE]].drop_duplicates().reset_index(drop=True),
        steps_delivered=steps[[YEAR, PLIE]].drop_duplicates(),
        parcours=parcours_facts(kept, parameters),
        exits=exit_facts(exits[reasons["exits"].isna()], kept, parameters, reference),
        steps=step_facts(steps[reasons["steps"].isna()], reference),
    )


def apply_rules(warehouse: Warehouse) -> Recomputed:
    """Apply the rules to a warehouse: rows, aggregates, indicators. Raises like ``judge_rows``."""
    reference = warehouse.reference
    rows = judge_rows(warehouse.staged, reference)
    tables = {table: aggregate(table, rows, reference) for table in TABLE_RULES}
    return Recomputed(rows, tables, indicators(tables, reference["indicator_definitions"]))
