"""The rules of the registers and of the survey of the network head, D50 to D58, written a second time in pandas.

Nothing here looks at how the models do it. Each function names the rules that it states. Amounts are whole
numbers of millionths of a euro, ETP of ten-thousandths, from the first sum to the last.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from plie_warehouse.validation import recomputed_plie, tables
from plie_warehouse.validation.delivered import outcome_of_rows, reasons_of_acceptance
from plie_warehouse.validation.frames import PLIE, STRUCTURE, TERRITORY_KEY, YEAR
from plie_warehouse.validation.tables import cross, roll_up, tables_of, territories_of
from plie_warehouse.validation.tools import (
    UNKNOWN,
    Parameters,
    delivered_years,
    in_set,
    number_text,
    parameters_of_years,
    scaled,
)

DELIVERY_YEAR = "delivery_year"

PARAMETERS = ("membership_growth_years",)

# Table -> what names one row of a delivery. A code that is in no list is told from others by its text.
REGISTER_KEYS: Mapping[str, list[str]] = {
    "plie_register": [PLIE],
    "mde_register": ["mde_code"],
    "members": ["member_code"],
    "member_structures": ["member_code", "structure_kind", STRUCTURE],
    "intermediate_bodies": ["oi_code", PLIE],
    "board_seats": ["seat_no"],
    "intermediate_body_register": ["oi_code"],
    "historical_results": [YEAR, "indicator_code", "cut", "cut_value"],
    "targets": [PLIE, "indicator_code", "from_year"],
}
SURVEY_KEYS: Mapping[str, list[str]] = {
    "survey_funding": [PLIE, "funder"],
    "survey_allocations": [PLIE, "operator_type", "operation_type"],
    "survey_teams": [PLIE, "team"],
    "survey_partners": [PLIE],
    "survey_external_referents": [PLIE, "employer_type"],
}

# Tables of amounts, which are never below zero.
AMOUNTS = ("survey_funding", "survey_allocations")

AMOUNT_DECIMALS, ETP_DECIMALS = 6, 4

# Kinds of structure of the bridge and the registers.
PLIE_KIND, MDE_KIND, CLAUSE_KIND = "plie", "mde", "structure"

MEMBER_MOVES = (
    "members",
    "previous_members",
    "arrivals",
    "departures",
    "type_changes_in",
    "type_changes_out",
    "growth_base_members",
)

# What a register may say nothing of (D56, D57).
SAID_OF_MEMBERS = ("employer_members", "board_seats", "bureau_seats")
MEMBER_COUNTS = (*MEMBER_MOVES, *SAID_OF_MEMBERS)

# Mart -> table -> cut -> column of its value. The total has none.
MIXES: Mapping[str, tuple[str, Mapping[str, str | None]]] = {
    "survey_funding_mix": ("survey_funding", {"total": None, "funder": "funder", "funder_group": "funder_group"}),
    "survey_allocation_mix": (
        "survey_allocations",
        {
            "total": None,
            "operator_type": "operator_type",
            "operator_group": "operator_group",
            "operation_type": "operation_type",
        },
    ),
}
# Group of a cut -> the code list that it groups.
GROUPED = {"funder_group": "funder", "operator_group": "operator_type"}


TABLE_RULES = tables_of("network")


# ---------------------------------------------------------------------------------------- every row


@dataclass(frozen=True)
class Rows:
    """What the rules say of each delivered row of the registers and the survey.

    ``exclusions`` and ``accounting``: see ``delivered.outcome_of_rows``. ``kept``: table -> its rows that count.
    ``years``: the years that have figures, with their parameters. ``plie_register``: one row per PLIE that a
    register names, the latest that does; ``plie_registers``: the rows of all of them.
    """

    exclusions: pd.DataFrame
    accounting: pd.DataFrame
    kept: Mapping[str, pd.DataFrame]
    years: Parameters
    plie_register: pd.DataFrame
    plie_registers: pd.DataFrame


def years_of(
    network: Mapping[str, pd.DataFrame],
    survey: Mapping[str, pd.DataFrame],
    heard: Collection[int],
    reference: Mapping[str, pd.DataFrame],
) -> Parameters:
    """The years that the network and the survey speak of, with their parameters (D05).

    PLIE (``heard``, in years that are computed), facilitators and survey name theirs; a register has that of its
    folder, and none in the sample, whose files lie in no folder.
    """
    parameters = reference["parameters"]
    years = {*recomputed_plie.parameters_in_force(parameters, sorted(heard))}
    years |= {*delivered_years([network["facilitators"], *survey.values()])}
    for table in ("plie_register", "mde_register", "members"):
        rows = network[table]
        of_folder = rows[rows["source_file"].str.contains("/", na=False)]
        years |= {int(year) for year in of_folder[DELIVERY_YEAR].dropna().unique()}
    return parameters_of_years(parameters, sorted(years), PARAMETERS)


def _keyed(rows: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """Staged rows with, for each coded column of their key, a column ``key <name>``: the code, else the text."""
    told = {
        f"key {name}": rows[name].where(rows[name].notna(), rows[f"delivered_{name}"])
        if f"delivered_{name}" in rows
        else rows[name]
        for name in key
    }
    return rows.assign(**told)


def judge_rows(
    network: Mapping[str, pd.DataFrame],
    survey: Mapping[str, pd.DataFrame],
    heard: Collection[int],
    reference: Mapping[str, pd.DataFrame],
) -> Rows:
    """Apply the rules to each staged row: row acceptance (D1B), then what is tied to nothing (D52, D57) and amounts
    below zero (D54).

    ``network`` and ``survey``: table -> one row per delivered row; ``heard``: years of which any PLIE delivered
    anything. Raises ``ValueError`` for a contradiction in the reference lists.
    """
    years = years_of(network, survey, heard, reference)
    frames = {table: network[table] for table in REGISTER_KEYS} | {table: survey[table] for table in SURVEY_KEYS}
    reasons: dict[str, pd.Series] = {}
    for keys, year, supported in ((REGISTER_KEYS, DELIVERY_YEAR, None), (SURVEY_KEYS, YEAR, list(years))):
        for table, key in keys.items():
            told = [f"key {name}" for name in key]
            reasons |= reasons_of_acceptance(
                {table: _keyed(frames[table], key)}, {table: [year, *told]}, [year], supported
            )

    def kept(table: str) -> pd.DataFrame:
        return frames[table][reasons[table].isna()]

    registers = kept("plie_register")
    if registers.empty:
        embedded = reference["plie_register"]
        registers = embedded.assign(**{DELIVERY_YEAR: 0})
        for column in ("opened_on", "closed_on"):
            registers[column] = pd.to_datetime(registers[column]).astype("datetime64[us]")
    latest_last = registers.sort_values(DELIVERY_YEAR, kind="stable")
    register = latest_last.drop_duplicates(PLIE, keep="last")

    known = {PLIE_KIND: set(register[PLIE]), MDE_KIND: set(kept("mde_register")["mde_code"])}
    bridge = frames["member_structures"]
    without_member = ~in_set(bridge, kept("members"), [DELIVERY_YEAR, "member_code"])
    without_structure = pd.Series(
        [
            kind in known and code not in known[kind]
            for kind, code in zip(bridge["structure_kind"], bridge[STRUCTURE], strict=True)
        ],
        index=bridge.index,
        dtype=bool,
    )
    bodies, seats = frames["intermediate_bodies"], frames["board_seats"]
    represents = seats["member_code"].notna()
    also = {
        "member_structures": ("orphelin", without_member | without_structure),
        "intermediate_bodies": ("orphelin", ~bodies[PLIE].isin(known[PLIE_KIND])),
        "board_seats": ("orphelin", represents & ~in_set(seats, kept("members"), [DELIVERY_YEAR, "member_code"])),
    }
    targets = frames["targets"]
    also["targets"] = ("orphelin", ~targets[PLIE].isin(known[PLIE_KIND]))
    for table in AMOUNTS:
        also[table] = ("montant_negatif", scaled(frames[table]["amount_eur"], AMOUNT_DECIMALS).fillna(0) < 0)
    for table, (reason, failed) in also.items():
        failed = failed.astype(bool)
        reasons[table] = reasons[table].mask(reasons[table].isna() & failed, reason)
    backwards = (targets["to_year"] < targets["from_year"]).fillna(False).astype(bool)
    reasons["targets"] = reasons["targets"].mask(reasons["targets"].isna() & backwards, "dates_inversees")

    exclusions, accounting = outcome_of_rows(
        frames, reasons, reference["quality_reasons"], dict.fromkeys(REGISTER_KEYS, DELIVERY_YEAR)
    )
    return Rows(
        exclusions=exclusions,
        accounting=accounting,
        kept={table: kept(table) for table in frames},
        years=years,
        plie_register=register,
        plie_registers=registers,
    )


# --------------------------------------------------------------------------- D50: what exists when


def register_of_year(register: pd.DataFrame, year: int) -> pd.DataFrame:
    """The rows of the delivery of a register that speaks of a year: its own; else the first after; else the last
    before.
    """
    delivered = sorted({int(one) for one in register[DELIVERY_YEAR].unique()})
    from_then = [one for one in delivered if one >= year]
    if not delivered:
        return register
    return register[register[DELIVERY_YEAR] == (from_then[0] if from_then else delivered[-1])]


def exists_on(opened: pd.Series, closed: pd.Series, day: np.datetime64) -> pd.Series:
    """Mask: open by that day and not closed by it (D50). Nobody knows when it opened: long ago."""
    return ~(opened > day) & ~(closed <= day)


def exists_within(opened: pd.Series, closed: pd.Series, first: np.datetime64, last: np.datetime64) -> pd.Series:
    """Mask: on one of these days at least (D50): the first of them on which it can be open is before its end."""
    begins = opened.where(opened > first, first)
    return ~(opened > last) & ~(closed <= begins)


def _day(year: int, month: int, day: int) -> np.datetime64:
    return np.datetime64(f"{year:04d}-{month:02d}-{day:02d}", "us")


def structures_of_year(rows: Rows, clause_structures: pd.DataFrame, year: int) -> pd.DataFrame:
    """Every structure that a register of the year names: ``kind``, ``code``, ``department_code``, ``town`` and the
    masks ``on_first``, ``on_last``, ``in_year``.

    ``clause_structures``: accepted rows of that register.
    """
    first, last = _day(year, 1, 1), _day(year, 12, 31)
    pieces = []
    for kind, register, code in (
        (PLIE_KIND, rows.plie_registers, PLIE),
        (MDE_KIND, rows.kept["mde_register"], "mde_code"),
        (CLAUSE_KIND, clause_structures, STRUCTURE),
    ):
        named = register_of_year(register, year)
        opened, closed = named["opened_on"], named["closed_on"]
        pieces.append(
            pd.DataFrame(
                {
                    "kind": kind,
                    "code": named[code],
                    "department_code": named["department_code"],
                    "town": named["town"] if kind == PLIE_KIND else None,
                    "on_first": exists_on(opened, closed, first),
                    "on_last": exists_on(opened, closed, last),
                    "in_year": exists_within(opened, closed, first, last),
                }
            )
        )
    return pd.concat([piece for piece in pieces if len(piece)], ignore_index=True)


# ------------------------------------------------------------------------------------ D53: members


def members_of_year(rows: Rows, year: int) -> pd.DataFrame:
    """The members that the register of a year names, with ``is_member`` (on 31 December), ``was_member`` (a year
    before), ``was_base`` (as many years before as the parameter says), ``came``, ``went``, and the kind that each
    was of in the register before.
    """
    members = register_of_year(rows.kept["members"], year).copy()
    joined, left = members["joined_on"], members["left_on"]
    members["is_member"] = exists_on(joined, left, _day(year, 12, 31))
    members["was_member"] = exists_on(joined, left, _day(year - 1, 12, 31))
    base = year - int(rows.years[year]["membership_growth_years"])
    members["was_base"] = exists_on(joined, left, _day(base, 12, 31))
    here = exists_within(joined, left, _day(year, 1, 1), _day(year, 12, 31))
    members["came"] = here & ~members["was_member"]
    members["went"] = (here | members["was_member"]) & ~members["is_member"]
    before = rows.kept["members"]
    before = before[before[DELIVERY_YEAR] < year]
    before = before[before[DELIVERY_YEAR] == before[DELIVERY_YEAR].max()].set_index("member_code")
    for column in ("membership", "member_type"):
        earlier = members["member_code"].map(before[column].to_dict()) if len(before) else pd.Series(dtype=object)
        earlier = earlier.reindex(members.index).astype(object)
        members[f"previous_{column}"] = earlier.where(earlier.notna(), members[column])
    return members


def seats_of_year(rows: Rows, members: pd.DataFrame) -> pd.DataFrame:
    """The seats that the register of these members lists (D57), with the ``membership``, ``member_type`` and
    ``region_code`` of the member that each represents; a qualified person represents none.
    """
    seats = rows.kept["board_seats"]
    seats = seats[seats[DELIVERY_YEAR].isin(members[DELIVERY_YEAR].unique())]
    known = members[["member_code", "membership", "member_type", "region_code"]]
    named = seats.merge(known[known["member_code"].notna()], on="member_code", how="left")
    return named.astype(dict.fromkeys(("membership", "member_type", "region_code"), object))


def _cuts(membership: pd.Series, member_type: pd.Series) -> dict[str, pd.Series]:
    """Cut -> its value for each row."""
    membership, member_type = membership.fillna(UNKNOWN), member_type.fillna(UNKNOWN)
    return {
        "total": pd.Series("total", index=membership.index),
        "membership": membership,
        "membership_type": membership + "/" + member_type,
    }


def _moves_of_year(members: pd.DataFrame, seats: pd.DataFrame) -> pd.DataFrame:
    """A year's members by cut and value, once with the kind of the year and once with that of before, and its seats:
    ``region_code``, ``cut``, ``cut_value``, and 1 in each count that a row is in.
    """
    pieces = []

    def add(of: pd.DataFrame, cut: str, value: pd.Series, masks: Mapping[str, pd.Series]) -> None:
        flags = {name: masks.get(name, pd.Series(False, index=of.index)) for name in MEMBER_COUNTS}
        counted = pd.DataFrame({name: flag.fillna(False).astype("Int64") for name, flag in flags.items()})
        pieces.append(counted.assign(cut=cut, cut_value=value, region_code=of["region_code"]))

    before = _cuts(members["previous_membership"], members["previous_member_type"])
    for cut, value in _cuts(members["membership"], members["member_type"]).items():
        changed = members["is_member"] & members["was_member"] & (value != before[cut])
        now = {
            "members": members["is_member"],
            "arrivals": members["came"],
            "departures": members["went"] & ~members["was_member"],
            "type_changes_in": changed,
            "growth_base_members": members["was_base"],
            "employer_members": members["is_member"] & members["is_employer_member"],
        }
        then = {
            "previous_members": members["was_member"],
            "departures": members["went"] & members["was_member"],
            "type_changes_out": changed,
        }
        add(members, cut, value, now)
        add(members, cut, before[cut], then)
    for cut, value in _cuts(seats["membership"], seats["member_type"]).items():
        add(seats, cut, value, {"board_seats": seats["seat_no"].notna(), "bureau_seats": seats["is_bureau"]})
    return pd.concat([piece for piece in pieces if len(piece)], ignore_index=True)


def member_moves(rows: Rows) -> pd.DataFrame:
    """Counts behind ``network_members`` by year, territory, cut and value (D53), with the members up to date with the
    employers' association (D56) and the seats of board and bureau (D57); ``NA`` where the register does not say.
    """
    pieces, silent = [], {name: set() for name in SAID_OF_MEMBERS}
    for year in rows.years:
        members = members_of_year(rows, year)
        if members.empty:
            continue
        seats = seats_of_year(rows, members)
        pieces.append(_moves_of_year(members, seats).assign(**{YEAR: year}))
        for name, answers in (
            ("employer_members", members["is_employer_member"]),
            ("board_seats", seats["seat_no"]),
            ("bureau_seats", seats["is_bureau"]),
        ):
            if not answers.notna().any():
                silent[name].add(year)
    if not pieces:
        empty = [*TERRITORY_KEY, "cut", "cut_value", *MEMBER_COUNTS, "net_change", "members_change", "growth_members"]
        return pd.DataFrame(columns=empty)
    moves = pd.concat(pieces, ignore_index=True)
    placed = pd.concat(
        [
            moves[moves["region_code"].notna()].assign(
                territory_kind="region", territory_code=moves["region_code"].dropna()
            ),
            moves.assign(territory_kind="national", territory_code="FR"),
        ],
        ignore_index=True,
    )
    cut = ["cut", "cut_value"]
    counts = placed.groupby([*TERRITORY_KEY, *cut])[list(MEMBER_COUNTS)].sum().reset_index()
    spine = counts[TERRITORY_KEY].drop_duplicates().merge(counts[cut].drop_duplicates(), how="cross")
    counts = spine.merge(counts, on=[*TERRITORY_KEY, *cut], how="left")
    counts = counts.assign(**{name: counts[name].fillna(0).astype("Int64") for name in MEMBER_COUNTS})
    for name, years in silent.items():
        counts[name] = counts[name].mask(counts[YEAR].isin(years))
    return counts.assign(
        net_change=counts["arrivals"] - counts["departures"],
        members_change=counts["members"] - counts["previous_members"],
        growth_members=counts["members"] - counts["growth_base_members"],
    )


# ----------------------------------------------------------------------- D50, D51, D52: coverage


@dataclass(frozen=True)
class Others:
    """What other subjects say of the network: ``accepted``: year and PLIE with a row that passed row acceptance (D51);
    ``heard``: years of which any PLIE delivered anything; ``clause_structures`` and ``facilitators``: accepted rows.
    """

    accepted: pd.DataFrame
    heard: frozenset[int]
    clause_structures: pd.DataFrame
    facilitators: pd.DataFrame


def coverage(rows: Rows, others: Others, departments: pd.DataFrame) -> pd.DataFrame:
    """Counts behind ``network_coverage`` by year and territory (D50 to D52); ``NA`` where nothing was delivered
    that could tell.
    """
    regions = dict(zip(departments["department_code"], departments["region_code"], strict=True))
    pieces = []
    for year in rows.years:
        named = structures_of_year(rows, others.clause_structures, year)
        accepted = set(others.accepted.loc[others.accepted[YEAR] == year, PLIE])
        staff = others.facilitators[others.facilitators[YEAR] == year]
        heads = dict(zip(staff[STRUCTURE], staff["headcount"], strict=True))
        # Who delivers, or has facilitators, without being in a register: in the country only.
        strangers = [
            *((PLIE_KIND, code) for code in accepted - set(named.loc[named["kind"] == PLIE_KIND, "code"])),
            *((CLAUSE_KIND, code) for code in set(heads) - set(named.loc[named["kind"] == CLAUSE_KIND, "code"])),
        ]
        if strangers:
            unknown = pd.DataFrame(strangers, columns=["kind", "code"]).assign(
                department_code=None, town=None, on_first=False, on_last=False, in_year=False
            )
            named = pd.concat([named, unknown], ignore_index=True)
        members = members_of_year(rows, year)
        bridge = rows.kept["member_structures"]
        there = members[members["is_member"]]
        bridge = bridge[in_set(bridge, there, [DELIVERY_YEAR, "member_code"])]
        covered = set(zip(bridge["structure_kind"], bridge[STRUCTURE], strict=True))
        bodies = register_of_year(rows.kept["intermediate_bodies"], year)
        body_of = bodies.groupby(PLIE)["oi_code"].agg(set).to_dict()

        is_plie, is_mde, is_clause = (named["kind"] == kind for kind in (PLIE_KIND, MDE_KIND, CLAUSE_KIND))
        delivers = is_plie & named["code"].isin(accepted)
        is_covered = pd.Series(
            [pair in covered for pair in zip(named["kind"], named["code"], strict=True)], index=named.index, dtype=bool
        )
        headcount = named["code"].map(heads).where(is_clause).astype("Int64")
        last, first, within = (named[column].astype(bool) for column in ("on_last", "on_first", "in_year"))
        has_mde, has_clause = bool(is_mde.any()), len(others.clause_structures) > 0
        counted = pd.DataFrame(
            {
                "plie_existing_1_jan": is_plie & first,
                "plie_existing_31_dec": is_plie & last,
                "plie_existing_in_year": is_plie & within,
                "plie_participating": delivers & within,
                "plie_participating_located": delivers & within & named["town"].notna(),
                "plie_delivering_not_existing": delivers & ~within,
                "plie_covered": is_plie & last & is_covered,
                "mde_existing_1_jan": is_mde & first,
                "mde_existing_31_dec": is_mde & last,
                "mde_existing_in_year": is_mde & within,
                "mde_covered": is_mde & last & is_covered,
                "plie_with_intermediate_body": is_plie & last & named["code"].isin(list(body_of)),
                "clause_structures_existing_31_dec": is_clause & last,
                "clause_structures_with_facilitator": (headcount > 0).fillna(False),
                "clause_facilitators": headcount.fillna(0),
                "clause_structures_with_facilitator_31_dec": last & (headcount > 0).fillna(False),
                "clause_facilitators_31_dec": headcount.where(last).fillna(0),
            }
        ).astype("Int64")
        counted = counted.assign(department=named["department_code"], code=named["code"].where(is_plie & last))
        counted["region"] = counted["department"].map(regions)
        for kind, place in (("departement", "department"), ("region", "region"), ("national", None)):
            code = counted[place] if place else pd.Series("FR", index=counted.index)
            for territory, some in counted.groupby(code):
                sums = some.drop(columns=["department", "region", "code"]).sum().to_dict()
                managed = [body_of[one] for one in some["code"].dropna() if one in body_of]
                sums["intermediate_bodies"] = len(set().union(*managed))
                unknown = {
                    "plie_participating": year in others.heard,
                    "plie_participating_located": year in others.heard,
                    "plie_delivering_not_existing": year in others.heard,
                    "plie_covered": len(members) > 0,
                    "mde_existing_1_jan": has_mde,
                    "mde_existing_31_dec": has_mde,
                    "mde_existing_in_year": has_mde,
                    "mde_covered": has_mde and len(members) > 0,
                    "intermediate_bodies": len(bodies) > 0,
                    "plie_with_intermediate_body": len(bodies) > 0,
                    "clause_structures_existing_31_dec": has_clause,
                    "clause_structures_with_facilitator": len(staff) > 0,
                    "clause_facilitators": len(staff) > 0,
                    "clause_structures_with_facilitator_31_dec": len(staff) > 0 and has_clause,
                    "clause_facilitators_31_dec": len(staff) > 0 and has_clause,
                }
                sums |= {measure: pd.NA for measure, is_known in unknown.items() if not is_known}
                pieces.append({YEAR: year, "territory_kind": kind, "territory_code": territory, **sums})
    columns = [*TERRITORY_KEY, *(name for name, one in TABLE_RULES["network_coverage"].measures.items()
                                 if not one.numerator)]  # fmt: skip
    frame = pd.DataFrame(pieces, columns=columns)
    return frame.astype({YEAR: "Int64", **dict.fromkeys(columns[3:], "Int64")})


# ------------------------------------------------------------------------------------- D54: survey


def mix(rows: Rows, table: str, cuts: Mapping[str, str | None], reference: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Counts behind a mix of amounts by year, PLIE, cut and value (D54): amounts pooled, of those known and of all,
    and who answered the question of the cut.
    """
    answers = rows.kept[table].copy()
    answers["amount"] = scaled(answers["amount_eur"], AMOUNT_DECIMALS)
    groups = reference["code_groups"]
    for group, code_list in GROUPED.items():
        if code_list in answers:
            of_code = groups[groups["code_list"] == code_list].set_index("code")["group_code"]
            answers[group] = answers[code_list].map(of_code)
    if "operation_type" in answers:
        answers["operation_type"] = answers["operation_type"].where(answers["operation_type"] != UNKNOWN)
    pieces = []
    for cut, column in cuts.items():
        value = answers[column] if column else pd.Series(cut, index=answers.index, dtype=object)
        known = value.notna()
        base = answers[[YEAR, PLIE]].assign(
            responding_plie=known.astype("Int64"),
            amount_known_eur=answers["amount"].where(known, 0),
            amount_total_eur=answers["amount"],
        )
        base = base.groupby([YEAR, PLIE]).agg(
            {"responding_plie": "max", "amount_known_eur": "sum", "amount_total_eur": "sum"}
        )
        amounts = answers.assign(cut_value=value)[known].groupby([YEAR, PLIE, "cut_value"])["amount"].sum()
        spine = cross(base.reset_index(), pd.DataFrame({"cut_value": _listed_values(cut, reference)}, dtype=object))
        piece = spine.merge(amounts.rename("amount_eur").reset_index(), on=[YEAR, PLIE, "cut_value"], how="left")
        piece["amount_eur"] = piece["amount_eur"].fillna(0).astype("Int64")
        pieces.append(piece.assign(cut=cut, plie_with_amount=(piece["amount_eur"] > 0).astype("Int64")))
    together = pd.concat(pieces, ignore_index=True)
    return together.astype(dict.fromkeys(("responding_plie", "amount_known_eur", "amount_total_eur"), "Int64"))


def _listed_values(cut: str, reference: Mapping[str, pd.DataFrame]) -> list[str]:
    """The values of a cut, without the code for what is not known."""
    if cut == "total":
        return [cut]
    if cut in GROUPED:
        groups = reference["code_groups"]
        return [*groups.loc[groups["code_list"] == GROUPED[cut], "group_code"].drop_duplicates()]
    lists = reference["code_lists"]
    return [*lists.loc[(lists["code_list"] == cut) & (lists["code"] != UNKNOWN), "code"]]


def team_size(rows: Rows, reference: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Counts behind ``survey_team_size`` by year, PLIE and team: who knows persons, who knows ETP (D54), and who said
    by whom it is employed (D58), ``NA`` for a team of which nobody said it.
    """
    lists = reference["code_lists"]
    teams = lists.loc[lists["code_list"] == "team", ["code"]].rename(columns={"code": "team"})
    answers = rows.kept["survey_teams"]
    answers = answers.assign(etp=scaled(answers["fte"], ETP_DECIMALS))
    counts = cross(answers[[YEAR, PLIE]].drop_duplicates(), teams)
    named = answers.loc[answers["team"].notna(), [YEAR, PLIE, "team", "headcount", "etp", "employer_type"]]
    counts = counts.merge(named, on=[YEAR, PLIE, "team"], how="left")
    heads, etp = counts["headcount"].notna(), counts["etp"].notna()
    employer = counts.pop("employer_type").notna()
    was_asked = employer.groupby([counts[YEAR], counts["team"]]).transform("any")
    return counts.assign(
        responding_plie=(heads | etp).astype("Int64"),
        headcount_responding_plie=heads.astype("Int64"),
        etp_responding_plie=etp.astype("Int64"),
        employer_responding_plie=employer.astype("Int64").where(was_asked),
    )


def external_referents(rows: Rows, reference: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Counts behind ``survey_external_referents`` by year, PLIE and employer (D58), of the PLIE that gave the persons
    of a known employer; 0 for an employer that a PLIE does not name, ``NA`` for ETP that it does not give.
    """
    lists = reference["code_lists"]
    employers = lists.loc[lists["code_list"] == "operator_type", ["code"]].rename(columns={"code": "employer_type"})
    answers = rows.kept["survey_external_referents"]
    answers = answers[answers["employer_type"].notna() & answers["headcount"].notna()]
    answers = answers.assign(etp=scaled(answers["fte"], ETP_DECIMALS))
    total = answers.groupby([YEAR, PLIE])["headcount"].sum().rename("headcount_total").reset_index()
    counts = cross(total, employers)
    named = answers[[YEAR, PLIE, "employer_type", "headcount", "etp"]]
    counts = counts.merge(named, on=[YEAR, PLIE, "employer_type"], how="left")
    is_named = counts["headcount"].notna()
    etp = counts["etp"].astype("Int64").where(is_named, 0)
    return counts.assign(responding_plie=1, headcount=counts["headcount"].fillna(0).astype("Int64"), etp=etp)


def partners(rows: Rows, _: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Counts behind ``survey_partners`` by year and PLIE (D54)."""
    return rows.kept["survey_partners"][[YEAR, PLIE, "partner_companies"]].assign(responding_plie=1)


def survey_counts(table: str, rows: Rows, reference: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Counts behind a table of the survey by year, territory and cut (D54)."""
    if table in MIXES:
        counts = mix(rows, *MIXES[table], reference)
    else:
        counts = {
            "survey_team_size": team_size,
            "survey_external_referents": external_referents,
        }.get(table, partners)(rows, reference)
    territories = territories_of(counts, rows.plie_register, reference["departments"], PLIE, "plie", last_bodies(rows))
    counts = roll_up(counts, territories, list(TABLE_RULES[table].cuts), PLIE)
    if table == "survey_team_size":
        counts["etp_responding_plie in units"] = counts["etp_responding_plie"] * 10**ETP_DECIMALS
    return counts


def aggregate(table: str, rows: Rows, others: Others, reference: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """One aggregate mart from the recomputed rows: one row per year, territory and cut, measures as text."""
    if table == "network_coverage":
        counts = coverage(rows, others, reference["departments"])
    elif table == "network_members":
        counts = member_moves(rows)
    else:
        counts = survey_counts(table, rows, reference)
    return TABLE_RULES[table].as_text(counts)


# --------------------------------------------------------------------------------------- dimension


def dimension(rows: Rows, accepted: pd.DataFrame, departments: pd.DataFrame, boxes: pd.DataFrame) -> pd.DataFrame:
    """``dim_plie`` as text: the PLIE of the registers, and those that only deliver or answer (D01)."""
    delivering = [accepted[PLIE], *(rows.kept[table][PLIE] for table in SURVEY_KEYS)]
    register = with_coordinates(rows.plie_register, boxes)
    return tables.dimension("dim_plie", PLIE, register, delivering, departments)


def with_coordinates(register: pd.DataFrame, boxes: pd.DataFrame) -> pd.DataFrame:
    """A register with ``latitude`` and ``longitude`` as text: both known, and in a part of France, or neither (D50)."""
    given = {
        name: scaled(register[name], AMOUNT_DECIMALS) if name in register else pd.Series(pd.NA, index=register.index)
        for name in ("latitude", "longitude")
    }
    there = pd.Series(False, index=register.index)
    for box in boxes.to_dict("records"):
        inside = pd.Series(True, index=register.index)
        for name, degrees in given.items():
            low, high = (scaled(pd.Series([box[f"{name}_{end}"]]), AMOUNT_DECIMALS)[0] for end in ("min", "max"))
            inside &= degrees.between(low, high).fillna(False).astype(bool)
        there |= inside
    return register.assign(
        **{name: number_text(degrees.where(there), AMOUNT_DECIMALS) for name, degrees in given.items()}
    )


def _last_named(rows: pd.DataFrame, code: str) -> pd.DataFrame:
    """What the last register that names each code says of it."""
    return rows.sort_values(DELIVERY_YEAR, kind="stable").drop_duplicates(code, keep="last")


def _days_as_text(frame: pd.DataFrame, names: Collection[str]) -> pd.DataFrame:
    days = {name: pd.to_datetime(frame[name]).dt.strftime("%Y-%m-%d") for name in names}
    return frame.assign(**{name: day.astype(object).where(day.notna(), None) for name, day in days.items()})


def houses(rows: Rows, reference: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """``dim_mde`` as text (D50)."""
    found = with_coordinates(_last_named(rows.kept["mde_register"], "mde_code"), reference["coordinate_boxes"])
    regions = reference["departments"][["department_code", "region_code"]].drop_duplicates()
    return _days_as_text(found.merge(regions, on="department_code", how="left"), ("opened_on", "closed_on"))


def member_names(rows: Rows) -> pd.DataFrame:
    """``dim_member`` as text (D53)."""
    return _days_as_text(_last_named(rows.kept["members"], "member_code"), ("joined_on", "left_on"))


def last_bodies(rows: Rows) -> pd.DataFrame:
    """The PLIE whose ESF credits an intermediate body manages, as the register of the last year says (D5A)."""
    return register_of_year(rows.kept["intermediate_bodies"], max(rows.years, default=0))


def bodies(rows: Rows) -> pd.DataFrame:
    """``dim_oi`` as text: those of the register, and those that manage the credits of a PLIE in a year (D50)."""
    named = _last_named(rows.kept["intermediate_body_register"], "oi_code")
    managing = [register_of_year(rows.kept["intermediate_bodies"], year)["oi_code"] for year in rows.years]
    codes = pd.concat([named["oi_code"], *managing]).drop_duplicates().to_frame()
    found = codes.merge(named[["oi_code", "name", "region_code"]], on="oi_code", how="left")
    return found.assign(is_registered=found["oi_code"].isin(named["oi_code"]).map({True: "true", False: "false"}))


def plie_of_bodies(rows: Rows, plie: pd.DataFrame) -> pd.DataFrame:
    """``oi_plie`` as text: the PLIE whose credits a body manages by the last register (D5A). A body without a name is
    called by its code. ``plie``: ``dim_plie`` as text."""
    found = last_bodies(rows)[["oi_code", PLIE]].drop_duplicates()
    found = found[found[PLIE].isin(plie[PLIE])].merge(bodies(rows), on="oi_code", how="left")
    names = found["name"].where(found["name"].notna(), found["oi_code"])
    return found.assign(oi_name=names, oi_region_code=found["region_code"])


def participants(rows: Rows, others: Others, departments: pd.DataFrame) -> pd.DataFrame:
    """``network_participants`` as text: PLIE that exist in the year and deliver (D51)."""
    regions = dict(zip(departments["department_code"], departments["region_code"], strict=True))
    pieces = []
    for year in rows.years:
        named = structures_of_year(rows, others.clause_structures, year)
        delivering = others.accepted.loc[others.accepted[YEAR] == year, PLIE]
        mine = named[(named["kind"] == PLIE_KIND) & named["in_year"].astype(bool) & named["code"].isin(delivering)]
        pieces.append(mine.assign(**{YEAR: str(year)}))
    # Without a register nobody exists.
    nobody = pd.DataFrame(columns=[YEAR, "code", "town", "department_code"], dtype=str)
    found = pd.concat(pieces or [nobody], ignore_index=True)
    return found.rename(columns={"code": PLIE}).assign(region_code=found["department_code"].map(regions))
