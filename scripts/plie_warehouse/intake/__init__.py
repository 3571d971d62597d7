"""Take in what suppliers deliver: find it, read it, check it in three stages, keep what is accepted, say what to
correct. ``taking_in`` is where it starts, and says what the other modules do.

Its names are imported when they are asked for: the processes that read deliveries need neither pandas nor DuckDB, and
would take longer to start than to read most of them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from plie_warehouse.intake.taking_in import Intake, LandingError, StoreError, take_in

__all__ = ["Intake", "LandingError", "StoreError", "take_in"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("plie_warehouse.intake.taking_in"), name)
