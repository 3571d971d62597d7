"""What README, CONTRIBUTING, CHANGELOG, docs/, the exposures and the glossary name exists.

No build is needed: files, YAML and the command line are read.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
import yaml

from plie_warehouse.explain.glossary import glossary_rows, warehouse_names
from plie_warehouse.paths import PROJECT
from plie_warehouse.release.released_tables import REFERENCE_TABLES
from plie_warehouse.superset.bundle import Bundle

README_LINES = 120
DOCUMENTS = sorted(
    path.relative_to(PROJECT).as_posix()
    for path in [
        *(PROJECT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
        *(PROJECT / "docs").rglob("*.md"),
    ]
)
# A folder of one machine, or the address of a package index.
MACHINE = re.compile(
    r"(?<![\w$}./-])/(?:home|root|tmp|opt|work|mnt|var|srv|Users)/[\w.-]+|[\w.]*pypi[\w.]*\.\w+|\S*/simple\b"
)
LINK = re.compile(r"\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]*))?\)")
CODE = re.compile(r"```[^\n]*\n(.*?)```|`([^`\n]+)`", re.DOTALL)
COMMENT = re.compile(r"(?:^|\s)#.*|--\s.*")


@cache
def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z0-9-]+):", (PROJECT / "Makefile").read_text(encoding="utf-8"), flags=re.M))


@cache
def plie_commands() -> set[str]:
    commands = PROJECT / "scripts" / "plie_warehouse" / "commands"
    return {
        name
        for path in commands.glob("*.py")
        for name in re.findall(r'^NAME = "([a-z-]+)"', path.read_text(), flags=re.M)
    }


@cache
def selectors() -> set[str]:
    return {one["name"] for one in yaml.safe_load((PROJECT / "selectors.yml").read_text(encoding="utf-8"))["selectors"]}


@cache
def relations() -> set[str]:
    """Names of tables: files of models and of reference lists, and the table that a release adds."""
    models = {path.stem for folder in ("models", "seeds") for path in (PROJECT / folder).rglob("*.*")}
    return models | {name.removeprefix("published_") for name in models} | {"publication"}


@cache
def described_names() -> set[str]:
    """Names of tables and columns that the YAML of models and reference lists describes."""
    names = set()
    for folder in ("models", "seeds/reference"):
        for path in (PROJECT / folder).rglob("*.yml"):
            names |= set(re.findall(r"^ *- (?:\{|)name: \"?(\w+)", path.read_text(encoding="utf-8"), flags=re.M))
    return names


def is_relation(name: str) -> bool:
    """A table, or a narrow view of it in the published file."""
    table, _, kind = name.rpartition("_")
    return name in relations() or (kind in ("simple", *LEVELS) and table in relations())


def anchors(path: Path) -> set[str]:
    """Of the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), flags=re.M)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


# The levels that have a view of their own.
LEVELS = ("plie", "structure", "departement", "region", "national")

# What a page names in its code: sentence when it does not exist, pattern of the name, whether it exists.
NAMED: tuple[tuple[str, str, Callable[[str], bool]], ...] = (
    ("no such target: make ", r"\bmake ([a-z][a-z0-9-]*)", lambda name: name in make_targets()),
    ("no such command: plie ", r"\bplie ([a-z][a-z-]*)", lambda name: name in plie_commands()),
    ("no such selector: ", r"--selector (\w+)", lambda name: name in selectors()),
    (
        "no such file: ",
        r"(?<![\w/])(?:models|seeds|macros|tests|scripts|analyses|docs)/[\w/.*-]*\w",
        lambda name: any(PROJECT.glob(name)),
    ),
    ("no such table: ", r"\b(?:marts|quality|published|reference)\.(\w+)", lambda name: is_relation(name)),
)


def document_problems(text: str, folder: Path = PROJECT) -> list[str]:
    """One sentence for each thing that a page names and that does not exist. ``folder``: of the page."""
    problems = [f"names a machine: {found}" for found in MACHINE.findall(text)]
    for target, anchor in LINK.findall(CODE.sub("", text)):
        path = folder / (target or ".")
        if not path.exists():
            problems.append(f"link to nothing: {target}")
        elif anchor and path.suffix == ".md" and anchor not in anchors(path):
            problems.append(f"link to no heading: {target}#{anchor}")
    for block, span in CODE.findall(text):
        code = COMMENT.sub("", block or span)
        for sentence, named, exists in NAMED:
            problems += [f"{sentence}{name}" for name in re.findall(named, code) if not exists(name)]
    return problems


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_a_document_names_exists(name: str) -> None:
    """Links, targets of make, subcommands, selectors, files and tables. The changelog names what is gone, too: of it
    links and machines are looked at."""
    text = (PROJECT / name).read_text(encoding="utf-8")
    problems = document_problems(text, (PROJECT / name).parent)
    gone = [] if name != "CHANGELOG.md" else [one for one in problems if one.startswith("no such")]
    assert [one for one in problems if one not in gone] == [], f"correct {name}"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("see [rules](docs/no_such_page.md)", "link to nothing: docs/no_such_page.md"),
        ("see [rules](docs/README.md#no-such-heading)", "link to no heading: docs/README.md#no-such-heading"),
        ("run `make everything`", "no such target: make everything"),
        ("```sh\nmake everything    # all\n```", "no such target: make everything"),
        ("run `plie everything FIGURE`", "no such command: plie everything"),
        ("run `dbt ls --selector everything`", "no such selector: everything"),
        ("in `scripts/plie_warehouse/no_such_module.py`", "no such file: scripts/plie_warehouse/no_such_module.py"),
        ("in `marts.no_such_table`", "no such table: no_such_table"),
        ("under /home/somebody/data", "names a machine: /home/somebody"),
        ("from https://pypi.org/", "names a machine: pypi.org"),
        ("from https://index.example/simple", "names a machine: https://index.example/simple"),
    ],
)
def test_a_document_that_names_nothing_is_noticed(text: str, problem: str) -> None:
    assert document_problems(text) == [problem]


def test_what_exists_may_be_named() -> None:
    text = (
        "[docs](docs/README.md#documentation), `make build`, `plie build --as-of-date 2022-06-30`,"
        " `dbt ls --selector fast`,"
        " `marts.plie_outcomes`, `models/*/plie`, 127.0.0.1, `$PLIE_DATA_DIR/docs/index.html`, https://keepachangelog.com"
    )
    assert document_problems(text) == []


def test_the_readme_is_short() -> None:
    lines = (PROJECT / "README.md").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= README_LINES, f"README.md has {len(lines)} lines: move what is not needed first to docs/"


def exposed(name: str) -> set[str]:
    """What an exposure depends on."""
    exposures = yaml.safe_load((PROJECT / "models" / "exposures.yml").read_text(encoding="utf-8"))["exposures"]
    [exposure] = [one for one in exposures if one["name"] == name]
    return set(re.findall(r"ref\('(\w+)'\)", " ".join(exposure["depends_on"])))


def read_by(datasets: list[dict]) -> set[str]:
    """The models that datasets of the dashboard read, by table or by SQL."""
    read = set()
    for dataset in datasets:
        sql = dataset.get("sql") or f"{dataset['schema']}.{dataset['table_name']}"
        for schema, name in re.findall(r"\b(published|reference)\.(\w+)", sql):
            read.add(name if schema == "reference" else f"published_{name}")
    return read


def test_the_exposures_name_what_is_read() -> None:
    """The dashboard: what its datasets read. The published file: every published model, and the lists beside them."""
    datasets = [content for path, content in Bundle.read().files.items() if path.startswith("datasets/")]
    assert exposed("superset_dashboard") == read_by(datasets)
    published = {path.stem for path in (PROJECT / "models" / "published").glob("*.sql")}
    assert exposed("published_file") == published | set(REFERENCE_TABLES)


def test_a_dataset_that_the_exposure_leaves_out_is_noticed() -> None:
    dataset = {"table_name": "x", "schema": "published", "sql": "from published.survey_partners join reference.rules"}
    assert read_by([dataset]) - exposed("superset_dashboard") == {"published_survey_partners", "rules"}


def unknown_names(rows: list[dict[str, str]]) -> list[str]:
    """Names in a glossary that no table or column has."""
    return [name for row in rows for name in warehouse_names(row) if name not in described_names()]


def test_the_glossary_names_tables_and_columns() -> None:
    assert unknown_names(glossary_rows(PROJECT)) == []
    assert unknown_names([{"warehouse_names": "fct_parcours, no_such_column"}]) == ["no_such_column"]
