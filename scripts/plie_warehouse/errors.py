"""The base of the project's errors: what the command line prints and the code it exits with."""

from __future__ import annotations


class PlieError(Exception):
    """An error for the user: one sentence that says what to do. ``exit_code``: 2 when a command could not run, 1 when
    it ran and a rule broke."""

    exit_code = 2


class UsageError(PlieError):
    """Arguments that contradict each other."""


class ReleaseError(PlieError):
    """The warehouse may not or could not be released; the message says why, what to do and what is in place."""

    exit_code = 1
