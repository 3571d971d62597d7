"""The second enforcement refuses what the first would have to let through: warehouses corrupted on purpose.

Each case changes a copy of the built warehouse in a way that keeps the tables coherent with each other, as a wrong line
of SQL would, and Great Expectations must name the rule, the territory, what it expected and what it found.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from conftest import InProcess
from shared import Built

from plie_warehouse.paths import SAMPLE
from plie_warehouse.validation import judge, site
from plie_warehouse.validation.cells import Codes
from plie_warehouse.validation.checks import Checked
from plie_warehouse.validation.comparison import compared_facts, compared_readers, compared_rest
from plie_warehouse.validation.deliveries import Deliveries, Part
from plie_warehouse.validation.frames import Warehouse
from plie_warehouse.validation.judge import Judge
from plie_warehouse.validation.judging import JSON_NAME, judge_private, judge_published
from plie_warehouse.validation.outcomes import (
    RESULT_COLUMNS,
    ExpectationOutcome,
    SuiteOutcome,
    as_rows,
    failures,
)
from plie_warehouse.validation.recompute import FACT_RULES, TABLE_RULES, Facts, Recomputed, apply_rules
from plie_warehouse.validation.recomputed_signals import EXIT_SIGNAL_RULES, EXIT_SIGNALS
from plie_warehouse.validation.verdict_cache import VerdictCache

# How the pseudonyms of the sample begin.
PSEUDONYM = "SYN-"


# The rules that the second implementation must name, and the corruption -> the statements that make it.
CASES = {
    # A figure said to have been revised to what it is not (D61).
    "D61: figure revised to another": [
        "insert into quality.revisions by name select 1 as revision_no, * exclude (unit, coverage, label_fr,"
        " cut_value_label_fr, territory_name) replace (value + 1 as value), value as previous_value, 1 as difference,"
        " 'b' as previous_build_id, date '2022-06-30' as previous_as_of_date, date '2022-06-30' as as_of_date,"
        " 'livraison corrigée' as cause_fr from marts.indicators where indicator_code = 'exits' and cut = 'total'"
        " and territory_kind = 'national' and reporting_year = 2021",
    ],
    # What nobody delivered passed off as none (D81), one participant and one result more (D80, D82), one who answered
    # for the others (D83), a line of the bridge that takes more away (D84).
    "D81: not available counted as none": [
        "update marts.esf_indicators set numerator = 0, availability = 'available'"
        " where availability = 'not_available'",
    ],
    "D80: one participant more": [
        "update marts.esf_indicators set base = base + 1 where indicator_code = 'EECO01' and territory_code = 'OI-36'",
    ],
    "D82: one result more": [
        "update marts.esf_indicators set numerator = numerator + 1 where indicator_code = 'EECR04'"
        " and territory_kind = 'operation'",
    ],
    "D83: all answered": [
        "update marts.esf_indicators set base_known = base, coverage = 1 where indicator_code = 'EECR04'",
    ],
    "D84: line of the bridge": [
        "update marts.esf_bridge set line_value = line_value - 1 where line_code = 're_entries'",
    ],
    # The difference of two rounded shares passed off as the rounded difference (D55).
    "D55: difference of rounded shares": [
        "update marts.indicator_changes set change_shown = difference_of_shown, is_rounding_apart = false"
        " where territory_kind = 'national'",
    ],
    # The same of rounded values, one digit in the sixth decimal: numerators and denominators say otherwise (D55).
    "D55: change of rounded values": [
        "update marts.indicator_changes set change = value - previous_value",
    ],
    # A change from a year whose figure is hidden (D60).
    "D60: change from a hidden figure": [
        "insert into published.indicator_changes by name select c.* from marts.indicator_changes as c"
        " inner join published.indicators as p using (reporting_year, territory_kind, territory_code,"
        " indicator_code, cut,"
        " cut_value, method_version) where p.status = 'masque_primaire'",
    ],
    # A figure hidden of which the change to the year after stays published (D60).
    "D60: change of a figure hidden since": [
        "update published.indicators set status = 'masque_secondaire', value = null where indicator_code = 'exits'"
        " and cut = 'total' and territory_kind = 'national' and reporting_year = 2020",
    ],
    # Small counts shown, and a rate whose base is hidden (D60).
    "D60: small counts shown": [
        "update published.plie_outcomes as p set exits = m.exits, exits_status = 'publie' from marts.plie_outcomes as m"
        " where m.exits < 5 and p.reporting_year = m.reporting_year and p.territory_kind = m.territory_kind"
        " and p.territory_code = m.territory_code",
    ],
    # The ESF of a year in which one region delivers operations (D85), as the sample has it.
    "D60: figures of too few regions": [
        "insert into published.plie_esf_indicators by name select *, 'publie' as participants_status,"
        " 'publie' as base_status, 'publie' as base_known_status, 'publie' as coverage_status,"
        " 'publie' as plie_status, 'publie' as plie_with_operations_status from marts.plie_esf_indicators"
        " where territory_kind = 'national' and cut = 'EECO01' and cut_value = 'total'",
    ],
    "D60: rate shown without its base": [
        "update published.plie_outcomes as p set positive_rate_raw = m.positive_rate_raw,"
        " positive_rate_raw_status = 'publie' from marts.plie_outcomes as m where p.exits_status <> 'publie'"
        " and p.reporting_year = m.reporting_year"
        " and p.territory_kind = m.territory_kind and p.territory_code = m.territory_code and m.exits > 0",
    ],
    # Moves, deaths and retirements put back into the denominator of the headline rate (D14, D15), wherever it is shown.
    "D14 D15: neutralised exits in the denominator": [
        *(
            f"update marts.{table} set exits_excluding_neutralised = exits, positive_rate_neutralised ="
            " positive_rate_raw"
            for table in ("plie_outcomes", "plie_outcomes_by_profile")
        ),
        "update marts.indicators as i set denominator = r.denominator, value = r.value from marts.indicators as r"
        " where i.indicator_code = 'positive_rate_neutralised' and r.indicator_code = 'positive_rate_raw'"
        " and i.reporting_year = r.reporting_year and i.territory_kind = r.territory_kind"
        " and i.territory_code = r.territory_code and i.cut = r.cut and i.cut_value = r.cut_value",
    ],
    # Contracts that are too short counted as durable jobs (D11, D13), in the facts and in the list of
    # reclassifications.
    "D13: short contract counted as durable": [
        "update marts.fct_exits set exit_class = declared_class, is_positive = true, reclassification_reason = null"
        " where reclassification_reason = 'contrat_trop_court'",
        "delete from quality.exit_reclassifications where reclassification_reason = 'contrat_trop_court'",
    ],
    # An unknown answer counted as a no (D33).
    "D33: unknown counted as no": [
        "update marts.plie_entry_profile set entries_known = entries, entries_unknown = 0, share_of_known ="
        " share_of_all",
    ],
    # Dates that do not go together, and nobody told (D1D): one exit of a supplier left out of the list.
    "D1D: signal left out": [
        "delete from quality.exit_signals where exit_signal = 'sortie_anticipee'",
    ],
    # A check as late as is tolerated, and one day more, signalled all the same (D1D).
    "D1D: tolerated days signalled": [
        "insert into quality.exit_signals by name select e.reporting_year, e.plie_code as supplier_code,"
        " e.participant_id, e.parcours_no, 'sortie_avant_verification' as exit_signal, e.exit_date, e.due_exit_date,"
        " e.contract_start_date, e.validated_on, 'D1D' as rule_id, 'exits.csv' as source_file, 2 as source_row,"
        " '' as message_fr, '' as remedy_fr from marts.fct_exits as e where e.validated_on > e.exit_date"
        " and e.validated_on <= e.exit_date + 31",
    ],
    # A parcours that overlaps an earlier one, kept (D1A).
    "D1A: overlap kept": [
        "delete from quality.exclusions where reason_code = 'chevauchement'",
    ],
    # A rate given as 0 where there is nothing to divide by (D18).
    "D16: zero for null": [
        "update marts.plie_outcomes_by_profile set positive_rate_raw = 0 where exits = 0",
    ],
    # One territory's count changed by one.
    "D03: one count off by one": [
        "update marts.plie_outcomes set entries = entries + 1 where territory_kind = 'region' and territory_code = '24'"
        " and reporting_year = 2021",
    ],
    # The divisor of another scheme (D40), in every table that shows ETP and in the long one.
    "D40: 1 607 instead of 1 600": [
        "update marts.clause_hours_etp set hours_per_etp = 1607, etp = round(hours_counted / 1607.0, 4)",
        "update marts.clause_facilitator_activity set hours_per_etp = 1607, etp = round(hours / 1607.0, 4),"
        " facilitators_etp_hours = facilitators_etp * 1607,"
        " etp_per_facilitator_etp = round(hours / 1607.0 / nullif(facilitators_etp, 0), 4)",
        "update marts.indicators set denominator = 1607, value = round(numerator / 1607.0, 4) where indicator_code ="
        " 'etp'",
    ],
    # A lot that two structures follow, counted once for each (D44).
    "D44: shared lot counted twice": [
        "update marts.clause_hours_etp as h set procurements = s.procurements from (select t.territory_kind,"
        " t.territory_code, e.reporting_year, e.cut, e.cut_value, sum(e.procurements) as procurements"
        " from marts.clause_hours_etp as e"
        " inner join intermediate.int_clause__territories as t on e.territory_code = t.structure_code"
        " where e.territory_kind = 'structure' group by all) as s where h.territory_kind = s.territory_kind"
        " and h.territory_code = s.territory_code and h.reporting_year = s.reporting_year and h.cut = s.cut"
        " and h.cut_value = s.cut_value",
    ],
    # Hours after the 24 months of the eligibility, counted (D41), in the fact, the exclusions and the accounting alike.
    "D41: expired eligibility counted": [
        "update marts.fct_clause_hours set is_counted = true, exclusion_reason = null"
        " where exclusion_reason = 'eligibilite_expiree'",
        "delete from quality.exclusions where reason_code = 'eligibilite_expiree'",
        "update quality.clause_hours_accounting as c set hours = c.hours + e.hours, row_count = c.row_count +"
        " e.row_count"
        " from quality.clause_hours_accounting as e where c.outcome_code = 'comptees'"
        " and e.outcome_code = 'eligibilite_expiree' and c.supplier_code = e.supplier_code"
        " and c.reporting_year = e.reporting_year",
        "delete from quality.clause_hours_accounting where outcome_code = 'eligibilite_expiree'",
    ],
    # One hundredth of an hour that was in no file (D42).
    "D41: a hundredth of an hour more": [
        "update marts.clause_hours_etp set hours_counted = hours_counted + 0.01, hours_delivered = hours_delivered +"
        " 0.01"
        " where territory_kind = 'structure' and territory_code = 'CL-36-01' and cut = 'total' and reporting_year ="
        " 2021",
    ],
    # The averages of a full-time facilitator over their number instead of their ETP (D46).
    "D46: averages over headcount": [
        "update marts.clause_facilitator_activity set hours_per_facilitator_etp = round(hours /"
        " facilitators_headcount, 4)"
        " where facilitators_headcount > 0",
    ],
    # A house that closed on 31 December, counted as existing on that day, with its rate and its indicators (D50).
    "D50: closed on the day and still there": [
        "update marts.network_coverage set mde_existing_31_dec = mde_existing_31_dec + 1,"
        " mde_coverage_rate = round(mde_covered / (mde_existing_31_dec + 1), 6)"
        " where reporting_year = 2021 and (territory_kind, territory_code)"
        " in (('departement', '59'), ('region', '32'), ('national', 'FR'))",
    ],
    # Participation over the PLIE that delivered something, accepted or not (D51).
    "D51: refused delivery takes part": [
        "update marts.network_coverage set plie_participating = plie_participating + 1,"
        " plie_participation_rate = round((plie_participating + 1) / plie_existing_in_year, 6)"
        " where reporting_year = 2020 and (territory_kind, territory_code)"
        " in (('departement', '02'), ('region', '32'), ('national', 'FR'))",
    ],
    # Members that cover a PLIE counted for the PLIE that they cover (D52).
    "D52: members counted for structures": [
        "update marts.network_coverage set plie_covered = 3, plie_coverage_rate = round(3 / plie_existing_31_dec, 6)"
        " where reporting_year = 2021 and territory_kind = 'national'",
    ],
    # A change of kind given as an arrival and a departure (D53): one type of member, the sums still agree.
    "D53: change of kind given as a move": [
        "update marts.network_members set arrivals = arrivals + 1, departures = departures + 1"
        " where reporting_year = 2021 and territory_kind = 'national' and cut_value = 'pleine/mde'",
    ],
    # Who was up to date and is no member on 31 December counted all the same (D56): in the Centre, who left that day.
    "D56: gone and up to date": [
        "update marts.network_members set employer_members = 1 where reporting_year = 2021 and territory_code = '24'"
        " and cut_value in ('total', 'pleine', 'pleine/collectivite')",
    ],
    # Seats of members that the register does not know counted among those of nobody (D57).
    "D57: seats of no known member": [
        "update marts.network_members set board_seats = board_seats + 2 where territory_kind = 'national'"
        " and cut_value in ('total', 'inconnu', 'inconnu/inconnu')",
    ],
    # Nobody said who employs the internal teams, which is not that none of them is employed (D58).
    "D58: nobody asked given as zero": [
        "update marts.survey_team_size set employer_responding_plie = coalesce(employer_responding_plie, 0)",
    ],
    # Means of the shares of each PLIE instead of shares of the pooled amounts (D54).
    "D54: means of shares": [
        "update marts.survey_funding_mix as n set share_of_amount = m.share from"
        " (select reporting_year, cut, cut_value, avg(share_of_amount) as share from marts.survey_funding_mix"
        " where territory_kind = 'plie' group by all) as m"
        " where n.territory_kind = 'national' and n.reporting_year = m.reporting_year and n.cut = m.cut"
        " and n.cut_value = m.cut_value",
    ],
    # A PLIE placed in another department (D01).
    "D01: PLIE in another department": [
        "update marts.dim_plie set department_code = '62', department_name = 'Pas-de-Calais' where plie_code = '59-09'",
    ],
}


@dataclass(frozen=True)
class Sound:
    """The built warehouse, and what the rules give, applied once: ``rules``, and the ``facts`` of each subject."""

    path: Path
    reference: dict[str, pd.DataFrame]
    rules: Recomputed
    facts: dict[str, Facts]


@pytest.fixture(scope="module")
def sound(built: Built) -> Sound:
    facts: dict[str, Facts] = {}
    with duckdb.connect(str(built.warehouse), read_only=True) as connection:
        reference = Warehouse(connection).reference()
    deliveries = Deliveries(SAMPLE, built.data / "accepted", "2022-06-30", Codes(reference))
    rules = apply_rules(deliveries, reference, lambda subject, of_subject, _: facts.__setitem__(subject, of_subject))
    return Sound(built.warehouse, reference, rules, facts)


# The sample is read as one part.
EVERYTHING = Part(None, frozenset(), frozenset())

CHANGED = re.compile(r"(?:update|insert into|delete from) (\w+)\.(\w+)")


@contextmanager
def spoilt(sound: Sound, statements: list[str]) -> Iterator[tuple[Warehouse, set[tuple[str, str]]]]:
    """The warehouse with statements applied, in memory, and the tables that they change: schema and name. A copy
    has no check constraints, which would stop some corruptions."""
    changed = {found for statement in statements for found in CHANGED.findall(statement)}
    with duckdb.connect() as connection:
        connection.execute(f"attach '{sound.path}' as sound (read_only)")
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = 'sound'"
        ).fetchall()
        for schema, table in tables:
            kind = "table" if (schema, table) in changed else "view"
            connection.execute(f"create schema if not exists {schema}")
            connection.execute(f"create {kind} {schema}.{table} as from sound.{schema}.{table}")
        for statement in statements:
            connection.execute(statement)
        yield Warehouse(connection), changed


def laid_beside(sound: Sound, warehouse: Warehouse, tables: Iterable[tuple[str, str]]) -> Iterator[Checked]:
    """Some tables beside the rules; a published one with all of them."""
    rest = compared_rest(sound.rules, warehouse, sound.reference)
    published = False
    for schema, table in tables:
        if schema == "published":
            published = True
        elif table in FACT_RULES:
            subject = next(subject for subject, facts in sound.facts.items() if table in facts)
            facts = {table: sound.facts[subject][table]}
            yield from compared_facts(subject, facts, EVERYTHING, warehouse, sound.reference)
        elif table in rest:
            yield rest[table]()
        else:
            # Nothing that the rules give stands there.
            assert (schema, table) == ("quality", "exit_reclassifications")
    if published:
        yield from compared_readers(warehouse, sound.reference)


def test_the_sound_warehouse_passes(built: Built) -> None:
    """As the build left its verdict."""
    validation = built.data / "validation"
    found = json.loads((validation / JSON_NAME).read_text(encoding="utf-8"))
    assert found["success"] and found["failures"] == [], found["failures"]
    assert found["values_compared"] > 100_000
    assert (validation / "index.html").exists()


@pytest.mark.parametrize("name", CASES)
def test_great_expectations_refuses(name: str, sound: Sound, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under the right rule, with the territory, what it expected and what it found; and nobody else does: with its
    expectations taken out nothing is refused."""
    statements, rules = CASES[name], set(name.partition(":")[0].split())
    with spoilt(sound, statements) as (warehouse, changed):
        compared = [*laid_beside(sound, warehouse, changed)]
    suites = [Judge().judge(one) for one in compared]
    results = as_rows(suites)
    refused = results[~results["success"]]
    assert rules <= set(refused["rule_id"]), failures(suites)
    assert (refused["unexpected_count"] > 0).all() and refused["first_unexpected_keys"].notna().all()
    assert PSEUDONYM not in results.to_string() + str(failures(suites))
    found = [one for one in failures(suites) if one["rule_id"] in rules]
    assert {one["rule_id"] for one in found} == rules
    assert found[0]["territory_code"] and found[0]["expected"] != found[0]["found"]

    monkeypatch.setattr(judge, "expectations", lambda checked: [])
    unjudged = [Judge().judge(one) for one in compared]
    assert all(suite.success for suite in unjudged) and not failures(unjudged) and as_rows(unjudged).empty


@pytest.mark.parametrize(
    "name", ["D56: gone and up to date", "D61: figure revised to another", "D60: small counts shown"]
)
def test_only_what_was_spoilt_is_refused(name: str, sound: Sound) -> None:
    """The suites that refuse a spoilt table pass the sound one: a case does not fail for another reason."""
    changed = {found for statement in CASES[name] for found in CHANGED.findall(statement)}
    with spoilt(sound, []) as (warehouse, _):
        for one in laid_beside(sound, warehouse, changed):
            assert Judge().judge(one).success, one.table


def one_more(measures: Iterable[str]) -> str:
    return ", ".join(f"{name} = {name} + 1" for name in measures)


@pytest.mark.parametrize("table", TABLE_RULES)
def test_every_measure_of_an_aggregate_is_compared(table: str, sound: Sound) -> None:
    """One more in each measure of the national rows, and each is named: no test in SQL has to count it again."""
    where = "where territory_kind = 'national'"
    with duckdb.connect(str(sound.path), read_only=True) as connection:
        counted = ", ".join(f"count({name})" for name in TABLE_RULES[table].measures)
        known = connection.execute(f"select {counted} from marts.{table} {where}").fetchone()
    measures = [name for name, count in zip(TABLE_RULES[table].measures, known, strict=True) if count]
    statements = [f"update marts.{table} set {one_more(measures)} {where}"]
    with spoilt(sound, statements) as (warehouse, changed):
        [suite] = [Judge().judge(one) for one in laid_beside(sound, warehouse, changed)]
    named = {one["measure"] for one in failures([suite])}
    assert measures and named >= set(measures)


# Schema and table -> what is compared in its rows, each of which is about one person.
ROW_RULES = {("marts", table): rules for table, rules in FACT_RULES.items()}
ROW_RULES["quality", EXIT_SIGNALS] = EXIT_SIGNAL_RULES


@pytest.mark.parametrize(("schema", "table"), ROW_RULES)
def test_every_row_of_a_fact_is_compared(schema: str, table: str, sound: Sound) -> None:
    """One row less is a difference of its supplier, named by its line; and so is each column."""
    rules, name_of = ROW_RULES[schema, table], f"{schema}.{table}"
    columns = [name for name in rules.columns if name not in rules.key]
    # Different in every row, also where a column is rarely known: a suite names the first rows that differ.
    others = [
        f"{name} = case when {name} is null then (select any_value({name}) from {name_of}) end" for name in columns
    ]
    for change, expected in (
        (f"delete from {name_of} where rowid = 0", {"row"}),
        (f"update {name_of} set {', '.join(others)}", set(columns)),
    ):
        with spoilt(sound, [change]) as (warehouse, changed):
            [suite] = [Judge().judge(one) for one in laid_beside(sound, warehouse, changed)]
        found = failures([suite])
        assert {one["measure"] for one in found} == expected
        assert all(one["territory_code"] and ".csv:" in one["note"] for one in found)
        assert PSEUDONYM not in str(found) + as_rows([suite]).to_string()


@pytest.mark.parametrize("schema", ["marts", "published"])
def test_every_value_of_a_change_is_compared(schema: str, sound: Sound) -> None:
    """One more in each value of one change, and another that is missing."""
    values = ["value", "previous_value", "change", "change_shown", "difference_of_shown"]
    table = f"{schema}.indicator_changes"
    statements = [
        f"delete from {table} where rowid = 0",
        *(f"update {table} set {name} = {name} + 1 where rowid = {row + 1}" for row, name in enumerate(values)),
    ]
    with spoilt(sound, statements) as (warehouse, changed):
        suites = [Judge().judge(one) for one in laid_beside(sound, warehouse, changed)]
    assert {one["measure"] for one in failures(suites)} == {"row", *values}


# Another list, parameter, extraction date and build (D60, D31, D05, D61).
CHANGED_OTHERWISE = (
    "update reference.parameters set value = value + 1 where name = 'min_cell'",
    "update reference.code_maps set field = 'other' where rowid = 0",
    "update marts.build_info set as_of_date = as_of_date + 1",
    "update marts.build_info set build_id = 'other'",
)


def judged(
    warehouse: Warehouse, docs: Path, private: VerdictCache, published: VerdictCache
) -> tuple[pd.DataFrame, dict[str, bytes]]:
    """The results of both steps, and what they leave in the folder of the Data Docs."""
    suites = judge_private(warehouse.connection, SAMPLE, docs, cache=private)
    suites += judge_published(warehouse.connection, docs, cache=published)
    pages = {str(file.relative_to(docs)): file.read_bytes() for file in docs.rglob("*") if file.is_file()}
    return as_rows(suites), pages


def tables_of(cache: VerdictCache) -> set[tuple[str, str]]:
    """The tables that its one verdict depends on."""
    [file] = cache.folder.iterdir()
    with zipfile.ZipFile(file) as stored:
        return {(schema, table) for schema, table in json.loads(stored.read("tables.json"))}


def test_a_verdict_is_reused_for_the_sound_warehouse_alone(
    sound: Sound, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same to the cell and to the page, first page and ``validation.json`` included, without Great Expectations;
    after a corruption, or under another list, parameter, day or name of the build, there is no verdict on it."""
    caches = [VerdictCache(tmp_path / step, lambda: ["sound"]) for step in ("private", "published")]
    with spoilt(sound, []) as (warehouse, _):
        results, pages = judged(warehouse, tmp_path / "cold", *caches)
        monkeypatch.setattr(judge.Judge, "judge", lambda *_: pytest.fail("judged again"))
        again, pages_again = judged(warehouse, tmp_path / "warm", *caches)
    assert results["success"].all()
    pd.testing.assert_frame_equal(again, results)
    assert pages_again == pages and len(pages) > 100
    for statements in (*CASES.values(), *([one] for one in CHANGED_OTHERWISE)):
        with spoilt(sound, statements) as (warehouse, changed):
            found = [cache.find(warehouse) for cache in caches]
        assert None in found, statements
        assert [one is None for one in found] == [bool(changed & tables_of(cache)) for cache in caches], statements


@pytest.mark.parametrize(
    ("name", "judge_step"), [("D03: one count off by one", judge_private), ("D60: small counts shown", judge_published)]
)
def test_a_corruption_is_refused_beside_a_verdict_on_the_sound_warehouse(
    name: str, judge_step: Callable[..., list[SuiteOutcome]], sound: Sound, tmp_path: Path
) -> None:
    """As without: by the same results. What is refused is not kept."""
    cache = VerdictCache(tmp_path / "cache", lambda: ["sound"])
    passed = ExpectationOutcome("D03", "critical", "a verdict", "equal", ("n",), 1, 0, True)
    with spoilt(sound, []) as (warehouse, changed):
        warehouse.tables_read.update(CHANGED.findall(" ".join(CASES[name])))
        cache.keep(warehouse, [SuiteOutcome("plie", "some", 1, 1, [passed])], tmp_path / "none")
        assert cache.find(warehouse)
    source = [SAMPLE] if judge_step is judge_private else []
    with spoilt(sound, CASES[name]) as (warehouse, changed):
        found = as_rows(judge_step(warehouse.connection, *source, tmp_path / "docs", cache=cache))
        alone = as_rows([Judge().judge(one) for one in laid_beside(sound, warehouse, changed)])
    refused = found[~found["success"]]
    assert len(refused) and len([*cache.folder.iterdir()]) == 1
    pd.testing.assert_frame_equal(refused.reset_index(drop=True), alone[~alone["success"]].reset_index(drop=True))


def test_the_same_tables_give_the_same_pages(sound: Sound, tmp_path: Path) -> None:
    """To the byte (D05): what is kept of a verdict is what judging again would write."""
    for name in ("first", "second"):
        judging = Judge(tmp_path / name)
        with spoilt(sound, []) as (warehouse, _):
            for one in laid_beside(sound, warehouse, [("marts", "plie_exit_jobs")]):
                judging.judge(one)
        judging.write()
        site.without_network_below(tmp_path / name)
    first, second = (
        {page.relative_to(tmp_path / name): page.read_bytes() for page in (tmp_path / name).rglob("*.html")}
        for name in ("first", "second")
    )
    assert first == second and len(first) > 1


@pytest.mark.parametrize("table", ["validation_results", "published_validation_results"])
def test_the_results_are_as_they_are_described_and_name_nobody(
    table: str, built: Built, warehouse: duckdb.DuckDBPyConnection
) -> None:
    """dbt enforces no contract of a model in Python."""
    rows = warehouse.execute(f"from quality.{table}").df()
    assert len(rows) and rows["success"].all() and PSEUDONYM not in rows.to_string()
    [node] = [node for node in built.manifest["nodes"].values() if node["name"] == table]
    described = {name: column["data_type"] for name, column in node["columns"].items()}
    found = warehouse.execute(f"describe quality.{table}").fetchall()
    assert {name: kind.lower() for name, kind, *_ in found} == described == RESULT_COLUMNS


def test_the_command_names_rule_plie_expected_and_found(
    corrupt: Callable[..., Path], in_process: InProcess, tmp_path: Path
) -> None:
    # A check constraint would refuse it.
    copy = "create or replace table marts.fct_exits as from marts.fct_exits"
    warehouse = corrupt(copy, *CASES["D13: short contract counted as durable"])
    code, said, _ = in_process(
        "validate", "--warehouse", str(warehouse), "--output", str(tmp_path / "docs"), data=tmp_path
    )
    assert code == 1
    assert "D13" in said and "36-01" in said
    assert "contrat_trop_court" in said and "expected" in said and "found" in said


def test_no_pseudonym_in_the_data_docs(built: Built) -> None:
    for page in (built.data / "validation").rglob("*"):
        if page.is_file():
            assert PSEUDONYM.encode() not in page.read_bytes(), page
