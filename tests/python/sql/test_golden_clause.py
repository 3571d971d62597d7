"""The golden case of the clause: CL-36-01, counted by hand, against what the warehouse built.

The rows are in seeds/raw/clause; seeds/raw/README.md says what each shows. Nothing below is computed: each
expected figure was counted by hand from the table here, and the comments name what was counted. A figure that changes
here is a rule that changed.

Hours of 2021 that count (lot; contract, its person, the kind of its employer):
  L1 town, 2020-01/1, works, a company's     G-01 (1, ETTI) 120.50 + 100 = 220.50   G-03 (3, company) 90 + 45.50: 135.50
  L2 town, 2020-01/2, services, an EI's      G-04 (4, EI) 110                       G-12 (2, ETTI) 130
  L3 landlord, 2020-01/1, works, a GEIQ's    G-02 (2, GEIQ) 60 + 150 + 100.25 = 310.25
  L4 SEM, SEM-2021-07/1, works, a company's  G-01 (1, ETTI) 51.67 + 75.83 = 127.50  G-02 (2, GEIQ) 70
  L5 SEM, SEM-2021-07/2, services, an ACI's  G-05 (5, ACI) 60.20                    G-09 (8, régie) 88
  L6 town, 2021-09/1, supplies, unknown      G-07 (7, unknown) 25.25
  together: 356.00 + 240.00 + 310.25 + 197.50 + 148.20 + 25.25 = 1277.20
and that do not:
  L1  10 + 80 + 45.50 + 33.33 + 9 + 7.50 + 3 = 188.33     L2  20 + 0 - 7 + 14 + 16 = 43.00     L3  150 + 40 = 190.00
  L4  5 + 70.01 + 12 = 87.01                              L5  60.00, and a row that nobody can read
  on a lot that nobody delivered  8.00
  together: 188.33 + 43.00 + 190.00 + 87.01 + 60.00 + 8.00 = 576.34; with those that count, 1853.54 were delivered
Hours of 2020:
  L1  G-03 (3, company) 100 + 80 = 180.00                                   and not: 5.50
  L2  G-05 (5, ACI) 70.10, G-13 (10, association) 35.75: 105.85             and not: 11.00 + 35.75 = 46.75
  together: 285.85, and not: 52.25; 338.10 were delivered
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import duckdb
import pytest
from scenario import Scenario


@pytest.fixture(scope="module")
def warehouse(sample: Scenario) -> duckdb.DuckDBPyConnection:
    return sample.connection


STRUCTURE = "CL-36-01"
# The only structure of its department and of its region: the same figures at three levels.
TERRITORIES = [("structure", STRUCTURE), ("departement", "36"), ("region", "24")]
YEARS = (2020, 2021)
D = Decimal
T, F, N = True, False, None

TOWN, LANDLORD, SEM = "99103600001000", "99103600002000", "99103600003000"
LOTS = {
    (TOWN, "2020-01", "1"): "L1",
    (TOWN, "2020-01", "2"): "L2",
    (LANDLORD, "2020-01", "1"): "L3",
    (SEM, "SEM-2021-07", "1"): "L4",
    (SEM, "SEM-2021-07", "2"): "L5",
    (TOWN, "2021-09", "1"): "L6",
    (TOWN, "2020-01", "9"): "L9",  # not delivered
}
BUILDER, TEMPORARY, GROUPING = "99203600011000", "99203600012000", "99203600013000"
INSERTION, SITE, QUARTER, ASSOCIATION = "99203600014000", "99203600015000", "99203600016000", "99203600017000"


def rows(warehouse: duckdb.DuckDBPyConnection, sql: str, *values: object) -> list[tuple]:
    return warehouse.execute(sql, list(values)).fetchall()


def aggregate(
    warehouse: duckdb.DuckDBPyConnection, table: str, columns: str, year: int, territory: tuple[str, str]
) -> list[tuple]:
    """Rows of one aggregate mart for one year and territory."""
    return rows(
        warehouse,
        f"select {columns} from marts.{table} where reporting_year = ? and territory_kind = ? and territory_code = ?",
        year,
        *territory,
    )


# --- the structure and its hours -------------------------------------------------------------------


def test_dim_clause_structure(warehouse: duckdb.DuckDBPyConnection) -> None:
    """The register, and the structure that only delivers; CL-80-01 has no name, so that its row cannot be used."""
    columns = (
        "structure_code, name, structure_kind, department_code, department_name, region_code, region_name, opened_on,"
        " closed_on, is_registered"
    )
    found = {row[0]: row[1:] for row in rows(warehouse, f"select {columns} from marts.dim_clause_structure")}
    assert found[STRUCTURE] == (
        "Structure fictive de l'Indre", "collectivite", "36", "Indre", "24", "Centre-Val de Loire", date(2015, 4, 1),
        None, True,
    )  # fmt: skip
    assert {code: values[-1] for code, values in found.items()} == {
        "CL-13-01": True, "CL-2A-01": True, "CL-33-01": True, "CL-36-01": True, "CL-59-01": True, "CL-59-02": True,
        "CL-62-90": True, "CL-69-01": True, "CL-75-99": False,
    }  # fmt: skip


IMPLAUSIBLE, OUT_OF_YEAR, ORPHAN, OUT_OF_CONTRACT = "heures_invraisemblables", "hors_annee", "orphelin", "hors_contrat"
ABSENT, LATE, EXPIRED = "eligibilite_absente", "eligibilite_tardive", "eligibilite_expiree"
UNPROVEN = "sans_justificatif"

# (year, contract, lot, month) → hours, reason. Rows 17, 33 and 35 did not pass the door.
HOURS = {
    (2020, "G-03", "L1", "2020-06"): ("100.00", N),  # 101
    (2020, "G-03", "L1", "2020-12"): ("80.00", N),  # 102
    (2020, "G-05", "L2", "2020-01"): ("70.10", N),  # 103
    (2020, "G-05", "L2", "2019-12"): ("11.00", OUT_OF_YEAR),  # 104
    (2020, "G-13", "L2", "2020-11"): ("35.75", N),  # 105
    (2020, "G-13", "L2", "2020-12"): ("35.75", EXPIRED),  # 106
    (2020, "G-03", "L1", "2020-02"): ("5.50", OUT_OF_CONTRACT),  # 107
    (2021, "G-01", "L1", "2021-01"): ("10.00", OUT_OF_CONTRACT),  # 1
    (2021, "G-01", "L1", "2021-02"): ("120.50", N),  # 2
    (2021, "G-01", "L1", "2021-03"): ("100.00", N),  # 3
    (2021, "G-01", "L4", "2021-03"): ("51.67", N),  # 4
    (2021, "G-01", "L4", "2021-05"): ("75.83", N),  # 5
    (2021, "G-01", "L4", "2021-06"): ("5.00", OUT_OF_CONTRACT),  # 6
    (2021, "G-02", "L3", "2021-03"): ("60.00", N),  # 7
    (2021, "G-02", "L3", "2021-04"): ("150.00", N),  # 8: 220.00 with the next
    (2021, "G-02", "L4", "2021-04"): ("70.00", N),  # 9
    (2021, "G-02", "L3", "2021-05"): ("150.00", IMPLAUSIBLE),  # 10: 220.01 with the next
    (2021, "G-02", "L4", "2021-05"): ("70.01", IMPLAUSIBLE),  # 11
    (2021, "G-02", "L3", "2021-12"): ("100.25", N),  # 12
    (2021, "G-02", "L3", "2022-01"): ("40.00", OUT_OF_YEAR),  # 13
    (2021, "G-03", "L1", "2021-01"): ("90.00", N),  # 14
    (2021, "G-03", "L1", "2020-12"): ("80.00", OUT_OF_YEAR),  # 15
    (2021, "G-03", "L1", "2021-03"): ("45.50", N),  # 16
    (2021, "G-04", "L2", "2021-06"): ("110.00", N),  # 18
    (2021, "G-04", "L2", "2021-07"): ("20.00", OUT_OF_CONTRACT),  # 19
    (2021, "G-04", "L2", "2021-02"): ("0.00", IMPLAUSIBLE),  # 20
    (2021, "G-04", "L2", "2021-03"): ("-7.00", IMPLAUSIBLE),  # 21
    (2021, "G-05", "L5", "2021-05"): ("60.20", N),  # 22
    (2021, "G-05", "L5", "2021-06"): ("60.00", EXPIRED),  # 23
    (2021, "G-06", "L1", "2021-04"): ("33.33", ABSENT),  # 24
    (2021, "G-07", "L6", "2021-02"): ("25.25", N),  # 25
    (2021, "G-08", "L4", "2021-04"): ("12.00", LATE),  # 26
    (2021, "G-09", "L5", "2021-04"): ("88.00", N),  # 27
    (2021, "G-10", "L2", "2021-09"): ("14.00", UNPROVEN),  # 28
    (2021, "G-10", "L2", "2021-10"): ("16.00", UNPROVEN),  # 29
    (2021, "G-11", "L1", "2021-04"): ("9.00", ORPHAN),  # 30
    (2021, "G-01", "L9", "2021-04"): ("8.00", ORPHAN),  # 31
    (2021, "G-98", "L1", "2021-04"): ("7.50", ORPHAN),  # 32
    (2021, "G-12", "L2", "2021-09"): ("130.00", N),  # 34
}


def test_fct_clause_hours(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        warehouse,
        """
        select reporting_year, work_contract_id, buyer_id, procurement_id, lot_no, month, hours, exclusion_reason,
            is_counted
        from marts.fct_clause_hours where structure_code = ?
        """,
        STRUCTURE,
    )
    keyed = {(row[0], row[1], LOTS[row[2:5]], row[5]): row[6:] for row in found}
    assert len(keyed) == len(found) == 7 + 32
    assert keyed == {
        (year, contract, lot, date.fromisoformat(f"{month}-01")): (D(hours), reason, reason is None)
        for (year, contract, lot, month), (hours, reason) in HOURS.items()
    }


# (year, contract) → employer, its type, is IAE, is IAE, GEIQ or RQ, contract, first day, last day, person
CONTRACTS = {
    (2020, "G-03"): (BUILDER, "entreprise", F, F, "cdd", "2020-06-01", N, 3),
    (2020, "G-05"): (SITE, "aci", T, T, "cddi", "2020-01-06", "2021-12-31", 5),
    (2020, "G-13"): (ASSOCIATION, "association", F, F, "cdd", "2018-12-03", N, 10),
    (2021, "G-01"): (TEMPORARY, "etti", T, T, "interim", "2021-02-01", "2021-05-31", 1),
    (2021, "G-02"): (GROUPING, "geiq", F, T, "alternance", "2021-03-15", N, 2),
    (2021, "G-03"): (BUILDER, "entreprise", F, F, "cdd", "2020-06-01", "2021-03-31", 3),
    (2021, "G-04"): (INSERTION, "ei", T, T, "cddi", "2021-01-04", "2021-06-30", 4),
    (2021, "G-05"): (SITE, "aci", T, T, "cddi", "2020-01-06", "2021-12-31", 5),
    (2021, "G-06"): (TEMPORARY, "etti", T, T, "interim", "2021-03-01", "2021-12-31", 6),
    (2021, "G-07"): (N, N, N, N, N, "2021-01-11", N, 7),
    (2021, "G-08"): (TEMPORARY, "etti", T, T, "interim", "2021-04-01", "2021-04-01", 8),
    (2021, "G-09"): (QUARTER, "regie_quartier", F, T, "cdd", "2021-04-02", "2021-07-31", 8),
    (2021, "G-10"): (BUILDER, "entreprise", F, F, "cdi", "2021-09-01", N, 9),
    (2021, "G-11"): (ASSOCIATION, "association", F, F, "cdd", "2021-03-01", "2021-06-30", 99),
    (2021, "G-12"): (TEMPORARY, "etti", T, T, "interim", "2021-09-01", "2021-09-30", 2),
    (2021, "G-98"): (N, N, N, N, N, N, N, N),  # not delivered
}
# Person → eligible on, age then, sex, level, unqualified, low-qualified, senior, young, long-term, RSA, RQTH, QPV
PERSONS = {
    1: ("2021-02-01", 45, "femme", 3, F, T, T, F, T, T, F, T),
    2: ("2021-03-15", 44, "homme", 2, T, T, F, F, F, F, T, F),
    3: ("2020-05-04", 25, "homme", 4, F, F, F, T, F, T, F, T),
    4: ("2021-01-04", 26, "homme", 1, T, T, F, F, N, N, F, T),
    5: ("2019-06-01", 34, "femme", 5, F, F, F, F, T, F, F, F),
    6: (N, N, "homme", 3, F, T, N, N, T, T, F, F),  # no age without a day of eligibility
    7: ("2021-01-11", N, N, N, N, N, N, N, N, N, N, N),
    8: ("2021-04-02", 51, "homme", 3, F, T, T, F, T, T, N, F),
    9: ("2021-09-01", 33, "femme", 1, T, T, F, F, T, T, T, T),
    10: ("2018-11-30", 58, "homme", 3, F, T, T, F, T, F, T, F),
    99: (N,) * 12,  # not delivered
    N: (N,) * 12,
}


def test_contracts_and_persons_of_the_hours(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        warehouse,
        """
        select distinct reporting_year, work_contract_id, employer_id, employer_type, is_iae_employer,
            is_iae_geiq_rq_employer, contract_type, contract_start_date, contract_end_date, beneficiary_id,
            eligibility_validated_on, age_at_eligibility, sex, education_level, is_unqualified, is_low_qualified,
            is_senior, is_young, is_long_term_unemployed, is_rsa, is_disabled_worker, is_qpv_resident
        from marts.fct_clause_hours where structure_code = ?
        """,
        STRUCTURE,
    )
    assert len(found) == len(CONTRACTS)
    assert {row[:2]: row[2:] for row in found} == {
        key: (*map(as_date, values), beneficiary(person), *map(as_date, PERSONS[person]))
        for key, (*values, person) in CONTRACTS.items()
    }


def beneficiary(number: int | None) -> str | None:
    return None if number is None else f"SYN-{STRUCTURE}-{number:04d}"


def as_date(value: object) -> object:
    return date.fromisoformat(value) if isinstance(value, str) and value[:2] == "20" else value


# Lot → type of buyer, nature, awardee, its type, is IAE, is IAE, GEIQ or RQ
LOTS_DESCRIBED = {
    "L1": ("collectivite", "travaux", BUILDER, "entreprise", F, F),
    "L2": ("collectivite", "services", INSERTION, "ei", T, T),
    "L3": ("bailleur", "travaux", GROUPING, "geiq", F, T),
    "L4": ("sem", "travaux", BUILDER, "entreprise", F, F),
    "L5": ("sem", "services", SITE, "aci", T, T),
    "L6": (N, "fournitures", N, N, N, N),
    "L9": (N, N, N, N, N, N),  # not delivered
}


def test_lots_of_the_hours(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        warehouse,
        """
        select distinct buyer_id, procurement_id, lot_no, buyer_type, nature, awardee_id, awardee_type, is_iae_awardee,
            is_iae_geiq_rq_awardee
        from marts.fct_clause_hours where structure_code = ?
        """,
        STRUCTURE,
    )
    assert len(found) == len(LOTS_DESCRIBED)
    assert {LOTS[row[:3]]: row[3:] for row in found} == LOTS_DESCRIBED


# --- hours and ETP ---------------------------------------------------------------------------------

# (cut, value) → hours delivered, counted, excluded; ETP; share of the hours counted;
#                beneficiaries, contracts, marchés, buyers, employers;
#                hours of which the employer is known, is IAE, is IAE, GEIQ or RQ; the awardee so too.
# A value that is not here has no hours: all its figures are 0.
TOTAL_2020 = ("338.10", "285.85", "52.25", "0.1787", "1", 3, 3, 1, 1, 3,
              "285.85", "70.10", "70.10", "285.85", "105.85", "105.85")  # fmt: skip
# L1 alone is the works, the hours of the company that employs for itself, and those of a company's lot.
L1_2020 = ("185.50", "180.00", "5.50", "0.1125", "0.629701", 1, 1, 1, 1, 1, "180", "0", "0", "180", "0", "0")
# L2 alone is the services, and the hours of an EI's lot. Person 5 for an ACI, person 10 for an association.
L2_2020 = ("152.60", "105.85", "46.75", "0.0662", "0.370299", 2, 2, 1, 1, 2,
           "105.85", "70.10", "70.10", "105.85", "105.85", "105.85")  # fmt: skip
HOURS_ETP = {
    2020: {
        ("total", "total"): TOTAL_2020,
        ("buyer_type", "collectivite"): TOTAL_2020,
        ("nature", "travaux"): L1_2020,
        ("nature", "services"): L2_2020,
        ("employer_type", "entreprise"): L1_2020,
        # G-05: 70.10, and 11.00 in December 2019
        ("employer_type", "aci"): ("81.10", "70.10", "11.00", "0.0438", "0.245234", 1, 1, 1, 1, 1,
                                   "70.10", "70.10", "70.10", "70.10", "70.10", "70.10"),
        # G-13: 35.75 in November and, too late, in December
        ("employer_type", "association"): ("71.50", "35.75", "35.75", "0.0223", "0.125066", 1, 1, 1, 1, 1,
                                           "35.75", "0", "0", "35.75", "35.75", "35.75"),
        ("awardee_type", "entreprise"): L1_2020,
        ("awardee_type", "ei"): L2_2020,
    },
    2021: {
        # Persons 1 2 3 4 5 7 8; contracts 01 02 03 04 05 07 09 12; marchés 2020-01 of the town and of the landlord,
        # SEM-2021-07, 2021-09; three buyers; six employers, that of G-07 unknown. 1277.20 / 1600 is 0.79825 just.
        # Employers known 1277.20 - 25.25; IAE: 348 + 130 (ETTI) + 110 (EI) + 60.20 (ACI); GEIQ 380.25, régie 88.
        # Awardees IAE: L2 240 + L5 148.20; GEIQ: L3 310.25.
        ("total", "total"): ("1853.54", "1277.20", "576.34", "0.7983", "1", 7, 8, 4, 3, 6,
                             "1251.95", "648.20", "1116.45", "1251.95", "388.20", "698.45"),
        # L1 L2: persons 1 3 4 2, contracts 01 03 04 12, one marché; employers: ETTI, company, EI
        ("buyer_type", "collectivite"): ("827.33", "596.00", "231.33", "0.3725", "0.466646", 4, 4, 1, 1, 3,
                                         "596.00", "460.50", "460.50", "596.00", "240.00", "240.00"),
        # L3: person 2
        ("buyer_type", "bailleur"): ("500.25", "310.25", "190.00", "0.1939", "0.242914", 1, 1, 1, 1, 1,
                                     "310.25", "0", "310.25", "310.25", "0", "310.25"),
        # L4 L5: persons 1 2 5 8, contracts 01 02 05 09, one marché; employers: ETTI, GEIQ, ACI, régie
        ("buyer_type", "sem"): ("492.71", "345.70", "147.01", "0.2161", "0.270670", 4, 4, 1, 1, 4,
                                "345.70", "187.70", "345.70", "345.70", "148.20", "148.20"),
        # L6, and the 8.00 of a lot that nobody delivered
        ("buyer_type", "inconnu"): ("33.25", "25.25", "8.00", "0.0158", "0.019770", 1, 1, 1, 1, 0,
                                    "0", "0", "0", "0", "0", "0"),
        # L1 L3 L4: persons 1 2 3, contracts 01 02 03, marchés of the town, the landlord, the SEM
        ("nature", "travaux"): ("1329.09", "863.75", "465.34", "0.5398", "0.676284", 3, 3, 3, 3, 3,
                                "863.75", "348.00", "728.25", "863.75", "0", "310.25"),
        # L2 L5: persons 2 4 5 8, contracts 04 05 09 12, marchés of the town and the SEM; EI, ETTI, ACI, régie
        ("nature", "services"): ("491.20", "388.20", "103.00", "0.2426", "0.303946", 4, 4, 2, 2, 4,
                                 "388.20", "300.20", "388.20", "388.20", "388.20", "388.20"),
        # L6
        ("nature", "fournitures"): ("25.25", "25.25", "0.00", "0.0158", "0.019770", 1, 1, 1, 1, 0,
                                    "0", "0", "0", "0", "0", "0"),
        ("nature", "inconnu"): ("8.00", "0", "8.00", "0", "0", 0, 0, 0, 0, 0, "0", "0", "0", "0", "0", "0"),
        # G-01 363.00 and 8.00 on no lot, G-06 33.33, G-08 12.00, G-12 130.00; counted: 348 (L1 L4) + 130 (L2, an EI's)
        ("employer_type", "etti"): ("546.33", "478.00", "68.33", "0.2988", "0.374256", 2, 2, 2, 2, 1,
                                    "478.00", "478.00", "478.00", "478.00", "130.00", "130.00"),
        # G-02 on L3 and L4; excluded: 220.01 and 40.00
        ("employer_type", "geiq"): ("640.26", "380.25", "260.01", "0.2377", "0.297722", 1, 1, 2, 2, 1,
                                    "380.25", "0", "380.25", "380.25", "0", "310.25"),
        # G-03 135.50, 80.00, 45.50 twice over; G-10 14.00 + 16.00
        ("employer_type", "entreprise"): ("291.00", "135.50", "155.50", "0.0847", "0.106091", 1, 1, 1, 1, 1,
                                          "135.50", "0", "0", "135.50", "0", "0"),
        # G-04: 110.00, 20.00, 0.00, -7.00
        ("employer_type", "ei"): ("123.00", "110.00", "13.00", "0.0688", "0.086126", 1, 1, 1, 1, 1,
                                  "110.00", "110.00", "110.00", "110.00", "110.00", "110.00"),
        # G-05
        ("employer_type", "aci"): ("120.20", "60.20", "60.00", "0.0376", "0.047134", 1, 1, 1, 1, 1,
                                   "60.20", "60.20", "60.20", "60.20", "60.20", "60.20"),
        # G-09, on an ACI's lot; its other row cannot be read
        ("employer_type", "regie_quartier"): ("88.00", "88.00", "0.00", "0.0550", "0.068901", 1, 1, 1, 1, 1,
                                              "88.00", "0", "88.00", "88.00", "88.00", "88.00"),
        # G-11
        ("employer_type", "association"): ("9.00", "0", "9.00", "0", "0", 0, 0, 0, 0, 0,
                                           "0", "0", "0", "0", "0", "0"),
        # G-07 25.25, G-98 7.50, and 3.00 of no contract
        ("employer_type", "inconnu"): ("35.75", "25.25", "10.50", "0.0158", "0.019770", 1, 1, 1, 1, 0,
                                       "0", "0", "0", "0", "0", "0"),
        # L1 L4: persons 1 2 3, contracts 01 02 03, marchés of the town and the SEM; ETTI 348, GEIQ 70, company 135.50
        ("awardee_type", "entreprise"): ("828.84", "553.50", "275.34", "0.3459", "0.433370", 3, 3, 2, 2, 3,
                                         "553.50", "348.00", "418.00", "553.50", "0", "0"),
        # L2: persons 2 4; EI 110, ETTI 130
        ("awardee_type", "ei"): ("283.00", "240.00", "43.00", "0.1500", "0.187911", 2, 2, 1, 1, 2,
                                 "240.00", "240.00", "240.00", "240.00", "240.00", "240.00"),
        # L3
        ("awardee_type", "geiq"): ("500.25", "310.25", "190.00", "0.1939", "0.242914", 1, 1, 1, 1, 1,
                                   "310.25", "0", "310.25", "310.25", "0", "310.25"),
        # L5: persons 5 8; ACI 60.20, régie 88
        ("awardee_type", "aci"): ("208.20", "148.20", "60.00", "0.0926", "0.116035", 2, 2, 1, 1, 2,
                                  "148.20", "60.20", "148.20", "148.20", "148.20", "148.20"),
        ("awardee_type", "inconnu"): ("33.25", "25.25", "8.00", "0.0158", "0.019770", 1, 1, 1, 1, 0,
                                      "0", "0", "0", "0", "0", "0"),
    },
}  # fmt: skip
HOURS_ETP_COLUMNS = (
    "hours_delivered, hours_counted, hours_excluded, etp, share_of_etp, beneficiaries, work_contracts, procurements,"
    " buyers, employers, hours_employer_known, hours_employer_iae, hours_employer_iae_geiq_rq, hours_awardee_known,"
    " hours_awardee_iae, hours_awardee_iae_geiq_rq"
)
COUNTED = {2020: D("285.85"), 2021: D("1277.20")}


@pytest.mark.parametrize("territory", TERRITORIES)
@pytest.mark.parametrize("year", YEARS)
def test_clause_hours_etp(warehouse: duckdb.DuckDBPyConnection, year: int, territory: tuple[str, str]) -> None:
    columns = f"cut, cut_value, {HOURS_ETP_COLUMNS}, hours_counted_total, hours_per_etp"
    found = {row[:2]: row[2:] for row in aggregate(warehouse, "clause_hours_etp", columns, year, territory)}
    # The total, 7 types of buyer, 3 natures, 12 types of company twice; the last four with unknown.
    assert len(found) == 1 + 8 + 4 + 13 + 13
    expected = {
        key: tuple(D(value) if isinstance(value, str) else value for value in values)
        for key, values in HOURS_ETP[year].items()
    }
    assert {key: found[key][:16] for key in expected} == expected
    assert {values[16:] for values in found.values()} == {(COUNTED[year], D(1600))}
    for key, values in found.items():
        if key not in expected:
            assert values[:16] == (0,) * 16, key


# (cut, value) → share of the hours whose employer is IAE, is IAE, GEIQ or RQ; whose awardee is, is.
IAE_SHARES = {
    2020: {
        ("total", "total"): ("0.245234", "0.245234", "0.370299", "0.370299"),  # 70.10 and 105.85 of 285.85
        ("nature", "travaux"): ("0", "0", "0", "0"),
        ("nature", "fournitures"): (N, N, N, N),  # no hours, no share (D18)
    },
    2021: {
        # 648.20, 1116.45, 388.20 and 698.45 of 1277.20, where 1251.95 are known
        ("total", "total"): ("0.507516", "0.874139", "0.303946", "0.546860"),
        ("nature", "services"): ("0.773313", "1", "1", "1"),  # 300.20 of 388.20
        ("buyer_type", "inconnu"): ("0", "0", "0", "0"),  # 0 of 25.25: the hours are there, nothing is known
        ("employer_type", "association"): (N, N, N, N),
    },
}


@pytest.mark.parametrize("territory", TERRITORIES)
@pytest.mark.parametrize("year", YEARS)
def test_iae_shares(warehouse: duckdb.DuckDBPyConnection, year: int, territory: tuple[str, str]) -> None:
    columns = (
        "cut, cut_value, share_employer_iae, share_employer_iae_geiq_rq, share_awardee_iae, share_awardee_iae_geiq_rq"
    )
    found = {row[:2]: row[2:] for row in aggregate(warehouse, "clause_hours_etp", columns, year, territory)}
    expected = {
        key: tuple(share if share is None else D(share) for share in shares) for key, shares in IAE_SHARES[year].items()
    }
    assert {key: found[key] for key in expected} == expected


def test_a_shared_marche_is_one_marche(warehouse: duckdb.DuckDBPyConnection) -> None:
    """The SEM of the country in 2021: CL-36-01 and CL-33-01 follow the same two lots of one marché (D44).

    CL-33-01 adds 40.00 on L4 (an ETTI, the same as in CL-36-01), 22.50 on L5 (a company of its own), and 10.00 on L5
    that are excluded: 492.71 + 72.50 delivered, 345.70 + 62.50 counted. Persons 4 + 2, contracts 4 + 2, employers
    4 + 1. IAE employers 187.70 + 40; with GEIQ and régie 345.70 + 40; awardees known all, IAE 148.20 + 22.50.
    """
    columns = "cut, cut_value, " + HOURS_ETP_COLUMNS.replace("share_of_etp, ", "")
    found = {row[:2]: row[2:] for row in aggregate(warehouse, "clause_hours_etp", columns, 2021, ("national", "FR"))}
    assert found["buyer_type", "sem"] == (
        D("565.21"), D("408.20"), D("157.01"), D("0.2551"), 6, 6, 1, 1, 5,
        D("408.20"), D("227.70"), D("385.70"), D("408.20"), D("170.70"), D("170.70"),
    )  # fmt: skip
    each = rows(
        warehouse,
        """
        select territory_code, procurements, buyers from marts.clause_hours_etp
        where reporting_year = 2021 and territory_kind = 'structure' and cut_value = 'sem' and procurements > 0
        order by territory_code
        """,
    )
    assert each == [("CL-33-01", 1, 1), ("CL-36-01", 1, 1)]


# --- beneficiaries ---------------------------------------------------------------------------------

# profile → beneficiaries with it, known, unknown, all, share of all, share of known.
BENEFICIARY_PROFILE = {
    2020: {  # with counted hours: 3 5 10
        "femme": (1, 3, 0, 3, D("0.333333"), D("0.333333")),  # 5
        "homme": (2, 3, 0, 3, D("0.666667"), D("0.666667")),  # 3 10
        "longue_duree": (2, 3, 0, 3, D("0.666667"), D("0.666667")),  # 5 10
        "rsa": (1, 3, 0, 3, D("0.333333"), D("0.333333")),  # 3
        "non_qualifie": (0, 3, 0, 3, D("0"), D("0")),
        "peu_qualifie": (1, 3, 0, 3, D("0.333333"), D("0.333333")),  # 10
        "senior": (1, 3, 0, 3, D("0.333333"), D("0.333333")),  # 10
        "jeune": (1, 3, 0, 3, D("0.333333"), D("0.333333")),  # 3 (25)
        "travailleur_handicape": (1, 3, 0, 3, D("0.333333"), D("0.333333")),  # 10
        "qpv": (1, 3, 0, 3, D("0.333333"), D("0.333333")),  # 3
    },
    2021: {  # with counted hours: 1 2 3 4 5 7 8; nothing is known of 7
        "femme": (2, 6, 1, 7, D("0.285714"), D("0.333333")),  # 1 5
        "homme": (4, 6, 1, 7, D("0.571429"), D("0.666667")),  # 2 3 4 8
        "longue_duree": (3, 5, 2, 7, D("0.428571"), D("0.6")),  # 1 (12 months) 5 8, not 2 (11); 4 unknown
        "rsa": (3, 5, 2, 7, D("0.428571"), D("0.6")),  # 1 3 8; 4 unknown
        "non_qualifie": (2, 6, 1, 7, D("0.285714"), D("0.333333")),  # 2 (V bis) 4 (VI)
        "peu_qualifie": (4, 6, 1, 7, D("0.571429"), D("0.666667")),  # 1 2 4 8
        "senior": (2, 6, 1, 7, D("0.285714"), D("0.333333")),  # 1 (45) 8, not 2 (44)
        "jeune": (1, 6, 1, 7, D("0.142857"), D("0.166667")),  # 3 (25), not 4 (26)
        "travailleur_handicape": (1, 5, 2, 7, D("0.142857"), D("0.2")),  # 2; 8 unknown
        "qpv": (3, 6, 1, 7, D("0.428571"), D("0.5")),  # 1 3 4
    },
}


@pytest.mark.parametrize("territory", TERRITORIES)
@pytest.mark.parametrize("year", YEARS)
def test_clause_beneficiary_profile(
    warehouse: duckdb.DuckDBPyConnection, year: int, territory: tuple[str, str]
) -> None:
    columns = (
        "profile, beneficiaries_with, beneficiaries_known, beneficiaries_unknown, beneficiaries, share_of_all,"
        " share_of_known"
    )
    found = aggregate(warehouse, "clause_beneficiary_profile", columns, year, territory)
    assert {row[0]: row[1:] for row in found} == BENEFICIARY_PROFILE[year]
    assert len(found) == len(BENEFICIARY_PROFILE[year])


# --- facilitators ----------------------------------------------------------------------------------

FACILITATOR_ACTIVITY = {
    2020: {  # one facilitator at 0.8
        "structures": 1,
        "structures_with_etp": 1,
        "facilitators_headcount": 1,
        "facilitators_etp": D("0.8"),
        "buyers": 1,
        "procurements": 1,
        "hours": D("285.85"),
        "etp": D("0.1787"),
        "hours_per_etp": D("1600"),
        "beneficiaries": 3,
        "work_contracts": 3,
        "employers": 3,
        "buyers_per_facilitator_etp": D("1.25"),
        "procurements_per_facilitator_etp": D("1.25"),
        "hours_per_facilitator_etp": D("357.3125"),
        "etp_per_facilitator_etp": D("0.2233"),  # 285.85 / 1600 / 0.8 = 0.22332; the rounded ETP would give 0.2234
        "beneficiaries_per_facilitator_etp": D("3.75"),
        "work_contracts_per_facilitator_etp": D("3.75"),
        "employers_per_facilitator_etp": D("3.75"),
    },
    2021: {  # two facilitators, 1.5 together
        "structures": 1,
        "structures_with_etp": 1,
        "facilitators_headcount": 2,
        "facilitators_etp": D("1.5"),
        "buyers": 3,
        "procurements": 4,
        "hours": D("1277.20"),
        "etp": D("0.7983"),
        "hours_per_etp": D("1600"),
        "beneficiaries": 7,
        "work_contracts": 8,
        "employers": 6,
        "buyers_per_facilitator_etp": D("2"),
        "procurements_per_facilitator_etp": D("2.6667"),
        "hours_per_facilitator_etp": D("851.4667"),
        "etp_per_facilitator_etp": D("0.5322"),  # 1277.20 / 1600 / 1.5 = 0.53217
        "beneficiaries_per_facilitator_etp": D("4.6667"),
        "work_contracts_per_facilitator_etp": D("5.3333"),
        "employers_per_facilitator_etp": D("4"),
    },
}


@pytest.mark.parametrize("territory", TERRITORIES)
@pytest.mark.parametrize("year", YEARS)
def test_clause_facilitator_activity(
    warehouse: duckdb.DuckDBPyConnection, year: int, territory: tuple[str, str]
) -> None:
    expected = FACILITATOR_ACTIVITY[year]
    [found] = aggregate(warehouse, "clause_facilitator_activity", ", ".join(expected), year, territory)
    assert dict(zip(expected, found, strict=True)) == expected


@pytest.mark.parametrize(
    ("structure", "year", "with_etp"),
    [
        ("CL-33-01", 2021, 1),  # 0 ETP
        ("CL-62-90", 2020, 0),  # blank
        ("CL-62-90", 2021, 0),  # unreadable
        ("CL-59-02", 2020, 0),  # no row at all
    ],
)
def test_no_average_without_etp(warehouse: duckdb.DuckDBPyConnection, structure: str, year: int, with_etp: int) -> None:
    columns = (
        "structures, structures_with_etp, hours_per_facilitator_etp, etp_per_facilitator_etp,"
        " beneficiaries_per_facilitator_etp, procurements_per_facilitator_etp"
    )
    found = aggregate(warehouse, "clause_facilitator_activity", columns, year, ("structure", structure))
    assert found == [(1, with_etp, None, None, None, None)]


# --- quality ---------------------------------------------------------------------------------------

# What became of the hours → rows, hours. Together they are what was delivered (D42).
ACCOUNTING = {
    2020: {
        "comptees": (4, "285.85"),  # 101 102 103 105
        OUT_OF_YEAR: (1, "11.00"),  # 104
        EXPIRED: (1, "35.75"),  # 106
        OUT_OF_CONTRACT: (1, "5.50"),  # 107
    },
    2021: {
        "comptees": (15, "1277.20"),  # 2 3 4 5 7 8 9 12 14 16 18 22 25 27 34
        "doublon": (1, "45.50"),  # 17
        "valeur_illisible": (1, "0"),  # 33
        "valeur_obligatoire_absente": (1, "3.00"),  # 35
        IMPLAUSIBLE: (4, "213.01"),  # 10 11 20 21: 150 + 70.01 + 0 - 7
        OUT_OF_YEAR: (2, "120.00"),  # 13 15
        ORPHAN: (3, "24.50"),  # 30 31 32
        OUT_OF_CONTRACT: (3, "35.00"),  # 1 6 19
        ABSENT: (1, "33.33"),  # 24
        LATE: (1, "12.00"),  # 26
        EXPIRED: (1, "60.00"),  # 23
        UNPROVEN: (2, "30.00"),  # 28 29
    },
}


def test_clause_hours_accounting(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        warehouse,
        "select reporting_year, outcome_code, row_count, hours from quality.clause_hours_accounting"
        " where supplier_code = ?",
        STRUCTURE,
    )
    assert sorted(found) == sorted(
        (year, outcome, count, D(hours))
        for year, outcomes in ACCOUNTING.items()
        for outcome, (count, hours) in outcomes.items()
    )


def test_exclusions(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Each excluded hours row with its reason: those of the fact, and the three that did not pass the door."""
    found = rows(
        warehouse,
        """
        select reporting_year, record_key, reason_code from quality.exclusions
        where supplier_code = ? and source_table = 'hours'
        """,
        STRUCTURE,
    )
    keys = {lot: "/".join(key) for key, lot in LOTS.items()}
    expected = [
        (year, f"{contract}/{keys[lot]}/{month}", reason)
        for (year, contract, lot, month), (_, reason) in HOURS.items()
        if reason
    ]
    expected += [
        (2021, f"G-03/{keys['L1']}/2021-03", "doublon"),  # 17
        (2021, f"G-09/{keys['L5']}/2021-05", "valeur_illisible"),  # 33
        (2021, f"?/{keys['L1']}/2021-04", "valeur_obligatoire_absente"),  # 35
    ]
    assert sorted(found) == sorted(expected)


def test_nothing_is_lost(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        warehouse,
        """
        select reporting_year, source_table, rows_delivered, rows_kept, rows_excluded
        from quality.row_accounting
        where supplier_code = ? and source_table in ('procurements', 'beneficiaries', 'work_contracts', 'hours')
        """,
        STRUCTURE,
    )
    assert sorted(found) == [
        (2020, "beneficiaries", 3, 3, 0),
        (2020, "hours", 7, 4, 3),
        (2020, "procurements", 2, 2, 0),
        (2020, "work_contracts", 3, 3, 0),
        (2021, "beneficiaries", 9, 9, 0),
        (2021, "hours", 35, 15, 20),
        (2021, "procurements", 6, 6, 0),
        (2021, "work_contracts", 12, 12, 0),
    ]
