"""Python's own parser, for programs that call it in several threads, as dbt does."""

from __future__ import annotations

import ast
import functools
import threading

_LOCK = threading.RLock()


def parse_one_at_a_time() -> None:
    """Let ``ast.parse``, and with it ``ast.literal_eval``, work in one thread at a time, from now on in this process.

    Python 3.11 counts the depth of what it builds for all threads together. When it collects garbage meanwhile and
    another thread parses, it stops with "AST constructor recursion depth mismatch": a node of dbt then fails by chance.
    """
    if hasattr(ast.parse, "__wrapped__"):
        return
    parse = ast.parse

    @functools.wraps(parse)
    def locked(*arguments: object, **options: object) -> ast.AST:
        with _LOCK:
            return parse(*arguments, **options)

    ast.parse = locked
