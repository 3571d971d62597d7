"""Rows typed by hand that show every rule of the clause at its boundary and every way a delivery goes wrong.

They stand at the end of the deliveries of CL-62-90 (dates DD/MM/YYYY, booleans 1/0): persons 9001 and up, contracts B-…
of the same number. CL-33-01 is typed as a whole: refused for 2020, small and good for 2021. Each line says what the
warehouse must make of it; hours without a remark count.
"""

from __future__ import annotations

from plie_warehouse.sample.clause import golden
from plie_warehouse.sample.clause.population import NORTH
from plie_warehouse.sample.clause.rows import Structure, siret
from plie_warehouse.sample.rows import Delivered

ARTOIS, GIRONDE = Structure("CL-62-90"), Structure("CL-33-01")
BUYER = siret("62", 500, is_buyer=True)
LOT, LOT_2, NO_LOT = (BUYER, "BORD-1", "1"), (BUYER, "BORD-1", "2"), (BUYER, "BORD-1", "3")
EMPLOYER, COMPANY = (siret("62", 501), "ei"), (siret("62", 502), "entreprise")
PROFILE = ("homme", "1984", "3", "9", "0", "0", "0")

Done = tuple[str, ...]  # month, hours, and the proof when it is not a payslip


def case(number: int, eligible: str, start: str, end: str, *done: Done, year: int = 2021) -> list[Delivered]:
    """A person with one contract, and hours on the common lot."""
    return [
        ARTOIS.beneficiary(year, number, eligible, *PROFILE),
        ARTOIS.contract(year, f"B-{number}", number, EMPLOYER, "cddi", start, end),
        *(ARTOIS.hours(year, f"B-{number}", LOT, *cells) for cells in done),
    ]


def common_lots() -> list[Delivered]:
    """The procurement of these rows: two lots, and no third one."""
    return [
        ARTOIS.lot(year, key, "etablissement_public", nature, *COMPANY, "04/03/2019", "20000")
        for year in (2020, 2021)
        for key, nature in ((LOT, "travaux"), (LOT_2, "services"))
    ]


def contract_boundaries() -> list[Delivered]:
    """The month of the first and of the last day of a contract, and those beside them."""
    rows = case(9001, "01/03/2021", "10/03/2021", "30/06/2021",
                ("2021-02", "10"),  # hors_contrat: the month before
                ("2021-03", "70.5"),
                ("2021-06", "80.25"),  # it ends on the last day of the month
                ("2021-07", "10"))  # hors_contrat: the month after  # fmt: skip
    rows += case(9002, "01/03/2021", "31/03/2021", "01/07/2021",
                 ("2021-03", "7"),  # one day of the month
                 ("2021-07", "6.5"),  # one day
                 ("2021-08", "10"))  # hors_contrat  # fmt: skip
    # The last day is before the first: no day at all, so hors_contrat in its own month.
    rows += case(9003, "01/03/2021", "15/05/2021", "14/05/2021", ("2021-05", "35"))
    rows += case(9004, "01/03/2021", "15/05/2021", "15/05/2021", ("2021-05", "7"))  # a contract of one day
    # hors_contrat in both months that the inverted dates name.
    rows += case(9005, "01/03/2021", "01/07/2021", "30/06/2021", ("2021-06", "21"), ("2021-07", "22"))
    # The last day does not exist: it is unknown, and the contract still runs.
    rows += case(9006, "01/03/2021", "01/04/2021", "31/06/2021", ("2021-09", "14"))
    return rows


def year_boundaries() -> list[Delivered]:
    """January and December of the year, and the months on their other side."""
    rows = case(9011, "01/06/2020", "01/06/2020", "",
                ("2020-12", "101.1"),
                ("2021-01", "99"), year=2020)  # hors_annee  # fmt: skip
    rows += case(9011, "01/06/2020", "01/06/2020", "",
                 ("2020-12", "101.1"),  # hors_annee
                 ("2021-01", "99"),
                 ("2021-12", "50.05"),
                 ("2022-01", "60"))  # hors_annee  # fmt: skip
    rows += case(9012, "02/12/2019", "02/12/2019", "",
                 ("2019-12", "30"),  # hors_annee
                 ("2020-01", "31.01"), year=2020)  # fmt: skip
    return rows


def eligibility_boundaries() -> list[Delivered]:
    """Validated on the first day of the contract or the day after; its 24 months to the day."""
    rows = case(9021, "01/04/2021", "01/04/2021", "", ("2021-04", "40"))  # on the first day
    rows += case(9022, "02/04/2021", "01/04/2021", "", ("2021-04", "41"))  # eligibilite_tardive, by a day
    rows += case(9023, "", "01/04/2021", "", ("2021-04", "42"))  # eligibilite_absente
    rows += case(9024, "31/02/2021", "01/04/2021", "", ("2021-04", "43"))  # no such day: eligibilite_absente
    rows += case(9025, "01/06/2019", "03/06/2019", "",
                 ("2021-05", "44"),
                 ("2021-06", "45"))  # eligibilite_expiree: the month begins on the day it ends  # fmt: skip
    rows += case(9026, "02/06/2019", "03/06/2019", "",
                 ("2021-06", "46"),  # the month begins the day before it ends
                 ("2021-07", "47"))  # eligibilite_expiree  # fmt: skip
    rows += case(9027, "31/08/2019", "02/09/2019", "",
                 ("2021-08", "48"),
                 ("2021-09", "49"))  # eligibilite_expiree  # fmt: skip
    # 24 months, not 730 days: these end on 01/03/2021, over a leap year.
    rows += case(9028, "02/03/2019", "04/03/2019", "", ("2021-03", "50"))
    # The 29 February: until 28/02/2022.
    rows += case(9029, "29/02/2020", "02/03/2020", "", ("2021-12", "51"))
    return rows


def implausible_hours() -> list[Delivered]:
    """220 hours in a month and a hundredth more, on one lot and on two; no hours, and less than none."""
    rows = case(9031, "01/03/2021", "01/03/2021", "",
                ("2021-03", "220"),
                ("2021-04", "220.01"),  # heures_invraisemblables
                ("2021-05", "0"),  # heures_invraisemblables
                ("2021-06", "-12.5"),  # heures_invraisemblables, and does not make up for the next row
                ("2021-07", "0.01"))  # fmt: skip
    rows += case(9032, "01/03/2021", "01/03/2021", "",
                 ("2021-03", "150"),  # 220 with the other lot
                 ("2021-04", "150"),  # 220.01 with the other lot: heures_invraisemblables, both
                 ("2021-05", "220.01"),  # heures_invraisemblables, although the other lot has -10
                 ("2021-06", "219"))  # the other lot has -1, excluded alone  # fmt: skip
    rows += [
        ARTOIS.hours(2021, "B-9032", LOT_2, "2021-03", "70"),
        ARTOIS.hours(2021, "B-9032", LOT_2, "2021-04", "70.01"),
        ARTOIS.hours(2021, "B-9032", LOT_2, "2021-05", "-10"),
        ARTOIS.hours(2021, "B-9032", LOT_2, "2021-06", "-1"),
    ]
    # A doublon is not part of the month: 150 and not 300.
    rows += case(9033, "01/03/2021", "01/03/2021", "", ("2021-03", "150"), ("2021-03", "150.00"))
    # A lot that nobody delivered is: 220.01, heures_invraisemblables, both.
    rows += case(9034, "01/03/2021", "01/03/2021", "", ("2021-03", "150"))
    rows += [ARTOIS.hours(2021, "B-9034", NO_LOT, "2021-03", "70.01")]
    return rows


def orphans() -> list[Delivered]:
    """Hours whose contract, lot or beneficiary is not there, or is there but cannot be used."""
    start = "01/03/2021"
    rows = case(9041, "01/02/2021", start, "", ("2021-03", "20"))
    rows += [
        ARTOIS.hours(2021, "B-9041", NO_LOT, "2021-04", "20.5"),  # orphelin: the marché has no lot 3
        ARTOIS.hours(2021, "B-9041", (BUYER, "BORD-9", "1"), "2021-04", "21"),  # orphelin: no such marché
        ARTOIS.hours(2021, "B-9041", (NORTH, "BORD-1", "1"), "2021-04", "21.5"),  # orphelin: another buyer's
        ARTOIS.hours(2021, "B-9949", LOT, "2021-04", "22"),  # orphelin: no such contract
        # orphelin: nobody delivered person 9942.
        ARTOIS.contract(2021, "B-9942", 9942, EMPLOYER, "cddi", start),
        ARTOIS.hours(2021, "B-9942", LOT, "2021-04", "23"),
        # orphelin: the contract is there but begins on a day that does not exist (valeur_illisible).
        ARTOIS.contract(2021, "B-9943", 9041, EMPLOYER, "cddi", "31/02/2021"),
        ARTOIS.hours(2021, "B-9943", LOT, "2021-04", "24"),
        # orphelin: the contract has no beneficiary, or no first day (valeur_obligatoire_absente).
        ARTOIS.contract(2021, "B-9944", 9041, EMPLOYER, "cddi", start, beneficiary_id=""),
        ARTOIS.hours(2021, "B-9944", LOT, "2021-04", "25"),
        ARTOIS.contract(2021, "B-9945", 9041, EMPLOYER, "cddi", ""),
        ARTOIS.hours(2021, "B-9945", LOT, "2021-04", "26"),
        # The SIRET has lost its zeros: neither the lot nor the hours can be read (valeur_illisible).
        ARTOIS.lot(2021, ("100000000019", "AIN-2019-04", "1"), "collectivite", "services", *COMPANY),
        ARTOIS.hours(2021, "B-9041", ("100000000019", "AIN-2019-04", "1"), "2021-04", "27"),
    ]
    return rows


def proofs() -> list[Delivered]:
    return case(9051, "01/03/2021", "01/03/2021", "",
                ("2021-03", "30", "releve_heures"),
                ("2021-04", "31", "Attestation"),
                ("2021-05", "32", ""),  # sans_justificatif
                ("2021-06", "33", "sms"))  # sans_justificatif: in no list  # fmt: skip


def first_reason_wins() -> list[Delivered]:
    """Rows that fail twice or more: the first reason in the order is the one recorded."""
    nothing = ""  # no proof
    rows = case(9061, "", "01/03/2021", "",
                ("2022-01", "0", nothing),  # heures_invraisemblables, before hors_annee and all the rest
                ("2022-02", "12"),  # hors_annee, before eligibilite_absente
                ("2021-02", "13"),  # hors_contrat, before eligibilite_absente
                ("2021-03", "14", nothing))  # eligibilite_absente, before sans_justificatif  # fmt: skip
    rows += [
        ARTOIS.hours(2021, "B-9061", NO_LOT, "2022-03", "15"),  # hors_annee, before orphelin
        ARTOIS.hours(2021, "B-9061", NO_LOT, "2021-02", "16"),  # orphelin, before hors_contrat
    ]
    rows += case(9062, "02/03/2019", "01/03/2019", "",
                 ("2019-02", "17"),  # hors_annee, before hors_contrat
                 ("2021-03", "18", nothing),  # eligibilite_tardive, before sans_justificatif
                 ("2021-04", "19"))  # eligibilite_tardive, before eligibilite_expiree  # fmt: skip
    rows += case(9063, "02/06/2021", "01/06/2021", "", ("2021-05", "20"))  # hors_contrat, before eligibilite_tardive
    rows += case(9064, "01/03/2019", "01/03/2019", "31/05/2021",
                 ("2021-03", "21", nothing),  # eligibilite_expiree, before sans_justificatif
                 ("2021-06", "22"))  # hors_contrat, before eligibilite_expiree  # fmt: skip
    # heures_invraisemblables, then its doublon: doublon comes first.
    rows += case(9065, "01/03/2021", "01/03/2021", "", ("2021-03", "230"), ("2021-03", "230"))
    # The same unreadable row twice: valeur_illisible comes before doublon, both times.
    rows += case(9066, "01/03/2021", "01/03/2021", "", ("2021-03", "7,125"), ("2021-03", "7,125"))
    return rows


def unusable_rows() -> list[Delivered]:
    """Rows that cannot be used: a required cell is blank or cannot be read, or the year is not a year of ours."""
    rows = case(9101, "01/03/2021", "01/03/2021", "",
                ("2021-13", "40"),  # valeur_illisible: no such month
                ("05/2021", "41"),  # valeur_illisible
                ("", "42"),  # valeur_obligatoire_absente
                ("2021-08", ""),  # valeur_obligatoire_absente
                ("2021-09", "douze"),  # valeur_illisible
                ("2021-10", "12h30"),  # valeur_illisible
                ("2021-11", "35,500"))  # valeur_illisible: may be 35.50 or 35 500  # fmt: skip
    rows += [
        ARTOIS.hours(2021, "", LOT, "2021-03", "43"),  # valeur_obligatoire_absente, as all of the next ones
        ARTOIS.hours(2021, "B-9101", ("", "BORD-1", "1"), "2021-04", "44"),
        ARTOIS.hours(2021, "B-9101", (BUYER, "", "1"), "2021-04", "45"),
        ARTOIS.hours(2021, "B-9101", (BUYER, "BORD-1", ""), "2021-04", "46"),
        ARTOIS.hours("", "B-9101", LOT, "2021-04", "47"),
        ARTOIS.hours(2021, "B-9101", LOT, "2021-04", "48", structure_code=""),  # whose? in no structure's hours
        ARTOIS.hours("deux mille", "B-9101", LOT, "2021-04", "49"),  # valeur_illisible
        ARTOIS.lot(2021, (BUYER, "BORD-2", ""), "collectivite", "travaux"),
        ARTOIS.beneficiary(2021, 9102, "01/03/2021", *PROFILE, beneficiary_id=""),
        ARTOIS.contract(2021, "", 9101, EMPLOYER, "cddi", "01/03/2021"),
    ]
    # annee_non_prise_en_charge: no parameter was in force on 31/12/1821.
    rows += [
        ARTOIS.lot(1821, LOT, "etat", "travaux", *COMPANY, "01/03/1821", "100"),
        *case(9103, "01/03/1821", "01/03/1821", "", ("1821-03", "52"), year=1821),
    ]
    # doublon in each table: the same row, once in another spelling of the same values.
    again = ("collectivite", "services", *COMPANY)
    rows += [
        ARTOIS.lot(2021, (BUYER, "BORD-3", "1"), *again, "04/01/2021", "350"),
        ARTOIS.lot(2021, (BUYER, "BORD-3", "1"), *again, "2021-01-04", "350,00"),
    ]
    rows += [ARTOIS.beneficiary(2021, 9104, "01/03/2021", *PROFILE)] * 2
    rows += [
        ARTOIS.contract(2021, "B-9104", 9104, EMPLOYER, "cddi", "01/03/2021"),
        ARTOIS.contract(2021, "B-9104", 9104, EMPLOYER, " CDDI ", "2021-03-01"),
        ARTOIS.hours(2021, "B-9104", (BUYER, "BORD-3", "1"), "2021-03", "60.1"),
        ARTOIS.hours(2021, "B-9104", (BUYER, "BORD-3", "1"), "2021-03", "60,10", "BULLETIN_PAIE"),
    ]
    return rows


def bad_optional_cells() -> list[Delivered]:
    """Rows that are kept although an optional cell is unreadable or in no list: the cell is unknown."""
    start, lot, empty = "01/03/2021", (BUYER, "BORD-4", "1"), (BUYER, "BORD-4", "2")
    bad = {"sex": "X", "birth_year": "19788", "education_level": "BAC PRO", "jobseeker_months": "un an",
           "is_rsa": "peut-être", "is_disabled_worker": "2", "is_qpv_resident": "?"}  # fmt: skip
    return [
        ARTOIS.lot(2021, lot, "mairie", "mixte", siret("62", 503), "SIAE", "31/02/2021", "1200,555"),
        ARTOIS.beneficiary(2021, 9111, "01/02/2021", **bad),
        ARTOIS.contract(2021, "B-9111", 9111, (siret("62", 503), "SIAE"), "PEC", start),
        ARTOIS.hours(2021, "B-9111", lot, "2021-03", "61.61"),
        # Every optional cell empty, but the two without which nothing counts.
        ARTOIS.lot(2021, empty),
        ARTOIS.beneficiary(2021, 9112, "01/02/2021"),
        ARTOIS.contract(2021, "B-9112", 9112, ("", ""), "", start),
        ARTOIS.hours(2021, "B-9112", empty, "2021-03", "62.62"),
        # Every spelling of yes and no, in one delivery.
        ARTOIS.beneficiary(2021, 9113, "01/02/2021", "FEMME", "1990", "v BIS", "12", "O", "n", "Vrai"),
        ARTOIS.beneficiary(2021, 9114, "01/02/2021", "Homme", "1955", "8", "11", "oui", "NON", "faux"),
    ]


def every_code() -> list[Delivered]:
    """One lot and one contract for each type of company; the other lists are gone through on the way.

    The employer is never of the awardee's type: IAE awardees have hours of employers that are not, and the reverse.
    The SEM are in the golden case.
    """
    companies = ("aci", "ei", "etti", "ai", "regie_quartier", "geiq", "ea", "entreprise", "association", "public",
                 "particulier", "autre")  # fmt: skip
    contracts = ("cdi", "cdd", "interim", "alternance", "titulaire", "cddi", "cui_cae", "cui_cie", "emploi_avenir",
                 "autre")  # fmt: skip
    buyers = ("collectivite", "bailleur", "etat", "etablissement_public", "prive", "autre")
    natures = ("travaux", "services", "fournitures")
    proofs = ("bulletin_paie", "releve_heures", "attestation")
    levels = ("1", "2", "3", "4", "5", "6", "7", "8", "VI", "V bis", "IV", "III")
    rows: list[Delivered] = []
    for i, company in enumerate(companies):
        number = 9201 + i
        key = (siret("62", 510 + i % 6, is_buyer=True), f"CODE-{i % 6}", str(1 + i // 6))
        awardee = (siret("62", 540 + i), companies[-1 - i])
        rows += [
            ARTOIS.lot(2021, key, buyers[i % 6], natures[i % 3], *awardee, "11/01/2021", str(50 + i)),
            ARTOIS.beneficiary(2021, number, "01/02/2021", ("femme", "homme")[i % 2], str(1960 + 4 * i), levels[i],
                               str(2 * i), str(i % 2), "0", "1"),
            ARTOIS.contract(2021, f"B-{number}", number, (siret("62", 520 + i), company), contracts[i % 10],
                            "08/02/2021"),
            ARTOIS.hours(2021, f"B-{number}", key, "2021-02", f"{40 + i}.4", proofs[i % 3]),
        ]  # fmt: skip
    return rows


def cross_checks() -> list[Delivered]:
    """What counts and yet makes a controller ask."""
    start, day = "01/02/2021", "11/01/2021"
    full, over, idle, aci_lot = ((BUYER, "CTRL-1", lot_no) for lot_no in "1234")
    other = (NORTH, "HDF-2019-03", "2")
    both = (siret("62", 504), "ei")
    rows = [
        ARTOIS.lot(2021, full, "bailleur", "services", *both, day, "100"),  # 100 hours done: as many as wanted
        ARTOIS.lot(2021, over, "bailleur", "services", *both, day, "100"),  # 100.01 done
        ARTOIS.lot(2021, idle, "bailleur", "services", *both, day, "500"),  # none done
        ARTOIS.lot(2021, aci_lot, "bailleur", "services", siret("62", 505), "aci", day, "900"),
        # CL-59-01 and CL-59-02 follow this lot too, and describe it otherwise: collectivite, services.
        ARTOIS.lot(2021, other, "etablissement_public", "fournitures", siret("0", 2), "aci", "13/05/2019", "999"),
    ]
    # 151.67 hours in a month over two contracts, and a hundredth more.
    for number, hours in ((9301, "51.67"), (9302, "51.68")):
        rows += case(number, "01/02/2021", start, "", ("2021-04", "100"))
        rows += [
            ARTOIS.contract(2021, f"B-{number}-2", number, COMPANY, "cdd", start),
            ARTOIS.hours(2021, f"B-{number}-2", LOT_2, "2021-04", hours),
        ]
    rows += case(9303, "01/02/2021", start, "")
    rows += [
        ARTOIS.hours(2021, "B-9303", full, "2021-02", "100"),
        ARTOIS.hours(2021, "B-9303", over, "2021-03", "60"),
        ARTOIS.hours(2021, "B-9303", over, "2021-04", "40.01"),
        ARTOIS.hours(2021, "B-9303", other, "2021-05", "12.12"),
        # An ACI has the lot, a company employs; and a company that is an EI as an awardee, a company as an employer.
        ARTOIS.contract(2021, "B-9304", 9303, (both[0], "entreprise"), "cdd", start),
        ARTOIS.hours(2021, "B-9304", aci_lot, "2021-06", "33.3"),
    ]
    # The same pseudonym in CL-33-01, with hours in April 2021 too: once with the same sex and year of birth.
    return rows + [row for which in (1, 2) for row in person_of_two_structures(ARTOIS, LOT, which, "1984")]


def person_of_two_structures(structure: Structure, key: tuple[str, str, str], which: int, born: str) -> list[Delivered]:
    pseudonym, contract = f"SYN-DOUBLE-{which:04d}", f"DOUBLE-{which}"
    return [
        structure.beneficiary(2021, 0, "01/02/2021", "femme", born, "3", beneficiary_id=pseudonym),
        structure.contract(2021, contract, 0, EMPLOYER, "cddi", "01/02/2021", beneficiary_id=pseudonym),
        structure.hours(2021, contract, key, "2021-04", "34.5"),
    ]


def small_deliveries() -> list[Delivered]:
    """CL-33-01. For 2020, the hours of one contract, lot and month stand there twice, with two numbers: the delivery is
    refused as a whole (livraison_refusee). For 2021 it is good; it shares the marché of the SEM with CL-36-01."""
    s, landlord = GIRONDE, siret("33", 1, is_buyer=True)
    lot, builder = (landlord, "BX-12", "1"), (siret("33", 1), "entreprise")
    rows: list[Delivered] = []
    for year in (2020, 2021):
        rows += [
            s.lot(year, lot, "bailleur", "travaux", *builder, "2019-11-04", "800"),
            s.beneficiary(year, 1, "2020-01-06", "homme", "1991", "3", "14", "oui", "non", "oui"),
            s.beneficiary(year, 2, "2020-02-03", "femme", "1983", "2", "4", "non", "non", "non"),
            s.beneficiary(year, 3, "", "homme", "1999", "4", "7", "non", "", "oui"),
            s.contract(year, "K-1", 1, golden.TEMPORARY, "interim", "2020-01-13"),
            s.contract(year, "K-2", 2, builder, "cdi", "2020-02-10"),
            s.contract(year, "K-3", 3, builder, "cdd", "2020-03-02", "2021-08-31"),
        ]
    rows += [
        s.hours(2020, "K-1", lot, "2020-02", "91.5"),
        s.hours(2020, "K-2", lot, "2020-02", "104"),
        s.hours(2020, "K-2", lot, "2020-02", "140"),  # the second row under the key of the one above
        s.hours(2020, "K-2", lot, "2020-03", "120.25"),
        s.hours(2020, "K-3", lot, "2020-04", "33"),
        *golden.shared_lots(s),
        s.hours(2021, "K-1", golden.L4, "2021-03", "40.00"),
        s.hours(2021, "K-2", golden.L5, "2021-04", "22.50"),
        s.hours(2021, "K-3", golden.L5, "2021-05", "10.00"),  # eligibilite_absente
        s.hours(2021, "K-1", lot, "2021-06", "18.75"),
        *person_of_two_structures(s, lot, 1, "1984"),
        *person_of_two_structures(s, lot, 2, "1948"),
    ]
    return rows


def edge_case_rows() -> list[Delivered]:
    """All the hand-written rows but the golden case."""
    return [
        *common_lots(), *contract_boundaries(), *year_boundaries(), *eligibility_boundaries(), *implausible_hours(),
        *orphans(), *proofs(), *first_reason_wins(), *unusable_rows(), *bad_optional_cells(), *every_code(),
        *cross_checks(), *small_deliveries(),
    ]  # fmt: skip
