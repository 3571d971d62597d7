"""dbt's own unit tests, on empty tables: each brings its rows, which are typed, or refused when they do not fit."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest
from conftest import dbt_says
from shared import Compiled

TYPES = "{'code': 'VARCHAR', 'n': 'DECIMAL(5,2)', 'day': 'DATE', 'known': 'BOOLEAN', 'list': 'VARCHAR[]'}"
GIVEN = """[
    {'code': '01', 'n': 1.5, 'day': '2021-12-31', 'list': ['a', 'b']}, {'code': "d'un", 'n': none, 'known': true}
]"""
TYPED = """
    select '01' as code, 1.5::decimal(5, 2) as n, date '2021-12-31' as day, ['a', 'b'] as list, null::boolean as known
    union all
    select 'd''un', null, null, null, true
"""


ROWS = f"{{{{ typed_rows({GIVEN}, {TYPES}, 'rows') }}}}"
MISSING, EXCESS = (
    f"select * from ({one}) as one except all select * from ({other}) as other"
    for one, other in ((TYPED, ROWS), (ROWS, TYPED))
)

# The second enforcement, which would recount the sample to judge empty tables, and the release. Models stand on the
# results of the first: they need its columns.
JUDGED = "validation_results"
NOT_MADE = (JUDGED, "published_validation_results", "release")

# Rows that do not fit -> what dbt says.
REFUSED = {
    "{{ typed_rows([{'code': 'x', 'cod': 'x'}], {'code': 'VARCHAR'}, 'rows') }}": (
        "Name a column of rows in place of cod"
    ),
    "{{ get_expected_sql([{'code': 'x', 'n': 1}, {'code': 'x'}], {'code': 'VARCHAR', 'n': 'INTEGER'}) }}": (
        "Give every expected row the columns of the first one"
    ),
    "{{ typed_rows([{'n': 'x'}], {'n': 'INTEGER'}, 'rows') }}": "Could not convert string 'x'",
}


@pytest.fixture(scope="module")
def said(compiled: Compiled, project_as_read: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Why each failed that dbt was asked for, in one process. The models are made empty first: dbt asks them for their
    columns."""
    folder = tmp_path_factory.mktemp("unit_tests")
    shutil.copyfile(compiled.warehouse, folder / compiled.warehouse.name)
    with duckdb.connect(str(folder / compiled.warehouse.name)) as connection:
        node = compiled.manifest["nodes"][f"model.plie_warehouse.{JUDGED}"]
        columns = ", ".join(f"{column['name']} {column['data_type']}" for column in node["columns"].values())
        connection.execute(f"create schema if not exists {node['schema']}")
        connection.execute(f"create table {node['schema']}.{node['alias']} ({columns})")
    inline = f"select if(count(*) = 0, true, error('rows differ')) as is_same from (({MISSING}) union all ({EXCESS}))"
    asked = {
        "empty": ["run", "--empty", "--exclude", *NOT_MADE],
        "unit tests": ["test", "--select", "test_type:unit"],
        "typed": ["show", "--inline", inline],
        # Last: what failed leaves a transaction behind it.
        **{rows: ["show", "--inline", rows] for rows in REFUSED},
    }
    return dict(zip(asked, dbt_says(folder, *asked.values(), read=project_as_read), strict=True))


def test_every_unit_test_of_dbt_passes(said: dict[str, str]) -> None:
    assert (said["empty"], said["unit tests"]) == ("", "")


def test_rows_of_a_unit_test_have_the_types_of_their_columns(said: dict[str, str]) -> None:
    assert said["typed"] == ""


@pytest.mark.parametrize(("rows", "refusal"), REFUSED.items())
def test_rows_that_do_not_fit_are_refused(rows: str, refusal: str, said: dict[str, str]) -> None:
    assert refusal in said[rows]
