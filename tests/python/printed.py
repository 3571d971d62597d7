"""What the network printed, and the models between the rows of a figure and its comparison."""

from __future__ import annotations

import csv

from plie_warehouse.paths import PROJECT

REFERENCE = PROJECT / "seeds" / "reference"


def seed(name: str) -> list[dict[str, str]]:
    with (REFERENCE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


FIGURES = {row["figure_id"]: row for row in seed("printed_figures")}
CONTRADICTIONS = {row["figure_id"]: row for row in seed("printed_contradictions")}
FALSE_LABELS = {figure for figure, row in CONTRADICTIONS.items() if row["is_label"] == "true"}
READINGS = {row["figure_id"]: row for row in seed("printed_readings")}
INDICATORS = {figure for figure, row in FIGURES.items() if row["indicator_code"]}
# What action sheets declare (D72).
DECLARED = {figure for figure, row in FIGURES.items() if row["derivable_from"] == "fiches action"}
RULES = {figure for figure, row in FIGURES.items() if row["parameter_name"]}

# The models between the rows of a table and the comparison, in their order.
CHAINS = {
    "c21_exits_positive_total": (
        "delete from marts.fct_exits where rowid = (select min(rowid) from marts.fct_exits where is_positive"
        " and reporting_year = 2021)",
        ["plie_outcomes", "ind_plie__measures"],
    ),
    "c21_entries_women_count": (
        "delete from intermediate.int_plie__parcours_profiles where rowid = (select min(rowid) from"
        " intermediate.int_plie__parcours_profiles where is_entry and is_in_profile and profile = 'femme' and"
        " reporting_year = 2021)",
        ["plie_outcomes_by_profile", "ind_plie__measures"],
    ),
    "c21_steps_count_jobs": (
        "delete from marts.fct_steps where rowid = (select min(rowid) from marts.fct_steps where is_job and"
        " reporting_year = 2021)",
        ["plie_job_steps", "ind_plie__measures"],
    ),
    "c21_team_internal_persons": (
        "delete from staging.stg_survey__survey_teams where team = 'interne' and reporting_year = 2021",
        ["int_survey__teams", "survey_team_size", "ind_survey__measures"],
    ),
    "c21_referent_external_employer_n_plie": (
        "delete from staging.stg_survey__survey_teams where employer_type = 'association' and reporting_year = 2021",
        ["int_survey__teams", "survey_team_size", "ind_survey__measures"],
    ),
}
