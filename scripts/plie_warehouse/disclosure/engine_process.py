"""One run of Tau-Argus, in a process and a folder of its own: reads system.jj there, writes answer.json.

Stands alone: it is started in isolation, without the project on its path.
"""

import importlib.util
import json
import os
import re
import sys
from pathlib import Path
from types import ModuleType


def engine() -> ModuleType:
    """The engine itself. Its package would load what nobody asks for here, which takes longer than most runs."""
    package = importlib.util.find_spec("pytauargus")
    (file,) = Path(package.submodule_search_locations[0]).glob("_tauargus*.so")
    spec = importlib.util.spec_from_file_location("_tauargus", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_tauargus = engine()

# Minutes: none beyond the first solution. One more minute suppresses 10 % fewer secondary cells.
MINUTES = 0


def protect() -> dict:
    """Further cells to suppress; ``code`` and ``message`` as the engine returns them; ``cost`` as it logs it, lower and
    upper bound."""
    control = _tauargus.HiTaSCtrl()
    code = control.full_jj(
        in_file_jj="system.jj", out_file="suppressed.txt", max_time=MINUTES, out_dir=f"{os.getcwd()}/"
    )
    suppressed, log = Path("suppressed.txt"), Path("FullJJ.log")
    cost = re.search(r"Objectvalues:\s*(\S+)\s+and\s+(\S+)", log.read_text() if log.exists() else "")
    return {
        "code": code,
        "message": control.error_string(code) if code > 1 else "",
        "cells": [int(word) for word in suppressed.read_text().split()] if suppressed.exists() else [],
        "cost": [float(bound) for bound in cost.groups()] if cost else None,
    }


def audit() -> dict:
    """Bounds that the engine finds for each suppressed cell."""
    return {"cells": [dict(row) for row in _tauargus.audit_jj("system.jj")]}


def versions() -> dict:
    """Release of the package; what the engine says of itself."""
    from importlib.metadata import version

    return {"pytauargus": version("pytauargus")} | {k: str(v) for k, v in dict(_tauargus.engine_meta()).items()}


if __name__ == "__main__":
    answer = {"protect": protect, "audit": audit, "versions": versions}[sys.argv[1]]()
    Path("answer.json").write_text(json.dumps(answer), encoding="utf-8")
