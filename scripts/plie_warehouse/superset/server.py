"""Superset on this machine: its environment, its metadata, and the server, each made when it is not there yet."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from plie_warehouse.errors import PlieError
from plie_warehouse.files import locked, owner_only, replace
from plie_warehouse.paths import PROJECT, DataFolder
from plie_warehouse.superset import PORT
from plie_warehouse.superset.bundle import Bundle

SOURCE = PROJECT / "scripts" / "superset"
LOCK, BUILD_LOCK = SOURCE / "requirements.lock", SOURCE / "build-requirements.lock"
CONFIG, PREPARE = SOURCE / "superset_config.py", SOURCE / "prepare.py"
ENVIRONMENT = PROJECT / ".venv-superset"

# The one package of the lock file without a wheel: built here, with the pinned setuptools.
BUILT_FROM_SOURCE = "wtforms-json"
# Wheels of the pandas that Superset asks for exist for these.
PYTHONS = ((3, 11), (3, 12))

# Superset's metadata, in its home; the same name stands in superset_config.py.
DATABASE = "superset.db"

HOST = "127.0.0.1"
# Seconds that Superset may take to answer; a slow machine takes about thirty.
PATIENCE = 240


class SupersetError(PlieError):
    """Superset cannot be installed, prepared or started; the message says why, and what to do."""


@dataclass(frozen=True)
class Server:
    """A Superset that answers: its address and the one of the dashboard."""

    address: str
    dashboard: str


def _log_end(log: Path, lines: int = 15) -> str:
    """The last lines of a log, for an error message."""
    text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    return "\n".join(f"  {line}" for line in text.splitlines()[-lines:])


def _digest(*files: Path) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes() + b"\0")
    return digest.hexdigest()


def install(console: Console, environment: Path = ENVIRONMENT) -> None:
    """Make Superset's environment from its lock file, unless the one that is there was made from the same.

    The Python is that of ``$SUPERSET_PYTHON``, or the one that runs this. Raises ``SupersetError``.
    """
    stamp, wanted = environment / ".installed", _digest(LOCK, BUILD_LOCK)
    if stamp.exists() and stamp.read_text(encoding="ascii") == wanted:
        return
    python = os.environ.get("SUPERSET_PYTHON") or sys.executable
    version = subprocess.run(
        [python, "-c", "import sys; print(*sys.version_info[:2])"], capture_output=True, text=True, check=True
    ).stdout
    if tuple(map(int, version.split())) not in PYTHONS:
        names = " or ".join(f"{major}.{minor}" for major, minor in PYTHONS)
        raise SupersetError(
            f"Superset 6.1 needs Python {names}; {python} is {version.strip().replace(' ', '.')}."
            " Name another: make superset SUPERSET_PYTHON=python3.11"
        )
    pip = [
        str(environment / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
        "--no-deps", "--require-hashes", "--only-binary", ":all:",
    ]  # fmt: skip
    from_source = ["--no-binary", BUILT_FROM_SOURCE, "--no-build-isolation"]
    steps = [
        ("environnement", [python, "-m", "venv", "--clear", str(environment)]),
        ("outil de construction", [*pip, "--requirement", str(BUILD_LOCK)]),
        (
            "paquets (environ 900 Mo, deux à trois minutes, une seule fois)",
            [*pip, *from_source, "--requirement", str(LOCK)],
        ),
    ]
    with console.status("Superset : installation") as status:
        for name, command in steps:
            status.update(f"Superset : {name}")
            if not console.is_terminal:
                console.print(f"Superset : {name}")
            done = subprocess.run(command, capture_output=True, text=True, env=_clean_environment(), check=False)
            if done.returncode:
                end = "\n".join(f"  {line}" for line in done.stderr.splitlines() if "WARNING" not in line)
                raise SupersetError(f"Superset could not be installed ({name})\n{end}")
    stamp.write_text(wanted, encoding="ascii")


def _clean_environment(home: Path | None = None) -> dict[str, str]:
    """The variables for a process of Superset's environment: nothing of this one's Python leaks into it."""
    variables = {
        name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
    }
    # Superset 6.1 still calls what its libraries have declared old; its readers cannot mend that.
    variables["PYTHONWARNINGS"] = "ignore"
    if home:
        variables |= {"SUPERSET_HOME": str(home), "SUPERSET_CONFIG_PATH": str(CONFIG)}
    return variables


def make_home(home: Path) -> None:
    """The private folder of Superset's metadata, with a secret key that nobody else has."""
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o700)
    key = home / "secret_key"
    if key.exists() and key.stat().st_size:
        return
    # Private from its first byte, whole from the moment it has its name.
    with owner_only():
        replace(key, lambda draft: draft.write_text(secrets.token_urlsafe(48), encoding="ascii"))


def prepare(console: Console, serving: Path, home: Path, environment: Path = ENVIRONMENT) -> None:
    """Bring the metadata in ``home`` to the description and the published file, unless they are there already.

    Raises ``SupersetError``, and ``BundleError`` when the description does not fit the file.
    """
    archive, log, stamp = home / "bundle.zip", home / "prepare.log", home / "prepared"
    Bundle.read().write(serving, archive)
    wanted = _digest(archive, CONFIG, PREPARE, LOCK)
    if stamp.exists() and stamp.read_text(encoding="ascii") == wanted:
        return
    if not stamp.exists():
        # A first preparation that died may have left half of Superset's tables, which its migrations do not mend.
        (home / DATABASE).unlink(missing_ok=True)
    with console.status("Superset : préparation") as status, log.open("w", encoding="utf-8") as errors:
        process = subprocess.Popen(
            [environment / "bin" / "python", "-u", PREPARE, archive],
            env=_clean_environment(home), cwd=home, stdout=subprocess.PIPE, stderr=errors, text=True,
        )  # fmt: skip
        with process:
            for line in process.stdout:
                if line.startswith("> "):
                    status.update(f"Superset : {line[2:].strip()}")
                    if not console.is_terminal:
                        console.print(f"Superset : {line[2:].strip()}")
    if process.returncode:
        raise SupersetError(f"Superset could not be prepared; all of it is in {log}\n{_log_end(log)}")
    stamp.write_text(wanted, encoding="ascii")


def _only_server(home: Path) -> contextlib.AbstractContextManager[None]:
    """One server at a time on one folder of metadata."""

    def refuse() -> None:
        raise SupersetError(f"another Superset runs on {home}; stop it first, or use it") from None

    return locked(home / ".lock", refuse)


def _demand_port(port: int) -> None:
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((HOST, port))
        except OSError:
            raise SupersetError(f"port {port} is taken; name another: make superset PORT={port + 1}") from None


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/health", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


@contextlib.contextmanager
def running(data: DataFolder, console: Console, port: int = PORT) -> Iterator[tuple[Server, subprocess.Popen]]:
    """Superset over the published file of ``data``, from the first install to a server that answers; stopped on the
    way out. Yields it with its process.

    Raises ``SupersetError``, ``BundleError``.
    """
    if not data.serving.exists():
        raise SupersetError(f"there is no published file yet ({data.serving}): run make build first")
    _demand_port(port)
    os.umask(0o077)
    install(console)
    make_home(data.superset)
    with _only_server(data.superset):
        prepare(console, data.serving, data.superset)
        address = f"http://{HOST}:{port}"
        log = data.superset / "server.log"
        with log.open("w", encoding="utf-8") as output:
            process = subprocess.Popen(
                [
                    ENVIRONMENT / "bin" / "gunicorn", "--workers", "1", "--worker-class", "gthread", "--threads", "8",
                    "--timeout", "120", "--no-control-socket", "--bind", f"{HOST}:{port}", "superset.app:create_app()",
                ],
                env=_clean_environment(data.superset), cwd=data.superset, stdout=output, stderr=output,
            )  # fmt: skip
        try:
            with console.status("Superset : démarrage"):
                deadline = time.monotonic() + PATIENCE
                while not _answers(address):
                    if process.poll() is not None or time.monotonic() > deadline:
                        raise SupersetError(f"Superset does not answer; all of it is in {log}\n{_log_end(log)}")
                    time.sleep(0.3)
            slug = Bundle.read().dashboard["slug"]
            yield Server(address, f"{address}/superset/dashboard/{slug}/"), process
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def chromium() -> str | None:
    """A browser for screenshots, if there is one."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
