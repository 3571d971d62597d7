"""Bad input ends in the quality tables, with its place and a sentence that says how to mend it; the rest goes on."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scenario import Scenario

from plie_warehouse.contract import PATTERNS, Table, load_kind

YEAR, PLIE = "2021", "59-09"


def key(person: str, parcours: str = "1", plie: str = PLIE, year: str = YEAR) -> dict[str, str]:
    return {"reporting_year": year, "plie_code": plie, "participant_id": person, "parcours_no": parcours}


def participant(person: str, entry_date: str | None = "2021-03-01", **values: str | None) -> dict[str, str | None]:
    return key(person) | {"entry_date": entry_date} | values


FINDINGS = "select * from quality.rejected_rows order by source_table, source_row, column_name"


def test_typed_once_whatever_the_format(scenario: Scenario) -> None:
    """Dates, numbers, yes and no, codes in any case, former levels; two formats of one row are one row (D1B, D31)."""
    scenario.deliver(
        "participants",
        [
            participant(
                "p1", " 2021-03-01 ", sex="FEMME", education_level="V  BIS", is_rsa="Oui", jobseeker_months="12"
            ),
            key("p1", "01", f" {PLIE}\t")
            | {
                "entry_date": "01/03/2021",
                "sex": "femme",
                "education_level": "v bis",
                "is_rsa": "VRAI",
                "jobseeker_months": "12",
            },
            participant("p2", "29/02/2020", education_level="I", is_rsa="faux"),
        ],
    )
    scenario.run()
    assert scenario.rows(
        "select participant_id, cast(entry_date as varchar), sex, education_level, is_rsa, is_disabled_worker"
        " from marts.fct_parcours order by participant_id"
    ) == [("p1", "2021-03-01", "femme", 2, True, None), ("p2", "2020-02-29", None, 7, False, None)]
    assert scenario.rows("select source_row, reason_code, rule_id from quality.exclusions") == [(3, "doublon", "D1B")]


def test_rows_that_say_the_same_have_one_hash(scenario: Scenario) -> None:
    """A row that says one thing else, or nothing for something, is another row; what cannot be read counts as it is
    written (D1B)."""
    exit_of_p = key("p") | {"exit_date": "2021-09-30", "exit_reason": "abandon", "is_certifying": "oui"}
    same = {"reporting_year": " 2021", "participant_id": " p ", "parcours_no": "01", "exit_date": "30/09/2021"}
    same |= {"exit_reason": "ABANDON", "is_certifying": "1"}
    others = [{"exit_date": "2021-10-01"}, {"is_certifying": None}, {"is_certifying": "x"}, {"is_certifying": "X"}]
    scenario.deliver("exits", [exit_of_p, exit_of_p | same, *(exit_of_p | other for other in others)])
    scenario.run()
    assert scenario.rows(
        "select list(source_row order by source_row) as source_rows, any_value(record_key)"
        " from staging.stg_plie__exits group by record_hash order by source_rows"
    ) == [([2, 3], "p/1"), ([4], "p/1"), ([5], "p/1"), ([6], "p/1"), ([7], "p/1")]


def test_an_unreadable_date(scenario: Scenario) -> None:
    dates = ["31/02/2021", "29/02/2021", "1/3/2021", "2021/03/01", "01-03-2021", "44256"]
    scenario.deliver("participants", [participant(f"bad{n}", date) for n, date in enumerate(dates)])
    scenario.deliver("participants", [participant("good")])
    scenario.run()
    findings = scenario.dicts(FINDINGS)
    assert len(findings) == len(dates)
    for n, (date, finding) in enumerate(zip(dates, findings, strict=True)):
        assert finding["reporting_year"] == 2021
        assert finding["supplier_code"] == PLIE
        assert (finding["source_table"], finding["source_file"]) == ("participants", "participants.csv")
        assert (finding["source_row"], finding["record_key"]) == (n + 2, f"bad{n}/1")
        assert (finding["column_name"], finding["delivered_value"]) == ("entry_date", date)
        assert (finding["reason_code"], finding["is_row_excluded"]) == ("valeur_illisible", True)
        assert "JJ/MM/AAAA" in finding["remedy_fr"]
    assert scenario.rows("select participant_id from marts.fct_parcours") == [("good",)]
    assert scenario.rows("select record_key, reason_code from quality.exclusions order by record_key") == [
        (f"bad{n}/1", "valeur_illisible") for n in range(len(dates))
    ]


def test_an_optional_value_that_cannot_be_read_is_unknown(scenario: Scenario) -> None:
    scenario.deliver(
        "participants",
        [participant("p1", birth_year="76", jobseeker_months="douze", is_rsa="peut-être", sex="femme")],
    )
    scenario.run()
    found = {row["column_name"]: row for row in scenario.dicts(FINDINGS)}
    assert set(found) == {"birth_year", "jobseeker_months", "is_rsa"}
    assert {row["reason_code"] for row in found.values()} == {"valeur_ignoree"}
    assert not any(row["is_row_excluded"] for row in found.values())
    assert scenario.rows("select sex, age_at_entry, is_long_term_unemployed, is_rsa from marts.fct_parcours") == [
        ("femme", None, None, None)
    ]
    assert scenario.rows("select count(*) from quality.exclusions") == [(0,)]


def test_a_blank_required_value(scenario: Scenario) -> None:
    """Of each required column, and each kind of blank."""
    required = ("reporting_year", "plie_code", "participant_id", "parcours_no", "entry_date")
    blanks = [(column, blank) for column in required for blank in (None, "", "  ", "\u00a0")]
    scenario.deliver("participants", [participant(f"bad{n}") | {one: blank} for n, (one, blank) in enumerate(blanks)])
    scenario.deliver("participants", [participant("good")])
    scenario.run()
    findings = scenario.dicts(FINDINGS)
    assert [finding["source_row"] for finding in findings] == [n + 2 for n in range(len(blanks))]
    for (column, _), finding in zip(blanks, findings, strict=True):
        assert (finding["column_name"], finding["delivered_value"]) == (column, None)
        assert finding["reason_code"] == "valeur_obligatoire_absente"
        assert finding["supplier_code"] == ("inconnu" if column == "plie_code" else PLIE)
        assert finding["remedy_fr"].startswith("Renseigner")
    assert scenario.rows("select participant_id from marts.fct_parcours") == [("good",)]


def test_an_unknown_code_is_kept_and_counted(scenario: Scenario) -> None:
    """Kept as delivered, unknown in the marts, listed by row and by code; an exit with an unknown reason is an exit."""
    scenario.deliver("participants", [participant("p1", sex="X"), participant("p2", sex="x"), participant("p3")])
    scenario.deliver("exits", [key("p1") | {"exit_date": "2021-09-01", "exit_reason": "parti en mer"}])
    scenario.deliver(
        "steps", [key("p1") | {"step_id": "s1", "step_type": "ZZ", "start_date": "2021-04-01", "contract_type": "cdi"}]
    )
    scenario.run()
    assert scenario.rows(
        "select source_table, column_name, local_code, occurrences, first_source_row"
        " from quality.unmapped_codes order by all"
    ) == [
        ("exits", "exit_reason", "parti en mer", 1, 2),
        ("participants", "sex", "X", 1, 2),
        ("participants", "sex", "x", 1, 3),
        ("steps", "step_type", "ZZ", 1, 2),
    ]
    assert scenario.rows("select delivered_sex, sex from staging.stg_plie__participants where source_row = 2") == [
        ("X", None)
    ]
    assert scenario.rows("select exit_reason, declared_class, exit_class, is_positive from marts.fct_exits") == [
        (None, None, "autre_sans_suite", False)
    ]
    assert scenario.rows(
        "select exit_reason, exits from marts.plie_exit_reasons where exits > 0 and territory_kind = 'national'"
    ) == [("inconnu", 1)]
    assert scenario.rows("select step_family, is_job from marts.fct_steps") == [("inconnu", None)]
    assert scenario.rows("select unproven_exits, nofollow_exits from marts.plie_outcomes limit 1") == [(0, 1)]


def test_a_local_code_with_a_map_counts(scenario: Scenario) -> None:
    scenario.connection.execute(
        "insert into reference.code_maps (supplier_code, field, local_code, national_code)"
        f" values ('{PLIE}', 'exit_reason', 'CDI SIGNÉ', 'emploi_durable'), ('{PLIE}', 'is_rsa', 'B', 'oui')"
    )
    scenario.deliver(
        "participants",
        [participant("p1", is_rsa="b"), key("p1", plie="62-03") | {"entry_date": "2021-03-01", "is_rsa": "b"}],
    )
    scenario.deliver(
        "exits",
        [
            key("p1")
            | {
                "exit_date": "2021-12-01",
                "exit_reason": "cdi signé",
                "contract_type": "CDI",
                "contract_start_date": "01/05/2021",
                "validated_on": "2021-11-30",
            }
        ],
    )
    scenario.run()
    assert scenario.rows("select exit_class from marts.fct_exits") == [("emploi_durable",)]
    assert scenario.rows("select plie_code, is_rsa from marts.fct_parcours order by 1") == [
        (PLIE, True),
        ("62-03", None),
    ]


def test_a_map_serves_each_list_that_a_column_of_its_name_has(scenario: Scenario) -> None:
    """Steps name kinds of employer, the survey kinds of operator: what a PLIE calls CHANTIER is in both, what it calls
    PRIV is no operator."""
    scenario.connection.execute(
        "insert into reference.code_maps (supplier_code, field, local_code, national_code)"
        f" values ('{PLIE}', 'employer_type', 'CHANTIER', 'aci'), ('{PLIE}', 'employer_type', 'PRIV', 'entreprise')"
    )
    words = ("chantier", "priv")
    step = {"step_type": "emploi", "start_date": "2021-04-01"}
    scenario.deliver("participants", [participant("p1")])
    scenario.deliver("steps", [key("p1") | step | {"step_id": word, "employer_type": word} for word in words])
    teams = zip(("interne", "referent_externe"), words, strict=True)
    answer = {"reporting_year": "2021", "plie_code": PLIE, "headcount": "1"}
    scenario.deliver("survey_teams", [answer | {"team": team, "employer_type": word} for team, word in teams])
    scenario.run()
    assert scenario.rows("select step_id, employer_type from staging.stg_plie__steps order by all") == [
        ("chantier", "aci"), ("priv", "entreprise"),
    ]  # fmt: skip
    assert scenario.rows("select team, employer_type from staging.stg_survey__survey_teams order by all") == [
        ("interne", "aci"), ("referent_externe", None),
    ]  # fmt: skip
    assert scenario.rows("select column_name, local_code from quality.unmapped_codes") == [("employer_type", "priv")]


def test_a_code_is_accepted_while_it_is_in_force(scenario: Scenario) -> None:
    """Lists are dated: a code that ended on 31 December of the year still counts, one that ended the day before not."""
    scenario.connection.execute(
        "update reference.code_lists set valid_to = date '2021-12-30' where code_list = 'sex' and code = 'femme';"
        "update reference.code_lists set valid_to = date '2021-12-31' where code_list = 'sex' and code = 'homme'"
    )
    scenario.deliver("participants", [participant("p1", sex="femme"), participant("p2", sex="homme")])
    scenario.run()
    assert scenario.rows("select participant_id, sex from marts.fct_parcours order by 1") == [
        ("p1", None),
        ("p2", "homme"),
    ]


def test_two_contents_under_one_key_refuse_the_delivery_and_no_other(scenario: Scenario) -> None:
    """D1B: the supplier's year is refused as a whole, with every file; other years and suppliers go on."""
    scenario.deliver(
        "participants",
        [
            participant("p1", sex="femme"),
            participant("p1", sex="homme"),
            participant("p2"),
            key("p1", year="2020") | {"entry_date": "2020-03-01"},
            key("p1", plie="62-03") | {"entry_date": "2021-03-01"},
        ],
    )
    scenario.deliver("steps", [key("p2") | {"step_id": "s1", "step_type": "formation", "start_date": "2021-04-01"}])
    scenario.run()
    assert scenario.rows("select reporting_year, plie_code from marts.fct_parcours order by all") == [
        (2020, PLIE),
        (2021, "62-03"),
    ]
    assert scenario.rows(
        "select source_table, reason_code, count(*) from quality.exclusions group by all order by all"
    ) == [("participants", "livraison_refusee", 3), ("steps", "livraison_refusee", 1)]
    findings = scenario.dicts(FINDINGS)
    assert [(row["source_row"], row["column_name"], row["reason_code"]) for row in findings] == [
        (2, "participant_id, parcours_no", "cle_contradictoire"),
        (3, "participant_id, parcours_no", "cle_contradictoire"),
    ]
    assert scenario.rows(
        f"select status, is_delivery_refused from quality.supplier_scorecard"
        f" where supplier_code = '{PLIE}' and reporting_year = 2021"
    ) == [("fail", True)]


def test_a_year_without_parameters_is_refused_not_computed(scenario: Scenario) -> None:
    scenario.deliver(
        "participants", [key("p1", year="1821") | {"entry_date": "1821-03-01", "sex": "femme"}, participant("p2")]
    )
    scenario.run()
    assert [(row["column_name"], row["delivered_value"], row["reason_code"]) for row in scenario.dicts(FINDINGS)] == [
        ("reporting_year", "1821", "annee_non_prise_en_charge")
    ]
    assert scenario.rows("select distinct reporting_year from marts.plie_outcomes") == [(2021,)]


def test_an_unregistered_supplier_counts_at_national_level_only(scenario: Scenario) -> None:
    scenario.deliver("participants", [participant("p1"), key("p1", plie="99-01") | {"entry_date": "2021-03-01"}])
    scenario.run()
    assert scenario.rows(
        "select territory_kind, territory_code, parcours, persons_in_parcours from marts.plie_outcomes order by all"
    ) == [("departement", "59", 1, 1), ("national", "FR", 2, 2), ("plie", PLIE, 1, 1), ("region", "32", 1, 1)]
    assert scenario.rows(
        "select is_registered, status from quality.supplier_scorecard where supplier_code = '99-01'"
    ) == [(False, "pass")]


def test_a_parcours_that_cannot_be_read_excludes_its_exit_and_its_steps(scenario: Scenario) -> None:
    scenario.deliver("participants", [participant("p1", "31/02/2021")])
    scenario.deliver(
        "exits",
        [
            key("p1") | {"exit_date": "2021-09-01", "exit_reason": "abandon"},
            key("p9") | {"exit_date": "2021-09-01", "exit_reason": "abandon"},
        ],
    )
    scenario.deliver("steps", [key("p1") | {"step_id": "s1", "step_type": "formation", "start_date": "2021-04-01"}])
    scenario.run()
    assert scenario.rows("select source_table, record_key, reason_code from quality.exclusions order by all") == [
        ("exits", "p1/1", "parcours_exclu"),
        ("exits", "p9/1", "orphelin"),
        ("participants", "p1/1", "valeur_illisible"),
        ("steps", "s1", "parcours_exclu"),
    ]


def last_year(text: str) -> str:
    """The examples of the head's registers are of 2022, the year of the deliveries of these tests."""
    return text.replace("2022", "2021")


def spoilt(register: Table) -> Iterator[dict[str, str | None]]:
    """A row of the examples of one of the head's registers, twice, then one row for each way to spoil it."""
    row = {column.name: column.example for column in register.columns}
    linked = {name for link in register.links for name in link.columns}
    own = next(name for name in register.key if name not in linked)
    yield from (row, row, row | {own: None})
    for column in register.columns:
        if column.required and column.type in PATTERNS:
            yield row | {column.name: "illisible"}
    for first, last in register.date_orders:
        yield row | {own: "A l'envers", last: last_year(row[first])}
    days = [name for name in (register.day, *register.span) if name]
    yield row | {own: "Hors de l'année"} | {name: last_year(row[name]) for name in days}


def contradicted(register: Table) -> Iterator[dict[str, str | None]]:
    """Another row under the key of the examples, where a row says more than its key."""
    row = {column.name: column.example for column in register.columns}
    for name in [name for name in register.names if name not in register.key][-1:]:
        yield row | {name: f"{row[name]}0"}


def test_every_exclusion_has_a_sentence(sample: Scenario, scenario: Scenario) -> None:
    """Each reason that the models can give, for each table, has its French words and its rule."""
    assert sample.rows("from quality.exclusions where message_fr is null or remedy_fr is null") == []
    shown = sample.rows("select distinct source_table, reason_code from quality.exclusions")
    listed = scenario.rows("select source_table, reason_code from reference.quality_reasons where excludes_row")
    scenario.deliver(
        "beneficiaries", [{"reporting_year": "l'an dernier", "structure_code": "CL-1", "beneficiary_id": "p"}]
    )
    company = {"structure_code": "CL-2", "buyer_id": "99103600001000", "procurement_id": "M", "lot_no": "1"}
    said = [{"reporting_year": year, "company_id": year} for year in ("l'an dernier", "1821")]
    said += [{"reporting_year": "2021", "company_id": "A", "company_type": kind} for kind in ("ei", "aci")]
    scenario.deliver("procurement_companies", [company | one for one in said])
    scenario.deliver("clause_structures", [{"structure_code": "CL-1", "name": name} for name in ("Une", "Deux")])
    scenario.deliver(
        "facilitators",
        [{"reporting_year": "2021", "structure_code": "CL-1", "headcount": number} for number in ("1", "2")]
        + [{"reporting_year": "1821", "structure_code": "CL-1"}, {"structure_code": "CL-1"}],
    )
    # A follow-up of a parcours that is excluded, of a year without parameters, and of a refused delivery.
    scenario.deliver("participants", [participant("p", "hier")])
    seen = [key("p"), key("p", year="1821"), *[key("p", plie="62-03") | {"labour_status": one} for one in "ab"]]
    scenario.deliver("followups", [one | {"observed_on": "2021-12-31"} for one in seen])
    registers = load_kind("activity").tables
    for register in registers:
        scenario.deliver(register.name, spoilt(register))
    # The sample has no register of the PLIE.
    same = {"plie_code": "59-09", "name": "Un"}
    scenario.deliver("plie_register", [same, same, {"plie_code": "59-09"}])
    survey = {
        "survey_funding": {"funder": "fse", "amount_eur": "1"},
        "survey_allocations": {"operator_type": "aci", "operation_type": "o", "amount_eur": "1"},
        "survey_teams": {"team": "interne", "fte": "1"},
        "survey_partners": {"partner_companies": "1"},
        "survey_external_referents": {"employer_type": "aci", "headcount": "1"},
    }
    target = {"plie_code": "59-09", "indicator_code": "entries", "from_year": "2021", "to_year": "2022"}
    scenario.deliver("targets", [target | {"target_value": "beaucoup"}])
    for table, answer in survey.items():
        rows = [answer | {"plie_code": "59-09", "reporting_year": year} for year in ("2021", "1821", "l'an dernier")]
        scenario.deliver(table, rows)
    shown += scenario.run().rows("select distinct source_table, reason_code from quality.exclusions")
    # What would refuse the whole registers and survey of the sample.
    for register in registers:
        scenario.deliver(register.name, contradicted(register))
    scenario.deliver("plie_register", [same | {"name": "Deux"}])
    for table, code in {"mde_register": "mde_code", "members": "member_code"}.items():
        scenario.deliver(table, [{code: "A", "name": name} for name in ("Un", "Deux")])
    scenario.deliver("board_seats", [{"seat_no": "CA-01", "is_bureau": one} for one in ("oui", "non")])
    scenario.deliver("intermediate_body_register", [{"oi_code": "A", "name": name} for name in ("Un", "Deux")])
    scenario.deliver("targets", [target | {"target_value": one} for one in ("1", "2")])
    result = {
        "reporting_year": "2016",
        "indicator_code": "entries",
        "cut": "total",
        "cut_value": "total",
        "source": "s",
    }
    scenario.deliver("historical_results", [result | {"value": one} for one in ("1", "2")])
    for table, answer in survey.items():
        other = {column: "2" for column in answer if column in ("amount_eur", "fte", "partner_companies", "headcount")}
        scenario.deliver(table, [answer | other | {"plie_code": "59-09", "reporting_year": "2021"}])
    shown += scenario.run().rows("select distinct source_table, reason_code from quality.exclusions")
    assert set(shown) == set(listed), "each reason for exclusion is shown, and no other exists"


# Staged column -> text as delivered -> value, None for what cannot be read: both sides of what the contract accepts.
READ_EXACTLY = {
    "hours": {"84,25": "84.25", "84,251": None, "1.2": "1.20", "1.200": None, "-10,5": "-10.50", "1 200": None},
    "month": {"2021-12": "2021-12-01", "2021-13": None, "2021-00": None, "03/2021": None, "2021-1": None},
    "buyer_id": {"01590350100017": "01590350100017", "1590350100017": None, "015903501000170": None},
    "fte": {"1,2345": "1.2345", "1,23456": None, "0": "0.0000", "-1": None, "2,5 ETP": None},
}


def test_the_models_read_what_the_contract_accepts_and_nothing_else(scenario: Scenario) -> None:
    """Hours to the hundredth, ETP to the ten-thousandth, months, SIRET: as exactly as delivered, or not at all."""
    tables = {
        column: ("network", "facilitators") if column == "fte" else ("clause", "hours") for column in READ_EXACTLY
    }
    for column, texts in READ_EXACTLY.items():
        _, table = tables[column]
        for text in texts:
            scenario.deliver(table, [{"reporting_year": "2021", "structure_code": "CL-1", column: text}])
    scenario.run()
    for column, texts in READ_EXACTLY.items():
        kind, table = tables[column]
        read = scenario.rows(
            f"select delivered_{column}, cast({column} as varchar) from staging.stg_{kind}__{table}"
            f" where delivered_{column} is not null"
        )
        assert dict(read) == texts
        pattern = PATTERNS[load_kind(kind).table(table).column(column).type]
        assert {text: bool(re.match(pattern, text)) for text in texts} == {
            text: value is not None for text, value in texts.items()
        }
