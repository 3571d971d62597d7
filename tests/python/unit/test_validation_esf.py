"""The pandas recomputation of the ESF+ (D80 to D84), on hand-made frames, on both sides of each boundary."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hand_made import REFERENCE, staged_frame
from test_validation_rules import AS_OF_DATE, staged

from plie_warehouse.validation import recomputed_esf, recomputed_plie
from plie_warehouse.validation.checks import compared_suppliers
from plie_warehouse.validation.tables import territories_of

PLIE = "36-01"
HERE = {"plie_code": PLIE, "supplier_code": PLIE, "esf_operation_id": "O"}
LEFT = {"plie_code": PLIE, "supplier_code": PLIE}


def tables(
    participants: list[dict], exits: list[dict] | None = None, followups: list[dict] | None = None
) -> dict[str, pd.DataFrame]:
    """``esf_indicators`` and ``esf_bridge`` of some delivered rows, those of 36-01 in an operation unless they say."""
    frames = {
        "participants": staged("participants", *(HERE | row for row in participants)),
        "exits": staged("exits", *(LEFT | row for row in exits or [])),
        "steps": staged("steps"),
        "followups": staged("followups", *(LEFT | row for row in followups or [])),
    }
    rows = recomputed_plie.judge_rows(frames, REFERENCE, AS_OF_DATE)
    seen = recomputed_esf.with_reasons(rows.followups, rows.delivered, rows.stays)
    classes = REFERENCE["exit_classes"].set_index("exit_class")["is_durable_job"]
    ended = rows.exits.assign(is_durable_job=rows.exits["exit_class"].map(classes))
    register = REFERENCE["plie_register"]
    territories = territories_of(rows.plies, register, REFERENCE["departments"], "plie_code", "plie")
    facts = recomputed_esf.Facts(rows.parcours[rows.parcours["is_entry"]], ended)
    return recomputed_esf.tables(rows.parameters, rows.stays, seen, facts, territories, register, REFERENCE)


def figure(found: dict[str, pd.DataFrame], code: str, sex: str = "total", day: str = "2021-12-31") -> tuple[Any, ...]:
    """Numerator, base, base known and reason of one indicator of the PLIE."""
    rows = found["esf_indicators"]
    wanted = {
        "territory_kind": "plie",
        "indicator_code": code,
        "sex": sex,
        "cutoff_date": day,
        "region_category": "total",
    }
    for name, value in wanted.items():
        rows = rows[rows[name] == value]
    [row] = rows.to_dict("records")
    return tuple(row[name] for name in ("numerator", "base", "base_known", "reason_code"))


def test_without_the_columns_nothing_is_available() -> None:
    found = tables([{"esf_operation_id": None}], [{"exit_date": "2021-09-30"}])
    rows = found["esf_indicators"]
    assert set(rows["availability"]) == {"not_available"} and rows["numerator"].isna().all()
    assert set(rows["reason_code"]) == {"operations_non_livrees", "sans_objet"}
    assert found["esf_bridge"].empty
    alone = tables([{}])
    assert figure(alone, "EECO01") == ("1", "1", "1", "complet")
    assert figure(alone, "EECO02") == (None, "1", "0", "colonne_non_livree")


@pytest.mark.parametrize(("table", "supplier"), [("esf_indicators", "territory_code"), ("esf_bridge", "plie_code")])
def test_no_delivery_of_a_plie_is_no_row(table: str, supplier: str) -> None:
    """The table has its columns all the same, so that it can be laid beside the warehouse's."""
    nothing = tables([])[table]
    assert len(nothing) == 0 < len(tables([{}])[table])
    assert {*nothing.columns} - {"level"} <= {*tables([{}])[table].columns}
    assert len(compared_suppliers("indicators", table, nothing, nothing, supplier=supplier).frame) == 0


@pytest.mark.parametrize(("exit_date", "persons"), [("2021-03-01", "0"), ("2021-03-02", "1")])
def test_a_stay_of_a_day_is_none(exit_date: str, persons: str) -> None:
    found = tables([{"entry_date": "2021-03-01"}], [{"exit_date": exit_date}])
    assert figure(found, "EECO01")[0] == persons
    assert figure(found, "EECR02")[1] == persons


def test_one_who_comes_back_is_one_and_keeps_the_first_values() -> None:
    twice = [
        {"entry_date": "2021-01-01", "labour_status_at_entry": "inactif"},
        {"entry_date": "2021-05-01", "labour_status_at_entry": "en_emploi", "parcours_no": 2},
    ]
    left = [{"exit_date": "2021-03-01"}, {"exit_date": "2021-09-30", "parcours_no": 2}]
    found = tables(twice, left[:1])
    assert figure(found, "EECO01")[0] == figure(found, "EECO04")[0] == "1"
    assert figure(found, "EECO05")[0] == figure(found, "EECR02")[1] == "0", "back again: nobody has left"
    found = tables(twice, left)
    assert figure(found, "EECR02")[1] == "1"
    bridge = found["esf_bridge"].set_index(["subject", "line_code"])["line_value"]
    assert (bridge["participants", "entries"], bridge["participants", "re_entries"]) == ("2", "-1")
    assert (bridge["leavers", "re_entries"], bridge["leavers", "leavers_esf"]) == ("-1", "1")
    other = [twice[0], twice[1] | {"esf_operation_id": "Q"}]
    assert figure(tables(other, left[:1]), "EECO01")[0] == "2"


@pytest.mark.parametrize(
    ("birth_year", "code"), [(2004, "EECO06"), (2003, "EECO07"), (1992, "EECO07"), (1991, None), (1966, "EECO08")]
)
def test_ages_by_year_of_birth(birth_year: int, code: str | None) -> None:
    found = tables([{"birth_year": birth_year, "entry_date": "2021-12-31"}])
    ages = {one: figure(found, one)[0] for one in ("EECO06", "EECO07", "EECO08")}
    assert ages == {one: "1" if one == code else "0" for one in ages}


@pytest.mark.parametrize(
    ("status", "months", "unemployed", "long_term"),
    [("demandeur_emploi", 12, "1", "1"), ("demandeur_emploi", 11, "1", "0"), ("inactif", 12, "0", "0")],
)
def test_long_term_from_twelve_months(status: str, months: int, unemployed: str, long_term: str) -> None:
    found = tables([{"labour_status_at_entry": status, "jobseeker_months": months}])
    assert (figure(found, "EECO02")[0], figure(found, "EECO03")[0]) == (unemployed, long_term)


@pytest.mark.parametrize(
    ("observed", "expected"),
    [
        ("2021-09-28", ("1", "1", "1", "complet")),
        ("2021-09-29", (None, "1", "0", "colonne_non_livree")),
        ("2021-08-30", (None, "1", "0", "colonne_non_livree")),
        (None, ("1", "1", "1", "complet")),
    ],
)
def test_twenty_eight_days_after_leaving(observed: str | None, expected: tuple) -> None:
    status = {"exit_date": "2021-08-31", "labour_status_at_exit": "en_emploi", "labour_status_on": observed}
    assert figure(tables([{"labour_status_at_entry": "inactif"}], [status]), "EECR04") == expected


def test_the_last_change_counts_and_those_in_work_are_not_asked() -> None:
    status = {"exit_date": "2021-08-31", "labour_status_at_exit": "en_emploi"}
    seeking = {"observed_on": "2021-09-10", "labour_status": "demandeur_emploi"}
    found = tables([{"labour_status_at_entry": "inactif"}], [status], [seeking])
    assert (figure(found, "EECR04")[0], figure(found, "EECR01")[0]) == ("0", "1")
    found = tables([{"labour_status_at_entry": "independant"}], [status])
    assert figure(found, "EECR04") == ("0", "0", "0", "complet")


@pytest.mark.parametrize(
    ("left", "observed", "expected"),
    [
        ("2021-06-30", "2021-12-30", ("1", "1", "1", "complet")),
        ("2021-06-30", "2021-12-29", (None, "1", "0", "suivi_non_livre")),
        ("2021-05-31", "2021-11-30", ("1", "1", "1", "complet")),
        ("2021-05-31", "2021-12-31", ("1", "1", "1", "complet")),
        ("2021-05-30", "2021-12-31", ("1", "1", "1", "complet")),
        ("2021-05-29", "2021-12-31", (None, "1", "0", "suivi_non_livre")),
        ("2021-07-01", "2021-12-31", ("0", "0", "0", "complet")),
    ],
)
def test_six_months_after_leaving(left: str, observed: str, expected: tuple) -> None:
    seen = {"observed_on": observed, "labour_status": "en_emploi"}
    assert figure(tables([{"entry_date": "2021-01-04"}], [{"exit_date": left}], [seen]), "EECR05") == expected


def test_a_sample_has_its_response_rate() -> None:
    people = [
        {"participant_id": name, "entry_date": "2021-01-04", "labour_status_at_entry": "en_emploi"} for name in "AB"
    ]
    left = [{"participant_id": name, "exit_date": "2021-03-31"} for name in "AB"]
    seen = [{"participant_id": "A", "observed_on": "2021-09-30", "labour_status": "en_emploi", "is_improved": True}]
    found = tables(people, left, seen)
    assert figure(found, "EECR06") == ("1", "2", "1", "echantillon")


def test_a_follow_up_of_an_earlier_year_finds_its_parcours() -> None:
    parcours = staged_frame("participants", [{"reporting_year": 2020, "plie_code": PLIE, "participant_id": "A",
                                              "parcours_no": 1, "entry_date": "2020-03-01"}])  # fmt: skip
    days = ["2021-01-31", "2020-02-29", "2021-01-31"]
    years = [2021, 2021, 2019]
    rows = [
        {"reporting_year": year, "plie_code": PLIE, "participant_id": "A", "parcours_no": 1, "observed_on": day}
        for day, year in zip(days, years, strict=True)
    ]
    seen = staged_frame("followups", rows).assign(reason=None)
    found = recomputed_esf.with_reasons(seen, parcours, parcours)["reason"]
    assert found.where(found.notna(), None).tolist() == [None, "suivi_avant_entree", "orphelin"]


def test_the_programme_and_its_dates() -> None:
    parameters = {2020: {"esf_months_between_cutoffs": 6}, 2021: {"esf_months_between_cutoffs": 6}}
    days = [str(one.day)[:10] for one in recomputed_esf.cutoffs(parameters, REFERENCE["esf_programmes"])]
    assert days == ["2021-06-30", "2021-12-31"]
    assert (
        np.datetime64("2021-01-01") == next(recomputed_esf.cutoffs(parameters, REFERENCE["esf_programmes"])).first_day
    )
    old = tables([{"entry_date": "2020-12-31"}, {"entry_date": "2021-01-01", "participant_id": "B"}])
    assert figure(old, "EECO01", day="2021-06-30")[0] == "1"


def test_each_department_has_one_category_of_region() -> None:
    """Île-de-France and the former Rhône-Alpes are more developed; overseas is less developed but for Martinique; the
    rest is in transition (decision (EU) 2021/1130; docs/esf.md says where it was read)."""
    departments, listed = REFERENCE["departments"], REFERENCE["esf_region_categories"]
    assert sorted(listed["department_code"]) == sorted(departments["department_code"])
    named = departments.merge(listed, on="department_code")
    found = named.groupby("region_code")["region_category"].agg(set).to_dict()
    assert found.pop("11") == {"plus_developpee"}
    assert found.pop("84") == {"plus_developpee", "transition"}
    assert [found.pop(overseas) for overseas in ("01", "03", "04", "06")] == 4 * [{"moins_developpee"}]
    assert "02" in found and all(one == {"transition"} for one in found.values())
    alpine = named[(named["region_code"] == "84") & (named["region_category"] == "transition")]
    assert sorted(alpine["department_code"]) == ["03", "15", "43", "63"]
