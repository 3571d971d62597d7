"""The pandas recomputation of the rules of the social clause, on tiny hand-made frames, on both sides of each boundary.

No warehouse is read. Code lists and parameters are the reference seeds themselves, so that a test states a rule
and not a copy of a list.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pandas as pd
import pytest
from hand_made import REFERENCE, cases, of, only_row, reasons, refused, same_text, staged_frame, with_parameter

from plie_warehouse.validation import checks, indicators, recomputed_clause, tables, tools

CASES = cases("clause")
# Two structures of one department, one of another region, one that the register does not know.
LILLE, ROUBAIX, LYON, STRANGER = "CL-59-01", "CL-59-02", "CL-69-01", "CL-00-00"
REGISTER = {LILLE: "59", ROUBAIX: "59", LYON: "69"}
REGION_OF_LILLE = "32"

BUYER, OTHER_BUYER = "21590350100017", "21590512600016"

PLAIN: dict[str, dict[str, Any]] = {
    "procurements": {"buyer_id": BUYER, "procurement_id": "M1", "lot_no": "1"},
    "beneficiaries": {"beneficiary_id": "P1", "eligibility_validated_on": "2020-12-15"},
    "work_contracts": {"work_contract_id": "C1", "beneficiary_id": "P1", "start_date": "2021-01-01"},
    "hours": {
        "work_contract_id": "C1",
        "buyer_id": BUYER,
        "procurement_id": "M1",
        "lot_no": "1",
        "month": "2021-03-01",
        "hours": "10.00",
        "proof": "bulletin_paie",
    },
    "procurement_companies": {"buyer_id": BUYER, "procurement_id": "M1", "lot_no": "1", "company_id": "E1"},
    "clause_structures": {"delivery_year": 2021},
    "facilitators": {},
}

KINDS = {table: "network" if table in recomputed_clause.NETWORK_DELIVERY else "clause" for table in PLAIN}


def staged(table: str, rows: list[dict]) -> pd.DataFrame:
    """Staged rows: what is not given is a plain delivery of one structure for 2021."""
    full = []
    for number, row in enumerate(rows):
        made = {"reporting_year": 2021, "structure_code": LILLE, "source_file": f"{table}.csv", **PLAIN[table], **row}
        hashed = {"source_row": number + 2, "record_hash": f"{table}-{number}", "supplier_code": made["structure_code"]}
        full.append({**hashed, **made})
    return staged_frame(table, full)


def run(
    hours: list[dict], reference: dict[str, pd.DataFrame] = REFERENCE, **tables: list[dict]
) -> recomputed_clause.Rows:
    """What the rules say of a few hours rows; a table that is not given has its one plain row."""
    given = {
        "procurements": [{}],
        "beneficiaries": [{}],
        "work_contracts": [{}],
        "hours": hours,
        "procurement_companies": [],
        "clause_structures": [
            {"structure_code": code, "department_code": department} for code, department in REGISTER.items()
        ],
        "facilitators": [],
        **tables,
    }
    frames = {table: staged(table, rows) for table, rows in given.items()}
    of_clause = {table: frames[table] for table in recomputed_clause.TABLE_KEYS}
    registers = recomputed_clause.judge_registers(frames, reference)
    rows = recomputed_clause.judge_rows(of_clause, registers, reference)
    return replace(
        rows,
        exclusions=pd.concat([rows.exclusions, registers.exclusions], ignore_index=True),
        accounting=pd.concat([rows.accounting, registers.accounting], ignore_index=True),
    )


def of_each(rows: list[dict]) -> dict[str, list[dict]]:
    """Rows, one a structure, as its lots, its contracts and its persons too."""
    return dict.fromkeys(("procurements", "work_contracts", "beneficiaries"), rows)


def first_reasons(*cases: dict[str, dict], reference: dict[str, pd.DataFrame] = REFERENCE) -> list[str | None]:
    """The reason of each case: one hours row with a contract, a person and a lot of its own.

    A case gives what is not plain of ``hours``, ``contract``, ``person`` and ``lot``.
    """
    rows: dict[str, list[dict]] = {"hours": [], "contract": [], "person": [], "lot": []}
    for number, case in enumerate(cases):
        own = {
            "hours": {"work_contract_id": f"C{number}", "lot_no": f"L{number}"},
            "contract": {"work_contract_id": f"C{number}", "beneficiary_id": f"P{number}"},
            "person": {"beneficiary_id": f"P{number}"},
            "lot": {"lot_no": f"L{number}"},
        }
        for part, plain in own.items():
            rows[part].append({**plain, **case.get(part, {})})
    tables = {"work_contracts": rows["contract"], "beneficiaries": rows["person"], "procurements": rows["lot"]}
    result = run(rows["hours"], reference, **tables)
    found = reasons(result, "hours")
    return [found.get(number) for number in range(len(cases))]


def figures(
    result: recomputed_clause.Rows, table: str, kind: str = "national", code: str = "FR", **cut: str
) -> dict[str, Any]:
    """The one row of 2021 of an aggregate; ``clause_hours_etp`` in total where no cut is given."""
    if table == "clause_hours_etp" and not cut:
        cut = {"cut": "total", "cut_value": "total"}
    rows = recomputed_clause.aggregate(table, result, REFERENCE)
    return only_row(rows, territory_kind=kind, territory_code=code, reporting_year=2021, **cut)


# ------------------------------------------------------------------------------------------- tools


@pytest.mark.parametrize(
    ("numerator", "denominator", "decimals", "factor", "expected"),
    [
        (5_960_000, 160_000, 4, 1, "37.2500"),
        # 0.08 h = 0.00005 ETP, a tie; a hundredth less is under it.
        (8, 160_000, 4, 1, "0.0001"),
        (7, 160_000, 4, 1, "0.0000"),
        (2_512_468_400, 160_000, 4, 1, "15702.9275"),
        # 1 / 2.5 full-time facilitators, and a tie: 1 / 32 = 0.03125.
        (1, 2_500_000, 4, 10**6, "0.4000"),
        (1, 32_000_000, 4, 10**6, "0.0313"),
        (10**15, 3, 6, 10**6, "333333333333333333333.333333"),
        (1, 0, 4, 1, None),
        (1, None, 4, 1, None),
        (None, 1, 4, 1, None),
        # Rates.
        (1, 3, 6, 1, "0.333333"),
        (2, 3, 6, 1, "0.666667"),
        (1, 2_000_000, 6, 1, "0.000001"),
        (3, 2_000_000, 6, 1, "0.000002"),
        (499_999, 1_000_000_000_000, 6, 1, "0.000000"),
        (500_000, 1_000_000_000_000, 6, 1, "0.000001"),
        (4, 3, 6, 1, "1.333333"),
        (0, 7, 6, 1, "0.000000"),
        (0, 0, 6, 1, None),
        (None, 5, 6, 1, None),
        (5, None, 6, 1, None),
    ],
)
def test_quotients_are_exact_and_rounded_half_up(
    numerator: int | None, denominator: int | None, decimals: int, factor: int, expected: str | None
) -> None:
    top, bottom = (pd.Series([value], dtype=object) for value in (numerator, denominator))
    assert same_text(tools.quotient_text(top, bottom, decimals, factor)[0], expected)


def test_hours_stay_whole_numbers_of_hundredths() -> None:
    delivered = pd.Series(["151.67", "0.10", "-3.05", "7", None, Decimal("220.01")], dtype=object)
    cents = tools.scaled(delivered, 2)
    assert cents.tolist()[:4] == [15167, 10, -305, 700]
    assert cents.isna().tolist() == [False, False, False, False, True, False]
    assert cents[5] == 22001
    assert tools.number_text(cents, 2).tolist() == ["151.67", "0.10", "-3.05", "7.00", None, "220.01"]
    with pytest.raises(ValueError, match=r"0\.001"):
        tools.scaled(pd.Series(["0.001"]), 2)


def test_parameters_may_have_decimals_where_they_are_hours() -> None:
    asked = [2021], recomputed_clause.PARAMETERS, recomputed_clause.HOURS_PARAMETERS
    values = tools.parameters_of_years(REFERENCE["parameters"], *asked)[2021]
    assert values["hours_per_etp"] == Decimal(1600)
    assert values["full_time_monthly_hours"] == Decimal("151.67")
    with pytest.raises(ValueError, match="clause_eligibility_months"):
        tools.parameters_of_years(with_parameter("clause_eligibility_months", "24.5")["parameters"], *asked)


@pytest.mark.parametrize("name", recomputed_clause.PARAMETERS)
def test_a_year_needs_every_parameter_of_the_clause(name: str) -> None:
    without = with_parameter(name, None)
    result = run([{}], without, facilitators=[{}], procurement_companies=[{}])
    for table in (*recomputed_clause.TABLE_KEYS, "facilitators"):
        assert reasons(result, table) == {0: "annee_non_prise_en_charge"}
    assert reasons(result, "clause_structures") == {}
    assert recomputed_clause.aggregate("clause_hours_etp", result, without).empty


# ---------------------------------------------------------------------------------------- the door


def test_two_rows_with_one_key_refuse_the_four_tables_of_the_structure_and_year() -> None:
    other = {"structure_code": ROUBAIX}
    result = run(
        [{}, other],
        procurements=[{}, {"nature": "travaux"}, other],
        work_contracts=[{}, other],
        beneficiaries=[{}, other, {"reporting_year": 2020}],
    )
    assert reasons(result, "procurements") == {0: "livraison_refusee", 1: "livraison_refusee"}
    for table in ("hours", "work_contracts", "beneficiaries"):
        assert reasons(result, table) == {0: "livraison_refusee"}
    assert set(result.counting["structure_code"]) == {ROUBAIX}


def test_identical_rows_keep_the_first_line_and_their_hours_are_delivered() -> None:
    twice = [{"record_hash": "same", "source_row": 9}, {"record_hash": "same", "source_row": 3}]
    result = run(twice)
    assert reasons(result, "hours") == {7: "doublon"}
    row = figures(result, "clause_hours_etp")
    assert of(row, "hours_delivered", "hours_counted", "hours_excluded") == ("20.00", "10.00", "10.00")


def test_a_register_has_a_door_of_its_own() -> None:
    result = run(
        [{}],
        clause_structures=[
            {"department_code": "59"},
            {"department_code": "62"},
            {"structure_code": LYON, "department_code": "69"},
            {"structure_code": LYON, "department_code": "69", "delivery_year": 2020},
        ],
        facilitators=[
            {"fte": "1.000000"},
            {"structure_code": LYON, "record_hash": "same"},
            {"structure_code": LYON, "record_hash": "same"},
        ],
    )
    assert reasons(result, "clause_structures") == dict.fromkeys(range(3), "livraison_refusee")
    assert reasons(result, "facilitators") == {2: "doublon"}
    assert reasons(result, "hours") == {}, "the hours of a structure that the register does not know count"
    assert list(result.registers.register["structure_code"]) == [LYON]


def test_the_latest_register_that_names_a_structure_decides() -> None:
    result = run(
        [{}],
        clause_structures=[
            {"department_code": "62", "delivery_year": 2022},
            {"department_code": "59", "delivery_year": 2021},
            {"structure_code": LYON, "department_code": "69", "delivery_year": 2020},
        ],
    )
    assert dict(
        zip(result.registers.register["structure_code"], result.registers.register["department_code"], strict=True)
    ) == {
        LILLE: "62",
        LYON: "69",
    }


# ------------------------------------------------------------------------------------ D43, then D41


@pytest.mark.parametrize(
    ("hours", "reason"),
    [
        (["220.00"], None),
        (["220.01"], "heures_invraisemblables"),
        (["0.01"], None),
        (["0.00"], "heures_invraisemblables"),
        (["-1.00"], "heures_invraisemblables"),
        (["100.00", "120.00"], None),
        (["100.00", "120.01"], "heures_invraisemblables"),
    ],
)
def test_d43_hours_of_a_month_over_all_lots(hours: list[str], reason: str | None) -> None:
    lots = [{"lot_no": str(number)} for number in range(len(hours))]
    rows = [{**lot, "hours": value} for lot, value in zip(lots, hours, strict=True)]
    result = run(rows, procurements=lots)
    assert reasons(result, "hours") == ({} if reason is None else dict.fromkeys(range(len(rows)), reason))


def test_d43_is_by_contract_month_and_structure() -> None:
    result = run(
        [
            {"hours": "150.00"},
            {"hours": "150.00", "month": "2021-04-01"},
            {"hours": "150.00", "work_contract_id": "C2"},
            {"hours": "150.00", "structure_code": ROUBAIX},
        ],
        work_contracts=[{}, {"work_contract_id": "C2"}, {"structure_code": ROUBAIX}],
        beneficiaries=[{}, {"structure_code": ROUBAIX}],
        procurements=[{}, {"structure_code": ROUBAIX}],
    )
    assert reasons(result, "hours") == {}


def test_d43_a_correction_makes_no_room_and_a_row_that_is_not_admitted_no_excess() -> None:
    """221 h and a correction of -1 h: all excluded. 200 h and an unusable row of 100 h: the 200 h count."""
    lots = [{"lot_no": number} for number in "12"]
    result = run([{"hours": "221.00"}, {"hours": "-1.00", "lot_no": "2"}], procurements=lots)
    assert reasons(result, "hours") == dict.fromkeys(range(2), "heures_invraisemblables")
    result = run([{"hours": "200.00"}, {"hours": "100.00", "lot_no": None, "defect": "valeur_obligatoire_absente"}])
    assert reasons(result, "hours") == {1: "valeur_obligatoire_absente"}


def test_d41_the_month_is_in_the_year() -> None:
    contract = {"start_date": "2020-12-15", "end_date": "2022-01-31"}
    months = {"2021-01-01": None, "2021-12-01": None, "2020-12-01": "hors_annee", "2022-01-01": "hors_annee"}
    cases = [{"hours": {"month": month}, "contract": contract} for month in months]
    assert first_reasons(*cases) == list(months.values())


ORPHANS = CASES["d41_exists"]


def test_d41_contract_lot_and_beneficiary_exist() -> None:
    assert first_reasons(*(case for case, _ in ORPHANS)) == [reason for _, reason in ORPHANS]


CONTRACTS = {tuple(given): reason for given, reason in CASES["d41_contract"]}


def test_d41_a_day_of_the_contract_is_in_the_month() -> None:
    cases = [{"contract": {"start_date": start, "end_date": end}} for start, end in CONTRACTS]
    assert first_reasons(*cases) == list(CONTRACTS.values())


ELIGIBILITIES = {tuple(given): reason for given, reason in CASES["d41_eligibility"]}


def test_d41_eligibility() -> None:
    cases = [
        {
            "hours": {"month": month},
            "contract": {"start_date": start},
            "person": {"eligibility_validated_on": eligible},
        }
        for month, start, eligible in ELIGIBILITIES
    ]
    assert first_reasons(*cases) == list(ELIGIBILITIES.values())


def test_d41_months_of_eligibility_are_clamped() -> None:
    """29/02/2020 + 12 months = 28/02/2021, so that March is out and February in."""
    plain = {"person": {"eligibility_validated_on": "2020-02-29"}, "contract": {"start_date": "2020-03-01"}}
    cases = [{**plain, "hours": {"month": month}} for month in ("2021-02-01", "2021-03-01")]
    assert first_reasons(*cases, reference=with_parameter("clause_eligibility_months", "12")) == [
        None,
        "eligibilite_expiree",
    ]


def test_d41_a_proof_is_present() -> None:
    cases = [{"hours": {"proof": proof}} for proof in ("attestation", None)]
    assert first_reasons(*cases) == [None, "sans_justificatif"]


FAULTS = CASES["d41_first_reason"]


def test_d41_the_first_failing_reason_is_recorded() -> None:
    """Each case has two neighbouring faults; late and expired are two dates of one day, and tested below."""
    cases = []
    for (_, first), (_, second) in pairwise(FAULTS):
        parts = {part: {**second.get(part, {}), **first.get(part, {})} for part in {*first, *second}}
        cases.append(parts)
    assert first_reasons(*cases) == [reason for reason, _ in FAULTS[:-1]]


def test_d41_absent_late_and_expired_eligibility_among_their_neighbours() -> None:
    """The last one: validated on 02/01/2019 for a contract of the day before, and over since January 2021."""
    absent = {"eligibility_validated_on": None}
    cases = [
        {"person": absent, "hours": {"proof": None}},
        {"person": absent, "contract": {"end_date": "2021-02-28"}},
        {"person": {"eligibility_validated_on": "2019-01-02"}, "contract": {"start_date": "2019-01-01"}},
    ]
    assert first_reasons(*cases) == ["eligibilite_absente", "hors_contrat", "eligibilite_tardive"]


def test_d43_excludes_before_the_other_rows_are_looked_at() -> None:
    """230 h in one month over two lots, one of which nobody delivered: both rows are implausible."""
    result = run([{"hours": "115.00"}, {"hours": "115.00", "lot_no": "9"}])
    assert reasons(result, "hours") == dict.fromkeys(range(2), "heures_invraisemblables")


# ----------------------------------------------------------------------------------- D42: nothing lost


def test_d42_delivered_hours_are_counted_or_excluded() -> None:
    result = run(
        [
            {"hours": "10.01"},
            {"hours": "-5.50", "month": "2021-04-01"},
            {"hours": "7.25", "month": "2022-01-01"},
            {"hours": "3.00", "month": None, "defect": "valeur_illisible"},
            {"hours": None, "month": "2021-06-01", "defect": "valeur_illisible"},
            {"hours": "1.00", "structure_code": None, "supplier_code": None, "defect": "valeur_obligatoire_absente"},
            {"hours": "2.00", "reporting_year": 1821},
        ]
    )
    accounting = recomputed_clause.accounting_text(result.hours_accounting)
    found = {
        (year, supplier, outcome): (rows, hours)
        for year, supplier, outcome, rows, hours in accounting[
            ["reporting_year", "supplier_code", "outcome_code", "row_count", "hours"]
        ].itertuples(index=False, name=None)
    }
    assert found == {
        (2021, LILLE, "comptees"): (1, "10.01"),
        (2021, LILLE, "heures_invraisemblables"): (1, "-5.50"),
        (2021, LILLE, "hors_annee"): (1, "7.25"),
        (2021, LILLE, "valeur_illisible"): (2, "3.00"),
        (2021, "inconnu", "valeur_obligatoire_absente"): (1, "1.00"),
        (1821, LILLE, "annee_non_prise_en_charge"): (1, "2.00"),
    }
    row = figures(result, "clause_hours_etp")
    assert of(row, "hours_delivered", "hours_counted", "hours_excluded") == ("14.76", "10.01", "4.75")
    kept = result.accounting.set_index("source_table").loc["hours"]
    assert kept["rows_kept"].sum() == 1 and kept["rows_delivered"].sum() == 7


def test_d42_every_cut_adds_up_to_the_territory() -> None:
    result = run(
        [
            {"hours": "10.00"},
            {"hours": "20.50", "lot_no": "2"},
            {"hours": "30.25", "work_contract_id": "C2"},
            {"hours": "5.00", "lot_no": "9"},
        ],
        procurements=[
            {"buyer_type": "bailleur", "nature": "travaux", "awardee_type": "entreprise"},
            {"lot_no": "2", "nature": "services", "awardee_type": "ei"},
        ],
        work_contracts=[{"employer_type": "etti"}, {"work_contract_id": "C2"}],
    )
    rows = recomputed_clause.aggregate("clause_hours_etp", result, REFERENCE)
    rows = rows[rows["territory_kind"] == "national"]
    values = recomputed_clause.cut_values(REFERENCE)
    assert len(rows) == len(values) and set(rows["cut"]) == set(recomputed_clause.CUTS)
    for measure, total in (("hours_delivered", "65.75"), ("hours_counted", "60.75"), ("hours_excluded", "5.00")):
        for _, of_cut in rows.groupby("cut"):
            assert tools.scaled(of_cut[measure], 2).sum() == tools.scaled(pd.Series([total]), 2)[0]
    assert set(rows["hours_counted_total"]) == {"60.75"}
    shown = rows.set_index(["cut", "cut_value"])
    assert shown.loc[("nature", "travaux"), "hours_counted"] == "40.25"
    assert shown.loc[("nature", "inconnu"), "hours_delivered"] == "5.00", "a lot that is not known"
    assert shown.loc[("buyer_type", "inconnu"), "hours_counted"] == "20.50", "a code that is not known"
    assert shown.loc[("employer_type", "etti"), "hours_counted"] == "30.50"
    assert shown.loc[("employer_type", "etti"), "share_of_etp"] == "0.502058"
    assert shown.loc[("nature", "fournitures"), "hours_counted"] == "0.00"
    assert shown.loc[("nature", "fournitures"), "share_of_etp"] == "0.000000"


# ----------------------------------------------------------------------------------------- D40: ETP


def many_hours(total: int) -> list[dict]:
    """Hours rows of 200 h each, one contract each, and a rest."""
    rows = [{"work_contract_id": f"C{n}", "hours": "200.00"} for n in range(total // 200)]
    return rows + ([{"work_contract_id": "REST", "hours": f"{total % 200}.00"}] if total % 200 else [])


def test_d40_59_600_hours_are_37_25_etp() -> None:
    rows = many_hours(59_600)
    result = run(rows, work_contracts=[{"work_contract_id": row["work_contract_id"]} for row in rows])
    row = figures(result, "clause_hours_etp")
    assert of(row, "hours_counted", "etp", "hours_per_etp") == ("59600.00", "37.2500", "1600.00")
    assert of(row, "beneficiaries", "work_contracts", "share_of_etp") == ("1", "298", "1.000000")
    assert Decimal(row["etp"]).quantize(Decimal(1), "ROUND_HALF_UP") == 37


@pytest.mark.parametrize(
    ("hours", "fte"), [("0.08", "0.0001"), ("0.07", "0.0000"), ("0.24", "0.0002"), ("8.00", "0.0050")]
)
def test_d40_etp_is_rounded_half_up_from_the_sum(hours: str, fte: str) -> None:
    assert figures(run([{"hours": hours}]), "clause_hours_etp")["etp"] == fte


def test_d40_etp_of_a_territory_is_not_a_sum_of_rounded_etp() -> None:
    """Twice 0.04 h: 0.00003 ETP rounds to 0 in each structure, 0.00005 to 0.0001 in the department."""
    both = [{}, {"structure_code": ROUBAIX}]
    result = run([{**row, "hours": "0.04"} for row in both], **of_each(both))
    assert figures(result, "clause_hours_etp", "structure", LILLE)["etp"] == "0.0000"
    assert figures(result, "clause_hours_etp", "departement", "59")["etp"] == "0.0001"


def test_d40_the_divisor_is_the_one_in_force() -> None:
    row = figures(run([{"hours": "160.70"}], with_parameter("hours_per_etp", "1607")), "clause_hours_etp")
    assert of(row, "hours_per_etp", "etp") == ("1607.00", "0.1000")


def test_d18_no_hours_no_share() -> None:
    row = figures(run([]), "clause_hours_etp")
    assert of(row, "hours_delivered", "hours_counted", "etp") == ("0.00", "0.00", "0.0000")
    assert row["share_of_etp"] is None and row["share_employer_iae"] is None
    profile = figures(run([]), "clause_beneficiary_profile", profile="femme")
    assert of(profile, "beneficiaries", "share_of_all", "share_of_known") == ("0", None, None)


# ------------------------------------------------------------------------ D44, D45: lots, buyers, employers


def shared_lot() -> recomputed_clause.Rows:
    """One lot followed by Lille, Roubaix and Lyon, another only by Lille, a third without counted hours."""
    structures = [{}, {"structure_code": ROUBAIX}, {"structure_code": LYON}]
    return run(
        [
            *[{**row, "hours": "100.00"} for row in structures],
            {"lot_no": "2"},
            {"procurement_id": "M2"},
            {"procurement_id": "M3", "buyer_id": OTHER_BUYER, "proof": None},
        ],
        procurements=[
            *structures,
            {"lot_no": "2"},
            {"procurement_id": "M2"},
            {"procurement_id": "M3", "buyer_id": OTHER_BUYER},
        ],
        work_contracts=[{**row, "employer_id": "E1"} for row in structures],
        beneficiaries=structures,
    )


def test_d44_a_shared_lot_is_one_lot_and_its_hours_are_summed() -> None:
    result = shared_lot()
    assert reasons(result, "hours") == {5: "sans_justificatif"}
    expected = {
        ("structure", LILLE): ("120.00", "2", "1"),
        ("structure", ROUBAIX): ("100.00", "1", "1"),
        ("departement", "59"): ("220.00", "2", "2"),
        ("region", REGION_OF_LILLE): ("220.00", "2", "2"),
        ("national", "FR"): ("320.00", "2", "3"),
    }
    for (kind, code), (hours, procurements, people) in expected.items():
        row = figures(result, "clause_hours_etp", kind, code)
        assert of(row, "hours_counted", "procurements", "beneficiaries") == (hours, procurements, people)
        assert of(row, "buyers", "employers", "work_contracts") == ("1", "1", people)


def test_d44_one_number_with_two_buyers_is_two_procurements() -> None:
    lots = [{}, {"buyer_id": OTHER_BUYER}]
    row = figures(run(lots, procurements=lots), "clause_hours_etp")
    assert of(row, "procurements", "buyers", "employers") == ("2", "2", "0")


def test_d45_employers_and_awardees_are_two_shares() -> None:
    """Four lines of 10, 20, 30 and 40 h: an ETTI for a company, a GEIQ for an EI, a company for a neighbourhood
    management company, and nothing known.
    """
    kinds = [("etti", "entreprise"), ("geiq", "ei"), ("entreprise", "regie_quartier"), (None, None)]
    numbers = range(len(kinds))
    result = run(
        [{"lot_no": str(n), "work_contract_id": f"C{n}", "hours": f"{10 * (n + 1)}.00"} for n in numbers],
        procurements=[{"lot_no": str(n), "awardee_type": kinds[n][1]} for n in numbers],
        work_contracts=[{"work_contract_id": f"C{n}", "employer_type": kinds[n][0]} for n in numbers],
    )
    row = figures(result, "clause_hours_etp")
    assert [row[f"hours_employer_{part}"] for part in ("known", "iae", "iae_geiq_rq")] == ["60.00", "10.00", "30.00"]
    assert [row[f"hours_awardee_{part}"] for part in ("known", "iae", "iae_geiq_rq")] == ["60.00", "20.00", "50.00"]
    assert of(row, "share_employer_iae", "share_employer_iae_geiq_rq") == ("0.100000", "0.300000")
    assert of(row, "share_awardee_iae", "share_awardee_iae_geiq_rq") == ("0.200000", "0.500000")
    facts = result.counting[["is_iae_employer", "is_iae_geiq_rq_awardee"]]
    assert [same_text(a, b) for a, b in zip(facts["is_iae_employer"], [True, False, False, pd.NA], strict=True)]
    assert facts["is_iae_geiq_rq_awardee"].tolist()[:3] == [False, True, True]
    assert facts.iloc[3].isna().all()


# ------------------------------------------------------------------------------------- D46: facilitators


def test_d46_totals_are_divided_by_etp_and_not_by_headcount() -> None:
    """Lyon delivered nothing and Roubaix does not say its ETP: neither is in an average."""
    structures = [{}, {"structure_code": ROUBAIX}]
    result = run(
        [{**row, "hours": hours} for row, hours in zip(structures, ("160.01", "50.00"), strict=True)],
        **of_each(structures),
        facilitators=[
            {"headcount": 3, "fte": "1.500000"},
            {"structure_code": ROUBAIX, "headcount": 7, "fte": None},
            {"structure_code": LYON, "headcount": 9, "fte": "9.000000"},
        ],
    )
    row = figures(result, "clause_facilitator_activity")
    assert of(row, "structures", "structures_with_etp") == ("2", "1")
    assert of(row, "facilitators_headcount", "facilitators_etp") == ("3", "1.5000")
    assert of(row, "hours", "etp", "hours_per_etp") == ("160.01", "0.1000", "1600.00")
    assert of(row, "hours_per_facilitator_etp", "etp_per_facilitator_etp") == ("106.6733", "0.0667")
    assert row["facilitators_etp_hours"] == "2400.000000", "1.5 x 1 600"
    for total in ("buyers", "procurements", "beneficiaries", "work_contracts"):
        assert (row[total], row[f"{total}_per_facilitator_etp"]) == ("1", "0.6667")
    assert of(row, "employers", "employers_per_facilitator_etp") == ("0", "0.0000")
    alone = figures(result, "clause_facilitator_activity", "structure", ROUBAIX)
    assert of(alone, "structures", "structures_with_etp", "facilitators_etp") == ("1", "0", None)
    assert alone["hours_per_facilitator_etp"] is None
    rows = recomputed_clause.aggregate("clause_facilitator_activity", result, REFERENCE)
    assert LYON not in set(rows["territory_code"]), "a structure without delivery"


@pytest.mark.parametrize(
    ("hours", "fte", "hours_per_facilitator_etp", "etp_per_facilitator_etp"),
    [
        ("100.00", "0.000000", None, None),
        ("100.00", "1.000000", "100.0000", "0.0625"),
        # From the hours: 0.1 h / 1600 / 0.5 = 0.000125; the ETP shown, 0.0001, would give 0.0002.
        ("0.10", "0.500000", "0.2000", "0.0001"),
        # Ties: 0.01 h / 32 ETP = 0.0003125, 0.01 / 40 = 0.00025.
        ("0.01", "32.000000", "0.0003", "0.0000"),
        ("0.01", "40.000000", "0.0003", "0.0000"),
    ],
)
def test_d46_averages_are_rounded_half_up_on_the_exact_quotient(
    hours: str, fte: str, hours_per_facilitator_etp: str | None, etp_per_facilitator_etp: str | None
) -> None:
    result = run([{"hours": hours}], facilitators=[{"headcount": 1, "fte": fte}])
    row = figures(result, "clause_facilitator_activity")
    assert of(row, "hours_per_facilitator_etp", "etp_per_facilitator_etp") == (
        hours_per_facilitator_etp,
        etp_per_facilitator_etp,
    )


def test_d44_d46_a_shared_lot_is_one_in_the_averages_too() -> None:
    structures = [{}, {"structure_code": ROUBAIX}]
    result = run(
        structures,
        **of_each(structures),
        facilitators=[{**row, "fte": "0.500000", "headcount": 1} for row in structures],
    )
    row = figures(result, "clause_facilitator_activity", "departement", "59")
    assert of(row, "procurements", "procurements_per_facilitator_etp", "beneficiaries_per_facilitator_etp") == (
        "1",
        "1.0000",
        "2.0000",
    )


# ------------------------------------------------------------------------- D30 to D33, D47: beneficiaries


FLAG_CASES = CASES["d30_flags"]


def test_d30_to_d32_flags_are_of_the_year_of_the_validated_eligibility() -> None:
    """Validated on 15/12/2020: the age is that of 2020."""
    people = [{**attributes, "beneficiary_id": f"P{n}"} for n, (attributes, *_) in enumerate(FLAG_CASES)]
    contracts = [{"work_contract_id": f"C{n}", "beneficiary_id": f"P{n}"} for n in range(len(people))]
    hours = [{"work_contract_id": f"C{n}"} for n in range(len(people))]
    facts = run(hours, work_contracts=contracts, beneficiaries=people).counting.to_dict("records")
    for (attributes, flag, expected), row in zip(FLAG_CASES, facts, strict=True):
        assert same_text(row[flag], pd.NA if expected is None else expected), attributes
    assert facts[0]["age_at_eligibility"] == 45


def test_d47_profiles_are_of_distinct_beneficiaries_with_counted_hours() -> None:
    """One pseudonym in two structures is two persons; one with excluded hours only is none."""
    people = [
        {"sex": "femme", "is_rsa": True},
        {"sex": "femme", "is_rsa": False, "structure_code": ROUBAIX},
        {"beneficiary_id": "P2"},
        {"beneficiary_id": "P3", "sex": "femme"},
    ]
    result = run(
        [
            {},
            {"month": "2021-04-01"},
            {"structure_code": ROUBAIX},
            {"work_contract_id": "C2"},
            {"work_contract_id": "C3", "proof": None},
        ],
        procurements=[{}, {"structure_code": ROUBAIX}],
        work_contracts=[
            {},
            {"structure_code": ROUBAIX},
            {"work_contract_id": "C2", "beneficiary_id": "P2"},
            {"work_contract_id": "C3", "beneficiary_id": "P3"},
        ],
        beneficiaries=people,
    )
    women = figures(result, "clause_beneficiary_profile", profile="femme")
    counts = ("beneficiaries_with", "beneficiaries_known", "beneficiaries_unknown", "beneficiaries")
    assert [women[count] for count in counts] == ["2", "2", "1", "3"]
    assert of(women, "share_of_all", "share_of_known") == ("0.666667", "1.000000")
    rsa = figures(result, "clause_beneficiary_profile", "structure", LILLE, profile="rsa")
    assert [rsa[count] for count in counts] == ["1", "1", "1", "2"]


# ------------------------------------------------------------------------------------- territories


def test_a_structure_that_the_register_does_not_know_counts_at_national_level_only() -> None:
    both = [{}, {"structure_code": STRANGER}]
    result = run(both, **of_each(both))
    rows = recomputed_clause.aggregate("clause_hours_etp", result, REFERENCE)
    total = rows[rows["cut"] == "total"]
    found = dict(
        zip(zip(total["territory_kind"], total["territory_code"], strict=True), total["hours_counted"], strict=True)
    )
    assert found == {
        ("structure", LILLE): "10.00",
        ("departement", "59"): "10.00",
        ("region", REGION_OF_LILLE): "10.00",
        ("national", "FR"): "20.00",
    }
    structures = recomputed_clause.dimension(result.structures, result.registers, REFERENCE["departments"]).set_index(
        "structure_code"
    )
    assert structures["is_registered"].to_dict() == {LILLE: "true", ROUBAIX: "true", LYON: "true", STRANGER: "false"}
    assert structures.loc[LILLE, "region_code"] == REGION_OF_LILLE


def test_a_structure_has_rows_when_it_delivered_anything_that_counts_for_something() -> None:
    """Roubaix delivered one contract; Lyon's delivery is refused, and shows the hours that it lost."""
    lyon = {"structure_code": LYON}
    result = run(
        [{}, {**lyon, "hours": "12.00"}, {**lyon, "hours": "13.00"}], work_contracts=[{}, {"structure_code": ROUBAIX}]
    )
    rows = recomputed_clause.aggregate("clause_hours_etp", result, REFERENCE)
    rows = rows[(rows["territory_kind"] == "structure") & (rows["cut"] == "total")]
    hours = rows[["hours_delivered", "hours_counted"]].itertuples(index=False, name=None)
    assert dict(zip(rows["territory_code"], hours, strict=True)) == {
        LILLE: ("10.00", "10.00"),
        ROUBAIX: ("0.00", "0.00"),
        LYON: ("25.00", "0.00"),
    }


# -------------------------------------------------------------------------------------- indicators


def test_indicators_of_hours_carry_six_decimals_and_an_exact_coverage() -> None:
    result = run(
        [{"hours": "10.50"}, {"hours": "21.00", "work_contract_id": "C2"}],
        work_contracts=[{"employer_type": "aci"}, {"work_contract_id": "C2"}],
    )
    rows = {table: recomputed_clause.aggregate(table, result, REFERENCE) for table in recomputed_clause.TABLE_RULES}
    names = (
        "indicator_code",
        "measure",
        "unit",
        "numerator",
        "denominator",
        "coverage_numerator",
        "coverage_denominator",
    )
    share = ("hours_employer_iae", "hours_counted", "hours_employer_known", "hours_counted")
    definitions = pd.DataFrame(
        [
            ("etp", "etp", "ETP", "hours_counted", "hours_per_etp", None, None),
            ("share", "share_employer_iae", "taux", *share),
        ],
        columns=names,
    ).assign(mart="clause_hours_etp", cut="total", method_version="clause-1", rule_id="D40")
    long = indicators.indicators(rows, definitions, recomputed_clause.TABLE_RULES)
    long = long[long["territory_kind"] == "structure"].set_index("indicator_code")
    figure = ["numerator", "denominator", "value", "coverage"]
    assert long.loc["etp", figure].tolist()[:3] == ["31.500000", "1600.000000", "0.019700"]
    assert long.loc["etp", "coverage"] is None
    assert long.loc["share", figure].tolist() == ["10.500000", "31.500000", "0.333333", "0.333333"]


@pytest.mark.parametrize(("mart", "measure"), [("clause_hours_etp", "hours_by_night"), ("clause_nights", "etp")])
def test_a_measure_without_second_implementation_is_named(mart: str, measure: str) -> None:
    rows = {"clause_hours_etp": pd.DataFrame(columns=["cut", "cut_value", "etp"])}
    definitions = pd.DataFrame([{"mart": mart, "cut": "total", "measure": measure, "numerator": measure}])
    definitions = definitions.assign(denominator=None, coverage_numerator=None, coverage_denominator=None)
    said = f"the measure {measure} of {mart} has no second .* scripts/plie_warehouse/validation/recomputed_clause.py"
    with pytest.raises(indicators.MissingRuleError, match=said):
        indicators.indicators(rows, definitions, recomputed_clause.TABLE_RULES)


# -------------------------------------------------------------------------------------- comparison


FACTS = "fct_clause_hours"


def test_a_wrong_reason_is_named_by_its_rule_and_nobody_by_name() -> None:
    reasons_of_hours = {"heures_invraisemblables": "D43", "sans_justificatif": "D41"}
    person = {"beneficiary_id": "SECRET-PERSON"}
    contracts = [{**person, "work_contract_id": f"SECRET-{n}", "employer_id": "SECRET-EMPLOYER"} for n in range(3)]
    hours = [{"work_contract_id": f"SECRET-{n}"} for n in range(3)]
    hours[0]["hours"], hours[1]["proof"] = "230.00", None
    facts = run(hours, work_contracts=contracts, beneficiaries=[person]).facts[FACTS]
    rules = recomputed_clause.FACT_RULES[FACTS]
    assert not refused(checks.compared_fact("clause", FACTS, rules, facts, facts, reasons_of_hours))
    found = facts.copy()
    found["is_counted"], found["exclusion_reason"] = True, None
    found.loc[2, "hours"], found.loc[2, "employer_id"] = "10.01", "SECRET-OTHER"
    compared = checks.compared_fact("clause", FACTS, rules, facts, found, reasons_of_hours)
    seen = refused(compared)
    assert sorted((one["rule_id"], one["measure"], one["territory_kind"]) for one in seen) == [
        ("D40", "hours", "structure"),
        ("D41", "exclusion_reason", "structure"),
        ("D41", "is_counted", "structure"),
        ("D43", "exclusion_reason", "structure"),
        ("D43", "is_counted", "structure"),
        ("D45", "employer_id", "structure"),
    ]
    assert "SECRET" not in compared.frame.to_string() + str(seen)
    assert "hours.csv:4" in str(seen)


def test_a_parameter_may_be_shown_with_any_decimals() -> None:
    divisor = recomputed_clause.TABLE_RULES["clause_hours_etp"].measures["hours_per_etp"]
    rules = tables.TableRules((), "D40", {"hours_per_etp": divisor}, "structure")
    key = {"reporting_year": "2021", "territory_kind": "national", "territory_code": "FR"}

    def shown(value: str) -> pd.DataFrame:
        return pd.DataFrame([{**key, "hours_per_etp": value}], dtype=object)

    def differing(value: str) -> list:
        return refused(checks.compared_table("clause", "t", rules, shown("1600.00"), shown(value)))

    for value in ("1600", "1600.00", "1600.000000"):
        assert not differing(value)
    for value in ("1607.00", "160", "16"):
        assert len(differing(value)) == 1


def test_hours_by_outcome_are_compared_to_the_hundredth() -> None:
    expected = recomputed_clause.accounting_text(run([{}, {"month": "2022-01-01"}]).hours_accounting)

    def differing(found: pd.DataFrame) -> list[tuple]:
        seen = refused(checks.compared_suppliers("quality", "clause_hours_accounting", expected, found))
        return [(one["rule_id"], one["measure"], one["cut"]) for one in seen]

    assert not differing(expected)
    assert differing(expected.assign(hours=["10.00", "10.01"])) == [("D42", "hours", "outcome_code=hors_annee")]


def test_exclusions_of_both_kinds_name_the_kind_of_their_supplier() -> None:
    result = run([{"month": "2022-01-01"}])
    kinds = dict.fromkeys(recomputed_clause.TABLE_KEYS, "structure")
    seen = refused(checks.compared_exclusions(result.exclusions, result.exclusions.iloc[:0], kinds, ["D41"]))
    assert {(one["territory_kind"], one["rule_id"], one["measure"]) for one in seen} == {("structure", "D41", "row")}


# ------------------------------------------------------------------------------- D44, D45: lots


def test_hours_of_lots_by_companies_and_programme() -> None:
    """Of lots whose companies are known, those with one of the IAE in the role; of a programme all are the base."""
    numbers = ("1", "2", "3", "4")
    lots = [{"lot_no": number, "programme": "anru" if number == "1" else None} for number in numbers]
    hours = [{"lot_no": number, "hours": f"{10 * int(number)}.00"} for number in numbers]
    companies = [
        {"lot_no": "1", "company_id": "A", "company_type": "geiq", "role": "attributaire"},
        {"lot_no": "1", "company_id": "B", "company_type": "ei", "role": "sous_traitant"},
        {"lot_no": "2", "company_id": "C", "company_type": "ei", "role": None},
        {"lot_no": "3", "company_id": "D", "company_type": None, "role": "attributaire"},
        {"lot_no": "9", "company_id": "E", "company_type": "ei", "role": "attributaire"},
    ]
    result = run(hours, procurements=lots, procurement_companies=companies)
    assert reasons(result, "procurement_companies") == {4: "orphelin"}
    expected = {
        ("company_role", "attributaire"): ("0.00", "30.00", "0.000000"),
        ("company_role", "sous_traitant"): ("10.00", "30.00", "0.333333"),
        ("company_role", "tout_role"): ("30.00", "30.00", "1.000000"),
        ("programme", "anru"): ("10.00", "100.00", "0.100000"),
        ("programme", "inconnu"): ("90.00", "100.00", "0.900000"),
    }
    found = recomputed_clause.aggregate("clause_lot_hours", result, REFERENCE)
    for (cut, value), said in expected.items():
        row = only_row(found, territory_kind="national", territory_code="FR", cut=cut, cut_value=value)
        assert of(row, "hours", "hours_known", "share_of_etp") == said, value
