"""What is worth a second look and counts all the same, written a second time in pandas: of the exits, dates that do not
go together (D1D); of the registers and of the survey, what is beyond its limit (D59). See ``recomputed_plie`` and
``recomputed_network`` for which rows count: all of these do."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from plie_warehouse.validation.frames import PLIE, STRUCTURE, YEAR
from plie_warehouse.validation.recomputed_network import DELIVERY_YEAR, ETP_DECIMALS, Rows
from plie_warehouse.validation.tables import FactRules, columns_of
from plie_warehouse.validation.tools import (
    Parameters,
    is_true,
    number_text,
    parameter_of,
    parameters_of_years,
    scaled,
)

FEWEST = "intermediate_body_min_plie"

EXIT_SIGNALS = "exit_signals"
_SIGNAL_KEY = [YEAR, "supplier_code", "participant_id", "parcours_no", "exit_signal"]

# Which exits are signalled, each once for each signal, and the columns of such a row.
EXIT_SIGNAL_RULES = FactRules(
    _SIGNAL_KEY, "supplier_code", "plie", "D1D", "D1D", columns_of(EXIT_SIGNALS), shown=("exit_signal",)
)


def exit_signals(exits: pd.DataFrame, parameters: Parameters) -> pd.DataFrame:
    """``exit_signals`` (D1D): one row per counted exit and signal. ``exits``: those of the year, see
    ``recomputed_plie.exit_facts``."""
    exits = exits.assign(supplier_code=exits[PLIE], rule_id="D1D")
    since_exit = (exits["validated_on"] - exits["exit_date"]).dt.days
    signalled = {
        "sortie_anticipee": is_true(exits["is_dated_early"]),
        "sortie_avant_verification": since_exit > parameter_of(exits, parameters, "follow_up_tolerance_days"),
        "verification_avant_embauche": exits["validated_on"] < exits["contract_start_date"],
    }
    pieces = [exits[mask].assign(exit_signal=signal) for signal, mask in signalled.items()]
    return pd.concat(pieces, ignore_index=True)[[*_SIGNAL_KEY, *EXIT_SIGNAL_RULES.columns]]


def _of_persons(counts: pd.Series) -> pd.Series:
    """Whole numbers in ten-thousandths, as ETP are."""
    return counts.astype("Int64") * 10**ETP_DECIMALS


def _more_than(rows: pd.DataFrame, found: str, limit: str, **said: str) -> pd.DataFrame:
    """The rows whose ``found`` is above ``limit``, both in ten-thousandths; unknown is above nothing."""
    above = rows[(rows[found] > rows[limit]).fillna(False).astype(bool)]
    values = {"found_value": above[found], "limit_value": above[limit]}
    return above[[YEAR, "subject_code"]].assign(**{name: v.astype("Int64") for name, v in values.items()}, **said)


def signals(rows: Rows, facilitators: pd.DataFrame, reference: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """``network_signals`` as text: one row per year, subject, signal and measure. ``facilitators``: accepted rows."""
    teams = rows.kept["survey_teams"].rename(columns={PLIE: "subject_code"})
    teams = teams.assign(headcount=_of_persons(teams["headcount"]), etp=scaled(teams["fte"], ETP_DECIMALS))
    key = [YEAR, "subject_code"]
    own, referents = (
        teams.loc[teams["team"] == one, [*key, "headcount", "etp"]] for one in ("interne", "referent_interne")
    )
    both = referents.merge(own, on=key, suffixes=("", "_of_team"))
    pieces = [
        _more_than(
            both, name, f"{name}_of_team", network_signal="referents_hors_equipe", subject_kind="plie", measure=name
        )
        for name in ("headcount", "etp")
    ]
    staff = facilitators.rename(columns={STRUCTURE: "subject_code"})
    staff = staff.assign(headcount=_of_persons(staff["headcount"]), etp=scaled(staff["fte"], ETP_DECIMALS))
    of_staff = {"network_signal": "etp_au_dela_des_personnes", "subject_kind": "clause", "measure": "etp"}
    pieces.append(_more_than(staff, "etp", "headcount", **of_staff))
    bodies = rows.kept["intermediate_bodies"].groupby([DELIVERY_YEAR, "oi_code"])[PLIE].nunique().reset_index()
    years = [int(year) for year in bodies[DELIVERY_YEAR].unique()]
    fewest = {
        year: values[FEWEST] for year, values in parameters_of_years(reference["parameters"], years, (FEWEST,)).items()
    }
    bodies = bodies.rename(columns={DELIVERY_YEAR: YEAR, "oi_code": "subject_code"})
    bodies = bodies.assign(
        plie=_of_persons(bodies[PLIE]),
        fewest=_of_persons(bodies[YEAR].map(fewest)),
    )
    few = _more_than(bodies, "fewest", "plie", network_signal="oi_trop_peu_de_plie", subject_kind="oi", measure="plie")
    pieces.append(few.rename(columns={"found_value": "limit_value", "limit_value": "found_value"}))
    found = pd.concat(pieces, ignore_index=True)
    texts = {name: number_text(found[name], ETP_DECIMALS) for name in ("found_value", "limit_value")}
    return found.assign(**{YEAR: found[YEAR].astype(str)}, **texts)
