"""Waiting for what a process does."""

from __future__ import annotations

import time
from collections.abc import Callable


def wait_for(happened: Callable[[], object], ended: Callable[[], int | None] = lambda: None) -> None:
    """Wait until ``happened``, for as long as the process runs whose exit code ``ended`` gives: a slow machine is no
    failure, a process that ended before is."""
    while not happened():
        code = ended()
        assert code is None or happened(), f"the process ended with code {code} before it happened"
        time.sleep(0.01)
