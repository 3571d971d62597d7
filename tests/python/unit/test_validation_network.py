"""The pandas recomputation of the rules of registers and survey, on hand-made frames, on both sides of each boundary.

No warehouse is read. Code lists and parameters are the reference seeds themselves, so that a test states a rule and
not a copy of a list.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hand_made import REFERENCE, of, only_row, reasons, same_text, staged_frame, with_parameter

from plie_warehouse.contract import KINDS
from plie_warehouse.validation import recomputed_head, recomputed_network, recomputed_signals
from plie_warehouse.validation.deliveries import columns_of

ROWS_OF: dict[str, list[dict[str, Any]]] = {
    "plie_register": [
        {"plie_code": "59-09", "department_code": "59"},
        {"plie_code": "62-03", "department_code": "62"},
        {"plie_code": "69-01", "department_code": "69"},
    ]
}


def staged(**tables: list[dict]) -> dict[str, dict[str, pd.DataFrame]]:
    """Staged rows of every kind: those given, of 2021 where they do not say, and none of the others; the PLIE register
    has its three."""
    given = ROWS_OF | tables
    out: dict[str, dict[str, pd.DataFrame]] = {}
    for kind in KINDS:
        out[kind] = {}
        for table in columns_of(kind):
            rows = []
            for number, row in enumerate(given.get(table, [])):
                year = row.get("delivery_year", 2021)
                plain = {"reporting_year": 2021, "delivery_year": year, "source_file": f"{kind}/{year}/{table}.csv"}
                hashed = {"source_row": number + 2, "record_hash": f"{table}-{number}", "supplier_code": "X"}
                rows.append({**hashed, **plain, **row})
            out[kind][table] = staged_frame(table, rows)
    return out


def judged(reference: dict[str, pd.DataFrame] = REFERENCE, **tables: list[dict]) -> recomputed_network.Rows:
    frames = staged(**tables)
    heard = {int(year) for rows in frames["plie"].values() for year in rows["reporting_year"].dropna()}
    return recomputed_network.judge_rows(frames["network"], frames["survey"], heard, reference)


def figures(
    rows: recomputed_network.Rows,
    table: str,
    others: recomputed_network.Others | None = None,
    kind: str = "national",
    code: str = "FR",
    year: int = 2021,
    **cut: str,
) -> dict[str, Any]:
    """The one row of an aggregate."""
    if "cut" in recomputed_network.TABLE_RULES[table].cuts and not cut:
        cut = {"cut": "total", "cut_value": "total"}
    found = recomputed_network.aggregate(table, rows, others or nobody(), REFERENCE)
    return only_row(found, territory_kind=kind, territory_code=code, reporting_year=year, **cut)


def nobody(accepted: list[tuple[int, str]] | None = None, heard: tuple[int, ...] = (), **network_tables: list[dict]):
    """What other subjects say: nothing but what is given."""
    empty = staged(**network_tables)["network"]
    pairs = pd.DataFrame(accepted or [], columns=["reporting_year", "plie_code"])
    return recomputed_network.Others(pairs, frozenset(heard), empty["clause_structures"], empty["facilitators"])


# ------------------------------------------------------------------------------------------- D50


@pytest.mark.parametrize(
    ("opened", "closed", "on_first", "on_last", "in_year"),
    [
        (None, None, 1, 1, 1),
        ("2020-12-31", None, 1, 1, 1),
        ("2021-01-01", None, 1, 1, 1),
        ("2021-01-02", None, 0, 1, 1),
        ("2021-12-31", None, 0, 1, 1),
        ("2022-01-01", None, 0, 0, 0),
        (None, "2021-01-01", 0, 0, 0),
        (None, "2021-01-02", 1, 0, 1),
        (None, "2021-12-31", 1, 0, 1),
        (None, "2022-01-01", 1, 1, 1),
        ("2021-05-01", "2021-05-02", 0, 0, 1),
        ("2021-05-01", "2021-05-01", 0, 0, 0),
        ("2021-05-01", "2021-03-01", 0, 0, 0),
    ],
)
def test_existing_on_a_day_and_in_a_year(
    opened: str | None, closed: str | None, on_first: int, on_last: int, in_year: int
) -> None:
    house = {"mde_code": "M", "department_code": "59", "opened_on": opened, "closed_on": closed}
    found = figures(judged(mde_register=[house]), "network_coverage")
    counted = [found[f"mde_existing_{when}"] for when in ("1_jan", "31_dec", "in_year")]
    assert counted == [str(on_first), str(on_last), str(in_year)]


@pytest.mark.parametrize(("year", "expected"), [(2020, "1"), (2021, "1"), (2022, "2"), (2023, "3"), (2024, "3")])
def test_a_year_has_its_own_register_else_the_next_else_the_last(year: int, expected: str) -> None:
    named = [("A", 2021), ("A", 2022), ("B", 2022), ("A", 2023), ("B", 2023), ("C", 2023)]
    register = [{"plie_code": code, "department_code": "59", "delivery_year": of} for code, of in named]
    answer = [{"plie_code": "A", "partner_companies": 1, "reporting_year": one} for one in (2020, 2024)]
    rows = judged(plie_register=register, survey_partners=answer)
    assert figures(rows, "network_coverage", year=year)["plie_existing_31_dec"] == expected


def test_the_register_that_came_last_says_where_a_plie_is() -> None:
    register = [
        {"plie_code": "A", "department_code": "59", "delivery_year": 2022},
        {"plie_code": "A", "department_code": "62", "delivery_year": 2021},
        {"plie_code": "B", "department_code": "62", "delivery_year": 2021},
    ]
    rows = judged(plie_register=register)
    accepted = pd.DataFrame({"plie_code": ["A", "Z"]})
    known = recomputed_network.dimension(rows, accepted, REFERENCE["departments"], REFERENCE["coordinate_boxes"])
    places = known.dropna(subset=["department_code"]).set_index("plie_code")["department_code"].to_dict()
    assert places == {"A": "59", "B": "62"}
    assert known.set_index("plie_code")["is_registered"].to_dict() == {"A": "true", "B": "true", "Z": "false"}


def test_the_embedded_register_serves_where_none_is_delivered() -> None:
    rows = judged(plie_register=[], survey_partners=[{"plie_code": "59-09", "partner_companies": 1}])
    found = figures(rows, "network_coverage")
    assert found["plie_existing_in_year"] == str(len(REFERENCE["plie_register"]))


# ------------------------------------------------------------------------------------------- D51


def test_participation_is_of_who_exists_and_had_a_row_accepted() -> None:
    register = [
        {"plie_code": "A", "department_code": "59"},
        {"plie_code": "B", "department_code": "59", "closed_on": "2021-01-01"},
        {"plie_code": "C", "department_code": "59", "closed_on": "2021-01-02"},
        {"plie_code": "D", "department_code": "59"},
    ]
    others = nobody([(2021, "A"), (2021, "B"), (2021, "C"), (2021, "Z"), (2020, "D")], heard=(2020, 2021))
    rows = judged(plie_register=register)
    country = figures(rows, "network_coverage", others)
    assert of(country, "plie_participating", "plie_existing_in_year") == ("2", "3")
    assert of(country, "plie_participation_rate", "plie_delivering_not_existing") == ("0.666667", "2")
    nord = figures(rows, "network_coverage", others, "departement", "59")
    assert of(nord, "plie_participating", "plie_delivering_not_existing") == ("2", "1")


def test_a_year_of_which_no_plie_delivered_has_no_participation() -> None:
    found = figures(judged(), "network_coverage", nobody(heard=(2020,)))
    assert found["plie_existing_in_year"] == "3"
    assert found["plie_participating"] is None and found["plie_participation_rate"] is None
    found = figures(judged(), "network_coverage", nobody(heard=(2021,)))
    assert of(found, "plie_participating", "plie_participation_rate") == ("0", "0.000000")


# ------------------------------------------------------------------------------------------- D52


def bridge(*pairs: tuple[str, str | None, str]) -> list[dict]:
    return [
        {"member_code": m, "structure_kind": k, "delivered_structure_kind": k or "?", "structure_code": c}
        for m, k, c in pairs
    ]


def test_coverage_counts_structures_each_once() -> None:
    members = [
        {"member_code": "one"},
        {"member_code": "two"},
        {"member_code": "gone", "left_on": "2021-12-31"},
        {"member_code": "late", "joined_on": "2022-01-01"},
        {"member_code": "last day", "joined_on": "2021-12-31", "left_on": "2022-01-01"},
    ]
    rows = judged(members=members,
        mde_register=[{"mde_code": "M", "department_code": "59"}, {"mde_code": "N", "department_code": "59"}],
        member_structures=bridge(
            ("one", "plie", "59-09"), ("two", "plie", "59-09"), ("gone", "plie", "62-03"), ("late", "plie", "62-03"),
            ("last day", "plie", "69-01"), ("one", "mde", "M"), ("one", "mde", "N"),
        )
    )  # fmt: skip
    found = figures(rows, "network_coverage")
    assert of(found, "plie_covered", "plie_coverage_rate") == ("2", "0.666667")
    assert of(found, "mde_covered", "mde_coverage_rate") == ("2", "1.000000")


def test_what_is_tied_to_nothing_covers_nothing() -> None:
    rows = judged(members=[
            {"member_code": "A"}, {"member_code": "B", "delivery_year": 2020}, {"member_code": "C", "defect": "d"},
        ],
        mde_register=[{"mde_code": "M"}],
        member_structures=bridge(
            ("A", "plie", "59-09"), ("Z", "plie", "59-09"), ("B", "plie", "59-09"), ("C", "plie", "59-09"),
            ("A", "plie", "00-00"), ("A", "mde", "59-09"), ("A", "mde", "M"), ("A", None, "00-00"),
        ),
        intermediate_bodies=[{"oi_code": "O", "plie_code": "59-09"}, {"oi_code": "O", "plie_code": "00-00"}]
    )  # fmt: skip
    assert reasons(rows, "member_structures") == dict.fromkeys((1, 2, 3, 4, 5), "orphelin")
    assert reasons(rows, "intermediate_bodies") == {1: "orphelin"}


def test_a_body_counts_once_in_a_territory() -> None:
    rows = judged(
        intermediate_bodies=[
            {"oi_code": "O", "plie_code": "59-09"},
            {"oi_code": "O", "plie_code": "62-03"},
            {"oi_code": "P", "plie_code": "59-09"},
        ]
    )
    country, north = (
        figures(rows, "network_coverage", kind=kind, code=code)
        for kind, code in (("national", "FR"), ("departement", "62"))
    )
    assert of(country, "intermediate_bodies", "plie_with_intermediate_body") == ("2", "2")
    assert of(north, "intermediate_bodies", "plie_with_intermediate_body") == ("1", "1")


def test_a_body_is_a_territory_by_the_last_register() -> None:
    """Of what its PLIE answer, and not of what one that it managed before does (D5A)."""
    rows = judged(
        intermediate_bodies=[
            {"oi_code": "O", "plie_code": "59-09", "delivery_year": 2021},
            {"oi_code": "O", "plie_code": "62-03", "delivery_year": 2021},
            {"oi_code": "O", "plie_code": "62-03", "delivery_year": 2022},
            {"oi_code": "P", "plie_code": "69-01", "delivery_year": 2022},
        ],
        survey_partners=[
            {"plie_code": "59-09", "partner_companies": 4, "reporting_year": 2022},
            {"plie_code": "62-03", "partner_companies": 2, "reporting_year": 2022},
        ],
    )
    found = recomputed_network.aggregate("survey_partners", rows, nobody(), REFERENCE)
    body = only_row(found, territory_kind="oi", reporting_year=2022)
    assert of(body, "territory_code", "responding_plie", "partner_companies") == ("O", "1", "2")


def test_facilitators_of_every_structure() -> None:
    others = nobody(
        clause_structures=[{"structure_code": "S", "department_code": "59"}],
        facilitators=[
            {"structure_code": "S", "headcount": 3},
            {"structure_code": "T", "headcount": 0},
            {"structure_code": "Z", "headcount": 1},
            {"structure_code": "U", "headcount": None},
        ],
    )
    found = figures(judged(), "network_coverage", others)
    assert of(found, "clause_structures_with_facilitator", "clause_facilitators") == ("2", "4")
    nord = figures(judged(), "network_coverage", others, "departement", "59")
    assert of(nord, "clause_structures_with_facilitator", "clause_facilitators") == ("1", "3")


@pytest.mark.parametrize(("closed_on", "there"), [("2021-12-31", ("0", "0")), ("2022-01-01", ("1", "3"))])
def test_facilitators_of_structures_of_the_last_day(closed_on: str, there: tuple) -> None:
    """The structure of nobody's register exists on no day."""
    others = nobody(
        clause_structures=[{"structure_code": "S", "department_code": "59", "closed_on": closed_on}],
        facilitators=[{"structure_code": "S", "headcount": 3}, {"structure_code": "Z", "headcount": 1}],
    )
    found = figures(judged(), "network_coverage", others)
    of_last_day = (found["clause_structures_with_facilitator_31_dec"], found["clause_facilitators_31_dec"])
    assert (found["clause_facilitators"], of_last_day) == ("4", there)


# ------------------------------------------------------------------------------------------- D53

MOVES = ("members", "previous_members", "arrivals", "departures")


@pytest.mark.parametrize(
    ("joined", "left", "expected"),
    [
        (None, None, "1100"),
        ("2020-12-31", None, "1100"),
        ("2021-01-01", None, "1010"),
        ("2021-12-31", None, "1010"),
        ("2022-01-01", None, "0000"),
        (None, "2020-12-31", "0000"),
        (None, "2021-01-01", "0101"),
        (None, "2021-12-31", "0101"),
        (None, "2022-01-01", "1100"),
        ("2021-03-01", "2021-03-02", "0011"),
        ("2021-03-01", "2021-03-01", "0000"),
    ],
)
def test_who_comes_and_goes(joined: str | None, left: str | None, expected: str) -> None:
    rows = judged(members=[{"member_code": "A", "joined_on": joined, "left_on": left}])
    found = figures(rows, "network_members")
    assert "".join(found[move] for move in MOVES) == expected
    assert found["net_change"] == str(int(expected[2]) - int(expected[3]))


def test_a_change_of_kind_is_no_move() -> None:
    """Who was clause in the register of an earlier year and is a full member now: neither came nor went."""
    rows = judged(
        members=[
            {"member_code": "turns", "membership": "clause", "member_type": "epci", "delivery_year": 2019},
            {"member_code": "turns", "membership": "pleine", "member_type": "epci"},
            {"member_code": "goes", "membership": "clause", "member_type": "epci", "delivery_year": 2019},
            {"member_code": "goes", "membership": "pleine", "member_type": "epci", "left_on": "2021-06-30"},
        ]
    )
    full = figures(rows, "network_members", cut="membership", cut_value="pleine")
    clause = figures(rows, "network_members", cut="membership", cut_value="clause")
    names = ("members", "previous_members", "arrivals", "departures", "type_changes_in", "type_changes_out")
    assert [full[name] for name in names] == ["1", "0", "0", "0", "1", "0"]
    assert [clause[name] for name in names] == ["0", "2", "0", "1", "0", "1"]
    assert of(full, "net_change", "members_change") == ("0", "1")
    assert of(clause, "net_change", "members_change") == ("-1", "-2")


def test_growth_is_over_the_members_of_some_years_before() -> None:
    joined = ["2018-12-31", "2018-12-31", "2018-12-31", "2019-01-01", "2021-12-31"]
    rows = judged(members=[{"member_code": str(n), "joined_on": day} for n, day in enumerate(joined)])
    found = figures(rows, "network_members")
    assert of(found, "growth_base_members", "growth_members", "growth_rate") == ("3", "2", "0.666667")
    gone = [{"member_code": str(n), "left_on": "2021-01-01"} for n in range(3)]
    found = figures(judged(members=gone), "network_members")
    assert of(found, "growth_members", "growth_rate") == ("-3", "-1.000000")


# ------------------------------------------------------------------------------------------- D56, D57


def seat(number: int, member: str | None, bureau: bool | None = None, year: int = 2021) -> dict:
    return {"seat_no": f"CA-{number}", "member_code": member, "is_bureau": bureau, "delivery_year": year}


@pytest.mark.parametrize(
    ("is_employer_member", "left", "expected"),
    [
        (True, None, "1"), (True, "2022-01-01", "1"), (True, "2021-12-31", "0"), (False, None, "0"), (None, None, "0"),
    ],
)  # fmt: skip
def test_up_to_date_counts_for_members_of_31_december(
    is_employer_member: bool | None, left: str | None, expected: str
) -> None:
    one = {"member_code": "A", "left_on": left, "is_employer_member": is_employer_member}
    rows = judged(members=[one, {"member_code": "known", "is_employer_member": False}])
    assert figures(rows, "network_members")["employer_members"] == expected


def test_a_register_that_says_nothing_of_employers_or_seats_tells_no_number() -> None:
    """Said of one member or seat alone, even that it is not, it is 0; and each year has its own register."""
    members = [
        {"member_code": "A", "delivery_year": 2020, "is_employer_member": None},
        {"member_code": "A", "delivery_year": 2021, "is_employer_member": None},
        {"member_code": "B", "delivery_year": 2021, "is_employer_member": False, "left_on": "2020-06-30"},
        {"member_code": "A", "delivery_year": 2022, "is_employer_member": None},
    ]
    rows = judged(members=members, board_seats=[seat(1, "A"), seat(1, "A", False, 2022)])
    counts = ("employer_members", "board_seats", "bureau_seats")
    for year, expected in {2020: [None, None, None], 2021: ["0", "1", None], 2022: [None, "1", "0"]}.items():
        found = figures(rows, "network_members", year=year)
        assert [found[name] for name in counts] == expected, year


def test_a_seat_is_of_its_member_or_of_nobody() -> None:
    members = [
        {"member_code": "A", "region_code": "32", "membership": "pleine", "member_type": "plie"},
        {"member_code": "gone", "region_code": "24", "membership": "clause", "left_on": "2020-06-30"},
    ]
    seats = [seat(1, "A", True), seat(2, "A", None), seat(3, "gone", False), seat(4, None, True)]
    rows = judged(members=members, board_seats=seats)
    assert reasons(rows, "board_seats") == {}

    def counted(code: str, cut: str, value: str) -> tuple:
        kind = "national" if code == "FR" else "region"
        found = figures(rows, "network_members", kind=kind, code=code, cut=cut, cut_value=value)
        return found["board_seats"], found["bureau_seats"]

    assert counted("FR", "total", "total") == ("4", "2")
    assert counted("FR", "membership", "pleine") == counted("32", "total", "total") == ("2", "1")
    assert counted("FR", "membership_type", "clause/inconnu") == counted("24", "total", "total") == ("1", "0")
    assert counted("FR", "membership_type", "inconnu/inconnu") == ("1", "1")
    assert counted("32", "membership", "inconnu") == ("0", "0")


def test_a_seat_of_no_member_of_its_register_is_an_orphan() -> None:
    members = [{"member_code": "A"}, {"member_code": "B", "delivery_year": 2020}, {"member_code": "C", "defect": "d"}]
    seats = [seat(1, "A"), seat(2, "Z"), seat(3, "B"), seat(4, "C"), seat(5, None), seat(6, "A", year=2020)]
    rows = judged(members=members, board_seats=seats)
    assert reasons(rows, "board_seats") == dict.fromkeys((1, 2, 3, 5), "orphelin")
    assert figures(rows, "network_members")["board_seats"] == "2"
    assert figures(rows, "network_members", year=2020)["board_seats"] is None


def test_a_year_without_a_register_has_the_board_of_the_one_that_speaks_of_it() -> None:
    members = [{"member_code": "A", "delivery_year": year} for year in (2020, 2022)]
    seats = [seat(1, "A", year=2020), seat(1, "A", year=2022), seat(2, "A", year=2022)]
    answer = [{"plie_code": "59-09", "partner_companies": 1}]
    rows = judged(members=members, board_seats=seats, survey_partners=answer, plie_register=[])
    found = {year: figures(rows, "network_members", year=year)["board_seats"] for year in (2020, 2021, 2022)}
    assert found == {2020: "1", 2021: "2", 2022: "2"}


# ------------------------------------------------------------------------------------------- D54, D58


def funded(*given: tuple[str, str | None, str]) -> list[dict]:
    return [{"plie_code": p, "funder": f, "delivered_funder": f or "?", "amount_eur": a} for p, f, a in given]


def test_shares_are_of_pooled_amounts() -> None:
    """90 of 100 and 0 of 900 are 9 %, not 45 %; what nobody knows is in the total and in no share."""
    rows = judged(survey_funding=funded(
            ("59-09", "fse", "90"), ("59-09", "etat", "10"), ("62-03", "fse", "0"), ("62-03", "etat", "900"),
            ("69-01", None, "50.000001"),
        )
    )  # fmt: skip
    found = figures(rows, "survey_funding_mix", cut="funder", cut_value="fse")
    assert of(found, "share_of_amount", "responding_plie", "plie_with_amount") == ("0.090000", "2", "1")
    assert of(found, "amount_known_eur", "amount_total_eur") == ("1000.000000", "1050.000001")
    group = figures(rows, "survey_funding_mix", cut="funder_group", cut_value="collectivites")
    assert of(group, "amount_eur", "share_of_amount") == ("0.000000", "0.000000")
    assert figures(rows, "survey_funding_mix")["responding_plie"] == "3"


@pytest.mark.parametrize(("amount", "reason"), [("0", None), ("-0.000001", "montant_negatif"), ("0.000001", None)])
def test_an_amount_is_not_below_zero(amount: str, reason: str | None) -> None:
    rows = judged(survey_funding=funded(("59-09", "fse", amount)))
    assert reasons(rows, "survey_funding").get(0) == reason


def test_operations_are_of_the_list_and_inconnu_is_none() -> None:
    """A word that is in no list and no map is no answer to the question, and its amount is not lost."""
    given = [
        ("59-09", "formation", "10"),
        ("59-09", "formation", "20"),
        ("62-03", "inconnu", "70"),
        ("59-09", None, "5"),
    ]
    allocated = [
        {"plie_code": p, "operator_type": "aci", "delivered_operator_type": "aci", "operation_type": o, "amount_eur": a}
        | {"delivered_operation_type": o or "chantier"}
        for p, o, a in given
    ]
    allocated[1]["operator_type"] = allocated[1]["delivered_operator_type"] = "ei"
    rows = judged(survey_allocations=allocated)
    found = figures(rows, "survey_allocation_mix", cut="operation_type", cut_value="formation")
    assert (found["amount_eur"], found["amount_total_eur"]) == ("30.000000", "105.000000")
    assert (found["share_of_amount"], found["responding_plie"]) == ("1.000000", "1")
    found = figures(rows, "survey_allocation_mix", cut="operator_group", cut_value="iae")
    assert (found["responding_plie"], found["share_of_amount"]) == ("2", "1.000000")


def test_averages_are_over_who_gave_the_number() -> None:
    """215 ETP of 28 PLIE are 7.6786, which shows as 8 (D55); a blank is no answer, 0 is one."""
    given = [{"plie_code": f"P{n}", "fte": "8" if n else "-1", "headcount": 1 if n < 2 else None} for n in range(28)]
    given[0]["fte"] = str(215 - 8 * 27)
    teams = [{"team": "referent_externe", "delivered_team": "referent_externe", **one} for one in given]
    teams.append({"plie_code": "P99", "team": "referent_externe", "delivered_team": "referent_externe"})
    found = figures(judged(survey_teams=teams), "survey_team_size", team="referent_externe")
    assert of(found, "etp", "etp_responding_plie", "etp_per_plie") == ("215.0000", "28", "7.6786")
    assert of(found, "headcount", "headcount_responding_plie", "headcount_per_plie") == ("2", "2", "1.0000")
    assert found["responding_plie"] == "28"
    nothing = figures(judged(survey_teams=teams), "survey_team_size", team="interne")
    assert same_text(nothing["headcount"], None) and same_text(nothing["etp_per_plie"], None)


def test_who_said_who_employs_a_team() -> None:
    """With or without its numbers; of a team or a year of which nobody said it, the number is not known."""

    def answer(plie: str, team: str, year: int = 2021, **said: object) -> dict:
        return {"plie_code": plie, "team": team, "delivered_team": team, "reporting_year": year, **said}

    teams = [
        answer("59-09", "referent_externe", headcount=5, employer_type="association"),
        answer("62-03", "referent_externe", employer_type="aci"),
        answer("69-01", "referent_externe", headcount=5),
        answer("69-01", "interne", headcount=5),
        answer("59-09", "referent_externe", 2020, headcount=5),
    ]
    rows = judged(survey_teams=teams)

    def counted(team: str, year: int = 2021, kind: str = "national", code: str = "FR") -> object:
        return figures(rows, "survey_team_size", year=year, kind=kind, code=code, team=team)["employer_responding_plie"]

    assert (counted("referent_externe"), counted("interne")) == ("2", None)
    assert counted("referent_externe", kind="plie", code="69-01") == "0"
    assert counted("referent_externe", 2020) is None


def test_partner_companies_per_plie() -> None:
    rows = judged(
        survey_partners=[
            {"plie_code": "59-09", "partner_companies": 257},
            {"plie_code": "62-03", "partner_companies": 0},
            {"plie_code": "00-00", "partner_companies": 1},
        ]
    )
    country = figures(rows, "survey_partners")
    assert of(country, "responding_plie", "partner_companies_per_plie") == ("3", "86.0000")
    region = figures(rows, "survey_partners", kind="region", code="32")
    assert of(region, "responding_plie", "partner_companies_per_plie") == ("2", "128.5000")


# ------------------------------------------------------------------------------------------- the door


def test_a_contradictory_key_refuses_its_table_of_its_year() -> None:
    twice = [{"plie_code": "59-09", "partner_companies": n} for n in (1, 2)]
    rows = judged(survey_partners=[*twice, {"plie_code": "62-03", "partner_companies": 3},
                         {"plie_code": "59-09", "partner_companies": 4, "reporting_year": 2020}],
        members=[{"member_code": "A"}, {"member_code": "A"}, {"member_code": "A", "delivery_year": 2020}]
    )  # fmt: skip
    assert reasons(rows, "survey_partners") == dict.fromkeys((0, 1, 2), "livraison_refusee")
    assert reasons(rows, "members") == dict.fromkeys((0, 1), "livraison_refusee")
    twice = [{"seat_no": "CA-1", "is_bureau": one} for one in (True, False)]
    rows = judged(board_seats=[*twice, {"seat_no": "CA-2"}, {"seat_no": "CA-1", "delivery_year": 2020}])
    assert reasons(rows, "board_seats") == dict.fromkeys((0, 1, 2), "livraison_refusee")


def test_codes_in_no_list_are_told_apart_by_their_text() -> None:
    given = [
        {"plie_code": "59-09", "funder": None, "delivered_funder": text, "amount_eur": "1"}
        for text in ("mécène", "legs")
    ]
    assert reasons(judged(survey_funding=given), "survey_funding") == {}


def test_a_year_needs_the_parameter() -> None:
    without = with_parameter("membership_growth_years", None)
    rows = judged(without, survey_partners=[{"plie_code": "59-09", "partner_companies": 1}])
    assert reasons(rows, "survey_partners") == {0: "annee_non_prise_en_charge"}
    assert recomputed_network.aggregate("network_coverage", rows, nobody(), without).empty


def test_a_register_of_the_sample_is_of_no_year() -> None:
    """Its files lie in no folder: they serve the years of the deliveries, and make none of their own."""
    rows = judged(
        plie_register=[],
        members=[{"member_code": "A", "delivery_year": 2022, "source_file": "members.csv"}],
        survey_partners=[{"plie_code": "59-09", "partner_companies": 1}],
    )
    assert list(rows.years) == [2021]
    assert figures(rows, "network_members")["members"] == "1"


# ------------------------------------------------------------------------------------------- results of the head


def test_an_objective_is_for_each_of_its_years() -> None:
    """The one that begins last replaces another; of nobody, of no indicator or backwards it is for none."""

    def target(plie: str, first: int, last: int, value: str, indicator: str | None = "entries") -> dict:
        said = {"plie_code": plie, "indicator_code": indicator, "delivered_indicator_code": indicator or "taux"}
        return said | {"from_year": first, "to_year": last, "target_value": value}

    given = [target("59-09", 2020, 2021, "3"), target("59-09", 2021, 2022, "4"), target("62-03", 2021, 2020, "5")]
    given += [target("99-99", 2021, 2021, "6"), target("62-03", 2021, 2021, "7", None)]
    answers = [{"plie_code": "59-09", "reporting_year": year} for year in (2020, 2021)]
    rows = judged(targets=given, survey_partners=answers)
    assert reasons(rows, "targets") == {2: "dates_inversees", 3: "orphelin"}
    promised = recomputed_head.targets(rows)
    found = promised.set_index("reporting_year")["target_value"].astype(str).to_dict()
    assert (found, set(promised["plie_code"])) == ({2020: "3", 2021: "4"}, {"59-09"})


def test_earlier_results_are_those_of_the_last_delivery() -> None:
    result = {"cut": "total", "cut_value": "total", "indicator_code": "entries", "delivered_indicator_code": "entries"}
    given = [
        result | {"reporting_year": 2016, "value": "1", "delivery_year": 2020},
        result | {"reporting_year": 2017, "value": "2", "delivery_year": 2021, "denominator": "0.5"},
        result | {"reporting_year": 2018, "value": "3", "indicator_code": None, "delivery_year": 2021},
    ]
    found = recomputed_head.historical_results(judged(historical_results=given), REFERENCE["measures"])
    assert found[["reporting_year", "value", "denominator", "method_version", "unit"]].values.tolist() == [
        ["2017", "2.000000", "0.500000", "printed-1", "parcours"]
    ]


@pytest.mark.parametrize(
    ("latitude", "longitude", "is_known"),
    [
        ("51.2", "-5.3", True),
        ("51.200001", "-5.3", False),
        ("-21.0", "55.5", True),
        ("3.06", "50.63", False),
        ("50", None, False),
    ],
)
def test_coordinates_count_in_france_only(latitude: str, longitude: str | None, is_known: bool) -> None:
    house = {"mde_code": "M", "department_code": "59", "latitude": latitude, "longitude": longitude}
    found = recomputed_network.houses(judged(mde_register=[house]), REFERENCE)
    assert found["latitude"].notna().tolist() == found["longitude"].notna().tolist() == [is_known]


def test_external_referents_by_employer() -> None:
    """Of who gave the persons of a known employer; a listed employer that nobody named has 0."""

    def employed(plie: str, employer: str | None, heads: int | None, etp: str | None = None) -> dict:
        said = {"plie_code": plie, "employer_type": employer, "delivered_employer_type": employer or "coopérative"}
        return said | {"headcount": heads, "fte": etp}

    given = [
        employed("59-09", "association", 3, "2.5"),
        employed("62-03", "association", 1),
        employed("62-03", None, 9),
    ]
    given.append(employed("59-14", "aci", None, "1"))
    found = figures(
        judged(survey_external_referents=given),
        "survey_external_referents",
        employer_type="association",
    )
    assert (found["responding_plie"], found["headcount"], found["headcount_total"]) == ("2", "4", "4")
    assert (found["etp"], found["share_of_headcount"]) == ("2.5000", "1.000000")


# ------------------------------------------------------------------------------------------- signals


def test_what_is_worth_a_second_look() -> None:
    """D59. As many persons or as much ETP as the limit is none; one more, or a hundredth, is. Unknown is no signal."""
    teams = [("59-09", 3, "2.5", 3, "2.5"), ("62-03", 3, "2.5", 4, "2.51"), ("69-01", None, "1", 9, None)]
    answers = [
        {"plie_code": plie, "team": team, "delivered_team": team, "headcount": heads, "fte": etp}
        for plie, whole, whole_etp, heads, part_etp in teams
        for team, heads, etp in (("interne", whole, whole_etp), ("referent_interne", heads, part_etp))
    ]
    staff = [
        {"structure_code": code, "headcount": 2, "fte": etp} for code, etp in (("S", "2"), ("T", "2.01"), ("U", None))
    ]
    bodies = [{"oi_code": oi, "plie_code": plie} for oi, plie in (("O", "59-09"), ("O", "62-03"), ("P", "69-01"))]
    facilitators = nobody(facilitators=staff).facilitators
    rows = judged(survey_teams=answers, intermediate_bodies=bodies)
    found = recomputed_signals.signals(rows, facilitators, REFERENCE)
    names = ["subject_code", "measure", "found_value", "limit_value"]
    assert found.groupby("network_signal")[names].apply(lambda one: one.values.tolist()).to_dict() == {
        "referents_hors_equipe": [
            ["62-03", "headcount", "4.0000", "3.0000"], ["62-03", "etp", "2.5100", "2.5000"],
        ],
        "oi_trop_peu_de_plie": [["P", "plie", "1.0000", "2.0000"]],
        "etp_au_dela_des_personnes": [["T", "etp", "2.0100", "2.0000"]],
    }  # fmt: skip
