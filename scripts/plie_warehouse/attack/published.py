"""Read a release: the DuckDB file, its copies, and the releases that are kept with it. Nothing private is read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import duckdb
import numpy as np

from plie_warehouse.attack.knowledge import (
    COVERAGE_DECIMALS,
    JOINED_CUT,
    OF_ORGANISATIONS,
    OF_THE_NATION,
    PLIE,
    SHAPES,
    Measure,
    Quotient,
    Shape,
)
from plie_warehouse.errors import PlieError
from plie_warehouse.sql import text

FILE, VERSIONS = "plie_marts.duckdb", "versions"
SCHEMA, REFERENCE = "published", "reference"
COPIES = ("parquet", "csv")
INDICATORS, CHANGES, COVERAGE, SCORECARD = "indicators", "indicator_changes", "network_coverage", "plie_scorecard"
DEFINITIONS = "measures"
# Beside each table of figures: a view of all its rows without statuses, and whether something of a row is hidden.
SIMPLE, HIDDEN = "simple", "is_hidden"
# Published tables that hold no figure of a territory.
WITHOUT_FIGURES = {
    "action_sheets", "build_info", "dim_plie", "dim_clause_structure", "dim_date", "dim_territory", "oi_plie",
    "publication",
}  # fmt: skip
# National results that were printed before there were rows: of the nation, and of years that nothing else is of.
PRINTED_BEFORE = {"historical_results"}
# What stands in the indicators, once more.
REPEATED = {"printed_comparison", SCORECARD}
# Tables that the attack does not read.
LEFT_OUT = WITHOUT_FIGURES | PRINTED_BEFORE | REPEATED | OF_ORGANISATIONS | OF_THE_NATION
TERRITORY = ("reporting_year", "territory_kind", "territory_code")
INDICATOR = ("indicator_code", "cut", "cut_value", "method_version")
# Columns that say what a row is, for readers.
LABELS = ("territory_name", "_label_fr")

PUBLISHED, PRIMARY, SECONDARY, SMALL_BASE, WITHHELD, NOT_KNOWN = range(6)
WORDS = ("publie", "masque_primaire", "masque_secondaire", "base_insuffisante", "non_diffuse", "non_connu")


class AttackError(PlieError):
    """The attack cannot be made: something published that it cannot read, or that contradicts itself."""


@dataclass
class Registry:
    """Numbers for territories of a year and for measures, shared by all that is read."""

    units: dict[tuple[int, str, str], int] = field(default_factory=dict)
    measures: dict[Measure, int] = field(default_factory=dict)

    def unit(self, key: tuple[int, str, str]) -> int:
        return self.units.setdefault(key, len(self.units))

    def measure(self, key: Measure) -> int:
        return self.measures.setdefault(key, len(self.measures))


@dataclass(frozen=True)
class Column:
    """The figures of one column: parallel arrays. ``value`` is NaN when nothing is shown; ``word``: see ``WORDS``."""

    table: str
    column: str
    unit: np.ndarray
    measure: np.ndarray
    value: np.ndarray
    word: np.ndarray
    labels: list[str]

    def where(self, keep: np.ndarray, table: str) -> Column:
        """Some of the figures, as those of another table."""
        labels = [label for label, one in zip(self.labels, keep.tolist(), strict=True) if one]
        arrays = (self.unit[keep], self.measure[keep], self.value[keep], self.word[keep])
        return Column(table, self.column, *arrays, labels)


@dataclass(frozen=True)
class Ratio:
    """The quotients of one column, with the measures that they are made of."""

    table: str
    column: str
    decimals: int
    unit: np.ndarray
    numerator: np.ndarray
    denominator: np.ndarray
    value: np.ndarray
    word: np.ndarray

    def where(self, keep: np.ndarray, table: str) -> Ratio:
        """Some of the quotients, as those of another table."""
        arrays = (self.unit, self.numerator, self.denominator, self.value, self.word)
        return Ratio(table, self.column, self.decimals, *(array[keep] for array in arrays))


@dataclass
class Reading:
    """What one publication shows. ``suppliers``: domain -> supplier -> (department, region, is registered);
    ``nobody_outside``: domain and year of which it says that all who delivered are in the register;
    ``agreeing_years``: year and territory that agree with the year before, None when nobody says it."""

    name: str
    columns: list[Column] = field(default_factory=list)
    ratios: list[Ratio] = field(default_factory=list)
    suppliers: dict[str, dict[str, tuple[str | None, str | None, bool]]] = field(default_factory=dict)
    nobody_outside: set[tuple[str, int]] = field(default_factory=set)
    parameters: dict[str, float] = field(default_factory=dict)
    agreeing_years: frozenset[tuple[int, str, str]] | None = None
    notes: list[str] = field(default_factory=list)


def find(place: Path) -> tuple[Path, list[Path]]:
    """The DuckDB file and the folders of the kept versions, of a serving folder or beside a file."""
    file = place / FILE if place.is_dir() else place
    if not file.is_file():
        raise AttackError(f"{place} : aucun fichier publié ({FILE})")
    kept = file.parent / VERSIONS
    return file, sorted(folder for folder in kept.iterdir() if folder.is_dir()) if kept.is_dir() else []


def read(file: Path, registry: Registry, name: str, copies: bool = True) -> Reading:
    """All figures of one release; with ``copies``, also the rows of its Parquet and CSV that the DuckDB file lacks."""
    reading = Reading(name)
    with duckdb.connect() as connection:
        _attach(connection, file)
        tables = _tables(connection)
        for view in sorted(_views(connection)):
            _demand_derived(connection, view, tables[SCHEMA])
        if SCORECARD in tables[SCHEMA]:
            _demand_repeated(connection)
        _read_dimensions(connection, tables, reading)
        reader = _Reader(connection, tables[SCHEMA], _definitions(connection, tables), registry, reading)
        for table in sorted(tables[SCHEMA]):
            if table in OF_THE_NATION:
                _only_national(connection, table)
            if table == COVERAGE:
                _read_strangers(connection, reading)
            if table in LEFT_OUT:
                continue
            reader.read_table(f"served.{SCHEMA}.{table}", table, table)
            for kind in COPIES if copies else ():
                copy = file.parent / kind / f"{table}.{kind}"
                if copy.is_file():
                    reader.read_copy(copy, kind, table)
        if copies:
            _look_around(file, tables)
    if not reading.columns:
        raise AttackError(f"{file} : aucun chiffre publié")
    return reading


def _attach(connection: duckdb.DuckDBPyConnection, file: Path) -> None:
    try:
        connection.execute(f"attach {text(file)} as served (read_only)")
    except duckdb.Error as error:
        raise AttackError(f"{file} : illisible ({error})") from error


def _tables(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, dict[str, str]]]:
    """Schema -> table -> column -> type. Raises ``AttackError`` for what the attack does not know; a view of schema
    ``published`` is looked at later, see ``_demand_derived``."""
    found: dict[str, dict[str, dict[str, str]]] = {SCHEMA: {}, REFERENCE: {}}
    views = _views(connection)
    for schema, table, column, kind in connection.execute(
        "select schema_name, table_name, column_name, data_type from duckdb_columns()"
        " where database_name = 'served' and not internal order by schema_name, table_name, column_index"
    ).fetchall():
        if schema == SCHEMA and table in views:
            continue
        found.setdefault(schema, {}).setdefault(table, {})[column] = kind
    for schema, tables in found.items():
        for table, columns in tables.items():
            if schema == REFERENCE:
                known = "territory_code" not in columns
            else:
                known = schema == SCHEMA and table in LEFT_OUT | {INDICATORS, CHANGES} | SHAPES.keys()
            if not known:
                raise AttackError(f"{schema}.{table} : table publiée que l'attaque ne connaît pas")
    return found


def _views(connection: duckdb.DuckDBPyConnection) -> set[str]:
    return {
        view
        for (view,) in connection.execute(
            "select view_name from duckdb_views()"
            f" where database_name = 'served' and schema_name = '{SCHEMA}' and not internal"
        ).fetchall()
    }


def _demand_derived(connection: duckdb.DuckDBPyConnection, view: str, tables: dict[str, dict[str, str]]) -> None:
    """Raises ``AttackError`` unless each row of a view, ``<table>_simple`` or ``<table>_<level>``, is one of its table,
    and its ``is_hidden`` says no more than the statuses of that row: it tells nothing that the table does not."""
    bases = [table for table in tables if view.startswith(f"{table}_")]
    base = max(bases, key=len) if bases else ""
    named = {
        column: kind
        for column, kind, *_ in connection.execute(f"describe served.{SCHEMA}.{view}").fetchall()
        if column != HIDDEN
    }
    if not base or not named.items() <= tables[base].items():
        raise AttackError(f"{SCHEMA}.{view} : vue publiée que l'attaque ne connaît pas")
    suffix = view.removeprefix(f"{base}_")
    rows = "" if suffix == SIMPLE else f" where territory_kind = {text(suffix)}"
    statuses = [f'"{column}"' for column in tables[base] if column == "status" or column.endswith("_status")]
    kept = [column for column in statuses if column.strip('"') not in named]
    seen = ", ".join(map(text, (WORDS[PUBLISHED], WORDS[NOT_KNOWN])))
    suppressed = ", ".join(map(text, (WORDS[PRIMARY], WORDS[SECONDARY], WORDS[SMALL_BASE])))
    must, may = ("false", "false")
    if kept:
        every = f"[{', '.join(kept)}]"
        must, may = f"list_has_any([{suppressed}], {every})", f"not list_has_all([{seen}], {every})"
    columns, of_shown, of_own = (
        ", ".join(f'{owner}"{column}"' for column in named) for owner in ("", "shown.", "own.")
    )
    hidden = HIDDEN if kept else "false"
    [(strange,)] = connection.execute(
        f"select count(*) from (select {columns}, {hidden} as said from served.{SCHEMA}.{view}) as shown"
        f" left join (select {columns}, {must} as must, {may} as may, true as is_there"
        f" from served.{SCHEMA}.{base}{rows}) as own on row({of_shown}) is not distinct from row({of_own})"
        " where is_there is null or (must and not said) or (said and not may)"
    ).fetchall()
    if strange:
        raise AttackError(f"{SCHEMA}.{view} : {strange} lignes ne sont pas celles de {base}")


def _demand_repeated(connection: duckdb.DuckDBPyConnection) -> None:
    """Raises ``AttackError`` unless the scorecard of the PLIE follows from the indicators that are shown: values and
    counts are theirs, ranks are among them, and an interval stands only beside both counts, which give it."""
    figure = "reporting_year, indicator_code, cut, cut_value, method_version"
    value = f"case when status = '{WORDS[PUBLISHED]}' then value end"
    [(strange,)] = connection.execute(
        f"""
        with shown as (select *, {value} as shown_value from served.{SCHEMA}.{INDICATORS}),
        plie as (
            select
                *, rank() over (partition by {figure} order by shown_value desc) as own_rank,
                count(*) over (partition by {figure}) as ranked
            from shown where territory_kind = 'plie' and shown_value is not null
        )
        select count(*)
        from served.{SCHEMA}.{SCORECARD} as card
        left join plie on row({_of("plie", figure)}, plie.territory_code) = row({_of("card", figure)}, card.plie_code)
        left join shown as region
            on row({_of("region", figure)}, region.territory_code, region.territory_kind)
            = row({_of("card", figure)}, card.region_code, 'region')
        left join shown as nation
            on row({_of("nation", figure)}, nation.territory_kind) = row({_of("card", figure)}, 'national')
        where plie.shown_value is distinct from card.value
            or region.shown_value is distinct from card.region_value
            or nation.shown_value is distinct from card.national_value
            or plie.numerator is distinct from card.numerator
            or plie.denominator is distinct from card.denominator
            or plie.own_rank is distinct from card.value_rank
            or plie.ranked is distinct from card.ranked_plie
            or ((card.numerator is null or card.denominator is null)
                and (card.interval_low is not null or card.interval_high is not null))
        """
    ).fetchall()
    if strange:
        raise AttackError(f"{SCHEMA}.{SCORECARD} : {strange} lignes ne se déduisent pas de {INDICATORS}")


def _of(relation: str, columns: str) -> str:
    return ", ".join(f"{relation}.{column}" for column in columns.split(", "))


def _read_strangers(connection: duckdb.DuckDBPyConnection, reading: Reading) -> None:
    """A PLIE that no register knows may only answer the survey: the coverage says how many of them delivered."""
    reading.nobody_outside |= {
        (PLIE, year)
        for (year,) in connection.execute(
            f"select reporting_year from served.{SCHEMA}.{COVERAGE}"
            " where territory_kind = 'national' and plie_delivering_not_existing = 0"
        ).fetchall()
    }


def _only_national(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """Raises ``AttackError`` when a table that is left aside as national says something of a territory below."""
    below = connection.execute(
        f"select count(*) from served.{SCHEMA}.{table} where territory_kind <> 'national'"
    ).fetchone()
    if below != (0,):
        raise AttackError(f"{SCHEMA}.{table} : lignes sous le niveau national, que l'attaque ne connaît pas")


def _read_dimensions(connection: duckdb.DuckDBPyConnection, tables: dict, reading: Reading) -> None:
    for domain, table, supplier in (
        ("plie", "dim_plie", "plie_code"),
        ("clause", "dim_clause_structure", "structure_code"),
    ):
        if table in tables[SCHEMA]:
            reading.suppliers[domain] = {
                code: (department, region, registered)
                for code, department, region, registered in connection.execute(
                    f"select {supplier}, department_code, region_code, is_registered from served.{SCHEMA}.{table}"
                ).fetchall()
            }
    if "parameters" in tables[REFERENCE]:
        # The value in force last: enough for the bounds that they are used for.
        reading.parameters = dict(
            connection.execute(
                "select name, arg_max(cast(value as double), valid_from)"
                f" from served.{REFERENCE}.parameters group by name"
            ).fetchall()
        )


@dataclass(frozen=True)
class _Definition:
    """What one indicator shows of its aggregate. Names of columns, empty for none."""

    shape: Shape
    mart: str
    value: str
    numerator: str
    denominator: str
    coverage_numerator: str
    coverage_denominator: str


def _definitions(connection: duckdb.DuckDBPyConnection, tables: dict) -> dict[tuple[str, str, str], _Definition | None]:
    """(indicator, cut, method version) -> what it shows; nothing, for the tables that are left aside."""
    if not {INDICATORS, CHANGES} & tables[SCHEMA].keys():
        return {}
    if DEFINITIONS not in tables[REFERENCE]:
        raise AttackError(f"{REFERENCE}.{DEFINITIONS} manque : les indicateurs ne se lisent pas")
    found: dict[tuple[str, str, str], _Definition | None] = {}
    for code, cut, version, mart, *columns in connection.execute(
        "select indicator_code, cut, method_version, mart, measure, numerator, denominator, coverage_numerator,"
        f" coverage_denominator from served.{REFERENCE}.{DEFINITIONS} where indicator_code is not null"
    ).fetchall():
        if mart in SHAPES:
            found[code, cut, version] = _Definition(SHAPES[mart], mart, *(column or "" for column in columns))
        elif mart in OF_ORGANISATIONS | OF_THE_NATION:
            found[code, cut, version] = None
    return found


def _word_case(column: str) -> str:
    """SQL of the number of a status. A missing status (of the denominator of a count) is that of the unpublished."""
    words = " ".join(f"when '{word}' then {number}" for number, word in enumerate(WORDS))
    return f"case coalesce(\"{column}\", '{WORDS[WITHHELD]}') {words} else -1 end"


def _look_around(file: Path, tables: dict) -> None:
    """Raises ``AttackError`` for a data file beside the released ones that the attack does not read."""
    known = {file.resolve()}
    known |= {
        (file.parent / kind / f"{table}.{kind}").resolve()
        for kind in COPIES
        for schema in (SCHEMA, REFERENCE)
        for table in tables[schema]
    }
    if file.name != FILE:
        return
    for path in sorted(file.parent.rglob("*")):
        inside = path.relative_to(file.parent).parts
        if inside[0] == VERSIONS or any(part.startswith(".") for part in inside):
            continue
        if path.suffix in (".duckdb", ".parquet", ".csv", ".wal") and path.resolve() not in known:
            raise AttackError(f"{'/'.join(inside)} : fichier publié que l'attaque ne connaît pas")


def _distinct(columns: list[np.ndarray], rows: int) -> tuple[list[tuple[str, ...]], np.ndarray]:
    """The distinct tuples of some columns, and which of them each row has."""
    numbers: dict[tuple[str, ...], int] = {}
    if not columns:
        return [()], np.zeros(rows, int)
    of_row = [
        numbers.setdefault(key, len(numbers)) for key in zip(*(column.tolist() for column in columns), strict=True)
    ]
    return list(numbers), np.array(of_row, int)


_PARTS = {
    "numerator": "numerator_status",
    "denominator": "denominator_status",
    "value": "status",
    "coverage": "coverage_status",
}


@dataclass(frozen=True)
class _Reader:
    """Adds the published tables of one release to ``reading``. ``columns``: table -> column -> type."""

    connection: duckdb.DuckDBPyConnection
    columns: dict[str, dict[str, str]]
    definitions: dict[tuple[str, str, str], _Definition | None]
    registry: Registry
    reading: Reading

    def read_copy(self, copy: Path, kind: str, table: str) -> None:
        """Rows of a copy that the DuckDB file lacks: another suppression pattern of the same figures."""
        columns = self.columns[table]
        if kind == "csv":
            types = ", ".join(f"{text(name)}: {text(type_)}" for name, type_ in columns.items())
            rows = f"read_csv({text(copy)}, columns = {{{types}}}, auto_detect = false, header = true, delim = ',',"
            rows += " quote = '\"', escape = '\"', nullstr = '')"
        else:
            rows = f"read_parquet({text(copy)})"
        named = ", ".join(f'"{name}"' for name in columns)
        other = f"(select {named} from {rows} except select {named} from served.{SCHEMA}.{table})"
        try:
            differs = self.connection.execute(f"select count(*) from {other}").fetchone()[0]
        except duckdb.Error as error:
            raise AttackError(f"{copy} : illisible ({error})") from error
        if differs:
            self.reading.notes.append(
                f"{copy.parent.name}/{copy.name} : {differs} lignes ne sont pas celles du fichier DuckDB"
            )
            self.read_table(other, table, f"{kind}/{table}")

    def read_table(self, rows: str, table: str, shown_as: str) -> None:
        """The figures of one published table. ``rows``: SQL of its rows; ``shown_as``: its name in the report."""
        if table == INDICATORS:
            self._read_indicators(rows, shown_as)
            return
        if table == CHANGES:
            self._read_changes(rows, shown_as)
            return
        columns = self.columns[table]
        shape = SHAPES[table]
        quotients = {quotient.value: quotient for quotient in shape.quotients}
        figures = {}
        for column in columns:
            if column in TERRITORY or column in shape.cuts or column.endswith((*LABELS, "_status")):
                continue
            if column not in shape.cells and column not in quotients:
                raise AttackError(f"{table}.{column} : colonne publiée que l'attaque ne connaît pas")
            if f"{column}_status" not in columns:
                raise AttackError(f"{table}.{column} : pas de colonne d'état")
            figures[column] = f"{column}_status"
        fetched, units = self._fetch(rows, shape.cuts, figures, shown_as)
        cuts, cut_of = _distinct([fetched[cut] for cut in shape.cuts], len(units))
        labels = [", ".join(cut) for cut in cuts]
        labels = [labels[number] for number in cut_of] if shape.cuts else [""] * len(units)

        def measured(column: str) -> np.ndarray:
            return np.array([self.registry.measure(shape.cells[column](*cut)) for cut in cuts], int)[cut_of]

        for column in figures:
            value, word = fetched[column], fetched[f"{column}#"]
            if column in quotients:
                quotient = quotients[column]
                if quotient.numerator in figures and quotient.denominator in figures:
                    numerator, denominator = measured(quotient.numerator), measured(quotient.denominator)
                    self.reading.ratios.append(
                        Ratio(shown_as, column, quotient.decimals, units, numerator, denominator, value, word)
                    )
            else:
                self.reading.columns.append(Column(shown_as, column, units, measured(column), value, word, labels))

    def _read_changes(self, rows: str, name: str) -> None:
        """The figures of two years that a change shows, and those that follow from one figure and the change."""
        keys = ", ".join((*TERRITORY, *INDICATOR))
        before = f"(select * replace (reporting_year - 1 as reporting_year) from {rows})"
        # A quotient less its change is one of two figures, both of which were rounded: it says nothing of its counts.
        for value, source, has_quotients in (
            ("value", rows, True),
            ("previous_value", before, True),
            ("value - change", before, False),
            ("previous_value + change", rows, False),
        ):
            shows = f"(select {keys}, {value} as value, '{WORDS[PUBLISHED]}' as status from {source}"
            shows += f" where {value} is not null order by {keys})"
            self._read_indicators(shows, f"{name}, {value}", ("value",), has_quotients)

    def _read_indicators(
        self, rows: str, name: str, parts_shown: Iterable[str] = tuple(_PARTS), has_quotients: bool = True
    ) -> None:
        """The long table shows each cell again: as numerator, denominator or value, and in quotients and coverages."""
        figures = {part: _PARTS[part] for part in parts_shown}
        fetched, units = self._fetch(rows, INDICATOR, figures, name)
        kinds, kind_of = _distinct([fetched[key] for key in INDICATOR], len(units))
        parts: list[_Parts] = []
        for code, cut, value, version in kinds:
            if (code, cut, version) not in self.definitions:
                raise AttackError(f"{INDICATORS} : indicateur {code} ({cut}, {version}) sans définition connue")
            definition = self.definitions[code, cut, version]
            parts.append(_Parts.of(definition, cut, value, self.registry) if definition else _Parts(*[-1] * 6))
        labels = [f"{code} ({cut} {value})" for code, cut, value, _ in kinds]

        def pick(name: str) -> np.ndarray:
            return np.array([getattr(part, name) for part in parts], int)[kind_of]

        of_row = [labels[number] for number in kind_of]
        for column, part in (("numerator", "numerator"), ("denominator", "denominator"), ("value", "count")):
            if column not in figures:
                continue
            measure = pick(part)
            all_of = Column(name, column, units, measure, fetched[column], fetched[f"{column}#"], of_row)
            self.reading.columns.append(all_of.where(measure >= 0, name))
        numerator, denominator, decimals = pick("numerator"), pick("denominator"), pick("decimals")
        for places in sorted(set(decimals.tolist()) - {-1}) if has_quotients else ():
            quotients = Ratio(name, "value", places, units, numerator, denominator, fetched["value"], fetched["value#"])
            self.reading.ratios.append(quotients.where(decimals == places, name))
        if "coverage" not in figures:
            return
        numerator, denominator = pick("coverage_numerator"), pick("coverage_denominator")
        value, word = fetched["coverage"], fetched["coverage#"]
        coverages = Ratio(name, "coverage", COVERAGE_DECIMALS, units, numerator, denominator, value, word)
        self.reading.ratios.append(coverages.where((numerator >= 0) & (denominator >= 0), name))

    def _fetch(
        self, rows: str, cuts: Sequence[str], figures: dict[str, str], shown_as: str
    ) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """Columns as arrays, and the unit of each row. Territory and ``cuts`` as they are, figures as double,
        ``<figure>#`` the number of their word.

        Notes rows that are not in the order of their key: they may be in the order of a suppressed figure."""
        keys = (*TERRITORY, *cuts)
        selected = [f'"{key}"' for key in keys]
        for figure, status in figures.items():
            selected.append(f'cast("{figure}" as double) as "{figure}"')
            selected.append(f'cast({_word_case(status)} as integer) as "{figure}#"')
        fetched = self.connection.execute(f"select {', '.join(selected)} from {rows}").fetchnumpy()
        for figure in figures:
            fetched[figure] = np.ma.filled(np.ma.asarray(fetched[figure], float), np.nan)
            fetched[f"{figure}#"] = np.asarray(fetched[f"{figure}#"], int)
            if (fetched[f"{figure}#"] < 0).any():
                raise AttackError(f"{rows}.{figure} : état inconnu de l'attaque")
        key_of_row = list(zip(*(fetched[key].tolist() for key in keys), strict=True))
        if any(later < earlier for earlier, later in pairwise(key_of_row)):
            self.reading.notes.append(f"{shown_as} : les lignes ne sont pas dans l'ordre de leur clé")
        return fetched, np.array([self.registry.unit(key[: len(TERRITORY)]) for key in key_of_row], int)


@dataclass(frozen=True)
class _Parts:
    """Measures that one indicator shows for one value of its cut; -1 for none. ``count``: its value is that cell."""

    numerator: int
    denominator: int
    count: int
    decimals: int
    coverage_numerator: int
    coverage_denominator: int

    @classmethod
    def of(cls, definition: _Definition, cut: str, value: str, registry: Registry) -> _Parts:
        shape = definition.shape
        if shape.cuts == ("cut", "cut_value"):
            cuts: tuple[str, ...] = (cut, value)
        elif len(shape.cuts) > 1:
            cuts = tuple(value.split(JOINED_CUT))
        else:
            cuts = (value,) if shape.cuts else ()
        quotients: dict[str, Quotient] = {quotient.value: quotient for quotient in shape.quotients}

        def measure(column: str) -> int:
            if not column:
                return -1
            if column not in shape.cells:
                raise AttackError(f"{definition.mart}.{column} : colonne que l'attaque ne connaît pas")
            return registry.measure(shape.cells[column](*cuts))

        quotient = quotients.get(definition.value)
        return cls(
            measure(definition.numerator),
            measure(definition.denominator),
            measure(definition.value) if quotient is None else -1,
            quotient.decimals if quotient else -1,
            measure(definition.coverage_numerator),
            measure(definition.coverage_denominator),
        )
