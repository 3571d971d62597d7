"""The charts and tables of the report: ``charts.csv`` lists them, each knows what it lacks."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction
from operator import itemgetter
from typing import Any

from markupsafe import Markup

from plie_warehouse.report import actions, maps, svg
from plie_warehouse.report.facts import Facts, listed
from plie_warehouse.report.figures import TOTAL, Figure
from plie_warehouse.report.provenance import Ledger
from plie_warehouse.report.published import FRANCE, NATIONAL
from plie_warehouse.report.typography import FEW_ROWS, SPACE, alphabetical, exact, number, rounded, typeset

# A drawing of more bars is no drawing any more: the table has the others.
MOST_BARS = 12
# Rows of a table that is too long to stand beside a drawing.
MANY_ROWS = 24
# Columns of a table that still stands beside a drawing on paper, and beside a map; one more where the longest words of
# the headers have so few letters together.
MOST_BESIDE, MOST_BESIDE_MAP, MOST_LETTERS = 3, 1, 32
IN_TABLE_ALONE = "Les valeurs nulles ou non données sont dans le tableau seul."
# Tables of words.
OF_WORDS = ("catalogue", "declared")
# Values of a breakdown that begin with their population, which the title of the chart names.
POPULATIONS = ("entries/", "in_parcours/", "exits/")


@dataclass(frozen=True)
class Chart:
    """A row of ``charts.csv``. ``indicators``: the first that the release has is drawn; of breakdown *total*, all.
    ``values``: those of the breakdown, in their order; one that ends with a slash stands for all that begin with it."""

    id: str
    section: str
    title: str
    kind: str
    indicators: tuple[str, ...]
    cuts: tuple[str, ...]
    values: tuple[str, ...]
    by_value: bool
    beside: tuple[str, ...]
    printed: str
    needs: str
    # What its caption says besides, with the names of parameters in braces where their numbers stand.
    note: str = ""

    @classmethod
    def read(cls, row: dict[str, str]) -> Chart:
        def split(name: str) -> tuple[str, ...]:
            return tuple(filter(None, row[name].split("|")))

        return cls(
            row["chart_id"], row["section_id"], row["title_fr"], row["kind"], split("indicators"), split("cut"),
            split("values"), row["sort"] == "value", split("beside"), row["printed"], row["needs_fr"],
            row.get("note_fr", ""),
        )  # fmt: skip

    @property
    def place(self) -> tuple[str, str]:
        """The breakdown and its one value, of a chart of other categories than these."""
        return self.cuts[0], self.values[0] if self.values else TOTAL

    def asks(self, year: int) -> tuple[Any, ...]:
        """What the chart shows of a year: two that ask for the same are one."""
        return self.kind, self.indicators, self.cuts, self.values, year


@dataclass
class Block:
    """A chart as a page shows it: a drawing, its text, its data; or what it lacks."""

    chart: Chart
    year: int
    kind: str = NATIONAL
    code: str = FRANCE
    lack: str = ""
    drawing: Markup | None = None
    description: str = ""
    headers: list[str] = field(default_factory=list)
    rows: list[tuple[str, list[Markup]]] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    notes: list[str | Markup] = field(default_factory=list)
    contradictions: list[dict[str, Any]] = field(default_factory=list)

    @property
    def classes(self) -> str:
        """How the block is set: over the whole width, with words in its cells; on paper whole on a page, or
        a table of so many rows that it takes two columns."""
        rows = len(self.rows)
        # What stands side by side does not break well: a title would stay alone before it.
        most = MANY_ROWS if self.is_side else FEW_ROWS // 2 if self.drawing else FEW_ROWS
        given = {
            "wide": self.chart.kind in ("regions", *OF_WORDS), "words": self.chart.kind in OF_WORDS,
            "whole": rows <= most, "long": self.drawing and rows > MANY_ROWS,
        }  # fmt: skip
        return " ".join(["block", *(name for name, is_so in given.items() if is_so)])

    @property
    def is_side(self) -> bool:
        """Whether there is room on paper for the table beside the drawing."""
        letters = sum(max(map(len, header.split())) for header in self.headers if header)
        most = MOST_BESIDE_MAP if self.is_map else MOST_BESIDE + (letters <= MOST_LETTERS)
        return self.drawing is not None and len(self.rows) <= MANY_ROWS and len(self.headers) <= most

    @property
    def is_map(self) -> bool:
        return self.chart.kind.startswith("map")

    @property
    def pair_classes(self) -> str:
        names = f"side of-{len(self.headers)}" if self.chart.kind == "bars" else "side"
        return f"pair {names}" if self.is_side else "pair"

    def figure(self, facts: Facts, indicator: str) -> Figure | None:
        """A figure of the territory that the chart is about."""
        return facts.get(indicator, self.year, kind=self.kind, code=self.code)


def charts() -> list[Chart]:
    return [Chart.read(row) for row in listed("charts.csv")]


def block(chart: Chart, facts: Facts, year: int, ledger: Ledger, kind: str = NATIONAL, code: str = FRANCE) -> Block:
    """A chart of one year and one territory, or of all regions or departments."""
    made = Block(chart, year, kind, code)
    DRAWN[chart.kind](made, facts, ledger)
    if chart.note and made.figures:
        numbers = {
            name: ledger.other(ledger.published.parameter(name, year), name)
            for name in re.findall(r"{(\w+)}", chart.note)
        }
        made.notes.append(Markup(chart.note).format(**numbers))
    if not made.figures and not made.rows:
        made.lack = f"Il y faut {chart.needs} : la publication n'en a pas pour {year}."
    elif made.figures and not any(figure.is_shown for figure in made.figures):
        reasons = sorted({ledger.published.statuses[figure.status].label_fr.lower() for figure in made.figures})
        made.lack = f"Aucun chiffre n'est donné pour {year} : {', '.join(reasons)}."
    if made.lack:
        made.drawing, made.rows = None, []
    elif made.drawing is not None:
        made.drawing = svg.described(made.drawing, f"{chart.id}-svg", f"{chart.title}, {year}", made.description)
    return made


def _bars(made: Block, facts: Facts, ledger: Ledger) -> None:
    chart, year = made.chart, made.year
    if chart.cuts == (TOTAL,):
        figures = [figure for name in chart.indicators if (figure := made.figure(facts, name))]
    else:
        figures = next(
            (
                found
                for name in chart.indicators
                for cut in chart.cuts
                if (found := facts.breakdown(name, year, cut, made.kind, made.code))
            ),
            [],
        )  # fmt: skip
        if len(chart.values) == 1 and chart.values[0].endswith("/"):
            figures = [figure for figure in figures if figure.key.value.startswith(chart.values[0])]
        elif chart.values:
            by_value = {figure.key.value: figure for figure in figures}
            figures = [by_value[value] for value in chart.values if value in by_value]
    draw_bars(made, figures, facts, ledger)


def draw_bars(made: Block, figures: list[Figure], facts: Facts, ledger: Ledger) -> None:
    """Bars with their table: label, figure, figures beside, figure of the year before."""
    chart, year = made.chart, made.year
    made.figures = figures
    if chart.by_value:
        figures = sorted(figures, key=lambda figure: (figure.exact is None, -(figure.exact or 0)))
    drawn = [figure for figure in figures if figure.exact]
    if len(drawn) > MOST_BARS:
        drawn = drawn[:MOST_BARS]
        made.notes.append("Le dessin montre les plus grandes valeurs ; le tableau les a toutes.")
    elif len(drawn) < len(figures):
        made.notes.append(IN_TABLE_ALONE)
    if not drawn:
        return _table(made, figures, facts, ledger)
    before = {figure: facts.past(figure.key).figure for figure in figures}
    marks = [
        svg.Mark(
            label_under(chart.title, figure), float(figure.exact * figure.measure.factor), figure.shown,
            ledger.note(figure),
            float(old.exact * old.measure.factor) if (old := before[figure]) is not None and old.is_shown else None,
        )
        for figure in drawn
    ]  # fmt: skip
    made.drawing = svg.bars(marks)
    if any(mark.before is not None for mark in marks):
        made.notes.append(f"Le trait marque la valeur de {year - 1}.")
    made.description = _told(drawn)
    return _table(made, figures, facts, ledger)


def _table(made: Block, figures: list[Figure], facts: Facts, ledger: Ledger) -> None:
    chart, year = made.chart, made.year
    besides = [
        (name, label) for name in chart.beside
        if (label := next((f.label for g in figures if (f := _beside(facts, name, g))), ""))
    ]  # fmt: skip
    with_past = any(facts.past(figure.key).figure is not None for figure in figures)
    made.headers = ["Chiffre"]
    if figures and chart.cuts != (TOTAL,):
        # The rows name the values of the breakdown: the columns need not say by what they are.
        made.headers = [without_breakdown(label) for label in (figures[0].label, *(label for _, label in besides))]
    made.headers += [f"En {year - 1}"] * with_past
    for figure in figures:
        cells = [ledger.link(figure), *(ledger.link(_beside(facts, name, figure)) for name, _ in besides)]
        if with_past:
            cells.append(ledger.link(facts.past(figure.key).figure))
        made.rows.append((label_under(chart.title, figure), cells))


def _beside(facts: Facts, name: str, figure: Figure) -> Figure | None:
    return facts.figures.get(figure.key._replace(indicator=name))


def label_of(figure: Figure) -> str:
    """The name of a bar or row; a reason of exit whose class says the same is said once, the total of a population is
    the population."""
    if figure.key.cut == TOTAL:
        return figure.label
    one, _, other = figure.cut_label.partition(" / ")
    if other in (one, "Total"):
        label = one
    elif figure.key.value.startswith(POPULATIONS):
        label = other
    else:
        # What a class is made of is said where it stands alone.
        label = f"{one} / {other.partition(' (')[0]}" if other else one
    return label[:1].upper() + label[1:]


def label_under(title: str, figure: Figure) -> str:
    """The name of a bar or row under the title of its chart: what the title says is not repeated in each."""
    label = label_of(figure).removeprefix(f"{title} : ")
    part, _, whole = label.partition(" dans les ")
    label = part if whole and title.lower().endswith(whole) else label
    return label[:1].upper() + label[1:]


def without_breakdown(label: str) -> str:
    """« Étapes, par famille » is « Étapes »."""
    return label.rpartition(", par ")[0] or label


def _told(figures: list[Figure]) -> str:
    return " ; ".join(f"{label_of(figure)} : {figure.shown}" for figure in figures) + "."


def _curve(made: Block, facts: Facts, ledger: Ledger) -> None:
    figures = next(
        (
            found
            for name in made.chart.indicators
            if (found := facts.years(name, made.kind, made.code, *made.chart.place))
        ),
        [],
    )
    figures = [figure for figure in figures if figure.key.year <= made.year]
    # The PLIE that deliver make a curve of the nation: what few delivered is no count of the others' years.
    few = {one.key.year for one in figures if made.kind == NATIONAL and facts.is_of_few(one.key.year)}
    figures = [one for one in figures if one.measure.denominator or one.key.year not in few]
    if len(figures) < 2:
        return
    if few:
        made.notes.append(f"Peu de PLIE ont livré pour {', '.join(map(str, sorted(few)))} (D75).")
    made.figures = figures
    made.drawing = svg.curve(
        [
            svg.Mark(
                str(figure.key.year), float(figure.exact * figure.measure.factor), figure.shown, ledger.note(figure)
            )
            for figure in figures
        ]
    )
    made.description = " ; ".join(f"{figure.key.year} : {figure.shown}" for figure in figures) + "."
    made.headers = [figures[0].label]
    made.rows = [(str(figure.key.year), [ledger.link(figure)]) for figure in figures]


def _history(made: Block, facts: Facts, ledger: Ledger) -> None:
    """The years before that were printed, then ours, each with its source: of the first indicator that has any of both.
    The two are of different methods, and nothing adds them up (D61). Of a year that was printed the printed result
    stands here: rows of it may be of a few PLIE only."""
    for name in made.chart.indicators:
        before = [row for row in facts.earlier(name, *made.chart.place) if row["reporting_year"] < made.year]
        printed = {row["reporting_year"] for row in before}
        figures = facts.years(name, made.kind, made.code, *made.chart.place)
        own = [one for one in figures if one.key.year <= made.year and one.key.year not in printed]
        if own and before:
            break
    else:
        return
    made.figures, measure, address = own, own[0].measure, f"#{made.chart.id}"
    points = []
    for row in before:
        value = Fraction(row["value"]) * measure.factor
        text = ledger.other(rounded(value, measure.decimals), f"{row['source']} ({name})", measure.decimals)
        source = Markup('<span data-from="historical_results.source">{}</span>').format(typeset(row["source"]))
        shown = number(rounded(value, measure.decimals), measure.decimals) + measure.unit_shown
        mark = svg.Mark(str(row["reporting_year"]), float(value), shown, address)
        points.append((row["reporting_year"], mark, [text + measure.unit_shown, source]))
    for figure in own:
        value = float(figure.exact * measure.factor)
        mark = svg.Mark(str(figure.key.year), value, figure.shown, ledger.note(figure))
        points.append((figure.key.year, mark, [ledger.link(figure), Markup("livraisons")]))
    points.sort(key=itemgetter(0))
    made.drawing = svg.curve([mark for _, mark, _ in points])
    made.description = " ; ".join(f"{mark.label} : {mark.text}" for _, mark, _ in points) + "."
    made.headers, made.rows = [own[0].label, "Source"], [(str(year), cells) for year, _, cells in points]
    years = ", ".join(str(row["reporting_year"]) for row in before)
    made.notes.append(f"Résultats imprimés, repris tels quels : {years} ; les autres années viennent des livraisons.")


def _list(made: Block, facts: Facts, ledger: Ledger) -> None:
    made.figures = [figure for name in made.chart.indicators if (figure := made.figure(facts, name))]
    _table(made, made.figures, facts, ledger)


def _regions(made: Block, facts: Facts, ledger: Ledger) -> None:
    """One row per region and one for the nation, one column per indicator."""
    cut, value = made.chart.place
    columns = [name for name in made.chart.indicators if facts.get(name, made.year, cut, value)]
    labels = [facts.get(name, made.year, cut, value).label for name in columns]
    made.headers = labels if cut == TOTAL else [without_breakdown(label) for label in labels]
    territories = [*(t for t in facts.published.territories if t.kind == "region"), (NATIONAL, FRANCE, "France")]
    for kind, code, name in territories:
        figures = [facts.get(column, made.year, cut, value, kind, code) for column in columns]
        if any(figures):
            made.figures += filter(None, figures)
            made.rows.append((name, [ledger.link(figure) for figure in figures]))


def _map_shares(made: Block, facts: Facts, ledger: Ledger, words: maps.Words) -> None:
    """A map of departments with how many there are, and how many of them are members or grouped."""
    every, some = made.chart.indicators
    places = []
    for territory in facts.published.territories:
        if territory.kind != "departement":
            continue
        figures = [facts.get(name, made.year, kind=territory.kind, code=territory.code) for name in (every, some)]
        if figures[0] is None or (figures[0].is_shown and not figures[0].exact):
            continue
        made.figures += filter(None, figures)
        made.rows.append((territory.name, [ledger.link(figure) for figure in figures]))
        places.append(maps.Place(territory.code, *figures))
    if not places:
        return
    made.headers = [made.figures[0].label, made.figures[1].label if len(made.figures) > 1 else ""]
    made.drawing = maps.circles(places, words, ledger)
    made.description = f"{words.title} Les valeurs sont dans le tableau."


def _map_plie(made: Block, facts: Facts, ledger: Ledger) -> None:
    _map_shares(made, facts, ledger, maps.Words("PLIE", "tous adhérents", "une partie", "aucun adhérent"))
    made.notes.append("Les PLIE sont comptés à leur département ; la carte des sièges les place.")


def _map_seats(made: Block, facts: Facts, ledger: Ledger) -> None:
    """The seats that the register gives, or the department; how many of each, by region."""
    made.figures = [figure for name in made.chart.indicators if (figure := made.figure(facts, name))]
    seats = facts.published.seats(made.year)
    if not made.figures or not seats:
        made.figures = []
        return
    made.headers = [*(figure.label for figure in made.figures), "Placés à leur siège", "Placés à leur département"]
    regions = {(seat.region, seat.region_name) for seat in seats}
    for region, name in sorted(regions, key=lambda one: alphabetical(one[1])):
        cells = [
            ledger.link(facts.get(indicator, made.year, kind="region", code=region))
            for indicator in made.chart.indicators
        ]
        here = [maps.at_seat(seat) for seat in seats if seat.region == region]
        cells += [ledger.other(count, "PLIE de la carte") for count in (sum(here), len(here) - sum(here))]
        made.rows.append((name, cells))
    made.drawing = maps.seats(seats)
    made.description = "Un point par PLIE de l'année. Le tableau les compte par région."
    if not all(maps.at_seat(seat) for seat in seats):
        made.notes.append("Un PLIE d'outre-mer, ou dont le siège n'est pas connu, est placé à son département.")


def _map_mde(made: Block, facts: Facts, ledger: Ledger) -> None:
    _map_shares(
        made, facts, ledger, maps.Words("Maisons de l'emploi", "toutes adhérentes", "une partie", "aucune adhérente")
    )
    made.notes.append("Les maisons de l'emploi sont placées à leur département.")


def _map_bodies(made: Block, facts: Facts, ledger: Ledger) -> None:
    _map_shares(made, facts, ledger, maps.Words("PLIE", "tous regroupés", "une partie", "aucun regroupé"))
    made.notes.append("Les PLIE sont placés à leur département.")


def _map_rate(made: Block, facts: Facts, ledger: Ledger) -> None:
    [indicator] = made.chart.indicators
    figures = {
        territory.code: figure
        for territory in facts.published.territories
        if territory.kind == "region"
        and (figure := facts.get(indicator, made.year, kind="region", code=territory.code))
    }
    made.figures = list(figures.values())
    if not figures:
        return
    made.headers = [made.figures[0].label]
    made.rows = [(figure.territory, [ledger.link(figure)]) for figure in figures.values()]
    made.drawing = maps.regions(figures, ledger)
    made.description = " ; ".join(f"{figure.territory} : {figure.shown}" for figure in figures.values()) + "."


def _catalogue(made: Block, facts: Facts, ledger: Ledger) -> None:
    """The action sheets of the year: theme, territory and partners, without what they declare (D72)."""
    made.headers = ["Thème", "PLIE", "Partenaires"]
    for row in actions.of_year(facts.published, made.year):
        cells = [
            Markup('<span data-from="action_sheets.{}">{}</span>').format(name, row[name])
            if row[name]
            else Markup('<span class="none">{}</span>').format(instead)
            for name, instead in (
                ("theme_label_fr", "non connu"), ("plie_name", "plusieurs organismes"), ("partners", "non connus"),
            )
        ]  # fmt: skip
        made.rows.append((Markup('<span data-from="action_sheets.title">{}</span>').format(row["title"]), cells))


def _declared(made: Block, facts: Facts, ledger: Ledger) -> None:
    """What action sheets declare, as far as it was printed (D72): never among the figures that rows give."""
    made.headers = ["Précision", "Valeur déclarée", "Territoire", "Thème"]
    for row in facts.published.declared(made.year):
        value = _quoted("printed_value", exact(Fraction(row["printed_value"])))
        unit = {"nombre": "", "pour cent": f"{SPACE}%"}.get(row["unit"], f"{SPACE}{row['unit']}")
        cells = [Markup.escape(row["qualifier"] or ""), value + unit]
        cells += [_quoted(name, row[name]) for name in ("scope", "section")]
        made.rows.append((_quoted("label_fr", row["label_fr"]), cells))


def _quoted(column: str, text: str) -> Markup:
    return Markup('<span data-from="printed_comparison.{}">{}</span>').format(column, text)


# Those that show regions or departments.
BY_PLACE = ("regions", "map_plie", "map_seats", "map_mde", "map_bodies", "map_rate")
DRAWN = {
    "bars": _bars,
    "curve": _curve,
    "history": _history,
    "list": _list,
    "regions": _regions,
    "map_plie": _map_plie,
    "map_seats": _map_seats,
    "map_mde": _map_mde,
    "map_bodies": _map_bodies,
    "map_rate": _map_rate,
    "catalogue": _catalogue,
    "declared": _declared,
}
