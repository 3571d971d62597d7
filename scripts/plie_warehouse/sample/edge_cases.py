"""Rows typed by hand that show every rule at its boundary and every way a delivery goes wrong.

They stand at the end of the deliveries of 62-03 (dates DD/MM/YYYY, booleans 1/0) and 33-01 (dates YYYY-MM-DD,
booleans oui/non), as persons 9001 and up, plus one refused delivery (02-04 for 2020). Each line says what the
warehouse must make of it. Everything else in the sample is clean.
"""

from __future__ import annotations

from plie_warehouse.sample.rows import Delivered, Person

BETHUNE, BORDEAUX, VERMANDOIS, MEAUX = "62-03", "33-01", "02-04", "77-01"


def bethune(number: int, entry_date: str, parcours_no: str = "1", **profile: str) -> Person:
    defaults = {"sex": ("homme", "femme")[number % 2], "birth_year": "1982", "education_level": "3",
                "jobseeker_months": "9", "is_rsa": str(number % 2), "is_other_minimum_income": "0",
                "is_disabled_worker": "0", "is_qpv_resident": "0", "referent_id": "REF-62-03-1"}  # fmt: skip
    return Person(BETHUNE, number, parcours_no, entry_date=entry_date, **(defaults | profile))


def bordeaux(number: int, entry_date: str, parcours_no: str = "1", **profile: str) -> Person:
    defaults = {"sex": ("homme", "femme")[number % 2], "birth_year": "1974", "jobseeker_months": "7",
                "education_level": str(3 + number % 2), "is_rsa": ("oui", "non")[number % 2],
                "is_other_minimum_income": "non", "is_disabled_worker": "non", "is_qpv_resident": "non",
                "referent_id": f"REF-33-01-{1 + number % 2}"}  # fmt: skip
    return Person(BORDEAUX, number, parcours_no, entry_date=entry_date, **(defaults | profile))


def unusable_rows() -> list[Delivered]:
    """Rows that cannot be used at all, and what hangs on them (62-03)."""
    rows: list[Delivered] = []
    # valeur_obligatoire_absente: no pseudonym; no entry date; then a step without id, one without type, an
    # exit without date, one without reason (their parcours stay, open).
    rows += [bethune(9001, "01/02/2021").parcours(2021, participant_id="")]
    rows += [bethune(9002, "").parcours(2021)]
    p = bethune(9003, "01/02/2021")
    rows += [
        p.parcours(2021),
        p.step(2021, "", "formation", "01/03/2021"),
        p.step(2021, "E-9003", "", "01/03/2021"),
        p.exit(2021, "", "abandon"),
    ]
    p = bethune(9004, "01/02/2021")
    rows += [p.parcours(2021), p.exit(2021, "15/09/2021", "")]
    # valeur_illisible: a day that does not exist, a number in words, a year in words.
    p = bethune(9005, "31/02/2021")  # its exit and its step are parcours_exclu
    rows += [
        p.parcours(2021),
        p.step(2021, "E-9005", "formation", "05/04/2021", "30/04/2021"),
        p.exit(2021, "30/06/2021", "sante"),
    ]
    rows += [bethune(9006, "01/02/2021").parcours(2021, parcours_no="premier")]
    rows += [bethune(9007, "01/02/2021").parcours("deux mille vingt et un")]
    p = bethune(9008, "01/02/2021")
    rows += [
        p.parcours(2021),
        p.step(2021, "E-9008", "mediation", "mars 2021"),
        p.exit(2021, "2021/09/30", "sante"),
    ]
    # annee_non_prise_en_charge: no parameter was in force on 31/12/1821.
    p = bethune(9009, "01/02/1821", birth_year="1782")
    rows += [
        p.parcours(1821),
        p.step(1821, "E-9009", "formation", "01/03/1821", "30/03/1821"),
        p.exit(1821, "30/06/1821", "deces"),
    ]
    # doublon: the same row twice, once in another spelling of the same values.
    p = bethune(9010, "08/03/2021", is_rsa="1")
    rows += [p.parcours(2021), p.parcours(2021)]
    rows += [p.step(2021, "E-9010", "formation", "12/04/2021", "16/04/2021")] * 2
    rows += [p.exit(2021, "30/09/2021", "abandon"), p.exit(2021, "2021-09-30", " Abandon ")]
    return rows


def bad_optional_cells() -> list[Delivered]:
    """Rows that are kept although an optional cell is unreadable or in no list: the cell is unknown."""
    p = bethune(9101, "11/01/2021", birth_year="19788", jobseeker_months="douze", is_rsa="peut-être")
    q = bethune(9102, "18/01/2021", sex="non binaire", education_level="BAC PRO", is_qpv_resident="2")
    r = bethune(9103, "19/01/2021")
    return [
        p.parcours(2021),
        # The last day of the contract does not exist: dates_manquantes, with a bad cell.
        p.exit(2021, "30/11/2021", "emploi_durable", contract_type="cdd", contract_start_date="03/05/2021",
               contract_end_date="31/02/2021", validated_on="15/11/2021", employer_category="mairie",
               naf_section="84.11Z"),
        q.parcours(2021),
        # A contract that is in no list is unknown, hence not durable: contrat_non_durable.
        q.exit(2021, "15/12/2021", "emploi_durable", contract_type="CDI intermittent",
               contract_start_date="01/06/2021", validated_on="2021-13-01", is_certifying="sans objet"),
        r.parcours(2021),
        # A reason that is in no list: an exit without declared class, not positive; a type of step likewise.
        r.exit(2021, "15/10/2021", "fin administrative"),
        r.step(2021, "E-9103", "immersion", "01/03/2021", "12/03/2021"),
        # A job step whose employer and contract are in no list, and whose last day cannot be read.
        r.step(2021, "E-9104", "emploi", "01/04/2021", "30/02/2021", contract_type="PEC",
               employer_type="SIAE"),
    ]  # fmt: skip


def all_unknown() -> list[Delivered]:
    """A parcours with every optional cell empty, its job step and its exit likewise."""
    p = Person(BETHUNE, 9150, entry_date="06/04/2021")
    return [
        p.parcours(2021),
        p.step(2021, "E-9150", "emploi", "03/05/2021"),
        p.exit(2021, "17/12/2021", "emploi_durable"),  # contrat_non_durable: no contract is known
    ]


def misplaced_rows() -> list[Delivered]:
    """Rows that are well formed but in the wrong place or order (33-01)."""
    rows: list[Delivered] = []
    # orphelin: an exit and a step of a parcours that nobody delivered.
    p = bordeaux(9201, "2021-01-04")
    rows += [
        p.exit(2021, "2021-05-31", "abandon"),
        p.step(2021, "E-9201", "formation", "2021-02-01", "2021-02-26"),
    ]
    # sortie_avant_entree by one day: the exit goes, the parcours is open. Leaving on the day of entry is
    # allowed.
    p, q = bordeaux(9202, "2021-03-01"), bordeaux(9203, "2021-03-01")
    rows += [p.parcours(2021), p.exit(2021, "2021-02-28", "abandon")]
    rows += [q.parcours(2021), q.exit(2021, "2021-03-01", "reorientation")]
    # hors_annee: enters on the 1 January after; left on the 31 December before (exit and step:
    # parcours_exclu).
    rows += [bordeaux(9204, "2022-01-01").parcours(2021)]
    p = bordeaux(9205, "2019-03-04")
    rows += [
        p.parcours(2020),
        p.step(2020, "E-9205", "mobilisation", "2020-02-03", "2020-02-28"),
        p.exit(2020, "2019-12-31", "sante"),
    ]
    # The boundaries that are inside: enters on 31 December; leaves on 1 January; leaves on 31 December.
    rows += [bordeaux(9206, "2021-12-31").parcours(2021)]
    p = bordeaux(9207, "2020-02-03")
    rows += [p.parcours(2020), p.parcours(2021), p.exit(2021, "2021-01-01", "exclusion")]
    p = bordeaux(9208, "2021-02-01")
    rows += [p.parcours(2021), p.exit(2021, "2021-12-31", "fin_de_duree")]
    # An exit after the year: valid, stock of 2020, exit of 2021.
    p = bordeaux(9209, "2020-03-02")
    rows += [
        p.parcours(2020),
        p.exit(2020, "2021-01-20", "autre"),
        p.parcours(2021),
        p.exit(2021, "2021-01-20", "autre"),
    ]
    # chevauchement by one day; the parcours that begins on the day of the exit is allowed.
    p, q, r = (bordeaux(9210, day, no) for day, no in (("2021-01-11", "1"), ("2021-06-29", "2"), ("2021-06-30", "3")))
    rows += [
        p.parcours(2021),
        p.exit(2021, "2021-06-30", "perte_de_contact"),
        q.parcours(2021),
        q.step(2021, "E-9210", "formation", "2021-07-05", "2021-07-09"),
        q.exit(2021, "2021-11-30", "abandon"),
        r.parcours(2021),
    ]
    # Two parcours that begin on one day: the second number overlaps.
    p, q = bordeaux(9211, "2021-04-06", "1"), bordeaux(9211, "2021-04-06", "2")
    rows += [p.parcours(2021), q.parcours(2021)]
    # Steps: accompaniment is checked before all else (even without its parcours).
    p = bordeaux(9212, "2021-02-01")
    rows += [
        p.parcours(2021),
        p.exit(2021, "2021-10-29", "abandon"),
        p.step(2021, "E-9212", "accompagnement", "2021-02-01", "2021-10-29"),
        p.step(2021, "E-9213", "formation", "2021-05-10", "2021-05-09"),  # dates_inversees by one day
        p.step(2021, "E-9214", "formation", "2021-05-10", "2021-05-10"),  # one day: counts
        p.step(2021, "E-9215", "mobilisation", "2021-01-04", "2021-01-31"),  # before the entry: hors_parcours
        p.step(2021, "E-9216", "mobilisation", "2021-01-04", "2021-02-01"),  # ends at the entry: counts
        p.step(2021, "E-9217", "mediation", "2021-10-30", "2021-11-30"),  # after the exit: hors_parcours
        p.step(2021, "E-9218", "mediation", "2021-10-29", "2021-11-30"),  # starts at the exit: counts
        # Without its parcours: accompagnement all the same, not orphelin.
        bordeaux(9298, "").step(2021, "E-9219", "Accompagnement", "2021-02-01"),
    ]
    p = bordeaux(9220, "2020-09-07")
    rows += [
        p.parcours(2020),
        p.parcours(2021),
        p.step(2021, "E-9220", "formation", "2020-10-05", "2020-12-31"),  # hors_annee by one day
        p.step(2021, "E-9221", "formation", "2020-10-05", "2021-01-01"),  # active on 1 January: counts
        p.step(2021, "E-9222", "formation", "2021-12-31", ""),  # starts on 31 December: counts
        p.step(2021, "E-9223", "formation", "2022-01-01", ""),  # hors_annee by one day
    ]
    return rows


def exit_evidence() -> list[Delivered]:
    """Declared durable jobs and qualifying trainings on both sides of each boundary (33-01, 2021)."""

    def leaver(number: int, exit_date: str, reason: str, **evidence: str) -> list[Delivered]:
        p = bordeaux(number, "2019-06-03")
        return [p.parcours(2020), p.parcours(2021), p.exit(2021, exit_date, reason, **evidence)]

    sections = "ABDEJKLMRSTUO"  # the less usual sectors, one a job

    def job(number: int, contract: str, start: str, end: str, validated: str) -> list[Delivered]:
        return leaver(number, "2021-12-06", "emploi_durable", contract_type=contract,
                      contract_start_date=start,
                      contract_end_date=end, validated_on=validated, employer_category="entreprise",
                      naf_section=sections[number - 9301])  # fmt: skip

    def training(number: int, start: str, end: str, validated: str, certifying: str = "oui") -> list[Delivered]:
        return leaver(number, "2021-10-29", "formation_qualifiante", training_start_date=start,
                      training_end_date=end, validated_on=validated, is_certifying=certifying)  # fmt: skip

    rows = job(9301, "cdd", "2021-01-15", "2021-07-14", "2021-07-14")  # exactly six months: proven
    rows += job(9302, "cdd", "2021-01-15", "2021-07-13", "2021-07-14")  # one day less: contrat_trop_court
    rows += job(9303, "interim", "2020-08-31", "2021-02-27", "2021-02-27")  # 31/08 + 6 months = 28/02: proven
    rows += job(9304, "interim", "2020-08-31", "2021-02-26", "2021-03-01")  # contrat_trop_court
    rows += job(9305, "cdi", "2021-01-15", "", "2021-07-14")  # validated after just six months: proven
    rows += job(9306, "cdi", "2021-01-15", "", "2021-07-13")  # one day too early: non_valide
    rows += job(9307, "titulaire", "2021-01-04", "", "2021-09-01")  # needs no end date: proven
    rows += job(9308, "titulaire", "2021-01-04", "", "")  # non_valide
    rows += job(9309, "alternance", "2021-01-04", "", "2021-09-01")  # dates_manquantes: no last day
    rows += job(9310, "cdi", "", "", "2021-09-01")  # dates_manquantes: no first day
    rows += job(9311, "cddi", "2021-01-04", "2021-12-31", "2021-09-01")  # contrat_non_durable
    rows += job(9312, "emploi_avenir", "2021-01-04", "2021-12-31", "2021-09-01")  # contrat_non_durable
    rows += job(9313, "autre", "2021-01-04", "2021-12-31", "2021-09-01")  # contrat_non_durable
    rows += training(9321, "2021-03-01", "2021-10-29", "")  # ended on the day of exit: proven
    rows += training(9322, "2021-03-01", "2021-10-30", "2021-10-01")  # a day after it: formation_non_achevee
    rows += training(9323, "2021-03-01", "2021-11-30", "2021-10-01")  # just nine months: non_achevee
    rows += training(9324, "2021-03-01", "2021-12-01", "2021-08-31")  # over nine, validated: proven
    rows += training(9325, "2021-03-01", "2021-12-01", "2021-08-30")  # validated a day too early: non_valide
    rows += training(9326, "2021-03-01", "2021-10-15", "", certifying="non")  # formation_non_certifiante
    rows += training(9327, "2021-03-01", "2021-10-15", "", certifying="")  # unknown is not yes
    rows += training(9328, "2021-03-01", "", "2021-09-15")  # dates_manquantes
    rows += training(9329, "", "2021-12-31", "2021-09-15")  # long? nobody knows: dates_manquantes
    return rows


def profile_boundaries() -> list[Delivered]:
    """Ages 25 and 26, 44 and 45; 11 and 12 months; levels 2 and 3, 3 and 4 (62-03, entries of 2021)."""
    return [
        bethune(9401, "01/06/2021", birth_year="1996").parcours(2021),  # 25: young
        bethune(9402, "01/06/2021", birth_year="1995").parcours(2021),  # 26: not young
        bethune(9403, "01/06/2021", birth_year="1977").parcours(2021),  # 44: not senior
        bethune(9404, "01/06/2021", birth_year="1976").parcours(2021),  # 45: senior
        bethune(9405, "01/06/2021", jobseeker_months="11").parcours(2021),  # not long-term
        bethune(9406, "01/06/2021", jobseeker_months="12").parcours(2021),  # long-term
        bethune(9407, "01/06/2021", education_level="2").parcours(2021),  # unqualified
        bethune(9408, "01/06/2021", education_level="V").parcours(2021),  # low-qualified, not unqualified
        bethune(9409, "01/06/2021", education_level="4").parcours(2021),  # neither
        # Every spelling of yes and no that is accepted, in one delivery.
        bethune(9410, "01/06/2021", is_rsa="O", is_other_minimum_income="n", is_disabled_worker="Vrai",
                is_qpv_resident="FALSE").parcours(2021),
        bethune(9411, "01/06/2021", is_rsa="oui", is_other_minimum_income="NON", is_disabled_worker="true",
                is_qpv_resident="faux").parcours(2021),
    ]  # fmt: skip


def unmapped_local_code() -> list[Delivered]:
    """77-01 writes a local type of employer for which it sent no map: unknown, and listed as unmapped."""
    rows = []
    for number in (9501, 9502, 9503):
        p = Person(MEAUX, number, entry_date="2021-02-08", sex="HOMME", birth_year="1986",
                   education_level="3",
                   jobseeker_months="20", is_rsa="true", is_other_minimum_income="false",
                   is_disabled_worker="false", is_qpv_resident="true", referent_id="REF-77-01-1")  # fmt: skip
        rows += [
            p.parcours(2021),
            p.step(2021, f"E-{number}", "EMPLOI", "2021-04-01", contract_type="CDDI", employer_type="SIAE 77"),
        ]
    return rows


def refused_delivery() -> list[Delivered]:
    """02-04 for 2020: person 3 stands there twice under one key, with two birth years: the delivery is
    refused as a whole (livraison_refusee). The delivery for 2021 is small and good, and has no steps."""
    people = [
        Person(VERMANDOIS, number, entry_date=entry, sex=sex, birth_year=born, education_level=level,
               jobseeker_months=months, is_rsa=rsa, referent_id="REF-02-04-1")
        for number, entry, sex, born, level, months, rsa in (
            (1, "09/09/2019", "femme", "1984", "3", "15", "1"),
            (2, "14/10/2019", "homme", "1991", "2", "4", "0"),
            (3, "03/02/2020", "femme", "1975", "3", "22", "1"),
            (4, "02/03/2020", "homme", "1998", "4", "7", ""),
            (5, "15/06/2020", "femme", "1969", "1", "48", "1"),
            (6, "07/09/2020", "homme", "1987", "3", "", "0"),
            (7, "12/10/2020", "femme", "1993", "5", "2", "0"),
        )
    ]  # fmt: skip
    rows = [p.parcours(2020) for p in people[:3]]
    rows += [people[2].parcours(2020, birth_year="1957")]  # the second row under the key of person 3
    rows += [p.parcours(2020) for p in people[3:]]
    rows += [
        people[0].step(2020, "ET-02-04-00001", "formation", "13/01/2020", "20/03/2020"),
        people[3].step(2020, "ET-02-04-00002", "mobilisation", "06/04/2020", "10/04/2020"),
        people[1].exit(2020, "30/10/2020", "abandon"),
    ]
    rows += [p.parcours(2021) for number, p in enumerate(people, start=1) if number != 2]
    for number, entry, sex, born in (
        (8, "18/01/2021", "homme", "1990"),
        (9, "22/03/2021", "femme", "1981"),
        (10, "17/05/2021", "femme", "2001"),
        (11, "13/09/2021", "homme", "1972"),
    ):
        p = Person(VERMANDOIS, number, entry_date=entry, sex=sex, birth_year=born, education_level="3",
                   jobseeker_months="13", is_rsa="0", is_qpv_resident="0",
                   referent_id="REF-02-04-1")  # fmt: skip
        rows.append(p.parcours(2021))
    rows += [
        people[0].exit(2021, "15/04/2021", "emploi_durable", contract_type="cdi",
                       contract_start_date="05/10/2020",
                       validated_on="08/04/2021", employer_category="entreprise", naf_section="N"),
        people[4].exit(2021, "30/06/2021", "sante"),
    ]  # fmt: skip
    return rows


def edge_case_rows() -> list[Delivered]:
    """All the hand-written rows but the golden case."""
    return [
        *unusable_rows(), *bad_optional_cells(), *all_unknown(), *misplaced_rows(), *exit_evidence(),
        *profile_boundaries(), *unmapped_local_code(), *refused_delivery(),
    ]  # fmt: skip
