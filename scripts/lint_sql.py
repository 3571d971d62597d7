"""Lint the SQL with sqlfluff: ``python scripts/lint_sql.py models tests analyses``.

Finds what ``sqlfluff lint`` finds, in less processor time: dbt loads the project once, and the workers are forked with
it. The garbage collector runs once a file and leaves out what was loaded: otherwise it takes a third of the time.

Exit code: 0 every file was linted and nothing was found, 1 otherwise.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import sys

from sqlfluff.cli.commands import get_linter_and_formatter
from sqlfluff.core import FluffConfig, Linter
from sqlfluff.core.linter.discovery import paths_from_path


def linter_of_the_project() -> Linter:
    """The linter with the configuration of ``.sqlfluff``, which prints what it finds."""
    os.environ.setdefault("PLIE_WAREHOUSE", ":memory:")
    config = FluffConfig.from_root(overrides={"nocolor": not sys.stdout.isatty()})
    linter, formatter = get_linter_and_formatter(config)
    formatter.dispatch_compilation_header = lambda *_: None  # three lines a file
    return linter


def lint(file: str) -> tuple[str, bool, bool]:
    """Lint ``file`` and print what is found; returns the file, whether it was read, and whether it has a fault."""
    result = linter.lint_paths((file,), processes=1)
    # sqlfluff lists a file that it skipped, too: without a fault, and without what it would have read.
    read = any(record["statistics"]["segments"] for record in result.as_records())
    faulty = result.stats(1, 0)["exit code"] != 0
    del result
    gc.collect()
    gc.freeze()
    return file, read, faulty


def main(paths: list[str]) -> int:
    """Lint the SQL files of ``paths``, files or folders; returns the exit code."""
    files = sorted({file for path in paths for file in paths_from_path(path, target_file_exts=[".sql"])})
    files = list(linter.templater.sequence_files(files, config=linter.config))  # loads the project
    gc.freeze()
    with multiprocessing.get_context("fork").Pool(linter.config.get("processes")) as pool:
        results = sorted(pool.imap_unordered(lint, files))
    not_linted = [file for file, read, _ in results if not read]
    for file in not_linted:
        print(f"{file} was not linted: run .venv/bin/sqlfluff lint {file} and mend what it warns of.", file=sys.stderr)
    print(f"sqlfluff: {len(files) - len(not_linted)} of {len(files)} files linted")
    return 1 if not_linted or any(faulty for _, _, faulty in results) else 0


if __name__ == "__main__":
    gc.disable()
    linter = linter_of_the_project()
    sys.exit(main(sys.argv[1:]))
