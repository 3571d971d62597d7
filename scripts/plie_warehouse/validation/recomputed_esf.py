"""The common indicators of the ESF+ a second time (D80 to D84): what is observed after a parcours, who takes part in
which operation, what the indicators count, and how the network's figures lead to them.

They look over several years, so that they are judged once all parts of the deliveries were read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from plie_warehouse.validation.frames import PLIE, YEAR, as_boolean
from plie_warehouse.validation.tables import TableRules, tables_of
from plie_warehouse.validation.tools import Parameters, add_months, flag_of, is_true, number_text, quotient_text

# A parcours in any year, and a person in an operation.
PARCOURS = [PLIE, "participant_id", "parcours_no"]
OPERATION = "esf_operation_id"
PERSON = [PLIE, OPERATION, "participant_id"]

TOTAL, UNKNOWN = "total", "inconnu"
ONE_DAY = np.timedelta64(1, "D")
COUNTS = ["numerator", "base", "base_known", "base_unknown"]
INDICATOR_CUTS = ["region_category", "indicator_code", "sex"]

# Kinds of territory that may hold regions of several categories.
WIDE_KINDS = ("oi", "region", "national")
# Kinds of territory that readers get (D85).
READERS_KINDS = ("region", "national")

TABLE_RULES = tables_of("esf")


@dataclass(frozen=True)
class Cutoff:
    """A day up to which the indicators are cumulated. ``values``: the parameters of its year."""

    day: np.datetime64
    year: int
    period: str
    first_day: np.datetime64
    values: Mapping[str, int]


@dataclass(frozen=True)
class Facts:
    """What the network counts of a year: ``entries``: the parcours entered, ``exits``: those that ended, with
    ``is_neutralised``, ``is_dated_early`` and ``is_durable_job``; one row per parcours key."""

    entries: pd.DataFrame
    exits: pd.DataFrame


def with_reasons(followups: pd.DataFrame, delivered: pd.DataFrame, parcours: pd.DataFrame) -> pd.DataFrame:
    """The observations with the reason that counts, ``None`` = they count (D83).

    ``followups``: all delivered rows, with the ``reason`` of row acceptance; ``delivered``: the parcours keys of every
    year that could be read; ``parcours``: the kept ones, with ``entry_date``. A parcours of any year up to that of the
    observation will do, the last of them says when it began.
    """
    rows = followups.reset_index(drop=True)
    reason = rows["reason"].astype(object).where(rows["reason"].notna(), None)
    first = delivered.groupby(PARCOURS)[YEAR].min().rename("first_year").reset_index()
    known = rows[[*PARCOURS, YEAR]].merge(first, on=PARCOURS, how="left")["first_year"] <= rows[YEAR]
    numbered = rows[[*PARCOURS, YEAR]].assign(number=np.arange(len(rows)))
    linked = numbered.merge(parcours[[*PARCOURS, YEAR, "entry_date"]], on=PARCOURS, suffixes=("", "_of_parcours"))
    linked = linked[linked[f"{YEAR}_of_parcours"] <= linked[YEAR]].sort_values(f"{YEAR}_of_parcours", kind="stable")
    entry = linked.drop_duplicates("number", keep="last").set_index("number")["entry_date"].reindex(rows.index)
    tests = {
        "orphelin": ~known.fillna(False).astype(bool),
        "parcours_exclu": entry.isna(),
        "suivi_avant_entree": rows["observed_on"] < entry,
    }
    for name, mask in tests.items():
        reason = reason.mask(reason.isna() & mask, name)
    return rows.assign(reason=reason)


# ---------------------------------------------------------------------------------- D80: participations


def cutoffs(parameters: Parameters, programmes: pd.DataFrame) -> Iterator[Cutoff]:
    """The middle and the end of each delivered year, where a programme period has them (D84)."""
    for year, values in sorted(parameters.items()):
        start = pd.Series([np.datetime64(f"{year:04d}-01-01", "us")])
        middle = add_months(start, values["esf_months_between_cutoffs"]).iloc[0].to_datetime64() - ONE_DAY
        for day in sorted({middle, np.datetime64(f"{year:04d}-12-31", "us")}):
            for period, *bounds in programmes[["programme_period", "first_day", "last_day"]].itertuples(index=False):
                first, last = (np.datetime64(pd.Timestamp(bound), "us") for bound in bounds)
                if first <= day <= last:
                    yield Cutoff(day, year, period, first, values)


def stays_at(stays: pd.DataFrame, cutoff: Cutoff) -> pd.DataFrame:
    """The parcours begun by the day, as the last delivery up to its year has them: no exit after the day. With
    ``is_long_enough`` (more than a day), ``has_operations`` and ``has_qualifications`` (the PLIE fills the column)."""
    rows = stays[(stays[YEAR] <= cutoff.year) & (stays["entry_date"] <= cutoff.day)]
    rows = rows.sort_values(YEAR, kind="stable").drop_duplicates(PARCOURS, keep="last").reset_index(drop=True)
    rows["exit_date"] = rows["exit_date"].where(rows["exit_date"] <= cutoff.day)
    days = (rows["exit_date"] - rows["entry_date"]).dt.days + 1
    rows["is_long_enough"] = days.isna() | (days >= cutoff.values["esf_min_stay_days"])
    filled = {"has_operations": OPERATION, "has_qualifications": "qualification_obtained_on"}
    for name, column in filled.items():
        rows[name] = rows[column].notna().groupby(rows[PLIE]).transform("any") if len(rows) else False
    return rows


def participations(stays: pd.DataFrame, cutoff: Cutoff) -> pd.DataFrame:
    """One row per person and operation: the first stay, with ``last_exit_date`` and what the last exit says, and the
    numbers of both parcours (D80). ``stays``: those of ``stays_at``."""
    counted = stays[stays[OPERATION].notna() & stays["is_long_enough"]]
    first = counted.sort_values(["entry_date", "parcours_no"], kind="stable").drop_duplicates(PERSON)
    # One that is open comes after all that ended.
    ended = counted.assign(end=counted["exit_date"].fillna(np.datetime64("9999-12-31", "us")))
    last = ended.sort_values(["end", "parcours_no"], kind="stable").drop_duplicates(PERSON, keep="last")
    of_exit = ["labour_status_at_exit", "labour_status_on", "qualification_obtained_on"]
    last = last[[*PERSON, "exit_date", "parcours_no", *of_exit]]
    last = last.rename(columns={"exit_date": "last_exit_date", "parcours_no": "last_parcours_no"})
    found = first.drop(columns=of_exit).merge(last, on=PERSON, how="left")
    found = found.rename(columns={"parcours_no": "first_parcours_no"})
    return found.assign(is_in_programme=found["entry_date"] >= cutoff.first_day, sex=found["sex"].fillna(UNKNOWN))


# ------------------------------------------------------------------------------ D82, D83: after leaving


def observed(persons: pd.DataFrame, followups: pd.DataFrame, cutoff: Cutoff) -> pd.DataFrame:
    """The situations of those who left: index of ``persons`` -> ``status`` within the days after leaving (D82), and
    ``later_status`` and ``later_improved`` six months after (D83). ``followups``: with their ``reason``."""
    values = cutoff.values
    known = followups[followups["reason"].isna() & (followups[YEAR] <= cutoff.year)]
    known = known[known["observed_on"] <= cutoff.day].sort_values(YEAR, kind="stable")
    known = known.drop_duplicates([*PARCOURS, "observed_on"], keep="last")
    left = persons[persons["last_exit_date"].notna()]
    left = left[[PLIE, "participant_id", "last_parcours_no", "last_exit_date"]].assign(number=left.index)
    seen = left.merge(
        known[[*PARCOURS, "observed_on", "labour_status", "is_improved"]],
        left_on=[PLIE, "participant_id", "last_parcours_no"],
        right_on=PARCOURS,
    ).assign(order=0)
    at_exit = persons.loc[left.index].assign(number=left.index, order=1)
    at_exit["observed_on"] = at_exit["labour_status_on"].fillna(at_exit["last_exit_date"])
    at_exit = at_exit.rename(columns={"labour_status_at_exit": "labour_status"})
    at_exit = at_exit[at_exit["observed_on"] <= cutoff.day]
    columns = ["number", "last_exit_date", "observed_on", "labour_status", "order"]
    soon = pd.concat([seen[columns], at_exit[columns]], ignore_index=True)
    within = (soon["observed_on"] >= soon["last_exit_date"]) & (
        soon["observed_on"] <= soon["last_exit_date"] + values["esf_exit_status_days"] * ONE_DAY
    )
    soon = soon[within & soon["labour_status"].notna()].sort_values(["observed_on", "order"], kind="stable")
    due = add_months(seen["last_exit_date"], values["esf_follow_up_months"])
    in_time = (seen["observed_on"] >= due) & (
        seen["observed_on"] <= due + values["esf_follow_up_window_days"] * ONE_DAY
    )
    says = seen["labour_status"].notna() | seen["is_improved"].notna()
    later = seen[in_time & says].sort_values("observed_on", kind="stable").drop_duplicates("number")
    last = soon.drop_duplicates("number", keep="last").set_index("number")["labour_status"]
    later = later.set_index("number")
    return pd.DataFrame(
        {
            "status": last.reindex(persons.index),
            "later_status": later["labour_status"].reindex(persons.index),
            "later_improved": later["is_improved"].astype("boolean").reindex(persons.index),
        }
    )


def described(
    persons: pd.DataFrame, after: pd.DataFrame, cutoff: Cutoff, reference: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """What each participation is counted as, ``NA`` where it is not known (D81 to D83): the columns of the list of
    indicators, those of its attributes and of its bases."""
    values, statuses, codes = cutoff.values, reference["labour_statuses"], reference["esf_codes"]

    def status(column: pd.Series, flag: str) -> pd.Series:
        return flag_of(column, statuses, "labour_status", flag)

    def counted(column: str, code_list: str) -> pd.Series:
        return flag_of(persons[column], codes[codes["code_list"] == code_list], "code", "is_counted")

    age, level, entry = persons["age_at_entry"], persons["education_level"], persons["labour_status_at_entry"]
    adult, middle, senior = (values[f"esf_{name}_min_age"] for name in ("adult", "middle", "senior"))
    low, high = values["esf_low_level_max"], values["esf_middle_level_max"]
    everybody = pd.Series(True, index=persons.index, dtype="boolean")
    has_left = persons["last_exit_date"].notna().astype("boolean")
    last_day = persons["last_exit_date"] + values["esf_exit_status_days"] * ONE_DAY
    gained = persons["qualification_obtained_on"]
    in_time = (gained >= persons["entry_date"]) & (gained <= last_day) & (gained <= cutoff.day)
    is_due = add_months(persons["last_exit_date"], values["esf_follow_up_months"]) <= cutoff.day
    found = {
        "is_participant": everybody,
        "is_unemployed": status(entry, "is_unemployed"),
        "is_long_term": status(entry, "is_unemployed") & persons["is_long_term_unemployed"].astype("boolean"),
        "is_inactive": status(entry, "is_inactive"),
        "is_employed": status(entry, "is_employed"),
        "is_minor": age < adult,
        "is_young": (age >= adult) & (age < middle),
        "is_older": age >= senior,
        "has_low_level": level <= low,
        "has_middle_level": (level > low) & (level <= high),
        "has_high_level": level > high,
        "is_disabled": persons["is_disabled_worker"],
        "is_third_country": counted("nationality_group", "nationality_group"),
        "has_foreign_background": persons["is_foreign_background"],
        "is_homeless": counted("housing_status", "housing_status"),
        "is_rural": persons["is_rural"],
        "left_job_seeking": status(after["status"], "is_unemployed"),
        "left_in_training": status(after["status"], "is_in_training"),
        "left_employed": status(after["status"], "is_employed"),
        "left_qualified": in_time.astype("boolean").mask(gained.isna() & ~persons["has_qualifications"].astype(bool)),
        "later_employed": status(after["later_status"], "is_employed"),
        "later_improved": after["later_improved"],
    }
    found = {name: values.astype("boolean") for name, values in found.items()}
    found |= {
        "participants": everybody,
        "leavers": has_left,
        "leavers_inactive": has_left & found["is_inactive"],
        "leavers_not_employed": has_left & ~found["is_employed"],
        "due": is_due.astype("boolean"),
        "due_employed": is_due.astype("boolean") & found["is_employed"],
    }
    return pd.DataFrame(found, index=persons.index)


# ------------------------------------------------------------------------------------ D81, D84: indicators


def counted(persons: pd.DataFrame, flags: pd.DataFrame, listed: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """The counts of each indicator by ``keys`` and sex, sexes together too: columns ``COUNTS``."""
    pieces = []
    for indicator in listed.to_dict("records"):
        if not indicator["applies"]:
            continue
        concerned, has = flags[indicator["base"]], flags[indicator["attribute"]]
        rows = persons[[*keys, "sex"]].assign(
            indicator_code=indicator["indicator_code"],
            numerator=is_true(concerned & has).astype("int64"),
            base=is_true(concerned).astype("int64"),
            base_known=(is_true(concerned) & has.notna()).astype("int64"),
            base_unknown=concerned.isna().astype("int64"),
        )
        pieces += [rows, rows.assign(sex=TOTAL)]
    return pd.concat(pieces).groupby([*keys, "sex", "indicator_code"])[COUNTS].sum().reset_index()


def indicators_at(
    cutoff: Cutoff,
    stays: pd.DataFrame,
    persons: pd.DataFrame,
    flags: pd.DataFrame,
    territories: pd.DataFrame,
    categories: Mapping[str, str],
    reference: Mapping[str, pd.DataFrame],
) -> pd.DataFrame:
    """``esf_indicators`` of one day, as text. ``stays``: those of ``stays_at``; ``persons``: those of the programme,
    with their ``flags``; ``categories``: PLIE -> category of its region."""
    listed = reference["esf_indicator_list"].assign(
        applies=is_true(as_boolean(reference["esf_indicator_list"]["applies"]))
    )
    sexes = [*reference["code_lists"].query("code_list == 'sex'")["code"], UNKNOWN, TOTAL]
    every = listed[["indicator_code"]].merge(pd.DataFrame({"sex": sexes}), how="cross")
    delivering = stays.groupby(PLIE)["has_operations"].any().reset_index()
    by_plie = delivering.merge(every, how="cross").merge(
        counted(persons, flags, listed, [PLIE]), on=[PLIE, "sex", "indicator_code"], how="left"
    )
    has = by_plie["has_operations"].astype(bool)
    for name in COUNTS:
        by_plie[name] = by_plie[name].astype("Int64").fillna(0).where(has)
    by_plie["lacking"] = (~has).astype("int64")
    spread = by_plie.merge(territories, on=PLIE)
    wide = spread[spread["territory_kind"].isin(WIDE_KINDS)]
    wide = wide.assign(region_category=wide[PLIE].map(categories).fillna(UNKNOWN))
    operations = (
        persons[[PLIE, OPERATION]]
        .drop_duplicates()
        .merge(every, how="cross")
        .merge(
            counted(persons, flags, listed, [PLIE, OPERATION]),
            on=[PLIE, OPERATION, "sex", "indicator_code"],
            how="left",
        )
    )
    operations[COUNTS] = operations[COUNTS].astype("Int64").fillna(0)
    operations = operations.assign(
        territory_kind="operation",
        territory_code=operations[PLIE] + "/" + operations[OPERATION],
        region_category=TOTAL,
        lacking=0,
    )
    together = pd.concat([spread.assign(region_category=TOTAL), wide, operations], ignore_index=True)
    keys = ["territory_kind", "territory_code", *INDICATOR_CUTS]
    grouped = together.groupby(keys)
    found = grouped[COUNTS].sum(min_count=1).join(grouped["lacking"].sum()).reset_index()
    return _with_availability(found, listed, cutoff)


def _with_availability(found: pd.DataFrame, listed: pd.DataFrame, cutoff: Cutoff) -> pd.DataFrame:
    """Counts of each indicator, territory and sex with what they are worth: what nobody has a value of, of either sex,
    is not available (D81)."""
    found = found.merge(listed[["indicator_code", "applies", "base", "method_version"]].rename(
        columns={"base": "about"}), on="indicator_code")  # fmt: skip
    of_indicator = ["territory_kind", "territory_code", "region_category", "indicator_code"]
    whole = found[found["sex"] == TOTAL][[*of_indicator, *COUNTS]]
    whole = found[of_indicator].merge(whole, on=of_indicator, how="left")
    later = found["about"].str.startswith("due")
    silent = (whole["base_known"] == 0) & (whole["base"] + whole["base_unknown"] > 0)
    short = (found["base_known"] < found["base"]) | (found["base_unknown"] > 0)
    tests = [
        ~found["applies"],
        found["base"].isna(),
        is_true(silent) & later,
        is_true(silent),
        is_true(short) & later,
        is_true(short),
        found["lacking"] > 0,
    ]
    names = [
        "sans_objet", "operations_non_livrees", "suivi_non_livre", "colonne_non_livree", "echantillon",
        "valeurs_inconnues", "plie_sans_operation",
    ]  # fmt: skip
    reason = np.select([test.to_numpy(dtype=bool) for test in tests], names, "complet")
    given = pd.Series(np.isin(reason, names[:4], invert=True), index=found.index)
    applies = found["applies"]
    return found.assign(
        programme_period=cutoff.period,
        cutoff_date=str(cutoff.day)[:10],
        numerator=number_text(found["numerator"].where(given)),
        base=number_text(found["base"].where(applies)),
        base_known=number_text(found["base_known"].where(applies)),
        coverage=quotient_text(found["base_known"], found["base"]),
        availability=np.where(given, np.where(np.isin(reason, ["complet"]), "available", "partial"), "not_available"),
        reason_code=reason,
    )


def readers_figures(
    cutoff: Cutoff, figures: pd.DataFrame, stays: pd.DataFrame, territories: pd.DataFrame, listed: pd.DataFrame
) -> pd.DataFrame:
    """``plie_esf_indicators`` of the year that ends on the day, its counts as numbers (D85).

    ``figures``: ``esf_indicators`` of the day; ``stays``: those of ``stays_at``; ``listed``: the list of indicators.
    """
    applying = listed.loc[is_true(as_boolean(listed["applies"])), "indicator_code"]
    rows = figures[
        figures["territory_kind"].isin(READERS_KINDS)
        & (figures["region_category"] == TOTAL)
        & figures["indicator_code"].isin(applying)
    ]
    numbers = {name: pd.to_numeric(rows[name]).astype("Int64") for name in ("numerator", "base", "base_known")}
    delivering = stays.groupby(PLIE)["has_operations"].any().reset_index().merge(territories, on=PLIE)
    place = ["territory_kind", "territory_code"]
    counted_plie = delivering.groupby(place)["has_operations"].agg(plie="size", plie_with_operations="sum")
    found = rows[place].assign(
        **{YEAR: cutoff.year},
        cut=rows["indicator_code"],
        cut_value=rows["sex"],
        participants=numbers["numerator"],
        base=numbers["base"],
        base_known=numbers["base_known"].where(numbers["numerator"].notna()),
    )
    return found.merge(counted_plie.reset_index(), on=place)


# --------------------------------------------------------------------------------------------- D84: bridge


def bridge_at(
    cutoff: Cutoff,
    facts: Facts,
    stays: pd.DataFrame,
    persons: pd.DataFrame,
    flags: pd.DataFrame,
    figures: pd.DataFrame,
    lines: pd.DataFrame,
) -> pd.DataFrame:
    """``esf_bridge`` of the year that ends on the day, as text. ``persons``: all participations, with their ``flags``;
    ``figures``: ``esf_indicators`` of the day."""
    people = persons.assign(in_job=is_true(flags["leavers_not_employed"] & flags["left_employed"]),
                            worked=is_true(flags["is_employed"]))  # fmt: skip
    columns = ["is_in_programme", "first_parcours_no", "last_parcours_no", "last_exit_date", "in_job", "worked"]
    placed = stays[stays["has_operations"].astype(bool)].merge(people[[*PERSON, *columns]], on=PERSON, how="left")
    placed["outside"] = np.select(
        [placed[OPERATION].isna(), ~placed["is_long_enough"].astype(bool), ~is_true(placed["is_in_programme"])],
        ["not_in_operation", "one_day", "other_programme"],
        "",
    )
    entries, exits = (
        rows[rows[YEAR] == cutoff.year].merge(placed.drop(columns=[YEAR]), on=PARCOURS)
        for rows in (facts.entries, facts.exits)
    )
    again = entries["parcours_no"] != entries["first_parcours_no"]
    entries["line"] = entries["outside"].mask((entries["outside"] == "") & again, "re_entries")
    ended = (exits["parcours_no"] == exits["last_parcours_no"]) & exits["last_exit_date"].notna()
    exits["line"] = exits["outside"].mask((exits["outside"] == "") & ~ended, "re_entries")
    neutral, early, job = (is_true(exits[name]) for name in ("is_neutralised", "is_dated_early", "is_durable_job"))
    inside = exits["line"] == ""
    both = is_true(exits["in_job"]) & inside
    exits["job_line"] = np.select(
        [
            job & both,
            job & (exits["line"] != ""),
            job & is_true(exits["worked"]),
            job & early,
            job,
            both & neutral,
            both,
        ],
        ["", exits["line"], "employed_at_entry", "dated_early", "no_employment_status", "neutralised", "other_jobs"],
        "",
    )
    mine = people[people["is_in_programme"]]
    came_now = mine.merge(facts.entries[facts.entries[YEAR] == cutoff.year], left_on=[PLIE, "participant_id",
                          "first_parcours_no"], right_on=PARCOURS, how="left")[YEAR + "_y"].notna()  # fmt: skip
    left_now = mine.merge(facts.exits[facts.exits[YEAR] == cutoff.year], left_on=[PLIE, "participant_id",
                          "last_parcours_no"], right_on=PARCOURS, how="left")[YEAR + "_y"].notna()  # fmt: skip
    came_now, left_now = came_now.to_numpy(), left_now.to_numpy()
    has_left = mine["last_exit_date"].notna().to_numpy()
    pieces = {
        ("participants", "entries"): entries[PLIE],
        ("participants", "cumulative"): mine.loc[~came_now, PLIE],
        ("leavers", "exits_excluding_neutralised"): exits.loc[~neutral, PLIE],
        ("leavers", "neutralised"): exits.loc[neutral, PLIE],
        ("leavers", "cumulative"): mine.loc[has_left & ~left_now, PLIE],
        ("employment", "positive_durable_job"): exits.loc[job, PLIE],
        ("employment", "cumulative"): mine.loc[mine["in_job"].to_numpy() & ~left_now, PLIE],
    }
    for subject, rows, column in (
        ("participants", entries, "line"), ("leavers", exits, "line"), ("employment", exits, "job_line"),
    ):  # fmt: skip
        for line in rows.loc[rows[column] != "", column].unique():
            pieces[subject, line] = rows.loc[rows[column] == line, PLIE]
    counts = pd.concat(
        [
            rows.value_counts().rename_axis(PLIE).rename("count").reset_index().assign(subject=subject, line_code=line)
            for (subject, line), rows in pieces.items()
        ],
        ignore_index=True,
    )
    ends = _ends(figures)
    found = ends.merge(lines, on="subject").merge(counts, on=[PLIE, "subject", "line_code"], how="left")
    sign = found["sign"].astype("int64")
    value = (found["count"].fillna(0).astype("int64") * sign).mask(sign == 0, found["figure"])
    found = found.assign(**{YEAR: str(cutoff.year)}, line_value=number_text(value.astype("Int64")))
    return found[[YEAR, PLIE, "subject", "line_code", "line_value"]]


def _ends(figures: pd.DataFrame) -> pd.DataFrame:
    """The figures of the ESF+ that the lines of each PLIE lead to."""
    whole = figures[
        (figures["territory_kind"] == "plie") & (figures["region_category"] == TOTAL) & (figures["sex"] == TOTAL)
    ]
    pieces = []
    for subject, code, part in (
        ("participants", "EECO01", "numerator"), ("leavers", "EECR02", "base"), ("employment", "EECR04", "numerator"),
    ):  # fmt: skip
        rows = whole[whole["indicator_code"] == code]
        pieces.append(
            pd.DataFrame({PLIE: rows["territory_code"], "subject": subject, "figure": pd.to_numeric(rows[part])})
        )
    return pd.concat(pieces, ignore_index=True).dropna(subset=["figure"])


def tables(
    parameters: Parameters,
    stays: pd.DataFrame,
    followups: pd.DataFrame,
    facts: Facts,
    territories: pd.DataFrame,
    register: pd.DataFrame,
    reference: Mapping[str, pd.DataFrame],
) -> dict[str, pd.DataFrame]:
    """``esf_indicators``, ``plie_esf_indicators`` and ``esf_bridge`` as text, from what all parts of the
    deliveries say.

    ``stays``: the kept parcours of every year; ``followups``: with their reasons; ``register``: one row per PLIE that a
    register names, with ``department_code``.
    """
    shown: list[pd.DataFrame] = []
    bridges: list[pd.DataFrame] = []
    for_readers: list[pd.DataFrame] = []
    for cutoff in cutoffs(parameters, reference["esf_programmes"]):
        there = stays_at(stays, cutoff)
        everybody = participations(there, cutoff)
        after = observed(everybody, followups, cutoff)
        flags = described(everybody, after, cutoff, reference)
        mine = everybody["is_in_programme"].astype(bool)
        listed = reference["esf_region_categories"]
        listed = listed[_in_force(listed, cutoff.day)]
        of_department = dict(zip(listed["department_code"], listed["region_category"], strict=True))
        categories = dict(zip(register[PLIE], register["department_code"].map(of_department), strict=True))
        figures = indicators_at(cutoff, there, everybody[mine], flags[mine], territories, categories, reference)
        shown.append(figures)
        if cutoff.day == np.datetime64(f"{cutoff.year:04d}-12-31", "us"):
            bridges.append(bridge_at(cutoff, facts, there, everybody, flags, figures, reference["esf_bridge_lines"]))
            for_readers.append(readers_figures(cutoff, figures, there, territories, reference["esf_indicator_list"]))
    return {
        "esf_indicators": _together("esf_indicators", ["territory_kind", "territory_code"], shown),
        "esf_bridge": _together("esf_bridge", [YEAR, PLIE], bridges),
        **{table: _aggregate(rules, for_readers) for table, rules in TABLE_RULES.items()},
    }


def _in_force(listed: pd.DataFrame, day: np.datetime64) -> pd.Series:
    first, last = (pd.to_datetime(listed[name]) for name in ("valid_from", "valid_to"))
    return (first.isna() | (first <= day)) & (last.isna() | (last >= day))


def _aggregate(rules: TableRules, pieces: list[pd.DataFrame]) -> pd.DataFrame:
    """The rows of every year as text; none, with the columns of the table, where no PLIE delivered."""
    counts = [name for name, measure in rules.measures.items() if not measure.denominator]
    columns = pd.DataFrame(columns=[*rules.key, *counts]).astype(dict.fromkeys([YEAR, *counts], "Int64"))
    return rules.as_text(pd.concat([columns, *pieces], ignore_index=True))


def _together(table: str, key: list[str], pieces: list[pd.DataFrame]) -> pd.DataFrame:
    """The rows of every day; none, with the columns of the table, where no PLIE delivered."""
    rules = tables_of("dimension")[table]
    return pd.concat(pieces or [pd.DataFrame(columns=[*key, *rules.cuts, *rules.measures])], ignore_index=True)
