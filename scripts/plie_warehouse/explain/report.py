"""What a reader is shown of a figure, in French: the figure, its formula, its rule with the SQL and tests, its rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from plie_warehouse.explain.figure import Figure, Warehouse
from plie_warehouse.explain.project import Place, Project, Row, Tagged
from plie_warehouse.summary import number

PARTS = {"numerator": "numérateur", "denominator": "dénominateur"}
COVERAGE = {"coverage_numerator": "couverture, part connue", "coverage_denominator": "couverture, base"}


def explain(project: Project, warehouse: Warehouse, figure: Figure, row_count: int) -> Iterator[str]:
    """The lines to print. ``row_count``: how many rows of each part to show."""
    cells = {cell["reporting_year"]: cell for cell in warehouse.cells(figure)} if figure.measure else {}
    yield from _figure(warehouse, figure, cells)
    if figure.measure is None:
        return
    yield from _formula(project, figure.measure, cells.get(figure.years[0], {}))
    yield from rule_lines(project, figure.measure)
    for year in figure.years:
        for part, title in PARTS.items():
            measure, expected = project.part(figure.measure, part), cells.get(year, {}).get(part)
            if measure and expected is not None:
                yield ""
                yield f"Lignes du {title} de {year} : {label(measure)}"
                yield from _rows(warehouse, figure, measure, year, expected, row_count)


def label(measure: Row) -> str:
    """A measure by its code and, where it has one, its French label."""
    return f"{measure['measure']} ({measure['label_fr']})" if measure["label_fr"] else measure["measure"]


def shown(measure: Row, value: Any) -> str:
    """A value as readers see it, with its unit."""
    if value is None:
        return "–"
    unit = "%" if measure["unit"] == "taux" else measure["unit"]
    return f"{number(value * int(measure['shown_factor']), int(measure['shown_decimals']))} {unit}"


def formula(project: Project, measure: Row) -> str:
    """The formula of a measure, by codes and labels."""
    parts = [project.part(measure, part) for part in PARTS]
    if parts[1] is None:
        return label(measure)
    return " / ".join(label(part) for part in parts if part)


def _figure(warehouse: Warehouse, figure: Figure, cells: dict[int, dict[str, Any]]) -> Iterator[str]:
    measure, printed = figure.measure, figure.printed
    yield f"{figure.name} : {printed['label_fr'] if printed else measure['label_fr']}"
    if printed:
        [compared] = warehouse.fetch("select * from {w}.marts.printed_comparison where figure_id = ?", figure.name)
        decimals = compared["printed_decimals"]
        unit = "" if printed["unit"] == "nombre" else printed["unit"]
        qualifier = f"{printed['qualifier']} " if printed["qualifier"] else ""
        yield f"  imprimé      {qualifier}{number(compared['printed_value'], decimals)} {unit}".rstrip()
        yield f"               {printed['document']}, {printed['section']}, p. {printed['page']} ; {printed['scope']}"
        if compared["our_value"] is not None:
            ours = f"{number(compared['our_value'], int(printed['rounding']))} {unit}".rstrip()
            yield f"  entrepôt     {ours} (exactement {_exact(compared['exact_value'])})"
        yield f"  statut       {compared['status_label_fr']}"
        if printed["parameter_name"]:
            yield f"  paramètre    {printed['parameter_name']} (règle {compared['rule_id']})"
        if compared["reading_fr"]:
            yield f"  lecture      {compared['reading_fr']}"
            other = compared["other_value"]
            value = "–" if other is None else number(other, int(printed["rounding"]))
            yield f"               autre lecture, {value} : {compared['other_reading_fr']}"
        if compared["explanation_fr"]:
            yield f"  explication  {compared['explanation_fr']}"
    if measure:
        years = ", ".join(str(year) for year in figure.years)
        where = "|".join(figure.cut_values)
        yield f"  cellule      {measure['cut']} = {where}, {figure.territory_kind}:{figure.territory_code}, {years}"
        values = (f"{year} {shown(measure, cell['value'])}" for year, cell in cells.items())
        yield f"  par année    {' ; '.join(values) or '–'}"


def _formula(project: Project, measure: Row, cell: dict[str, Any]) -> Iterator[str]:
    yield ""
    yield f"Formule : {formula(project, measure)}"
    yield f"  définition   {measure['definition_fr']}"
    for part, title in (PARTS | COVERAGE).items():
        if found := project.part(measure, part):
            value = f" = {_exact(cell[part])}" if cell.get(part) is not None else ""
            yield f"  {title} : {label(found)}{value}"
    if cell.get("coverage") is not None:
        yield f"  taux de couverture : {number(cell['coverage'] * 100, 1)} %"
    yield f"  unité {measure['unit']}, {measure['value_decimals']} décimales, méthode {measure['method_version']}"
    made = project.where_made(measure)
    yield f"  {made}  {made.name}.{measure['measure']}"


def rule_lines(project: Project, measure: Row) -> Iterator[str]:
    """The rule of a measure: what it says, its SQL, its tests."""
    rule_id = measure["rule_id"]
    rule = project.rules[rule_id]
    yield ""
    yield f"Règle {rule_id} : {rule['label_fr']}. {rule['statement_fr']}"
    yield f"  source : {rule['source']}"
    # The model that makes the figure first.
    yield from _tagged("SQL", sorted(project.models, key=lambda item: item.name != measure["mart"]), rule_id)
    yield from _tagged("macros", project.macros, rule_id)
    yield from _tagged("tests unitaires dbt", project.unit_tests, rule_id)
    yield from _tagged("tests de données", project.data_tests, rule_id)
    yield from _places("tests SQL", project.named_in(rule_id, "tests", "*.sql"))
    validation = "scripts/plie_warehouse/validation"
    second = project.named_in(rule_id, validation, "[!_]*.py") + project.named_in(rule_id, validation, "*.csv")
    yield from _places(f"seconde implémentation (suite Great Expectations {measure['mart']})", second)
    yield from _places("pytest", project.named_in(rule_id, "tests", "test_*.py"))


def _tagged(title: str, items: list[Tagged], rule_id: str) -> Iterator[str]:
    return _places(title, [item.place for item in items if item.rule_id == rule_id and item.place])


def _places(title: str, places: list[Place]) -> Iterator[str]:
    if places:
        yield f"  {title}"
        yield from (f"    {place}  {place.name}" for place in places)


def _rows(
    warehouse: Warehouse, figure: Figure, measure: Row, year: int, expected: Any, row_count: int
) -> Iterator[str]:
    if not measure["rows_sql"]:
        yield "  Le registre ne dit pas quelles lignes : remplir rows_sql dans seeds/reference/measures.csv."
        return
    rows = warehouse.rows(measure, figure, year)
    yield f"  {rows.sql}"
    yield rows.first(row_count)
    what = "somme" if measure["is_summed"] == "true" else "lignes"
    verdict = "comme le chiffre" if rows.total == expected else f"mais le chiffre dit {_exact(expected)}"
    yield f"  {what} : {_exact(rows.total)}, {verdict}"


def _exact(value: Any) -> str:
    """A number with the decimals that it has."""
    normal = value.normalize()
    return number(normal, max(0, -normal.as_tuple().exponent))
