"""All rows of a table, of every delivery at once, with what the checks look at: one frame per table.

A frame has the delivered columns (blanks trimmed, null when blank, index = number of the row) and, beside them:
``delivery`` (number), ``file``, ``line``, ``supplier``, ``year``; ``<column>__code``, the national code of a coded
cell, or its lower-case text; ``<column>__day``, ISO text of a date that orders; ``<column>__number``, the number
that a signal compares; ``contents_of_key``, 1 or, when different rows share the key, 2; ``copy_number``, the rank of a
row among those that say the same; ``linked_<n>``, ``FOUND`` or ``MISSING``, the row that the n-th link of the contract
names (null when the link is blank); ``<column>__impossible``, the cell where its year cannot be (only where some are
so); the columns of ``signals``. Texts are categories.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

import duckdb
import numpy as np
import pandas as pd

from plie_warehouse.contract import PATTERNS, YEAR, Column, Table, load_codes, read_seed
from plie_warehouse.intake.possible_years import is_possible_birth_year, is_possible_year
from plie_warehouse.intake.read import TableRows
from plie_warehouse.intake.signals import signal_columns, signals_of

# As macros/parsing.sql: tabs, no-break spaces and marks are blanks.
CLEAN = "nullif(trim(regexp_replace({0}, '[\\s\\x{{00A0}}\\x{{202F}}\\x{{FEFF}}]+', ' ', 'g')), '')"

# The same; most cells are plain words with one blank between them, and that is seen faster than it is made.
CLEANED = f"case when regexp_full_match({{0}}, '[!-~]+( [!-~]+)*') then {{0}} else {CLEAN} end"

# Whether the row that a link names is there.
FOUND, MISSING = "found", "missing"

# As staging types them.
DECIMALS = {"decimal": "decimal(18, 6)", "hours": "decimal(14, 2)", "etp": "decimal(14, 4)", "days": "decimal(9, 2)"}


class Frames:
    """Rows in an in-memory database, read as text and judged elsewhere."""

    def __init__(self) -> None:
        self.connection = duckdb.connect()
        # Most queries are small: a second thread takes more time than it saves.
        self.connection.execute("set threads = 1")
        self.loaded: dict[str, Table] = {}
        # Table -> columns with years that cannot be.
        self.impossible: dict[str, set[str]] = {}
        codes = pd.DataFrame([vars(code) for code in load_codes()], dtype=object)
        maps = pd.DataFrame(read_seed("code_maps"), dtype=object)
        self.connection.register("codes_given", codes)
        self.connection.register("maps_given", maps)
        self.connection.execute(
            "create table codes as select code_list, lower(spelling) as code_key, code, valid_from, valid_to"
            " from codes_given;"
            "create table maps as select upper(supplier_code) as supplier, field, lower(local_code) as code_key,"
            " lower(national_code) as national_key, valid_from, valid_to from maps_given"
        )

    def __enter__(self) -> Frames:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def load(self, table: Table, rows: Sequence[tuple[int, str, int, TableRows]]) -> None:
        """Add the rows of one table; they are forgotten where they come from.

        ``rows``: (number of the delivery, supplier, year, its rows).
        """
        sizes = [len(one.lines) for *_, one in rows]
        given = {
            "delivery": np.repeat([number for number, *_ in rows], sizes),
            "supplier": _repeated([supplier for _, supplier, *_ in rows], sizes),
            "year": _repeated([str(year) for _, _, year, _ in rows], sizes),
            "file": _repeated([one.file for *_, one in rows], sizes),
            "source_file": _repeated([one.source_file for *_, one in rows], sizes),
            "line": np.concatenate([one.lines for *_, one in rows]),
        }
        for name in table.names:
            cells = itertools.chain.from_iterable(one.columns.pop(name) for *_, one in rows)
            given[f"c_{name}"] = np.fromiter(cells, object, sum(sizes))
        # Not copied, nor looked through for what type they might be: they are text.
        self.connection.register("given", pd.DataFrame(given, copy=False))
        self.connection.execute(f"create table raw_{table.name} as select * from given")
        self.connection.unregister("given")
        del given
        cleaned = ", ".join(f"{CLEANED.format(f'c_{name}')} as {name}" for name in table.names)
        self.connection.execute(
            f"create table rows_{table.name} as select row_number() over () as number,"
            f" delivery, supplier, year, file, line, {cleaned} from raw_{table.name}"
        )
        self.loaded[table.name] = table
        self._find_impossible(table)

    def as_delivered(self, table: Table, number: int) -> str:
        """Query of the rows of one delivery as they came, in their order (that of the table): all text, with where each
        stands in its source."""
        if table.name not in self.loaded:
            names = [*table.names, "source_file", "source_row"]
            return "select " + ", ".join(f"'' as {name}" for name in names) + " where false"
        # What is no year that can be is found (ENR-09) and counts as unknown.
        impossible = self.impossible.get(table.name, ())
        given = {name: f"c_{name}" for name in table.names}
        for name in impossible:
            found = _is_impossible(table, name, "r", CLEAN.format(f"r.c_{name}"))
            given[name] = f"case when {found} then '' else c_{name} end"
        cells = ", ".join(f"{cell} as {name}" for name, cell in given.items())
        return (
            f"select {cells}, source_file, cast(line as varchar) as source_row from raw_{table.name} as r"
            f" where delivery = {number}"
        )

    def _find_impossible(self, table: Table) -> None:
        """Note which years and days of a table cannot be: before the first or after the last that is possible, or of
        somebody too young or too old, by the parameters of the year that the delivery describes."""
        dated = [column for column in table.columns if column.type in ("date", "year") and column.name != YEAR]
        if not dated:
            return
        said = " union all ".join(
            f"select distinct '{column.name}' as name, year, {column.name} as text from rows_{table.name}"
            f" where {column.name} is not null"
            for column in dated
        )
        found = self.connection.execute(
            f"with said as ({said}) select name, year, text,"
            " try_cast(case when text like '__/__/____' then right(text, 4) else left(text, 4) end as integer)"
            " from said where regexp_full_match(text, '[0-9]{4}(-[0-9]{2}-[0-9]{2})?|[0-9]{2}/[0-9]{2}/[0-9]{4}')"
        ).fetchall()
        impossible = [
            (name, year, text)
            for name, year, text, said in found
            if not (is_possible_birth_year if name == "birth_year" else is_possible_year)(said, int(year))
        ]
        if impossible:
            self.impossible[table.name] = {name for name, *_ in impossible}
            given = pd.DataFrame(impossible, columns=["name", "year", "text"], dtype=object)
            self.connection.register("given", given)
            self.connection.execute(f"create table impossible_{table.name} as select * from given")
            self.connection.unregister("given")

    def frame(self, table: Table) -> pd.DataFrame:
        """The frame of a table that is loaded, once all tables that it is linked to are."""
        look_ups, codes = "", {}
        for column in table.columns:
            if column.code_list:
                look_ups += _look_up(table, column)
                codes[column.name] = f"coalesce(n_{column.name}.code, m_{column.name}.code, lower(r.{column.name}))"
        said = {column.name: _canonical(column, codes) for column in table.columns}
        key = ", ".join(["w.delivery", *(f"said_{name}" for name in table.key)])
        content = ", ".join(f"coalesce(said_{name}, '')" for name in table.names)
        days = [name for pair in table.date_orders for name in pair]
        days += [name for signal in signals_of(table) for name in signal.dates]
        extra = [f"code_{name} as {name}__code" for name in codes]
        impossible = self.impossible.get(table.name, set())
        for name in dict.fromkeys(days):
            day = _day(f"said_{name}")
            if name in impossible:  # it comes neither before nor after another
                day = f"case when not {_is_impossible(table, name, 'w', f'w.{name}')} then {day} end"
            extra.append(f"{day} as {name}__day")
        numbers = dict.fromkeys(name for signal in signals_of(table) for name in signal.numbers)
        extra += [f"{_number(table.column(name))} as {name}__number" for name in numbers]
        extra += [f"said_{name} as {name}__said" for name in (table.supplier_column,) if name]
        extra += [
            f"case when {_is_impossible(table, name, 'w', f'w.{name}')} then w.{name} end as {name}__impossible"
            for name in sorted(impossible)
        ]
        years = self.connection.execute(f"select distinct year from rows_{table.name}").fetchall()
        signals = signal_columns(table, sorted(year for (year,) in years), impossible)
        links = ""
        for number, link in enumerate(table.links):
            there = link.table in self.loaded
            links += _link(number, self.loaded.get(link.table, table), link.columns, there)
            blank = " or ".join(f"w.{name} is null" for name in link.columns)
            found = f"l{number}.delivery is not null" if there else "false"
            extra.append(
                f"case when {blank} then null when {found} then '{FOUND}' else '{MISSING}' end as linked_{number}"
            )

        def spelled(rows: str) -> str:
            return f"""
                select r.*,
                    {", ".join(f"{expression} as said_{name}" for name, expression in said.items())}
                    {"".join(f", {expression} as code_{name}" for name, expression in codes.items())}
                from {rows} as r {look_ups}
            """

        # Few rows share a key: only those with the same hash of it are put side by side.
        self.connection.execute(f"""
            create temp table judged as
                with w as ({spelled(f"rows_{table.name}")}),
                looked_at as (
                select number, w.delivery, file, line, supplier, year, {", ".join(f"w.{name}" for name in table.names)},
                    hash({key}) as key_hash
                    {"".join(f", {one}" for one in dict.fromkeys(extra))}
                from w {links})
                select *{"".join(f", {one}" for one in signals)} from looked_at;
            create temp table alike as
                select number from judged
                where key_hash in (select key_hash from judged group by key_hash having count(*) > 1);
            create temp table repeated as
                with said as ({spelled(f"(select * from rows_{table.name} where number in (from alike))")}),
                w as (select *, hash({content}) as content from said)
                select number,
                    case when min(content) over (partition by {key}) = max(content) over (partition by {key})
                        then 1 else 2 end as contents_of_key,
                    row_number() over (partition by {key}, content order by line) as copy_number
                from w
        """)
        compared = {YEAR: "year", **{f"{name}__day": "day" for name in days}}
        if table.supplier_column:
            compared[f"{table.supplier_column}__said"] = "supplier"
        frame = self._categories("judged", compared)
        self.connection.execute("drop table judged; drop table alike; drop table repeated")
        return frame.set_index("number").rename_axis(None)

    def forget_judged(self) -> None:
        """Make room once all frames are there: the rows stay as they were delivered only."""
        for name in self.loaded:
            self.connection.execute(f"drop table rows_{name}")

    def _categories(self, judged: str, compared: Mapping[str, str]) -> pd.DataFrame:
        """The rows in their order, texts as categories: they repeat themselves, memory and work need not.

        ``compared``: column -> name of the categories that it shares with those it is compared with, in their order.
        """
        columns = self.connection.execute(f"describe select * exclude (key_hash) from {judged}").fetchall()
        sharing: dict[str, list[str]] = {}
        for name, kind, *_ in columns:
            if kind == "VARCHAR":
                sharing.setdefault(compared.get(name, name), []).append(name)
        given = {name: name for name, *_ in columns}
        for shared, names in sharing.items():
            texts = " union ".join(f"select {name} as text from {judged} where {name} is not null" for name in names)
            distinct = f"select distinct text from ({texts}) order by text"
            self.connection.execute(f"create type texts_of_{shared} as enum ({distinct})")
            given |= {name: f"cast({name} as texts_of_{shared}) as {name}" for name in names}
        frame = self.connection.execute(
            f"select {', '.join(given.values())}, coalesce(contents_of_key, 1) as contents_of_key,"
            f" coalesce(copy_number, 1) as copy_number from {judged} left join repeated using (number) order by number"
        ).df()
        for shared in sharing:
            self.connection.execute(f"drop type texts_of_{shared}")
        return frame


def _is_impossible(table: Table, column: str, row: str, cell: str) -> str:
    """Condition: a cell of a row is one of those that were noted."""
    return f"({row}.year, {cell}) in (select (year, text) from impossible_{table.name} where name = '{column}')"


def _repeated(texts: Sequence[str], times: Sequence[int]) -> np.ndarray:
    return np.repeat(np.array(texts, dtype=object), times)


def _day(said: str) -> str:
    """ISO text of a day that exists, else null: a date that cannot be read comes neither before nor after another."""
    iso = f"regexp_full_match({said}, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}')"
    return f"case when {iso} then cast(cast(try_strptime({said}, '%Y-%m-%d') as date) as varchar) end"


def _number(column: Column) -> str:
    """A number as staging reads it, null where it does not."""
    reads = f"regexp_full_match(w.{column.name}, '{PATTERNS[column.type]}')"
    return f"case when {reads} then cast(said_{column.name} as {DECIMALS.get(column.type, 'bigint')}) end"


def _whose(table: Table) -> str:
    """Whose map of codes a row goes by, as in staging: its supplier, in a register the structure that it is about."""
    own = [column.name for column in table.columns if column.type == "supplier"]
    return "r.supplier" if table.supplier_column or not own else f"upper(r.{own[0]})"


def _look_up(table: Table, column: Column) -> str:
    """Joins that give the national code of a column, by the national list or by the supplier's map."""
    name, day = column.name, "r.year || '-12-31'"
    supplier = _whose(table)
    valid = "({0}.valid_from = '' or {0}.valid_from <= {1}) and ({0}.valid_to = '' or {0}.valid_to >= {1})"
    return f"""
        left join codes as n_{name} on n_{name}.code_list = '{column.code_list}'
            and n_{name}.code_key = lower(r.{name}) and {valid.format(f"n_{name}", day)}
        left join maps as t_{name} on t_{name}.field = '{name}' and t_{name}.supplier = {supplier}
            and t_{name}.code_key = lower(r.{name}) and {valid.format(f"t_{name}", day)}
        left join codes as m_{name} on m_{name}.code_list = '{column.code_list}'
            and m_{name}.code_key = t_{name}.national_key"""


def _canonical(column: Column, codes: Mapping[str, str]) -> str:
    """One spelling of each value, so that a row written in two formats is one row (D1B)."""
    cell = f"r.{column.name}"
    if column.name in codes:
        return codes[column.name]
    if column.type == "date":
        french = f"regexp_replace({cell}, '^(\\d{{2}})/(\\d{{2}})/(\\d{{4}})$', '\\3-\\2-\\1')"
        return french
    if column.type == "integer":
        return f"coalesce(cast(try_cast({cell} as bigint) as varchar), {cell})"
    if column.type in DECIMALS:
        # The pattern first: a cast alone would take 1E3, and round what has too many decimals.
        reads = f"regexp_full_match({cell}, '{PATTERNS[column.type]}')"
        return (
            f"case when {reads} then cast(try_cast(replace({cell}, ',', '.') as {DECIMALS[column.type]}) as varchar)"
            f" else {cell} end"
        )
    return f"upper({cell})" if column.type == "supplier" else cell


def _link(number: int, table: Table, columns: Sequence[str], there: bool) -> str:
    """Join that finds the row which a link names; as in staging, numbers are compared as numbers, and codes of a
    register without regard to case."""
    if not there:
        return ""

    def said(cell: str, name: str) -> str:
        kind = table.column(name).type
        if kind == "integer":
            return f"coalesce(cast(try_cast({cell} as bigint) as varchar), {cell})"
        return f"upper({cell})" if kind == "supplier" else cell

    names = ", ".join(f"{said(name, name)} as {name}" for name in columns)
    same = " and ".join(f"l{number}.{name} = {said(f'w.{name}', name)}" for name in columns)
    return (
        f" left join (select distinct delivery, {names} from rows_{table.name}) as l{number}"
        f" on l{number}.delivery = w.delivery and {same}"
    )
