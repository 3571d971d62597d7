"""Worker processes: spawned, and ended with the process that started them."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnContext
from threading import Thread
from typing import Any


class ProcessDied(Exception):
    """A process ended before it had done its work."""


def spawn_context() -> SpawnContext:
    """The context that spawns processes: a fork would copy locks of threads, and the time and memory of a fork server
    would not count with this process."""
    return multiprocessing.get_context("spawn")


def end_with_parent() -> None:
    """End this process when its parent ends, because a killed parent cannot end its workers: they would wait for ever,
    or write where the next run works."""
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)


def give_memory_back() -> None:
    """Return to the system what this process does not use any more, as far as its allocator can be asked to: that of
    the C library of Linux keeps what was freed, beside what the rest of a build takes."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def run_in_subprocess(do: Callable[..., Any], *arguments: Any, progress: Callable[[Any], None]) -> Any:
    """Call ``do(*arguments, progress)`` in a process of its own, whose memory goes with it, and return what it returns.

    ``do``: a function of a module; ``progress``: called here with the progress that is sent there. Raises what ``do``
    raises, and ``ProcessDied`` when the process ends without a result.
    """
    ours, theirs = spawn_context().Pipe(duplex=False)
    process = spawn_context().Process(target=_worker, args=(theirs, do, arguments))
    process.start()
    theirs.close()
    try:
        while True:
            kind, content = ours.recv()
            if kind == "progress":
                progress(content)
            elif kind == "raised":
                raise content
            else:
                return content
    except EOFError:
        process.join()
        raise ProcessDied(f"ended with code {process.exitcode}") from None
    finally:
        ours.close()
        process.join()


def _worker(connection: Connection, do: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    end_with_parent()
    try:
        connection.send(("returned", do(*arguments, lambda content: connection.send(("progress", content)))))
    except Exception as error:
        connection.send(("raised", error))
