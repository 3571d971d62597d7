"""Several groups of deliveries side by side, each in a process of its own."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from threading import Thread
from typing import Any

# Two at a time: the rows of so many kinds are in memory at once.
PROCESSES = 2

_shared: dict[str, Any] = {}


def side_by_side(
    tasks: Sequence[tuple[Any, ...]],
    do: Callable[..., Mapping[Any, Any]],
    tell: Callable[[str], None] = lambda step: None,
) -> dict[Any, Any]:
    """Run ``do(*task, tell, lock)`` for each task and put the mappings that it returns together.

    ``do``: a function of a module; ``tell``: called here, in this process, with what the others do; ``lock``: one that
    they share. Raises what the first of the tasks that fail raises, when all have ended.
    """
    # Started afresh and not forked: threads of this process hold locks that nobody would release in a copy.
    context = multiprocessing.get_context("spawn")
    queue, lock = context.SimpleQueue(), context.Lock()
    listener = Thread(target=_listen, args=(queue, tell), daemon=True)
    listener.start()
    found: dict[Any, Any] = {}
    try:
        with ProcessPoolExecutor(PROCESSES, context, _share, (queue, lock)) as pool:
            for future in [pool.submit(_run, do, task) for task in tasks]:
                found |= future.result()
    finally:
        queue.put(None)
        listener.join()
    return found


def _share(queue: Any, lock: Any) -> None:
    _shared.update(queue=queue, lock=lock)


def _run(do: Callable[..., Mapping[Any, Any]], task: tuple[Any, ...]) -> Mapping[Any, Any]:
    return do(*task, _shared["queue"].put, _shared["lock"])


def _listen(queue: Any, tell: Callable[[str], None]) -> None:
    while (said := queue.get()) is not None:
        tell(said)
