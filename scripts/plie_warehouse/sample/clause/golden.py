"""The golden case of the clause: the deliveries of CL-36-01 for 2020 and 2021, small enough to count by hand.

tests/python/sql/test_golden_clause.py holds the expected answers, counted by a person from the comments below: each
hours row has a number (1 to 35 in 2021, 101 to 107 in 2020), and what becomes of it. It is the only structure of its
department (36) and of its region (24), so these show the same figures. The marché of the SEM (L4 and L5) is followed by
CL-33-01 too (`edge_cases`); these two structures are the only ones with a SEM in 2021.
"""

from __future__ import annotations

from plie_warehouse.sample.clause.rows import Structure, siret
from plie_warehouse.sample.rows import Delivered

STRUCTURE = Structure("CL-36-01")

TOWN, LANDLORD, SEM = (siret("36", number, is_buyer=True) for number in (1, 2, 3))
BUILDER = (siret("36", 11), "entreprise")
TEMPORARY = (siret("36", 12), "etti")
GROUPING = (siret("36", 13), "geiq")
INSERTION = (siret("36", 14), "ei")
SITE = (siret("36", 15), "aci")
QUARTER = (siret("36", 16), "regie_quartier")
ASSOCIATION = (siret("36", 17), "association")
NOBODY = ("", "")

# Buyer, number of the marché (the buyer's own: two buyers have a 2020-01), lot.
L1, L2 = (TOWN, "2020-01", "1"), (TOWN, "2020-01", "2")
L3 = (LANDLORD, "2020-01", "1")
L4, L5 = (SEM, "SEM-2021-07", "1"), (SEM, "SEM-2021-07", "2")
L6 = (TOWN, "2021-09", "1")
L9 = (TOWN, "2020-01", "9")  # a lot that is not delivered

ELIGIBLE = {1: "2021-02-01", 2: "2021-03-15", 3: "2020-05-04", 4: "2021-01-04", 5: "2019-06-01", 6: "",
            7: "2021-01-11", 8: "2021-04-02", 9: "2021-09-01", 10: "2018-11-30"}  # fmt: skip
# Sex, year of birth, level, months, RSA, RQTH, QPV.
PROFILES = {
    1: ("femme", "1976", "3", "12", "oui", "non", "oui"),  # just 45 (senior), just 12 months
    2: ("homme", "1977", "V bis", "11", "non", "oui", "non"),  # just 44, 11 months, level 2
    3: ("homme", "1995", "4", "6", "oui", "non", "oui"),  # 25 (young)
    4: ("homme", "1995", "VI", "", "", "non", "oui"),  # 26 (not young), level 1, months and RSA unknown
    5: ("femme", "1985", "5", "24", "non", "non", "non"),
    6: ("homme", "1990", "3", "14", "oui", "non", "non"),  # no counted hours
    7: ("", "", "", "", "", "", ""),  # all unknown
    8: ("homme", "1970", "3", "36", "oui", "", "non"),  # RQTH unknown
    9: ("femme", "1988", "1", "30", "oui", "oui", "oui"),  # no counted hours
    10: ("homme", "1960", "3", "40", "non", "oui", "non"),
}


def shared_lots(structure: Structure) -> list[Delivered]:
    """The two lots of the SEM, as both structures that follow them describe them."""
    return [
        structure.lot(2021, L4, "sem", "travaux", *BUILDER, "2021-01-18", "400.00"),
        structure.lot(2021, L5, "sem", "services", *SITE, "2021-01-18", "300"),
    ]


def golden_rows() -> list[Delivered]:
    """The deliveries for 2020 and 2021: 7 and 35 hours rows, with their lots, beneficiaries and contracts."""
    return [*delivery_of_2020(), *delivery_of_2021()]


def delivery_of_2020() -> list[Delivered]:
    s = STRUCTURE
    return [
        s.lot(2020, L1, "collectivite", "travaux", *BUILDER, "2020-02-03", "1000.00"),
        s.lot(2020, L2, "collectivite", "services", *INSERTION, "2020-01-02", "600"),
        *(s.beneficiary(2020, number, ELIGIBLE[number], *PROFILES[number]) for number in (3, 5, 10)),
        s.contract(2020, "G-03", 3, BUILDER, "cdd", "2020-06-01"),
        s.contract(2020, "G-05", 5, SITE, "cddi", "2020-01-06", "2021-12-31"),
        s.contract(2020, "G-13", 10, ASSOCIATION, "cdd", "2018-12-03"),
        s.hours(2020, "G-03", L1, "2020-06", "100.00"),  # 101 counts
        s.hours(2020, "G-03", L1, "2020-12", "80.00"),  # 102 counts: December
        s.hours(2020, "G-05", L2, "2020-01", "70.10"),  # 103 counts: January
        s.hours(2020, "G-05", L2, "2019-12", "11.00"),  # 104 hors_annee (and before the contract)
        # Eligible until 30/11/2020, not included: November begins before it, December does not.
        s.hours(2020, "G-13", L2, "2020-11", "35.75"),  # 105 counts
        s.hours(2020, "G-13", L2, "2020-12", "35.75"),  # 106 eligibilite_expiree
        s.hours(2020, "G-03", L1, "2020-02", "5.50"),  # 107 hors_contrat: it begins on 1 June
    ]


def delivery_of_2021() -> list[Delivered]:
    s = STRUCTURE
    lots = [
        s.lot(2021, L1, "collectivite", "travaux", *BUILDER, "2020-02-03", "1000.00"),
        s.lot(2021, L2, "collectivite", "services", *INSERTION, "2020-01-02", "600"),
        s.lot(2021, L3, "bailleur", "travaux", *GROUPING, "2021-03-01", "500.50"),
        *shared_lots(s),
        # The town again, but nothing is known of the lot except its nature.
        s.lot(2021, L6, "", "fournitures", *NOBODY),
    ]
    beneficiaries = [s.beneficiary(2021, number, ELIGIBLE[number], *PROFILES[number]) for number in range(1, 10)]
    contracts = [
        s.contract(2021, "G-01", 1, TEMPORARY, "interim", "2021-02-01", "2021-05-31"),
        s.contract(2021, "G-02", 2, GROUPING, "alternance", "2021-03-15"),  # begins on the day of eligibility
        s.contract(2021, "G-03", 3, BUILDER, "cdd", "2020-06-01", "2021-03-31"),
        s.contract(2021, "G-04", 4, INSERTION, "cddi", "2021-01-04", "2021-06-30"),
        s.contract(2021, "G-05", 5, SITE, "cddi", "2020-01-06", "2021-12-31"),
        s.contract(2021, "G-06", 6, TEMPORARY, "interim", "2021-03-01", "2021-12-31"),
        s.contract(2021, "G-07", 7, NOBODY, "", "2021-01-11"),  # employer and contract unknown
        s.contract(2021, "G-08", 8, TEMPORARY, "interim", "2021-04-01", "2021-04-01"),  # a day before eligibility
        s.contract(2021, "G-09", 8, QUARTER, "cdd", "2021-04-02", "2021-07-31"),  # on its first day
        s.contract(2021, "G-10", 9, BUILDER, "cdi", "2021-09-01"),
        s.contract(2021, "G-11", 99, ASSOCIATION, "cdd", "2021-03-01", "2021-06-30"),  # nobody delivered 99
        s.contract(2021, "G-12", 2, TEMPORARY, "interim", "2021-09-01", "2021-09-30"),
    ]
    hours = [
        # G-01, 1 February to 31 May, an ETTI.
        s.hours(2021, "G-01", L1, "2021-01", "10.00"),  # 1 hors_contrat: the month before
        s.hours(2021, "G-01", L1, "2021-02", "120.50"),  # 2 counts: the month of the first day
        s.hours(2021, "G-01", L1, "2021-03", "100.00"),  # 3 counts
        s.hours(2021, "G-01", L4, "2021-03", "51.67", "releve_heures"),  # 4 counts: 151.67 over two lots
        s.hours(2021, "G-01", L4, "2021-05", "75.83", "attestation"),  # 5 counts: the month of the last day
        s.hours(2021, "G-01", L4, "2021-06", "5.00"),  # 6 hors_contrat: the month after
        # G-02, a GEIQ, from 15 March.
        s.hours(2021, "G-02", L3, "2021-03", "60"),  # 7 counts
        s.hours(2021, "G-02", L3, "2021-04", "150.00"),  # 8 counts: 220.00 in the month, with the next
        s.hours(2021, "G-02", L4, "2021-04", "70.00"),  # 9 counts
        s.hours(2021, "G-02", L3, "2021-05", "150.00"),  # 10 heures_invraisemblables: 220.01, with the next
        s.hours(2021, "G-02", L4, "2021-05", "70.01"),  # 11 heures_invraisemblables
        s.hours(2021, "G-02", L3, "2021-12", "100,25"),  # 12 counts: December
        s.hours(2021, "G-02", L3, "2022-01", "40.00"),  # 13 hors_annee
        # G-03, the builder itself, until 31 March.
        s.hours(2021, "G-03", L1, "2021-01", "90.00"),  # 14 counts: January
        s.hours(2021, "G-03", L1, "2020-12", "80.00"),  # 15 hors_annee: it was in the delivery for 2020
        s.hours(2021, "G-03", L1, "2021-03", "45.50"),  # 16 counts
        s.hours(2021, "G-03", L1, "2021-03", "45,5"),  # 17 doublon of 16
        # G-04, an EI, until 30 June.
        s.hours(2021, "G-04", L2, "2021-06", "110.00"),  # 18 counts: the month of the last day
        s.hours(2021, "G-04", L2, "2021-07", "20.00"),  # 19 hors_contrat
        s.hours(2021, "G-04", L2, "2021-02", "0.00"),  # 20 heures_invraisemblables
        s.hours(2021, "G-04", L2, "2021-03", "-7.00"),  # 21 heures_invraisemblables
        # G-05, an ACI; eligible until 1 June 2021, not included.
        s.hours(2021, "G-05", L5, "2021-05", "60.20"),  # 22 counts
        s.hours(2021, "G-05", L5, "2021-06", "60.00"),  # 23 eligibilite_expiree
        s.hours(2021, "G-06", L1, "2021-04", "33.33"),  # 24 eligibilite_absente
        s.hours(2021, "G-07", L6, "2021-02", "25.25"),  # 25 counts: all is unknown but the proof
        s.hours(2021, "G-08", L4, "2021-04", "12.00"),  # 26 eligibilite_tardive
        s.hours(2021, "G-09", L5, "2021-04", "88.00"),  # 27 counts: an ACI's lot, hours of a régie de quartier
        s.hours(2021, "G-10", L2, "2021-09", "14.00", ""),  # 28 sans_justificatif
        s.hours(2021, "G-10", L2, "2021-10", "16.00", "courriel"),  # 29 sans_justificatif: in no list
        s.hours(2021, "G-11", L1, "2021-04", "9.00"),  # 30 orphelin: no such beneficiary
        s.hours(2021, "G-01", L9, "2021-04", "8.00"),  # 31 orphelin: no such lot
        s.hours(2021, "G-98", L1, "2021-04", "7.50"),  # 32 orphelin: no such contract
        s.hours(2021, "G-09", L5, "2021-05", "12.345"),  # 33 valeur_illisible: three decimals
        s.hours(2021, "G-12", L2, "2021-09", "130.00"),  # 34 counts: a second contract of person 2
        s.hours(2021, "", L1, "2021-04", "3.00"),  # 35 valeur_obligatoire_absente: whose hours?
    ]
    return [*lots, *beneficiaries, *contracts, *hours]
