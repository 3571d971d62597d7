"""All rows of a table, of every delivery at once, with what the checks look at: one frame per table.

A frame has the delivered columns (blanks trimmed, null when blank, index = number of the row) and, beside them:
``delivery`` (number), ``file``, ``line``, ``supplier``, ``year``; ``<column>__code``, the national code of a coded
cell, or its lower-case text; ``<column>__day``, ISO text of a date that orders; ``contents_of_key``, 1 or, when
different rows share the key, 2; ``copy_number``, the rank of a row among those that say the same; ``linked_<n>``,
whether the row that the n-th link of the contract names is there (null when the link is blank).
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

import duckdb
import numpy as np
import pandas as pd

from plie_warehouse.contract import PATTERNS, Column, Table, load_codes, read_seed
from plie_warehouse.intake.read import TableRows

# As macros/parsing.sql: tabs, no-break spaces and marks are blanks.
CLEAN = "nullif(trim(regexp_replace({0}, '[\\s\\x{{00A0}}\\x{{202F}}\\x{{FEFF}}]+', ' ', 'g')), '')"

# Of 2,048 rows each.
VECTORS_OF_A_CHUNK = 32

# As staging types them.
DECIMALS = {"decimal": "decimal(18, 6)", "hours": "decimal(14, 2)", "fte": "decimal(14, 4)"}


class Frames:
    """Rows in an in-memory database, read as text and judged elsewhere."""

    def __init__(self) -> None:
        self.connection = duckdb.connect()
        self.connection.execute("set threads = 2")
        self.loaded: dict[str, Table] = {}
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
        given: dict[str, list] = {"delivery": [], "supplier": [], "year": [], "file": [], "source_file": [], "line": []}
        for number, supplier, year, one in rows:
            count = len(one.lines)
            given["delivery"] += [number] * count
            given["supplier"] += [supplier] * count
            given["year"] += [str(year)] * count
            given["file"] += [one.file] * count
            given["source_file"] += [one.source_file] * count
            given["line"] += one.lines
        for name in table.names:
            given[f"c_{name}"] = list(itertools.chain.from_iterable(one.columns.pop(name) for *_, one in rows))
        frame = pd.DataFrame(given)
        given.clear()
        self.connection.register("given", frame)
        self.connection.execute(f"create table raw_{table.name} as select * from given")
        self.connection.unregister("given")
        del frame
        cleaned = ", ".join(f"{CLEAN.format(f'c_{name}')} as {name}" for name in table.names)
        self.connection.execute(
            f"create table rows_{table.name} as select row_number() over () as number,"
            f" delivery, supplier, year, file, line, {cleaned} from raw_{table.name}"
        )
        self.loaded[table.name] = table

    def as_delivered(self, table: Table, number: int) -> str:
        """Query of the rows of one delivery as they came: all text, with where each stands in its source."""
        if table.name not in self.loaded:
            names = [*table.names, "source_file", "source_row"]
            return "select " + ", ".join(f"'' as {name}" for name in names) + " where false"
        cells = ", ".join(f"c_{name} as {name}" for name in table.names)
        return (
            f"select {cells}, source_file, cast(line as varchar) as source_row from raw_{table.name}"
            f" where delivery = {number} order by line"
        )

    def frame(self, table: Table) -> pd.DataFrame:
        """The frame of a table that is loaded, once all tables that it is linked to are."""
        look_ups, codes = "", {}
        for column in table.columns:
            if column.code_list:
                look_ups += _look_up(table, column)
                codes[column.name] = f"coalesce(n_{column.name}.code, m_{column.name}.code, lower(r.{column.name}))"
        said = {column.name: _canonical(column, codes) for column in table.columns}
        key = ", ".join(["delivery", *(f"said_{name}" for name in table.key)])
        extra = [f"code_{name} as {name}__code" for name in codes]
        extra += [f"{_day(f'said_{name}')} as {name}__day" for pair in table.date_orders for name in pair]
        extra += [f"said_{name} as {name}__said" for name in (table.supplier_column,) if name]
        links = ""
        for number, link in enumerate(table.links):
            there = link.table in self.loaded
            links += _link(number, self.loaded.get(link.table, table), link.columns, there)
            blank = " or ".join(f"w.{name} is null" for name in link.columns)
            found = f"l{number}.delivery is not null" if there else "false"
            extra.append(f"case when {blank} then null else {found} end as linked_{number}")
        sql = f"""
            with judged as (
                select r.*,
                    {", ".join(f"{expression} as said_{name}" for name, expression in said.items())}
                    {"".join(f", {expression} as code_{name}" for name, expression in codes.items())}
                from rows_{table.name} as r {look_ups}
            ),
            hashed as (
                select *, hash({", ".join(f"coalesce(said_{name}, '')" for name in table.names)}) as content from judged
            ),
            w as (
                select *,
                    case when min(content) over (partition by {key}) = max(content) over (partition by {key})
                        then 1 else 2 end as contents_of_key,
                    row_number() over (partition by {key}, content order by line) as copy_number
                from hashed
            )
            select number, w.delivery, file, line, supplier, year, {", ".join(f"w.{name}" for name in table.names)},
                contents_of_key, copy_number {"".join(f", {one}" for one in dict.fromkeys(extra))}
            from w {links}
            order by number
        """
        return _collected(self.connection.execute(sql)).set_index("number").rename_axis(None)


def _collected(result: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """The rows of a query, with one object for each different text: cells repeat themselves, memory need not. A chunk
    at a time, since the cells of all rows at once are what would take most of it."""
    known: dict[object, object] = {}
    chunks = [result.fetch_df_chunk(VECTORS_OF_A_CHUNK)]
    while len(chunks[-1]):
        chunk = chunks[-1]
        for name in chunk.columns:
            if chunk[name].dtype == object:
                places, values = pd.factorize(chunk[name].to_numpy(), use_na_sentinel=True)
                kept = np.empty(len(values) + 1, dtype=object)
                kept[:-1] = [known.setdefault(value, value) for value in values]
                chunk[name] = kept[places]
        chunks.append(result.fetch_df_chunk(VECTORS_OF_A_CHUNK))
    return pd.concat(chunks[:-1] or chunks, ignore_index=True)


def _day(said: str) -> str:
    """ISO text of a day that exists, else null: a date that cannot be read comes neither before nor after another."""
    iso = f"regexp_full_match({said}, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}')"
    return f"case when {iso} then cast(cast(try_strptime({said}, '%Y-%m-%d') as date) as varchar) end"


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
