"""What the public knows of the published figures: which column shows which cell (``cells.csv``), which quotients are
published (``quotients.csv``), and which relations hold between cells.

Written from the public descriptions and the public SQL of the aggregates, not from the code of the disclosure control:
the two are independent, so that one tests the other.

A *measure* is a tuple: domain (``plie`` or ``clause``), name, and the codes that it is cut by. A *cell* is a measure of
one territory and year. Columns that show the same cell have the same measure: the exit total is in five tables.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf
from pathlib import Path

Measure = tuple[str, ...]

PLIE, CLAUSE = "plie", "clause"
TOTAL, UNKNOWN = "total", "inconnu"

# What a cell counts. A status speaks of persons: below five, or five and more. Contracts, hours, buyers, employers and
# marchés have the status of the persons behind them.
PERSONS, CONTRACTS, HOURS, THINGS, AMOUNT = "persons", "contracts", "hours", "things", "amount"
DURATION = "duration"
COUNTS = (PERSONS, CONTRACTS, THINGS)

# Profile -> attribute that answers it: profiles with the same attribute are known for the same persons (D30, D31, D33).
ATTRIBUTES = {
    "femme": "sexe",
    "homme": "sexe",
    "non_qualifie": "niveau",
    "peu_qualifie": "niveau",
    "senior": "age",
    "jeune": "age",
}
# Pairs of profiles that exclude each other; of these, pairs that are everybody; pairs whose second contains the first
# (D31, D36, D37).
DISJOINT = (("femme", "homme"), ("senior", "jeune"))
EXHAUSTIVE = (("femme", "homme"),)
CONTAINED = (
    ("non_qualifie", "peu_qualifie"),
    ("rsa", "minima_sociaux"),
    ("jeune_peu_qualifie", "jeune"),
    ("jeune_peu_qualifie", "peu_qualifie"),
    ("longue_duree", "public_cible"),
    ("senior", "public_cible"),
    ("travailleur_handicape", "public_cible"),
    ("minima_sociaux", "public_cible"),
    ("jeune_peu_qualifie", "public_cible"),
)
# A profile that nobody has who has none of some others (D37).
UNION = ("public_cible", ("longue_duree", "senior", "travailleur_handicape", "minima_sociaux", "jeune_peu_qualifie"))

# Exit class -> its column in the outcomes (D10 to D14); reasons that need a proof, and the class of those without.
CLASSES = {
    "emploi_durable": "positive_durable_job",
    "formation_qualifiante": "positive_training",
    "autre_positive": "positive_other",
    "abandon": "abandoned_exits",
    "neutralisee": "neutralised_exits",
    "autre_sans_suite": "other_nofollow_exits",
}
UNPROVEN_REASONS, UNPROVEN_CLASS = ("emploi_durable", "formation_qualifiante"), "autre_sans_suite"
# The reason of which it is known what came next, beside the neutralised ones (D1F), with its class.
REORIENTED = ("reorientation", "autre_sans_suite")

# Contract types (D11, D19) of a proven durable job; those that always count in the durable share; the one that counts
# when it is long enough.
DURABLE_JOB_CONTRACTS = ("cdi", "cdd", "interim", "alternance", "titulaire")
OPEN_ENDED, LONG_ENOUGH = ("cdi", "titulaire"), "cdd"

# Families of steps that are jobs: only these have attributes that may be unknown (D23).
JOB_FAMILIES = ("emploi_non_aide", "emploi_iae", "emploi_aide")

# Types of employer and of awardee (D45).
IAE = ("aci", "ei", "etti", "ai", "eiti")
IAE_GEIQ_RQ = (*IAE, "regie_quartier", "geiq")

# An employer belongs to one contract: only the contracts of this cut add up.
CONTRACT_CUT = "employer_type"
MONTHS = 12


# The type of the contract is known of the exits that the outcomes count, and of each durable job, because the contract
# proves it (D11): other names of a cell of the outcomes -> its name there.
SAME = {
    (PLIE, "exits_known", "contract_type"): (PLIE, "contracts_known"),
    (PLIE, "durable_exits_known", "contract_type"): (PLIE, "positive_durable_job"),
}


# Common indicators of the ESF+ (D81 to D84): counts of participants, of those whom a result is about, and of those of
# whom it is known, by indicator and sex. Each is cumulated: it holds that of the year before.
ESF, ESF_BASE, ESF_KNOWN, ESF_GROWTH = "esf", "esf_base", "esf_known", "esf_growth"
ESF_CUMULATED, ESF_SHARED = (ESF, ESF_BASE, ESF_KNOWN), (ESF_BASE, ESF_KNOWN)
ESF_PLIE = (PLIE, "plie_with_operations")
ESF_ALL, ESF_SEXES = "EECO01", ("femme", "homme", UNKNOWN)
ESF_UNEMPLOYED, ESF_LONG_TERM, ESF_INACTIVE, ESF_EMPLOYED = "EECO02", "EECO03", "EECO04", "EECO05"
ESF_AGES, ESF_LEVELS = ("EECO06", "EECO07", "EECO08"), ("EECO09", "EECO10", "EECO11")
# Result -> whom it is about; indicators that are told by one datum.
ESF_BASES = {
    "EECR01": "leavers_inactive",
    "EECR02": "leavers",
    "EECR03": "leavers",
    "EECR04": "leavers_not_employed",
    "EECR05": "due",
    "EECR06": "due_employed",
}
ESF_SITUATIONS = ("EECR01", "EECR02", "EECR04")
ESF_DATA = dict.fromkeys((ESF_UNEMPLOYED, ESF_INACTIVE, ESF_EMPLOYED), "status")
ESF_DATA |= dict.fromkeys(ESF_AGES, "age") | dict.fromkeys(ESF_LEVELS, "level")
# Of the first no more than of the second.
ESF_AT_MOST = (
    ((ESF, ESF_LONG_TERM), (ESF, ESF_UNEMPLOYED)),
    ((ESF_BASE, "leavers"), (ESF, ESF_ALL)),
    ((ESF_BASE, "leavers_inactive"), (ESF, ESF_INACTIVE)),
    ((ESF_BASE, "leavers_inactive"), (ESF_BASE, "leavers_not_employed")),
    ((ESF_BASE, "leavers_not_employed"), (ESF_BASE, "leavers")),
    ((ESF_BASE, "due"), (ESF_BASE, "leavers")),
    ((ESF_BASE, "due_employed"), (ESF_BASE, "due")),
    ((ESF_BASE, "due_employed"), (ESF, ESF_EMPLOYED)),
)


# Who takes part entered since the programme began, and who left it has left: of the first no more than of the second,
# summed over the years since then.
ESF_FIRST_YEAR = 2021
ESF_OF_THE_NETWORK: tuple[tuple[Measure, Measure], ...] = (
    ((PLIE, ESF, ESF_ALL, TOTAL), (PLIE, "entries")),
    ((PLIE, ESF, ESF_ALL, "femme"), (PLIE, "entries", "femme")),
    ((PLIE, ESF, ESF_ALL, "homme"), (PLIE, "entries", "homme")),
    ((PLIE, ESF, ESF_LONG_TERM, TOTAL), (PLIE, "entries", "longue_duree")),
    ((PLIE, ESF, "EECO12", TOTAL), (PLIE, "entries", "travailleur_handicape")),
    ((PLIE, ESF_BASE, "leavers", TOTAL), (PLIE, "exits")),
)


def _esf(name: str, code: str, sex: str) -> Measure:
    """Everybody is known as a participant, and every output is about all of them."""
    if code == ESF_ALL or (name == ESF_BASE and code not in ESF_BASES):
        return (PLIE, ESF, ESF_ALL, sex)
    return (PLIE, name, (ESF_BASES if name == ESF_BASE else ESF_DATA).get(code, code), sex)


def plie(name: str, *part: str) -> Measure:
    """A measure of the PLIE, under the name that the outcomes give it, where they have it."""
    if name == "exits_of_class":
        return (PLIE, CLASSES[part[0]])
    if name in ESF_SHARED:
        return _esf(name, *part)
    measure = (PLIE, name, *part)
    return SAME.get(measure, measure)


def clause(name: str, *part: str) -> Measure:
    return (CLAUSE, name, *part)


def attribute(profile: str) -> str:
    return ATTRIBUTES.get(profile, profile)


@dataclass(frozen=True)
class Quotient:
    """A published quotient: value = numerator / denominator, rounded half up to ``decimals``. Names of columns."""

    value: str
    numerator: str
    denominator: str
    decimals: int


@dataclass(frozen=True)
class Shape:
    """One published aggregate. ``cells``: column -> measure, given the values of the cut columns ``cuts``."""

    cuts: tuple[str, ...]
    cells: dict[str, Callable[..., Measure]]
    quotients: tuple[Quotient, ...]


CUTS = {
    "plie_outcomes": (),
    "plie_outcomes_by_profile": ("profile",),
    "plie_entry_profile": ("profile",),
    "plie_step_mix": ("step_family",),
    "plie_exit_reasons": ("exit_reason", "exit_class"),
    "plie_exit_jobs": ("cut", "cut_value"),
    "plie_esf_indicators": ("cut", "cut_value"),
    "clause_hours_etp": ("cut", "cut_value"),
    "clause_beneficiary_profile": ("profile",),
    "clause_facilitator_activity": (),
}


def _listed(name: str) -> list[dict[str, str]]:
    """A list beside this module."""
    with Path(__file__).with_name(name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _cell(table: str, measure: str, parts: Sequence[str]) -> Callable[..., Measure]:
    """The measure that a column shows. ``parts``: a cut column stands for its value, ``attribute`` for the attribute of
    the profile, any other name for itself."""
    domain = plie if table.startswith(PLIE) else clause

    def cell(*values: str) -> Measure:
        of = dict(zip(CUTS[table], values, strict=True))
        of["attribute"] = attribute(of.get("profile", ""))
        return domain(measure, *(of.get(part, part) for part in parts))

    return cell


CELLS, QUOTIENTS = _listed("cells.csv"), _listed("quotients.csv")
SHAPES = {
    table: Shape(
        cuts,
        {row["column"]: _cell(table, row["measure"], row["parts"].split()) for row in CELLS if row["table"] == table},
        tuple(
            Quotient(row["value"], row["numerator"], row["denominator"], int(row["decimals"]))
            for row in QUOTIENTS
            if row["table"] == table
        ),
    )
    for table, cuts in CUTS.items()
}

PROFILE_COUNTS = ("entries", "exits", "positive_exits", "neutralised_exits", "exits_excluding_neutralised")
JOB_BASES = {"exits": "exits", "positive_exits": "positive_exits", "durable_exits": "positive_durable_job"}
HOURS_SPLITS = (
    "hours_employer_known", "hours_employer_iae", "hours_employer_iae_geiq_rq",
    "hours_awardee_known", "hours_awardee_iae", "hours_awardee_iae_geiq_rq",
)  # fmt: skip
CLAUSE_HOURS = ("hours_delivered", "hours_counted", "hours_excluded", *HOURS_SPLITS)
CLAUSE_PERSONS = ("beneficiaries", "work_contracts")
CLAUSE_THINGS = ("procurements", "buyers", "employers")
CLAUSE_COUNTS = (*CLAUSE_PERSONS, *CLAUSE_THINGS)
# Each of the first has at least one of the second.
CLAUSE_AT_MOST = (("beneficiaries", "work_contracts"), ("employers", "work_contracts"), ("buyers", "procurements"))
# Totals of the structures whose facilitators have a known ETP -> the same of all structures.
FACILITATOR_TOTALS = {"hours": "hours_counted"} | {name: name for name in CLAUSE_COUNTS}

# Tables that count no persons: organisations, members, amounts, staff. Tables of the nation only.
OF_ORGANISATIONS = frozenset(
    {
        "network_coverage", "network_members", "survey_funding_mix", "survey_allocation_mix", "survey_team_size",
        "survey_partners", "survey_external_referents",
        "head_assistance", "head_communication", "head_events", "head_projects", "head_rh_tpe", "head_training",
        "mde_equipment",
    }
)  # fmt: skip
OF_THE_NATION = frozenset(
    {
        "plie_job_steps", "plie_caseload", "plie_breakdowns", "plie_main_step", "plie_durations", "clause_lot_hours",
    }
)  # fmt: skip

# Separator of a cut value of the long table that stands for two cuts: exit_reason_class is reason/class.
JOINED_CUT = "/"
# A coverage has six decimals, whatever it covers (D19).
COVERAGE_DECIMALS = 6


def quantity(measure: Measure) -> str:
    """What the cell is made of."""
    if measure in (ESF_PLIE, (PLIE, "plie")):
        return THINGS
    if measure[0] == PLIE:
        return DURATION if measure[1].startswith("duration") else PERSONS
    name = measure[2] if measure[1] == "facilitators" else measure[1]
    if name.startswith("beneficiaries"):
        return PERSONS
    if name == "work_contracts":
        return CONTRACTS
    if name in ("facilitators_etp", "facilitators_etp_hours", "hours_per_etp"):
        return AMOUNT
    return HOURS if name.startswith("hours") else THINGS


def is_distinct(measure: Measure) -> bool:
    """Counted once in a territory, however many structures share it: territories do not add up (D44)."""
    return measure[0] == CLAUSE and (measure[1] in CLAUSE_THINGS or (measure[2:] and measure[2] in CLAUSE_THINGS))


def adds_up(measure: Measure) -> bool:
    """The figure of a territory is the sum of those of its parts."""
    return not is_distinct(measure) and measure not in (clause("hours_per_etp"), plie("duration_months_median"))


@dataclass(frozen=True)
class Relation:
    """low <= sum of coefficient x measure <= high, in every territory and year."""

    terms: tuple[tuple[Measure, float], ...]
    low: float = 0.0
    high: float = 0.0


def equal(total: Measure, parts: Iterable[Measure]) -> Relation:
    """A total and its parts."""
    return Relation(((total, 1.0), *((part, -1.0) for part in parts)))


def at_most(small: Sequence[Measure], large: Sequence[Measure]) -> Relation:
    """The sum of the first ones is not above the sum of the second ones; a measure may stand on both sides."""
    terms: dict[Measure, float] = {}
    for measure in large:
        terms[measure] = terms.get(measure, 0.0) + 1.0
    for measure in small:
        terms[measure] = terms.get(measure, 0.0) - 1.0
    return Relation(tuple((measure, coefficient) for measure, coefficient in terms.items() if coefficient), 0.0, inf)


def relations(measures: Iterable[Measure], hours_per_month: float) -> list[Relation]:
    """The relations within one territory and year, for the measures that are published at some level.

    ``hours_per_month``: most that counts for one contract and month (D43)."""
    present = set(measures)
    by_name: dict[tuple[str, str], list[Measure]] = {}
    for measure in sorted(present):
        by_name.setdefault(measure[:2], []).append(measure)
    found = [*_outcome_relations(by_name), *_profile_relations(by_name), *_job_relations(by_name)]
    found += _esf_relations(by_name)
    found += [*_clause_relations(by_name, hours_per_month), *_clause_profile_relations(by_name)]
    found += _facilitator_relations()
    return [relation for relation in found if sum(measure in present for measure, _ in relation.terms) > 1]


Index = dict[tuple[str, str], list[Measure]]


def _parts(by_name: Index, domain: str, name: str) -> list[Measure]:
    return [measure for measure in by_name.get((domain, name), []) if len(measure) > 2]


def _values(by_name: Index, domain: str, names: Iterable[str]) -> dict[str, list[str]]:
    """Cut -> its values, for measures that are cut in two: by what, and which."""
    found: dict[str, set[str]] = {}
    for name in names:
        for measure in _parts(by_name, domain, name):
            found.setdefault(measure[2], set()).add(measure[3])
    return {cut: sorted(of_cut) for cut, of_cut in found.items()}


def _outcome_relations(by_name: Index) -> Iterator[Relation]:
    o = plie
    yield equal(o("parcours"), [o("stock_31_dec"), o("exits")])
    yield equal(o("exits"), [o("positive_exits"), o("nofollow_exits")])
    yield equal(o("positive_exits"), [o("positive_durable_job"), o("positive_training"), o("positive_other")])
    yield equal(o("nofollow_exits"), [o("abandoned_exits"), o("neutralised_exits"), o("other_nofollow_exits")])
    yield equal(o("exits"), [o("neutralised_exits"), o("exits_excluding_neutralised")])
    yield equal(o("declared_positive_exits"), [o("positive_exits"), o("unproven_exits")])
    yield equal(o("nofollow_with_outcome"), [o("neutralised_exits"), o("exits_reason", *REORIENTED)])
    for small, large in (
        ("unproven_exits", "other_nofollow_exits"),
        ("positive_exits", "exits_excluding_neutralised"),
        ("durable_contracts", "contracts_known"),
        ("contracts_known", "exits"),
        ("positive_durable_job", "contracts_known"),
        ("entries", "parcours"),
        ("persons_in_parcours", "parcours"),
        ("participants_with_step", "persons_in_parcours"),
        ("participants_with_step", "steps"),
        ("persons_entered", "entries"),
        ("persons_entered", "persons_in_parcours"),
        ("early_exits", "positive_durable_job"),
        ("early_exits_due_next_year", "early_exits"),
    ):
        yield at_most([o(small)], [o(large)])
    reasons = _parts(by_name, PLIE, "exits_reason")
    for exit_class, column in CLASSES.items():
        of_class = [measure for measure in reasons if measure[3] == exit_class]
        if of_class:
            yield equal(o(column), of_class)
    unproven = [measure for measure in reasons if measure[3] == UNPROVEN_CLASS and measure[2] in UNPROVEN_REASONS]
    if unproven:
        yield equal(o("unproven_exits"), unproven)
    families = _parts(by_name, PLIE, "steps")
    if families:
        yield equal(o("steps"), families)
    for measure in _parts(by_name, PLIE, "steps_attributes_unknown"):
        if measure[2] in JOB_FAMILIES:
            yield at_most([measure], [o("steps", measure[2])])
        else:
            yield Relation(((measure, 1.0),))


def _profile_relations(by_name: Index) -> Iterator[Relation]:
    profiles = sorted({measure[2] for name in PROFILE_COUNTS for measure in _parts(by_name, PLIE, name)})
    for measure in by_name.get((PLIE, "entries_known"), []):
        yield equal(plie("entries"), [measure, plie("entries_unknown", measure[2])])
    for profile in profiles:
        of = {name: plie(name, profile) for name in PROFILE_COUNTS}
        yield at_most([of["entries"]], [plie("entries_known", attribute(profile))])
        yield equal(of["exits"], [of["neutralised_exits"], of["exits_excluding_neutralised"]])
        yield at_most([of["positive_exits"]], [of["exits_excluding_neutralised"]])
        for name in PROFILE_COUNTS:
            yield at_most([of[name]], [plie(name)])
        # Exits of a profile that are not positive, neutralised ones left out or not: no more than all of them.
        for name in ("exits_excluding_neutralised", "exits"):
            yield at_most([of[name], plie("positive_exits")], [of["positive_exits"], plie(name)])
    yield from _profile_pairs(profiles, lambda name, profile: plie(name, profile), PROFILE_COUNTS, plie)
    for one, other in EXHAUSTIVE:
        yield equal(plie("entries_known", attribute(one)), [plie("entries", one), plie("entries", other)])
    for one, other in DISJOINT:
        yield at_most([plie("entries", one), plie("entries", other)], [plie("entries_known", attribute(one))])


def _profile_pairs(
    profiles: Sequence[str],
    of: Callable[[str, str], Measure],
    names: Sequence[str],
    total: Callable[[str], Measure],
) -> Iterator[Relation]:
    """Profiles that exclude, contain or cover one another."""
    for name in names:
        for one, other in DISJOINT:
            if one in profiles and other in profiles:
                yield at_most([of(name, one), of(name, other)], [total(name)])
        for inner, outer in CONTAINED:
            if inner in profiles and outer in profiles:
                yield at_most([of(name, inner)], [of(name, outer)])
        whole, parts = UNION
        if whole in profiles:
            yield at_most([of(name, whole)], [of(name, part) for part in parts])


def _job_relations(by_name: Index) -> Iterator[Relation]:
    bases = list(JOB_BASES)
    values = _values(by_name, PLIE, [f"{base}_with" for base in bases])
    for cut, of_cut in values.items():
        known = {base: plie(f"{base}_known", cut) for base in bases}
        for base, whole in JOB_BASES.items():
            yield equal(known[base], [plie(f"{base}_with", cut, value) for value in of_cut])
            yield at_most([known[base]], [plie(whole)])
        for wide, narrow in pairwise(bases):
            yield at_most([known[narrow]], [known[wide]])
            # Whose value is not known: as many of the narrow base as of the wide one, at most.
            yield at_most([plie(JOB_BASES[narrow]), known[wide]], [plie(JOB_BASES[wide]), known[narrow]])
            for value in of_cut:
                yield at_most([plie(f"{narrow}_with", cut, value)], [plie(f"{wide}_with", cut, value)])
    contracts = values.get("contract_type", [])
    for value in contracts:
        if value not in DURABLE_JOB_CONTRACTS:
            yield Relation(((plie("durable_exits_with", "contract_type", value), 1.0),))
    if contracts:
        always = [plie("exits_with", "contract_type", value) for value in OPEN_ENDED]
        long_enough = plie("exits_with", "contract_type", LONG_ENOUGH)
        proven = plie("durable_exits_with", "contract_type", LONG_ENOUGH)
        yield at_most([*always, proven], [plie("durable_contracts")])
        yield at_most([plie("durable_contracts")], [*always, long_enough])


def _esf_relations(by_name: Index) -> Iterator[Relation]:
    """D81 to D84: the sexes add up; what is known of a person leaves one value; each result is of its base."""
    for name in ESF_CUMULATED:
        for what in sorted({measure[2] for measure in by_name.get((PLIE, name), [])}):
            yield equal((PLIE, name, what, TOTAL), [(PLIE, name, what, sex) for sex in ESF_SEXES])
    listed = {measure[2] for measure in by_name.get((PLIE, ESF), [])}
    codes = sorted((listed | {*ESF_DATA, *ESF_BASES, ESF_LONG_TERM}) - {ESF_ALL}) if listed else []
    for sex in (*ESF_SEXES, TOTAL) if listed else ():
        of = {code: (PLIE, ESF, code, sex) for code in codes}
        known = {code: plie(ESF_KNOWN, code, sex) for code in of}
        base = {code: plie(ESF_BASE, code, sex) for code in of}
        for code in codes:
            yield at_most([of[code]], [known[code]])
            yield at_most([known[code]], [base[code]])
        for small, large in ESF_AT_MOST:
            yield at_most([(PLIE, *small, sex)], [(PLIE, *large, sex)])
        statuses = (ESF_UNEMPLOYED, ESF_INACTIVE, ESF_EMPLOYED)
        for whole in (statuses, ESF_LEVELS):
            yield equal(known[whole[0]], [of[code] for code in whole])
        yield at_most([of[code] for code in ESF_AGES], [known[ESF_AGES[0]]])
        yield at_most([of[code] for code in (ESF_LONG_TERM, *statuses[1:])], [known[ESF_LONG_TERM]])
        # One situation after leaving: job search, training, or a job.
        searching, training, working = ESF_SITUATIONS
        yield at_most([of[searching], of[training], of[working]], [known[training]])
        yield at_most([of[searching], of[working]], [known[working]])
        for small, large in ((searching, working), (working, training)):
            yield at_most([known[small]], [known[large]])
            yield at_most([base[small], known[large]], [base[large], known[small]])


def _clause_relations(by_name: Index, hours_per_month: float) -> Iterator[Relation]:
    values = _values(by_name, CLAUSE, (*CLAUSE_HOURS, *CLAUSE_COUNTS))
    for cut, of_cut in values.items():
        for value in of_cut:
            of = {name: clause(name, cut, value) for name in (*CLAUSE_HOURS, *CLAUSE_COUNTS)}
            yield equal(of["hours_delivered"], [of["hours_counted"], of["hours_excluded"]])
            for small, large in CLAUSE_AT_MOST:
                yield at_most([of[small]], [of[large]])
            yield Relation(((of["work_contracts"], MONTHS * hours_per_month), (of["hours_counted"], -1.0)), 0.0, inf)
            for side in ("employer", "awardee"):
                yield at_most([of[f"hours_{side}_known"]], [of["hours_counted"]])
                yield at_most([of[f"hours_{side}_iae_geiq_rq"]], [of[f"hours_{side}_known"]])
                yield at_most([of[f"hours_{side}_iae"]], [of[f"hours_{side}_iae_geiq_rq"]])
        if cut == TOTAL:
            continue
        for name in CLAUSE_HOURS:
            yield equal(clause(name, TOTAL, TOTAL), [clause(name, cut, value) for value in of_cut])
        for name in CLAUSE_COUNTS:
            whole, parts = clause(name, TOTAL, TOTAL), [clause(name, cut, value) for value in of_cut]
            if name == "work_contracts" and cut == CONTRACT_CUT:
                yield equal(whole, parts)
                continue
            yield at_most([whole], parts)
            for part in parts:
                yield at_most([part], [whole])
        side = {"employer_type": "employer", "awardee_type": "awardee"}.get(cut)
        if side:
            for kind, codes in (("iae", IAE), ("iae_geiq_rq", IAE_GEIQ_RQ)):
                hours = [clause("hours_counted", cut, value) for value in of_cut if value in codes]
                yield equal(clause(f"hours_{side}_{kind}", TOTAL, TOTAL), hours)
            known = [clause("hours_counted", cut, value) for value in of_cut if value != UNKNOWN]
            yield equal(clause(f"hours_{side}_known", TOTAL, TOTAL), known)
            for value in of_cut:
                for kind, codes in (("known", of_cut), ("iae", IAE), ("iae_geiq_rq", IAE_GEIQ_RQ)):
                    split = clause(f"hours_{side}_{kind}", cut, value)
                    if value in codes and value != UNKNOWN:
                        yield equal(split, [clause("hours_counted", cut, value)])
                    else:
                        yield Relation(((split, 1.0),))


def _clause_profile_relations(by_name: Index) -> Iterator[Relation]:
    everybody = clause("beneficiaries", TOTAL, TOTAL)
    for measure in by_name.get((CLAUSE, "beneficiaries_known"), []):
        yield equal(everybody, [measure, clause("beneficiaries_unknown", measure[2])])
    profiles = [measure[2] for measure in by_name.get((CLAUSE, "beneficiaries_with"), [])]
    for profile in profiles:
        yield at_most([clause("beneficiaries_with", profile)], [clause("beneficiaries_known", attribute(profile))])
    yield from _profile_pairs(profiles, clause, ("beneficiaries_with",), lambda _: everybody)
    for one, other in DISJOINT:
        pair = [clause("beneficiaries_with", one), clause("beneficiaries_with", other)]
        known = clause("beneficiaries_known", attribute(one))
        yield equal(known, pair) if (one, other) in EXHAUSTIVE else at_most(pair, [known])


def _facilitator_relations() -> Iterator[Relation]:
    f = "facilitators"
    yield at_most([clause(f, "structures_with_etp")], [clause(f, "structures")])
    for small, large in CLAUSE_AT_MOST:
        yield at_most([clause(f, small)], [clause(f, large)])
    for part, whole in FACILITATOR_TOTALS.items():
        yield at_most([clause(f, part)], [clause(whole, TOTAL, TOTAL)])


def same_when_all_have_etp() -> list[tuple[Measure, Measure]]:
    """Pairs of measures that are equal where every structure has a known ETP: both tables count the same structures."""
    return [(clause("facilitators", part), clause(whole, TOTAL, TOTAL)) for part, whole in FACILITATOR_TOTALS.items()]


def zero_together(measures: Iterable[Measure]) -> list[tuple[Measure, ...]]:
    """Groups of measures that are all zero or all above zero: whoever works has hours, a contract and a marché."""
    groups = [
        (plie("persons_in_parcours"), plie("parcours")),
        (plie("steps"), plie("participants_with_step")),
        (plie("entries"), plie("persons_entered")),
        tuple(clause("facilitators", name) for name in FACILITATOR_TOTALS if name != "employers"),
    ]
    cuts = sorted(
        {measure[2:] for measure in measures if measure[:2] in ((CLAUSE, "hours_counted"), (CLAUSE, "buyers"))}
    )
    names = ("hours_counted", *CLAUSE_PERSONS, "procurements", "buyers")
    return groups + [tuple(clause(name, *cut) for name in names) for cut in cuts]
