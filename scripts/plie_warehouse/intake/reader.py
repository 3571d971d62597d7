"""Deliveries read in a process of its own, which is ended when one takes too long or too much: what a supplier sends
costs nobody else's reading."""

from __future__ import annotations

import resource
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess

from plie_warehouse.contract import load_kind
from plie_warehouse.intake.discover import Delivery
from plie_warehouse.intake.limits import limits
from plie_warehouse.intake.read import Reading, failed_reading, read
from plie_warehouse.processes import end_with_parent, spawn_context


class Reader:
    """Reads deliveries one after the other. The process starts with the first and serves until it has to be ended."""

    def __init__(self, read_in_process: Callable[[Delivery], Reading] = read) -> None:
        self._read = read_in_process
        self._process: SpawnProcess | None = None
        self._connection: Connection | None = None

    def read(self, delivery: Delivery) -> Reading:
        """The reading of a delivery; a refused one where its limits of time or memory end it."""
        allowed = limits(delivery.year)
        is_fresh = not (self._process and self._process.is_alive())
        connection = self._started(allowed.memory_bytes)
        try:
            connection.send(delivery)
            if not connection.poll(allowed.seconds):
                self.close()
                detail = f"Sa lecture dure plus de {allowed.seconds} secondes : vérifier la taille des feuilles."
                return failed_reading(delivery, "STR-06", detail)
            reading = connection.recv()
        except (EOFError, OSError):
            self.close()
            if not is_fresh:  # what others left in its memory is not this one's fault
                return self.read(delivery)
            detail = (
                "Sa lecture a demandé plus de mémoire que permis : vérifier la taille des feuilles et des cellules."
            )
            return failed_reading(delivery, "STR-06", detail)
        # The contract is one object for each kind here: what came from another process is a copy.
        reading.kind = load_kind(delivery.kind)
        return reading

    def close(self) -> None:
        """End the process, whatever it does."""
        if self._process:
            self._process.kill()
            self._process.join()
            self._connection.close()
        self._process = self._connection = None

    def _started(self, memory: int) -> Connection:
        if self._process is None or not self._process.is_alive():
            self.close()
            self._connection, theirs = spawn_context().Pipe()
            self._process = spawn_context().Process(target=_serve, args=(theirs, self._read, memory), daemon=True)
            self._process.start()
            theirs.close()
        return self._connection


def _serve(connection: Connection, read_in_process: Callable[[Delivery], Reading], memory: int) -> None:
    end_with_parent()
    _limit_memory(memory)
    with suppress(EOFError):
        while True:
            delivery = connection.recv()
            try:
                reading = read_in_process(delivery)
            except MemoryError:
                return
            except Exception as error:  # one bad delivery stops nobody
                detail = f"La livraison n'a pas pu être lue ({type(error).__name__})."
                reading = failed_reading(delivery, "STR-07", detail)
            connection.send(reading)


def _limit_memory(most: int) -> None:
    """Let this process have ``most`` bytes more than it has now, where the system can tell."""
    with suppress(OSError, ValueError), open("/proc/self/statm") as file:
        now = int(file.read().split()[0]) * resource.getpagesize()
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        resource.setrlimit(resource.RLIMIT_AS, (now + most, hard))
