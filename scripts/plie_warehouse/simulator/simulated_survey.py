"""The yearly survey of the PLIE: small samples whose sums are those that are printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from plie_warehouse.simulator.quotas import counts_of, deal, share_between, share_out
from plie_warehouse.simulator.simulated_plie import generator
from plie_warehouse.simulator.targets import load_targets, of_year


def draw_survey(codes: Sequence[str], size: np.ndarray, year: int, seed: int) -> dict[str, pd.DataFrame]:
    """The tables of a year. ``size``: of the PLIE in ``codes``; who answers differs from part to part."""
    of, rng = of_year(load_targets("survey"), year), generator(seed, "survey", year)
    frames = {
        "survey_funding": _funding(of["funding"], codes, size, rng),
        "survey_allocations": _allocations(of, codes, size, rng),
        "survey_teams": _teams(of["teams"], codes, size, rng),
        "survey_partners": _partners(of["partners"], codes, size, rng),
    }
    frames["survey_teams"]["employer_type"] = _employers(of["employers"], frames["survey_teams"], seed, year)
    frames["survey_external_referents"] = _external_referents(frames["survey_teams"])
    return {name: frame.assign(reporting_year=str(year)) for name, frame in frames.items()}


def _respondents(count: int, codes: Sequence[str], rng: np.random.Generator) -> np.ndarray:
    return np.sort(rng.choice(len(codes), count, replace=False))


def _amounts(total: int, weights: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A total in hundredths shared out with some noise; each part has something."""
    return share_between(total, weights * rng.gamma(6, 1, len(weights)), 100_00, total)


def _funding(of: Mapping, codes: Sequence[str], size: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    answer = _respondents(of["plie"], codes, rng)
    rows = []
    for funder, total in counts_of(of["amount_eur"] * 100, of["shares"]).items():
        # Every PLIE has its town and the ESF; not every one a region or a private funder.
        mine = (
            answer if of["shares"][funder] > 0.1 else np.sort(rng.choice(answer, len(answer) * 2 // 3, replace=False))
        )
        rows += [
            (codes[place], funder, amount) for place, amount in zip(mine, _amounts(total, size[mine], rng), strict=True)
        ]
    return pd.DataFrame(rows, columns=["plie_code", "funder", "amount_eur"])


def _allocations(of: Mapping, codes: Sequence[str], size: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    spec = of["allocations"]
    answer = _respondents(spec["plie"], codes, rng)
    unsplit = set(rng.choice(answer, spec["unsplit"], replace=False).tolist())
    rows = []
    for operator, total in counts_of(spec["amount_eur"] * 100, spec["shares"]).items():
        # All have associations among their operators, so that each answers with an amount.
        mine = (
            answer
            if operator in ("association", "aci")
            else np.sort(rng.choice(answer, len(answer) * 3 // 5, replace=False))
        )
        for place, amount in zip(mine.tolist(), _amounts(total, size[mine], rng).tolist(), strict=True):
            if place in unsplit:
                rows.append((codes[place], operator, of["unsplit_operation"], amount))
                continue
            operations = rng.choice(of["operations"], rng.integers(1, 3), replace=False)
            parts = share_out(amount, rng.gamma(4, 1, len(operations)))
            rows += [
                (codes[place], operator, operation, part) for operation, part in zip(operations, parts, strict=True)
            ]
    return pd.DataFrame(rows, columns=["plie_code", "operator_type", "operation_type", "amount_eur"])


def _teams(of: Mapping, codes: Sequence[str], size: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    rows = []
    for team, spec in of.items():
        answer = _respondents(spec["plie"], codes, rng)
        head = share_between(
            spec["headcount"], np.sqrt(size[answer]) * rng.gamma(8, 1, len(answer)), 1, spec["headcount"]
        )
        fte = share_between(spec["fte"] * 100, head * rng.beta(8, 2, len(answer)), 20, head * 100)
        rows += [(codes[place], team, str(one), part) for place, one, part in zip(answer, head, fte, strict=True)]
    return pd.DataFrame(rows, columns=["plie_code", "team", "headcount", "fte"])


def _employers(of: Mapping, teams: pd.DataFrame, seed: int, year: int) -> np.ndarray:
    """Who employs most of each team, by as many of the PLIE that have it as say so; of other teams nobody is asked."""
    rng = generator(seed, "employers of referents", year)
    found = np.full(len(teams), "", dtype=object)
    for team, spec in of.items():
        answer = rng.choice(np.flatnonzero(teams["team"] == team), spec["plie"], replace=False)
        found[answer] = deal(counts_of(spec["plie"], spec["shares"]), spec["plie"], rng)
    return found


def _external_referents(teams: pd.DataFrame) -> pd.DataFrame:
    """The persons and ETP of the external referents by employer: all of a PLIE with the one that most of them have."""
    said = teams[(teams["team"] == "referent_externe") & (teams["employer_type"] != "")]
    return said[["plie_code", "employer_type", "headcount", "fte"]].reset_index(drop=True)


def _partners(of: Mapping, codes: Sequence[str], size: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    answer = _respondents(of["plie"], codes, rng)
    companies = share_between(of["companies"], size[answer] * rng.gamma(4, 1, len(answer)), 5, of["companies"])
    return pd.DataFrame({
        "plie_code": [codes[place] for place in answer], "partner_companies": companies.astype(str),
    })  # fmt: skip
