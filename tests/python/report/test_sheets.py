"""Sheets: the public ones say what is published and nothing else; a supplier's own are for its owner."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import duckdb
import pytest
from markupsafe import Markup
from playwright.sync_api import Browser
from report_pages import INSTALL, copy_of, violations
from rich.console import Console
from shared import Built
from test_accessibility import RULES, check_pdf
from test_report import texts
from test_sentences import COUNT

from plie_warehouse.paths import DataFolder
from plie_warehouse.report import ReportError, pages, places, sheets
from plie_warehouse.report.charts import Block, charts
from plie_warehouse.report.figures import Figure, Key
from plie_warehouse.report.published import opened
from plie_warehouse.report.writing import write_sheets

YEAR = 2021
QUIET = Console(quiet=True)


@pytest.fixture(scope="module")
def data(built: Built, tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    made = copy_of(built, tmp_path_factory.mktemp("sheets") / "data")
    shutil.copyfile(built.warehouse, made.warehouse)
    return made


@pytest.fixture(scope="module")
def suppressed(built: Built, data: DataFolder) -> tuple[str, dict[str, str]]:
    """A PLIE with suppressed counts, and these counts as a reader would see them: indicator -> number."""
    with (
        duckdb.connect(str(data.serving), read_only=True) as public,
        duckdb.connect(str(built.warehouse), read_only=True) as private,
    ):
        [(code,)] = public.execute(
            "select territory_code from published.indicators where territory_kind = 'plie' and reporting_year = ?"
            " and cut ="
            " 'total' and status like 'masque%' and indicator_code = any(?) group by 1 order by count(*) desc, 1"
            " limit 1",
            [YEAR, COUNTS],
        ).fetchall()
        hidden = [name for (name,) in public.execute(
            "select indicator_code from published.indicators where territory_kind = 'plie' and territory_code = ? and"
            " reporting_year = ? and cut = 'total' and status like 'masque%' and indicator_code = any(?)",
            [code, YEAR, COUNTS],
        ).fetchall()]  # fmt: skip
        values = dict(private.execute(
            "select indicator_code, value::bigint::varchar from marts.indicators where territory_kind = 'plie' and"
            " territory_code = ? and reporting_year = ? and cut = 'total' and indicator_code = any(?)",
            [code, YEAR, hidden],
        ).fetchall())  # fmt: skip
    return code, values


COUNTS = ["entries", "exits", "positive_exits", "positive_durable_job", "positive_training", "steps"]


def rows_of(page: str, table: str) -> dict[str, list[str]]:
    """The cells of a table by the name of their row."""
    part = page[page.index(f'id="{table}"') :]
    part = part[: part.index("</table>")]
    found = {}
    for row in re.findall(r"<tr><th scope=\"row\">(.*?)</tr>", part):
        cells = [re.sub(r"<[^>]*>", "", cell) for cell in row.split("<td>")]
        found[cells[0]] = cells[1:]
    return found


def test_public_and_own_sheets_are_never_mixed(data: DataFolder, suppressed: tuple[str, dict[str, str]]) -> None:
    code, values = suppressed
    assert values
    [public] = write_sheets(data, YEAR, [code], False, QUIET)
    [own] = write_sheets(data, YEAR, [code], True, QUIET)
    assert public.is_relative_to(data.serving.parent) and not own.is_relative_to(data.serving.parent)
    for path in own.parent.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for folder in (own.parent, own.parent.parent, own.parent.parent.parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    with opened(data.serving) as published:
        labels = {published.measures[name, "total", "plie-1"].label: value for name, value in values.items()}
    shown, kept = (rows_of(page.read_text(encoding="utf-8"), "resultats-data") for page in (public, own))
    for label, value in labels.items():
        label = label.replace("'", "’")
        assert shown[label][-1] == "masqué"
        assert kept[label][-1].replace("\u202f", "") == value
    assert "Fiche réservée à son destinataire" in own.read_text(encoding="utf-8")
    assert "Fiche réservée à son destinataire" not in public.read_text(encoding="utf-8")


def test_what_an_own_sheet_says_of_others_is_published(
    data: DataFolder, suppressed: tuple[str, dict[str, str]]
) -> None:
    code, _ = suppressed
    with opened(data.serving) as published, duckdb.connect(str(data.warehouse), read_only=True) as warehouse:
        [place] = [one for one in places.places(published, YEAR) if one.territory.code == code]
        both = [sheets.contents(published, place), sheets.contents(published, place, warehouse)]
        others = [
            {key: figure.shown for key, figure in made["ledger"].used.items() if key.territory != code} for made in both
        ]
    assert others[0] and others[0] == others[1]


def test_what_is_to_be_mended_is_in_the_own_sheet_alone(data: DataFolder, built: Built) -> None:
    with duckdb.connect(str(built.warehouse), read_only=True) as warehouse:
        [(code, message)] = warehouse.execute(
            "select supplier_code, min(message_fr) from quality.exclusions where supplier_kind = 'plie' and"
            " reporting_year = ?"
            " and supplier_code in (select territory_code from marts.indicators where territory_kind = 'plie')"
            " group by 1 order by 1 limit 1", [YEAR],
        ).fetchall()  # fmt: skip
    [own] = write_sheets(data, YEAR, [code], True, QUIET)
    [public] = write_sheets(data, YEAR, [code], False, QUIET)
    said = message.replace("'", "’")[:30]
    pages_read = [path.read_text(encoding="utf-8").replace("&#39;", "’") for path in (own, public)]
    assert said in pages_read[0] and ", ligne " in pages_read[0]
    assert said not in pages_read[1] and ", ligne " not in pages_read[1]


@pytest.mark.parametrize(
    ("code", "year", "said"),
    [
        ("33-01", 2021, ["avant la fin des six premiers mois", "bien avant le jour", "exits.csv, ligne 350"]),
        ("36-01", 2021, ["bien avant le jour", "exits.csv, ligne 385"]),
        ("36-01", 2020, ["avant la fin des six premiers mois", "exits.csv, ligne 84"]),
        ("59-09", 2020, ["Les référents internes sont plus nombreux", "2020 : 10 personnes, pour une limite de 9"]),
        ("59-09", 2021, []),
        ("OI-02", 2021, ["de moins de PLIE", "2022 : 1 PLIE, pour une limite de 2"]),
        ("OI-01", 2021, []),
    ],
)
def test_signals_are_in_the_own_sheet_alone(data: DataFolder, code: str, year: int, said: list[str]) -> None:
    """What counts as it is and is worth a second look (D1D, D59), of the exits and of the registers."""
    with opened(data.serving) as published, duckdb.connect(str(data.warehouse), read_only=True) as warehouse:
        [place] = [one for one in places.own_places(published, year) if one.territory.code == code]
        found = sheets.signals(warehouse, place.territory, year)
        own, public = (
            pages.html("sheet.html.jinja", sheets.contents(published, place, source)) for source in (warehouse, None)
        )
    assert bool(found) == bool(said) == ('id="signaux"' in own)
    text = re.sub("[\u00a0\u202f]", " ", own).replace("’", "'").replace("&#39;", "'")
    assert all(one in text for one in said) and all(row["remedy_fr"] for row in found)
    assert 'id="signaux"' not in public and ", ligne " not in public


def test_ranks_and_intervals_are_those_of_the_scorecard(data: DataFolder) -> None:
    """In the public and in the own sheet alike: among the published figures, a share with its interval."""
    with duckdb.connect(str(data.serving), read_only=True) as public:
        [(code, rank, of, low, high)] = public.execute(
            "select plie_code, value_rank::varchar, ranked_plie::varchar, round(100 * interval_low)::integer,"
            " round(100 * interval_high)::integer from published.plie_scorecard where reporting_year = ?"
            " and indicator_code = 'positive_rate_raw' order by plie_code limit 1", [YEAR],
        ).fetchall()  # fmt: skip
    for own in (False, True):
        [path] = write_sheets(data, YEAR, [code], own, QUIET)
        row = rows_of(path.read_text(encoding="utf-8"), "rangs-data")["Taux de sorties positives brut"]
        assert [cell.replace("\u00a0", " ") for cell in row[1:]] == [f"{low} % à {high} %", rank, of]


def test_done_against_promised_is_in_the_own_sheet_alone(data: DataFolder) -> None:
    """Of each objective: what was promised, what was done, and the difference, a rate in points."""
    [own] = write_sheets(data, YEAR, ["59-09"], True, QUIET)
    [public] = write_sheets(data, YEAR, ["59-09"], False, QUIET)
    rows = rows_of(own.read_text(encoding="utf-8"), "objectifs-data")
    assert rows["Entrées de l’année, 2021"] == ["3", "55", "52"]
    rate = rows["Taux de sorties positives hors sorties neutralisées, 2021"]
    assert [cell.replace("\u00a0", " ").replace("\u2212", "-") for cell in rate] == ["50 %", "48 %", "-2 points"]
    page = public.read_text(encoding="utf-8")
    assert "objectifs-data" not in page and "fiche réservée à ce PLIE" in page


def test_the_own_sheet_of_an_intermediate_body(data: DataFolder) -> None:
    """Its own figures from the warehouse, those of its PLIE as they are published (D5A)."""
    [own] = write_sheets(data, YEAR, [BODY], True, QUIET)
    assert own.relative_to(data.root).parts[:2] == ("own-sheets", f"oi-{BODY}")
    assert stat.S_IMODE(own.stat().st_mode) == 0o600
    with (
        duckdb.connect(str(data.warehouse), read_only=True) as private,
        duckdb.connect(str(data.serving), read_only=True) as public,
    ):
        [(exits,)] = private.execute(
            "select exits::varchar from marts.plie_outcomes where territory_code = ? and reporting_year = ?",
            [BODY, YEAR],
        ).fetchall()
        published = dict(public.execute(
            "select territory_name, exits::varchar from published.plie_outcomes where territory_kind in"
            " ('plie', 'region', 'national') and reporting_year = ?", [YEAR],
        ).fetchall())  # fmt: skip
    page = own.read_text(encoding="utf-8")
    assert rows_of(page, "resultats-data")["Sorties de l’année"][-1] == exits
    found = rows_of(page, "membres-data")
    assert len(found) > 3
    for name, cells in found.items():
        assert cells[2] == (published[name.replace("’", "'")] or "masqué"), name


BODY = "OI-01"


def test_the_public_sheet_of_a_body_adds_nothing_up(data: DataFolder) -> None:
    """Who it is, its PLIE, their published figures and those around: no total of the body, of any figure or part of
    one, and no sum of what is published (D5A)."""
    [path] = write_sheets(data, YEAR, [BODY], False, QUIET)
    assert path.is_relative_to(data.serving.parent)
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    with opened(data.serving) as published, duckdb.connect(str(data.warehouse), read_only=True) as private:
        [place] = [one for one in places.places(published, YEAR) if one.territory.code == BODY]
        used = sheets.contents(published, place)["ledger"].used
        members = {one.code for one in place.members}
        assert members == {"59-09", "59-14", "62-03"}
        assert {key.kind for key in used} == {"plie", "region", "national"}
        assert {key.territory for key in used if key.kind == "plie"} == members
        for key, figure in used.items():
            [(value,)] = published.connection.execute(
                "select value from published.indicators where (indicator_code, cut, cut_value, territory_kind,"
                " territory_code, reporting_year) = (?, ?, ?, ?, ?, ?)", [*key],
            ).fetchall()  # fmt: skip
            assert figure.value == value
        totals = private.execute(
            "select value, numerator, denominator from marts.indicators where territory_kind = 'oi'"
            " and territory_code = ? and unit <> 'taux'", [BODY],
        ).fetchall()  # fmt: skip
        sums = published.connection.execute(
            "select sum(value) from published.indicators where territory_kind = 'plie' and list_contains(?,"
            " territory_code) group by indicator_code, cut, cut_value, reporting_year having count(value) > 1",
            [[*members]],
        ).fetchall()
    written = {number.replace("\u202f", "") for number in re.findall(r">([\d\u202f]{2,})(?=<)", texts_of(path))}
    given = {str(int(number)) for figure in used.values() for number in parts(figure) if number is not None}
    unpublished = {str(int(number)) for row in [*totals, *sums] for number in row if number is not None} - given
    assert len(unpublished) > 50 and len(written) > 10
    assert not written & unpublished
    assert "Aucun total de l’organisme n’est publié" in texts_of(path)


def texts_of(path: Path) -> str:
    """A page without its styles."""
    return re.sub(r"<style>.*?</style>", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)


def parts(figure: Figure) -> tuple[Fraction | None, ...]:
    shown = None if figure.shown_value is None else figure.shown_value
    return figure.value, figure.numerator, figure.denominator, shown


def test_the_published_file_says_who_a_body_groups_and_no_figure_of_it(data: DataFolder) -> None:
    with duckdb.connect(str(data.serving), read_only=True) as public:
        [(bodies, kinds)] = public.execute(
            "select (select count(distinct oi_code) from published.oi_plie),"
            " (select count(*) from published.indicators where territory_kind = 'oi')"
        ).fetchall()
        columns = {name for name, *_ in public.execute("describe published.oi_plie").fetchall()}
    assert (bodies, kinds) == (3, 0)
    assert columns == {"oi_code", "oi_name", "oi_region_code", "oi_region_name", "plie_code", "plie_name"}


def test_action_sheets_of_a_year(data: DataFolder) -> None:
    """Those that run in the year, in the sheets of their PLIE, its region and its body; what they declare is in the own
    sheet of the PLIE alone (D72). One that begins the day after the year is not there."""
    for code, own, declared in (("36-01", False, False), ("36-01", True, True), ("24", False, False)):
        [path] = write_sheets(data, YEAR, [code], own, QUIET)
        page = texts_of(path)
        assert "Accès au numérique" in page and "depuis le 01/01/2021" in page
        assert ("Ordinateurs mis à disposition" in page and "près de" in page) is declared
    [path] = write_sheets(data, YEAR, ["59-09"], True, QUIET)
    assert "Image de soi" not in texts_of(path)


@pytest.mark.parametrize("kind", places.KINDS)
def test_a_sheet_of_each_kind(data: DataFolder, browser: Browser, kind: str) -> None:
    with opened(data.serving) as published:
        place = next(one for one in places.places(published, YEAR) if one.territory.kind == kind)
    [path] = write_sheets(data, YEAR, [place.territory.code], False, QUIET)
    page = texts(path.read_text(encoding="utf-8"))
    assert not [one for one in page.addresses if not one.startswith("#") or one[1:] not in page.anchors]
    counted = check_pdf(path.with_suffix(".pdf"))
    assert counted["H1"] == 1 and "Link" not in counted
    shown = browser.new_page(viewport={"width": 320, "height": 640})
    shown.goto(path.as_uri())
    assert shown.evaluate("document.documentElement.scrollWidth") <= 320
    if kind in ("plie", "oi"):
        assert not violations(shown, RULES)
    shown.close()


def test_the_same_release_gives_the_same_sheet(data: DataFolder, tmp_path: Path) -> None:
    """Page and PDF, from two processes."""
    copy = DataFolder(tmp_path)
    shutil.copytree(data.serving.parent, copy.serving.parent, ignore=shutil.ignore_patterns("sheets"))
    with opened(data.serving) as published:
        code = next(one for one in places.places(published, YEAR)).territory.code
    [one] = write_sheets(data, YEAR, [code], False, QUIET)
    done = subprocess.run(
        [sys.executable, "-m", "plie_warehouse", "sheets", "--year", str(YEAR), "--code", code],
        env=os.environ | {"PLIE_DATA_DIR": str(copy.root), "PYTHONHASHSEED": "1"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    other = copy.root / one.relative_to(data.root)
    assert one.read_bytes() == other.read_bytes()
    assert one.with_suffix(".pdf").read_bytes() == other.with_suffix(".pdf").read_bytes()


def test_no_person_stands_in_what_is_public(written, data: DataFolder, suppressed: tuple[str, dict[str, str]]) -> None:
    """Pseudonyms of the warehouse are looked for in pages, lists and texts of PDFs; no delivered file is named."""
    code, _ = suppressed
    write_sheets(data, YEAR, [code], False, QUIET)
    with duckdb.connect(str(data.warehouse), read_only=True) as warehouse:
        persons = {
            one for (one,) in warehouse.execute("select distinct participant_id from marts.fct_parcours").fetchall()
        }
    assert len(persons) > 100
    public = [
        path
        for folder in (written.folder, data.serving.parent / "sheets")
        for path in folder.rglob("*")
        if path.is_file()
    ]
    assert {path.suffix for path in public} == {".html", ".json", ".pdf"}
    for path in public:
        text = text_of(path)
        assert len(text) > 1000 and not [one for one in persons if one in text], path.name
        assert not re.search(r"\.csv, ligne|/home/|/tmp/", text), path.name


def text_of(path: Path) -> str:
    if path.suffix != ".pdf":
        return path.read_text(encoding="utf-8")
    program = shutil.which("pdftotext")
    if program is None:
        pytest.skip(f"no pdftotext on this machine: {INSTALL}")
    return subprocess.run([program, str(path), "-"], capture_output=True, text=True, check=True).stdout


def test_what_cannot_be_written(data: DataFolder, tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="no sheet of 99-99 for 2021"):
        write_sheets(data, YEAR, ["99-99"], False, QUIET)
    alone = DataFolder(tmp_path)
    shutil.copytree(data.serving.parent, alone.serving.parent, ignore=shutil.ignore_patterns("sheets"))
    with pytest.raises(ReportError, match="run make build first"):
        write_sheets(alone, YEAR, [], True, QUIET)
    shutil.copyfile(data.warehouse, alone.warehouse)
    with duckdb.connect(str(alone.warehouse)) as connection:
        connection.execute("update marts.build_info set build_id = 'another'")
    with pytest.raises(ReportError, match="not the one that is released"):
        write_sheets(alone, YEAR, [], True, QUIET)


def test_a_code_is_no_path() -> None:
    assert pages.file_name("../59 01") == "_2e_2e_2f59_2001" and pages.file_name("CL-59-01") == "CL-59-01"


def test_what_is_not_shown_is_said_once_by_reason(data: DataFolder) -> None:
    """Charts of which there is no figure together, whatever each needs; a curve of one year is no matter."""
    by_id = {chart.id: chart for chart in charts()}
    drawn = Block(by_id["main_step"], YEAR, drawing=Markup("<svg></svg>"))
    lacking = [Block(by_id[name], YEAR, lack=f"Il y faut {name}.") for name in ("levels", "women_and_men")]
    curve = Block(by_id["positive_curve"], YEAR, lack="Il y faut deux années.")
    with opened(data.serving) as published:
        key = Key("exits", "total", "total", "plie", "36-01", YEAR)
        hidden = next(name for name, status in published.statuses.items() if status.label_fr.startswith("Masqué"))
        figure = Figure(key, COUNT, "Sorties", "Total", "X", None, None, None, None, hidden)
        masked = Block(by_id["main_step"], YEAR, figures=[figure], lack="Aucun chiffre.")
        found = sheets._lacking([drawn, *lacking, curve, masked], published)
    titles = [made.chart.title for made in lacking]
    assert found[0] == (f"la publication n'en a pas pour {YEAR}", titles)
    assert found[1][0].startswith("masqué") and found[1][1] == [masked.chart.title] and len(found) == 2
