"""The golden case: the deliveries of 36-01 for 2020 and 2021, small enough to count by hand.

tests/python/sql/test_golden_case.py holds the expected answers, counted by a person from the comments below.
It is the only PLIE of its department (36) and of its region (24), so these show the same figures.
"""

from __future__ import annotations

from plie_warehouse.sample.rows import Delivered, Person

PLIE = "36-01"


def person(number: int, parcours_no: str = "1", **profile: str) -> Person:
    return Person(PLIE, number, parcours_no, referent_id="REF-36-01-1", **profile)


def golden_rows() -> list[Delivered]:
    """Return the 7 + 14 participants rows, with their steps and exits, in order of person."""
    rows: list[Delivered] = []

    # 1. Enters and leaves in 2021. Just 45 (senior), just 12 months (long-term). The CDD lasts exactly six
    #    months (15/04 to 14/10) and is validated on its last day: a proven durable job.
    p = person(1, entry_date="2021-02-01", sex="femme", birth_year="1976", education_level="3",
               jobseeker_months="12", is_rsa="oui", is_other_minimum_income="non", is_disabled_worker="non",
               is_qpv_resident="oui")  # fmt: skip
    rows += [
        p.parcours(2021),
        p.step(2021, "G-101", "mobilisation", "2021-02-10", "2021-03-12"),
        # Starts the day after the exit: hors_parcours.
        p.step(2021, "G-102", "formation", "2021-10-15", "2021-11-30"),
        p.exit(2021, "2021-10-14", "emploi_durable", contract_type="cdd", contract_start_date="2021-04-15",
               contract_end_date="2021-10-14", validated_on="2021-10-14", employer_category="entreprise",
               naf_section="N"),
    ]  # fmt: skip

    # 2. Enters and leaves in 2021. Just 44 (not senior), 11 months (not long-term), level V bis = 2
    #    (unqualified). The CDD is one day short of six months (17/05 to 15/11): contrat_trop_court, not
    #    positive.
    p = person(2, entry_date="2021-03-01", sex="homme", birth_year="1977", education_level="V bis",
               jobseeker_months="11", is_rsa="non", is_other_minimum_income="oui", is_disabled_worker="non",
               is_qpv_resident="non")  # fmt: skip
    rows += [
        p.parcours(2021),
        p.step(2021, "G-201", "formation", "2021-03-15", "2021-04-30"),
        # The last day is before the first: dates_inversees.
        p.step(2021, "G-202", "mediation", "2021-05-10", "2021-05-03"),
        p.exit(2021, "2021-11-30", "emploi_durable", contract_type="cdd", contract_start_date="2021-05-17",
               contract_end_date="2021-11-15", validated_on="2021-11-30", employer_category="association",
               naf_section="Q"),
    ]  # fmt: skip

    # 3. Enters in 2021 and stays. 25 (young). RSA unknown. A mediation, then an ordinary job
    #    (emploi_non_aide) still held on 31 December.
    p = person(3, entry_date="2021-01-04", sex="femme", birth_year="1996", education_level="4",
               jobseeker_months="5", is_rsa="", is_other_minimum_income="non", is_disabled_worker="non",
               is_qpv_resident="non")  # fmt: skip
    rows += [
        p.parcours(2021),
        p.step(2021, "G-301", "mediation", "2021-03-01", "2021-04-15"),
        p.step(2021, "G-302", "emploi", "2021-06-01", contract_type="cdd", employer_type="entreprise"),
    ]

    # 4. Enters and leaves in 2021. 26 (not young), level VI = 1, months unknown, disabled. Gives up. His
    #    referent's accompaniment is not a step; his job in an ACI is one (emploi_iae), and so is the aided
    #    job in an association (emploi_aide).
    p = person(4, entry_date="2021-01-11", sex="homme", birth_year="1995", education_level="VI",
               jobseeker_months="", is_rsa="oui", is_other_minimum_income="non", is_disabled_worker="oui",
               is_qpv_resident="oui")  # fmt: skip
    rows += [
        p.parcours(2021),
        p.step(2021, "G-401", "accompagnement", "2021-01-11"),
        p.step(2021, "G-402", "emploi", "2021-02-01", "2021-03-31", contract_type="cddi",
               employer_type="aci"),
        p.step(2021, "G-403", "emploi", "2021-04-06", "2021-06-30", contract_type="cui_cae",
               employer_type="association"),
        p.exit(2021, "2021-06-30", "abandon"),
    ]  # fmt: skip

    # 5. Entered in 2020, leaves in 2021 with a CDI that nobody validated: non_valide, not positive.
    #    Temporary work through an ETTI from November 2020 to January 2021: a step of both years.
    p = person(5, entry_date="2020-05-04", sex="femme", birth_year="1980", education_level="3",
               jobseeker_months="24", is_rsa="oui", is_other_minimum_income="non", is_disabled_worker="non",
               is_qpv_resident="oui")  # fmt: skip
    rows += [
        p.parcours(2020),
        p.step(2020, "G-501", "emploi", "2020-11-02", contract_type="interim", employer_type="etti"),
        p.parcours(2021),
        p.step(2021, "G-501", "emploi", "2020-11-02", "2021-01-15", contract_type="interim",
               employer_type="etti"),
        p.exit(2021, "2021-08-31", "emploi_durable", contract_type="cdi", contract_start_date="2021-03-01",
               employer_category="public"),
    ]  # fmt: skip

    # 6. Entered in 2019, leaves on 31 December 2021 after a qualifying training that ended before: proven.
    #    QPV unknown. His mobilisation of 2020 ended on 31/12/2020; delivered again in 2021 it is hors_annee.
    p = person(6, entry_date="2019-11-18", sex="homme", birth_year="1985", education_level="4",
               jobseeker_months="6", is_rsa="non", is_other_minimum_income="non", is_disabled_worker="",
               is_qpv_resident="")  # fmt: skip
    rows += [
        p.parcours(2020),
        p.step(2020, "G-601", "mobilisation", "2020-12-07", "2020-12-31"),
        p.parcours(2021),
        p.step(2021, "G-601", "mobilisation", "2020-12-07", "2020-12-31"),
        p.step(2021, "G-602", "formation", "2021-03-01", "2021-12-17"),
        p.exit(2021, "2021-12-31", "formation_qualifiante", training_start_date="2021-03-01",
               training_end_date="2021-12-17", is_certifying="oui"),
    ]  # fmt: skip

    # 7. Entered in 2020, leaves in 2021 for three months of work: another positive exit, as declared. No
    #    step in 2021.
    p = person(7, entry_date="2020-10-12", sex="femme", birth_year="1990", education_level="5",
               jobseeker_months="12", is_rsa="non", is_other_minimum_income="", is_disabled_worker="non",
               is_qpv_resident="non")  # fmt: skip
    rows += [
        p.parcours(2020),
        p.step(2020, "G-701", "mediation", "2020-11-16", "2020-12-11"),
        p.parcours(2021),
        p.exit(2021, "2021-05-10", "autre_sortie_positive", contract_type="cdd",
               contract_start_date="2021-05-11", contract_end_date="2021-08-10",
               employer_category="particulier", naf_section="T"),
    ]  # fmt: skip

    # 8. Entered in 2020, handed over to another scheme on 15/03/2021, and back on that very day: two
    #    parcours of one person, no overlap. The step that runs over the new year counts in both years
    #    (family autre).
    profile = {"sex": "homme", "education_level": "2", "birth_year": "1970", "is_rsa": "oui",
               "is_other_minimum_income": "non", "is_disabled_worker": "non",
               "is_qpv_resident": "non"}  # fmt: skip
    first = person(8, entry_date="2020-02-03", jobseeker_months="36", **profile)
    second = person(8, "2", entry_date="2021-03-15", jobseeker_months="48", **profile)
    rows += [
        first.parcours(2020),
        first.step(2020, "G-801", "creation_activite", "2020-12-01"),
        first.parcours(2021),
        first.step(2021, "G-801", "creation_activite", "2020-12-01", "2021-02-26"),
        first.exit(2021, "2021-03-15", "reorientation"),
        second.parcours(2021),
        second.step(2021, "G-802", "mobilisation", "2021-04-01", "2021-04-30"),
    ]

    # 9. Entered in 2020, moves away on 1 January 2021: stock of 2020, exit of 2021 (neutralised). Sex
    #    unknown.
    p = person(9, entry_date="2020-06-15", sex="", birth_year="1988", education_level="3",
               jobseeker_months="3",
               is_rsa="non", is_other_minimum_income="non", is_disabled_worker="non",
               is_qpv_resident="oui")  # fmt: skip
    rows += [p.parcours(2020), p.parcours(2021), p.exit(2021, "2021-01-01", "demenagement")]

    # 10. A second parcours opened while the first one still runs: chevauchement, and with it go its exit
    #    and its step (parcours_exclu). The first one stays open.
    profile = {"sex": "homme", "birth_year": "1968", "education_level": "1", "jobseeker_months": "60",
               "is_rsa": "oui", "is_other_minimum_income": "oui", "is_disabled_worker": "oui",
               "is_qpv_resident": "non"}  # fmt: skip
    first = person(10, entry_date="2021-02-15", **profile)
    second = person(10, "2", entry_date="2021-09-01", **profile)
    rows += [
        first.parcours(2021),
        first.step(2021, "G-1001", "sante_social", "2021-03-01", "2021-12-31"),
        second.parcours(2021),
        second.step(2021, "G-1002", "mobilisation", "2021-09-06", "2021-09-30"),
        second.exit(2021, "2021-12-10", "abandon"),
    ]

    # 11. Enters in January 2022 but stands in the delivery of 2021: hors_annee.
    p = person(11, entry_date="2022-01-10", sex="femme", birth_year="1992", education_level="4",
               jobseeker_months="2", is_rsa="non", is_other_minimum_income="non", is_disabled_worker="non",
               is_qpv_resident="non")  # fmt: skip
    rows += [p.parcours(2021)]

    # 12. Enters in 2021 and leaves on 14 January 2022, as the delivery already says: stock of 2021, no exit
    #    of 2021. A job for a GEIQ without any known contract: not IAE, not known to be aided.
    p = person(12, entry_date="2021-04-12", sex="femme", birth_year="2000", education_level="",
               jobseeker_months="8", is_rsa="non", is_other_minimum_income="non", is_disabled_worker="non",
               is_qpv_resident="oui")  # fmt: skip
    rows += [
        p.parcours(2021),
        p.step(2021, "G-1201", "emploi", "2021-09-01", "2021-12-31", contract_type="", employer_type="geiq"),
        p.exit(2021, "2022-01-14", "emploi_durable", contract_type="cdi", contract_start_date="2021-07-01",
               validated_on="2022-01-14", employer_category="entreprise", naf_section="G"),
    ]  # fmt: skip

    # 13. In parcours since 2019, leaves in 2020 with a CDD of six months clamped at the month end:
    #    31/08/2019 plus six months is 29/02/2020, so a last day of 28/02/2020 is just enough. Proven.
    p = person(13, entry_date="2019-02-04", sex="femme", birth_year="1983", education_level="V",
               jobseeker_months="18", is_rsa="oui", is_other_minimum_income="non", is_disabled_worker="non",
               is_qpv_resident="non")  # fmt: skip
    rows += [
        p.parcours(2020),
        p.exit(2020, "2020-03-02", "emploi_durable", contract_type="cdd", contract_start_date="2019-08-31",
               contract_end_date="2020-02-28", validated_on="2020-02-28", employer_category="entreprise",
               naf_section="N"),
    ]  # fmt: skip

    # 14. In parcours since 2018, retires in 2020: neutralised.
    p = person(14, entry_date="2018-09-10", sex="homme", birth_year="1957", education_level="3",
               jobseeker_months="30", is_rsa="non", is_other_minimum_income="oui", is_disabled_worker="non",
               is_qpv_resident="non")  # fmt: skip
    rows += [p.parcours(2020), p.exit(2020, "2020-07-01", "retraite")]

    # Nobody of that number was delivered: an exit and a step without their parcours (orphelin).
    p = person(99)
    rows += [
        p.step(2021, "G-9901", "formation", "2021-05-03", "2021-06-25"),
        p.exit(2021, "2021-06-25", "autre"),
    ]
    return rows
