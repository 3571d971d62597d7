"""The dashboard's description: YAML files that Superset imports, and what their charts ask of the published file.

``scripts/superset/bundle`` has the layout of Superset's own exports: databases, datasets, charts and dashboards, one
file each, that name one another by UUID.
"""

from __future__ import annotations

import json
import zipfile
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import yaml

from plie_warehouse.errors import PlieError
from plie_warehouse.paths import PROJECT

SOURCE = PROJECT / "scripts" / "superset" / "bundle"
# Superset wants one folder around everything in an archive.
ARCHIVE_FOLDER = "plie_marts"
# A fixed moment: the same description gives the same bytes.
ARCHIVE_DATE = (2026, 1, 1, 0, 0, 0)

Described = dict[str, Any]


class BundleError(PlieError):
    """The description and the published file do not fit; the message says where."""


@dataclass(frozen=True)
class Query:
    """What a chart asks: columns, metrics by name, conditions as (column, value), order as (column, ascending)."""

    columns: list[str]
    metrics: list[str]
    filters: list[tuple[str, Any]]
    order: list[tuple[str, bool]]
    limit: int

    def context(self) -> str:
        """The same as Superset keeps it beside a chart, for what asks without a page: its API, downloads, reports.
        The importer puts the dataset's number in."""
        query = {
            "columns": self.columns,
            # An empty list would group by the columns: rows as they are have none at all.
            "metrics": self.metrics or None,
            "filters": [{"col": column, "op": "==", "val": value} for column, value in self.filters],
            "orderby": self.order,
            "row_limit": self.limit,
        }
        context = {"datasource": {"id": 0, "type": "table"}, "queries": [query]}
        return json.dumps(context | {"result_format": "json", "result_type": "full"})


def chart_query(chart: Described) -> Query:
    """The query of a chart, as Superset's pages make it from the chart's parameters.

    Raises ``BundleError`` for a kind of chart that nothing here knows: its query would go unchecked.
    """
    params = chart["params"]
    order: list[tuple[str, bool]] = []
    if chart["viz_type"] == "table" and params.get("query_mode") == "raw":
        columns, metrics = params["all_columns"], []
        order = [(column, ascending) for column, ascending in map(json.loads, params.get("order_by_cols", []))]
    elif chart["viz_type"] == "echarts_timeseries_bar":
        columns, metrics = [params["x_axis"], *params.get("groupby", [])], params["metrics"]
    elif chart["viz_type"] == "pivot_table_v2":
        columns, metrics = [*params["groupbyRows"], *params["groupbyColumns"]], params["metrics"]
    else:
        raise BundleError(f"chart {chart['slice_name']}: kind {chart['viz_type']} is not known here")
    filters = [(condition["subject"], condition["comparator"]) for condition in params["adhoc_filters"]]
    return Query(columns, metrics, filters, order, params["row_limit"])


@dataclass(frozen=True)
class Bundle:
    """The files of the description by path, parsed."""

    files: dict[str, Described]

    @classmethod
    def read(cls, folder: Path = SOURCE) -> Bundle:
        """The description in ``folder``."""
        return cls(
            {
                path.relative_to(folder).as_posix(): yaml.safe_load(path.read_text(encoding="utf-8"))
                for path in sorted(folder.rglob("*.yaml"))
            }
        )

    def of(self, kind: str) -> dict[str, Described]:
        """The files of one kind (``databases``, ``datasets``, ``charts``, ``dashboards``) by UUID."""
        return {content["uuid"]: content for path, content in self.files.items() if path.startswith(f"{kind}/")}

    @cached_property
    def datasets(self) -> dict[str, Described]:
        """Datasets by UUID."""
        return self.of("datasets")

    @cached_property
    def charts(self) -> dict[str, Described]:
        """Charts by UUID."""
        return self.of("charts")

    @cached_property
    def dashboard(self) -> Described:
        """The one dashboard."""
        [dashboard] = self.of("dashboards").values()
        return dashboard

    @cached_property
    def placed(self) -> list[Described]:
        """The dashboard's components that are charts."""
        return [
            part
            for part in self.dashboard["position"].values()
            if isinstance(part, dict) and part.get("type") == "CHART"
        ]

    def dataset_of(self, chart: Described) -> Described:
        """What a chart draws from."""
        return self.datasets[chart["dataset_uuid"]]

    def sql(self, chart: Described) -> tuple[str, list[Any]]:
        """A chart's query in DuckDB's SQL, with its parameters: one row per row that the chart gets."""
        query, dataset = chart_query(chart), self.dataset_of(chart)
        expressions = {metric["metric_name"]: metric["expression"] for metric in dataset["metrics"]}
        computed = {
            column["column_name"]: column["expression"] for column in dataset["columns"] if "expression" in column
        }
        columns = [f"{computed.get(name, _quoted(name))} as {_quoted(name)}" for name in query.columns]
        metrics = [f"{expressions[name]} as {_quoted(name)}" for name in query.metrics]
        sql = f"select {', '.join(columns + metrics)} from {_relation(dataset)}"
        if query.filters:
            sql += " where " + " and ".join(f"{_quoted(column)} = ?" for column, _ in query.filters)
        if query.metrics:
            sql += " group by " + ", ".join(computed.get(name, _quoted(name)) for name in query.columns)
        if query.order:
            sql += " order by " + ", ".join(f"{_quoted(name)} {'asc' if up else 'desc'}" for name, up in query.order)
        return f"{sql} limit {query.limit}", [value for _, value in query.filters]

    def problems(self, serving: Path) -> list[str]:
        """What does not hold together, in itself or with the published file ``serving``; empty when all is well."""
        found = self._links() + self._layout()
        if found:
            return found
        with duckdb.connect(str(serving), read_only=True) as connection:
            for dataset in self.datasets.values():
                found += _missing_columns(connection, dataset)
            for chart in self.charts.values() if not found else ():
                found += self._unanswered(connection, chart)
        return found

    def _links(self) -> list[str]:
        """UUIDs: each once, each one that is named there."""
        named = Counter(content["uuid"] for content in self.files.values() if "uuid" in content)
        found = [f"UUID {uuid} stands in {count} files" for uuid, count in named.items() if count > 1]
        databases = self.of("databases")
        found += [
            f"dataset {dataset['table_name']}: no database {dataset['database_uuid']}"
            for dataset in self.datasets.values()
            if dataset["database_uuid"] not in databases
        ]
        found += [
            f"chart {chart['slice_name']}: no dataset {chart['dataset_uuid']}"
            for chart in self.charts.values()
            if chart["dataset_uuid"] not in self.datasets
        ]
        for asked in self.dashboard["metadata"]["native_filter_configuration"]:
            for target in asked["targets"]:
                if target["datasetUuid"] not in self.datasets:
                    found.append(f"filter {asked['name']}: no dataset {target['datasetUuid']}")
        return found

    def _layout(self) -> list[str]:
        """The dashboard shows every chart once, under its title, and its components name one another both ways."""
        position = self.dashboard["position"]
        shown = Counter(part["meta"]["uuid"] for part in self.placed)
        found = [
            f"chart {chart['slice_name']} is shown {shown[uuid]} times"
            for uuid, chart in self.charts.items()
            if shown[uuid] != 1
        ]
        for part in self.placed:
            chart = self.charts.get(part["meta"]["uuid"])
            if chart is None:
                found.append(f"{part['id']}: no chart {part['meta']['uuid']}")
            elif chart["slice_name"] != part["meta"]["sliceName"]:
                found.append(f"{part['id']}: the chart's title is {chart['slice_name']}")
        numbers = Counter(part["meta"]["chartId"] for part in self.placed)
        found += [f"chart number {number} stands {count} times" for number, count in numbers.items() if count > 1]
        for name, part in position.items():
            if not isinstance(part, dict):
                continue
            if part["id"] != name:
                found.append(f"{name}: its id is {part['id']}")
            for child in part.get("children", []):
                if child not in position:
                    found.append(f"{name}: no component {child}")
                elif position[child].get("parents", [None])[-1] != name:
                    found.append(f"{child}: its last parent is not {name}")
            if part["type"] == "ROW":
                width = sum(position[child]["meta"]["width"] for child in part["children"] if child in position)
                # The grid has twelve columns.
                if width > 12:
                    found.append(f"{name}: {width} columns wide")
        return found

    def _unanswered(self, connection: duckdb.DuckDBPyConnection, chart: Described) -> list[str]:
        """A chart whose query names what its dataset has not, fails or has no answer."""
        query, dataset = chart_query(chart), self.dataset_of(chart)
        columns = {column["column_name"] for column in dataset["columns"]}
        asked = [*query.columns, *(name for name, _ in query.filters), *(name for name, _ in query.order)]
        asked += chart["params"].get("column_config", {})
        found = [
            f"chart {chart['slice_name']}: dataset {dataset['table_name']} has no column {name}"
            for name in dict.fromkeys(asked)
            if name not in columns
        ]
        metrics = {metric["metric_name"] for metric in dataset["metrics"]}
        found += [
            f"chart {chart['slice_name']}: dataset {dataset['table_name']} has no metric {name}"
            for name in query.metrics
            if name not in metrics
        ]
        if found:
            return found
        try:
            rows = connection.execute(*self.sql(chart)).fetchall()
        except duckdb.Error as error:
            return [f"chart {chart['slice_name']}: {error}"]
        return [] if rows else [f"chart {chart['slice_name']}: no row"]

    def write(self, serving: Path, archive: Path) -> None:
        """Write the archive that Superset imports: the database's address with the absolute path of ``serving``, and
        the types and comments of the file's own columns.

        Raises ``BundleError`` when the description and the file do not fit, or the path cannot stand in an address.
        """
        if problems := self.problems(serving):
            raise BundleError("the dashboard does not fit the published file\n  " + "\n  ".join(problems))
        path = str(serving.resolve())
        if "?" in path:
            raise BundleError(f"{path}: Superset cannot open a path with a question mark")
        with duckdb.connect(path, read_only=True) as connection:
            contents = {name: self._filled(content, path, connection) for name, content in self.files.items()}
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as made:
            for name, content in contents.items():
                entry = zipfile.ZipInfo(f"{ARCHIVE_FOLDER}/{name}", ARCHIVE_DATE)
                made.writestr(entry, yaml.safe_dump(content, allow_unicode=True, sort_keys=False))

    @staticmethod
    def _filled(content: Described, path: str, connection: duckdb.DuckDBPyConnection) -> Described:
        if "sqlalchemy_uri" in content:
            return content | {"sqlalchemy_uri": content["sqlalchemy_uri"].replace("{serving}", path)}
        if "viz_type" in content:
            return content | {"query_context": chart_query(content).context()}
        if "table_name" not in content:
            return content
        described = {column["column_name"]: column for column in content["columns"]}
        of_file = {
            name: {"column_name": name, "type": kind, "description": comment}
            for name, (kind, comment) in _columns(connection, content).items()
        }
        names = [*described, *(name for name in of_file if name not in described)]
        return content | {"columns": [of_file.get(name, {}) | described.get(name, {}) for name in names]}


def _relation(dataset: Described) -> str:
    """What stands after FROM: a table of the file, or the dataset's own query over its tables."""
    if sql := dataset.get("sql"):
        return f"({sql}) as {_quoted(dataset['table_name'])}"
    return f"{dataset['schema']}.{dataset['table_name']}"


def _columns(connection: duckdb.DuckDBPyConnection, dataset: Described) -> dict[str, tuple[str, str | None]]:
    """Column -> type and comment of a dataset's relation (a query has no comments); empty when there is none."""
    if "sql" in dataset:
        try:
            described = connection.execute(f"describe from {_relation(dataset)}").fetchall()
        except duckdb.Error:
            return {}
        return {name: (kind, None) for name, kind, *_ in described}
    return {
        name: (kind, comment)
        for name, kind, comment in connection.execute(
            "select column_name, data_type, comment from duckdb_columns()"
            " where schema_name = ? and table_name = ? order by column_index",
            [dataset["schema"], dataset["table_name"]],
        ).fetchall()
    }


def _missing_columns(connection: duckdb.DuckDBPyConnection, dataset: Described) -> list[str]:
    there = _columns(connection, dataset)
    table = f"{dataset['schema']}.{dataset['table_name']}"
    if not there:
        what = "the query does not run on" if "sql" in dataset else "no such table in"
        return [f"dataset {table}: {what} the published file"]
    return [
        f"dataset {table}: no column {column['column_name']} in the published file"
        for column in dataset["columns"]
        if "expression" not in column and column["column_name"] not in there
    ]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
