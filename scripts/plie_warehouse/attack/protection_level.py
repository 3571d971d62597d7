"""What the disclosure control claims in public, and what the attack is measured against."""

from __future__ import annotations

from dataclasses import dataclass

# The attacker assumes that the years agree from this share of the territories on, where it can be seen.
YEARS_AGREE = 0.95


@dataclass(frozen=True)
class ProtectionLevel:
    """The protection level that is claimed in public.

    Below ``threshold`` a count is suppressed, and a quotient on a base below ``small_base`` is not shown. A small count
    keeps ``width`` + 1 possible values at least, a share ``full`` of them all values below the threshold; a count that
    is suppressed for others has another possible value. Hours of few persons keep an interval of ``hours_width`` hours;
    others known to within ``hours_exact`` hours are recovered.
    """

    threshold: int = 5
    small_base: int = 11
    width: int = 2
    full: float = 0.95
    hours_width: float = 50.0
    hours_exact: float = 1.0
