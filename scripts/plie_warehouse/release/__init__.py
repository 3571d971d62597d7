"""Release the public part of the private warehouse.

``publish`` is the entry point. ``build_attestation`` says which warehouse passed its tests. ``released_tables``
selects the tables and writes the DuckDB file, ``released_views`` adds narrow views to it, ``reader_comments`` says in
French what each is, ``suppression_patterns`` compares which cells two releases suppress, ``released_copies`` writes the
Parquet and CSV copies and their descriptor, ``release_manifest`` describes a release.
``release_step`` is the last node of dbt, which puts a build in place with its release. ``release_store`` keeps the last
releases and makes one current, ``quarantine`` keeps the releases that readers may not have beside the current one.

A release is written and checked in a folder that no reader opens; readers see renames only. The name of a release comes
from its content: to release the same content again changes nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import duckdb
from rich.console import Console

from plie_warehouse.errors import ReleaseError
from plie_warehouse.files import locked
from plie_warehouse.paths import DataFolder
from plie_warehouse.release import (
    build_attestation,
    release_manifest,
    released_copies,
    released_tables,
    released_views,
    suppression_patterns,
)
from plie_warehouse.release.release_store import ReleaseStore, at_hand, quarantined
from plie_warehouse.summary import number

__all__ = ["WAITING", "Published", "ReleaseError", "current", "publish", "show"]

WAITING = "une autre publication est en cours : attente"


@dataclass(frozen=True)
class Published:
    """The current release. ``changed``: false when it was current before; ``kept``: releases that readers have, newest
    first; ``quarantined``: quarantined release -> reason, in French; ``bytes``: size of the DuckDB file."""

    published_id: str
    build_id: str
    tables: int
    figures: int
    bytes: int
    kept: tuple[str, ...]
    quarantined: dict[str, str]
    changed: bool
    seconds: float


def publish(
    data: DataFolder,
    waiting: Callable[[], None] = lambda: None,
    warehouse: Path | None = None,
    place: Callable[[], None] = lambda: None,
) -> Published:
    """Release a warehouse, which must have a build attestation: that of ``data``, or the file ``warehouse`` that is to
    become it.

    ``waiting``: called when another release runs; this one then waits for it. ``place``: called when all of the release
    is written and nothing that readers see is changed yet; puts ``warehouse`` in place. A reader that has the old file
    open keeps it. Raises ``ReleaseError`` when the warehouse may not be released or a file cannot be written; the
    message says which release is in place then.
    """
    started = time.perf_counter()
    store = ReleaseStore(data.serving, data.quarantine)
    try:
        data.create()
        with locked(data.root / ".publish.lock", waiting):
            try:
                store.repair()
                coming = store.prepare(_write(data, store, warehouse or data.warehouse))
                place()
                if coming:
                    store.switch(coming)
            finally:
                store.collect()
    except (OSError, duckdb.Error) as error:
        raise ReleaseError(f"it could not be published: {error}\n{store.standing()}") from error
    except ReleaseError as error:
        raise ReleaseError(f"{error}\n{store.standing()}") from error
    return current(data, bool(coming), time.perf_counter() - started)


def current(data: DataFolder, changed: bool, seconds: float) -> Published:
    """What is released now. ``changed``: whether it was just put in place; ``seconds``: how long that took."""
    now = ReleaseStore(data.serving, data.quarantine).manifest()
    return Published(
        published_id=now["published_id"],
        build_id=now["build_id"],
        tables=len(now["tables"]),
        figures=now["figures"],
        bytes=now["files"][data.serving.name]["bytes"],
        kept=tuple(at_hand(now)),
        quarantined=quarantined(now),
        changed=changed,
        seconds=seconds,
    )


def _write(data: DataFolder, store: ReleaseStore, warehouse: Path) -> str:
    """Write and check a release, and keep it in the release store, unless it is stored; returns its name."""
    build_attestation.require_closed(warehouse)
    # The file stays open while DuckDB reads it, because closing it releases the lock that stops writers.
    with warehouse.open("rb") as content, duckdb.connect() as connection:
        released_tables.attach(connection, warehouse)
        record = build_attestation.record_of(data, content)
        found = released_tables.stage(connection)
        suppression_patterns.check(connection, found)
        described = release_manifest.describe(
            record,
            released_tables.build_info(connection),
            suppression_patterns.figures(connection),
            suppression_patterns.hidden_cells(connection, found),
            found,
            views := released_views.views(connection, found),
        )
        if store.version(described["published_id"]):
            # Stored already, and whole: the name comes from the content, so that the same would be written again.
            return described["published_id"]
        found.append(released_tables.stage_name(connection, described["published_id"]))
        draft = store.draft()
        released_tables.write(connection, draft / data.serving.name)
        released_views.write(connection, draft / data.serving.name, views)
        released_copies.write(connection, draft, found)
    released_tables.check(draft / data.serving.name, found)
    released_views.check(draft / data.serving.name, views)
    released_copies.check(draft, found)
    released_copies.write_descriptor(draft, found, described)
    return store.keep(described | {"tables": release_manifest.table_entries(found)})


def show(published: Published, data: DataFolder, console: Console) -> None:
    """Print which release is in place."""
    console.print(f"Fichier publié        {data.serving}")
    console.print(
        f"Publication           {published.published_id} : {number(published.figures)} chiffres,"
        f" {published.tables} tables, {number(Decimal(published.bytes) / 1_000_000, 1)} Mo,"
        f" en {number(Decimal(published.seconds), 1)} s" + ("" if published.changed else " (déjà en place)"),
        soft_wrap=True,
    )
    console.print(f"Versions gardées      {len(published.kept)}, dans {data.serving.parent / 'versions'}")
    if published.quarantined:
        console.print(f"Versions retirées     {len(published.quarantined)}, dans {data.quarantine}")
        for published_id, reason in published.quarantined.items():
            console.print(f"  {published_id} : {reason}", soft_wrap=True)
