"""The subcommands of ``plie``: one module each, with ``NAME``, ``register(subparsers)`` and ``run(options) -> int``.

A module imports heavy packages inside ``run``, so that ``plie --help`` starts at once. ``add`` makes the parser of a
subcommand from the docstring of its module.
"""

from __future__ import annotations

import argparse


def add(subparsers: argparse._SubParsersAction, name: str, doc: str | None, epilog: str) -> argparse.ArgumentParser:
    """Add the subcommand ``name``, described by ``doc``; returns its parser."""
    text = (doc or "").strip()
    return subparsers.add_parser(name, help=text.splitlines()[0], description=text, epilog=epilog)
