"""The pandas recomputation of the rules of the PLIE, on tiny hand-made frames, on both sides of each boundary.

No warehouse is read. Code lists and parameters are the reference seeds themselves, so that a test states a
rule and not a copy of a list.
"""

from __future__ import annotations

import pandas as pd
import pytest
from hand_made import REFERENCE, cases, of, only_row, reasons, refused, same_text, staged_frame, with_parameter

from plie_warehouse.validation import checks, indicators, outcomes, recomputed_plie, recomputed_signals, tools

CASES = cases("plie")
KNOWN_PLIE, UNKNOWN_PLIE = "59-09", "00-00"
AS_OF_DATE = "2022-06-30"


def staged(table: str, *rows: dict) -> pd.DataFrame:
    """Staged rows: what is not given is a plain delivery of one person of the known PLIE for 2021."""
    plain = {
        "reporting_year": 2021,
        "plie_code": KNOWN_PLIE,
        "supplier_code": KNOWN_PLIE,
        "participant_id": "A",
        "parcours_no": 1,
        "source_file": f"{table}.csv",
    }
    required = {
        "participants": {"entry_date": "2021-03-01"},
        "steps": {"step_type": "mobilisation", "start_date": "2021-04-01"},
        "exits": {"exit_date": "2021-09-30", "exit_reason": "autre"},
        "followups": {"observed_on": "2022-03-31"},
    }[table]
    full = []
    for number, row in enumerate(rows):
        made = {**plain, **required, "source_row": number + 2, "record_hash": f"{table}-{number}", **row}
        if table == "steps":
            made.setdefault("step_id", f"S{number}")
        full.append(made)
    return staged_frame(table, full)


def run(
    participants: list[dict], reference: dict[str, pd.DataFrame] = REFERENCE, **others: list[dict]
) -> recomputed_plie.Rows:
    """What the rules say of a few rows; ``others``: those of *exits* and *steps*."""
    given = {"participants": participants, "steps": [], "exits": [], "followups": []} | others
    frames = {table: staged(table, *rows) for table, rows in given.items()}
    return recomputed_plie.judge_rows(frames, reference, AS_OF_DATE)


def national(result: recomputed_plie.Rows, table: str, **cut: str) -> dict[str, object]:
    """The national row of 2021 of one aggregate."""
    rows = recomputed_plie.aggregate(table, result, REFERENCE)
    return only_row(rows, territory_kind="national", reporting_year=2021, **cut)


# ------------------------------------------------------------------------------------------- tools


@pytest.mark.parametrize(
    ("start", "months", "expected"),
    [
        ("2021-08-31", 6, "2022-02-28"),
        ("2023-08-31", 6, "2024-02-29"),
        ("2021-01-15", 6, "2021-07-15"),
        ("2021-12-01", 1, "2022-01-01"),
        ("2999-11-30", 3, "3000-02-28"),
    ],
)
def test_months_are_clamped_at_the_end_of_the_month(start: str, months: int, expected: str) -> None:
    dates = pd.Series([start, None]).astype("datetime64[us]")
    moved = tools.add_months(dates, months)
    assert moved[0] == pd.Timestamp(expected)
    assert pd.isna(moved[1])


def test_parameters_are_those_in_force_on_31_december() -> None:
    parameters = REFERENCE["parameters"].copy()
    age = parameters["name"] == "senior_min_age"
    newer = parameters[age].assign(value="50", valid_from="2021-12-31", valid_to=None)
    parameters.loc[age, "valid_to"] = "2021-12-30"
    values = recomputed_plie.parameters_in_force(pd.concat([parameters, newer]), [2020, 2021])
    assert values[2020]["senior_min_age"] == 45
    assert values[2021]["senior_min_age"] == 50


def test_a_year_without_all_parameters_is_left_out() -> None:
    parameters = REFERENCE["parameters"].copy()
    parameters.loc[parameters["name"] == "young_max_age", "valid_to"] = "2021-12-30"
    assert list(recomputed_plie.parameters_in_force(parameters, [2020, 2021])) == [2020]


def test_two_values_in_force_are_an_error() -> None:
    parameters = REFERENCE["parameters"]
    twice = pd.concat([parameters, parameters[parameters["name"] == "young_max_age"]])
    with pytest.raises(ValueError, match="young_max_age"):
        recomputed_plie.parameters_in_force(twice, [2021])


# ---------------------------------------------------------------------------------------- the door


def test_door_takes_the_first_reason() -> None:
    result = run(
        [
            {"participant_id": "A"},
            {"participant_id": "B", "reporting_year": 1821, "defect": "valeur_illisible"},
            {"participant_id": "C", "reporting_year": 1821},
        ]
    )
    assert reasons(result, "participants") == {1: "valeur_illisible", 2: "annee_non_prise_en_charge"}


def test_two_rows_with_one_key_refuse_the_delivery_in_every_table() -> None:
    result = run(
        [
            {"participant_id": "A"},
            {"participant_id": "A", "sex": "femme"},
            {"participant_id": "B", "plie_code": "59-01"},
        ],
        exits=[{"participant_id": "A"}, {"participant_id": "B", "plie_code": "59-01"}],
        steps=[{"participant_id": "A"}, {"participant_id": "A", "reporting_year": 2020}],
    )
    assert reasons(result, "participants") == {0: "livraison_refusee", 1: "livraison_refusee"}
    assert reasons(result, "exits") == {0: "livraison_refusee"}
    assert reasons(result, "steps") == {0: "livraison_refusee", 1: "orphelin"}


def test_a_defective_row_does_not_refuse_the_delivery() -> None:
    result = run([{}, {"sex": "femme", "defect": "valeur_illisible"}])
    assert reasons(result, "participants") == {1: "valeur_illisible"}


def test_identical_rows_keep_the_first_line() -> None:
    rows = [{"record_hash": "same", "source_row": 9}, {"record_hash": "same", "source_row": 3}]
    result = run(rows)
    assert reasons(result, "participants") == {7: "doublon"}
    assert result.accounting.to_dict("records")[0]["rows_kept"] == 1


# ----------------------------------------------------------------------------------- D02, D03, D1A


@pytest.mark.parametrize(
    ("entry", "exit_", "kept"),
    [
        ("2021-12-31", None, True),
        ("2022-01-01", None, False),
        ("2019-05-01", "2021-01-01", True),
        ("2019-05-01", "2020-12-31", False),
        ("2019-05-01", "2022-03-01", True),
    ],
)
def test_d02_parcours_of_the_year(entry: str, exit_: str | None, kept: bool) -> None:
    result = run([{"entry_date": entry}], exits=[{"exit_date": exit_}] if exit_ else [])
    assert reasons(result, "participants") == ({} if kept else {0: "hors_annee"})
    assert reasons(result, "exits") == ({0: "parcours_exclu"} if exit_ and not kept else {})


@pytest.mark.parametrize(
    ("entry", "exit_", "flags"),
    [
        ("2021-01-01", "2021-12-31", (True, True, False)),
        ("2020-12-31", "2022-01-01", (False, False, True)),
        ("2021-12-31", None, (True, False, True)),
    ],
)
def test_d03_entry_exit_and_stock(entry: str, exit_: str | None, flags: tuple[bool, bool, bool]) -> None:
    result = run([{"entry_date": entry}], exits=[{"exit_date": exit_}] if exit_ else [])
    row = result.parcours.iloc[0]
    assert of(row, "is_entry", "is_exit", "is_in_stock") == flags
    assert len(result.exits) == int(flags[1])
    counts = national(result, "plie_outcomes")
    assert int(counts["parcours"]) == int(counts["stock_31_dec"]) + int(counts["exits"])


def test_d1a_exit_before_entry_leaves_the_parcours_open() -> None:
    result = run(
        [{"participant_id": "A"}, {"participant_id": "B"}],
        exits=[
            {"participant_id": "A", "exit_date": "2021-02-28"},
            {"participant_id": "B", "exit_date": "2021-03-01"},
        ],
    )
    assert reasons(result, "exits") == {0: "sortie_avant_entree"}
    assert list(result.parcours["is_in_stock"]) == [True, False]


def test_d1a_orphans_and_parcours_with_a_defect() -> None:
    result = run(
        [{"participant_id": "A", "entry_date": None, "defect": "valeur_illisible"}],
        exits=[{"participant_id": "A"}, {"participant_id": "Z"}],
        steps=[{"participant_id": "A"}, {"participant_id": "Z"}],
    )
    assert reasons(result, "exits") == {0: "parcours_exclu", 1: "orphelin"}
    assert reasons(result, "steps") == {0: "parcours_exclu", 1: "orphelin"}


@pytest.mark.parametrize(("second_entry", "kept"), [("2021-06-30", True), ("2021-06-29", False)])
def test_d1a_a_second_parcours_may_begin_the_day_the_first_ends(second_entry: str, kept: bool) -> None:
    result = run(
        [{"parcours_no": 2, "entry_date": second_entry}, {"parcours_no": 1}],
        exits=[{"parcours_no": 1, "exit_date": "2021-06-30"}],
    )
    assert reasons(result, "participants") == ({} if kept else {0: "chevauchement"})


def test_d1a_only_a_kept_parcours_shuts_out_a_later_one() -> None:
    """1 ends in May; 2 begins in April (out) and would end in August; 3 begins in June: kept, and open; 4 is
    out.
    """
    result = run(
        [
            {"parcours_no": 1, "entry_date": "2021-03-01"},
            {"parcours_no": 2, "entry_date": "2021-04-01"},
            {"parcours_no": 3, "entry_date": "2021-06-01"},
            {"parcours_no": 4, "entry_date": "2021-10-01"},
        ],
        exits=[
            {"parcours_no": 1, "exit_date": "2021-05-01"},
            {"parcours_no": 2, "exit_date": "2021-08-01"},
        ],
    )
    assert reasons(result, "participants") == {1: "chevauchement", 3: "chevauchement"}
    assert reasons(result, "exits") == {1: "parcours_exclu"}
    assert national(result, "plie_outcomes")["persons_in_parcours"] == "1"


def test_d1a_same_entry_date_goes_by_number() -> None:
    result = run([{"parcours_no": 10}, {"parcours_no": 2}])
    assert reasons(result, "participants") == {0: "chevauchement"}


def test_a_parcours_outside_the_year_does_not_shut_out() -> None:
    result = run(
        [{"parcours_no": 1, "entry_date": "2019-01-01"}, {"parcours_no": 2, "entry_date": "2020-06-01"}],
        exits=[{"parcours_no": 1, "exit_date": "2020-12-31"}],
    )
    assert reasons(result, "participants") == {0: "hors_annee"}


# --------------------------------------------------------------------------------- D11 to D15, D19


JOB = {"exit_reason": "emploi_durable", "contract_start_date": "2021-01-15", "validated_on": "2021-12-31"}


JOBS = CASES["d11_durable_job"]


def test_d11_durable_job() -> None:
    people = [{"participant_id": f"P{n}"} for n in range(len(JOBS))]
    exits = [{**JOB, **exit_, "participant_id": f"P{n}"} for n, (exit_, _) in enumerate(JOBS)]
    for (exit_, reason), row in zip(JOBS, run(people, exits=exits).exits.to_dict("records"), strict=True):
        assert same_text(row["reclassification_reason"], reason), exit_
        assert row["declared_class"] == "emploi_durable"
        assert row["exit_class"] == ("autre_sans_suite" if reason else "emploi_durable"), exit_
        assert row["is_positive"] == (reason is None), exit_


TRAINING = {
    "exit_reason": "formation_qualifiante",
    "is_certifying": True,
    "training_start_date": "2021-03-01",
    "exit_date": "2021-09-30",
    "validated_on": "2021-09-30",
}


TRAININGS = CASES["d12_training"]


def test_d12_qualifying_training() -> None:
    people = [{"participant_id": f"P{n}"} for n in range(len(TRAININGS))]
    exits = [{**TRAINING, **exit_, "participant_id": f"P{n}"} for n, (exit_, _) in enumerate(TRAININGS)]
    rows = run(people, exits=exits).exits.to_dict("records")
    for (exit_, reason), row in zip(TRAININGS, rows, strict=True):
        assert same_text(row["reclassification_reason"], reason), exit_
        assert row["exit_class"] == ("autre_sans_suite" if reason else "formation_qualifiante"), exit_


def test_d10_unknown_reason_is_without_follow_up_and_not_reclassified() -> None:
    result = run([{}], exits=[{"exit_reason": None}])
    row = result.exits.iloc[0]
    assert of(row, "declared_class", "exit_class", "reclassification_reason") == (None, "autre_sans_suite", None)
    assert national(result, "plie_outcomes")["unproven_exits"] == "0"
    found = national(result, "plie_exit_reasons", exit_reason="inconnu", exit_class="autre_sans_suite")
    assert found["exits"] == "1"


def test_d14_d15_moves_deaths_and_retirements_leave_one_denominator() -> None:
    declared = [
        "autre_sortie_positive",
        "demenagement",
        "deces",
        "retraite",
        "abandon",
        "sante",
        "emploi_durable",
    ]
    people = [{"participant_id": f"P{n}", "entry_date": "2020-01-01"} for n in range(len(declared))]
    people.append({"participant_id": "IN"})
    exits = [{"participant_id": f"P{n}", "exit_reason": reason} for n, reason in enumerate(declared)]
    counts = national(run(people, exits=exits), "plie_outcomes")
    assert of(counts, "exits", "neutralised_exits", "positive_exits") == ("7", "3", "1")
    assert of(counts, "abandoned_exits", "other_nofollow_exits", "unproven_exits") == ("1", "2", "1")
    assert counts["positive_rate_raw"] == "0.142857"
    assert counts["positive_rate_neutralised"] == "0.250000"
    assert counts["positive_per_entry"] == "1.000000"


def test_d18_no_exit_no_rate() -> None:
    counts = national(run([{"entry_date": "2020-01-01"}]), "plie_outcomes")
    assert counts["exits"] == "0"
    for rate in (
        "positive_rate_raw",
        "positive_rate_neutralised",
        "positive_per_entry",
        "durable_contract_share",
    ):
        assert counts[rate] is None


CONTRACTS = CASES["d19_durable_contract"]


def test_d19_durable_contract() -> None:
    people = [{"participant_id": f"P{n}"} for n in range(len(CONTRACTS))]
    exits = [{**exit_, "participant_id": f"P{n}"} for n, (exit_, _) in enumerate(CONTRACTS)]
    result = run(people, exits=exits)
    for (exit_, expected), flag in zip(CONTRACTS, result.exits["is_durable_contract"], strict=True):
        assert same_text(flag, pd.NA if expected is None else expected), exit_
    counts = national(result, "plie_outcomes")
    assert of(counts, "contracts_known", "durable_contracts") == ("6", "3")
    assert counts["durable_contract_share"] == "0.500000"


def test_d19_shares_are_on_known_values() -> None:
    people = [{"participant_id": name} for name in "ABC"]
    exits = [
        {"participant_id": "A", "employer_category": "public", "exit_reason": "autre_sortie_positive"},
        {"participant_id": "B", "employer_category": "entreprise"},
        {"participant_id": "C"},
    ]
    row = national(run(people, exits=exits), "plie_exit_jobs", cut="employer_category", cut_value="public")
    assert of(row, "exits_with", "exits_known", "exits", "share_of_known") == ("1", "2", "3", "0.500000")
    assert of(row, "positive_exits_with", "positive_exits_known") == ("1", "1")
    assert of(row, "durable_exits_known", "share_of_durable_known") == ("0", None)


# -------------------------------------------------------------------------------------- D20 to D24


STEPS = CASES["d20_steps"]


def test_d20_to_d22_steps() -> None:
    """A: from 15/06/2019 to 30/09/2021. B entered after the year. Z is no one."""
    result = run(
        [{"entry_date": "2019-06-15"}, {"participant_id": "B", "entry_date": "2022-01-01"}],
        exits=[{"exit_date": "2021-09-30"}],
        steps=[step for step, _ in STEPS],
    )
    found = reasons(result, "steps")
    for number, (step, reason) in enumerate(STEPS):
        assert found.get(number) == reason, step


def test_d20_a_step_that_begins_after_the_year() -> None:
    result = run([{}], steps=[{"start_date": "2021-12-31"}, {"start_date": "2022-01-01"}])
    assert reasons(result, "steps") == {1: "hors_annee"}


JOB_STEPS = CASES["d23_job_steps"]


def test_d23_family_of_a_job() -> None:
    steps = [
        {"step_type": "emploi", "employer_type": employer, "contract_type": contract}
        for employer, contract, *_ in JOB_STEPS
    ]
    result = run([{}], steps=steps)
    for (employer, contract, family, iae, aided), row in zip(JOB_STEPS, result.steps.to_dict("records"), strict=True):
        assert row["step_family"] == family, (employer, contract)
        assert same_text(row["is_iae"], pd.NA if iae is None else iae), (employer, contract)
        assert same_text(row["is_aided"], pd.NA if aided is None else aided), (employer, contract)
    mix = national(result, "plie_step_mix", step_family="emploi_iae")
    assert of(mix, "steps", "steps_total", "steps_attributes_unknown") == ("3", "7", "1")
    assert mix["share_of_steps"] == "0.428571"


OTHER_STEPS = [("sante_social", "autre"), ("formation", "formation"), (None, "inconnu")]


def test_d23_other_families() -> None:
    job = {"employer_type": "aci", "contract_type": "cui_cae"}
    steps = [{"step_type": step_type, **job} for step_type, _ in OTHER_STEPS]
    result = run([{}], steps=steps).steps
    assert list(result["step_family"]) == [family for _, family in OTHER_STEPS]
    assert result["is_iae"].isna().all()
    assert result["is_aided"].isna().all()


def test_d24_two_means_and_missing_is_not_zero() -> None:
    people = [{"participant_id": name} for name in "ABC"]
    steps = [{"participant_id": name} for name in "AAB"]
    counts = national(run(people, steps=steps), "plie_outcomes")
    assert of(counts, "steps", "participants_with_step") == ("3", "2")
    assert counts["steps_per_participant"] == "1.500000"
    assert counts["steps_per_person_in_parcours"] == "1.000000"

    counts = national(run(people, steps=[{"step_type": "accompagnement"}]), "plie_outcomes")
    assert of(counts, "steps", "steps_per_person_in_parcours") == ("0", "0.000000")
    assert counts["steps_per_participant"] is None

    counts = national(run(people), "plie_outcomes")
    for measure in (
        "steps",
        "participants_with_step",
        "steps_per_participant",
        "steps_per_person_in_parcours",
    ):
        assert counts[measure] is None


# -------------------------------------------------------------------------------------- D30 to D33


FLAG_CASES = CASES["d30_flags"]


def test_d30_to_d32_flags() -> None:
    people = [{**attributes, "participant_id": f"P{n}"} for n, (attributes, *_) in enumerate(FLAG_CASES)]
    rows = run(people).parcours.to_dict("records")
    for (attributes, flag, expected), row in zip(FLAG_CASES, rows, strict=True):
        assert same_text(row[flag], pd.NA if expected is None else expected), attributes


def test_d16_d33_profiles() -> None:
    people = [
        {"participant_id": "A", "sex": "femme", "is_rsa": True},
        {"participant_id": "B", "sex": "femme", "is_rsa": False},
        {"participant_id": "C", "sex": None, "is_rsa": None},
    ]
    exits = [
        {"participant_id": "A", "exit_reason": "autre_sortie_positive"},
        {"participant_id": "B", "exit_reason": "deces"},
        {"participant_id": "C", "exit_reason": "autre_sortie_positive"},
    ]
    result = run(people, exits=exits)
    women = national(result, "plie_outcomes_by_profile", profile="femme")
    assert of(women, "exits", "positive_rate_raw", "positive_rate_neutralised") == ("2", "0.500000", "1.000000")
    rsa = national(result, "plie_entry_profile", profile="rsa")
    assert of(rsa, "entries_with", "entries_known", "entries", "entries_unknown") == ("1", "2", "3", "1")
    assert of(rsa, "share_of_all", "share_of_known") == ("0.333333", "0.500000")
    assert national(result, "plie_entry_profile", profile="homme")["entries_with"] == "0"


# ------------------------------------------------------------------------------------- territories


def test_territories_and_a_plie_that_the_register_does_not_know() -> None:
    people = [{"plie_code": KNOWN_PLIE}, {"plie_code": UNKNOWN_PLIE}]
    rows = recomputed_plie.aggregate("plie_outcomes", run(people), REFERENCE)
    found = {(kind, code): n for kind, code, n in rows[["territory_kind", "territory_code", "parcours"]].to_numpy()}
    assert found == {
        ("plie", KNOWN_PLIE): "1",
        ("departement", "59"): "1",
        ("region", "32"): "1",
        ("national", "FR"): "2",
    }


def test_indicators_carry_numerator_and_denominator() -> None:
    exits = [{"exit_reason": "autre_sortie_positive"}]
    result = run([{}], exits=exits)
    tables = {table: recomputed_plie.aggregate(table, result, REFERENCE) for table in recomputed_plie.TABLE_RULES}
    definitions = indicators.indicator_definitions(REFERENCE)
    definitions = definitions[definitions["mart"].isin(list(recomputed_plie.TABLE_RULES))]
    rows = indicators.indicators(tables, definitions, recomputed_plie.TABLE_RULES)
    rate = rows[(rows["indicator_code"] == "positive_rate_raw") & (rows["territory_kind"] == "national")]
    total = rate[rate["cut"] == "total"].iloc[0]
    assert of(total, "numerator", "denominator", "value") == ("1.000000", "1.000000", "1.000000")
    assert not rows["indicator_code"].eq("steps").any(), "steps were not delivered: no row"


# -------------------------------------------------------------------------------------- comparison


def test_an_aggregate_comparison_sees_values_missing_rows_and_extra_rows() -> None:
    rules = recomputed_plie.TABLE_RULES["plie_step_mix"]

    def rows(*values: tuple) -> pd.DataFrame:
        made = [
            {
                "reporting_year": 2021,
                "territory_kind": "plie",
                "territory_code": code,
                "step_family": "autre",
                "steps": steps,
                "steps_total": "10",
                "steps_attributes_unknown": "0",
                "share_of_steps": share,
            }
            for code, steps, share in values
        ]
        return pd.DataFrame(made).astype(object)

    expected = rows(("01", "1", "0.100000"), ("02", "2", None), ("03", "3", None), ("04", "4", "0.400000"))
    found = rows(("01", "1", "0.100001"), ("02", "2", None), ("03", "3", "0.300000"), ("05", "4", "0.400000"))
    compared = checks.compared_table("plie", "plie_step_mix", rules, expected, found.assign(reporting_year="2021"))
    seen = [
        (one["territory_code"], one["measure"], one["expected"], one["found"], one["rule_id"])
        for one in refused(compared)
    ]
    assert seen == [
        ("01", "share_of_steps", "0.100000", "0.100001", "D23"),
        ("03", "share_of_steps", "null", "0.300000", "D23"),
        ("04", "row", "present", "missing", "D23"),
        ("05", "row", "missing", "present", "D23"),
    ]
    pairs = compared.frame[["share_of_steps__expected", "share_of_steps__found"]]
    assert list(pairs.iloc[1]) == ["null", "null"]


def test_a_missing_column_is_a_difference_in_every_row() -> None:
    rules = recomputed_plie.TABLE_RULES["plie_outcomes"]
    key = {"reporting_year": "2021", "territory_kind": "national", "territory_code": "FR"}
    expected = pd.DataFrame([{**key, **dict.fromkeys(rules.measures, "1")}])
    found = expected.drop(columns="parcours")
    seen = refused(checks.compared_table("plie", "plie_outcomes", rules, expected, found))
    assert [one["measure"] for one in seen] == ["parcours"]


def test_a_fact_comparison_counts_rows_and_names_no_one() -> None:
    people = [{"participant_id": f"SECRET-{n}", "referent_id": "REFERENT", "sex": "femme"} for n in range(4)]
    facts = run(people).parcours
    found = facts.copy()
    found.loc[0, "is_entry"] = False
    found.loc[1, "referent_id"] = "OTHER"
    found.loc[2, "sex"] = None
    found = pd.concat([found.drop(index=3), found.loc[[0]]])
    rules = recomputed_plie.FACT_RULES["fct_parcours"]
    compared = checks.compared_fact("plie", "fct_parcours", rules, facts, found)
    seen = refused(compared)
    assert sorted((one["measure"], one["expected"], one["found"]) for one in seen) == [
        ("is_entry", "true", "false"),
        ("referent_id", "#1", "#2"),
        ("row", "present", "missing"),
        ("sex", "femme", "null"),
        ("times", "1", "2"),
    ]
    text = compared.frame.to_string() + str(seen)
    assert "participants.csv:5" in str(seen)
    for secret in ("SECRET", "REFERENT", "OTHER"):
        assert secret not in text


def test_exclusions_are_compared_line_by_line() -> None:
    result = run([{"entry_date": "2022-01-01"}, {"participant_id": "B", "entry_date": "2022-01-01"}])

    def differing(found: pd.DataFrame) -> list[tuple]:
        seen = refused(checks.compared_exclusions(result.exclusions, found, {"participants": "plie"}, ["D02"]))
        return [(one["measure"], one["expected"], one["note"]) for one in seen]

    assert not differing(result.exclusions)
    assert differing(result.exclusions.assign(source_row=[2, 7])) == [
        ("row", "missing", "line participants.csv:7"),
        ("row", "present", "line participants.csv:3"),
    ]


def test_failure_lines_are_limited_by_rule() -> None:
    row = dict.fromkeys(outcomes.FAILURE_COLUMNS, "x") | {"rule_id": "D15"}
    lines = outcomes.failure_lines([row] * 25)
    assert lines[0] == "D15: 25 differences"
    assert len(lines) == 1 + outcomes.SHOWN_PER_RULE + 1
    assert lines[-1].endswith("5 more")


# ------------------------------------------------------------------ D1C to D1G, D25, D34 to D37, D59


def test_d11_a_check_that_has_not_come_proves_nothing() -> None:
    """Checked on the day of the extraction, and on the day after."""
    people = [{"participant_id": name} for name in "AB"]
    job = {**JOB, "contract_type": "cdi"}
    days = {"A": AS_OF_DATE, "B": "2022-07-01"}
    exits = [{**job, "participant_id": name, "validated_on": day} for name, day in days.items()]
    assert list(run(people, exits=exits).exits["reclassification_reason"]) == [None, "non_valide"]


DUE = CASES["d1d_due"]


def test_d1d_exits_dated_early() -> None:
    people = [{"participant_id": f"P{n}", "entry_date": "2020-01-01"} for n in range(len(DUE))]
    exits = [
        {**JOB, "contract_type": "cdi", "validated_on": AS_OF_DATE, **exit_, "participant_id": f"P{n}"}
        for n, (exit_, *_) in enumerate(DUE)
    ]
    result = run(people, exits=exits)
    for (exit_, due, early), row in zip(DUE, result.exits.to_dict("records"), strict=True):
        assert row["is_dated_early"] == early, exit_
        assert (None if pd.isna(row["due_exit_date"]) else str(row["due_exit_date"].date())) == due, exit_
    counts = national(result, "plie_outcomes")
    assert (counts["early_exits"], counts["early_exits_due_next_year"]) == ("3", "1")
    assert counts["due_next_year_share"] == "0.166667"


def test_d1d_exits_whose_dates_do_not_go_together() -> None:
    """Checked 31 days after the exit is tolerated, 32 is not; checked on the day of the hiring is no signal, the day
    before is; due on the day of the exit is not early. What is excluded, of another year, or unknown says nothing."""
    dated = {"exit_date": "2021-05-01"}
    job = {**JOB, "contract_type": "cdi", "exit_date": "2021-06-30", "validated_on": "2021-07-01"}
    exits = [
        dated | {"validated_on": "2021-06-01"},
        dated | {"validated_on": "2021-06-02"},
        dated | {"contract_start_date": "2021-04-01", "validated_on": "2021-04-01"},
        dated | {"contract_start_date": "2021-04-01", "validated_on": "2021-03-31"},
        job | {"contract_start_date": "2021-01-01"},
        job | {"contract_start_date": "2021-01-02", "validated_on": "2021-07-02"},
        job | {"contract_start_date": "2021-02-15", "validated_on": "2021-08-15"},
        dated | {"exit_date": "2020-12-31", "validated_on": "2021-12-31"},
        dated | {"exit_date": "2022-01-01", "validated_on": "2022-05-01"},
        dated | {"exit_date": "2022-06-01", "validated_on": "2022-12-31"},
        dated | {"exit_date": None, "validated_on": "2021-12-31"},
        dated | {"contract_start_date": "2021-04-01"},
    ]
    people = [{"participant_id": f"P{n}", "entry_date": "2020-01-01"} for n in range(len(exits) - 1)]
    rows = [{**exit_, "participant_id": f"P{n}"} for n, exit_ in enumerate(exits)]
    result = run(people, exits=rows)
    found = recomputed_signals.exit_signals(result.exits, result.parameters)
    due = found["due_exit_date"].astype(str).str[:10].where(found["due_exit_date"].notna(), None)
    names = ["participant_id", "exit_signal", "source_row"]
    assert [(*row, day) for row, day in zip(found[names].itertuples(index=False, name=None), due, strict=True)] == [
        ("P5", "sortie_anticipee", 7, "2021-07-01"),
        ("P6", "sortie_anticipee", 8, "2021-08-14"),
        ("P1", "sortie_avant_verification", 3, None),
        ("P6", "sortie_avant_verification", 8, "2021-08-14"),
        ("P3", "verification_avant_embauche", 5, None),
    ]
    assert set(found["supplier_code"]) == {KNOWN_PLIE} and set(found["rule_id"]) == {"D1D"}


def test_d1d_the_tolerance_is_that_of_the_year() -> None:
    reference = with_parameter("follow_up_tolerance_days", "30")
    exits = [{"exit_date": "2021-05-01", "validated_on": f"2021-05-{day}"} for day in (30, 31)]
    exits.append({"exit_date": "2021-05-01", "validated_on": "2021-06-01"})
    people = [{"participant_id": f"P{n}"} for n in range(3)]
    rows = [{**exit_, "participant_id": f"P{n}"} for n, exit_ in enumerate(exits)]
    result = run(people, reference, exits=rows)
    found = recomputed_signals.exit_signals(result.exits, result.parameters)
    assert found["participant_id"].tolist() == ["P2"]


def test_d1e_d1f_d34_what_is_declared_identified_and_who_entered() -> None:
    reasons_of = [
        "emploi_durable",
        "formation_qualifiante",
        "autre_sortie_positive",
        "reorientation",
        "retraite",
        "sante",
    ]
    people = [{"participant_id": f"P{n}"} for n in range(len(reasons_of))]
    people.append({"participant_id": "P5", "parcours_no": 2, "entry_date": "2021-10-01"})
    exits = [{"participant_id": f"P{n}", "exit_reason": reason} for n, reason in enumerate(reasons_of)]
    counts = national(run(people, exits=exits), "plie_outcomes")
    assert (counts["positive_exits"], counts["declared_positive_exits"]) == ("1", "3")
    assert (counts["positive_rate_declared_raw"], counts["positive_rate_declared_neutralised"]) == (
        "0.500000",
        "0.600000",
    )
    assert (counts["nofollow_exits"], counts["nofollow_with_outcome"]) == ("5", "2")
    assert (counts["entries"], counts["persons_entered"]) == ("7", "6")


@pytest.mark.parametrize(("persons", "in_norm"), [(59, "0"), (60, "1"), (100, "1"), (101, "0")])
def test_d1c_a_caseload_in_the_norm(persons: int, in_norm: str) -> None:
    people = [{"participant_id": f"P{n}", "referent_id": "R"} for n in range(persons)]
    counts = national(run(people), "plie_caseload")
    assert (counts["referents"], counts["referents_in_norm"]) == ("1", in_norm)


def test_d1g_durations() -> None:
    """365 days are not more than twelve months, 366 are; the stock lasts up to 31 December."""
    people = [{"participant_id": name, "entry_date": "2020-10-01"} for name in "ABC"]
    exits = [
        {"participant_id": "A", "exit_date": "2021-09-30", "exit_reason": "abandon"},
        {"participant_id": "B", "exit_date": "2021-10-01", "exit_reason": "abandon"},
    ]
    result = run(people, exits=exits)
    of = national(result, "plie_durations", population="exits", exit_class="total")
    assert (of["parcours"], of["duration_days"], of["duration_month_days"]) == ("2", "731", "60.8750")
    assert (of["duration_months_mean"], of["duration_months_median"]) == ("12.008214", "12.008214")
    assert (of["parcours_above_short"], of["share_above_short"], of["parcours_above_middle"]) == ("1", "0.500000", "0")
    assert national(result, "plie_outcomes")["duration_months_mean"] == "12.008214"
    stock = national(result, "plie_durations", population="stock", exit_class="total")
    assert stock["duration_days"] == "457"
    none = national(result, "plie_durations", population="exits", exit_class="emploi_durable")
    assert (none["parcours"], none["duration_months_mean"], none["duration_months_median"]) == ("0", None, None)


def test_d25_the_main_step_has_most_days_of_the_year() -> None:
    """A: ten days each, the first of the list; B: the days of 2020 do not count; C: two steps add up; D has none."""
    people = [{"participant_id": name, "entry_date": "2019-01-01"} for name in "ABCD"]
    days = [
        ("A", "formation", "2021-12-22", None),
        ("A", "mobilisation", "2021-03-01", "2021-03-10"),
        ("B", "mobilisation", "2020-01-01", "2021-01-09"),
        ("B", "formation", "2021-03-01", "2021-03-10"),
        ("C", "mobilisation", "2021-03-01", "2021-03-10"),
        ("C", "formation", "2021-03-01", "2021-03-06"),
        ("C", "formation", "2021-03-01", "2021-03-06"),
    ]
    steps = [
        {"participant_id": name, "step_type": kind, "start_date": start, "end_date": end}
        for name, kind, start, end in days
    ]
    result = run(people, steps=steps)
    persons = {
        family: national(result, "plie_main_step", step_family=family) for family in ("mobilisation", "formation")
    }
    assert {family: row["persons"] for family, row in persons.items()} == {"mobilisation": "1", "formation": "2"}
    assert (persons["formation"]["persons_with_step"], persons["formation"]["persons_without_step"]) == ("3", "1")
    assert persons["formation"]["share_of_persons"] == "0.666667"


@pytest.mark.parametrize(
    ("birth_year", "age", "band", "esf"),
    [
        (2006, None, "inconnu", "inconnu"),
        (2005, 16, "jeune", "moins_18"),
        (2003, 18, "jeune", "18_29"),
        (1996, 25, "jeune", "18_29"),
        (1995, 26, "intermediaire", "18_29"),
        (1991, 30, "intermediaire", "30_54"),
        (1977, 44, "intermediaire", "30_54"),
        (1976, 45, "senior", "30_54"),
        (1967, 54, "senior", "30_54"),
        (1966, 55, "senior", "55_plus"),
        (1941, 80, "senior", "55_plus"),
        (1940, None, "inconnu", "inconnu"),
        (None, None, "inconnu", "inconnu"),
    ],
)
def test_d35_d59_ages(birth_year: int | None, age: int | None, band: str, esf: str) -> None:
    result = run([{"birth_year": birth_year}])
    assert same_text(result.parcours.iloc[0]["age_at_entry"], pd.NA if age is None else age)
    for cut, value in (("age_band", band), ("age_band_esf", esf)):
        found = national(result, "plie_breakdowns", population="entries", cut=cut, cut_value=value)
        assert (found["persons"], found["share_of_persons"], found["positive_exits"]) == ("1", "1.000000", None)


def test_d35_a_person_is_counted_with_the_first_parcours() -> None:
    people = [
        {"parcours_no": 2, "entry_date": "2021-10-01", "sex": "homme"},
        {"parcours_no": 1, "entry_date": "2021-03-01", "sex": "femme"},
    ]
    result = run(people, exits=[{"exit_date": "2021-09-30", "exit_reason": "autre_sortie_positive"}])
    for population, sex, persons, parcours, positive in (
        ("in_parcours", "femme", "1", "1", None),
        ("in_parcours", "homme", "0", "1", None),
        ("exits", "femme", "1", "1", "1"),
        ("exits", "homme", "0", "0", "0"),
    ):
        row = national(result, "plie_breakdowns", population=population, cut="sex", cut_value=sex)
        assert (row["persons"], row["parcours"], row["positive_exits"]) == (persons, parcours, positive)
    profile = national(result, "plie_outcomes_by_profile", profile="femme")
    assert (profile["persons_in_parcours"], profile["persons_known"], profile["persons_total"]) == ("1", "1", "1")
    assert national(result, "plie_outcomes_by_profile", profile="homme")["persons_in_parcours"] == "0"


PUBLIC = CASES["d36_d37_public"]


def test_d36_d37_minimum_income_and_target_public() -> None:
    result = run([{"participant_id": f"P{n}", **person} for n, (person, *_) in enumerate(PUBLIC)])
    flags = ("receives_minimum_income", "is_young_low_qualified", "is_target_public")
    for (person, *expected), row in zip(PUBLIC, result.parcours.to_dict("records"), strict=True):
        for flag, value in zip(flags, expected, strict=True):
            assert same_text(row[flag], pd.NA if value is None else value), (person, flag)
