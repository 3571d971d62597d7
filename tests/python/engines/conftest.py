"""One PostgreSQL for the tests of the engines, and the sample beside it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from shared import Built

from plie_warehouse.engines import EngineError
from plie_warehouse.engines.server import postgres_server, server_programs
from plie_warehouse.paths import DataFolder


@pytest.fixture(scope="session")
def server() -> Iterator[None]:
    try:
        server_programs()
    except EngineError as error:
        pytest.skip(str(error))
    with postgres_server():
        yield


@pytest.fixture(scope="session")
def data(built: Built, tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    """The warehouse of the sample and its release in a folder of their own, since dbt works beside the warehouse."""
    folder = DataFolder(tmp_path_factory.mktemp("engine"))
    shutil.copyfile(built.warehouse, folder.warehouse)
    shutil.copytree(built.serving.parent, folder.serving.parent)
    return folder
