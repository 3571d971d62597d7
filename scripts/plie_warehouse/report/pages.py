"""Pages: templates filled to HTML, and the same page as a tagged PDF (PDF/UA-1)."""

from __future__ import annotations

import base64
import io
import re
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
import tinycss2
import weasyprint
from fontTools.ttLib import TTFont
from weasyprint.text.fonts import FontConfiguration

from plie_warehouse.report.typography import FEW_ROWS, exact, typeset_html

HERE = Path(__file__).parent
FONTS = {"400": HERE / "fonts" / "Inter-Regular.otf", "700": HERE / "fonts" / "Inter-Bold.otf"}


class NothingFetched(weasyprint.URLFetcher):
    """A page holds all that it shows: an address that leads out of it is an error."""

    def fetch(self, url: str, headers: Any = None) -> Any:
        if url.startswith("data:") or url in {path.as_uri() for path in FONTS.values()}:
            return super().fetch(url, headers)
        raise ValueError(f"a page asks for {url}: nothing is fetched")


@cache
def environment() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    made.globals["few_rows"] = FEW_ROWS
    made.filters["plain"] = lambda value: exact(None if value is None else Fraction(value))
    return made


@cache
def style() -> str:
    return (HERE / "templates" / "style.css").read_text(encoding="utf-8")


@cache
def _print_style() -> str:
    """The same as it stands on paper: without what is for screens alone, and with the value of each variable in its
    place. It says the same in half the rules, which are what a PDF takes its time for."""
    rules: list[Any] = []
    for rule in tinycss2.parse_stylesheet(style(), skip_comments=True, skip_whitespace=True):
        if rule.type == "at-rule" and rule.lower_at_keyword == "media":
            if tinycss2.serialize(rule.prelude).strip() == "print":
                rules += tinycss2.parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True)
        else:
            rules.append(rule)
    text = tinycss2.serialize(rules)
    values = dict(re.findall(r"(--[a-z-]+):([^;}]+)", text))
    return re.sub(r":root\{[^}]*\}", "", re.sub(r"var\((--[a-z-]+)\)", lambda found: values[found[1]], text))


@cache
def _embedded_fonts() -> str:
    """The fonts as WOFF2 in the page itself."""
    faces = []
    for weight, path in FONTS.items():
        font = TTFont(path, recalcTimestamp=False)
        font.flavor = "woff2"
        packed = io.BytesIO()
        font.save(packed)
        source = f"data:font/woff2;base64,{base64.b64encode(packed.getvalue()).decode('ascii')}"
        faces.append(_face(weight, source))
    return "".join(faces)


def _face(weight: str, source: str) -> str:
    return f"@font-face{{font-family:Inter;font-weight:{weight};font-display:swap;src:url({source})}}"


def html(template: str, context: dict[str, Any]) -> str:
    """A page that needs nothing beside it."""
    shared = {"style": style(), "faces": _embedded_fonts(), "for_print": False}
    return typeset_html(environment().get_template(template).render(shared | context))


def without_provenance(template: str, context: dict[str, Any]) -> str:
    """The same page without its appendix and the links to it, for a PDF of a few pages."""
    return re.sub(
        r'<a (class="f[^"]*"|tabindex="-1") href="#[^"]*">(.*?)</a>',
        _unlinked,
        html(template, context | {"for_print": True}),
    )


def _unlinked(link: re.Match[str]) -> str:
    """What a link holds: a figure in a text, or the texts of a drawing. An element that says nothing costs time."""
    if link[1] == 'class="f"':
        return link[2]
    return f"<span {link[1]}>{link[2]}</span>" if link[1].startswith("class") else f"<g>{link[2]}</g>"


def pdf(page: str, identifier: str) -> bytes:
    """The page as PDF/UA-1: tags, bookmarks, language and title come from its elements. The same page gives the same
    bytes. ``identifier``: names the document."""
    faces = "".join(_face(weight, path.as_uri()) for weight, path in FONTS.items())
    page = page.replace(_embedded_fonts(), faces).replace(style(), _print_style())
    document = weasyprint.HTML(string=page, base_url=HERE.as_uri(), url_fetcher=NothingFetched(), media_type="print")
    return document.write_pdf(
        pdf_variant="pdf/ua-1", pdf_identifier=identifier.encode("ascii"), font_config=FontConfiguration()
    )


def file_name(code: str) -> str:
    """A code as a file name: what is no letter, digit or dash is its number."""
    return re.sub(r"[^A-Za-z0-9-]", lambda sign: f"_{ord(sign.group()):x}", code)
