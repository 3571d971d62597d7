"""The generated pages: docs/rules.md and docs/indicators, which say of all rules and indicators what ``plie explain``
prints of one, and docs/glossaire.md."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby
from pathlib import Path

from plie_warehouse.explain.figure import Warehouse
from plie_warehouse.explain.glossary import GLOSSARY, glossary_page
from plie_warehouse.explain.project import Place, Project, Row
from plie_warehouse.explain.report import COVERAGE, PARTS, formula, label, shown

MARK = "<!-- Généré par `plie docs --write` : ne pas modifier à la main. -->"

RULES = "docs/rules.md"
INDICATORS = "docs/indicators"
VALUES = f"{INDICATORS}/national_values.csv"

VALUE_KEY = ("indicator_code", "cut", "method_version", "cut_value", "reporting_year")


def documents(project: Project) -> dict[str, str]:
    """Path in the project -> text of each generated page. National values come from the file ``VALUES``."""
    pages = {RULES: _page(_rules(project)), GLOSSARY: _page(glossary_page(project.root))}
    values = _national_values(project)
    # The registry keeps the measures of a mart together, but for those that came later.
    by_mart = sorted(project.indicators, key=lambda row: row["mart"])
    for mart, measures in groupby(by_mart, key=lambda row: row["mart"]):
        pages[f"{INDICATORS}/{mart}.md"] = _page(_indicators(project, mart, list(measures), values))
    return pages


def stale_documents(project: Project) -> list[str]:
    """One sentence for each page that is not what the project says, or that nothing generates any more."""
    pages = documents(project)
    there = {
        RULES,
        GLOSSARY,
        *(path.relative_to(project.root).as_posix() for path in (project.root / INDICATORS).glob("*.md")),
    }
    return [
        f"{path} is not what the project says: run `plie docs --write`."
        for path in sorted(there | set(pages))
        if not (project.root / path).is_file() or (project.root / path).read_text(encoding="utf-8") != pages.get(path)
    ]


def write_documents(project: Project) -> list[Path]:
    """Write the pages, delete those that nothing generates any more; returns those written."""
    pages = documents(project)
    (project.root / INDICATORS).mkdir(parents=True, exist_ok=True)
    for path in (project.root / INDICATORS).glob("*.md"):
        if path.relative_to(project.root).as_posix() not in pages:
            path.unlink()
    for path, text in pages.items():
        (project.root / path).write_text(text, encoding="utf-8")
    return [project.root / path for path in pages]


def write_values(project: Project, warehouse: Warehouse) -> Path:
    """Write the file ``VALUES`` from a warehouse, which is to be a build of the sample."""
    (project.root / VALUES).write_text(national_values(warehouse), encoding="utf-8")
    return project.root / VALUES


def national_values(warehouse: Warehouse) -> str:
    """The text of the file ``VALUES``: the national values of a warehouse, which is to be a build of the sample."""
    rows = warehouse.fetch(
        f"select {', '.join(VALUE_KEY)}, value from {{w}}.marts.indicators"
        " where territory_kind = 'national' and value is not null order by all"
    )
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*VALUE_KEY, "value"])
    writer.writerows([*(row[name] for name in VALUE_KEY), f"{row['value'].normalize():f}"] for row in rows)
    return text.getvalue()


# --------------------------------------------------------------------------------------------------- rules


def _rules(project: Project) -> Iterator[str]:
    yield "# Règles"
    yield ""
    yield "Chaque règle avec le SQL qui l'applique, ses tests, ses indicateurs et les chiffres imprimés qu'elle fonde."
    yield "`dbt ls -s tag:D15` donne les modèles et les tests d'une règle, `dbt build -s tag:D15` les exécute."
    for rule_id, rule in project.rules.items():
        indicators = [row for row in project.indicators if row["rule_id"] == rule_id]
        figures = dict.fromkeys(figure for row in indicators for figure in project.figures_of(row))
        yield ""
        yield f"## {rule_id}"
        yield ""
        yield f"**{rule['label_fr']}.** {rule['statement_fr']}"
        yield ""
        yield f"- Source : {rule['source']}"
        tagged = {"SQL": project.models, "Macros": project.macros, "Tests unitaires": project.unit_tests}
        for title, items in (tagged | {"Tests de données": project.data_tests}).items():
            places = [item.place for item in items if item.rule_id == rule_id and item.place]
            yield from _list(title, [_link(place, "..") for place in places])
        queries = project.named_in(rule_id, "tests", "*.sql")
        yield from _list("Tests SQL", [_link(place, "..") for place in queries])
        yield from _list("Indicateurs", [f"[{_title(row)}]({_address(row)})" for row in indicators])
        yield from _list("Chiffres imprimés", [f"`{figure}`" for figure in figures])


def _link(place: Place, up: str) -> str:
    return f"[{place.name}]({up}/{place.path}#L{place.line})"


def _list(title: str, items: list[str]) -> Iterator[str]:
    if items:
        yield f"- {title} : {', '.join(items)}"


def _title(measure: Row) -> str:
    return f"{measure['indicator_code']} {measure['cut']} {measure['method_version']}"


def _address(measure: Row) -> str:
    """Of its section, from docs/: an anchor is the heading with hyphens for spaces."""
    return f"indicators/{measure['mart']}.md#{_title(measure).lower().replace(' ', '-')}"


# ---------------------------------------------------------------------------------------------- indicators


def _national_values(project: Project) -> dict[tuple[str, ...], list[Row]]:
    """Indicator, cut and method version -> its national values."""
    found: dict[tuple[str, ...], list[Row]] = {}
    with (project.root / VALUES).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(tuple(row[name] for name in VALUE_KEY[:3]), []).append(row)
    return found


def _indicators(
    project: Project, mart: str, measures: list[Row], values: dict[tuple[str, ...], list[Row]]
) -> Iterator[str]:
    yield f"# Indicateurs de {mart}"
    for measure in measures:
        yield ""
        yield f"## {_title(measure)}"
        yield ""
        yield f"**{measure['label_fr']}.** {measure['definition_fr']}"
        yield ""
        yield f"- Formule : {formula(project, measure)}"
        covered = [project.part(measure, part) for part in COVERAGE]
        yield from _list("Couverture", [" / ".join(label(part) for part in covered if part)] if any(covered) else [])
        decimals = f"décimales : {measure['value_decimals']}, montrées : {measure['shown_decimals']}"
        factor = f", × {measure['shown_factor']}" if measure["shown_factor"] != "1" else ""
        yield f"- Unité : {measure['unit']} ({decimals}{factor}) ; évolution en {measure['change_unit']}"
        rule, method = measure["rule_id"], measure["method_version"]
        yield f"- Règle : [{rule}](../rules.md#{rule.lower()}), méthode {method}, {measure['source']}"
        yield f"- SQL : {_link(project.where_made(measure), '../..')}"
        yield from _list("Chiffres imprimés", [f"`{figure}`" for figure in project.figures_of(measure)])
        for part, title in PARTS.items():
            found = project.part(measure, part)
            if found and found["rows_sql"]:
                yield from ("", f"Lignes du {title}, {found['measure']} :", "", "```sql", found["rows_sql"], "```")
        yield from _values(measure, values.get(tuple(measure[name] for name in VALUE_KEY[:3]), []))


def _values(measure: Row, rows: list[Row]) -> Iterator[str]:
    """National values of the sample: a line each value of the breakdown, a column each year."""
    if not rows:
        return
    years = sorted({row["reporting_year"] for row in rows})
    value = {(row["cut_value"], row["reporting_year"]): Decimal(row["value"]) for row in rows}
    yield from ("", f"| Échantillon, France | {' | '.join(years)} |", f"| --- |{' ---: |' * len(years)}")
    for cut_value in dict.fromkeys(row["cut_value"] for row in rows):
        cells = (shown(measure, value.get((cut_value, year))) for year in years)
        yield f"| {cut_value} | {' | '.join(cells)} |"


def _page(lines: Iterator[str]) -> str:
    return "\n".join((MARK, "", *lines, ""))
