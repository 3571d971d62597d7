"""Which simulated steps carry the code of an action sheet (D72)."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from plie_warehouse.simulator import simulated_actions
from plie_warehouse.simulator.simulated_actions import action_codes

SHEETS = {
    "A": {
        "sheet": {"plie_code": "P1"},
        "figures": [
            {"label": "Heures", "value": "10", "unit": "heures"},
            {"label": "Personnes", "value": "20", "counted_as": "personnes"},
            {"label": "Femmes", "value": "80", "qualifier": "plus de", "counted_as": "femme"},
            {"label": "Seniors", "value": "45", "counted_as": "senior"},
            {"label": "Ont terminé", "value": "90", "counted_as": "terminees"},
        ],
    },
    "B": {"sheet": {"plie_code": "P2"}, "figures": [{"label": "Modules", "value": "5"}]},
    "C": {"sheet": {"plie_code": "P2"}, "figures": [{"value": "7", "qualifier": "plus de", "counted_as": "personnes"}]},
    "D": {"sheet": {"plie_code": "P9"}, "figures": [{"value": "7", "counted_as": "personnes"}]},
}


@pytest.fixture(autouse=True)
def targets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulated_actions, "load_targets", lambda _: {2021: {"sheets": SHEETS}, 2022: {}})


def steps(persons: int = 100, place: int = 0) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Two steps of each person: every second one has ended, half are women, a third seniors."""
    number = np.repeat(np.arange(persons), 2)
    made = pd.DataFrame(
        {"place": place, "participant_id": number.astype(str), "end_date": np.arange(2 * persons) % 4 // 2}
    )
    people = pd.DataFrame(
        {
            "sex": np.where(number % 4 < 2, "femme", "homme"),
            "age": np.where(number % 3 == 0, "senior", "autre"),
            "disabled": "non",
        }
    )
    return made, people


def test_as_many_persons_as_declared_and_of_each_kind_as_many_as_it_says() -> None:
    made, people = steps()
    found = action_codes(made, people, ["P1", "P2"], 2021)["action_code"]
    mine = found == "A"
    assert mine.sum() == made["participant_id"][mine].nunique() == 20 and set(found) == {"A", ""}
    assert (people["sex"][mine] == "femme").sum() == 17  # more than 80 % of 20
    assert (people["age"][mine] == "senior").sum() == 9
    assert (made["end_date"][mine] > 0).sum() == 18


def test_of_whom_it_is_not_known_nobody_is_taken() -> None:
    made, people = steps()
    people.loc[people.index < 40, "sex"] = "inconnu"
    mine = action_codes(made, people, ["P1", "P2"], 2021)["action_code"] == "A"
    assert mine.sum() == 20 and "inconnu" not in set(people["sex"][mine])


def test_more_than_seven_are_eight_and_no_more_than_there_are() -> None:
    assert (action_codes(*steps(place=1), ["P1", "P2"], 2021)["action_code"] == "C").sum() == 8
    assert (action_codes(*steps(5, place=1), ["P1", "P2"], 2021)["action_code"] == "C").sum() == 5


def test_a_year_without_sheets_has_no_column() -> None:
    assert action_codes(*steps(), ["P1", "P2"], 2022) == action_codes(*steps(), ["P1", "P2"], 2020) == {}
