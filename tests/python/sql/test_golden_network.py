"""The registers and the survey of the sample, counted by hand, against what the warehouse built.

The rows are in seeds/raw; seeds/raw/README.md says what each shows. Nothing below is computed: each expected
figure was counted by hand, and the comments name what was counted. A figure that changes here is a rule that changed.
"""

from __future__ import annotations

from decimal import Decimal

import duckdb
import pytest
from scenario import Scenario

from plie_warehouse.summary import number


@pytest.fixture(scope="module")
def warehouse(sample: Scenario) -> duckdb.DuckDBPyConnection:
    return sample.connection


D = Decimal
N = None

COVERAGE = (
    "plie_existing_1_jan", "plie_existing_31_dec", "plie_existing_in_year", "plie_participating",
    "plie_participation_rate", "plie_covered", "plie_coverage_rate", "mde_existing_1_jan", "mde_existing_31_dec",
    "mde_existing_in_year", "mde_covered", "mde_coverage_rate", "intermediate_bodies", "plie_with_intermediate_body",
    "clause_structures_existing_31_dec", "clause_structures_with_facilitator", "clause_facilitators",
)  # fmt: skip

# Members on 31/12/2021: 01, 02, 03, 06, 07, 08, 11, 12, 13; on 31/12/2020: 01, 02, 04, 05, 07, 08, 11, 12, 13.
# PLIE: the 126 of the embedded register, which gives no dates; 02-04 is refused for 2020.
#   covered in 2021: 59-09 (twice), 62-03, 33-01, 64-04; in 2020 36-01 too
# Houses on 31/12/2021: 02-01, 13-01, 33-01, 59-02, 69-01, 77-01, 93-01; on 1/1/2021: 02-01, 13-01, 59-01, 59-02, 62-02,
#   69-01, 77-01, 93-01; in 2021 these, 33-01 and 64-01; in 2020, all year: those of 1/1/2021 and 62-01
#   covered in 2021: 02-01, 33-01, 59-02, 69-01; in 2020: 02-01, 59-01, 59-02, 62-02
# Bodies: OI-01 (59-09, 59-14, 62-03), OI-02 (13-05)
# Structures of the clause on 31/12/2021: 13-01, 33-01, 36-01, 59-01, 59-02, 62-90, 69-01; in 2020 2A-01 too
#   facilitators of 2021: 2 + 1 + 1 + 2 + 3 + 2 + 2 + 1 of eight, 62-90 unknown; of 2020: 2 + 1 + 1 + 1 + 3 + 1 + 2 + 1
# In the Nord: houses 59-01 and 59-02; structures CL-59-01 and CL-59-02. The PLIE of the register there are fourteen.
EXPECTED_COVERAGE = {
    (2020, "national", "FR"): (
        126, 126, 126, 11, D("0.087302"), 5, D("0.039683"), 9, 9, 9, 4, D("0.444444"), 2, 4, 8, 8, 12,
    ),
    (2021, "national", "FR"): (
        126, 126, 126, 12, D("0.095238"), 4, D("0.031746"), 8, 7, 10, 4, D("0.571429"), 2, 4, 7, 8, 14,
    ),
    (2021, "departement", "59"): (
        14, 14, 14, 2, D("0.142857"), 1, D("0.071429"), 2, 1, 2, 1, D("1.000000"), 1, 2, 2, 2, 5,
    ),
    (2021, "region", "24"): (2, 2, 2, 1, D("0.500000"), 0, D("0.000000"), 0, 0, 0, 0, N, 0, 0, 1, 1, 2),
}  # fmt: skip

MEMBERS = (
    "members", "previous_members", "arrivals", "departures", "net_change", "type_changes_in", "type_changes_out",
    "members_change", "growth_base_members", "growth_rate",
)  # fmt: skip

# Of 2021: 03, 06 and 09 come; 04, 05 and 09 go. On 31/12/2018 there were 01, 02, 04, 05, 08, 11 and 13.
EXPECTED_MEMBERS = {
    (2021, "FR", "total"): (9, 9, 3, 3, 0, 0, 0, 0, 7, D("0.285714")),
    (2021, "FR", "pleine"): (4, 5, 1, 2, -1, 0, 0, -1, 5, D("-0.200000")),
    (2021, "FR", "clause"): (4, 3, 2, 1, 1, 0, 0, 1, 1, D("3.000000")),
    (2021, "FR", "inconnu"): (1, 1, 0, 0, 0, 0, 0, 0, 1, D("0.000000")),
    (2021, "FR", "pleine/mde"): (1, 1, 1, 1, 0, 0, 0, 0, 1, D("0.000000")),
    (2021, "FR", "pleine/plie_mde"): (1, 1, 0, 0, 0, 0, 0, 0, 1, D("0.000000")),
    (2021, "FR", "clause/mission_locale"): (0, 0, 1, 1, 0, 0, 0, 0, 0, N),
    (2021, "32", "total"): (2, 3, 0, 1, -1, 0, 0, -1, 3, D("-0.333333")),
    (2020, "FR", "total"): (9, 8, 1, 0, 1, 0, 0, 1, 6, D("0.500000")),
}


# Up to date with the employers' association, of the members of 31/12/2021: 01, 03 (which came that day), 08 and 13; of
# those of 31/12/2020: 01, 04, 05, 08 and 13. Of 06 and 11 nobody knows.
# Seats: CA-01 of 01 (bureau), CA-02 of 02, CA-03 of 05 (bureau), CA-04 of 06, CA-05 of 12, CA-06 of 13, CA-07 of a
# qualified person (bureau). The board is the same in both years, and of the kinds and regions of those members.
EXPECTED_SEATS = {
    (2021, "FR", "total"): (4, 7, 3),
    (2021, "FR", "pleine"): (2, 3, 2),
    (2021, "FR", "clause"): (1, 2, 0),
    (2021, "FR", "inconnu"): (1, 2, 1),
    (2021, "FR", "inconnu/inconnu"): (1, 2, 1),
    (2021, "FR", "pleine/plie"): (1, 1, 1),
    (2021, "FR", "pleine/collectivite"): (0, 1, 1),
    (2021, "FR", "clause/mission_locale"): (0, 0, 0),
    (2021, "32", "total"): (1, 2, 1),
    (2021, "32", "inconnu"): (0, 0, 0),
    (2021, "24", "total"): (0, 1, 1),
    (2021, "84", "total"): (1, 0, 0),
    (2020, "FR", "total"): (5, 7, 3),
    (2020, "32", "pleine"): (2, 2, 1),
}


@pytest.mark.parametrize("place", EXPECTED_COVERAGE)
def test_what_exists_and_is_covered(place: tuple, warehouse: duckdb.DuckDBPyConnection) -> None:
    found = warehouse.execute(
        f"select {', '.join(COVERAGE)} from marts.network_coverage"
        " where reporting_year = ? and territory_kind = ? and territory_code = ?",
        list(place),
    ).fetchall()
    assert found == [EXPECTED_COVERAGE[place]]


@pytest.mark.parametrize("place", EXPECTED_MEMBERS)
def test_who_comes_and_goes(place: tuple, warehouse: duckdb.DuckDBPyConnection) -> None:
    found = warehouse.execute(
        f"select {', '.join(MEMBERS)} from marts.network_members"
        " where reporting_year = ? and territory_code = ? and cut_value = ?",
        list(place),
    ).fetchall()
    assert found == [EXPECTED_MEMBERS[place]]


@pytest.mark.parametrize("place", EXPECTED_SEATS)
def test_who_is_up_to_date_and_who_sits_on_the_board(place: tuple, warehouse: duckdb.DuckDBPyConnection) -> None:
    found = warehouse.execute(
        "select employer_members, board_seats, bureau_seats from marts.network_members"
        " where reporting_year = ? and territory_code = ? and cut_value = ?",
        list(place),
    ).fetchall()
    assert found == [EXPECTED_SEATS[place]]


def test_a_year_without_a_register_of_its_own_has_no_row(warehouse: duckdb.DuckDBPyConnection) -> None:
    """The registers of the sample are of no year: they make no year of the extraction date's."""
    for table in ("network_coverage", "network_members"):
        assert warehouse.execute(f"select distinct reporting_year from marts.{table} order by 1").fetchall() == [
            (2020,),
            (2021,),
        ]


# Mart, cut value -> who answered, amount, amount known, amount in all, share; of 2021, in the country.
# 59-09: 700 000 ESF, 200 000 communes, 150 000 department, 250 000 State; 62-03: 300 000 ESF, 40 000 region, 60 000
# other public; 36-01: 20 000.005 ESF, 99 999.995 other private, 12 000 of nobody knows whom; 13-05: 0 State; 59-99:
# 180 000 communes. Allocations: 59-09 37 000 ACI and 5 000 EI for mobilisation, 58 000 training; 62-03 70 000 + 30 000;
# 36-01 9 000 + 1 000, whose operations are not known.
EXPECTED_MIX = {
    ("survey_funding_mix", "total"): (5, D("2012000"), D("2012000"), D("2012000"), D("1.000000")),
    ("survey_funding_mix", "funder/fse"): (5, D("1020000.005"), D("2000000"), D("2012000"), D("0.510000")),
    ("survey_funding_mix", "funder/commune_epci"): (5, D("380000"), D("2000000"), D("2012000"), D("0.190000")),
    ("survey_funding_mix", "funder/autre_prive"): (5, D("99999.995"), D("2000000"), D("2012000"), D("0.050000")),
    ("survey_funding_mix", "funder_group/collectivites"): (5, D("570000"), D("2000000"), D("2012000"), D("0.285000")),
    ("survey_funding_mix", "funder_group/autres"): (5, D("159999.995"), D("2000000"), D("2012000"), D("0.080000")),
    ("survey_allocation_mix", "total"): (3, D("210000"), D("210000"), D("210000"), D("1.000000")),
    ("survey_allocation_mix", "operator_type/aci"): (3, D("37000"), D("209000"), D("210000"), D("0.177033")),
    ("survey_allocation_mix", "operator_type/etti"): (3, D("0"), D("209000"), D("210000"), D("0.000000")),
    ("survey_allocation_mix", "operator_group/iae"): (3, D("42000"), D("209000"), D("210000"), D("0.200957")),
    ("survey_allocation_mix", "operation_type/mobilisation"): (
        2, D("42000"), D("200000"), D("210000"), D("0.210000"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("mart", "value"), EXPECTED_MIX)
def test_amounts_are_pooled(mart: str, value: str, warehouse: duckdb.DuckDBPyConnection) -> None:
    found = warehouse.execute(
        f"select responding_plie, amount_eur, amount_known_eur, amount_total_eur, share_of_amount from marts.{mart}"
        " where reporting_year = 2021 and territory_kind = 'national'"
        " and case cut when 'total' then cut else cut || '/' || cut_value end = ?",
        [value],
    ).fetchall()
    assert found == [EXPECTED_MIX[mart, value]]


# Team of 2021: who answered, persons, who gave them, per PLIE, ETP, who gave them, per PLIE, who said who employs it:
# of external referents 59-09, 62-03 (which gives no number) and 59-99; the word of 13-05 is no code. Of others nobody.
EXPECTED_TEAMS = {
    "interne": (3, 17, 3, D("5.6667"), D("14.45"), 2, D("7.2250"), N),
    "referent_interne": (2, 3, 1, D("3.0000"), D("1.5"), 1, D("1.5000"), N),
    "referent_externe": (3, 17, 2, D("8.5000"), D("17"), 3, D("5.6667"), 3),
}


@pytest.mark.parametrize("team", EXPECTED_TEAMS)
def test_teams_are_averaged_over_who_answered(team: str, warehouse: duckdb.DuckDBPyConnection) -> None:
    found = warehouse.execute(
        "select responding_plie, headcount, headcount_responding_plie, headcount_per_plie, etp, etp_responding_plie,"
        " etp_per_plie, employer_responding_plie from marts.survey_team_size"
        " where reporting_year = 2021 and territory_kind = 'national' and team = ?",
        [team],
    ).fetchall()
    assert found == [EXPECTED_TEAMS[team]]


def test_of_a_year_in_which_nobody_said_it_the_employers_are_unknown(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = warehouse.execute(
        "select territory_kind, team, employer_responding_plie from marts.survey_team_size"
        " where reporting_year = 2020 and employer_responding_plie is not null"
    ).fetchall()
    assert found == []


def test_partner_companies(warehouse: duckdb.DuckDBPyConnection) -> None:
    """150 + 200 + 0 + 164 over four are 128.5, which shows as 129 (D55); one of them is in no region."""
    found = warehouse.execute(
        "select responding_plie, partner_companies, partner_companies_per_plie from marts.survey_partners"
        " where reporting_year = 2021 and territory_kind in ('national', 'region') order by territory_code desc"
    ).fetchall()
    assert found == [(4, 514, D("128.5000")), (2, 350, D("175.0000")), (1, 0, D("0.0000"))]
    assert number(found[0][2]) == "129"


@pytest.mark.parametrize(
    ("code", "cut", "value", "figures"),
    [
        ("plie_participation_rate", "total", "total", (D(12), D(126), D("0.095238"), N)),
        ("mde_coverage_rate", "total", "total", (D(4), D(7), D("0.571429"), N)),
        ("members_net_change", "membership", "pleine", (D(-1), N, D(-1), N)),
        ("members_growth", "total", "total", (D(2), D(7), D("0.285714"), N)),
        ("employer_members", "membership", "pleine", (D(2), N, D(2), N)),
        ("board_seats", "total", "total", (D(7), N, D(7), N)),
        ("bureau_seats", "membership_type", "inconnu/inconnu", (D(1), N, D(1), N)),
        ("team_employer_responding_plie", "team", "referent_externe", (D(3), N, D(3), N)),
        ("funding_share", "funder", "etat", (D(250000), D(2000000), D("0.125"), D("0.994036"))),
        ("allocation_responding_plie", "operation_type", "mobilisation", (D(2), N, D(2), N)),
        ("team_etp_per_plie", "team", "interne", (D("14.45"), D(2), D("7.225"), D("0.666667"))),
        ("partner_companies_per_plie", "total", "total", (D(514), D(4), D("128.5"), N)),
    ],
)
def test_the_long_table_says_the_same(
    code: str, cut: str, value: str, figures: tuple, warehouse: duckdb.DuckDBPyConnection
) -> None:
    found = warehouse.execute(
        "select numerator, denominator, value, coverage, method_version from marts.indicators"
        " where reporting_year = 2021 and territory_kind = 'national'"
        " and indicator_code = ? and cut = ? and cut_value = ?",
        [code, cut, value],
    ).fetchall()
    of_the_survey = ("funding_", "allocation_", "team_", "partner_")
    version = "survey-1" if code.startswith(of_the_survey) else "network-1"
    assert found == [(*figures, version)]
