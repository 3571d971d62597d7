"""Which steps belong to an action: as many persons as its sheet declares, and of each kind as many as it says (D72).

Nothing is drawn: the steps are there, and get the code of the sheet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from plie_warehouse.simulator.targets import load_targets

PERSONS, ENDED, UNKNOWN, PERCENT = "personnes", "terminees", "inconnu", 100
# What a figure counts -> column of the population, and its value; the step itself says whether it has ended.
KINDS = {"femme": ("sex", "femme"), "senior": ("age", "senior"), "travailleur_handicape": ("disabled", "oui")}


def action_codes(steps: pd.DataFrame, persons: pd.DataFrame, codes: Sequence[str], year: int) -> dict[str, np.ndarray]:
    """The column `action_code` of the steps, empty for most; no column for a year without sheets.

    ``steps``: those of a year, with `place` and `end_date` (0: not ended in the year); ``persons``: whose steps they
    are, row by row, with the columns of ``KINDS``; ``codes``: of the PLIE, by place.
    """
    found = np.full(len(steps), "", dtype=object)
    first = ~steps.duplicated(["place", "participant_id"]).to_numpy()
    place, ended = steps["place"].to_numpy(), steps["end_date"].to_numpy() > 0
    sheets = load_targets("activity").get(year, {}).get("sheets", {})
    for sheet_id, said in sheets.items():
        declared = {one["counted_as"]: one for one in said["figures"] if "counted_as" in one}
        code = said["sheet"].get("plie_code")
        if PERSONS not in declared or code not in codes:
            continue
        # A share is of those of whom it is known (D33): of whom it is not, nobody is taken.
        asked = [KINDS[name][0] for name in declared if name in KINDS]
        is_known = (persons[asked] != UNKNOWN).all(axis=1).to_numpy()
        rows = np.flatnonzero(first & is_known & (place == codes.index(code)) & (found == ""))
        is_of = {name: persons[column].to_numpy()[rows] == value for name, (column, value) in KINDS.items()}
        is_of[ENDED] = ended[rows]
        wanted = _wanted(declared)
        number = wanted.pop(PERSONS)
        found[rows[_chosen({name: is_of[name] for name in wanted}, wanted, number, len(rows))]] = sheet_id
    return {"action_code": found} if sheets else {}


def _wanted(declared: Mapping[str, Mapping[str, Any]]) -> dict[str, int]:
    """Persons, and how many of them are of each kind: shares are declared in percent; `plus de` is one more."""
    number = int(declared[PERSONS]["value"]) + ("qualifier" in declared[PERSONS])
    return {PERSONS: number} | {
        name: round(number * int(one["value"]) / PERCENT) + ("qualifier" in one)
        for name, one in declared.items()
        if name != PERSONS
    }


def _chosen(is_of: Mapping[str, np.ndarray], wanted: Mapping[str, int], number: int, size: int) -> np.ndarray:
    """``number`` of ``size`` persons, fewer where there are not so many: each time the first of those who bring what is
    still wanted and not what is not."""
    kinds = np.array([is_of[name] for name in wanted], dtype=int).reshape(len(wanted), size)
    target = np.array([wanted[name] for name in wanted], dtype=int)
    free, chosen = np.ones(size, dtype=bool), []
    for _ in range(min(number, size)):
        places = number - len(chosen)
        still = target - kinds[:, chosen].sum(axis=1)
        # A kind of which all places left are wanted counts most, one of which none is wanted counts against.
        score = ((2 * still - places) / places) @ (2 * kinds - 1) if len(target) else np.zeros(size)
        chosen.append(int(np.where(free, score, -np.inf).argmax()))
        free[chosen[-1]] = False
    return np.array(sorted(chosen), dtype=int)
