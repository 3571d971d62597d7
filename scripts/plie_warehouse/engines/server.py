"""A PostgreSQL of one's own, for a test: on a free port, in a temporary folder, ended with what it was started for."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from plie_warehouse.engines import EngineError
from plie_warehouse.engines.postgres import OLDEST_VERSION

# Debian keeps the programs of a server here, by version, off the path.
DEBIAN = Path("/usr/lib/postgresql")
# The user that Debian makes for the server, which refuses to run as root.
SERVER_USER = "postgres"
DATABASE = "plie"


def server_programs() -> Path:
    """The folder of ``initdb`` and ``pg_ctl``. Raises ``EngineError`` when no PostgreSQL is new enough."""
    if on_path := shutil.which("initdb"):
        return Path(on_path).resolve().parent
    found = sorted((int(path.name), path / "bin") for path in DEBIAN.glob("*") if path.name.isdigit())
    if not found or not (found[-1][1] / "initdb").exists():
        raise EngineError("no PostgreSQL server is installed: run scripts/install_system_parts.sh")
    version, programs = found[-1]
    if version < OLDEST_VERSION:
        raise EngineError(f"PostgreSQL {version} is too old: {OLDEST_VERSION} or later is needed")
    return programs


@contextmanager
def postgres_server() -> Iterator[int]:
    """Start a server and name it in the environment (``PGHOST`` and the like) for as long as it is used; gives its
    process. Durable it is not: what it holds goes with it."""
    programs = server_programs()
    folder = Path(tempfile.mkdtemp(prefix="plie-postgres-"))
    as_user = {}
    if os.geteuid() == 0:
        try:
            entry = pwd.getpwnam(SERVER_USER)
        except KeyError:
            raise EngineError(f"PostgreSQL does not run as root, and there is no user {SERVER_USER}") from None
        os.chown(folder, entry.pw_uid, entry.pw_gid)
        as_user = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    port = free_port()
    options = (
        f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off -c synchronous_commit=off"
        " -c full_page_writes=off -c work_mem=64MB -c jit=off"
    )

    def program(name: str, *arguments: str) -> None:
        run = subprocess.run(
            [str(programs / name), *arguments], cwd=folder, capture_output=True, text=True, stdin=subprocess.DEVNULL,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"}, **as_user,
        )  # fmt: skip
        if run.returncode:
            log = folder / "log"
            said = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
            raise EngineError(f"PostgreSQL does not start: {name}: {run.stderr.strip()} {said[-500:]}")

    before = {name: os.environ.get(name) for name in ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGDATABASE")}
    try:
        program("initdb", "-D", str(folder / "data"), "-A", "trust", "-U", SERVER_USER, "--no-sync", "-E", "UTF8")
        program("pg_ctl", "-D", str(folder / "data"), "-w", "-l", str(folder / "log"), "-o", options, "start")
        try:
            os.environ |= {"PGHOST": "127.0.0.1", "PGPORT": str(port), "PGUSER": SERVER_USER, "PGDATABASE": DATABASE}
            program("createdb", "-h", "127.0.0.1", "-p", str(port), "-U", SERVER_USER, DATABASE)
            yield int((folder / "data" / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])
        finally:
            program("pg_ctl", "-D", str(folder / "data"), "-w", "-m", "immediate", "stop")
    finally:
        for name, value in before.items():
            os.environ.pop(name, None) if value is None else os.environ.update({name: value})
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]
