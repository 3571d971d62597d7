"""Gates on the project itself: what is documented, and what may stand in the SQL."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from plie_warehouse.contract import KINDS
from plie_warehouse.paths import PROJECT
from plie_warehouse.release.reader_comments import ReaderComments
from plie_warehouse.release.released_tables import REFERENCE_TABLES
from plie_warehouse.release.released_views import IS_HIDDEN

MODELS = sorted((PROJECT / "models").rglob("*.sql"))
REFERENCE = PROJECT / "seeds" / "reference"

# The lists of domain codes: seed -> its code column. Their codes may not stand in the SQL of a model.
CODE_LISTS = {
    "code_groups": "group_code",
    "code_lists": "code",
    "contract_types": "contract_type",
    "education_levels": "education_code",
    "employer_types": "employer_type",
    "exit_classes": "exit_class",
    "labour_statuses": "labour_status",
    "exit_reasons": "exit_reason",
    "profiles": "profile",
    "step_families": "step_family",
    "step_types": "step_type",
    "boolean_spellings": "spelling",
}


def seed(name: str) -> list[dict[str, str]]:
    with (REFERENCE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


RULES = {row["rule_id"] for row in seed("rules")}
REASONS = {row["reason_code"] for row in seed("quality_reasons")}
RECLASSIFICATIONS = {row["reclassification_reason"] for row in seed("reclassification_reasons")}
# The levels of territory and the kinds of supplier are names of the interface, some of which are also types of member.
NAMES = {row["territory_kind"] for row in seed("territory_kinds")} | set(KINDS)
CODES = {row[column].lower() for name, column in CODE_LISTS.items() for row in seed(name)} - NAMES


def documentation_problems(nodes: list[dict]) -> list[str]:
    """Tables of the public schemas without a description, and columns without description, unit or rule."""
    problems = []
    for node in nodes:
        if not node["description"].strip():
            problems.append(f"{node['name']}: no description")
        for name, column in node["columns"].items():
            match = re.fullmatch(r".{10,}\. Unit: [^.]+\. Rule: (D\w\w)\.", column["description"])
            if not match:
                problems.append(f"{node['name']}.{name}: description without unit or rule: {column['description']!r}")
            elif match.group(1) not in RULES:
                problems.append(f"{node['name']}.{name}: unknown rule {match.group(1)}")
    return problems


def test_every_public_column_has_description_unit_and_rule(parsed: dict) -> None:
    nodes = [
        node
        for node in parsed["nodes"].values()
        if node["resource_type"] == "model" and node["schema"] in ("marts", "quality")
    ]
    assert len(nodes) >= 32
    assert documentation_problems(nodes) == []


def test_metrics_that_are_of_others_stand_by_themselves(parsed: dict) -> None:
    """dbt finds one twice that stands with a model, once something else of the model was changed (dbt-core 13004)."""
    places = {one["name"]: one["original_file_path"] for one in parsed["metrics"].values() if one["type"] != "simple"}
    assert places
    assert {name: place for name, place in places.items() if place != "models/marts/_metrics.yml"} == {}


def test_the_documentation_gate_notices() -> None:
    column = {"description": "Exits of the year. Unit: exits. Rule: D03."}
    assert documentation_problems([{"name": "t", "description": "One row.", "columns": {"a": column}}]) == []
    for description in (
        "",
        "Exits of the year.",
        "Exits of the year. Unit: exits.",
        "Exits of the year. Unit: exits. Rule: D99.",
    ):
        broken = {"name": "t", "description": "One row.", "columns": {"a": {"description": description}}}
        assert len(documentation_problems([broken])) == 1
    assert documentation_problems([{"name": "t", "description": " ", "columns": {}}]) == ["t: no description"]


def sql_problems(text: str) -> list[str]:
    """Numbers other than 0 and 1, years and domain codes that stand in a model's SQL instead of in a reference list."""
    problems = []
    text = re.sub(r"\{#.*?#\}", " ", text, flags=re.S)
    text = re.sub(r"--[^\n]*", " ", text)
    for name in re.findall(r"\breason\('([^']*)'\)", text):
        if name not in REASONS:
            problems.append(f"unknown reason {name}")
    for name in re.findall(r"\breclassification\('([^']*)'\)", text):
        if name not in RECLASSIFICATIONS:
            problems.append(f"unknown reclassification {name}")
    # Names of relations and of reasons, each checked elsewhere.
    text = re.sub(r"\b(?:ref|reason|reclassification|var)\((['\"]).*?\1\)", " ", text)
    for double, single in re.findall(r"\"([^\"\n]*)\"|'([^'\n]*)'", text):
        literal = double or single
        if literal.lower() in CODES:
            problems.append(f"code {literal!r}")
        if re.search(r"\b(?:19|20)\d\d\b", literal):
            problems.append(f"year in {literal!r}")
    without_text = re.sub(r"\"[^\"\n]*\"|'[^'\n]*'", " ", text)
    without_types = re.sub(r"\bdecimal\(\d+, *\d+\)", " ", without_text)
    problems += [
        f"number {number}"
        for number in re.findall(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])", without_types)
        if number not in ("0", "1")
    ]
    return problems


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_no_threshold_year_or_code_list_in_the_sql(path: Path) -> None:
    assert sql_problems(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("sql", "problem"),
    [
        ("where age >= 45", "number 45"),
        ("where share > 0.5", "number 0.5"),
        ("where reporting_year = 2021", "number 2021"),
        ("where entry_date > '2020-12-31'", "year in '2020-12-31'"),
        ("where exit_reason in ('demenagement')", "code 'demenagement'"),
        ("where sex = 'FEMME'", "code 'FEMME'"),
        ('{% if x == "cdi" %}', "code 'cdi'"),
        ("case when a then {{ reason('hors_anee') }} end", "unknown reason hors_anee"),
        ("case when a then {{ reclassification('trop_court') }} end", "unknown reclassification trop_court"),
    ],
)
def test_the_sql_gate_notices(sql: str, problem: str) -> None:
    assert sql_problems(f"select 1 from {{{{ ref('exits') }}}} {sql}") == [problem]


def test_the_sql_gate_lets_names_pass() -> None:
    assert (
        sql_problems(
            "-- at least 45, since 2021\nselect 'participants' as source_table, cast(x as decimal(18, 6)), a1"
            " from {{ ref('exit_reasons') }} where n > 0 and {{ reason('hors_annee') }} = r"
        )
        == []
    )


def test_rates_are_shown_in_percent_and_change_by_points() -> None:
    """And nothing else is; no figure is shown with more decimals than it has (D55)."""
    for row in seed("measures"):
        if not row["indicator_code"]:
            continue
        is_rate = row["unit"] == "taux"
        shown = (row["shown_factor"], row["change_unit"])
        assert shown == (("100", "points") if is_rate else ("1", row["unit"])), row["indicator_code"]
        assert 0 <= int(row["shown_decimals"]) <= int(row["value_decimals"]) - (2 if is_rate else 0)


def unlisted_aggregates(models: Path, registered: set[str]) -> list[str]:
    """One sentence for each aggregate, a mart by territory, that a later layer or the registry lacks."""
    listed = "".join(path.read_text(encoding="utf-8") for path in (models / "indicators").glob("ind_*__measures.sql"))
    published = {path.stem for path in (models / "published").glob("*.sql")}
    problems = []
    for path in sorted((models / "marts").glob("*/_*__marts.yml")):
        for model in yaml.safe_load(path.read_text(encoding="utf-8"))["models"]:
            name, subject = model["name"], path.parent.name
            columns = {column["name"] for column in model["columns"]}
            if not {"reporting_year", "territory_kind"} <= columns:
                continue
            if name not in registered:
                problems.append(f"add the measures of {name} to seeds/reference/measures.csv")
            if f"measures_as_rows('{name}'" not in listed:
                problems.append(f"add {name} to models/indicators/ind_{subject}__measures.sql")
            if f"published_{name}" not in published:
                problems.append(f"add models/published/published_{name}.sql")
    return problems


def test_every_aggregate_is_registered_listed_and_published(tmp_path: Path) -> None:
    """No aggregate is left out of the registry, the rows of measures and the published tables; a new one is named."""
    registered = {row["mart"] for row in seed("measures")}
    models = PROJECT / "models"
    assert unlisted_aggregates(models, registered) == []
    shutil.copytree(models, tmp_path / "models")
    marts = tmp_path / "models" / "marts" / "plie" / "_plie__marts.yml"
    new = "  - name: plie_nights\n    columns: [{name: reporting_year}, {name: territory_kind}]\n"
    marts.write_text(marts.read_text(encoding="utf-8") + new, encoding="utf-8")
    assert unlisted_aggregates(tmp_path / "models", registered) == [
        "add the measures of plie_nights to seeds/reference/measures.csv",
        "add plie_nights to models/indicators/ind_plie__measures.sql",
        "add models/published/published_plie_nights.sql",
    ]


def test_marts_read_only_what_their_folder_may() -> None:
    """Nothing reads the clock, and no model outside staging reads a delivered table."""
    for path in MODELS:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\b(current_date|current_timestamp|now\(\)|today\(\))", text), path
        if "staging" not in path.parts:
            assert not re.search(r"source\('deliveries", text), path


def test_nothing_names_a_package_index_or_a_path_of_a_machine() -> None:
    lock = (PROJECT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in lock and "index-url" not in lock
    assert re.findall(r"^dbt-core-experimental-parser", lock, flags=re.M) == []
    pins = re.findall(r"^([a-z0-9-]+)==(\S+)", lock, flags=re.M)
    assert len(pins) > 80
    assert lock.count("--hash=sha256:") >= len(pins)


def french(comments: list[dict[str, str]]) -> ReaderComments:
    measures = sorted(
        seed("measures"), key=lambda row: (row["mart"], row["measure"], row["cut"] != "total", row["cut"])
    )
    return ReaderComments.of(
        [(row["table_name"], row["column_name"], row["comment_fr"]) for row in comments],
        [(row["mart"], row["measure"], row["label_fr"], row["definition_fr"]) for row in measures],
    )


def public_columns(manifest: dict) -> Iterator[tuple[str, str, str]]:
    """Schema, table and column of what readers get; each table once without a column."""
    nodes = {node["name"]: node for node in manifest["nodes"].values() if node["resource_type"] in ("model", "seed")}
    for name, node in nodes.items():
        if node["schema"] == "published" and node["resource_type"] == "model":
            table = name.removeprefix("published_")
            yield "published", table, ""
            mart = nodes[node["config"]["meta"].get("mart", table)]
            yield from (("published", table, column) for column in mart["columns"])
        elif name in REFERENCE_TABLES:
            yield "reference", name, ""
            yield from (("reference", name, column) for column in node["columns"])


def untold(manifest: dict, comments: ReaderComments) -> list[str]:
    """What has no French text."""
    return [
        f"{schema}.{table}.{column}"
        for schema, table, column in public_columns(manifest)
        if not (comments.column(schema, table, column) if column else comments.table(schema, table))
        and column not in ("rows_sql", "denominator_rows_sql", "is_summed")
    ]


def test_all_that_readers_get_is_told_in_french(parsed: dict) -> None:
    """Each published table and column, each list beside them; seeds/reference/reader_comments.csv has what is no
    indicator."""
    assert len(list(public_columns(parsed))) > 500
    without = untold(parsed, french(seed("reader_comments")))
    assert not without, f"say them in seeds/reference/reader_comments.csv: {without}"


def test_what_is_not_told_in_french_is_noticed(parsed: dict) -> None:
    gone = {("published.plie_outcomes", ""), ("", "territory_name"), ("reference.parameters", "unit")}
    comments = [row for row in seed("reader_comments") if (row["table_name"], row["column_name"]) not in gone]
    found = untold(parsed, french(comments))
    assert "published.plie_outcomes." in found and "published.plie_step_mix.territory_name" in found


def test_no_french_text_is_of_nothing(parsed: dict) -> None:
    """A text of a table or column that is not there any more."""
    public = set(public_columns(parsed)) | {("published", "publication", ""), ("published", "", "published_id")}
    names = {f"{schema}.{table}" for schema, table, _ in public}
    columns = {column for *_, column in public} | {IS_HIDDEN.name}
    for row in seed("reader_comments"):
        table, column = row["table_name"], row["column_name"]
        if "{" in table:
            continue
        assert (table in names and (*table.split("."), column) in public) if table else column in columns, row
        assert row["comment_fr"].strip().endswith("."), row


def test_a_label_is_cut_before_its_breakdown_and_a_status_names_its_figure() -> None:
    comments = french(seed("reader_comments"))
    assert comments.column("published", "plie_breakdowns", "persons") == "Personnes."
    assert comments.column("published", "plie_outcomes", "exits") == (
        "Sorties de l'année. Parcours dont la date de sortie est dans l'année."
    )
    assert "Pourquoi exits est donné" in comments.column("published", "plie_outcomes", "exits_status")
    assert comments.column("published", "plie_outcomes", "nothing") == ""
