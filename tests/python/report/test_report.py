"""Each figure of the report is recomputed from the published file, and no number stands in it that is none of these."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from fractions import Fraction
from html.parser import HTMLParser

import duckdb

from plie_warehouse.report import yearly_report
from plie_warehouse.report.charts import charts
from plie_warehouse.report.facts import listed
from plie_warehouse.report.provenance import Ledger
from plie_warehouse.report.published import Published
from plie_warehouse.report.typography import number, rounded, typeset

VOID = {"meta", "br", "img", "link", "input"}
YEARS = re.compile(r"(?:19|20)\d\d")
# A number as a reader sees it, with its spaces and its comma; not the digits of a rule (D14) or of a code.
NUMBER = re.compile(r"(?<![\w/])[−-]?\d[\d\u202f]*(?:,\d+)?(?![\w])")


class Texts(HTMLParser):
    """The texts of a page, each with what the elements around it say of its source."""

    def __init__(self) -> None:
        super().__init__()
        self.stack: list[tuple[str, dict[str, str | None]]] = []
        self.found: list[tuple[str, str | None]] = []
        self.anchors: set[str] = set()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if name := given.get("id"):
            assert name not in self.anchors, f"two elements are named {name}"
            self.anchors.add(name)
        if tag == "a":
            self.addresses.append(given["href"] or "")
        if tag not in VOID:
            self.stack.append((tag, given))

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        return

    def handle_endtag(self, tag: str) -> None:
        assert self.stack and self.stack[-1][0] == tag, f"</{tag}> closes no <{tag}>"
        self.stack.pop()

    def handle_data(self, data: str) -> None:
        tags = {tag for tag, _ in self.stack}
        if tags & {"style", "code", "time"} or not data.strip():
            return
        sources = [given["data-from"] for _, given in self.stack if "data-from" in given]
        if any("data-release" in given for _, given in self.stack):
            return
        self.found.append((data, sources[-1] if sources else None))


def texts(page: str) -> Texts:
    found = Texts()
    found.feed(page)
    assert not found.stack
    return found


def numbers_of(listed_figures: dict) -> set[str]:
    """All numbers that ``report.json`` has, as they are shown."""
    shown = {*listed_figures["other_numbers"]}
    for figure in listed_figures["figures"]:
        shown |= {figure["shown"], figure["change_shown"] or "", *figure["cells"]}
    return {match.strip("−-\u202f") for text in shown for match in NUMBER.findall(text)}


def strays(page: Texts, known: set[str], quoted: dict[str, set[str]]) -> Iterator[str]:
    """Numbers of a page that are neither listed, nor a year, nor in a text of the release."""
    for text, source in page.found:
        if source == "formula":
            continue
        if source is not None:
            if typeset(text).strip() not in quoted[source]:
                yield f"{source}: {text.strip()[:80]}"
            continue
        for match in NUMBER.findall(text):
            bare = match.strip("−-\u202f")
            if bare not in known and not YEARS.fullmatch(bare):
                yield f"{match} in « {text.strip()[:80]} »"


def test_each_figure_is_that_of_the_published_file(written, released: duckdb.DuckDBPyConnection) -> None:
    figures = written.json["figures"]
    assert len(figures) > 400
    measures = {
        (row[0], row[1], row[2]): row[3:]
        for row in released.execute(
            "select indicator_code, cut, method_version, shown_factor, shown_decimals, denominator from"
            " reference.measures"
        ).fetchall()
    }
    for figure in figures:
        [(value, top, bottom, status, method)] = released.execute(
            "select value, numerator, denominator, status, method_version from published.indicators where"
            " indicator_code = ?"
            " and cut = ? and cut_value = ? and territory_kind = ? and territory_code = ? and reporting_year = ?",
            [figure[name] for name in ("indicator", "cut", "breakdown_value", "kind", "territory", "year")],
        ).fetchall()  # fmt: skip
        assert (figure["status"], figure["method_version"]) == (status, method)
        if status != "publie" or value is None:
            assert figure["value"] is None and not re.search(r"\d", figure["shown"]), figure
            continue
        factor, decimals, denominator = measures[figure["indicator"], figure["cut"], method]
        exact = Fraction(top) / Fraction(bottom) if denominator and bottom and top is not None else Fraction(value)
        shown = number(rounded(exact * int(factor), int(decimals)), int(decimals))
        assert re.match(r"[−\d\u202f,]+", figure["shown"]).group() == shown, figure
        assert Fraction(figure["value"]) == Fraction(value)
        assert (figure["numerator"], figure["denominator"]) == tuple(
            None if part is None else plain(part) for part in (top, bottom)
        )


def plain(value: object) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def test_changes_are_rounded_once(written, released: duckdb.DuckDBPyConnection) -> None:
    changed = [figure for figure in written.json["figures"] if figure["change_shown"] is not None]
    assert len(changed) > 10
    for figure in changed:
        [(shown, decimals)] = released.execute(
            "select change_shown, shown_decimals from published.indicator_changes inner join reference.measures"
            " using (indicator_code, cut, method_version) where indicator_code = ? and cut = ? and cut_value = ?"
            " and territory_kind = ? and territory_code = ? and reporting_year = ?",
            [figure[name] for name in ("indicator", "cut", "breakdown_value", "kind", "territory", "year")],
        ).fetchall()  # fmt: skip
        assert figure["change_shown"] == number(Fraction(shown), int(decimals))


def test_no_number_stands_in_the_page_that_is_not_listed(written, quoted: dict[str, set[str]]) -> None:
    page = texts(written.html)
    found = [*strays(page, numbers_of(written.json), quoted)]
    assert not found, "\n".join(found)
    spoilt = texts(written.html.replace("<h3 ", "<p>Il y en a 987\u202f654,5.</p><h3 ", 1))
    assert len([*strays(spoilt, numbers_of(written.json), quoted)]) == 1


def test_each_figure_leads_to_its_entry(written) -> None:
    page = texts(written.html)
    wanted = {f"#{figure['id']}" for figure in written.json["figures"]}
    assert wanted <= {*page.addresses}
    assert not [address for address in page.addresses if address.startswith("#") and address[1:] not in page.anchors]
    assert all(address.startswith("#") for address in page.addresses), "nothing leads out of the page"


def test_the_page_asks_for_nothing(written) -> None:
    asked = re.findall(
        r"(?:src|href|url)\s*[=(]\s*[\"']?(?!#|data:)[^\s\"')]+", re.sub(r"base64,[^)]*", "", written.html)
    )
    assert not asked and "<script" not in written.html


def test_all_charts_are_there_or_say_what_they_lack(written) -> None:
    for chart in charts():
        place = re.search(rf'<section class="block[^"]*" id="{chart.id}"', written.html).start()
        part = written.html[place : written.html.index("</section>", place)]
        assert ('class="lack"' in part) != ("<tbody>" in part), chart.id
        assert "<tbody>\n</tbody>" not in part, chart.id
    assert written.html.count('class="lack"') < len(charts()) / 2
    kinds = {row["section_id"] for row in listed("sections.csv")}
    assert {chart.section for chart in charts()} <= kinds


def test_each_printed_figure_has_its_place(written) -> None:
    """Every one that is compared with figures that the report shows; a place is an element of the page."""
    figures = {figure["id"] for figure in written.json["figures"]}
    anchors = texts(written.html).anchors
    printed = written.json["printed"]
    shown = [one for one in printed if figures >= {*one["figures"]}]
    assert len(shown) > 150
    for one in shown:
        assert one["places"] and {*one["places"]} <= anchors, one
    elsewhere = [one for one in printed if not figures & {*one["figures"]}]
    assert not [one for one in elsewhere if {*one["places"]} - {"imprimes"}]


def test_nothing_hidden_is_in_the_list(written) -> None:
    hidden = [figure for figure in written.json["figures"] if figure["status"] != "publie"]
    assert hidden, "the sample has small regions"
    assert not [figure for figure in hidden if figure["value"] is not None or re.search(r"\d", figure["shown"])]


def test_readers_may_read(written) -> None:
    for path in (written.folder, *written.folder.iterdir()):
        assert stat.S_IMODE(path.stat().st_mode) == (0o755 if path.is_dir() else 0o644)


def test_what_few_delivered_is_apart_from_what_the_source_contradicts(released: duckdb.DuckDBPyConnection) -> None:
    """A printed figure of a year that few delivered is not explained row by row (D75)."""
    [shape] = Published(released).rows("from published.printed_comparison limit 1")
    row = shape | {"reporting_year": 2021, "territory_kind": "national"}
    printed = [
        row | {"figure_id": status, "status": status} for status in ("contradicted", "differs", "not_comparable")
    ]
    printed.append(row | {"figure_id": "earlier", "status": "not_comparable", "reporting_year": 2020})
    published = Published(released)
    found = yearly_report._printed(published, Ledger(published), {"entries": 2021}, printed)
    assert [one["figure_id"] for one in found["apart"]] == ["contradicted", "differs"]
    assert [one["figure_id"] for one in found["not_comparable"]] == ["not_comparable"]
