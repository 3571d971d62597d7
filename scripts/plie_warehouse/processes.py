"""Processes of our own: started spawn_context, and gone when the one that started them is."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnContext
from threading import Thread
from typing import Any


class ProcessDied(Exception):
    """A process ended before it had done its work."""


def spawn_context() -> SpawnContext:
    """How processes are started: not forked, since threads of this one hold locks that nobody would release in a copy;
    nor copied from a server of their own, whose time and memory would not be counted as ours."""
    return multiprocessing.get_context("spawn")


def end_with_parent() -> None:
    """Have this process end with the one that started it, however that one ends: killed, it could not say so, and this
    one would wait for ever, or go on writing where another one works by then."""
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)


def run_in_subprocess(do: Callable[..., Any], *arguments: Any, progress: Callable[[Any], None]) -> Any:
    """Call ``do(*arguments, progress)`` in a process of its own, whose memory goes with it, and return what it returns.

    ``do``: a function of a module; ``progress``: called here with what it tells there. Raises what ``do`` raises, and
    ``ProcessDied`` when the process ends without a word.
    """
    ours, theirs = spawn_context().Pipe(duplex=False)
    process = spawn_context().Process(target=_worker, args=(theirs, do, arguments), daemon=True)
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
