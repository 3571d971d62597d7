"""The gate on engines: their words stand in macros/dialect, or in what stays with DuckDB, and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from jinja2 import Environment

from plie_warehouse.paths import PROJECT

# What one engine alone understands -> what to write instead, which every engine is told in macros/dialect.
WORDS = {
    r"\badapter\.dispatch\b|\btarget\.type\b": "a macro of macros/dialect, which says what is meant",
    r"\bvarchar\b": "cast(… as {{ text_type() }})",
    r"\bhugeint\b": "{{ wide_type() }}",
    r"\bas (double|float|real)\b": "{{ real_type() }}, in tests alone",
    r"\s//\s": "{{ whole_quotient(above, below) }}",
    r"\bregexp_\w+|\brlike\b|\bsimilar to\b": "{{ matches(value, pattern) }} or {{ squeeze_blanks(value) }}",
    r"\\[dsw]": "[0-9], or the characters by name: engines differ in what they call a digit, a blank, a letter",
    r"\b(try_)?strptime\b|\bstrftime\b|\bto_date\b": "{{ existing_day(value) }} or {{ month_text(day) }}",
    r"\bmake_date\b": "{{ day_of_year(year, month, day) }}",
    r"\bdbt\.date(add|diff)\b|\bdate_(add|sub|diff)\b|\binterval\b": "{{ plus_months }}, {{ plus_days }}, days_between",
    r"\bany_value\b": "{{ one_of(value) }}",
    r"\b(min_by|max_by|arg_min|arg_max)\b": "{{ first_of(value, order) }}",
    r"\bmedian\b": "{{ median_of(value) }}",
    r"\b(string_agg|listagg|group_concat)\b": "{{ joined(value, between, order) }}",
    r"\b(unnest|explode|string_split)\b": "{{ each_part(value) }}, {{ each_whole_number(first, last) }}",
    r"\bgenerate_series\b|\brange\(": "{{ each_whole_number(first, last) }}",
    r"\bunpivot\b|\bcolumns\(": "{{ unpivoted(relation, kept) }}",
    r"\bqualify\b": "row_number() in a CTE and a where on it",
    r"\bgroup by all\b": "the columns by name",
    r"\bby name\b|\*\s*exclude\b|\*\s*replace\b|\*\s*except\b": "the columns by name",
    r"\bwith recursive\b": "a macro of macros/dialect, like overlapping_parcours: not every engine walks",
    r"\bgetvariable\b": "{{ build_name() }}",
    r"\bstruct_\w+|\blist_(?!day)\w+\(|\bread_(csv|json|parquet|text)\b": "a macro of macros/dialect",
    r"(?<!cast\()\bnull as (numerator|denominator)\b": "cast(null as bigint): one engine takes null for a text",
    r"\bfilter \(where [^\n]*\)\s+over\b": "a case inside: not every engine filters what a window counts",
    r"''''|\w''\w": "{{ apostrophe() }}: one engine takes two quotes in a text for none",
    r"::": "cast(… as …)",
}
# What stays with DuckDB: disclosure control, publication, release, second enforcement, what compares builds, and the
# head's own registers, whose rows are maps.
STAYS = re.compile(
    r"macros/(dialect/|(comments|engines|publication|release|revisions|table_materialization|unit_tests)\.sql)"
    r"|macros/activity\.sql|models/(intermediate|marts)/activity/"
    r"|models/(published|disclosure|release)/|models/quality/(revisions|disclosure_utility)\.sql"
)


def engine_words(sql: str) -> list[str]:
    """What is wrong with a text of SQL, a sentence each, which says what to write."""
    text = re.sub(r"\{#.*?#\}", " ", sql, flags=re.S)
    text = re.sub(r"--[^\n]*", " ", text)
    return [
        f"{found.group(0).strip()} is the word of an engine: write {instead}"
        for pattern, instead in WORDS.items()
        for found in re.finditer(pattern, text, re.IGNORECASE)
    ]


def portable_files() -> list[Path]:
    folders = [PROJECT / "models", PROJECT / "macros", PROJECT / "tests" / "generic"]
    return [
        path
        for folder in folders
        for path in sorted(folder.rglob("*.sql"))
        if not STAYS.search(path.relative_to(PROJECT).as_posix())
    ]


def test_no_engine_is_named_outside_the_dialect() -> None:
    """Every model up to the quality tables builds on another engine: what is written is written for all."""
    files = portable_files()
    assert len(files) > 150
    wrong = [
        f"{path.relative_to(PROJECT)}: {problem}"
        for path in files
        for problem in engine_words(path.read_text(encoding="utf-8"))
    ]
    assert wrong == [], "\n".join(wrong)


@pytest.mark.parametrize(
    "sql",
    [
        "select cast(a as varchar) from t",
        "select a // b from t",
        "select * exclude (a) from t",
        "select a from t qualify row_number() over (order by a) = 1",
        "select a, count(*) from t group by all",
        "select any_value(a) from t",
        "select make_date(2021, 1, 1)",
        "where {{ matches('a', '\\d{4}') }}",
        "select a::integer from t",
        "{% if target.type == 'spark' %}",
        "select count(*) as numerator, null as denominator",
        "select max(a) filter (where b = 1)\n    over (partition by c) as d",
        "select '''' || a",
        "select ' n''est pas' || a",
    ],
)
def test_the_gate_notices_a_word_and_says_what_to_write(sql: str) -> None:
    problems = engine_words(sql)
    assert len(problems) == 1
    assert ": write " in problems[0]


def test_the_gate_passes_over_comments_and_the_words_of_the_dialect() -> None:
    assert (
        engine_words("-- any_value would do\nselect {{ one_of('a') }}, cast(null as bigint) as denominator from t")
        == []
    )


def reordered_legs(sql: str) -> list[str]:
    """Stars of a table, after a join by ``using``, in a leg of a union: a union goes by place, and one engine puts what
    the tables are joined by first."""
    found = []
    lines = sql.splitlines()
    for number, line in enumerate(lines):
        if not (union := re.match(r"( *)(\{\{ ')?union\b", line)):
            continue
        for way in (-1, 1):
            leg = []
            for other in lines[number + way :: way]:
                indent = len(other) - len(other.lstrip())
                if other.strip() and (indent < len(union[1]) or re.match(r" *(\{\{ ')?union\b", other)):
                    break
                leg.append(other)
            text = "\n".join(leg)
            if " using (" in text:
                found += re.findall(r"^ *(\w+\.\*)", text, re.MULTILINE)
    return found


def test_no_union_goes_by_the_place_of_a_column_that_engines_move() -> None:
    wrong = {
        str(path.relative_to(PROJECT)): stars
        for path in portable_files()
        if (stars := reordered_legs(path.read_text(encoding="utf-8")))
    }
    assert wrong == {}, "name the columns, or write on for using"


def test_the_gate_notices_a_star_that_is_moved() -> None:
    leg, other = "select\n        a.*,\n        b.z\n    from a\n    left join b using (k)", "select * from c"
    for legs in ((leg, other), (other, leg)):
        union = "with d as (\n    {}\n    union all\n    {}\n)\n".format(*legs)
        assert reordered_legs(union) == ["a.*"]
        assert reordered_legs(union.replace("using (k)", "on a.k = b.k")) == []
    assert reordered_legs(f"with d as (\n    {leg}\n),\n\ne as (\n    {other}\n    union all\n    {other}\n)") == []


@pytest.fixture(scope="module")
def said_by_on() -> Callable[[str], str]:
    """``joins_said_by_on`` of Spark's dialect."""
    text = (PROJECT / "macros" / "dialect" / "spark.sql").read_text(encoding="utf-8")
    (macro,) = re.findall(r"{% macro joins_said_by_on.*?endmacro %}", text, re.DOTALL)
    said: list[str] = []
    macros = Environment(extensions=["jinja2.ext.do"]).from_string(macro)
    words = macros.make_module({"modules": SimpleNamespace(re=re), "return": said.append})

    def run(sql: str) -> str:
        words.joins_said_by_on(sql)
        return said[-1]

    return run


@pytest.mark.parametrize(
    ("using", "on"),
    [
        ("from a left join b using (k)", "from a left join b on a.k = b.k"),
        ("from s.`a` as c\njoin s.b as d using (k, l)", "from s.`a` as c\njoin s.b as d on c.k = d.k and c.l = d.l"),
        ("from a join b using (k) join c using (l)", "from a join b on a.k = b.k join c on a.l = c.l"),
        (
            "from (select 1 from x join y using (k)) as a join b using (k)",
            "from (select 1 from x join y on x.k = y.k) as a join b on a.k = b.k",
        ),
        (
            "from a join (select extract(year from d) from e) as b using (k)",
            "from a join (select extract(year from d) from e) as b on a.k = b.k",
        ),
        (
            "from a join b on a.x is distinct from b.x join c using (k)",
            "from a join b on a.x is distinct from b.x join c on a.k = c.k",
        ),
        (
            "select '(from z' -- from z (\nfrom a join b using (k)",
            "select '(from z' -- from z (\nfrom a join b on a.k = b.k",
        ),
        ("select 'a join b using (k)' from c", "select 'a join b using (k)' from c"),
    ],
)
def test_a_join_by_using_is_said_by_on(said_by_on: Callable[[str], str], using: str, on: str) -> None:
    assert said_by_on(using) == on


def test_every_word_of_the_dialect_is_one_for_each_engine() -> None:
    """A dispatcher has an answer for each engine: its own, or the one that those that agree share."""
    folder = PROJECT / "macros" / "dialect"
    defined = {
        name for path in folder.glob("*.sql") for name in re.findall(r"{% macro (\w+)\(", path.read_text("utf-8"))
    }
    dispatched = set(
        re.findall(r"adapter\.dispatch\('(\w+)', 'plie_warehouse'\)", (folder / "dialect.sql").read_text("utf-8"))
    )
    assert len(dispatched) > 20
    for word in dispatched:
        assert word in defined
        for engine in ("duckdb", "postgres", "spark"):
            assert {f"{engine}__{word}", f"default__{word}"} & defined, f"say what {word} is on {engine}"
