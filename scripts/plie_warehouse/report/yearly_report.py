"""The contents of the yearly report: sections with their sentences, charts and tables, and what stands after them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import groupby
from typing import Any

from markupsafe import Markup

from plie_warehouse.report import maps
from plie_warehouse.report.charts import BY_PLACE, Block, block, charts
from plie_warehouse.report.facts import Facts, listed
from plie_warehouse.report.figures import INSTEAD, TOTAL, Key
from plie_warehouse.report.provenance import Ledger
from plie_warehouse.report.published import NATIONAL, Published
from plie_warehouse.report.sentences import Wording, sentence
from plie_warehouse.report.typography import exact

# What says for which year a section has figures: of the clause, of the network and of the head's own work, whose years
# are not the report's.
TELLING = {
    "latest": ("hours_counted",),
    "next": ("members",),
    "activity": ("training_sessions", "assistance_requests", "events", "web_visits", "projects"),
}
RATES = ("positive_rate_raw", "positive_rate_neutralised", "positive_per_entry")
CONTRADICTED = "contradicted"
# Statuses of printed figures that ours do not give: the report says of each why, and of those of a year that few
# delivered once (D75). The others are the same, declared by an action sheet (D72), or a rule (D73).
APART, NOT_COMPARABLE = (CONTRADICTED, "differs"), "not_comparable"
PARTICIPATING = "plie_participating"
PLIE = "plie"
# Parameters of what the report does not show: the checks of delivered files, and the indicators of the ESF+.
ELSEWHERE = "^(intake|esf)_"
LINKED = re.compile('href="#([^"]+)"')
# Sections whose numbers grow with the PLIE that deliver.
COUNTED_BY_PLIE = ("entries", "exits", "jobs", "steps")


@dataclass(frozen=True)
class Section:
    """A part of the report about one year."""

    id: str
    part: str
    title: str
    intro: str
    year: int
    sentences: list[Markup]
    is_first: bool
    scope: Markup
    blocks: list[Block]


def contents(published: Published, year: int, progress: Callable[[str], None] = lambda _: None) -> dict[str, Any]:
    """All that the template of the report needs. Raises ``ReportError`` for a year without figures."""
    published.demand_year(year)
    ledger = Ledger(published)
    by_place = sorted(
        {"/".join((name, *chart.place)) for chart in charts() if chart.kind in BY_PLACE for name in chart.indicators}
    )
    facts = Facts.of(
        published,
        "territory_kind = ? or (territory_kind in ('region', 'departement')"
        " and list_contains(?, indicator_code || '/' || cut || '/' || cut_value))",
        [NATIONAL, by_place],
    )
    printed = published.rows("select * from published.printed_comparison order by document, figure_id")
    sections, told = [], Told()
    for row in listed("sections.csv"):
        progress(row["title_fr"])
        sections.append(_section(row, facts, ledger, year, printed, told))
    years = {section.id: section.year for section in sections}
    key_figures = {
        part: [_tile(row, facts, ledger, years) for row in rows]
        for part, rows in groupby(listed("key_figures.csv"), key=lambda row: row["part"])
    }
    return {
        "title": f"Consolidation des PLIE, clause sociale et réseau : {year}",
        "year": year,
        "published": published,
        "ledger": ledger,
        "parts": [(part, list(rows)) for part, rows in groupby(sections, key=lambda section: section.part)],
        "key_figures": key_figures,
        "rates": [(figure, ledger.link(figure)) for name in RATES if (figure := facts.get(name, year))],
        "rules": published.rows("from reference.rules where label_fr not like ? order by rule_id", ["%FSE+%"]),
        "parameters": published.rows(
            "select * from reference.parameters where (valid_from is null or valid_from <= make_date(?, 12, 31))"
            " and (valid_to is null or valid_to >= make_date(?, 1, 1)) and not regexp_matches(name, ?)"
            " order by name, valid_from",
            [year, year, ELSEWHERE],
        ),
        "statuses": [status for status in published.statuses.values() if not status.is_shown],
        "printed": _printed(published, ledger, years, printed),
        "compared": [row for row in printed if row["indicator_code"] and row["reporting_year"] in years.values()],
        "participants": participants(published, year),
        "glossary": published.rows("from reference.glossary order by display_order"),
        "credit": maps.credit(),
    }


@dataclass
class Told:
    """What the sections before have said, which is not repeated: figures in sentences, charts, contradictions."""

    figures: set[Key] = field(default_factory=set)
    charts: set[tuple[Any, ...]] = field(default_factory=set)
    contradictions: set[str] = field(default_factory=set)
    scopes: set[int] = field(default_factory=set)


def _section(
    row: dict[str, str], facts: Facts, ledger: Ledger, asked: int, printed: list[dict[str, Any]], told: Told
) -> Section:
    """A section of the year that its rule says. ``told``: what is not repeated here; this section adds its own."""
    years = facts.published.years
    year = {
        "same": lambda: asked,
        "latest": lambda: facts.latest(TELLING["latest"], [one for one in years if one <= asked], asked),
        **{
            rule: lambda rule=rule: facts.latest(
                TELLING[rule], [one for one in years if one in (asked, asked + 1)], asked
            )
            for rule in ("next", "activity")
        },
    }[row["year_rule"]]()
    of_few = row["section_id"] in COUNTED_BY_PLIE and facts.is_of_few(year - 1)
    said = []
    for wording in listed("sentences.csv"):
        if wording["section_id"] == row["section_id"]:
            figure = facts.get(wording["indicator"], year, wording["cut"], wording["value"])
            if figure is not None and figure.key not in told.figures:
                told.figures.add(figure.key)
                past = facts.past(figure.key)._replace(is_of_few=of_few)
                said.append((figure, Wording(wording["one"], wording["many"]), past))
    is_first = len(said) > 1 and all(past.is_first for _, _, past in said)
    blocks = []
    for chart in charts():
        if chart.section == row["section_id"] and (asks := chart.asks(year)) not in told.charts:
            told.charts.add(asks)
            blocks.append(block(chart, facts, year, ledger))
    contradictions = [
        one for one in printed
        if one["status"] == CONTRADICTED and one["territory_kind"] == NATIONAL and one["reporting_year"] == year
    ]  # fmt: skip
    for made in blocks:
        drawn = {
            (figure.key.indicator, figure.key.cut, figure.key.value)
            for figure in made.figures
            if figure.key.kind == NATIONAL
        }
        # What a text repeats of a table is contradicted by the same figures: said once, at the first chart of them.
        for one in contradictions:
            if one["explanation_fr"] not in told.contradictions and _names(one) & drawn:
                told.contradictions.add(one["explanation_fr"])
                made.contradictions.append(one)
    return Section(
        row["section_id"], row["part"], row["title_fr"], row["intro_fr"], year,
        [sentence(*one, ledger, alone=is_first) for one in said], is_first,
        scope_of(facts, ledger, row["section_id"], year, told), blocks,
    )  # fmt: skip


def scope_of(facts: Facts, ledger: Ledger, section: str, year: int, told: Told) -> Markup:
    """That the numbers of two years are not of the same PLIE, where other numbers of PLIE delivered: in full once."""
    now, before = (facts.get(PARTICIPATING, one) for one in (year, year - 1))
    if section not in COUNTED_BY_PLIE or not (now and before and now.is_shown and before.is_shown):
        return Markup()
    if now.exact == before.exact:
        return Markup()
    if year in told.scopes:
        return Markup("Pour {}, {} PLIE ont livré : la réserve faite plus haut vaut ici aussi.").format(
            year - 1, ledger.link(before)
        )
    told.scopes.add(year)
    if facts.is_of_few(year - 1):
        return Markup(
            "{} PLIE ont livré pour {}, {} seulement pour {} : les effectifs des deux années ne se comparent pas (D75),"
            " et une part de {} est celle de ces seuls PLIE."
        ).format(ledger.link(now), year, ledger.link(before), year - 1, year - 1)
    return Markup(
        "{} PLIE ont livré pour {}, {} pour {} : l’écart d’un effectif tient aussi à celui des PLIE qui livrent."
    ).format(ledger.link(now), year, ledger.link(before), year - 1)


def _names(printed: dict[str, Any]) -> set[tuple[str, str, str]]:
    """The figures that a printed figure is compared with: indicator, breakdown, value."""
    values = printed["cut_values"] or TOTAL
    return {(printed["indicator_code"], printed["cut"], value) for value in str(values).split("|")}


def _tile(row: dict[str, str], facts: Facts, ledger: Ledger, years: dict[str, int]) -> dict[str, Any]:
    year = years[row["section_id"]]
    figure = facts.get(row["indicator"], year)
    return {"label": row["label_fr"], "year": year, "figure": figure, "link": ledger.link(figure)}


def _printed(
    published: Published, ledger: Ledger, years: dict[str, int], printed: list[dict[str, Any]]
) -> dict[str, Any]:
    """How our figures compare with those that the network printed: how many by status, those that ours do not give, and
    those that no chart shows: of one PLIE, or a rule. Empty where nothing printed is of these years."""
    of_years = tuple(sorted(set(years.values())))
    rows = [row for row in printed if row["reporting_year"] in of_years and row["status"] != "not_computable"]
    counted = Counter(row["status"] for row in rows)
    statuses = published.rows("from reference.comparison_statuses order by display_order")
    return {
        "years": of_years,
        "statuses": [
            (status, ledger.other(counted[status["status"]], f"chiffres imprimés de statut {status['status']}"))
            for status in statuses
            if counted[status["status"]]
        ],
        "apart": [row for row in rows if row["status"] in APART],
        "not_comparable": [row for row in rows if row["status"] == NOT_COMPARABLE],
        "rules": [
            row | {"parameter": published.parameter(row["parameter_name"], row["reporting_year"])}
            for row in rows
            if row["status"] == "rule"
        ],
        "of_one": [
            row | {"ours": INSTEAD.get(row["our_value_status"])}
            for row in rows
            if row["territory_kind"] == PLIE and row["status"] == "reproduced"
        ],
        "are_reproduced": counted["reproduced"] * 2 >= len(rows) > 0,
    }


def keys_of(printed: dict[str, Any]) -> list[Key]:
    """The figures that a printed figure is compared with."""
    place = printed["territory_kind"], printed["territory_code"], printed["reporting_year"]
    return [Key(*name, *place) for name in sorted(_names(printed))]


def places(context: dict[str, Any]) -> list[dict[str, Any]]:
    """For ``report.json``: of each printed figure that is compared with ours, the entries of these, and where
    the page shows them: charts, sections with a sentence, tiles."""
    shown: dict[str, list[str]] = {}

    def note(place: str, *texts: object) -> None:
        for anchor in {found for text in texts for found in LINKED.findall(str(text))}:
            shown.setdefault(anchor, []).append(place)

    for number, (part, sections) in enumerate(context["parts"], 1):
        note(f"cles-{number}", *(tile["link"] for tile in context["key_figures"][part]))
        for section in sections:
            note(section.id, *section.sentences)
            for made in section.blocks:
                note(made.chart.id, *(cell for _, cells in made.rows for cell in cells))
    of_one = {row["figure_id"] for row in context["printed"]["of_one"]}
    listed = []
    for row in context["compared"]:
        anchors = [key.anchor for key in keys_of(row)]
        listed.append(
            {name: row[name] for name in ("figure_id", "document", "section", "label_fr", "status")}
            | {
                "printed": exact(Fraction(row["printed_value"])),
                "figures": anchors,
                "places": sorted({place for anchor in anchors for place in shown.get(anchor, [])})
                or ["imprimes"] * (row["figure_id"] in of_one),
            }
        )
    return listed


def participants(published: Published, year: int) -> list[tuple[str, list[dict[str, Any]]]]:
    """The PLIE that have figures in the year, by region."""
    rows = published.rows(
        "select coalesce(dim.region_name, '') as region, coalesce(dim.department_code, '') as department,"
        " territory.territory_code as code, territory.territory_name as name, coalesce(dim.town, '') as town"
        " from published.dim_territory as territory left join published.dim_plie as dim"
        " on territory.territory_code = dim.plie_code where territory.territory_kind = 'plie' and exists ("
        "  select 1 from published.plie_outcomes as outcomes where outcomes.territory_kind = 'plie'"
        "  and outcomes.territory_code = territory.territory_code and outcomes.reporting_year = ?"
        " ) order by region = '', strip_accents(region), department, code",
        [year],
    )
    return [(region or "Région non connue", list(of)) for region, of in groupby(rows, key=lambda row: row["region"])]
