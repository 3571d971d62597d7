"""Charts as SVG: Altair describes them, vl-convert draws them, nothing is fetched."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path

import altair
import vl_convert
from altair.utils import schemapi
from markupsafe import Markup, escape

from plie_warehouse.report.typography import wrapped

FONTS = Path(__file__).with_name("fonts")
FONT = "Inter"
# Ink takes the colour of the text around it; the other two stand out from a white and from a black page alike.
INK, BAR, LINE = "#111111", "#2f7dc0", "#b4540a"
# A drawing is as wide as a telephone shows it, so that its texts are read there without a glass.
WIDTH, FONT_SIZE = 352, 12
LABEL_WIDTH, LINE_HEIGHT = 30, 13
# How wide a sign is in a label, and in the figure at the end of a bar; what stands between label, bar and figure.
SIGN, BOLD_SIGN, GAP = 6.2, 7.2, 16
# The longest bar has a quarter of the width at least, whatever its figure.
LEAST_OF_WIDTH = 4
# A bar is no thicker where labels take several lines.
THICKEST = 17


@dataclass(frozen=True)
class Mark:
    """One bar or point: its place, its length, its text, and where its link leads. ``before``: the year before."""

    label: str
    value: float
    text: str
    address: str
    before: float | None = None


@cache
def _prepare() -> None:
    # Each part of a chart is checked against the schema of Vega-Lite again: a third of the time of a sheet, for charts
    # whose only difference is their data.
    schemapi.disable_debug_mode()
    vl_convert.register_font_directory(str(FONTS))


def bars(marks: list[Mark]) -> str:
    """Horizontal bars with their figures at the end: no axis to read; a line marks the year before."""
    lines = [wrapped(mark.label, LABEL_WIDTH) for mark in marks]
    rows = [
        {
            "label": "|".join(line),
            "value": mark.value,
            "text": mark.text,
            "before": mark.before,
            "href": mark.address,
            "end": max(mark.value, mark.before or 0),
        }
        for mark, line in zip(marks, lines, strict=True)
    ]
    step = LINE_HEIGHT * max(map(len, lines)) + 9
    thickness = min(step * 0.7, THICKEST)
    base = altair.Chart(altair.Data(values=rows)).encode(
        y=altair.Y(
            "label:N", sort=None, title=None,
            axis=altair.Axis(
                labelExpr="split(datum.label, '|')", labelLimit=0, ticks=False, domain=False, labelPadding=6,
                labelLineHeight=LINE_HEIGHT,
            ),
        )
    )  # fmt: skip
    across = altair.X(
        "value:Q", axis=None, scale=altair.Scale(domain=_domain(marks, max(map(len, chain.from_iterable(lines)))))
    )
    layers = [
        base.mark_bar(color=BAR, height=thickness).encode(x=across),
        base.mark_text(align="left", dx=5, color=INK, fontWeight="bold").encode(
            x=altair.X("end:Q", axis=None), text="text:N", href="href:N"
        ),
    ]
    if any(mark.before is not None for mark in marks):
        known = base.transform_filter("datum.before !== null")
        ticks = known.mark_tick(color=LINE, thickness=3, height=thickness * 1.3)
        layers.insert(1, ticks.encode(x=altair.X("before:Q", axis=None)))
    return _drawn(altair.layer(*layers), step * len(marks))


def _domain(marks: list[Mark], label: int) -> list[float]:
    """From where to where the bars are drawn: so that after each there is room for its figure, and a quarter of the
    width for the bars at least. ``label``: signs of the longest line of a label."""
    width = WIDTH - SIGN * label - GAP
    low = min([0, *(mark.value for mark in marks)])
    most = max(
        (max(mark.value, mark.before or 0) - low)
        * min(width / max(width - BOLD_SIGN * len(mark.text) - GAP, 1), LEAST_OF_WIDTH)
        for mark in marks
    )
    return [low, low + (most or 1)]


def curve(marks: list[Mark]) -> str:
    """A line over the years, each point with its figure."""
    rows = [{"label": mark.label, "value": mark.value, "text": mark.text, "href": mark.address} for mark in marks]
    base = altair.Chart(altair.Data(values=rows)).encode(
        x=altair.X("label:O", title=None, axis=altair.Axis(labelAngle=0, ticks=False, labelPadding=6)),
        y=altair.Y("value:Q", axis=None, scale=altair.Scale(domain=[0, max(mark.value for mark in marks) * 1.15 or 1])),
    )
    layers = [
        base.mark_line(color=BAR, strokeWidth=3),
        base.mark_point(color=BAR, filled=True, size=70),
        base.mark_text(dy=-14, color=INK, fontWeight="bold").encode(text="text:N", href="href:N"),
    ]
    return _drawn(altair.layer(*layers), 190)


def _drawn(chart: altair.LayerChart, height: int) -> str:
    _prepare()
    described = (
        chart.properties(
            width=WIDTH, height=height, autosize=altair.AutoSizeParams(type="fit-x", contains="padding"),
            padding=4, background="transparent",
        )
        .configure(font=FONT)
        .configure_axis(labelFontSize=FONT_SIZE, labelColor=INK, domainColor=INK, grid=False)
        .configure_text(fontSize=FONT_SIZE, font=FONT)
        .configure_view(stroke=None)
    )  # fmt: skip
    return vl_convert.vegalite_to_svg(described.to_dict(validate=False))


def described(drawing: str, identifier: str, title: str, description: str) -> Markup:
    """A drawing with its text for who does not see it, in the ink of the page."""
    drawing = re.sub(r"<\?xml.*?\?>", "", drawing)
    # The links are those of the table beside the drawing: they are for the pointer alone.
    drawing = re.sub(r'xlink:href="[^"#]*#', 'tabindex="-1" href="#', drawing)
    drawing = drawing.replace(f'"{INK}"', '"currentColor"')
    drawing = re.sub(r' aria-[a-z]+="[^"]*"| role="[^"]*"| target="[^"]*"| xmlns:xlink="[^"]*"', "", drawing)
    start = drawing.index("<svg") + 4
    end = drawing.index(">", start) + 1
    # A PDF takes the title as its alternative text.
    inner = f'<title id="{identifier}-t">{escape(title)}. {escape(description)}</title>'
    return Markup(
        f'{drawing[:start]} role="group" aria-labelledby="{identifier}-t"{drawing[start:end]}{inner}{drawing[end:]}'
    )
