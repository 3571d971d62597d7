"""What identifies a person is refused in every spelling that was seen, and codes, numbers of things and bodies pass.

No value belongs to anybody: the numbers are made up, and their orders and communes are those of no register.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hostile import good, write
from hypothesis import given, settings
from hypothesis import strategies as st

from plie_warehouse.contract import load_kind, parameter
from plie_warehouse.intake import personal_values, take_in
from plie_warehouse.intake.checks import Finding
from plie_warehouse.intake.decode import Grid
from plie_warehouse.intake.delivered_headers import read_header
from plie_warehouse.intake.personal_values import _ONE, ANYWHERE, OF_PERSONS, Column
from plie_warehouse.intake.privacy import identifiers
from plie_warehouse.paths import DataFolder

KINDS = {
    "participants": "plie", "exits": "plie", "procurements": "clause", "beneficiaries": "clause",
    "work_contracts": "clause", "hours": "clause", "plie_register": "network", "survey_allocations": "survey",
}  # fmt: skip


def findings(column: str, values: list[str], table: str = "participants") -> list[Finding]:
    """What is found in one column of a file whose rows are of 2021."""
    found = load_kind(KINDS[table]).table(table)
    cells = ["reporting_year", column]
    grid = Grid(cells, 1, [["2021", value] for value in values], list(range(2, len(values) + 2)))
    return list(identifiers(found, grid, read_header(found, cells, "fichier.csv"), "fichier.csv", 2021))


def key(thirteen: str) -> str:
    return f"{97 - int(thirteen.replace('2A', '19').replace('2B', '18')) % 97:02d}"


def seven(pattern: str) -> list[str]:
    """Seven values of a column: ``{y}``, ``{m}``, ``{d}`` and ``{n}`` differ (year and month of birth, day, number)."""
    return [
        pattern.format(y=61 + 4 * place, m=f"{3 + place:02d}", p=21 + place, d=11 + place, n=104 + 37 * place)
        for place in range(7)
    ]


NAMES = ["DUPONT Jean", "MARTIN Zoé", "LEGRAND Paul", "ABDI Nour", "PETIT Luc"]
SURNAMES = ["Dupont", "Martineau", "Legrand", "Abdi", "Petitjean"]


def spelt(pattern: str) -> list[str]:
    """Names, each written one way: ``{S}`` surname, ``{s}`` in lower case, ``{F}`` first name, ``{i}`` initial."""
    pairs = [name.split() for name in NAMES]
    return [pattern.format(S=last, s=last.lower(), F=first, f=first.lower(), i=first[0]) for last, first in pairs]


# (column, values, what the finding says); the table is that of the participants.
CAUGHT: list[tuple[str, list[str], str]] = [
    # Social security numbers: thirteen digits, fifteen, provisional, Corsica, with gaps, alone or among pseudonyms.
    *(
        (column, values, "sécurité sociale")
        for column in ("participant_id", "referent_id")
        for values in (
            seven("2{y}{m}75{n}{n}"),
            seven("1{y}{m}2A{n}{n}"),
            seven("1{y}{m}99{n}{n}"),
            seven("2{y}{m}97{n}{n}"),
            seven("7{y}{m}75{n}{n}"),
            seven("8{y}{m}13{n}{n}"),
            seven("3{y}{m}59{n}{n}"),
            seven("2{y}{p}75{n}{n}"),
            [value + key(value) for value in seven("2{y}{m}75{n}{n}")],
            [value + key(value) for value in seven("1{y}{m}2B{n}{n}")],
            [value + "00" for value in seven("2{y}{m}75{n}{n}")],
            ["PS-0001", "PS-0002", "2610375104104"],
            ["PS-0001", "PS-0002", "2610375104104" + key("2610375104104")],
            ["PS-0001", "2 61 03 75 104 104"],
            ["PS-0001", "2 61 03 75 104 104 12"],
            ["PS-0001", "2.61.03.75.104.104"],
            ["PS-0001", "2-61-03-75-104-104"],
            ["PS-0001", "2/61/03/75/104/104"],
            ["PS-0001", "2_61_03_75_104_104"],
            ["PS-0001", "2\u00a061\u00a003\u00a075\u00a0104\u00a0104"],
            ["PS-0001", "2\u202f61\u202f03\u202f75\u202f104\u202f104"],
            ["PS-0001", "261 03 75 104 104"],
            ["PS-0001", "2 6103 75104 104"],
            ["PS-0001", "2610375104104 12"],
            ["PS-0001", "1 61 03 2a 104 104"],
            ["PS-0001", "7 61 03 75 104 104"],
            ["PS-0001", "NIR : 2 61 03 75 104 104"],
            ["PS-0001", "２６１０３７５１０４１０４"],
        )
    ),
    # Names, in most rows.
    *(
        ("participant_id", values, "nom")
        for values in (
            NAMES, spelt("{F} {S}"), spelt("{S} {i}"), spelt("{S} {i}."), spelt("{i}. {S}"), spelt("{i} {S}"),
            spelt("{S}, {F}"), spelt("{s}.{f}"), spelt("{s}_{i}"), spelt("{f}-{s}"), spelt("M. {S}"),
            spelt("Mme {S} {F}"),
            spelt("{S} {F} 1984"), spelt("{S} {i} 75"), [*spelt("{S} {i}"), "PS-0001", "PS-0002"], SURNAMES,
            spelt("{F} {i}."), spelt("{S} {F} (né le 12/03/1984)"),
            ["DUPONT-MARTIN Jean", "O'NEIL Zoé", "DE LA TOUR Luc"],
        )
    ),
    ("referent_id", spelt("{S} {i}"), "nom"),
    # E-mail.
    *(
        ("referent_id", ["R1", value], "mail")
        for value in (
            "jean.dupont@exemple.fr", "JEAN.DUPONT@EXEMPLE.FR", "j-dupont+plie@sous.exemple.org",
            "jean.dupont @ exemple.fr",
            "jean.dupont(at)exemple.fr", "jean.dupont [at] exemple.fr", "jean.dupont arobase exemple point fr",
            "jean.dupont@exemple", "Jean <jean.dupont@exemple.fr>", "mailto:jean@exemple.fr", "jean＠exemple.fr",
        )
    ),
    # Telephones.
    *(
        ("referent_id", ["R1", value], "téléphone")
        for value in (
            "0612345678", "06 12 34 56 78", "06.12.34.56.78", "06-12-34-56-78", "06/12/34/56/78", "06 12345678",
            "0612 34 56 78", "06 123 456 78", "0612 345 678", "+33612345678", "+33 6 12 34 56 78",
            "+33 (0)6 12 34 56 78",
            "(+33) 6 12 34 56 78", "0033612345678", "0033 6 12 34 56 78", "33612345678", "(0)6 12 34 56 78",
            "06\u00a012\u00a034\u00a056\u00a078", "Tél. 06 12 34 56 78", "+32 475 12 34 56", "+212 6 12 34 56 78",
            "01 23 45 67 89 (bureau)", "6 12 34 56 78", "06 12 34 56 78 / 07 12 34 56 78", "06,12,34,56,78",
            "06 12 34 56 78 12.03.2021",
        )
    ),
    ("referent_id", [f"6{n}345678" for n in range(12, 17)], "téléphone"),
    # Birth dates.
    *(
        ("birth_year", ["1984", value], "naissance")
        for value in (
            "12/03/1984", "12/03/84", "1984-03-12", "12-03-1984", "12.03.1984", "12 03 1984", "1984/03/12", "12031984",
            "19840312", "12 mars 1984", "1er mars 1984", "12-mars-84", "le 12/03/1984", "née le 12/03/1984",
            "120384", "12/mars/1984",
            "1984-03-12 00:00:00",
            "1984-03-12T00:00:00Z",
        )
    ),
    ("birth_year", ["27837", "29221", "30001"], "naissance"),
    ("participant_id", ["12/03/1984", "13/04/1985", "14/05/1986"], "naissance"),
    ("participant_id", ["JD12031984", "MZ13041985", "LP14051986"], "naissance"),
    ("participant_id", ["19840312-DUP", "19850413-MAR", "19860514-LEG"], "naissance"),
    # Addresses.
    *(
        ("referent_id", ["R1", value], "adresse")
        for value in (
            "12 rue de l'Exemple", "12, rue de l'Exemple", "12 bis avenue du Test", "3 RUE DU TEST",
            "4 allée des Essais",
            "7 av. du Test", "12bis rue de l'Exemple", "8 bd Test", "12 rue de l'Exemple 59000 LILLE",
        )
    ),
    # Columns that the contract does not know: by their name, or by what they hold.
    *(
        (header, ["x", "y"], says)
        for header, says in (
            ("Nom", "nom"), ("NOM_PRENOM", "nom"), ("NomPrenom", "nom"), ("Nom d'usage", "nom"),
            ("Nom de jeune fille", "nom"),
            ("Last name", "nom"), ("Surname", "nom"), ("Nom du référent", "nom"), ("N° SS", "sécurité sociale"),
            ("Numéro de sécu", "sécurité sociale"), ("N° INSEE", "sécurité sociale"), ("NIR", "sécurité sociale"),
            ("Courriel", "mail"), ("Mél", "mail"), ("Tél", "téléphone"), ("Phone", "téléphone"),
            ("Né(e) le", "naissance"),
            ("Date naiss.", "naissance"), ("DDN", "naissance"), ("Adresse postale", "adresse"),
            ("N° et voie", "adresse"),
        )
    ),
    ("Observations", ["rien", "rappeler au 06 12 34 56 78"], "téléphone"),
    ("Observations", ["rien", "2 61 03 75 104 104"], "sécurité sociale"),
    ("Observations", ["habite 12 rue de l'Exemple"], "adresse"),
]  # fmt: skip

# (table, column, values): nothing is found.
PASSES: list[tuple[str, str, list[str]]] = [
    ("participants", "participant_id", ["PS00001", "PS00002"]),
    ("participants", "participant_id", [f"CANARI-59-09-{n:04d}" for n in range(20)]),
    ("participants", "participant_id", [f"{n}" for n in range(100001, 100020)]),
    ("participants", "participant_id", [f"{n:013d}" for n in range(2021010000001, 2021010000020)]),
    ("participants", "participant_id", [f"2021-05-12-{n:05d}" for n in range(1, 20)]),
    ("participants", "participant_id", [f"16123456{n}" for n in range(78900, 78910)]),
    ("participants", "participant_id", [f"2021121{n}" for n in range(10)]),
    ("participants", "participant_id", [f"E202103{n}" for n in range(10, 28)]),
    ("participants", "participant_id", [f"PART {letter}" for letter in "ABCDEFGH"]),
    ("participants", "participant_id", [f"PLIE Lille {letter}" for letter in "ABCDEFGH"]),
    ("participants", "participant_id", ["XKQRT", "BDFAH", "MNOPL", "QWERT"]),
    ("participants", "participant_id", ["a3f5-99c1", "b2e4-17d0", "0c9d-55aa"]),
    ("participants", "participant_id", ["9f86d081884c7d659a2feaa0c55ad015", "a3bf4f1b2b0b822cd15d6c15b0f00a08"]),
    ("participants", "participant_id", [f"02-01-0001-{n}" for n in range(10, 30)]),
    ("participants", "participant_id", [f"02.01.2021.{n}" for n in range(10, 30)]),
    ("participants", "referent_id", ["R1", "R2", "REF-59-09-1", "Antenne 2"]),
    ("participants", "entry_date", ["05/01/2021 00:00:00", "2021-01-05 00:00:00", "05/01/2021 10:12:13"]),
    ("participants", "entry_date", ["05/01/2021", "2021-01-05", "44201"]),
    ("participants", "birth_year", ["1984", "1985", "84", "27837"]),
    ("procurements", "buyer_id", ["21590350100017", "26039001123076", "12345678900012"]),
    ("procurements", "buyer_id", ["215 903 501 00017", "2159035010001", "1234567890001"]),
    ("procurements", "procurement_id", ["0612345678", "2021010112345", "21E04", "2021-05-12-00012"]),
    ("procurements", "procurement_id", ["Lot 2, rue de la Gare"]),
    ("procurements", "awardee_id", ["12345678900012", "552 100 554", "7845123456789"]),
    ("procurements", "lot_no", ["1", "02-01", "0612345678"]),
    ("hours", "hours", ["84,25", "1200", "0612345678,00"]),
    ("plie_register", "name", ["PLIE de Lille", "Maison de l'emploi, 12 rue de la Gare", "PLIE Jean Moulin"]),
    ("plie_register", "town", ["Lille", "Saint-Denis"]),
    ("survey_allocations", "operation_type", ["accompagnement", "mise en relation"]),
    ("participants", "Nom du QPV", ["Les Minguettes", "La Duchère"]),
    ("participants", "Nom du quartier", ["x"]),
    ("participants", "Nom de l'antenne", ["x"]),
    ("participants", "Nom de la structure d'accueil", ["x"]),
    ("participants", "Code INSEE de la commune", ["59350"]),
    ("participants", "Commune de domicile", ["Lille"]),
    ("participants", "Sans domicile fixe", ["non"]),
    ("participants", "Mobilité", ["oui"]),
    ("participants", "Année de naissance", ["1984", "1985"]),
    ("participants", "Code postal", ["59000"]),
    ("participants", "Nombre d'enfants", ["2"]),
    ("procurements", "Adresse du chantier", ["1 place de l'Exemple"]),
    ("procurements", "Nom de l'acheteur", ["Commune de Saint-Exemple"]),
    ("participants", "Budget", ["12 500 €", "@", "à 12 h"]),
]


@pytest.mark.parametrize(("column", "values", "says"), CAUGHT, ids=[f"{one[0]}: {one[1][-1]}" for one in CAUGHT])
def test_a_person_is_identified(column: str, values: list[str], says: str) -> None:
    found = [one for one in findings(column, values) if says in one.detail]
    assert found, [one.detail for one in findings(column, values)]
    assert {one.check_id for one in found} == {"CNF-01"}
    told = " ".join(str(one.as_dict()) for one in found)
    assert not any(value in told for value in values if len(value) > 4), "the value itself is never shown"


def test_spellings_are_many() -> None:
    assert len({(column, tuple(values)) for column, values, _ in CAUGHT}) >= 75


@pytest.mark.parametrize(("table", "column", "values"), PASSES, ids=[f"{one[1]}: {one[2][0]}" for one in PASSES])
def test_nobody_is_identified(table: str, column: str, values: list[str]) -> None:
    assert [(one.column, one.detail) for one in findings(column, values, table)] == []


@pytest.mark.parametrize(
    "text",
    ["a" * 30_000, "a." * 15_000, "a@" * 15_000, "1 " * 15_000, "12/03" * 6_000, "Aa " * 10_000, "12 rue " * 4_500,
     "06.12." * 5_000, "a@a-" * 7_500, "é" * 30_000],
)  # fmt: skip
def test_the_time_grows_with_the_text(text: str) -> None:
    """Three cells of 60 kB took the pattern for e-mail two minutes, of 30 kB a quarter of that."""
    start = time.process_time()
    for column in ("participant_id", "birth_year", "Observations"):
        findings(column, [text, text + "b", text + "@"])
    assert time.process_time() - start < 5


# What values are made of: digits and letters of several alphabets, gaps, and pieces of identifiers.
PIECES = st.sampled_from(
    ["0612345678", "06 12 34 56 78", "+33", "(0)", "33612345678", "33 6 12345678", "6 12 34 56 78", "2610375104104",
     "2 61 03 75", "12/03/1984", "12031984", "2021-05-12", "rue", " av. ", "bis",
     "jean.dupont@exemple.fr", " arobase ", "(at)", "é",
     "M. ", "Dupont", "né le ", "PS-", "٣", "Ж", "\0", "\n"]
) | st.text(st.sampled_from("0126789aABbn \u00a0.,-_/()+@é"), max_size=14)  # fmt: skip


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.lists(st.lists(PIECES, min_size=1, max_size=3).map("".join), min_size=1, max_size=6), st.booleans())
def test_the_shape_hides_nothing(values: list[str], is_of_things: bool) -> None:
    """What is found in the values of the shapes that a sort can have is what is found in all values."""
    column = Column(frozenset(value for value in values if value.strip()), 2021, is_of_things)
    everything = EveryValue(column.values, 2021, is_of_things)
    for sort, find in (*ANYWHERE, *OF_PERSONS):
        assert find(column) == find(everything), sort


class EveryValue(Column):
    """A column all of whose values are looked at, whatever their shape."""

    def shaped(self, has: Callable[[str], object]) -> Iterator[str]:
        # A bare number is known by its shape alone.
        return super().shaped(has) if has("1") and not has("a") else iter(self.values)

    def shaped_as(self, pattern: re.Pattern[str]) -> Iterator[str]:
        return (value for value in self.values if pattern is not _ONE or pattern.fullmatch(value.strip()))


def test_values_that_hold_what_stands_between_them_keep_their_shapes() -> None:
    column = Column(frozenset({"a\0", "12", "\0b"}), 2021)
    assert dict(column.shapes) == {"a\0": ["a\0"], "11": ["12"], "\0a": ["\0b"]}


@pytest.mark.parametrize(("year", "caught"), [(2008, True), (2009, False)])
def test_of_which_age_a_date_is_of_birth(year: int, caught: bool) -> None:
    """One is 13 in the year, the other 12: a day of theirs is that of something else."""
    days = [f"12-03-{born}" for born in (1984, 1990, year)]
    assert bool(findings("participant_id", days)) == caught


@pytest.mark.parametrize("supplied", ["2021", "", "0000", "x"])
def test_the_year_is_that_of_the_delivery(supplied: str) -> None:
    """Whatever the first row says."""
    table = load_kind("plie").table("participants")
    cells = ["reporting_year", "participant_id"]
    grid = Grid(cells, 1, [[supplied, f"12-03-{born}"] for born in (1984, 1985, 1986)], [2, 3, 4])
    assert list(identifiers(table, grid, read_header(table, cells, "f.csv"), "f.csv", 2021))


@pytest.mark.parametrize(
    ("column", "values", "caught"),
    [
        # Names: from half of the values on.
        ("participant_id", [*spelt("{S} {i}"), "P1", "P2", "P3", "P4", "P5"], True),
        ("participant_id", [*spelt("{S} {i}"), "P1", "P2", "P3", "P4", "P5", "P6"], False),
        # What alone would prove nothing: from four in five on.
        ("participant_id", [*seven("12-03-19{y}")[:4], "P1"], True),
        ("participant_id", [*seven("12-03-19{y}")[:3], "P1"], False),
        ("referent_id", [*(f"6{n}345678" for n in range(12, 16)), "R1"], True),
        ("referent_id", [*(f"6{n}345678" for n in range(12, 15)), "R1"], False),
        ("participant_id", [*seven("2{y}{m}75{n}{n}")[:4], "2990000000000"], True),
        ("participant_id", [*seven("2{y}{m}75{n}{n}")[:3], "2990000000000"], False),
        # A share of fewer than three values says nothing.
        ("participant_id", seven("12-03-19{y}")[:3], True),
        ("participant_id", seven("12-03-19{y}")[:2], False),
        ("participant_id", SURNAMES[:3], True),
        ("participant_id", SURNAMES[:2], False),
        # One or two day numbers are typing errors.
        ("birth_year", ["27837", "27838", "27839"], True),
        ("birth_year", ["27837", "27838"], False),
    ],
)
def test_from_which_share_on_values_are_of_persons(column: str, values: list[str], caught: bool) -> None:
    assert bool(findings(column, values)) == caught


@pytest.mark.parametrize(
    ("name", "value", "values"),
    [
        ("intake_identifiers_most_share", 0.4, [*spelt("{S} {i}"), "P1", "P2", "P3", "P4", "P5", "P6"]),
        ("intake_identifiers_nearly_all_share", 0.7, [*seven("12-03-19{y}")[:3], "P1"]),
        ("intake_identifiers_min_values", 2, seven("12-03-19{y}")[:2]),
        ("intake_min_age", 12, ["12-03-1984", "12-03-1990", "12-03-2009"]),
    ],
)
def test_the_shares_are_parameters(monkeypatch: pytest.MonkeyPatch, name: str, value: float, values: list[str]) -> None:
    assert not findings("participant_id", values)
    monkeypatch.setattr(personal_values, "parameter", lambda one, year: value if one == name else parameter(one, year))
    assert findings("participant_id", values)


def test_nothing_of_the_persons_is_kept(tmp_path: Path) -> None:
    """Thirteen digits as pseudonyms: refused, and neither the report nor the store holds one of them."""
    numbers = seven("2{y}{m}75{n}{n}")
    tables = good("13-01", people=7)
    for rows in tables.values():
        for row in rows:
            row["participant_id"] = numbers[int(str(row["participant_id"])[-4:]) - 1]
    write(tmp_path / "landing" / "plie" / "13-01" / "2021", tables)
    data = DataFolder(tmp_path / "data")
    [verdict] = take_in(tmp_path / "landing", data).verdicts
    assert verdict["status"] == "refused"
    assert {one["check_id"] for one in verdict["findings"]} == {"CNF-01"}
    for path in data.root.rglob("*"):
        if path.is_file():
            assert not any(number.encode() in path.read_bytes() for number in numbers), path
