"""Look at the dashboard as its readers do: every chart through Superset's API and as a page in a browser.

It works on a copy of the published file with metadata of its own, so that it can replace the file while Superset runs,
and leaves alone what a user has.
"""

from __future__ import annotations

import datetime
import http.cookiejar
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
from rich.console import Console

from plie_warehouse.errors import PlieError
from plie_warehouse.paths import DataFolder
from plie_warehouse.superset import CHECK_PORT
from plie_warehouse.superset.bundle import Bundle
from plie_warehouse.superset.server import Server, SupersetError, running

# The whole dashboard at once: what is out of sight is not drawn.
WINDOW = (1500, 7600)
# What every connection to the published file is told, and cannot be told otherwise.
SETTINGS = {"access_mode": "read_only", "enable_external_access": "false", "lock_configuration": "true"}

# Rows in an order of their own, each value as text or as a number with six decimals.
Rows = list[tuple[str, ...]]


class Failed(PlieError):
    """What Superset shows is not what it should; the message says where."""

    exit_code = 1


def comparable(rows: Any) -> Rows:
    """Rows from DuckDB or from Superset's JSON in one form: numbers to six decimals, dates as ISO, in order."""

    def one(value: Any) -> str:
        if isinstance(value, bool) or value is None or isinstance(value, str):
            return str(value)
        if isinstance(value, int | float | Decimal):
            return f"{value:.6f}"
        if isinstance(value, datetime.date):
            return value.isoformat()
        raise TypeError(f"{value!r}")

    return sorted(tuple(one(value) for value in row) for row in rows)


class Refused(Failed):
    """Superset did not serve a request: its status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Api:
    """Superset's API as a page of its reader sees it: no login, a session, a token for what would write."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def ask(self, path: str, body: Any = None, method: str | None = None, headers: dict[str, str] | None = None) -> Any:
        """The JSON of one answer. Raises ``Refused`` for anything but success."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.server.address}{path}", data, headers or {}, method=method)
        if data is not None:
            request.add_header("Content-Type", "application/json")
        try:
            with self.opener.open(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise Refused(
                error.code, f"{request.get_method()} {path}: {error.code} {error.read()[:1000].decode()}"
            ) from error

    def charts(self) -> dict[str, int]:
        """Title -> number of the dashboard's charts."""
        slug = self.server.dashboard.rstrip("/").rpartition("/")[2]
        return {chart["slice_name"]: chart["id"] for chart in self.ask(f"/api/v1/dashboard/{slug}/charts")["result"]}

    def rows(self, number: int, dates: frozenset[str] = frozenset()) -> Rows:
        """What a chart gets from the published file; ``dates`` are columns in milliseconds since 1970."""
        [result] = self.ask(f"/api/v1/chart/{number}/data/?force=true")["result"]
        for row in result["data"]:
            for name in dates & row.keys():
                row[name] = datetime.datetime.fromtimestamp(row[name] / 1000, datetime.UTC).date()
        return comparable(row.values() for row in result["data"])

    def refused(self, path: str, body: Any, method: str = "POST") -> int:
        """The status of a request that Superset must refuse. Raises ``Failed`` when it serves it, or breaks."""
        token = self.ask("/api/v1/security/csrf_token/")["result"]
        headers = {"X-CSRFToken": token, "Referer": self.server.address}
        try:
            self.ask(path, body, method, headers)
        except Refused as error:
            if error.status >= 500:
                raise
            return error.status
        raise Failed(f"{method} {path} was served")


def answers(bundle: Bundle, serving: Path) -> dict[str, Rows]:
    """Chart title -> rows, asked of the file by DuckDB itself."""
    with duckdb.connect(str(serving), read_only=True) as connection:
        return {
            chart["slice_name"]: comparable(connection.execute(*bundle.sql(chart)).fetchall())
            for chart in bundle.charts.values()
        }


def _dates(bundle: Bundle, title: str) -> frozenset[str]:
    chart = next(chart for chart in bundle.charts.values() if chart["slice_name"] == title)
    columns = bundle.dataset_of(chart)["columns"]
    return frozenset(column["column_name"] for column in columns if column.get("is_dttm"))


def check_charts(api: Api, bundle: Bundle, serving: Path) -> int:
    """Every chart of the dashboard gets the rows that DuckDB gives; returns how many rows were compared."""
    numbers, expected = api.charts(), answers(bundle, serving)
    if numbers.keys() != expected.keys():
        raise Failed(f"the dashboard's charts are not the bundle's: {sorted(numbers.keys() ^ expected.keys())}")
    for title, rows in expected.items():
        found = api.rows(numbers[title], _dates(bundle, title))
        if found != rows:
            raise Failed(f"chart {title}: Superset shows {found}, the file says {rows}")
    return sum(map(len, expected.values()))


def check_readonly(api: Api) -> int:
    """A reader can neither change the dashboard nor reach anything but the published file; returns what was tried."""
    number = next(iter(api.charts().values()))
    tried = [
        api.refused("/api/v1/sqllab/execute/", {"database_id": 1, "sql": "select 1"}),
        api.refused("/api/v1/chart/", {"slice_name": "x", "datasource_id": 1, "datasource_type": "table"}),
        api.refused(f"/api/v1/chart/{number}", {"slice_name": "x"}, "PUT"),
        api.refused(f"/api/v1/chart/{number}", None, "DELETE"),
        api.refused("/api/v1/dashboard/1", {"dashboard_title": "x"}, "PUT"),
        api.refused("/api/v1/database/1", {"sqlalchemy_uri": "duckdb://"}, "PUT"),
    ]
    # A reader may write expressions: not such as read another table or file, and on a connection that could not.
    tried.append(api.refused("/api/v1/chart/data", _asking("(select content from read_text('/etc/hostname'))")))
    for setting, value in SETTINGS.items():
        found = api.ask("/api/v1/chart/data", _asking(f"current_setting('{setting}')"))["result"][0]["data"][0]["x"]
        if str(found).lower() != value:
            raise Failed(f"{setting} is {found}, not {value}")
    host = urllib.request.Request(f"{api.server.address}/api/v1/chart/", headers={"Host": "elsewhere.example"})
    try:
        urllib.request.urlopen(host, timeout=60)
    except urllib.error.HTTPError as error:
        tried.append(error.code)
    else:
        raise Failed("Superset answers by another name than this machine's")
    return len(tried)


def _asking(expression: str) -> dict[str, Any]:
    """A query with an expression of the reader's own."""
    metric = {"expressionType": "SQL", "sqlExpression": f"max({expression})", "label": "x"}
    return {"datasource": {"id": 1, "type": "table"}, "queries": [{"columns": [], "metrics": [metric]}]}


def check_swap(api: Api, bundle: Bundle, serving: Path) -> None:
    """The next query after a publication shows the new file, without a restart."""
    draft = serving.with_name("draft.duckdb")
    shutil.copyfile(serving, draft)
    draft.chmod(0o600)
    with duckdb.connect(str(draft)) as connection:
        connection.execute("update published.plie_outcomes set exits = exits + 1000")
    before = answers(bundle, serving)
    draft.replace(serving)
    if answers(bundle, serving) == before:
        raise Failed("the file with other figures has the same answers: the check checks nothing")
    check_charts(api, bundle, serving)


def french(number: float | Decimal, decimals: int, percent: bool = False) -> str:
    """A number as the dashboard shows it."""
    shown = f"{Decimal(number) * (100 if percent else 1):,.{decimals}f}".replace(",", "\u202f").replace(".", ",")
    return f"{shown}\u202f%" if percent else shown


def check_page(browser: str, server: Server, bundle: Bundle, serving: Path, picture: Path) -> int:
    """The page in a browser: every title, the national figures as a French reader writes them, no error; and a picture
    of it. Returns how many texts were looked for."""
    with tempfile.TemporaryDirectory() as profile:
        command = [
            browser, "--headless=new", f"--user-data-dir={profile}", "--lang=fr", "--hide-scrollbars",
            f"--window-size={WINDOW[0]},{WINDOW[1]}", "--virtual-time-budget=60000",
            *(["--no-sandbox"] if os.geteuid() == 0 else []),
        ]  # fmt: skip
        page = f"{server.dashboard}?standalone=1"
        subprocess.run([*command, f"--screenshot={picture}", page], capture_output=True, timeout=180, check=True)
        shown = subprocess.run([*command, "--dump-dom", page], capture_output=True, timeout=180, check=True).stdout
    text = re.sub(r"<(style|script)\b.*?</\1>", " ", shown.decode("utf-8"), flags=re.S)
    if re.search(r"ant-alert-error|data-test=\"error-|Unexpected error|Erreur inattendue", text):
        raise Failed(f"the page shows an error; look at {picture}")
    with duckdb.connect(str(serving), read_only=True) as connection:
        rates = connection.execute(
            "select exits, positive_exits, positive_rate_neutralised from published.plie_outcomes"
            " where territory_kind = 'national'"
        ).fetchall()
        hours = connection.execute(
            "select hours_counted from published.clause_hours_etp where territory_kind = 'national' and cut = 'total'"
        ).fetchall()
    wanted = [chart["slice_name"] for chart in bundle.charts.values()]
    wanted += [french(value, 0) for row in rates for value in row[:2]]
    wanted += [french(rate, 1, percent=True) for *_, rate in rates]
    wanted += [french(value, 2) for (value,) in hours]
    plain = re.sub(r"<[^>]+>", "\n", text).replace("&#39;", "'").replace("&nbsp;", "\u00a0")
    if missing := [word for word in wanted if word not in plain]:
        raise Failed(f"the page does not show {missing}; look at {picture}")
    return len(wanted)


@contextmanager
def copy_of(data: DataFolder) -> Iterator[DataFolder]:
    """A data folder with nothing but a copy of the published file."""
    if not data.serving.exists():
        raise SupersetError(f"there is no published file yet ({data.serving}): run make build first")
    with tempfile.TemporaryDirectory() as folder:
        copy = DataFolder(Path(folder))
        copy.serving.parent.mkdir()
        shutil.copyfile(data.serving, copy.serving)
        yield copy


def check(data: DataFolder, console: Console, browser: str | None, picture: Path, port: int = CHECK_PORT) -> None:
    """Start Superset twice on a copy of the published file of ``data`` and look at all that it shows.

    ``browser``: path of a Chromium; None leaves the page unlooked at. Raises ``Failed``, ``SupersetError``.
    """
    bundle = Bundle.read()
    with copy_of(data) as copy:
        started = time.perf_counter()
        with running(copy, console, port) as (server, _):
            console.print(f"premier démarrage, préparation comprise : {time.perf_counter() - started:.0f} s")
            rows = check_charts(Api(server), bundle, copy.serving)
            console.print(f"graphiques : {rows} lignes comme dans le fichier publié")
        started = time.perf_counter()
        with running(copy, console, port) as (server, _):
            console.print(f"second démarrage : {time.perf_counter() - started:.0f} s")
            api = Api(server)
            check_charts(api, bundle, copy.serving)
            console.print(f"écritures et détours refusés : {check_readonly(api)}")
            if browser:
                texts = check_page(browser, server, bundle, copy.serving, picture)
                console.print(f"page : {texts} textes vus, image {picture}")
            else:
                console.print("page : pas de Chromium ici, elle n'a pas été regardée")
            check_swap(api, bundle, copy.serving)
            console.print("fichier remplacé pendant la lecture : les nouveaux chiffres sont là")
