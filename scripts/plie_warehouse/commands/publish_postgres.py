"""Copy the current release into a schema of a PostgreSQL, for BI tools that read nothing else."""

from __future__ import annotations

import argparse

from plie_warehouse.commands import add
from plie_warehouse.console import output
from plie_warehouse.paths import DataFolder

NAME = "publish-postgres"


def register(subparsers: argparse._SubParsersAction) -> None:
    parser = add(
        subparsers, NAME, __doc__,
        "Run by make publish-postgres, whose environment has the client. The server is the one that PGHOST, PGPORT,"
        " PGUSER, PGPASSWORD and PGDATABASE name. Exit code: 0 done, 2 it could not run, and the schema is as it was.",
    )  # fmt: skip
    parser.add_argument("--schema", default="plie_published", help="replaced whole (default: plie_published)")


def run(options: argparse.Namespace) -> int:
    from plie_warehouse.engines.publication import READERS, publish_to_postgres
    from plie_warehouse.release import WAITING

    console = output(soft_wrap=True, markup=False)
    published_id, tables, rows = publish_to_postgres(
        DataFolder.from_environment(), options.schema, lambda: console.print(WAITING)
    )
    console.print(
        f"{published_id}: {tables} tables, {rows:,} rows in the schema {options.schema}; the role {READERS} reads them"
    )
    return 0
