"""The command line ``plie``: one subcommand per module of ``commands``."""

from __future__ import annotations

import argparse
from importlib import import_module
from pkgutil import iter_modules

from plie_warehouse import commands
from plie_warehouse.console import print_error
from plie_warehouse.errors import PlieError


def main(arguments: list[str] | None = None) -> int:
    """Run one subcommand; returns its exit code. An error for the user is printed without a traceback."""
    modules = [import_module(f"{commands.__name__}.{module.name}") for module in iter_modules(commands.__path__)]
    parser = argparse.ArgumentParser(
        prog="plie",
        description="Take in deliveries, build, check and release the PLIE warehouse.",
        epilog="Outputs go under $PLIE_DATA_DIR (default: data). Exit code: 0 done, 1 a rule broke, 2 could not run.",
    )
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="<subcommand>")
    for module in modules:
        module.register(subparsers)
    options = parser.parse_args(arguments)
    run = {module.NAME: module.run for module in modules}[options.command]
    try:
        return run(options)
    except (PlieError, OSError) as error:
        print_error(error)
        return getattr(error, "exit_code", 2)
