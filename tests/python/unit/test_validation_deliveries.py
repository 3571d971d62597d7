"""The second reading of what is delivered: cells, codes, duplicates, deliveries in force (D1B, D31, D40)."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from hand_made import reference_lists

from plie_warehouse.contract import load_contract
from plie_warehouse.validation import cells
from plie_warehouse.validation.cells import Cells, Codes, Years
from plie_warehouse.validation.declared import declared
from plie_warehouse.validation.delivered import reasons_of_acceptance
from plie_warehouse.validation.deliveries import Deliveries, Part

PARTICIPANT = {
    "reporting_year": "2021",
    "plie_code": "59-09",
    "participant_id": "A",
    "parcours_no": "1",
    "entry_date": "2021-03-01",
}
KEY = ["reporting_year", "plie_code", "participant_id", "parcours_no"]


@pytest.fixture(scope="module")
def codes() -> Codes:
    return Codes(reference_lists())


def read(reading: str, text: str) -> object:
    found, _ = cells.READINGS[reading]
    return found(text)


@pytest.mark.parametrize(
    ("reading", "text", "value"),
    [
        ("date", "2021-02-28", np.datetime64("2021-02-28", "us")),
        ("date", "28/02/2021", np.datetime64("2021-02-28", "us")),
        ("date", "29/02/2021", None),
        ("date", "2021-2-28", None),
        ("date", "28-02-2021", None),
        ("date", "29/02/2020", np.datetime64("2020-02-29", "us")),
        ("month", "2021-12", np.datetime64("2021-12-01", "us")),
        ("month", "2021-13", None),
        ("year", "2021", 2021),
        ("year", "21", None),
        ("year", "٢٠٢١", None),
        ("integer", "007", 7),
        ("integer", "1.5", None),
        ("integer", "1234567890", None),
        # D40: to the hundredth; a third decimal is not rounded away.
        ("hours", "7,5", "7.50"),
        ("hours", "-7.05", "-7.05"),
        ("hours", "007", "7.00"),
        ("hours", "-0", "0.00"),
        ("hours", "1.200", None),
        ("hours", "1 200", None),
        ("etp", "0,3333", "0.3333"),
        ("etp", "-1", None),
        ("decimal", "12,345678", "12.345678"),
        ("decimal", "12.3456789", None),
        ("siret", "01234567890123", "01234567890123"),
        ("siret", "1234567890123", None),
        ("supplier", "cl-2a-01", "CL-2A-01"),
    ],
)
def test_a_cell_is_read_by_the_type_of_its_column(reading: str, text: str, value: object) -> None:
    assert read(reading, text) == value


def test_blanks_are_trimmed_and_nothing_is_unknown() -> None:
    assert cells.trimmed(" \u00a0a \t b\u202f") == "a b"
    assert cells.trimmed(" \ufeff\u00a0") is None
    found = Cells.of(["a ", "", " a"], np.array([0, 1, 2, -1]))
    assert found.texts == ["a"] and found.places.tolist() == [0, -1, 0, -1]


def coded(
    codes: Codes, column: str, code_list: str, reading: str, text: str, supplier: str, year: int | None
) -> object:
    one = np.zeros(1, dtype="int32")
    values = codes.read(Cells([text], one), column, code_list, reading, Cells([supplier], one), Years.of([year], one))
    return values.values[values.places[0]]


def test_a_code_is_national_or_the_suppliers_own_and_in_force(codes: Codes) -> None:
    assert coded(codes, "contract_type", "contract_type", "code", "CDI", "59-09", 2021) == "cdi"
    assert coded(codes, "contract_type", "contract_type", "code", "duree indeterminee", "02-02", 2021) == "cdi"
    # Another supplier's own code, a year before the map, a code of no list.
    assert coded(codes, "contract_type", "contract_type", "code", "duree indeterminee", "59-09", 2021) is None
    assert coded(codes, "contract_type", "contract_type", "code", "duree indeterminee", "02-02", 2019) is None
    assert coded(codes, "contract_type", "contract_type", "code", "stage", "59-09", 2021) is None
    assert coded(codes, "contract_type", "contract_type", "code", "cdi", "59-09", None) is None
    # D31: former levels.
    for text, level in {"VI": 1, "v bis": 2, "V": 3, "IV": 4, "III": 5, "II": 6, "I": 7, "8": 8}.items():
        assert coded(codes, "education_level", "education_level", "education_level", text, "59-09", 2021) == level
    for text, flag in {"oui": True, "N": False, "VRAI": True, "0": False}.items():
        assert coded(codes, "is_rsa", "boolean", "boolean", text, "59-09", 2021) is flag


def store(folder: Path, year: int, identity: str, rows: list[dict[str, str]], in_force: bool = True) -> None:
    """A delivery of participants of 59-09 in a store."""
    frame = pd.DataFrame(rows).assign(source_file=f"plie/59-09/{year}/participants.csv", delivery_id=identity)
    frame["source_row"] = [str(line + 2) for line in range(len(frame))]
    path = folder / "participants" / "supplier_code=59-09" / f"reporting_year={year}" / f"{identity}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as connection:
        connection.register("frame", frame)
        connection.execute(f"copy frame to '{path}' (format parquet)")
    if in_force:
        manifest = folder / "deliveries" / "plie" / "59-09" / f"{year}.json"
        manifest.parent.mkdir(parents=True, exist_ok=True)
        said = {"supplier_code": "59-09", "reporting_year": year, "in_force": identity}
        manifest.write_text(json.dumps(said), encoding="utf-8")


def accepted(tmp_path: Path, codes: Codes, part: Part | None = None) -> pd.DataFrame:
    return Deliveries("store", tmp_path, "2022-06-30", codes).read("plie", part)["participants"]


def test_only_the_delivery_in_force_is_read(tmp_path: Path, codes: Codes) -> None:
    store(tmp_path, 2021, "old", [PARTICIPANT | {"participant_id": "GONE"}], in_force=False)
    store(tmp_path, 2021, "new", [PARTICIPANT])
    rows = accepted(tmp_path, codes)
    assert rows["participant_id"].tolist() == ["A"] and rows["delivery_year"].tolist() == [2021]
    # A column that the files do not have is unknown throughout.
    assert rows["sex"].tolist() == [None]


def test_rows_that_say_the_same_in_another_format_are_repeated(tmp_path: Path, codes: Codes) -> None:
    """One is kept (D1B); two that say different things refuse the delivery."""
    same = PARTICIPANT | {"entry_date": "01/03/2021", "plie_code": "59-09 ", "sex": ""}
    store(tmp_path, 2021, "one", [PARTICIPANT | {"sex": ""}, same])
    rows = {"participants": accepted(tmp_path, codes)}
    reasons = reasons_of_acceptance(rows, {"participants": KEY}, KEY[:2], [2021])["participants"]
    assert reasons.tolist() == [None, "doublon"]
    store(tmp_path, 2021, "one", [PARTICIPANT | {"sex": ""}, same | {"sex": "femme"}])
    rows = {"participants": accepted(tmp_path, codes)}
    reasons = reasons_of_acceptance(rows, {"participants": KEY}, KEY[:2], [2021])["participants"]
    assert reasons.tolist() == ["livraison_refusee", "livraison_refusee"]


def test_a_blank_comes_before_a_cell_that_cannot_be_read(tmp_path: Path, codes: Codes) -> None:
    rows = [
        PARTICIPANT | {"entry_date": "", "parcours_no": "x"},
        PARTICIPANT | {"entry_date": "demain"},
        PARTICIPANT | {"sex": "?"},
    ]
    store(tmp_path, 2021, "one", [{"sex": ""} | row for row in rows])
    assert accepted(tmp_path, codes)["defect"].tolist() == ["valeur_obligatoire_absente", "valeur_illisible", None]


def test_a_year_is_a_part_unless_a_row_names_another(tmp_path: Path, codes: Codes) -> None:
    for year in (2020, 2021):
        store(tmp_path, year, f"of {year}", [PARTICIPANT | {"reporting_year": str(year)}])
    deliveries = Deliveries("store", tmp_path, "2022-06-30", codes)
    first, second = deliveries.parts("plie")
    assert accepted(tmp_path, codes, second)["reporting_year"].tolist() == [2021]
    assert (first.condition, second.condition) == (
        "reporting_year is null or reporting_year not in (2021)",
        "reporting_year in (2021)",
    )
    store(tmp_path, 2020, "of 2020", [PARTICIPANT])
    assert [part.delivery_years for part in deliveries.parts("plie")] == [None]


def test_every_delivered_column_is_declared() -> None:
    """A column that the contract has and the second reading does not know would not tell two rows apart (D1B)."""
    contract = {
        (kind.name, table.name, column.name) for kind in load_contract().values() for table in kind.tables
        for column in table.columns
    }  # fmt: skip
    assert {(row["kind"], row["table"], row["column"]) for row in declared("delivered_columns")} == contract
