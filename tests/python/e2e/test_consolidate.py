"""One command over a landing folder: the good deliveries count, the bad ones are mended from their verdicts alone."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from conftest import make_warehouse, run_plie
from hostile import CASES, write_landing
from openpyxl import load_workbook
from sample_landing import CLAUSE_FORMATS, DAMAGES, FORMATS, sample_rows, tables_of, write_sample
from shared import Built

from plie_warehouse.contract import KINDS as DELIVERED_KINDS
from plie_warehouse.contract import PATTERNS, load_kind

YEAR = 2021
# The network head is the one supplier of its two kinds of delivery.
HEAD = ("network", "survey")
KINDS = {
    **dict.fromkeys(FORMATS, "plie"),
    **dict.fromkeys(CLAUSE_FORMATS, "clause"),
    **{kind: kind for kind in HEAD},
}
BAD, GOOD = sorted(DAMAGES), sorted(set(KINDS) - set(DAMAGES))
DELIVERED = tuple(table.name for kind in DELIVERED_KINDS for table in load_kind(kind).tables)

# Aggregate -> the kind of territory that is a supplier, and columns that count what the landing does not hold: a row of
# hours without a complete key is in the sample, and would have its whole delivery refused at the door (STR-14).
COMPARED = {
    table: ("plie", ())
    for table in (
        "plie_outcomes", "plie_outcomes_by_profile", "plie_entry_profile", "plie_exit_jobs", "plie_exit_reasons",
        "plie_step_mix", "survey_funding_mix", "survey_allocation_mix", "survey_team_size", "survey_partners",
    )
} | {
    "clause_hours_etp": ("structure", ("hours_delivered", "hours_excluded")),
    "clause_beneficiary_profile": ("structure", ()),
    "clause_facilitator_activity": ("structure", ()),
}  # fmt: skip
# Aggregates that have no row for a single supplier.
OF_TERRITORIES = {"network_coverage": ("", ()), "network_members": ("", ())}


@dataclass(frozen=True)
class Consolidated:
    """A landing taken in and built twice: as delivered, then with the bad deliveries mended. The second time up to the
    warehouse: its figures must be those of the build of the sample, which passed the validation. The nation alone is
    published: what is published below it is decided by the same figures in the build of the sample.

    ``free``: the path that the data folder had, and dbt's target of it. dbt reads the project again for another path.
    """

    landing: Path
    free: tuple[Path, Path]
    first: Path
    second: Path
    printed: str
    statuses: dict[str, str]
    verdicts: dict[str, list[dict[str, str]]]
    findings: dict[str, list[dict]]


@pytest.fixture(scope="module")
def consolidated(tmp_path_factory: pytest.TempPathFactory) -> Consolidated:
    root = tmp_path_factory.mktemp("consolidated")
    landing, data, target, kept = (root / name for name in ("landing", "data", "target", "first.duckdb"))
    write_sample(landing, [YEAR])
    options = ("--published-levels", "national", str(landing))
    before = run_plie("consolidate", "--without-unit-tests", *options, data=data, target=target)
    assert before.returncode == 0, before.stdout + before.stderr
    (data / "warehouse.duckdb").rename(kept)
    verdicts = {supplier: read_verdict(data, supplier) for supplier in BAD}
    findings = {supplier: summary(data, supplier)["findings"] for supplier in GOOD}
    for supplier in BAD:
        assert summary(data, supplier)["status"] == "refused"
        mend(landing / KINDS[supplier] / supplier / str(YEAR), verdicts[supplier])
    assert make_warehouse("consolidate", *options, data=data, target=target) == 0
    free, data = (data, target), data.rename(root / "done")
    return Consolidated(
        landing=landing,
        free=free,
        first=kept,
        second=data / "warehouse.duckdb",
        printed=before.stdout,
        statuses={supplier: summary(data, supplier)["status"] for supplier in KINDS},
        verdicts=verdicts,
        findings=findings,
    )


def verdict_folder(data: Path, supplier: str) -> Path:
    return data / "verdicts" / KINDS[supplier] / supplier / str(YEAR)


def read_verdict(data: Path, supplier: str) -> list[dict[str, str]]:
    """The lines to mend, as the supplier opens them."""
    with (verdict_folder(data, supplier) / "verdict.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def summary(data: Path, supplier: str) -> dict:
    """The verdict for machines."""
    return json.loads((verdict_folder(data, supplier) / "verdict.json").read_text(encoding="utf-8"))


# A newcomer with a spreadsheet: everything below knows the verdict and the file, not what was done to it --------------

Cells = list[list[object]]


def mend(folder: Path, lines: list[dict[str, str]]) -> None:
    """Do to the files of a delivery what the lines of its verdict say."""
    for file in sorted({line["fichier"] for line in lines}):
        todo = [line for line in lines if line["fichier"] == file]
        rewrite(folder / file, lambda cells, todo=todo: mended(cells, todo))


def mended(cells: Cells, todo: list[dict[str, str]]) -> Cells:
    header = cells[0]
    missing = [line["colonne"] for line in todo if "obligatoire manque" in line["problème"]]
    unknown = [line["colonne"] for line in todo if "n'est pas connue" in line["problème"]]
    if missing and all(column in header for column in unknown):
        # One is missing and one is not known: the same column, to be given the name that the verdict gives.
        header[header.index(unknown[0])] = missing[0]
    for line in todo:
        if "Retirer la colonne" in line["correction"] and line["colonne"] in header:
            place = header.index(line["colonne"])
            for row in cells:
                del row[place]
    for line in todo:
        months = re.search(r"l'année, un tiret, le mois.*\(colonne « (.+?) »\)", line["problème"])
        if months:
            place = header.index(months[1])
            for number in named_lines(line):
                cells[number - 1][place] = re.sub(r"(\d\d)/(\d{4})", r"\2-\1", str(cells[number - 1][place]))
    # The PLIE looks into its software: the first row of each is right, the others are not.
    doubled = {
        number
        for line in todo
        if "Ne garder que la bonne ligne" in line["correction"]
        for number in named_lines(line)[1:]
    }
    return [row for number, row in enumerate(cells, start=1) if number not in doubled]


def named_lines(line: dict[str, str]) -> list[int]:
    """The lines that a verdict names: « 3 lignes : 2, 16 à 17. », or the one of its own column."""
    several = re.search(r"lignes : ([\d, à]+)\.", line["problème"])
    if not several:
        return [int(line["ligne"])]
    bounds = [list(map(int, part.split(" à "))) for part in several[1].split(", ")]
    return [number for bound in bounds for number in range(bound[0], bound[-1] + 1)]


def rewrite(path: Path, change: Callable[[Cells], Cells]) -> None:
    """Open a file, change its cells and save it in the format in which it came."""
    if path.suffix == ".xlsx":
        book = load_workbook(path)
        for sheet in book:
            cells = change([list(row) for row in sheet.iter_rows(values_only=True)])
            sheet.delete_rows(1, sheet.max_row)
            for row in cells:
                sheet.append(row)
        book.save(path)
        return
    content = path.read_bytes()
    try:
        encoding, text = "utf-8", content.decode("utf-8-sig")
    except UnicodeDecodeError:
        encoding, text = "cp1252", content.decode("cp1252")
    separator = max(";,\t", key=text.splitlines()[0].count)
    cells = change(list(csv.reader(io.StringIO(text, newline=""), delimiter=separator)))
    saved = io.StringIO()
    csv.writer(saved, delimiter=separator).writerows(cells)
    path.write_bytes(saved.getvalue().encode(encoding))


# What comes of it -----------------------------------------------------------------------------------------------------


def test_suppliers_of_both_kinds_in_every_format() -> None:
    assert (len(FORMATS), len(CLAUSE_FORMATS), len(BAD)) == (12, 8, 4)
    for forms in (FORMATS, CLAUSE_FORMATS):
        assert {form.container for form in forms.values()} == {"csv", "zip", "xlsx"}
        assert {form.separator for form in forms.values()} == {";", ",", "\t"}
        assert {form.encoding for form in forms.values()} == {"utf-8", "utf-8-sig", "cp1252"}


def test_the_good_ones_count_at_once(consolidated: Consolidated, built: Built) -> None:
    """Nine PLIE and seven structures have the figures that the build of the seeds gives them; the others none yet."""
    with both(built, consolidated.first) as connection:
        for table in COMPARED:
            assert difference(connection, table, GOOD) == [], table
        for table in ("plie_outcomes", "clause_hours_etp"):
            found = connection.execute(
                f"select distinct territory_code from new.marts.{table} where territory_kind in ('plie', 'structure')"
            ).fetchall()
            assert found and {code for (code,) in found} <= set(GOOD)


@pytest.mark.parametrize(
    ("checks", "source", "reason", "tables"),
    [
        ("ENR-01", "rejected_rows", "valeur_obligatoire_absente", DELIVERED),
        ("ENR-02", "rejected_rows", "valeur_illisible", DELIVERED),
        ("ENR-03", "rejected_rows", "valeur_ignoree", DELIVERED),
        ("ENR-04 ENR-10", "rejected_rows", "code_inconnu", DELIVERED),
        ("ENR-05", "exclusions", "orphelin", ("exits",)),
        ("ENR-06", "exclusions", "dates_inversees", ("steps",)),
        ("ENR-07", "exclusions", "doublon", DELIVERED),
    ],
)
def test_the_verdict_says_what_the_warehouse_will_say(
    consolidated: Consolidated, checks: str, source: str, reason: str, tables: Sequence[str]
) -> None:
    """The same rows (and cells), found by two programs: the intake's checks and the models."""
    said = {
        (supplier, finding["file"], line, finding["column"] if source == "rejected_rows" else None)
        for supplier, findings in consolidated.findings.items()
        for finding in findings
        for line in finding["lines"]
        if finding["check_id"] in checks.split() and table_of(finding) in tables
    }
    if source == "exclusions":
        # The first reason is the one that the models record: a row that cannot be used has had its own.
        unusable = {
            (supplier, finding["file"], line, None)
            for supplier, findings in consolidated.findings.items()
            for finding in findings
            for line in finding["lines"]
            if finding["check_id"] in ("ENR-01", "ENR-02")
        }
        said -= unusable
    column = "column_name" if source == "rejected_rows" else "null"
    with duckdb.connect(str(consolidated.first), read_only=True) as connection:
        # A delivery of the network head is its own supplier at the door, each row that of what it names.
        found = connection.execute(
            "select case when supplier_kind in ('network', 'survey') then supplier_kind else supplier_code end,"
            f" regexp_replace(source_file, '^.*/{YEAR}/', ''), source_row, {column} from quality.{source}"
            " where reason_code = ? and list_contains(?, source_table)",
            [reason, list(tables)],
        ).fetchall()
    assert found, "the sample shows it"
    assert said == set(found)


def table_of(finding: dict) -> str:
    """The table of a finding in a CSV; the suppliers whose rows are bad send CSVs under the names of the tables."""
    return Path(finding["file"]).stem


def test_others_may_read_what_is_published_and_no_more(consolidated: Consolidated) -> None:
    """The data folder was not there before: readers pass through it to what is published, and find all else closed."""
    data = consolidated.second.parent
    own = [path for path in data.iterdir() if path.name not in ("target", "logs")]
    assert len(own) > 6
    open_to_others = {path.name for path in own if path.stat().st_mode & 0o077}
    assert open_to_others - {".build.lock"} == {"serving"}
    for path in [data, *(data / "serving").rglob("*")]:
        assert path.stat().st_mode & 0o005 == (0o005 if path.is_dir() else 0o004), path
    for path in (data / "accepted").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path


def test_the_bad_ones_are_listed(consolidated: Consolidated) -> None:
    for supplier in BAD:
        assert supplier in consolidated.printed


@pytest.mark.parametrize("supplier", BAD)
def test_a_verdict_says_where_what_and_how(consolidated: Consolidated, supplier: str) -> None:
    lines = consolidated.verdicts[supplier]
    assert lines
    for line in lines:
        assert line["fichier"] and line["problème"] and line["correction"], line
    assert any(line["colonne"] for line in lines)


def test_a_second_run_takes_in_what_changed(consolidated: Consolidated) -> None:
    assert {supplier for supplier, found in consolidated.statuses.items() if found == "accepted"} == set(BAD)
    assert {supplier for supplier, found in consolidated.statuses.items() if found == "unchanged"} == set(GOOD)


def test_mended_from_their_verdicts_all_count(consolidated: Consolidated, built: Built) -> None:
    """All of them, hence the national figures of the year too, are those of the build of the seeds."""
    with both(built, consolidated.second) as connection:
        for table in (*COMPARED, *OF_TERRITORIES):
            assert difference(connection, table, None) == [], table
        for table, forms in (("plie_outcomes", FORMATS), ("clause_hours_etp", CLAUSE_FORMATS)):
            unregistered = "CL-75-99" in forms  # counts at national level only
            delivered = connection.execute(
                f"select count(distinct territory_code) from new.marts.{table}"
                " where territory_kind in ('plie', 'structure')"
            ).fetchone()
            assert delivered == (len(forms) - unregistered,)


def test_hours_that_no_landing_may_hold(consolidated: Consolidated, built: Built) -> None:
    """What the sample has more is what its rows without a complete key hold, to the hundredth: excluded hours."""
    rows = sample_rows("clause")["hours"]
    left_out: dict[str, Decimal] = dict.fromkeys(CLAUSE_FORMATS, Decimal(0))
    for supplier, form in CLAUSE_FORMATS.items():
        kept = tables_of("clause", {"hours": rows}, YEAR, supplier, form)["hours"].rows
        place = load_kind("clause").table("hours").names.index("hours")
        mine = [row["hours"] for row in rows if delivery_of(row) == (str(YEAR), supplier)]
        left_out[supplier] = total(mine) - total(row[place] for row in kept)
    assert sum(value > 0 for value in left_out.values()) == 2
    with both(built, consolidated.second) as connection:
        found = connection.execute(
            "select old.territory_code, old.hours_delivered - new.hours_delivered,"
            " old.hours_excluded - new.hours_excluded from old.marts.clause_hours_etp as old"
            " inner join new.marts.clause_hours_etp as new using (reporting_year, territory_kind, territory_code, cut)"
            " where cut = 'total' and territory_kind in ('structure', 'national')"
        ).fetchall()
    expected = {code: value for code, value in left_out.items() if code != "CL-75-99"} | {"FR": sum(left_out.values())}
    assert {code: delivered for code, delivered, _ in found} == expected
    assert {code: excluded for code, _, excluded in found} == expected


def delivery_of(row: dict[str, str]) -> tuple[str, str]:
    return row["reporting_year"].strip(), row["structure_code"].strip()


def total(texts: Iterable[str]) -> Decimal:
    """The sum of the hours that can be read."""
    return sum(
        (Decimal(text.replace(",", ".")) for text in texts if re.match(PATTERNS["hours"], text.strip())), Decimal(0)
    )


def both(built: Built, other: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(f"attach '{built.warehouse}' as old (read_only); attach '{other}' as new (read_only)")
    return connection


def difference(connection: duckdb.DuckDBPyConnection, table: str, suppliers: list[str] | None) -> list[tuple]:
    """Rows of the year that only one warehouse has; ``suppliers``: of these suppliers, None for all rows."""
    kind, without = (COMPARED | OF_TERRITORIES)[table]
    where = f"reporting_year = {YEAR}"
    if suppliers is not None:
        where += f" and territory_kind = '{kind}' and territory_code in ({', '.join(map(repr, suppliers))})"
    columns = f"* exclude ({', '.join(without)})" if without else "*"
    rows = {name: f"select {columns} from {name}.marts.{table} where {where}" for name in ("old", "new")}
    found = connection.execute(
        f"({rows['old']} except {rows['new']}) union all ({rows['new']} except {rows['old']})"
    ).fetchall()
    assert connection.execute(f"select count(*) > 0 from ({rows['old']})").fetchone() == (True,)
    return found


def test_one_small_clause_structure_is_enough(consolidated: Consolidated, tmp_path: Path) -> None:
    """A delivery in which little happens, alone in the store, is consolidated all the same, up to the release of every
    level: no rule is broken. Without a register a clause structure counts at national level only. A store with PLIE
    alone, in which nobody left for a job: test_revisions.py."""
    write_landing(tmp_path, [case for case in CASES if case.name == "a_good_clause_delivery"])
    data, _ = consolidated.free
    options = ("--without-unit-tests", str(tmp_path))
    done = run_plie("consolidate", *options, data=data, target=consolidated.free[1])
    assert done.returncode == 0, done.stdout + done.stderr
    query = "select territory_kind, hours_counted, procurements from marts.clause_hours_etp where cut = 'total'"
    with duckdb.connect(str(data / "warehouse.duckdb"), read_only=True) as connection:
        assert connection.execute(query).fetchall() == [("national", Decimal("505.50"), 6)]
