"""Build the warehouse: ``dbt build``, whose last node releases what passed, with progress, and the summary.

A build that fails, or dies, leaves the warehouse and the current release as they were.
"""

from __future__ import annotations

import duckdb
from rich.console import Console

from plie_warehouse import release, summary
from plie_warehouse.build_inputs import Options, deliveries_in_force
from plie_warehouse.errors import PlieError
from plie_warehouse.paths import DataFolder
from plie_warehouse.processes import ProcessDied, run_in_subprocess
from plie_warehouse.transform import DbtOutcome, run_dbt


class BuildError(PlieError):
    """The build could not start or one of its rules broke; the message says what, and what to do."""

    exit_code = 1


UNTOUCHED = "the last good warehouse stays in place, and so does what is published"

# The node that puts in place, and what it says of itself.
RELEASE = "release"
RELEASED = "select is_released, was_in_place, message, suites, values_compared from build.release"


def command_of(options: Options) -> list[str]:
    """The arguments of dbt."""
    return ["build", *(["--exclude-resource-type", "unit_test"] if options.without_unit_tests else [])]


def parse(data: DataFolder, options: Options) -> None:
    """Let dbt read the project as ``build`` with the same options will, which then starts at once. Raises
    ``BuildError`` when it cannot be read."""
    outcome = run_dbt(["parse"], data, options.variables())
    if not outcome.success:
        raise BuildError("dbt cannot read the project\n" + "\n".join(outcome.messages))


def build(data: DataFolder, console: Console, options: Options) -> None:
    """Build, validate and release into ``data``. Raises ``BuildError`` when a node failed or nothing was released, and
    leaves what readers see untouched; the message says what else where the release itself failed half-way."""
    outcome = _run(data, console, options)
    kinds = ", ".join(f"{kind} {value:.1f} s" for kind, value in sorted(outcome.node_seconds.items()))
    console.print(f"dbt : {outcome.nodes} nœuds sans erreur (temps cumulé par nature : {kinds})")
    with duckdb.connect(str(data.working_file), read_only=True) as connection:
        is_released, was_in_place, message, suites, values = connection.execute(RELEASED).fetchone()
    if not is_released:
        raise BuildError(message)
    console.print(f"Great Expectations : {suites} suites, {values} valeurs comparées")
    summary.show_outcomes(data.warehouse, console)
    summary.show_seconds(outcome.seconds, console)
    console.print(f"Entrepôt (privé)      {data.warehouse}")
    release.show(release.current(data, not was_in_place, outcome.seconds_of[RELEASE]), data, console)
    console.print(f"Contrôles (Data Docs) {data.validation / 'index.html'}")


def _run(data: DataFolder, console: Console, options: Options) -> DbtOutcome:
    """Run dbt, which releases; every node passed."""
    done, before = 0, deliveries_in_force(options.deliveries, data.accepted)
    with console.status("dbt : démarrage") as status:

        def progress(name: str) -> None:
            nonlocal done
            done += 1
            status.update(f"dbt : {done} nœuds, {name}")

        try:
            # In a process of its own, so that one that dies, for want of memory, leaves somebody to say so.
            outcome = run_in_subprocess(run_dbt, command_of(options), data, options.variables(), progress=progress)
        except ProcessDied as error:
            raise BuildError(f"dbt {error}; {UNTOUCHED}; run it again") from error
    if not outcome.success:
        if deliveries_in_force(options.deliveries, data.accepted) != before:
            # A delivery that is replaced takes its files away, and dbt then fails for that alone.
            raise BuildError(f"the deliveries in force changed while it ran; {UNTOUCHED}; run it again")
        details = "\n".join(f"  {message}" for message in outcome.messages)
        raise BuildError(f"dbt failed; {UNTOUCHED}\n{details}")
    return outcome
