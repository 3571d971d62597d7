"""Apache Spark, in a JVM of its own or behind Spark Connect (``SPARK_REMOTE``): the files are named to it, and its own
files, or its rows, are read back."""

from __future__ import annotations

import os
import re
import socket
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import duckdb

from plie_warehouse.engines import EngineError
from plie_warehouse.sql import text

TARGET = "spark"
OLDEST_VERSION, OLDEST_JAVA = 4, 17
# How long a server may take to answer, in seconds.
TIMEOUT = 10
# Of a Spark that starts for one run. A sample has few rows in many tables: to plan and to compile takes the time.
LOCAL = {
    "spark.driver.memory": "3g",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.adaptive.enabled": "false",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
}


def demand() -> None:
    """Raise ``EngineError`` unless dbt's adapter is there, a Spark that is new enough, and a Java that it runs on or a
    server that answers."""
    try:
        import pyspark
        from dbt.adapters import spark as adapter
    except ImportError as error:
        raise EngineError("what dbt needs of spark is not installed: run make engine-spark") from error
    del adapter
    if remote := os.environ.get("SPARK_REMOTE"):
        _demand_server(remote)
        session = _session()
        _demand_version(f"the Spark of {remote}", session.version)
        # At its end a process would wait for a server that is gone.
        session.stop()
        return
    _demand_version("Apache Spark", pyspark.__version__)
    try:
        said = subprocess.run(["java", "-version"], capture_output=True, text=True, check=True).stderr
    except (OSError, subprocess.CalledProcessError) as error:
        raise EngineError(
            f"Apache Spark needs Java {OLDEST_JAVA} or later, and there is none: run scripts/install_system_parts.sh,"
            " or name a Spark Connect server in SPARK_REMOTE"
        ) from error
    version = re.search(r'version "(\d+)', said)
    if not version or int(version[1]) < OLDEST_JAVA:
        raise EngineError(
            f"Java {version[1] if version else said} is too old for Apache Spark: {OLDEST_JAVA} or later is needed"
        )


def _demand_version(name: str, version: str) -> None:
    if int(version.split(".")[0]) < OLDEST_VERSION:
        raise EngineError(f"{name} is of version {version}: {OLDEST_VERSION} or later is needed")


def _demand_server(remote: str) -> None:
    """Raise ``EngineError`` unless somebody listens: the client of Spark Connect itself tries for minutes."""
    address = urlsplit(remote)
    try:
        socket.create_connection((address.hostname or "", address.port or 15002), TIMEOUT).close()
    except OSError as error:
        raise EngineError(f"no Spark Connect server answers at {remote}: start it, or unset SPARK_REMOTE") from error


def _session():
    """A session of the server that ``SPARK_REMOTE`` names."""
    from pyspark.sql import SparkSession

    return SparkSession.builder.remote(os.environ["SPARK_REMOTE"]).getOrCreate()


def load(folder: Path, tables: Iterable[str]) -> dict[str, str]:
    """The variables of a build: where the tables are that were brought, and how Spark starts where no server is named.

    ``folder``: has the files of ``delivered``; what Spark makes comes beside them.
    """
    brought = {"PLIE_ENGINE_FOLDER": str(folder), "PLIE_ENGINE_TABLES": ",".join(sorted(tables))}
    if os.environ.get("SPARK_REMOTE"):
        return brought
    configuration = folder / "spark" / "conf"
    configuration.mkdir(parents=True)
    settings = {
        **LOCAL,
        "spark.master": os.environ.get("PLIE_SPARK_MASTER", "local[2]"),
        "spark.sql.warehouse.dir": str(_warehouse(folder)),
    }
    written = "".join(f"{name} {value}\n" for name, value in settings.items())
    (configuration / "spark-defaults.conf").write_text(written, encoding="utf-8")
    return {**brought, "SPARK_CONF_DIR": str(configuration), "PLIE_SPARK_CATALOG": "in-memory"}


def _warehouse(folder: Path) -> Path:
    return folder / "spark" / "warehouse"


@contextmanager
def table_reader(folder: Path) -> Iterator[Callable[[duckdb.DuckDBPyConnection, str, str], str]]:
    """A function that gives a table that Spark made as a relation of DuckDB: ``read(duck, schema, table)`` returns its
    name. Raises ``EngineError`` when the table is not there."""

    def of_files(duck: duckdb.DuckDBPyConnection, schema: str, table: str) -> str:
        files = _warehouse(folder) / f"{schema}.db" / table
        if not any(files.glob("*.parquet")):
            raise EngineError(f"Spark made no file of {schema}.{table}: its build is half done; run plie engines spark")
        duck.execute(f"create or replace temp view theirs as from read_parquet({text(files / '*.parquet')})")
        return "theirs"

    def of_server(duck: duckdb.DuckDBPyConnection, schema: str, table: str) -> str:
        from pyspark.errors import PySparkException

        try:
            rows = _session().table(f"{schema}.{table}").toArrow()
        except PySparkException as error:
            raise EngineError(
                f"Spark has no table {schema}.{table}: its schemas are half built; run plie engines spark"
            ) from error
        duck.register("theirs", rows)
        return "theirs"

    yield of_server if os.environ.get("SPARK_REMOTE") else of_files
