"""The two files of the network head, typed by hand: the register of the clause structures, and their facilitators."""

from __future__ import annotations

from plie_warehouse.sample.rows import Delivered, row

# Code, name, kind, department, opened, closed.
REGISTER = (
    ("CL-13-01", "Structure fictive de Marseille", "mde", "13", "2001-09-01", ""),
    ("CL-2A-01", "Structure fictive de Corse-du-Sud", "departement", "2A", "01/03/2012", "30/06/2021"),
    ("CL-33-01", "Structure fictive de la Gironde", "plie", "33", "2008-01-01", ""),
    ("CL-36-01", "Structure fictive de l'Indre", "collectivite", "36", "2015-04-01", ""),
    ("CL-59-01", "Structure fictive du Nord", "mde", "59", "1998-01-01", ""),
    ("CL-59-01", "Structure fictive du Nord", "mde", " 59 ", "01/01/1998", ""),  # doublon, written otherwise
    ("CL-59-02", "Structure fictive du Cambrésis", "plie", "59", "2010-01-01", ""),
    ("CL-62-90", "Structure fictive de l'Artois", "association", "62", "2005-06-01", ""),
    ("CL-69-01", "Structure fictive de Lyon", "gip", "69", "1999-01-01", ""),
    ("CL-80-01", "", "plie", "80", "2020-01-01", ""),  # valeur_obligatoire_absente: no name
)

# Year, structure, headcount, ETP. CL-59-02 has no row in 2020 although it delivers; CL-2A-01 delivers nothing.
FACILITATORS = (
    ("2020", "CL-13-01", "2", "2"),
    ("2020", "CL-2A-01", "1", "0,5"),
    ("2020", "CL-33-01", "1", "1"),  # its delivery is refused
    ("2020", "CL-36-01", "1", "0,8"),
    ("2020", "CL-59-01", "3", "2,5"),
    ("2020", "CL-62-90", "1", ""),  # ETP unknown
    ("2020", "CL-69-01", "2", "1.60"),
    ("2020", "CL-75-99", "1", "0,75"),  # not in the register
    ("2021", "CL-13-01", "2", "2"),
    ("2021", "CL-13-01", "2", "2,00"),  # doublon, written otherwise
    ("2021", "CL-2A-01", "1", "0,5"),
    ("2021", "CL-33-01", "1", "0"),  # on leave all year: no average
    ("2021", "CL-36-01", "2", "1,5"),
    ("2021", "CL-59-01", "3", "2,75"),
    ("2021", "CL-59-02", "2", "1,2"),
    ("2021", "CL-62-90", "deux", "à préciser"),  # valeur_ignoree: unknown
    ("2021", "CL-69-01", "2", "1.60"),
    ("2021", "CL-75-99", "1", "0,75"),
    ("année 2021", "CL-75-99", "1", "0,75"),  # valeur_illisible
)


def network_rows() -> list[Delivered]:
    columns = ("structure_code", "name", "structure_kind", "department_code", "opened_on", "closed_on")
    rows = [row("clause_structures", **dict(zip(columns, cells, strict=True))) for cells in REGISTER]
    columns = ("reporting_year", "structure_code", "headcount", "fte")
    return rows + [row("facilitators", **dict(zip(columns, cells, strict=True))) for cells in FACILITATORS]
