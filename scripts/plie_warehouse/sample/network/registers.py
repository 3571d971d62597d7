"""The registers: each line says what the warehouse must make of it. They name no year and serve for 2020 and 2021."""

from __future__ import annotations

# Code, name, department, opened, closed (D50).
MDE_REGISTER = (
    ("MDE-02-01", "Maison fictive de Thiérache", "02", "1996-01-01", ""),
    ("MDE-02-01", "Maison fictive de Thiérache", " 02 ", "01/01/1996", ""),  # doublon, written otherwise
    ("MDE-13-01", "Maison fictive de Marseille", "13", "1995-06-01", ""),
    ("MDE-33-01", "Maison fictive de Gironde", "33", "31/12/2021", ""),  # opens on the last day: exists that day
    ("MDE-36-01", "Maison fictive de l'Indre", "36", "2022-01-01", ""),  # opens the day after: not yet
    ("MDE-59-01", "Maison fictive du Nord", "59", "1999-01-01", "31/12/2021"),  # closed that day: in 2021, not on it
    ("MDE-59-02", "Maison fictive du Hainaut", "59", "2001-01-01", "2022-01-01"),  # closed the day after: still there
    ("MDE-62-01", "Maison fictive d'Artois", "62", "2003-01-01", "01/01/2021"),  # closed on 1 January: not in 2021
    ("MDE-62-02", "Maison fictive du Boulonnais", "62", "2003-01-01", "02/01/2021"),  # a single day of 2021
    ("MDE-64-01", "Maison fictive du Béarn", "64", "2021-03-01", "2021-09-30"),  # in 2021, on neither of its ends
    ("MDE-69-01", "Maison fictive de Lyon", "69", "", ""),  # opened nobody knows when: taken as long ago
    ("MDE-77-01", "Maison fictive de Brie", "77", "bientôt", ""),  # valeur_ignoree: the same
    ("MDE-80-01", "", "80", "2000-01-01", ""),  # valeur_obligatoire_absente
    ("MDE-93-01", "Maison fictive de la Seine", "93X", "2002-01-01", ""),  # code_inconnu: counts in the country only
)

# Code, name, membership, type, region, joined, left (D53), up to date with the employers' association (D56): of the
# members on 31/12/2021, 01, 03, 08 and 13 are.
MEMBERS = (
    ("AD-01", "Adhérent fictif 01", "pleine", "plie", "32", "2005-01-01", "", "oui"),
    ("AD-01", "Adhérent fictif 01", "PLEINE", "PLIE", "32", "01/01/2005", "", "1"),  # doublon, written otherwise
    ("AD-02", "Adhérent fictif 02", "pleine", "plie_mde", "32", "2006-01-01", "", "non"),
    ("AD-03", "Adhérent fictif 03", "pleine", "mde", "84", "31/12/2021", "", "oui"),  # arrives on the last day of 2021
    ("AD-04", "Adhérent fictif 04", "pleine", "mde", "32", "2007-01-01", "01/01/2021", "oui"),  # leaves on the first
    ("AD-05", "Adhérent fictif 05", "pleine", "collectivite", "24", "2007-01-01", "31/12/2021", "oui"),  # on the last
    ("AD-06", "Adhérent fictif 06", "clause", "commune", "11", "01/01/2021", "", ""),  # arrives on the first day
    ("AD-07", "Adhérent fictif 07", "clause", "epci", "11", "31/12/2020", "", "non"),  # on the last of 2020
    ("AD-08", "Adhérent fictif 08", "clause", "departement", "75", "2010-01-01", "01/01/2022", "oui"),  # after 2021
    ("AD-09", "Adhérent fictif 09", "clause", "mission_locale", "75", "2021-03-01", "2021-09-30", "oui"),  # comes, goes
    ("AD-10", "Adhérent fictif 10", "clause", "autre", "93", "2022-01-01", "", "oui"),  # not yet
    ("AD-11", "Adhérent fictif 11", "pleine", "plie", "75", "31/12/2018", "", ""),  # there three years before 2021
    ("AD-12", "Adhérent fictif 12", "clause", "autre", "93", "01/01/2019", "", "non"),  # a day too late for that
    ("AD-13", "Adhérent fictif 13", "à demander", "", "", "", "", "oui"),  # code_inconnu; of no region; since long ago
    ("AD-14", "", "pleine", "plie", "32", "2001-01-01", "", "oui"),  # valeur_obligatoire_absente
)

# Member, kind, structure (D52): structures are counted, not members.
MEMBER_STRUCTURES = (
    ("AD-01", "plie", "59-09"),
    ("AD-01", "PLIE", "59-09"),  # doublon, written otherwise
    ("AD-02", "plie", "59-09"),  # covered twice, counted once
    ("AD-02", "plie", "62-03"),
    ("AD-02", "mde", "MDE-02-01"),  # one member, three houses
    ("AD-02", "mde", "MDE-59-01"),  # closed on 31/12/2021: covered in 2020 only
    ("ad-02", "mde", "mde-59-02"),
    ("AD-03", "mde", "MDE-69-01"),  # covered from 31/12/2021
    ("AD-04", "mde", "MDE-62-02"),  # a member until 1/1/2021
    ("AD-05", "plie", "36-01"),  # a member until 31/12/2021: not covered on that day
    ("AD-08", "mde", "MDE-33-01"),  # a house that opens on 31/12/2021, a member that leaves the day after
    ("AD-11", "plie", "33-01"),
    ("AD-11", "plie", "64-04"),
    ("AD-11", "autre", "64-04"),  # code_inconnu: covers nothing
    ("AD-14", "plie", "77-01"),  # orphelin: its member is excluded
    ("AD-99", "plie", "77-01"),  # orphelin: no such member
    ("AD-11", "plie", "64-99"),  # orphelin: no such PLIE
    ("AD-11", "mde", "64-04"),  # orphelin: no such house
    ("AD-11", "plie", ""),  # valeur_obligatoire_absente
)

# Intermediate body, PLIE.
INTERMEDIATE_BODIES = (
    ("OI-01", "59-09"),
    ("OI-01", "59-14"),
    ("oi-01", "62-03"),
    ("OI-02", "13-05"),
    ("OI-02", "13-05"),  # doublon
    ("OI-02", "99-99"),  # orphelin: no such PLIE
    ("OI-03", ""),  # valeur_obligatoire_absente
)

# Seat, member that it represents, of the bureau (D57): 7 seats, 3 of them of the bureau.
BOARD_SEATS = (
    ("CA-01", "AD-01", "oui"),
    ("ca-01", "ad-01", "1"),  # doublon, written otherwise
    ("CA-02", "AD-02", "non"),
    ("CA-03", "AD-05", "oui"),  # no member any more on 31/12/2021: the register lists its seat all the same
    ("CA-04", "AD-06", ""),  # nobody says whether it is of the bureau
    ("CA-05", "AD-12", "peut-être"),  # valeur_ignoree: the same
    ("CA-06", "AD-13", "non"),  # of a member of no region and unknown kind
    ("CA-07", "", "oui"),  # of a qualified person: in the country only
    ("CA-08", "AD-14", "oui"),  # orphelin: its member is excluded
    ("CA-09", "AD-99", "non"),  # orphelin: no such member
    ("", "AD-03", "non"),  # valeur_obligatoire_absente
)
