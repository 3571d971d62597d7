"""The common indicators of the ESF+ by region (D85): what the disclosure control leaves of them gives nothing back, and
the attack sees it when one figure more is shown."""

from __future__ import annotations

import csv
import random
from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import duckdb
import pytest

from plie_warehouse.attack.attack import Outcome, attack
from plie_warehouse.attack.attack_report import GROWTH, HELD, KNOWN_TO_PUBLIC, RECOVERED, figures
from plie_warehouse.attack.published import FILE
from plie_warehouse.disclosure import deciding
from plie_warehouse.disclosure.cells import Rule, relations_of
from plie_warehouse.paths import PROJECT

TABLE = "plie_esf_indicators"
MEASURES = ("participants", "base", "base_known")
# Region -> persons that enter in each of two years. The last brings few in its second year.
REGIONS = {"11": (40, 30), "32": (25, 25), "44": (60, 40), "75": (30, 3)}
SHOWN, MIN_CELL = "publie", 5
# The network of most tests.
NETWORK = 19

Figure = tuple[int, str, str, str, str, str]


def seed(name: str) -> list[dict[str, str]]:
    with (PROJECT / "seeds" / "reference" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def people(number: int) -> Iterator[dict[str, object]]:
    """Persons in operations: what each is for each indicator, of whom it is asked, and of whom it is known. ``number``:
    of the network, drawn at random."""
    draw = random.Random(number)
    for region, numbers in REGIONS.items():
        for year, persons in zip((2021, 2022), numbers, strict=True):
            for _ in range(persons):
                yield person(region, year, draw)


def person(region: str, year: int, draw: random.Random) -> dict[str, object]:
    status = draw.choices(["unemployed", "inactive", "employed"], [80, 14, 6])[0]
    age, level = draw.choices(["minor", "young", "other", "older"], [2, 38, 45, 15])[0], draw.choice([1, 1, 2, 3, None])
    left, known = draw.random() < 0.6, draw.random() < 0.8
    after = draw.choice(["searching", "training", "working", "working"]) if known else None
    has: dict[str, bool | None] = {
        "EECO01": True,
        "EECO02": status == "unemployed",
        "EECO03": status == "unemployed" and draw.random() < 0.5,
        "EECO04": status == "inactive",
        "EECO05": status == "employed",
        **{code: age == name for code, name in (("EECO06", "minor"), ("EECO07", "young"), ("EECO08", "older"))},
        **{f"EECO{8 + one:02d}": None if level is None else level == one for one in (1, 2, 3)},
        **{code: draw.choices([True, False, None], [5, 75, 20])[0] for code in ("EECO12", "EECO13", "EECO14")},
        **{code: draw.choices([True, False, None], [5, 75, 20])[0] for code in ("EECO16", "EECO17")},
        **{
            code: None if after is None else after == name
            for code, name in (("EECR01", "searching"), ("EECR02", "training"), ("EECR04", "working"))
        },
        "EECR03": draw.random() < 0.2,
        "EECR05": draw.choice([True, False, None]),
        "EECR06": draw.choice([True, False, None]),
    }
    due = left and draw.random() < 0.5
    concerned = {
        "participants": True,
        "leavers": left,
        "leavers_inactive": left and status == "inactive",
        "leavers_not_employed": left and status != "employed",
        "due": due,
        "due_employed": due and status == "employed",
    }
    sex = draw.choices(["femme", "homme", "inconnu"], [50, 45, 5])[0]
    return {"region": region, "year": year, "sex": sex, "has": has, "concerned": concerned}


@cache
def counts(number: int) -> dict[Figure, int]:
    """Year, territory kind and code, indicator, sex, measure -> count, cumulated over the years."""
    listed = [row for row in seed("esf_indicator_list") if row["applies"] == "true"]
    places = [("region", region) for region in REGIONS] + [("national", "FR")]
    found: Counter[Figure] = Counter(
        {
            (year, *place, row["indicator_code"], sex, measure): 0
            for year in (2021, 2022)
            for place in places
            for row in listed
            for sex in ("femme", "homme", "inconnu", "total")
            for measure in MEASURES
        }
    )
    for one in people(number):
        for row in listed:
            has, concerned = one["has"][row["indicator_code"]], one["concerned"][row["base"]]
            numbers = (concerned and bool(has), concerned, concerned and has is not None)
            for year in range(one["year"], 2023):
                for place in (("region", one["region"]), ("national", "FR")):
                    for sex in (one["sex"], "total"):
                        for measure, number in zip(MEASURES, numbers, strict=True):
                            found[year, *place, row["indicator_code"], sex, measure] += bool(number)
    return dict(found)


@pytest.fixture(scope="module")
def hidden(tmp_path_factory: pytest.TempPathFactory) -> dict[Figure, str]:
    return hidden_of(tmp_path_factory.mktemp("cache"))


def hidden_of(cache: Path, number: int = NETWORK) -> dict[Figure, str]:
    """Figure -> its status, of those that the control suppresses."""
    rules = {
        (row["mart"], row["cut"], row["measure"]): Rule(row["quantity"], False, row["finest_level"])
        for row in seed("measures")
        if row["mart"] == TABLE and row["measure"] in MEASURES
    }
    relations = relations_of([row for row in seed("additive_relations") if row["relation_id"].startswith("esf_")])
    levels = {row["territory_kind"]: int(row["display_order"]) for row in seed("territory_kinds")}
    parameters = [row | {"valid_from": date.fromisoformat(row["valid_from"])} for row in seed("parameters")]
    parameters = [row | {"valid_to": row["valid_to"] and date.fromisoformat(row["valid_to"])} for row in parameters]
    network = deciding.Network(
        rules,
        relations,
        {("region", region): ("national", "FR") for region in REGIONS},
        levels,
        [row | {"valid_to": row["valid_to"] or None} for row in parameters],
        cache,
    )
    by_year: dict[int, list[tuple]] = {2021: [], 2022: []}
    for (year, kind, code, indicator, sex, measure), count in sorted(counts(number).items()):
        by_year[year].append((kind, code, TABLE, indicator, sex, measure, count))
    return {
        (year, kind, code, cut, value, measure): status
        for year, kind, code, _, cut, value, measure, status, *_ in network.suppressed(by_year)
    }


def attacked(folder: Path, hidden: dict[Figure, str], number: int = NETWORK) -> Outcome:
    """The attack on a file of this table alone, with these figures suppressed."""
    file = folder / FILE
    rows: dict[tuple, dict[str, object]] = {}
    for (*key, measure), count in sorted(counts(number).items()):
        status = hidden.get((*key, measure), SHOWN)
        rows.setdefault(tuple(key), {})[measure] = (count if status == SHOWN else None, status)
    with duckdb.connect(str(file)) as connection:
        connection.execute("create schema published; create schema reference")
        connection.execute(
            "create table published.dim_plie (plie_code varchar, department_code varchar, region_code varchar,"
            " is_registered boolean)"
        )
        connection.executemany(
            "insert into published.dim_plie values (?, ?, ?, true)", [[one, one, one] for one in REGIONS]
        )
        figure = ", ".join(f"{measure} bigint, {measure}_status varchar" for measure in MEASURES)
        connection.execute(
            f"create table published.{TABLE} (reporting_year integer, territory_kind varchar, territory_code varchar,"
            f" cut varchar, cut_value varchar, {figure})"
        )
        connection.executemany(
            f"insert into published.{TABLE} values ({', '.join('?' * (5 + 2 * len(MEASURES)))})",
            [[*key, *(part for measure in MEASURES for part in row[measure])] for key, row in rows.items()],
        )
    return attack(file)


def found(outcome: Outcome) -> set[str]:
    return {figure.verdict for figure in figures(outcome)} - {HELD, KNOWN_TO_PUBLIC}


def test_nothing_is_recovered_of_what_readers_get(hidden: dict[Figure, str], tmp_path: Path) -> None:
    outcome = attacked(tmp_path, hidden)
    assert not found(outcome) and not outcome.succeeded
    assert "chiffres cumulés" in " ".join(outcome.notes)
    counted = counts(NETWORK).items()
    nation = {key[3:]: count for key, count in counted if key[:2] == (2022, "national")}
    small = {key for key, count in counted if key[:2] == (2022, "region") and count < MIN_CELL <= nation[key[3:]]}
    assert small and small <= hidden.keys()
    # Most figures are shown all the same.
    assert len(hidden) < 0.8 * sum(key[1] == "region" for key in counts(NETWORK))


@pytest.mark.parametrize("number", [2, 5])
def test_the_years_of_another_network_do_not_tell_of_each_other(tmp_path: Path, number: int) -> None:
    """Year by year nothing followed from either. From both together 25 figures of the first did, a count of 1 among
    them; of the second some as long as the control forgot that the growths of the regions make that of the nation."""
    hidden = hidden_of(tmp_path / "cache", number)
    assert not found(attacked(tmp_path, hidden, number))


def test_one_base_that_is_shown_gives_the_others_back(hidden: dict[Figure, str], tmp_path: Path) -> None:
    """Every output is about all participants (D81): the same count stands in sixteen places."""
    key = next(key for key in sorted(hidden) if key[3:] == ("EECO03", "femme", "base"))
    assert RECOVERED in found(attacked(tmp_path, {other: hidden[other] for other in hidden if other != key}))


def test_the_other_regions_give_a_small_count_back(hidden: dict[Figure, str], tmp_path: Path) -> None:
    measure = ("EECO05", "total", "participants")
    key = next(key for key in sorted(hidden) if key[3:] == measure and counts(NETWORK)[key] < MIN_CELL)
    others = {(*key[:2], region, *measure) for region in REGIONS} - {key}
    assert others & hidden.keys()
    assert RECOVERED in found(attacked(tmp_path, {other: hidden[other] for other in hidden if other not in others}))


def test_the_persons_of_a_year_are_hidden_by_either_year(hidden: dict[Figure, str], tmp_path: Path) -> None:
    """Region 75 brings three in its second year: both totals are large, and their difference is not shown."""
    keys = [(year, "region", "75", "EECO01", "total", "participants") for year in (2021, 2022)]
    assert [counts(NETWORK)[key] for key in keys] == [30, 33]
    assert keys[1] in hidden
    # Everything that must equal it, or add up to it, is shown too.
    shown = {key for key in hidden if key[3] == "EECO01" or (key[5] == "base" and key[3] < "EECR")}
    outcome = attacked(tmp_path, {key: status for key, status in hidden.items() if key not in shown})
    growths = [figure for figure in figures(outcome) if figure.table == GROWTH and figure.territory_code == "75"]
    assert ("esf, EECO01, total", 3.0) in {(figure.cut, figure.lowest) for figure in growths}
