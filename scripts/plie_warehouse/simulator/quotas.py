"""Exact whole numbers: totals shared out by weight, and codes dealt to rows so that each gets its count to the unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from plie_warehouse.errors import PlieError

Counts = dict[str, int]


class QuotaError(PlieError, ValueError):
    """A quota that the rows cannot hold: the targets contradict each other."""


def share_out(total: int, weights: Sequence[float] | np.ndarray) -> np.ndarray:
    """``total`` in whole parts as near to ``weights`` as can be: largest remainder, earlier parts first when equal."""
    weight = np.asarray(weights, dtype=float)
    exact = total * weight / weight.sum()
    parts = np.floor(exact).astype(int)
    order = np.argsort(parts - exact, kind="stable")
    parts[order[: total - parts.sum()]] += 1
    return parts


def counts_of(total: int, shares: Mapping[str, float]) -> Counts:
    """``total`` shared out by code."""
    return dict(zip(shares, share_out(total, list(shares.values())).tolist(), strict=True))


def share_between(total: int, weights: np.ndarray, low: int | np.ndarray, high: int | np.ndarray) -> np.ndarray:
    """``share_out`` with no part under its ``low`` or above its ``high``; what is cut off goes to the parts between.

    Raises ``QuotaError`` when the bounds leave no room for ``total``.
    """
    weight = np.asarray(weights, dtype=float)
    low, high = (np.broadcast_to(bound, weight.shape) for bound in (low, high))
    if not low.sum() <= total <= high.sum():
        raise QuotaError(f"{total} in {len(weight)} parts of {low.min()} to {high.max()}")
    parts = np.clip(share_out(total, weight), low, high)
    while rest := total - parts.sum():
        room = high - parts if rest > 0 else parts - low
        step = np.minimum(share_out(abs(rest), np.where(room > 0, weight, 0)), room)
        parts += step if rest > 0 else -step
    return parts


def pick(count: int, tilt: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Positions of exactly ``count`` rows; a row's chance grows with ``exp(tilt)``, as in draws without return.

    Raises ``QuotaError`` when there are not as many rows.
    """
    if not 0 <= count <= len(tilt):
        raise QuotaError(f"{count} of {len(tilt)} rows")
    if count == 0:
        return np.array([], dtype=int)
    keys = tilt + rng.gumbel(size=len(tilt))
    return np.sort(np.argpartition(-keys, count - 1)[:count])


def deal(
    counts: Counts, rows: int, rng: np.random.Generator, tilts: Mapping[str, np.ndarray] | None = None
) -> np.ndarray:
    """A code for each of ``rows`` rows, each code exactly as often as ``counts`` says; they must add up to ``rows``.

    ``tilts``: code → tilt of each row towards it (see ``pick``); a code without one goes to any row.
    """
    if sum(counts.values()) != rows or min(counts.values(), default=0) < 0:
        raise QuotaError(f"{counts} for {rows} rows")
    tilts = tilts or {}
    dealt = np.empty(rows, dtype=object)
    left = np.arange(rows)
    for code in (code for code in counts if code in tilts):
        taken = pick(counts[code], tilts[code][left], rng)
        dealt[left[taken]] = code
        left = np.delete(left, taken)
    rest = [code for code in counts if code not in tilts]
    dealt[left] = rng.permutation(np.repeat(np.array(rest, dtype=object), [counts[code] for code in rest]))
    return dealt


def minus(counts: Mapping[str, int], other: Mapping[str, int]) -> Counts:
    """What is left of ``counts`` by code."""
    return {code: count - other.get(code, 0) for code, count in counts.items()}
