"""Texts in SQL."""

from __future__ import annotations


def text(value: object) -> str:
    """A value as a text literal. Literals instead of query parameters, because parameters load pandas, which takes
    longer than a release."""
    return "'" + str(value).replace("'", "''") + "'"
