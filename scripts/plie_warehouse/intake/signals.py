"""What a row says that is worth a second look, and that leaves it as it is: warnings with the line and what to check
(D1D, D59, D82).

Each signal is SQL over the rows of a frame, with ``<column>__day`` for the day of a date, ``<column>__number`` for a
number, and ``<column>__code`` for the national code of a coded cell.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from plie_warehouse.contract import Table, parameter, read_seed


@dataclass(frozen=True)
class Signal:
    """One signal of a table. ``columns``: those of the frame that the finding shows; ``dates``: delivered ones that are
    compared as days; ``made``: column that is no delivered one -> its SQL; ``condition``: SQL, true where to look
    twice; ``numbers``: delivered columns that are compared as numbers. ``{name}`` stands for a parameter of the year of
    the row."""

    check_id: str
    table: str
    columns: tuple[str, ...]
    dates: tuple[str, ...]
    condition: str
    made: tuple[tuple[str, str], ...] = ()
    detail: str = ""
    numbers: tuple[str, ...] = ()

    @property
    def flag(self) -> str:
        """The column of the frame that is null where there is nothing to see."""
        return "_".join(["signal", self.check_id.replace("-", "_").lower(), *self.columns])


_START, _VALIDATED, _EXIT, _OBSERVED, _QUALIFIED = (
    f"cast({name}__day as date)"
    for name in ("contract_start_date", "validated_on", "exit_date", "labour_status_on", "qualification_obtained_on")
)
# A year that is not of four digits is found already (ENR-03).
_AGE = (
    "cast(left(entry_date__day, 4) as integer)"
    " - try_cast(case when length(birth_year) = 4 then birth_year end as integer)"
)

# The team of a PLIE that its internal referents are a part of, and these.
_TEAM, _REFERENTS = "interne", "referent_interne"


def _of_team(cell: str) -> str:
    """The cell that the row of the internal team has, on each row of its PLIE."""
    said = f"max(case when team__code = '{_TEAM}' then {cell} end)"
    return f"{said} over (partition by delivery, reporting_year, upper(plie_code))"


def _referents_beyond_their_team(measure: str) -> Signal:
    """One measure of the internal referents beside that of the internal team."""
    return Signal(
        "ENR-18", "survey_teams", (measure, f"{measure}_of_team"), (),
        f"team__code = '{_REFERENTS}' and {measure}__number > {_of_team(f'{measure}__number')}",
        ((f"{measure}_of_team", _of_team(measure)),),
        "La seconde valeur est celle de l'équipe interne.",
        numbers=(measure,),
    )  # fmt: skip


_PLIE_OF_BODY = "count(distinct upper(plie_code)) over (partition by delivery, upper(oi_code))"

SIGNALS = (
    Signal(
        "ENR-11", "exits", ("exit_date", "due_exit_date"), ("exit_date", "contract_start_date"),
        f"exit_reason__code in ({{jobs}}) and {_EXIT} < cast(due_exit_date as date)",
        (("due_exit_date", f"cast(cast({_START} + to_months({{follow_up_months}}) as date) - 1 as varchar)"),),
        "La seconde date est le dernier jour de suivi, où la sortie est due.",
    ),
    Signal(
        "ENR-12", "exits", ("exit_date", "validated_on"), ("exit_date", "validated_on"),
        f"{_VALIDATED} - {_EXIT} > {{follow_up_tolerance_days}}",
    ),
    Signal(
        "ENR-13", "exits", ("contract_start_date", "validated_on"), ("contract_start_date", "validated_on"),
        f"{_VALIDATED} < {_START}",
    ),
    Signal(
        "ENR-14", "participants", ("birth_year", "entry_date"), ("entry_date",),
        f"{_AGE} not between {{entry_min_age}} and {{entry_max_age}}",
    ),
    Signal(
        "ENR-15", "participants", ("labour_status_at_entry", "jobseeker_months"), (),
        "jobseeker_months__number > 0 and labour_status_at_entry__code in ({others})", numbers=("jobseeker_months",),
    ),
    Signal(
        "ENR-16", "exits", ("exit_date", "labour_status_on"), ("exit_date", "labour_status_on"),
        f"{_OBSERVED} not between {_EXIT} and {_EXIT} + {{esf_exit_status_days}}",
    ),
    Signal(
        "ENR-17", "exits", ("exit_date", "qualification_obtained_on"), ("exit_date", "qualification_obtained_on"),
        f"{_QUALIFIED} > {_EXIT} + {{esf_exit_status_days}}",
    ),
    _referents_beyond_their_team("headcount"),
    _referents_beyond_their_team("fte"),
    Signal(
        "ENR-19", "intermediate_bodies", ("oi_code", "plie_count"), (),
        f"{_PLIE_OF_BODY} < {{intermediate_body_min_plie}}",
        (("plie_count", f"cast({_PLIE_OF_BODY} as varchar)"),),
        "La seconde valeur est le nombre de ses PLIE dans la liste.",
    ),
    Signal(
        "ENR-20", "facilitators", ("fte", "headcount"), (),
        "fte__number > headcount__number", numbers=("fte", "headcount"),
    ),
)  # fmt: skip

_PARAMETERS = (
    "follow_up_months",
    "follow_up_tolerance_days",
    "entry_min_age",
    "entry_max_age",
    "esf_exit_status_days",
    "intermediate_body_min_plie",
)


def signals_of(table: Table) -> list[Signal]:
    """The signals of a table; the name of a table is that of one kind of delivery."""
    return [signal for signal in SIGNALS if signal.table == table.name]


def signal_columns(table: Table, years: Iterable[str], impossible: Collection[str]) -> list[str]:
    """SQL of the columns that the signals of a table add to its frame. ``years``: those that its rows describe;
    ``impossible``: the columns with years that cannot be, which are found already (ENR-09)."""
    signals = signals_of(table)
    if not signals:
        return []
    values = {name: _of_year(name, years) for name in _PARAMETERS}
    jobs = [row["exit_reason"] for row in read_seed("exit_reasons") if row["evidence"] == "emploi"]
    values["jobs"] = ", ".join(f"'{reason}'" for reason in jobs)
    others = [row["labour_status"] for row in read_seed("labour_statuses") if row["is_unemployed"] != "true"]
    values["others"] = ", ".join(f"'{status}'" for status in others)
    columns = [f"{sql.format(**values)} as {name}" for signal in signals for name, sql in signal.made]
    for one in signals:
        possible = "".join(f" and {name}__impossible is null" for name in one.columns if name in impossible)
        columns.append(f"case when {one.condition.format(**values)}{possible} then 'x' end as {one.flag}")
    return columns


def _of_year(name: str, years: Iterable[str]) -> str:
    """The value of a parameter for the year of a row: null where none is in force."""
    known = []
    for year in years:
        try:
            known.append(f"when '{year}' then {parameter(name, int(year)):.0f}")
        except KeyError:
            continue
    return f"(case year {' '.join(known)} end)" if known else "null::integer"
