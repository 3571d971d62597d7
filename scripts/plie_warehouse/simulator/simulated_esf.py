"""What the PLIE of intermediate bodies say to the ESF+: invented shares, the same for a parcours in each delivery."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from zlib import crc32

import numpy as np
import pandas as pd

from plie_warehouse.simulator.writing import EPOCH

# The programme began with this year; who entered before is in no operation of it.
FIRST_YEAR = 2021
IN_OPERATION, ANSWERS = 0.9, 0.6
# Registered as a job seeker for some months, or for none.
SEEKING = {"demandeur_emploi": 0.93, "inactif": 0.05, "en_emploi": 0.02}
NOT_SEEKING = {"inactif": 0.55, "inactif_en_formation": 0.1, "en_emploi": 0.3, "independant": 0.05}
NATIONALITY = {"francaise": 0.8, "ue": 0.04, "hors_ue": 0.14, "": 0.02}
HOUSING = {"logement": 0.9, "sans_domicile": 0.03, "exclusion_logement": 0.05, "": 0.02}
YES_NO_UNKNOWN = {"is_foreign_background": {1: 0.25, 0: 0.65, -1: 0.1}, "is_rural": {1: 0.2, 0: 0.77, -1: 0.03}}
# Of those who left for something else than a job or a training.
AFTER = {"demandeur_emploi": 0.6, "inactif": 0.25, "en_emploi": 0.1, "": 0.05}
LATER = {"en_emploi": 0.45, "demandeur_emploi": 0.35, "inactif": 0.15, "en_formation": 0.05}
JOBS, TRAININGS = ("emploi_durable",), ("formation_qualifiante",)
# The last of these days after leaving, and one of a few more that are too late.
SOON, LATE = 28, 45


def _draw(frame: pd.DataFrame, name: str, shares: Mapping) -> np.ndarray:
    """A value for each parcours by its shares; the same whatever else is drawn, and in whatever year."""
    person, number = (frame[column].to_numpy(dtype="uint64") for column in ("pseudonym", "parcours_no"))
    mixed = (person * 2_654_435_761 + number) % 2**32
    mixed = ((mixed ^ crc32(name.encode())) * 2_246_822_519 % 2**32 ^ (mixed >> 7)) * 3_266_489_917 % 2**32
    bounds = np.cumsum([*shares.values()]) / sum(shares.values())
    at = np.searchsorted(bounds, mixed / 2**32, side="right").clip(0, len(shares) - 1)
    return np.array([*shares], dtype=object)[at]


def _takes_part(frame: pd.DataFrame, places: Sequence[int]) -> np.ndarray:
    chosen = _draw(frame, "operation", {True: IN_OPERATION, False: 1 - IN_OPERATION}).astype(bool)
    return chosen & np.isin(frame["place"], places) & (frame["cohort"].to_numpy() >= FIRST_YEAR)


def at_entry(frame: pd.DataFrame, codes: np.ndarray, places: Sequence[int]) -> dict[str, np.ndarray]:
    """The columns of the participants. ``frame``: parcours of the population; ``codes``: the PLIE of each; ``places``:
    those of intermediate bodies. Unknown for all others."""
    takes_part = _takes_part(frame, places)
    months = pd.to_numeric(frame["jobseeker_months"], errors="coerce").fillna(0).to_numpy()
    status = np.where(months > 0, _draw(frame, "seeking", SEEKING), _draw(frame, "not seeking", NOT_SEEKING))
    texts = {
        "esf_operation_id": np.array([f"FSE-{code}" for code in codes], dtype=object),
        "labour_status_at_entry": status,
        "nationality_group": _draw(frame, "nationality", NATIONALITY),
        "housing_status": _draw(frame, "housing", HOUSING),
    }
    found = {name: np.where(takes_part, values, "").astype(object) for name, values in texts.items()}
    for name, shares in YES_NO_UNKNOWN.items():
        found[name] = np.where(takes_part, _draw(frame, name, shares).astype(int), -1)
    return found


def at_exit(gone: pd.DataFrame, places: Sequence[int]) -> dict[str, np.ndarray]:
    """The columns of the exits, of the parcours that end in the year. Days as in ``writing``."""
    takes_part = _takes_part(gone, places)
    reason, day = gone["reason"].to_numpy(), gone["exit"].to_numpy()
    job, training = np.isin(reason, JOBS), np.isin(reason, TRAININGS)
    status = np.where(job, "en_emploi", np.where(training, "en_formation", _draw(gone, "after", AFTER)))
    after = _draw(gone, "day", dict.fromkeys(range(SOON + 1), 1) | {LATE: 1}).astype(int)
    qualified = training & _draw(gone, "qualified", {True: 0.6, False: 0.4}).astype(bool)
    return {
        "labour_status_at_exit": np.where(takes_part, status, "").astype(object),
        "labour_status_on": np.where(takes_part & (status != ""), day + after, 0),
        "qualification_obtained_on": np.where(takes_part & qualified, day, 0),
    }


def followups(parcours: pd.DataFrame, codes: Sequence[str], places: Sequence[int], year: int) -> pd.DataFrame:
    """Who answers of those for whom six months end in the year, with the column `place`."""
    gone = parcours[parcours["left"].isin([year - 1, year])]
    left = np.datetime64(EPOCH, "D") + gone["exit"].to_numpy()
    month = left.astype("datetime64[M]") + 6
    last = (month + 1).astype("datetime64[D]") - 1
    into_month = left - left.astype("datetime64[M]").astype("datetime64[D]")
    due = np.minimum(month.astype("datetime64[D]") + into_month, last)
    answers = _draw(gone, "answers", {True: ANSWERS, False: 1 - ANSWERS}).astype(bool)
    wanted = answers & _takes_part(gone, places) & (due.astype("datetime64[Y]").astype(int) + 1970 == year)
    gone, due = gone[wanted], due[wanted]
    status = _draw(gone, "later", LATER)
    better = np.where(status == "en_emploi", _draw(gone, "better", {1: 0.4, 0: 0.6}).astype(int), 0)
    return pd.DataFrame(
        {
            "place": gone["place"].to_numpy(),
            "reporting_year": str(year),
            "plie_code": np.asarray(codes, dtype=object)[gone["place"].to_numpy()],
            "participant_id": [f"SYN-{number:08x}" for number in gone["pseudonym"].tolist()],
            "parcours_no": gone["parcours_no"].astype(str).to_numpy(),
            "observed_on": (due - np.datetime64(EPOCH, "D")).astype(int),
            "labour_status": status,
            "is_improved": better,
        }
    )
