"""The metrics that the models declare (docs/engines.md): MetricFlow answers them with the figures of the marts, cell by
cell. The registry of measures stays the list of all figures; a metric is one of them, on rows that stay private."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

import duckdb
import pytest
from metricflow.engine.metricflow_engine import MetricFlowEngine, MetricFlowQueryRequest
from metricflow.protocols.sql_client import SqlEngine
from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer
from metricflow_semantic_interfaces.implementations.semantic_manifest import PydanticSemanticManifest
from metricflow_semantic_interfaces.validations.semantic_manifest_validator import SemanticManifestValidator
from metricflow_semantics.model.dbt_manifest_parser import parse_manifest_from_dbt_generated_manifest
from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup
from shared import Built

# A share is rounded to six decimals in the marts; MetricFlow divides floating-point numbers.
HALF_A_DECIMAL = Decimal("0.000000500001")
# What the marts call a value that is not known, for which MetricFlow has null.
UNKNOWN = "inconnu"


class WritesForDuckDB:
    """What MetricFlow asks of a client to write a query and not to run it."""

    sql_engine_type = SqlEngine.DUCKDB
    sql_plan_renderer = DuckDbSqlPlanRenderer()


@dataclass(frozen=True)
class Facts:
    """The rows of a semantic model: the mart of their figures, whose rows they are (the entity, which is also the level
    of territory, and the dimension that knows it), and by cut of the registry the column of the mart and what groups
    the metric."""

    mart: str
    entity: str = "plie"
    level: str = "plie"
    dimension: str = "dim_plie"
    cuts: dict[str, tuple[str, str]] = field(default_factory=lambda: {"total": ("", "")})


OUTCOMES = Facts("plie_outcomes")
FACTS = {
    "parcours": OUTCOMES,
    "steps": OUTCOMES,
    "exits": OUTCOMES,
    "parcours_profiles": Facts("plie_entry_profile", cuts={"profile": ("profile", "parcours_profile__profile")}),
    "clause_hours": Facts(
        "clause_hours_etp", "clause_structure", "structure", "dim_clause_structure",
        {"total": ("", ""), "nature": ("cut_value", "hours_row__nature")},
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Measure:
    """A row of the registry of measures."""

    cut: str
    measure: str
    label: str
    numerator: str
    denominator: str


@pytest.fixture(scope="module")
def manifest(built: Built) -> str:
    return (built.target / "semantic_manifest.json").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Metric:
    """A declared metric, its ``facts``, and the measures of the registry that it answers, one for each cut."""

    name: str
    label: str
    parts: tuple[str, ...]
    facts: Facts
    measures: list[Measure]


@pytest.fixture(scope="module")
def metrics(manifest: str, warehouse: duckdb.DuckDBPyConnection) -> dict[str, Metric]:
    """By their names, which are those of the indicators, or of the measures that are none."""
    declared = {metric["name"]: metric for metric in json.loads(manifest)["metrics"]}
    found = {}
    for name, metric in declared.items():
        given = metric["type_params"]
        parts = tuple(given[part]["name"] for part in ("numerator", "denominator") if given[part])
        rows = declared[parts[0]]["type_params"] if parts else given
        facts = FACTS[rows["metric_aggregation_params"]["semantic_model"]]
        measures = warehouse.execute(
            "select cut, measure, label_fr, numerator, denominator from reference.measures"
            " where coalesce(indicator_code, measure) = $name and mart = $mart and list_contains($cuts, cut)"
            " order by list_position($cuts, cut)",
            {"name": name, "mart": facts.mart, "cuts": list(facts.cuts)},
        ).fetchall()
        found[name] = Metric(name, metric["label"], parts, facts, [Measure(*row) for row in measures])
    return found


def test_metricflow_finds_nothing_wrong(manifest: str) -> None:
    issues = SemanticManifestValidator[PydanticSemanticManifest]().validate_semantic_manifest(
        parse_manifest_from_dbt_generated_manifest(manifest)
    )
    assert [issue.message for issue in issues.all_issues] == []


def test_a_metric_is_a_measure_of_the_registry(metrics: dict[str, Metric]) -> None:
    """D61: with its name, label and parts, so that one list decides what a figure is. A part that is no indicator has
    no label, and MetricFlow takes its name."""
    for metric in metrics.values():
        assert {measure.cut for measure in metric.measures} >= {next(iter(metric.facts.cuts))}, metric.name
        assert metric.label == next(iter(metric.measures)).label or metric.name
        for measure in metric.measures:
            assert metric.parts == ((measure.numerator, measure.denominator) if measure.denominator else ())


def test_every_headline_figure_is_a_metric(metrics: dict[str, Metric], warehouse: duckdb.DuckDBPyConnection) -> None:
    headline = warehouse.execute("select distinct indicator_code from reference.headline_figures").fetchall()
    assert {code for (code,) in headline} <= set(metrics)


def test_metrics_are_asked_of_private_rows_alone(manifest: str) -> None:
    """A sum over released rows would add up levels, and leave out what is suppressed (D60)."""
    relations = [model["node_relation"] for model in json.loads(manifest)["semantic_models"]]
    assert {relation["schema_name"] for relation in relations} == {"intermediate", "marts"}


Answer = Callable[..., dict[tuple, object]]


def answers(manifest: str, built: Built) -> Iterator[Answer]:
    """A function that asks MetricFlow: ``answer(metric, group_by ..)`` returns values by year and group."""
    lookup = SemanticManifestLookup(parse_manifest_from_dbt_generated_manifest(manifest))
    engine = MetricFlowEngine(lookup, WritesForDuckDB())
    with duckdb.connect(str(built.warehouse), read_only=True) as connection:

        def answer(metric: str, *group_by: str) -> dict[tuple, object]:
            request = MetricFlowQueryRequest.create(
                metric_names=[metric], group_by_names=["metric_time__year", *group_by]
            )
            columns = ", ".join(["metric_time__year", *group_by, metric])
            connection.execute(f"select {columns} from ({engine.explain(request).sql_statement.sql})")
            return {(year.year, *group): value for year, *group, value in connection.fetchall()}

        yield answer


@pytest.fixture(scope="module")
def answer(manifest: str, built: Built) -> Iterator[Answer]:
    yield from answers(manifest, built)


def compare(
    metric: Metric, measure: Measure, answer: Answer, warehouse: duckdb.DuckDBPyConnection
) -> tuple[int, list[str]]:
    """Ask for a metric at each level of territory: how many of its values are not zero, and a sentence for each that is
    not that of the mart. Where there are no rows a mart says 0 or null, and MetricFlow says nothing."""
    facts = metric.facts
    levels = {
        "national": [],
        "region": [f"{facts.entity}__region_code"],
        "departement": [f"{facts.entity}__department_code"],
        facts.level: [facts.entity],
    }
    column, grouped = facts.cuts[measure.cut]
    columns = {row[0] for row in warehouse.execute(f"describe marts.{facts.mart}").fetchall()}
    cut = f"cut = '{measure.cut}'" if "cut" in columns else "true"
    known = {code for (code,) in warehouse.execute(
        f"select {facts.level}_code from marts.{facts.dimension} where is_registered"
    ).fetchall()}  # fmt: skip
    compared, wrong = 0, []
    for level, by in levels.items():
        key = ["reporting_year", *(["territory_code"] if by else []), *([column] if column else [])]
        expected = {
            tuple(row[:-1]): row[-1]
            for row in warehouse.execute(
                f"select {', '.join(key)}, {measure.measure} from marts.{facts.mart}"
                f" where territory_kind = '{level}' and {cut}"
            ).fetchall()
        }
        found = answer(metric.name, *by, *([grouped] if grouped else []))
        if column:
            found = {(*group, UNKNOWN if value is None else value): count for (*group, value), count in found.items()}
        if by:
            # Suppliers that the register does not know count for the country alone (D01).
            found = {
                group: value for group, value in found.items()
                if group[1] is not None and (level != facts.level or group[1] in known)
            }  # fmt: skip
        for group in sorted({*expected, *found}, key=str):
            ours, theirs = (Decimal(str(side.get(group) or 0)) for side in (expected, found))
            compared += ours != 0
            if abs(ours - theirs) > (HALF_A_DECIMAL if metric.parts else 0):
                wrong.append(f"{metric.name}, {level} {group}: {ours} in marts.{facts.mart}, {theirs} of MetricFlow")
    return compared, wrong


def test_metricflow_gives_the_figures_of_the_marts(
    metrics: dict[str, Metric], answer: Answer, warehouse: duckdb.DuckDBPyConnection
) -> None:
    """D15, D18, D33, D40: in total and by each cut, at every level."""
    compared, wrong = {}, []
    for metric in metrics.values():
        for measure in metric.measures:
            compared[metric.name, measure.cut], said = compare(metric, measure, answer, warehouse)
            wrong += said
    assert wrong == []
    assert min(compared.values()) > 10, compared


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("cast(not is_neutralised as integer)", "1", "exits_excluding_neutralised"),
        ("cast(is_entry and is_in_profile as integer)", "cast(is_in_profile as integer)", "entries_share_of_known"),
        ("case when is_counted then hours end", "hours", "hours_counted"),
        ("plie_code || ' ' || participant_id", "participant_id || ' ' || parcours_no", "persons_in_parcours"),
    ],
)
def test_a_bent_metric_is_told(
    right: str,
    wrong: str,
    told: str,
    manifest: str,
    built: Built,
    metrics: dict[str, Metric],
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    assert right in manifest
    metric = metrics[told]
    for answer in answers(manifest.replace(right, wrong), built):
        _, said = compare(metric, metric.measures[0], answer, warehouse)
    assert said and said[0].startswith(f"{told}, national (20")
