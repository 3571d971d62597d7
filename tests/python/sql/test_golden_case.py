"""The golden case: a dozen parcours of 36-01, counted by hand, against what the warehouse built.

The rows are in seeds/raw/plie; seeds/raw/README.md says what each shows. Nothing below is
computed: each expected figure was counted by hand, and the comment beside it names the persons counted (5 is
SYN-36-01-0005; 8/1 is the first parcours of person 8). A figure that changes here is a rule that changed.

Kept parcours of 2021 (12):  1 2 3 4 5 6 7 8/1 8/2 9 10/1 12        (10/2 overlaps, 11 is outside the year)
  entered in 2021 (7):       1 2 3 4 8/2 10/1 12
  left in 2021 (8):          1+ 2- 4- 5- 6+ 7+ 8/1- 9n              (+ positive, - not, n neutralised)
  stock on 31/12/2021 (4):   3 8/2 10/1 12                          (12 leaves on 14/01/2022)
Kept parcours of 2020 (7):   5 6 7 8/1 9 13 14
  entered in 2020 (4):       5 7 8/1 9
  left in 2020 (2):          13+ 14n
  stock on 31/12/2020 (5):   5 6 7 8/1 9
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


PLIE = "36-01"
# The only PLIE of its department and of its region: the same figures at three levels.
TERRITORIES = [("plie", "36-01"), ("departement", "36"), ("region", "24")]
D = Decimal


def rows(warehouse: duckdb.DuckDBPyConnection, sql: str, *values: object) -> list[tuple]:
    return warehouse.execute(sql, list(values)).fetchall()


def aggregate(
    warehouse: duckdb.DuckDBPyConnection,
    table: str,
    columns: str,
    year: int,
    territory: tuple[str, str],
    condition: str = "true",
) -> list[tuple]:
    """Rows of one aggregate mart for one year and territory."""
    return rows(
        warehouse,
        f"select {columns} from marts.{table} where reporting_year = ? and territory_kind = ?"
        f" and territory_code = ? and {condition}",
        year,
        *territory,
    )


# --- facts -----------------------------------------------------------------------------------------

# (year, person, parcours) → entry, exit, age, sex, level, unqualified, low-qualified, senior, young,
#                            long-term, RSA, other minimum, disabled, QPV, is_entry, is_exit, is_in_stock
T, F, N = True, False, None
PARCOURS = {
    (2020, 5, 1): ("2020-05-04", None, 40, "femme", 3, F, T, F, F, T, T, F, F, T, T, F, T),
    (2020, 6, 1): ("2019-11-18", None, 34, "homme", 4, F, F, F, F, F, F, F, N, N, F, F, T),
    (2020, 7, 1): ("2020-10-12", None, 30, "femme", 5, F, F, F, F, T, F, N, F, F, T, F, T),
    (2020, 8, 1): ("2020-02-03", None, 50, "homme", 2, T, T, T, F, T, T, F, F, F, T, F, T),
    (2020, 9, 1): ("2020-06-15", None, 32, None, 3, F, T, F, F, F, F, F, F, T, T, F, T),
    (2020, 13, 1): ("2019-02-04", "2020-03-02", 36, "femme", 3, F, T, F, F, T, T, F, F, F, F, T, F),
    (2020, 14, 1): ("2018-09-10", "2020-07-01", 61, "homme", 3, F, T, T, F, T, F, T, F, F, F, T, F),
    (2021, 1, 1): ("2021-02-01", "2021-10-14", 45, "femme", 3, F, T, T, F, T, T, F, F, T, T, T, F),
    (2021, 2, 1): ("2021-03-01", "2021-11-30", 44, "homme", 2, T, T, F, F, F, F, T, F, F, T, T, F),
    (2021, 3, 1): ("2021-01-04", None, 25, "femme", 4, F, F, F, T, F, N, F, F, F, T, F, T),
    (2021, 4, 1): ("2021-01-11", "2021-06-30", 26, "homme", 1, T, T, F, F, N, T, F, T, T, T, T, F),
    (2021, 5, 1): ("2020-05-04", "2021-08-31", 40, "femme", 3, F, T, F, F, T, T, F, F, T, F, T, F),
    (2021, 6, 1): ("2019-11-18", "2021-12-31", 34, "homme", 4, F, F, F, F, F, F, F, N, N, F, T, F),
    (2021, 7, 1): ("2020-10-12", "2021-05-10", 30, "femme", 5, F, F, F, F, T, F, N, F, F, F, T, F),
    (2021, 8, 1): ("2020-02-03", "2021-03-15", 50, "homme", 2, T, T, T, F, T, T, F, F, F, F, T, F),
    (2021, 8, 2): ("2021-03-15", None, 51, "homme", 2, T, T, T, F, T, T, F, F, F, T, F, T),
    (2021, 9, 1): ("2020-06-15", "2021-01-01", 32, None, 3, F, T, F, F, F, F, F, F, T, F, T, F),
    (2021, 10, 1): ("2021-02-15", None, 53, "homme", 1, T, T, T, F, T, T, T, T, F, T, F, T),
    (2021, 12, 1): ("2021-04-12", "2022-01-14", 21, "femme", N, N, N, F, T, F, F, F, F, T, T, F, T),
}


def test_fct_parcours(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        warehouse,
        """
        select reporting_year, participant_id, parcours_no, entry_date, exit_date, age_at_entry, sex,
            education_level, is_unqualified, is_low_qualified, is_senior, is_young, is_long_term_unemployed,
            is_rsa, is_other_minimum_income, is_disabled_worker, is_qpv_resident, is_entry, is_exit,
            is_in_stock
        from marts.fct_parcours where plie_code = ?
        """,
        PLIE,
    )
    assert by_person(found) == {key: tuple(map(as_date, values)) for key, values in PARCOURS.items()}


# (year, person, parcours) → exit date, reason, declared class, class, positive, neutralised,
#                            reclassification, contract, durable contract (D19), employer category, sector
TOO_SHORT = "contrat_trop_court"
DURABLE, TRAINING, NOFOLLOW = "emploi_durable", "formation_qualifiante", "autre_sans_suite"
EXITS = {
    # 31/08/2019 + 6 months = 29/02/2020: a last day of 28/02 is just enough.
    (2020, 13, 1): ("2020-03-02", DURABLE, DURABLE, DURABLE, T, F, N, "cdd", T, "entreprise", "N"),
    (2020, 14, 1): ("2020-07-01", "retraite", "neutralisee", "neutralisee", F, T, N, N, N, N, N),
    # 15/04 to 14/10 is six months, and validated on the last of them.
    (2021, 1, 1): ("2021-10-14", DURABLE, DURABLE, DURABLE, T, F, N, "cdd", T, "entreprise", "N"),
    # 17/05 to 15/11 is a day short.
    (2021, 2, 1): ("2021-11-30", DURABLE, DURABLE, NOFOLLOW, F, F, TOO_SHORT, "cdd", F, "association", "Q"),
    (2021, 4, 1): ("2021-06-30", "abandon", "abandon", "abandon", F, F, N, N, N, N, N),
    (2021, 5, 1): ("2021-08-31", DURABLE, DURABLE, NOFOLLOW, F, F, "non_valide", "cdi", T, "public", N),
    (2021, 6, 1): ("2021-12-31", TRAINING, TRAINING, TRAINING, T, F, N, N, N, N, N),
    (2021, 7, 1): ("2021-05-10", "autre_sortie_positive", "autre_positive", "autre_positive", T, F, N, "cdd",
                   F, "particulier", "T"),
    (2021, 8, 1): ("2021-03-15", "reorientation", NOFOLLOW, NOFOLLOW, F, F, N, N, N, N, N),
    (2021, 9, 1): ("2021-01-01", "demenagement", "neutralisee", "neutralisee", F, T, N, N, N, N, N),
}  # fmt: skip


def test_fct_exits(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        warehouse,
        """
        select reporting_year, participant_id, parcours_no, exit_date, exit_reason, declared_class,
            exit_class, is_positive, is_neutralised, reclassification_reason, contract_type,
            is_durable_contract, employer_category, naf_section
        from marts.fct_exits where plie_code = ?
        """,
        PLIE,
    )
    assert by_person(found) == {key: tuple(map(as_date, values)) for key, values in EXITS.items()}


# (year, step) → person, parcours, type, family, is_job, is_iae, is_aided
STEPS = {
    (2020, "G-501"): (5, 1, "emploi", "emploi_iae", T, T, F),
    (2020, "G-601"): (6, 1, "mobilisation", "mobilisation", F, N, N),
    (2020, "G-701"): (7, 1, "mediation", "mediation", F, N, N),
    (2020, "G-801"): (8, 1, "creation_activite", "autre", F, N, N),
    (2021, "G-101"): (1, 1, "mobilisation", "mobilisation", F, N, N),
    (2021, "G-201"): (2, 1, "formation", "formation", F, N, N),
    (2021, "G-301"): (3, 1, "mediation", "mediation", F, N, N),
    (2021, "G-302"): (3, 1, "emploi", "emploi_non_aide", T, F, F),
    (2021, "G-402"): (4, 1, "emploi", "emploi_iae", T, T, F),
    (2021, "G-403"): (4, 1, "emploi", "emploi_aide", T, F, T),
    (2021, "G-501"): (5, 1, "emploi", "emploi_iae", T, T, F),
    (2021, "G-602"): (6, 1, "formation", "formation", F, N, N),
    (2021, "G-801"): (8, 1, "creation_activite", "autre", F, N, N),
    (2021, "G-802"): (8, 2, "mobilisation", "mobilisation", F, N, N),
    (2021, "G-1001"): (10, 1, "sante_social", "autre", F, N, N),
    (2021, "G-1201"): (12, 1, "emploi", "emploi_non_aide", T, F, N),  # a GEIQ, the contract unknown
}


def test_fct_steps(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        warehouse,
        """
        select reporting_year, step_id, participant_id, parcours_no, step_type, step_family, is_job, is_iae,
            is_aided
        from marts.fct_steps where plie_code = ?
        """,
        PLIE,
    )
    assert {(row[0], row[1]): (int(row[2][-4:]), *row[3:]) for row in found} == STEPS


def by_person(found: list[tuple]) -> dict[tuple, tuple]:
    """Key the rows by (year, number of the person, parcours)."""
    keyed = {(row[0], int(row[1][-4:]), row[2]): row[3:] for row in found}
    assert len(keyed) == len(found)
    return keyed


def as_date(value: object) -> object:
    return date.fromisoformat(value) if isinstance(value, str) and value[:2] == "20" else value


# --- aggregates ------------------------------------------------------------------------------------

OUTCOMES = {
    2020: {
        "persons_in_parcours": 7,  # 5 6 7 8 9 13 14
        "parcours": 7,
        "stock_31_dec": 5,  # 5 6 7 8 9
        "entries": 4,  # 5 7 8 9
        "exits": 2,  # 13 14
        "positive_exits": 1,  # 13
        "positive_durable_job": 1,
        "positive_training": 0,
        "positive_other": 0,
        "nofollow_exits": 1,  # 14
        "abandoned_exits": 0,
        "neutralised_exits": 1,  # 14
        "other_nofollow_exits": 0,
        "unproven_exits": 0,
        "exits_excluding_neutralised": 1,  # 13
        "positive_rate_raw": D("0.5"),  # 1 of 2
        "positive_rate_neutralised": D("1"),  # 1 of 1
        "positive_per_entry": D("0.25"),  # 1 to 4
        "contracts_known": 1,  # 13
        "durable_contracts": 1,  # 13
        "durable_contract_share": D("1"),
        "steps": 4,  # G-501 G-601 G-701 G-801
        "participants_with_step": 4,  # 5 6 7 8
        "steps_per_participant": D("1"),  # 4 to 4
        "steps_per_person_in_parcours": D("0.571429"),  # 4 to 7
    },
    2021: {
        "persons_in_parcours": 11,  # 1 to 10, and 12; person 8 has two parcours
        "parcours": 12,
        "stock_31_dec": 4,  # 3 8/2 10 12; with the 8 exits it makes 12 (D04)
        "entries": 7,  # 1 2 3 4 8/2 10 12
        "exits": 8,  # 1 2 4 5 6 7 8/1 9
        "positive_exits": 3,  # 1 6 7
        "positive_durable_job": 1,  # 1
        "positive_training": 1,  # 6
        "positive_other": 1,  # 7
        "nofollow_exits": 5,  # 2 4 5 8/1 9
        "abandoned_exits": 1,  # 4
        "neutralised_exits": 1,  # 9
        "other_nofollow_exits": 3,  # 2 5 8/1
        "unproven_exits": 2,  # 2 5
        "exits_excluding_neutralised": 7,  # all but 9
        "positive_rate_raw": D("0.375"),  # 3 of 8
        "positive_rate_neutralised": D("0.428571"),  # 3 of 7
        "positive_per_entry": D("0.428571"),  # 3 to 7 entries
        "contracts_known": 4,  # 1 2 5 7
        "durable_contracts": 2,  # 1 (just six months), 5 (cdi)
        "durable_contract_share": D("0.5"),  # 2 of 4
        "steps": 12,
        "participants_with_step": 9,  # 1 2 3 4 5 6 8 10 12
        "steps_per_participant": D("1.333333"),  # 12 to 9
        "steps_per_person_in_parcours": D("1.090909"),  # 12 to 11
    },
}


@pytest.mark.parametrize("territory", TERRITORIES)
@pytest.mark.parametrize("year", [2020, 2021])
def test_plie_outcomes(warehouse: duckdb.DuckDBPyConnection, year: int, territory: tuple[str, str]) -> None:
    expected = OUTCOMES[year]
    [found] = aggregate(warehouse, "plie_outcomes", ", ".join(expected), year, territory)
    assert dict(zip(expected, found, strict=True)) == expected


# profile → entries, exits, positive, neutralised, exits without the neutralised, raw rate, neutralised rate.
OUTCOMES_BY_PROFILE = {
    2020: {
        "femme": (2, 1, 1, 0, 1, D("1"), D("1")),  # in 5 7; out 13+
        "homme": (1, 1, 0, 1, 0, D("0"), None),  # in 8; out 14n
        "longue_duree": (3, 2, 1, 1, 1, D("0.5"), D("1")),  # in 5 7 8; out 13+ 14n
        "rsa": (2, 1, 1, 0, 1, D("1"), D("1")),  # in 5 8; out 13+
        "non_qualifie": (1, 0, 0, 0, 0, None, None),  # in 8
        "peu_qualifie": (3, 2, 1, 1, 1, D("0.5"), D("1")),  # in 5 8 9; out 13+ 14n
        "senior": (1, 1, 0, 1, 0, D("0"), None),  # in 8; out 14n
        "jeune": (0, 0, 0, 0, 0, None, None),
        "travailleur_handicape": (0, 0, 0, 0, 0, None, None),
        "qpv": (2, 0, 0, 0, 0, None, None),  # in 5 9
    },
    2021: {
        "femme": (3, 3, 2, 0, 3, D("0.666667"), D("0.666667")),  # in 1 3 12; out 1+ 5- 7+
        "homme": (4, 4, 1, 0, 4, D("0.25"), D("0.25")),  # in 2 4 8/2 10; out 2- 4- 6+ 8/1-
        "longue_duree": (3, 4, 2, 0, 4, D("0.5"), D("0.5")),  # in 1 8/2 10; out 1+ 5- 7+ 8/1-
        "rsa": (4, 4, 1, 0, 4, D("0.25"), D("0.25")),  # in 1 4 8/2 10; out 1+ 4- 5- 8/1-
        "non_qualifie": (4, 3, 0, 0, 3, D("0"), D("0")),  # in 2 4 8/2 10; out 2- 4- 8/1-
        "peu_qualifie": (5, 6, 1, 1, 5, D("0.166667"), D("0.2")),  # in + 1; out 1+ 2- 4- 5- 8/1- 9n
        "senior": (3, 2, 1, 0, 2, D("0.5"), D("0.5")),  # in 1 8/2 10; out 1+ 8/1-
        "jeune": (2, 0, 0, 0, 0, None, None),  # in 3 12
        "travailleur_handicape": (2, 1, 0, 0, 1, D("0"), D("0")),  # in 4 10; out 4- (6 is unknown)
        "qpv": (3, 4, 1, 1, 3, D("0.25"), D("0.333333")),  # in 1 4 12; out 1+ 4- 5- 9n (6 is unknown)
    },
}


@pytest.mark.parametrize("territory", TERRITORIES)
@pytest.mark.parametrize("year", [2020, 2021])
def test_plie_outcomes_by_profile(warehouse: duckdb.DuckDBPyConnection, year: int, territory: tuple[str, str]) -> None:
    columns = (
        "profile, entries, exits, positive_exits, neutralised_exits, exits_excluding_neutralised,"
        " positive_rate_raw, positive_rate_neutralised"
    )
    found = aggregate(warehouse, "plie_outcomes_by_profile", columns, year, territory)
    assert {row[0]: row[1:] for row in found} == OUTCOMES_BY_PROFILE[year]
    assert len(found) == len(OUTCOMES_BY_PROFILE[year])


# profile → entries with it, entries where it is known, unknown, entries, share of all, share of known.
ENTRY_PROFILE = {
    2020: {  # entries: 5 7 8 9
        "femme": (2, 3, 1, 4, D("0.5"), D("0.666667")),  # 5 7; the sex of 9 is unknown
        "homme": (1, 3, 1, 4, D("0.25"), D("0.333333")),  # 8
        "longue_duree": (3, 4, 0, 4, D("0.75"), D("0.75")),  # 5 7 (just 12 months) 8
        "rsa": (2, 4, 0, 4, D("0.5"), D("0.5")),  # 5 8
        "non_qualifie": (1, 4, 0, 4, D("0.25"), D("0.25")),  # 8
        "peu_qualifie": (3, 4, 0, 4, D("0.75"), D("0.75")),  # 5 8 9
        "senior": (1, 4, 0, 4, D("0.25"), D("0.25")),  # 8
        "jeune": (0, 4, 0, 4, D("0"), D("0")),
        "travailleur_handicape": (0, 4, 0, 4, D("0"), D("0")),
        "qpv": (2, 4, 0, 4, D("0.5"), D("0.5")),  # 5 9
    },
    2021: {  # entries: 1 2 3 4 8/2 10 12
        "femme": (3, 7, 0, 7, D("0.428571"), D("0.428571")),  # 1 3 12
        "homme": (4, 7, 0, 7, D("0.571429"), D("0.571429")),  # 2 4 8/2 10
        "longue_duree": (3, 6, 1, 7, D("0.428571"), D("0.5")),  # 1 (12 months) 8/2 10, not 2 (11); 4 unknown
        "rsa": (4, 6, 1, 7, D("0.571429"), D("0.666667")),  # 1 4 8/2 10; 3 unknown
        "non_qualifie": (4, 6, 1, 7, D("0.571429"), D("0.666667")),  # 2 4 8/2 10; 12 unknown
        "peu_qualifie": (5, 6, 1, 7, D("0.714286"), D("0.833333")),  # 1 2 4 8/2 10; 12 unknown
        "senior": (3, 7, 0, 7, D("0.428571"), D("0.428571")),  # 1 (45) 8/2 10, not 2 (44)
        "jeune": (2, 7, 0, 7, D("0.285714"), D("0.285714")),  # 3 (25) 12, not 4 (26)
        "travailleur_handicape": (2, 7, 0, 7, D("0.285714"), D("0.285714")),  # 4 10
        "qpv": (3, 7, 0, 7, D("0.428571"), D("0.428571")),  # 1 4 12
    },
}


@pytest.mark.parametrize("territory", TERRITORIES)
@pytest.mark.parametrize("year", [2020, 2021])
def test_plie_entry_profile(warehouse: duckdb.DuckDBPyConnection, year: int, territory: tuple[str, str]) -> None:
    columns = "profile, entries_with, entries_known, entries_unknown, entries, share_of_all, share_of_known"
    found = aggregate(warehouse, "plie_entry_profile", columns, year, territory)
    assert {row[0]: row[1:] for row in found} == ENTRY_PROFILE[year]
    assert len(found) == len(ENTRY_PROFILE[year])


# family → steps, all steps, share, job steps whose employer or contract is unknown.
STEP_MIX = {
    2020: {
        "mobilisation": (1, 4, D("0.25"), 0),  # G-601
        "mediation": (1, 4, D("0.25"), 0),  # G-701
        "formation": (0, 4, D("0"), 0),
        "emploi_iae": (1, 4, D("0.25"), 0),  # G-501
        "emploi_aide": (0, 4, D("0"), 0),
        "emploi_non_aide": (0, 4, D("0"), 0),
        "autre": (1, 4, D("0.25"), 0),  # G-801
        "inconnu": (0, 4, D("0"), 0),
    },
    2021: {
        "mobilisation": (2, 12, D("0.166667"), 0),  # G-101 G-802
        "mediation": (1, 12, D("0.083333"), 0),  # G-301
        "formation": (2, 12, D("0.166667"), 0),  # G-201 G-602
        "emploi_iae": (2, 12, D("0.166667"), 0),  # G-402 G-501
        "emploi_aide": (1, 12, D("0.083333"), 0),  # G-403
        "emploi_non_aide": (2, 12, D("0.166667"), 1),  # G-302 G-1201 (contract unknown)
        "autre": (2, 12, D("0.166667"), 0),  # G-801 G-1001
        "inconnu": (0, 12, D("0"), 0),
    },
}


@pytest.mark.parametrize("territory", TERRITORIES)
@pytest.mark.parametrize("year", [2020, 2021])
def test_plie_step_mix(warehouse: duckdb.DuckDBPyConnection, year: int, territory: tuple[str, str]) -> None:
    columns = "step_family, steps, steps_total, share_of_steps, steps_attributes_unknown"
    found = aggregate(warehouse, "plie_step_mix", columns, year, territory)
    assert {row[0]: row[1:] for row in found} == STEP_MIX[year]
    assert len(found) == len(STEP_MIX[year])


# (reason, class) → exits, all exits, exits of the class, share of exits, share of the class; others are 0.
EXIT_REASONS = {
    2020: {
        (DURABLE, DURABLE): (1, 2, 1, D("0.5"), D("1")),  # 13
        ("retraite", "neutralisee"): (1, 2, 1, D("0.5"), D("1")),  # 14
        ("deces", "neutralisee"): (0, 2, 1, D("0"), D("0")),
        ("abandon", "abandon"): (0, 2, 0, D("0"), None),
        (DURABLE, NOFOLLOW): (0, 2, 0, D("0"), None),
    },
    2021: {
        (DURABLE, DURABLE): (1, 8, 1, D("0.125"), D("1")),  # 1
        (DURABLE, NOFOLLOW): (2, 8, 3, D("0.25"), D("0.666667")),  # 2 5, reclassified
        (TRAINING, TRAINING): (1, 8, 1, D("0.125"), D("1")),  # 6
        (TRAINING, NOFOLLOW): (0, 8, 3, D("0"), D("0")),
        ("autre_sortie_positive", "autre_positive"): (1, 8, 1, D("0.125"), D("1")),  # 7
        ("abandon", "abandon"): (1, 8, 1, D("0.125"), D("1")),  # 4
        ("demenagement", "neutralisee"): (1, 8, 1, D("0.125"), D("1")),  # 9
        ("retraite", "neutralisee"): (0, 8, 1, D("0"), D("0")),
        ("reorientation", NOFOLLOW): (1, 8, 3, D("0.125"), D("0.333333")),  # 8/1
        ("inconnu", NOFOLLOW): (0, 8, 3, D("0"), D("0")),
    },
}


@pytest.mark.parametrize("territory", TERRITORIES)
@pytest.mark.parametrize("year", [2020, 2021])
def test_plie_exit_reasons(warehouse: duckdb.DuckDBPyConnection, year: int, territory: tuple[str, str]) -> None:
    columns = "exit_reason, exit_class, exits, exits_total, exits_of_class, share_of_exits, share_of_class"
    found = {row[:2]: row[2:] for row in aggregate(warehouse, "plie_exit_reasons", columns, year, territory)}
    expected = EXIT_REASONS[year]
    assert {key: found[key] for key in expected} == expected
    assert {key for key, values in found.items() if values[0]} == {key for key, values in expected.items() if values[0]}


# (cut, value) → exits with it, known, share; positive exits with it, known, share; durable-job exits so too.
# A value of the code list that is not here was found in no exit: all its counts and shares are 0.
EXIT_JOBS = {
    2020: {  # 13 is the only exit with a job
        ("contract_type", "cdd"): (1, 1, D("1"), 1, 1, D("1"), 1, 1, D("1")),
        ("employer_category", "entreprise"): (1, 1, D("1"), 1, 1, D("1"), 1, 1, D("1")),
        ("naf_section", "N"): (1, 1, D("1"), 1, 1, D("1"), 1, 1, D("1")),
    },
    2021: {  # contract and employer known: 1 2 5 7; sector known: 1 2 7; positive among them: 1 7, durable: 1
        ("contract_type", "cdd"): (3, 4, D("0.75"), 2, 2, D("1"), 1, 1, D("1")),  # 1+ 2- 7+
        ("contract_type", "cdi"): (1, 4, D("0.25"), 0, 2, D("0"), 0, 1, D("0")),  # 5-
        ("employer_category", "entreprise"): (1, 4, D("0.25"), 1, 2, D("0.5"), 1, 1, D("1")),  # 1+
        ("employer_category", "association"): (1, 4, D("0.25"), 0, 2, D("0"), 0, 1, D("0")),  # 2-
        ("employer_category", "public"): (1, 4, D("0.25"), 0, 2, D("0"), 0, 1, D("0")),  # 5-
        ("employer_category", "particulier"): (1, 4, D("0.25"), 1, 2, D("0.5"), 0, 1, D("0")),  # 7+
        ("naf_section", "N"): (1, 3, D("0.333333"), 1, 2, D("0.5"), 1, 1, D("1")),  # 1+
        ("naf_section", "Q"): (1, 3, D("0.333333"), 0, 2, D("0"), 0, 1, D("0")),  # 2-
        ("naf_section", "T"): (1, 3, D("0.333333"), 1, 2, D("0.5"), 0, 1, D("0")),  # 7+
    },
}
# All exits, positive exits, durable-job exits.
EXITS_BY_BASE = {2020: (2, 1, 1), 2021: (8, 3, 1)}


@pytest.mark.parametrize("territory", TERRITORIES)
@pytest.mark.parametrize("year", [2020, 2021])
def test_plie_exit_jobs(warehouse: duckdb.DuckDBPyConnection, year: int, territory: tuple[str, str]) -> None:
    columns = (
        "cut, cut_value, exits_with, exits_known, share_of_known,"
        " positive_exits_with, positive_exits_known, share_of_positive_known,"
        " durable_exits_with, durable_exits_known, share_of_durable_known,"
        " exits, positive_exits, durable_exits"
    )
    found = {row[:2]: row[2:] for row in aggregate(warehouse, "plie_exit_jobs", columns, year, territory)}
    assert len(found) == 10 + 4 + 21  # every contract type, employer category and section has its row
    expected = EXIT_JOBS[year]
    assert {key: found[key][:9] for key in expected} == expected
    assert {values[9:] for values in found.values()} == {EXITS_BY_BASE[year]}
    for key, values in found.items():
        if key not in expected:
            assert [values[i] for i in (0, 2, 3, 5, 6, 8)] == [0] * 6, key


# --- indicators ------------------------------------------------------------------------------------

# (indicator, cut, value of the cut) in 2021 → numerator, denominator, value, coverage.
INDICATORS = {
    ("persons_in_parcours", "total", "total"): (D(11), None, D(11), None),
    ("stock_31_dec", "total", "total"): (D(4), None, D(4), None),
    ("positive_rate_raw", "total", "total"): (D(3), D(8), D("0.375"), None),
    ("positive_rate_neutralised", "total", "total"): (D(3), D(7), D("0.428571"), None),
    ("positive_per_entry", "total", "total"): (D(3), D(7), D("0.428571"), None),
    ("durable_contract_share", "total", "total"): (
        D(2),
        D(4),
        D("0.5"),
        D("0.5"),
    ),  # 4 contracts known of 8 exits
    ("steps_per_participant", "total", "total"): (
        D(12),
        D(9),
        D("1.333333"),
        D("0.818182"),
    ),  # 9 persons of 11
    ("steps_per_person_in_parcours", "total", "total"): (D(12), D(11), D("1.090909"), None),
    ("positive_rate_raw", "profile", "femme"): (D(2), D(3), D("0.666667"), None),
    ("positive_rate_neutralised", "profile", "qpv"): (D(1), D(3), D("0.333333"), None),
    ("positive_rate_raw", "profile", "jeune"): (D(0), D(0), None, None),  # no exit: no rate (D18)
    ("entries_share_of_all", "profile", "rsa"): (
        D(4),
        D(7),
        D("0.571429"),
        D("0.857143"),
    ),  # known for 6 of 7
    ("entries_share_of_known", "profile", "rsa"): (D(4), D(6), D("0.666667"), D("0.857143")),
    ("share_of_steps", "step_family", "emploi_iae"): (D(2), D(12), D("0.166667"), None),
    ("share_of_exits", "exit_reason_class", "emploi_durable/autre_sans_suite"): (D(2), D(8), D("0.25"), None),
    ("share_of_known_exits", "contract_type", "cdd"): (D(3), D(4), D("0.75"), D("0.5")),  # known for 4 of 8
    ("share_of_known_durable_exits", "employer_category", "entreprise"): (D(1), D(1), D("1"), D("1")),
    ("share_of_known_positive_exits", "naf_section", "N"): (
        D(1),
        D(2),
        D("0.5"),
        D("0.666667"),
    ),  # known for 2 of 3
}


@pytest.mark.parametrize("territory", TERRITORIES)
def test_indicators(warehouse: duckdb.DuckDBPyConnection, territory: tuple[str, str]) -> None:
    columns = "indicator_code, cut, cut_value, numerator, denominator, value, coverage"
    found = {row[:3]: row[3:] for row in aggregate(warehouse, "indicators", columns, 2021, territory)}
    assert {key: found.get(key) for key in INDICATORS} == INDICATORS


# --- quality ---------------------------------------------------------------------------------------

# (table, key of the row) → reason. All in 2021: every row delivered for 2020 is kept.
EXCLUSIONS = {
    ("participants", "SYN-36-01-0010/2"): "chevauchement",  # begins while 10/1 is open
    ("participants", "SYN-36-01-0011/1"): "hors_annee",  # enters in January 2022
    ("exits", "SYN-36-01-0010/2"): "parcours_exclu",
    ("exits", "SYN-36-01-0099/1"): "orphelin",
    ("steps", "G-102"): "hors_parcours",  # starts the day after the exit of 1
    ("steps", "G-202"): "dates_inversees",
    ("steps", "G-401"): "accompagnement",
    ("steps", "G-601"): "hors_annee",  # ended on 31/12/2020
    ("steps", "G-1002"): "parcours_exclu",  # of 10/2
    ("steps", "G-9901"): "orphelin",
}


def test_exclusions(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        warehouse,
        "select reporting_year, source_table, record_key, reason_code from quality.exclusions where supplier_code = ?",
        PLIE,
    )
    assert sorted(found) == sorted((2021, *key, reason) for key, reason in EXCLUSIONS.items())


def test_nothing_is_lost(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        warehouse,
        """
        select reporting_year, source_table, rows_delivered, rows_kept, rows_excluded
        from quality.row_accounting where supplier_code = ?
        """,
        PLIE,
    )
    assert sorted(found) == [
        (2020, "exits", 2, 2, 0),
        (2020, "participants", 7, 7, 0),
        (2020, "steps", 4, 4, 0),
        (2020, "survey_funding", 1, 1, 0),
        (2021, "exits", 11, 9, 2),  # the 8 of the year and the one of January 2022; 10/2 and 99 are excluded
        (2021, "participants", 14, 12, 2),
        (2021, "steps", 18, 12, 6),
        (2021, "survey_allocations", 2, 2, 0),
        (2021, "survey_funding", 3, 3, 0),
        (2021, "survey_partners", 1, 1, 0),
        (2021, "survey_teams", 2, 2, 0),
    ]


def test_exit_reclassifications(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        warehouse,
        """
        select reporting_year, participant_id, parcours_no, declared_class, exit_class,
            reclassification_reason
        from quality.exit_reclassifications where supplier_code = ?
        """,
        PLIE,
    )
    assert sorted(found) == [
        (2021, "SYN-36-01-0002", 1, DURABLE, NOFOLLOW, "contrat_trop_court"),
        (2021, "SYN-36-01-0005", 1, DURABLE, NOFOLLOW, "non_valide"),
    ]
