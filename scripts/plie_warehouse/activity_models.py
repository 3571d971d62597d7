"""The files of the dbt project that are written out for the network head's own registers (D70).

From their contract: the rows of the quality lists and the intermediate models; from ``activity_measures.csv``: the
aggregates and their rows of the registry of measures. A register that comes later changes no file of this package.
"""

from __future__ import annotations

import csv
import io
import re
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path

from plie_warehouse.contract import Column, Kind, Table, load_kind
from plie_warehouse.paths import PROJECT
from plie_warehouse.text import render

KIND = "activity"
REFERENCE = PROJECT / "seeds" / "reference"

# Reason, order of the check, whether the row is excluded, label, message, remedy, label of the check of all rows, share
# of rows that it allows.
_REASONS = (
    (
        "valeur_obligatoire_absente", 1, True, "Valeur obligatoire absente",
        "La colonne est obligatoire et la cellule est vide : la ligne ne peut pas être comptée.",
        "Renseigner cette colonne pour cette ligne, puis livrer à nouveau le fichier.",
        "sans une valeur obligatoire", "0",
    ),
    (
        "valeur_illisible", 2, True, "Valeur illisible", "La valeur ne se lit pas au format attendu.",
        "Corriger la valeur : date AAAA-MM-JJ ou JJ/MM/AAAA (une date qui existe), mois AAAA-MM, nombre entier.",
        "dont une valeur obligatoire est illisible", "0",
    ),
    (
        "livraison_refusee", 4, True, "Livraison refusée",
        "Le registre de cette année contient deux lignes différentes sous une même clé : il est refusé en entier.",
        "Dans le fichier signalé « clé contradictoire », ne garder que la bonne ligne, puis livrer à nouveau.",
        "d'une livraison refusée", "0",
    ),
    (
        "doublon", 5, True, "Doublon", "La ligne répète à l'identique une ligne déjà lue : une seule est comptée.",
        "Supprimer la répétition. Aucun chiffre n'en dépend.", "répétées à l'identique", "0.01",
    ),
    (
        "orphelin", 6, True, "Ligne rattachée à rien",
        "La ligne renvoie à une ligne d'un autre registre qui n'est pas dans cette livraison.",
        "Livrer la ligne dans l'autre registre, ou corriger son identifiant.", "rattachées à rien", "0.01",
    ),
    (
        "dates_inversees", 7, True, "Dates inversées", "La date de fin précède la date de début.",
        "Corriger l'une des deux dates.", "dont la fin précède le début", "0",
    ),
    (
        "hors_annee", 8, True, "Hors de l'année", "La date n'est pas de l'année que décrit la livraison.",
        "Livrer la ligne dans le dossier de son année ; sinon, corriger la date.", "d'une autre année", "0.1",
    ),
    (
        "rattachement_exclu", 9, True, "Ligne de rattachement exclue",
        "La ligne dont celle-ci dépend n'est pas comptée : elle ne l'est pas non plus.",
        "Corriger la ligne dont elle dépend, puis livrer à nouveau les deux registres.",
        "qui dépendent d'une ligne exclue", "0.1",
    ),
    (
        "cle_contradictoire", 20, False, "Clé contradictoire",
        "Cette ligne et une autre ligne différente portent la même clé.", "Ne garder que la bonne ligne.",
        "différentes sous une même clé", "0",
    ),
    (
        "code_inconnu", 21, False, "Code inconnu",
        "Le code n'est pas un code national : la valeur compte comme inconnue.",
        "Utiliser un code de la liste nationale.", "dont un code n'est pas national", "0.02",
    ),
    (
        "valeur_ignoree", 22, False, "Valeur facultative illisible",
        "La valeur ne se lit pas au format attendu : elle compte comme inconnue, la ligne reste comptée.",
        "Corriger la valeur, au format que donne le dictionnaire des entrées.",
        "dont une valeur facultative est illisible", "0.02",
    ),
)  # fmt: skip


_REGENERATE = "change seeds/reference/activity_measures.csv and run `make contract`"
_OF_CONTRACT = "change models/staging/activity/_activity__sources.yml and run `make contract`"
_HEAD_MEASURES = f"-- Generated from the registry: {_REGENERATE}.\n"
METHOD = "activity-1"
# Operation -> whether it gives a quotient, and whether that is a mean.
_QUOTIENTS = {"share": False, "mean": True}


def read_measures() -> list[dict[str, str]]:
    """The registry of activity measures, one row per aggregate, cut and measure."""
    with (REFERENCE / "activity_measures.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def generated_files() -> dict[Path, str]:
    """Path -> content of each file."""
    kind, measures = load_kind(KIND), read_measures()
    files = {
        REFERENCE / "quality_reasons.csv": _with_rows("quality_reasons", "source_table", kind, _reasons(kind)),
        REFERENCE / "quality_checks.csv": _with_rows("quality_checks", "source_table", kind, _checks(kind)),
    }
    models = PROJECT / "models" / "intermediate" / KIND
    files[models / "int_activity__rows.sql"] = _rows(kind)
    files[PROJECT / "macros" / "activity_registers.sql"] = _register_names(kind)
    folder, published = PROJECT / "models" / "marts" / KIND, PROJECT / "models" / "published"
    marts = [*dict.fromkeys(row["mart"] for row in measures)]
    files[REFERENCE / "measures.csv"] = _registered(kind, measures, marts)
    files[REFERENCE / "reader_comments.csv"] = _commented(measures, marts)
    for mart in marts:
        of_mart = [row for row in measures if row["mart"] == mart]
        files[folder / f"{mart}.sql"] = _mart_sql(kind, mart, of_mart)
        files[published / f"published_{mart}.sql"] = f"{{{{ published_aggregate('{mart}', ['cut', 'cut_value']) }}}}\n"
    files[folder / "_head__marts.yml"] = render(
        "activity_marts.yml", marts={mart: _columns(kind, measures, mart) for mart in marts}, regenerate=_REGENERATE
    )
    files[published / "_activity__published.yml"] = render(
        "activity_published.yml", marts=marts, regenerate=_REGENERATE
    )
    files[PROJECT / "models" / "indicators" / "ind_activity__measures.sql"] = _as_rows(marts)
    return files


def _applies(table: Table, reason: str) -> bool:
    """Whether a row of the register may be told the reason."""
    typed = [column for column in table.columns if column.type != "text"]
    # Two rows of one key are the same row where the key is all that a row says.
    says_more = table.names != table.key
    return {
        "livraison_refusee": says_more,
        "cle_contradictoire": says_more,
        "valeur_illisible": any(column.required and not column.code_list and _may_fail(column) for column in typed),
        "orphelin": bool(table.links),
        "dates_inversees": bool(table.date_orders),
        "hors_annee": bool(table.day or table.span),
        "rattachement_exclu": bool(table.links) and not (table.day or table.span),
        "code_inconnu": any(column.code_list and column.type != "boolean" for column in typed),
        "valeur_ignoree": any(
            not column.required and (not column.code_list or column.type == "boolean") and _may_fail(column)
            for column in typed
        ),
    }.get(reason, True)


def _may_fail(column: Column) -> bool:
    """Whether a text may be no value of its type: any text is a supplier's code."""
    return column.type != "supplier"


def _rule(table: Table) -> str:
    """The rule of the register, beside that of row acceptance."""
    return table.rules[-1]


def _reasons(kind: Kind) -> Iterator[list[str]]:
    for table in kind.tables:
        for code, order, excludes, label, message, remedy, *_ in _REASONS:
            if _applies(table, code):
                rule = "D1B" if order in (1, 2, 4, 5, 20) else _rule(table)
                yield [code, table.name, rule, str(order), str(excludes).lower(), label, message, remedy]


def _checks(kind: Kind) -> Iterator[list[str]]:
    for place, table in enumerate(kind.tables, start=1):
        given = [one for one in _REASONS if _applies(table, one[0])]
        for number, (code, order, excludes, *_, said, threshold) in enumerate(given, start=1):
            check = f"A{place:02d}-{number:02d}"
            subject = "excluded" if excludes else "finding"
            severity = "erreur" if threshold == "0" else "avertissement"
            rule = "D1B" if order in (1, 2, 4, 5, 20) else _rule(table)
            label = f"{table.sheet} : lignes {said}"
            yield [check, KIND, table.name, subject, code, "true", severity, threshold, rule, label]


def _with_rows(seed: str, column: str, kind: Kind, rows: Iterable[list[str]]) -> str:
    """A reference list with the rows of the registers in place of those that it has, after the others."""
    path = REFERENCE / f"{seed}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        header, *present = csv.reader(file)
    place, names = header.index(column), {table.name for table in kind.tables}
    return as_csv(header, [*(row for row in present if row[place] not in names), *rows])


def as_csv(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return written.getvalue()


# --------------------------------------------------------------------------------------- measures


def _decimals(kind: Kind, row: dict[str, str]) -> int:
    """Decimals of a count: those of days, none of anything else."""
    if row["operation"] not in ("sum", "last"):
        return 0
    return 2 if kind.table(row["register"]).column(row["column_name"]).type == "days" else 0


def _type(kind: Kind, row: dict[str, str]) -> str:
    if row["operation"] in _QUOTIENTS:
        return "decimal(14, 4)" if _QUOTIENTS[row["operation"]] else "decimal(9, 6)"
    return "decimal(14, 2)" if _decimals(kind, row) else "bigint"


def _mart_sql(kind: Kind, mart: str, measures: list[dict[str, str]]) -> str:
    counts = {row["measure"]: _type(kind, row) for row in measures if row["operation"] not in _QUOTIENTS}
    rates = {
        row["measure"]: (row["numerator"], row["denominator"], _QUOTIENTS[row["operation"]])
        for row in measures
        if row["operation"] in _QUOTIENTS
    }
    written = "".join(f"        '{name}': '{type_}',\n" for name, type_ in counts.items())
    rules = ", ".join(sorted({row["rule_id"] for row in measures}))
    sql = f"{_HEAD_MEASURES}-- {rules}: what the registers of the head's own work give, for the country.\n"
    sql += f"{{{{ activity_mart(\n    '{mart}',\n    {{\n{written}    }}"
    if rates:
        written = "".join(
            f"        '{name}': ['{above}', '{below}', {str(mean).lower()}],\n"
            for name, (above, below, mean) in rates.items()
        )
        sql += f",\n    {{\n{written}    }}"
    return sql + "\n) }}\n"


def _columns(kind: Kind, measures: list[dict[str, str]], mart: str) -> dict[str, object]:
    """What the YAML of an aggregate says: its rules and its columns."""
    of_mart = [row for row in measures if row["mart"] == mart]
    columns = {}
    for row in of_mart:
        said = row["definition_fr"]
        unit = "rate" if row["operation"] == "share" else row["unit"]
        description = f"{said.rstrip('.')}. Unit: {unit}. Rule: {row['rule_id']}."
        columns.setdefault(row["measure"], (description, _type(kind, row)))
    return {"rules": sorted({row["rule_id"] for row in of_mart}), "columns": columns}


def _as_rows(marts: list[str]) -> str:
    rows = "\nunion all\n".join(f"{{{{ measures_as_rows('{mart}', ['cut', 'cut_value']) }}}}" for mart in marts)
    return (
        f"{_HEAD_MEASURES}-- D61: the figures of the aggregates of the head's own work as rows, so that the long"
        f" table\n-- is made from them and cannot disagree.\n{rows}\n"
    )


def _commented(measures: list[dict[str, str]], marts: list[str]) -> str:
    """The French texts for readers with those of these aggregates, after the others: of each, and of its bases, which
    are no indicators."""
    with (REFERENCE / "reader_comments.csv").open(encoding="utf-8", newline="") as file:
        header, *present = csv.reader(file)
    names = {f"published.{mart}" for mart in marts}
    written = [row for row in present if row[0] not in names]
    for mart in marts:
        of_mart = [row for row in measures if row["mart"] == mart]
        labels = dict.fromkeys(row["label_fr"] for row in of_mart if row["indicator_code"] and row["cut"] == "total")
        said = " ; ".join(labels)
        written.append([f"published.{mart}", "", f"Activité de la tête de réseau, par année et ventilation. {said}."])
        bases = {row["measure"]: row["definition_fr"] for row in of_mart if not row["indicator_code"]}
        written += [[f"published.{mart}", measure, text] for measure, text in bases.items()]
    return as_csv(header, written)


def _registered(kind: Kind, measures: list[dict[str, str]], marts: list[str]) -> str:
    """The registry of measures with the rows of these aggregates in place of those that it has, after the others."""
    with (REFERENCE / "measures.csv").open(encoding="utf-8", newline="") as file:
        header, *present = csv.reader(file)
    kept = [row for row in present if row[header.index("mart")] not in marts]
    # Every measure of an aggregate has a row for each of its cuts: readers are told that it has no figure there.
    by_place = {(row["mart"], row["cut"], row["measure"]): row for row in measures}
    written = []
    for mart in marts:
        of_mart = [row for row in measures if row["mart"] == mart]
        for cut in dict.fromkeys(row["cut"] for row in of_mart):
            for measure, row in {row["measure"]: row for row in reversed(of_mart)}.items():
                here = by_place.get((mart, cut, measure))
                no_figure = row | {"cut": cut, "indicator_code": "", "is_repeated": "false"}
                written.append(_measure(kind, here or no_figure, has_figure=here is not None))
    return as_csv(header, [*kept, *([row.get(name, "") for name in header] for row in written)])


def _measure(kind: Kind, row: dict[str, str], has_figure: bool) -> dict[str, str]:
    is_quotient, is_share = row["operation"] in _QUOTIENTS, row["operation"] == "share"
    written = {
        "mart": row["mart"],
        "cut": row["cut"],
        "measure": row["measure"],
        "numerator": row["numerator"] or row["measure"],
        "denominator": row["denominator"],
        "quantity": "taux" if is_quotient else "montants" if _decimals(kind, row) else "organismes",
        "is_repeated": row["is_repeated"],
        "finest_level": "national",
    }
    if has_figure and not is_quotient:
        written |= {"is_summed": str(row["operation"] in ("sum", "last")).lower(), "rows_sql": rows_sql(row)}
    if row["indicator_code"]:
        decimals = (6 if is_share else 4) if is_quotient else _decimals(kind, row)
        written |= {
            "indicator_code": row["indicator_code"],
            "method_version": METHOD,
            "unit": row["unit"],
            "value_decimals": str(decimals),
            "shown_factor": "100" if is_share else "1",
            "shown_decimals": str(0 if is_share else 1 if is_quotient else decimals),
            "change_unit": "points" if is_share else row["unit"],
            "rule_id": row["rule_id"],
            "label_fr": row["label_fr"],
            "definition_fr": row["definition_fr"],
            "source": row["source"],
        }
    return written


_CONDITION = re.compile(r"(\w+)(=|<>|>)(.+)")


def rows_sql(row: dict[str, str]) -> str:
    """The query of the rows behind a count, for the text of a year and of some values of the cut."""
    said = [f"reason_code is null and reporting_year = {{year}} and source_table = '{row['register']}'"]
    said += ["is_on_last_day"] if row["days"] else []
    for condition in filter(None, row["conditions"].split(";")):
        name, operator, operand = _CONDITION.fullmatch(condition).groups()
        value, codes = f"attributes['{name}']", ", ".join(f"'{code}'" for code in operand.split("|"))
        if operand == "*":
            said.append(f"{value} is not null")
        elif operator == "=":
            said.append(f"{value} in ({codes})")
        elif operator == "<>":
            said.append(f"coalesce({value} not in ({codes}), true)")
        else:
            said.append(
                f"cast({value} as decimal(18, 6)) > (select value from reference.parameters where name = '{operand}'"
                " and coalesce(valid_from <= make_date({year}, 12, 31), true)"
                " and coalesce(valid_to >= make_date({year}, 12, 31), true))"
            )
    if row["cut"] != "total" and row["is_repeated"] == "false":
        said.append(f"attributes['{row['cut_column']}'] in ({{cut_values}})")
    source = "intermediate.int_activity__rows where " + " and ".join(said)
    value = f"attributes['{row['column_name']}']"
    match row["operation"]:
        case "rows":
            return f"select * from {source}"
        case "distinct":
            return f"select distinct {value} as {row['column_name']} from {source} and {value} is not null"
    known = f"select *, cast({value} as decimal(18, 6)) as amount from {source} and {value} is not null"
    return known if row["operation"] == "sum" else f"{known} order by day_of desc limit 1"


# ------------------------------------------------------------------------------------------- rows


def thing_column(table: Table) -> str:
    """The column that names what a row is about: the first code of a register, else the first column of its key."""
    codes = [column.name for column in table.columns if column.type == "supplier"]
    return next(iter([*codes, *table.key]))


def _thing(table: Table) -> str:
    name = thing_column(table)
    return f"upper(delivered_{name})" if table.column(name).code_list else name


def _rows(kind: Kind) -> str:
    relations, things, dated = [], [], []
    for table in kind.tables:
        first, last = table.span or (table.day, table.day)
        said = [f"'thing': '{_thing(table)}'"]
        said += [f"'first': '{first}', 'last': '{last}'"] if first else []
        said += [f"'order': {[*table.date_orders[0]]}"] if table.date_orders else []
        said += [f"'linked': ['{table.links[0].table}', '{table.links[0].columns[0]}']"] if table.links else []
        relations.append(f"        '{table.name}': ref('stg_activity__{table.name}'),\n")
        things.append(f"        '{table.name}': '{_thing(table)}',\n")
        dated.append(f"        '{table.name}': {{{', '.join(said)}}},\n")
    return render(
        "activity_rows.sql",
        regenerate=_OF_CONTRACT,
        relations="".join(relations),
        things="".join(things),
        named=_names(kind),
        dated="".join(dated),
        registers=_columns_of_each(kind),
    )


def _names(kind: Kind) -> str:
    """The names of the registers, over lines of 120 characters."""
    named = ", ".join(f"'{table.name}'" for table in kind.tables) + ","
    return textwrap.fill(named, 120, initial_indent=" " * 8, subsequent_indent=" " * 8)


def _register_names(kind: Kind) -> str:
    return (
        f"{{#- Generated from the contract: {_OF_CONTRACT}. -#}}\n"
        "{#- The names of the registers of the head's own work. -#}\n"
        f"{{% macro activity_registers() -%}}\n    {{{{ return([\n{_names(kind)}\n    ]) }}}}\n{{%- endmacro %}}\n"
    )


def _columns_of_each(kind: Kind) -> str:
    lines = []
    for table in kind.tables:
        names = ", ".join(f"'{name}'" for name in table.names)
        line = f"        '{table.name}': [{names}],\n"
        if len(line) > 128:
            half = len(table.names) // 2
            first, rest = table.names[:half], table.names[half:]
            line = (
                f"        '{table.name}': [\n            {', '.join(map(repr, first))},\n"
                f"            {', '.join(map(repr, rest))},\n        ],\n"
            )
        lines.append(line)
    return "".join(lines)
