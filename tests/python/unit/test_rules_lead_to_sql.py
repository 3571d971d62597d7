"""Every rule leads to its SQL and its unit test, and the generated pages say so. Nothing is built."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from plie_warehouse.cli import main
from plie_warehouse.explain.documents import INDICATORS, RULES, stale_documents, write_documents
from plie_warehouse.explain.gate import problems
from plie_warehouse.explain.project import Place, Project

PROJECT = Project()

# No rule has these ids: what is written here is no place of a rule.
PROPERTIES = """
models:
  - name: exits
    config: {tags: [fast, D9Y]}
    data_tests: [unique_key: {name: unique_exits}]
unit_tests:
  - name: three_rates
    model: exits
    config:
      tags: [D9Y]
"""
RULES_SEED = "seeds/reference/rules.csv"
MACROS = "macros:\n  - name: rate\n    config: {meta: {rules: [D9Y]}}\n"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A project of one rule that has all that the gate asks for."""
    files = {
        RULES_SEED: "rule_id,label_fr,statement_fr,source\nD9Y,Trois taux,Jamais confondus,2.2\n",
        "models/exits.sql": "-- Rates (D9Y).\nselect 1\n-- D9Z, D9Y: three rates\n",
        "models/_exits.yml": PROPERTIES,
        "macros/_macros.yml": MACROS,
        "macros/rates.sql": "{# D9Y #}\n{% macro rate(a) %}{{ a }}{% endmacro %}\n",
        "tests/rates.sql": "-- The rates (D9Y).\nselect 1\n",
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    return tmp_path


def test_each_rule_leads_to_its_sql() -> None:
    assert problems(PROJECT) == []


def test_where_a_rule_is(small: Path) -> None:
    project = Project(small)
    assert problems(project) == []
    assert [item.place for item in project.models] == [Place("models/exits.sql", 3, "exits")]
    assert [item.place for item in project.macros] == [Place("macros/rates.sql", 2, "rate")]
    assert [str(item.place) for item in project.unit_tests] == ["models/_exits.yml:7"]
    assert [str(item.place) for item in project.data_tests] == ["models/_exits.yml:5"]
    assert [str(place) for place in project.named_in("D9Y", "tests", "*.sql")] == ["tests/rates.sql:1"]
    assert project.named_in("D9Z", "tests", "*.sql") == []


@pytest.mark.parametrize(
    ("path", "before", "after", "sentences"),
    [
        ("models/exits.sql", "D9Y", "D9Z", ["Rule D9Y has no SQL", "The model exits is tagged D9Y and does not name"]),
        ("models/_exits.yml", "[fast, D9Y]", "[fast]", ["Rule D9Y has no SQL"]),
        ("models/_exits.yml", "tags: [D9Y]", "tags: [slow]", ["Rule D9Y has no unit test"]),
        ("models/_exits.yml", "[fast, D9Y]", "[D9Y, D9W]", ["The model exits is tagged D9W, which is no rule"]),
        ("models/_exits.yml", "[fast, D9Y]", "[D9Y, d9y]", ["The model exits is tagged d9y, which is no rule"]),
        ("macros/_macros.yml", "[D9Y]", "[D9V]", ["The macro rate is tagged D9V, which is no rule"]),
        ("macros/rates.sql", "D9Y", "", ["The macro rate is tagged D9Y and does not name it"]),
        (RULES_SEED, "2.2\n", "2.2\nD9X,Profil,Bruts,2.2\n", ["Rule D9X has no SQL", "Rule D9X has no unit test"]),
    ],
)
def test_the_gate_notices(small: Path, path: str, before: str, after: str, sentences: list[str]) -> None:
    text = (small / path).read_text(encoding="utf-8")
    (small / path).write_text(text.replace(before, after), encoding="utf-8")
    found = problems(Project(small))
    assert len(found) == len(sentences)
    assert all(one.startswith(sentence) for one, sentence in zip(found, sentences, strict=True))


def test_the_generated_pages_are_current() -> None:
    assert stale_documents(PROJECT) == []


def test_an_edited_page_a_forgotten_one_and_a_changed_rule_are_noticed(tmp_path: Path) -> None:
    for folder in ("models", "macros", "seeds/reference", "docs", "tests"):
        shutil.copytree(PROJECT.root / folder, tmp_path / folder)
    project = Project(tmp_path)
    write_documents(project)
    pages = tmp_path / INDICATORS
    text = (pages / "plie_outcomes.md").read_text(encoding="utf-8")
    (pages / "plie_outcomes.md").write_text(text + "\n", encoding="utf-8")
    (pages / "plie_caseload.md").unlink()
    (pages / "former_mart.md").write_text("", encoding="utf-8")
    names = ("former_mart", "plie_caseload", "plie_outcomes")
    assert stale_documents(project) == [
        f"{INDICATORS}/{name}.md is not what the project says: run `plie docs --write`." for name in names
    ]
    write_documents(project)
    assert stale_documents(project) == []
    rules = tmp_path / RULES_SEED
    rules.write_text(rules.read_text(encoding="utf-8").replace("Trois taux", "Quatre taux"), encoding="utf-8")
    assert stale_documents(Project(tmp_path)) == [f"{RULES} is not what the project says: run `plie docs --write`."]


@pytest.mark.parametrize(
    ("figure", "code", "message"),
    [
        ("c21_rate_positive_raw", 2, "run make build first"),
        ("positive_rate_raw/FR/2021", 2, "run make build first"),
        ("c21_rate_positive_rw", 1, "noms proches : c21_rate_positive_raw"),
        ("positive_rate_raw", 1, "est un indicateur : ajouter le territoire et l'année"),
    ],
)
def test_without_a_warehouse(
    figure: str, code: int, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setenv("PLIE_DATA_DIR", str(tmp_path))
    assert main(["explain", figure]) == code
    assert message in capsys.readouterr().err


def test_a_file_that_is_no_warehouse(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setenv("PLIE_DATA_DIR", str(tmp_path))
    (tmp_path / "warehouse.duckdb").write_text("not a database", encoding="utf-8")
    assert main(["explain", "c21_rate_positive_raw"]) == 2
    assert "run make build again" in capsys.readouterr().err


def test_national_values_alone_are_refused(capsys: pytest.CaptureFixture) -> None:
    assert main(["docs", "--values"]) == 2
    assert "add --write to --values" in capsys.readouterr().err
