"""Several batches of deliveries side by side, in processes of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from threading import Thread
from typing import Any

from plie_warehouse.processes import end_with_parent, spawn_context

# Two at a time: the rows of so many batches are in memory at once.
PROCESSES = 2

# Runs a function for each of some tasks (its arguments) and puts the mappings that it returns together.
Run = Callable[[Callable[..., Mapping[Any, Any]], Sequence[tuple[Any, ...]]], dict[Any, Any]]

_shared: dict[str, Any] = {}


def one_by_one(progress: Callable[[str], None]) -> Run:
    """A ``Run`` in this process: calls ``do(*task, progress)``."""

    def run(do: Callable[..., Mapping[Any, Any]], tasks: Sequence[tuple[Any, ...]]) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        for task in tasks:
            found |= do(*task, progress)
        return found

    return run


@contextmanager
def side_by_side(progress: Callable[[str], None]) -> Iterator[Run]:
    """A ``Run`` in other processes: calls ``do(*task, progress)``, where ``do`` is a function of a module.

    They start when there is something to do and end with the context: what one has loaded serves its next task.
    ``progress``: called here, in this process, with what they do. The run raises what the first of the tasks that fail
    raises, the context ends when all have ended.
    """
    context = spawn_context()
    queue = context.SimpleQueue()
    listener = Thread(target=_listen, args=(queue, progress), daemon=True)
    listener.start()
    try:
        with ProcessPoolExecutor(PROCESSES, context, _share, (queue,)) as pool:

            def run(do: Callable[..., Mapping[Any, Any]], tasks: Sequence[tuple[Any, ...]]) -> dict[Any, Any]:
                found: dict[Any, Any] = {}
                for future in [pool.submit(_run, do, task) for task in tasks]:
                    found |= future.result()
                return found

            yield run
    finally:
        queue.put(None)
        listener.join()


def _share(queue: Any) -> None:
    end_with_parent()
    _shared["queue"] = queue


def _run(do: Callable[..., Mapping[Any, Any]], task: tuple[Any, ...]) -> Mapping[Any, Any]:
    return do(*task, _shared["queue"].put)


def _listen(queue: Any, progress: Callable[[str], None]) -> None:
    while (said := queue.get()) is not None:
        progress(said)
