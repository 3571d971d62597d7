"""Maps of departments and regions, overseas in insets, readable without colour: shades differ in lightness, circles in
size and filling, and each place carries its number."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from functools import cache
from itertools import combinations, pairwise
from pathlib import Path
from typing import NamedTuple

from markupsafe import escape

from plie_warehouse.report.figures import Figure
from plie_warehouse.report.provenance import Ledger
from plie_warehouse.report.published import Seat

OUTLINES = Path(__file__).with_name("outlines.json")
# The ink of a shade is not that of the page, which turns light on a dark one.
DARK = "#101418"
# Four shades from light to dark, each with the ink that reads on it.
SHADES = (("#dcebf7", DARK), ("#a3cbe8", DARK), ("#3b7fb8", "#ffffff"), ("#14456f", "#ffffff"))
STROKE = 1.6
# Circles are moved until they are apart, as many times at most.
MOST_MOVES = 60
LAND, BORDER, DOT = "#e9ecef", "#8a9199", "#14456f"
# The departments of Île-de-France are too small for a number: they are drawn again, larger, in the bay of Biscay.
INSET_REGION, INSET_SCALE, INSET_AT = "11", 2.1, (88.0, 300.0)
LEGEND_HEIGHT, LEGEND_FONT, LEGEND_COLUMN, LEGEND_ROW = 96, 16, 290, 28
# Circles with their number, on the mainland and in the inset; in the drawing of the regions, the figure or its absence.
RADIUS, RADIUS_IN_INSET, NUMBER_OF_RADIUS = 10.5, 8.2, 1.3
FIGURE_FONT, ABSENCE_FONT = 16, 13
# Lambert-93 on the ellipsoid GRS 80, as the IGN gives it (NTG_71): exponent, constant, northing of the pole,
# excentricity, and the meridian and easting of the origin.
EXPONENT, CONSTANT, POLE, EXCENTRICITY = 0.7256077650532670, 11754255.426096, 12655612.049876, 0.081819191042815791
ORIGIN_LONGITUDE, ORIGIN_EASTING = 3.0, 700000.0


class Place(NamedTuple):
    """A department with how many there are and how many of them are so."""

    code: str
    every: Figure
    some: Figure | None


class Words(NamedTuple):
    """What is counted, and the three fillings of the circles."""

    counted: str
    all_of_them: str
    part_of_them: str
    none_of_them: str

    @property
    def title(self) -> str:
        return f"{self.counted} par département."


@dataclass(frozen=True)
class Outline:
    """A department's outline, its region and the middle of its largest ring."""

    name: str
    region: str
    path: str
    middle: tuple[float, float]
    rings: tuple[tuple[tuple[float, float], ...], ...]


@cache
def outlines() -> tuple[dict[str, Outline], dict[str, object]]:
    """Departments by code; and what the file says of itself: source, licence, width, height."""
    content = json.loads(OUTLINES.read_text(encoding="utf-8"))
    departments = content.pop("departments")
    return {code: _outline(row) for code, row in departments.items()}, content


def credit() -> str:
    about = outlines()[1]
    return f"Contours : {about['source']}, {about['licence']}."


def _outline(row: dict[str, str]) -> Outline:
    rings = tuple(
        tuple((float(x), float(y)) for x, y in re.findall(r"(-?[\d.]+) (-?[\d.]+)", ring))
        for ring in row["path"].split("Z")
        if ring
    )
    return Outline(
        row["name"], row["region"], row["path"], _middle(max(rings, key=lambda ring: abs(_area(ring)))), rings
    )


def _area(ring: tuple[tuple[float, float], ...]) -> float:
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise((*ring, ring[0]))) / 2


def _middle(ring: tuple[tuple[float, float], ...]) -> tuple[float, float]:
    """Centroid of a ring."""
    area = _area(ring)
    sides = list(pairwise((*ring, ring[0])))
    x = sum((x1 + x2) * (x1 * y2 - x2 * y1) for (x1, y1), (x2, y2) in sides) / (6 * area)
    y = sum((y1 + y2) * (x1 * y2 - x2 * y1) for (x1, y1), (x2, y2) in sides) / (6 * area)
    return round(x, 1), round(y, 1)


@cache
def _region_borders() -> str:
    """The sides that a region does not share with a department of its own, as one path."""
    sides: dict[str, dict[tuple, int]] = {}
    for outline in outlines()[0].values():
        counted = sides.setdefault(outline.region, {})
        for ring in outline.rings:
            for one, other in pairwise((*ring, ring[0])):
                side = (min(one, other), max(one, other))
                counted[side] = counted.get(side, 0) + 1
    outer = sorted({side for counted in sides.values() for side, times in counted.items() if times == 1})
    return "".join(f"M{x1:g} {y1:g}L{x2:g} {y2:g}" for (x1, y1), (x2, y2) in outer if (x1, y1) != (x2, y2))


def _inset_transform() -> str:
    left, top = _inset_corner()
    x, y = INSET_AT
    return f"translate({x - left * INSET_SCALE:.1f} {y - top * INSET_SCALE:.1f}) scale({INSET_SCALE})"


@cache
def _inset_corner() -> tuple[float, float]:
    points = [
        point for one in outlines()[0].values() if one.region == INSET_REGION for ring in one.rings for point in ring
    ]
    return min(x for x, _ in points), min(y for _, y in points)


def _land() -> str:
    """Departments with the borders of regions, and Île-de-France once more, larger."""
    departments = outlines()[0].values()
    land = "".join(f'<path d="{one.path}"/>' for one in departments)
    inset = "".join(f'<path d="{one.path}"/>' for one in departments if one.region == INSET_REGION)
    return (
        f'<g fill="{LAND}" stroke="{BORDER}" stroke-width=".4">{land}'
        f'<g transform="{_inset_transform()}" stroke-width=".3">{inset}</g></g>'
        f'<path d="{_region_borders()}" fill="none" stroke="#5c636a" stroke-width=".9"/>'
        f'<text x="{INSET_AT[0]}" y="{INSET_AT[1] - 8}">Île-de-France</text>'
    )


def _is_in_inset(point: tuple[float, float]) -> bool:
    """Whether a point is where Île-de-France is: the register may give a seat elsewhere."""
    rings = [ring for one in outlines()[0].values() if one.region == INSET_REGION for ring in one.rings]
    return all(
        min(at[axis] for ring in rings for at in ring) <= point[axis] <= max(at[axis] for ring in rings for at in ring)
        for axis in (0, 1)
    )


def _in_inset(point: tuple[float, float]) -> tuple[float, float]:
    """A point of Île-de-France in its enlargement."""
    (left, top), (x, y) = _inset_corner(), point
    return round(INSET_AT[0] + (x - left) * INSET_SCALE, 1), round(INSET_AT[1] + (y - top) * INSET_SCALE, 1)


def _frame(body: str, legend: str) -> str:
    about = outlines()[1]
    width, height = about["width"], about["height"] + LEGEND_HEIGHT
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="map" width="{width}" height="{height}"'
        f' viewBox="0 0 {width} {height}" font-family="Inter" font-size="13" fill="currentColor">{body}'
        f'<g transform="translate(8 {about["height"] + 14})" font-size="{LEGEND_FONT}">{legend}</g></svg>'
    )


def projected(latitude: float, longitude: float) -> tuple[float, float]:
    """A place of the mainland or Corsica, in degrees, as a point of the drawing."""
    sine, turn = math.sin(math.radians(latitude)), math.radians(longitude - ORIGIN_LONGITUDE) * EXPONENT
    isometric = math.atanh(sine) - EXCENTRICITY * math.atanh(EXCENTRICITY * sine)
    radius = CONSTANT * math.exp(-EXPONENT * isometric)
    easting, northing = ORIGIN_EASTING + radius * math.sin(turn), POLE - radius * math.cos(turn)
    about = outlines()[1]["projection"]
    return (
        round(about["left"] + about["scale"] * easting, 1),
        round(about["top"] - about["scale"] * northing, 1),
    )


def at_seat(seat: Seat) -> bool:
    """Whether it is drawn where it is: the insets of overseas are too small for that."""
    return seat.latitude is not None and seat.longitude is not None and not seat.department.startswith("97")


def seats(found: list[Seat]) -> str:
    """A point for each PLIE, full for one that took part; a square in its department where it cannot be placed."""
    departments = outlines()[0]
    body, waiting = _land(), {}
    for seat in sorted(found, key=lambda seat: seat.took_part):
        outline = departments.get(seat.department)
        if at_seat(seat):
            points = [(projected(float(seat.latitude), float(seat.longitude)), 3.2)]
            if seat.region == INSET_REGION and _is_in_inset(points[0][0]):
                points.append((_in_inset(points[0][0]), 4.2))
            body += "".join(_seat(point, seat, radius) for point, radius in points)
        elif outline is not None:
            x, y = _in_inset(outline.middle) if outline.region == INSET_REGION else outline.middle
            # Side by side, so that each is seen.
            number = waiting[seat.department] = waiting.get(seat.department, -1) + 1
            body += _seat((x + 8 * number, y), seat, 3.2, is_square=True)
    drawn = Seat("", "", "", "", None, None, True)
    legend = (
        f"{_seat((6, 10), drawn, 4.5)}{_said(0, 'a participé')}"
        f"{_seat((6 + LEGEND_COLUMN, 10), drawn._replace(took_part=False), 4.5)}{_said(1, 'n’a pas participé')}"
        f"{_seat((6, 10 + LEGEND_ROW), drawn, 4.5, True)}{_said(2, 'à son département, et non à son siège')}"
    )
    return _frame(body, legend)


def _said(number: int, text: str) -> str:
    """A text of a legend in two columns, after its sign."""
    row, column = divmod(number, 2)
    return f'<text x="{26 + LEGEND_COLUMN * column}" y="{15 + LEGEND_ROW * row}">{escape(text)}</text>'


def _seat(at: tuple[float, float], seat: Seat, radius: float, is_square: bool = False) -> str:
    x, y = at
    style = f'fill="{DOT if seat.took_part else "#ffffff"}" stroke="{DOT}" stroke-width="1.3"'
    title = f'<title data-from="dim_territory.territory_name">{escape(seat.name)}</title>' if seat.name else ""
    if is_square:
        side = 2 * radius
        return f'<rect x="{x - radius:.1f}" y="{y - radius:.1f}" width="{side}" height="{side}" {style}>{title}</rect>'
    return f'<circle cx="{x}" cy="{y}" r="{radius}" {style}>{title}</circle>'


def circles(places: list[Place], words: Words, ledger: Ledger) -> str:
    """Circles with their number: full, half full or empty."""
    departments, body = outlines()[0], _land()
    drawn = [place for place in places if place.code in departments and place.every.is_shown]
    middles, radii = [], []
    for place in drawn:
        outline = departments[place.code]
        in_inset = outline.region == INSET_REGION
        middles.append(_in_inset(outline.middle) if in_inset else outline.middle)
        radii.append(RADIUS_IN_INSET if in_inset else RADIUS)
    for place, middle, radius in zip(drawn, _apart(middles, radii), radii, strict=True):
        share = place.some.exact / place.every.exact if place.some is not None and place.some.is_shown else None
        title = f"{departments[place.code].name} : {place.every.shown}"
        body += _circle(middle, place.every.shown, share, ledger.note(place.every), title, radius)
    legend = ""
    for number, (text, share) in enumerate(
        ((words.all_of_them, 1), (words.part_of_them, 0.5), (words.none_of_them, 0), ("non donné", None))
    ):
        row, column = divmod(number, 2)
        legend += _circle((9 + LEGEND_COLUMN * column, 10 + LEGEND_ROW * row), "", share) + _said(number, text)
    last = 15 + 2 * LEGEND_ROW
    legend += f'<text x="0" y="{last}">Le nombre dans le cercle : {escape(words.counted)} du département.</text>'
    return _frame(body, legend)


def _apart(middles: list[tuple[float, float]], radii: list[float]) -> list[tuple[float, float]]:
    """Circles moved until none hides the number of another: two that overlap each leave the other by half."""
    moved = [list(one) for one in middles]
    for _ in range(MOST_MOVES):
        is_apart = True
        for (one, r1), (other, r2) in combinations(zip(moved, radii, strict=True), 2):
            dx, dy = other[0] - one[0], other[1] - one[1]
            distance, wanted = math.hypot(dx, dy), r1 + r2 + STROKE
            if distance >= wanted - 0.05:
                continue
            is_apart = False
            # Two in one place leave it along the line of the text.
            along = (dx / distance, dy / distance) if distance else (1.0, 0.0)
            for axis in (0, 1):
                step = (wanted - distance) / 2 * along[axis]
                one[axis] -= step
                other[axis] += step
        if is_apart:
            break
    return [(round(x, 1), round(y, 1)) for x, y in moved]


def _circle(
    middle: tuple[float, float], text: str, share: float | None, address: str = "", title: str = "",
    radius: float = RADIUS,
) -> str:  # fmt: skip
    """All of it dark, the lower half dark, white; dashed when it is not known."""
    x, y = middle
    fill, ink = (DOT, "#ffffff") if share == 1 else ("#ffffff", DARK)
    dash = ' stroke-dasharray="2 1.5"' if share is None else ""
    drawn = f'<circle cx="{x}" cy="{y}" r="{radius}" fill="{fill}" stroke="{DOT}" stroke-width="{STROKE}"{dash}/>'
    if share is not None and 0 < share < 1:
        drawn += f'<path d="M{x - radius} {y}a{radius} {radius} 0 0 1 {2 * radius} 0z" fill="{DOT}" opacity=".35"/>'
    if text:
        drawn += (
            f'<text x="{x}" y="{y + radius * NUMBER_OF_RADIUS * 0.36:.1f}" text-anchor="middle"'
            f' font-size="{radius * NUMBER_OF_RADIUS:.1f}"'
            f' font-weight="bold" fill="{ink}">{text}</text>'
        )
    if not address:
        return drawn
    return f'<a tabindex="-1" href="{address}"><title>{escape(title)}</title>{drawn}</a>'


def regions(figures: dict[str, Figure], ledger: Ledger) -> str:
    """Regions in four shades, by the quarters of their figures, each with its figure; hatched when it is not given."""
    shown = sorted(figure.exact for figure in figures.values() if figure.is_shown)
    departments = outlines()[0]

    def shade(figure: Figure) -> int:
        return min(3, 4 * sum(value < figure.exact for value in shown) // len(shown))

    members: dict[str, list[Outline]] = {}
    for outline in departments.values():
        members.setdefault(outline.region, []).append(outline)
    body = (
        '<defs><pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<rect width="5" height="5" fill="#ffffff"/><path d="M0 0V5" stroke="#5c636a" stroke-width="1.6"/>'
        "</pattern></defs>"
    )
    labels = ""
    for code, outline_list in sorted(members.items()):
        figure = figures.get(code)
        given = figure is not None and figure.is_shown
        fill, ink = SHADES[shade(figure)] if given else ("url(#hatch)", DARK)
        paths = "".join(f'<path d="{one.path}"/>' for one in outline_list)
        body += f'<g fill="{fill}" stroke="{fill if given else "#c3c8cd"}" stroke-width=".4">{paths}</g>'
        if figure is None:
            continue
        x, y = _label_place(outline_list)
        title = f"<title>{escape(figure.territory)} : {figure.shown}</title>"
        # On the shade of its region, also where an island is smaller than its figure.
        font, width = (FIGURE_FONT, 42) if given else (ABSENCE_FONT, 64)
        ground = f'<rect x="{-width / 2:g}" y="-14" width="{width}" height="19" fill="{fill if given else "#ffffff"}"/>'
        weight = ' font-weight="bold"' if given else ""
        text = f'<text text-anchor="middle" font-size="{font}"{weight} fill="{ink}">{figure.shown}</text>'
        placed = f'<g transform="translate({max(x, width / 2):g} {y})">{ground}{text}</g>'
        labels += f'<a tabindex="-1" href="{ledger.note(figure)}">{title}{placed}</a>'
    body += f'<path d="{_region_borders()}" fill="none" stroke="#5c636a" stroke-width=".9"/>{labels}'
    legend = ""
    for number, (fill, _) in enumerate(SHADES):
        legend += (
            f'<rect x="{34 * number}" y="0" width="30" height="16" fill="{fill}" stroke="#5c636a" stroke-width=".6"/>'
        )
    legend += (
        '<text x="146" y="13">du quart le plus bas au quart le plus haut des régions</text>'
        '<rect x="0" y="28" width="30" height="16" fill="url(#hatch)" stroke="#5c636a" stroke-width=".6"/>'
        '<text x="38" y="41">non donné (secret statistique, base insuffisante ou sans PLIE)</text>'
    )
    return _frame(body, legend)


def _label_place(outline_list: list[Outline]) -> tuple[float, float]:
    """The middle of a region: that of its departments' middles, weighted by area. Beside a small overseas outline."""
    weights = [sum(abs(_area(ring)) for ring in one.rings) for one in outline_list]
    total = sum(weights)
    x = sum(one.middle[0] * weight for one, weight in zip(outline_list, weights, strict=True)) / total
    y = sum(one.middle[1] * weight for one, weight in zip(outline_list, weights, strict=True)) / total
    return round(x, 1), round(y + 4, 1)
