"""The answers to the survey: each line says what the warehouse must make of it. Without a line no answer (D54).

59-09, 62-03, 36-01 and 13-05 answer, each not to everything; 59-99 is in no register and counts in the country only.
"""

from __future__ import annotations

# Year, PLIE, funder, amount. Of 2021: 2 000 000 € whose funder is known, of which the ESF brings 1 020 000.
FUNDING = (
    ("2020", "59-09", "fse", "400000"),
    ("2020", "59-09", "commune_epci", "350000,50"),
    ("2020", "59-09", "etat", "149999,50"),
    ("2020", "36-01", "fse", "100000"),
    ("2021", "59-09", "fse", "700000"),
    ("2021", "59-09", "commune_epci", "200000"),
    ("2021", "59-09", "departement", "150000"),
    ("2021", "59-09", "etat", "250000"),
    ("2021", "62-03", "fse", "300000.00"),
    ("2021", "62-03", "FSE", "300000"),  # doublon, written otherwise
    ("2021", "62-03", "region", "40000"),
    ("2021", "62-03", "autre_public", "60000"),
    ("2021", "62-03", "autre_prive", "-5000"),  # montant_negatif
    ("2021", "36-01", "fse", "20000,005"),
    ("2021", "36-01", "autre_prive", "99999,995"),
    ("2021", "36-01", "mécénat", "12000"),  # code_inconnu: an amount without a funder
    ("2021", "13-05", "etat", "0"),  # an answer all the same
    ("2021", "59-99", "commune_epci", "180000"),
    ("2021", "13-05", "fse", "beaucoup"),  # valeur_illisible
    ("2021", "13-05", "region", ""),  # valeur_obligatoire_absente
    ("en 2021", "13-05", "region", "1"),  # valeur_illisible
)

# Year, PLIE, type of operator, type of operation, amount.
ALLOCATIONS = (
    ("2020", "59-09", "aci", "Mobilisation", "60000"),
    ("2020", "59-09", "organisme_formation", "Formation", "40000"),
    ("2021", "59-09", "aci", "Mobilisation", "37000"),
    ("2021", "59-09", "ACI", "Mobilisation", "37000,00"),  # doublon, written otherwise
    ("2021", "59-09", "ei", "Mobilisation", "5000"),
    ("2021", "59-09", "organisme_formation", "Formation", "58000"),
    ("2021", "62-03", "association", "Accompagnement", "70000"),
    ("2021", "62-03", "autre", "Accompagnement", "-1"),  # montant_negatif
    ("2021", "62-03", "autre", "accompagnement", "30000"),
    ("2021", "36-01", "collectivite", "inconnu", "9000"),  # knows its operators, not its operations
    ("2021", "36-01", "coopérative", "inconnu", "1000"),  # code_inconnu
    ("2021", "13-05", "aci", "Mobilisation", "un peu"),  # valeur_illisible
    ("2021", "13-05", "", "Mobilisation", "10"),  # valeur_obligatoire_absente
)

# Year, PLIE, team, headcount, ETP, who employs most of it (D58). Internal teams of 2021: 9 + 8 + 0 persons, 7.5 + 6.95
# ETP. Who employs external referents: 59-09, 62-03 and 59-99 say it.
TEAMS = (
    ("2020", "59-09", "interne", "9", "7,5", ""),
    ("2020", "59-09", "referent_externe", "4", "3", ""),  # of 2020 nobody says it
    ("2021", "59-09", "interne", "9", "7,5", ""),
    ("2021", "59-09", "INTERNE", "9", "7.50", ""),  # doublon, written otherwise
    ("2021", "59-09", "referent_externe", "12", "10,25", "association"),
    ("2021", "62-03", "interne", "8", "6,95", ""),
    ("2021", "62-03", "referent_interne", "3", "", ""),  # persons known, ETP not: in one average, not in the other
    ("2021", "62-03", "referent_externe", "", "", "ACI"),  # who employs them, not how many they are
    ("2021", "36-01", "interne", "0", "", ""),  # nobody is a number
    ("2021", "36-01", "referent_interne", "", "1,5", ""),
    ("2021", "13-05", "interne", "", "", ""),  # answers without a number: in no average
    ("2021", "13-05", "bénévoles", "3", "1", "association"),  # code_inconnu: of no team
    ("2021", "13-05", "referent_externe", "deux", "2", "une coopérative"),  # valeur_ignoree, code_inconnu: no answer
    ("2021", "59-99", "referent_externe", "5", "4,75", "organisme_formation"),
    ("2021", "", "interne", "5", "4", ""),  # valeur_obligatoire_absente
)

# Year, PLIE, companies. Of 2021: 150 + 200 + 164 = 514 over four, 128.5, which shows as 129.
PARTNERS = (
    ("2020", "59-09", "140"),
    ("2021", "59-09", "150"),
    ("2021", "59-09", " 150 "),  # doublon, written otherwise
    ("2021", "62-03", "200"),
    ("2021", "36-01", "0"),
    ("2021", "59-99", "164"),
    ("2021", "13-05", "environ 20"),  # valeur_illisible
    ("2021", "33-01", ""),  # valeur_obligatoire_absente
)
