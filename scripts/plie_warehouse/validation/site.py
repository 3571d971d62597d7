"""Make the Data Docs readable without a network.

As written, the pages take their style sheets, fonts and scripts from five public servers and show a bare
skeleton without them; the first page is drawn by one of those scripts. Here each page loses every reference
to another host and all its scripts, and gets one small style sheet inside; the first page is written anew, as
plain HTML.
"""

from __future__ import annotations

import html
import re
from pathlib import Path

import pandas as pd

from plie_warehouse.validation.validation_report import SHOWN_PER_RULE, SuiteOutcome

# What reaches for another host, or needs a script that did. `data:` sources and links to be clicked may stay.
_REMOTE = (
    re.compile(r"<script\b[^>]*>.*?</script\s*>", re.IGNORECASE | re.DOTALL),
    re.compile(r"<link\b[^>]*\bhref=[\"']?https?:[^>]*>", re.IGNORECASE),
    re.compile(r"<img\b[^>]*\bsrc=[\"']?https?:[^>]*>", re.IGNORECASE),
    re.compile(r"<footer\b.*?</footer\s*>", re.IGNORECASE | re.DOTALL),
    re.compile(r"<button\b[^>]*>.*?</button\s*>", re.IGNORECASE | re.DOTALL),
)

# Moments of this run, and controls that do nothing without scripts.
_USELESS = (
    re.compile(r"<tr[^>]*>(?:(?!</tr>).)*?(?:ge_load_time|Run Time)(?:(?!</tr>).)*?</tr>", re.DOTALL),
    re.compile(r"<(?:input|label)\b[^>]*\b(?:radio|btn)[^>]*>(?:(?:(?!</label>).)*?</label>)?", re.DOTALL),
    re.compile(r"<strong>\s*Actions\s*</strong>|Validation Filter:"),
    re.compile(r"<a\b[^>]*data-toggle=\"collapse\"[^>]*>\s*Show more info\.\.\.\s*</a>"),
)

# The favicon and style sheets of the library also name remote files inside <style>.
_REMOTE_IN_STYLE = re.compile(r"@import[^;]*;|url\(\s*[\"']?https?:[^)]*\)", re.IGNORECASE)

STYLE = "\n" + Path(__file__).with_suffix(".css").read_text(encoding="utf-8")


def without_network(page: str) -> str:
    """One page of the site without any reference to another host and without scripts, styled from within."""
    for pattern in (*_REMOTE, *_USELESS):
        page = pattern.sub("", page)
    page = _REMOTE_IN_STYLE.sub("", page)
    return page.replace("</head>", f"<style>{STYLE}</style></head>", 1)


def make_readable(docs: Path, outcomes: list[SuiteOutcome], failures: pd.DataFrame) -> None:
    """Rewrite every page below ``docs`` in place, and the first page from the outcomes.

    ``failures``: one row per failing comparison, columns of ``report.DIFFERENCE_COLUMNS``.
    """
    for page in sorted(docs.rglob("*.html")):
        page.write_text(without_network(page.read_text(encoding="utf-8")), encoding="utf-8")
    (docs / "index.html").write_text(_first_page(docs, outcomes, failures), encoding="utf-8")


def _cells(values: list[object], tag: str = "td") -> str:
    return "<tr>" + "".join(f"<{tag}>{html.escape(str(value))}</{tag}>" for value in values) + "</tr>"


def _first_page(docs: Path, outcomes: list[SuiteOutcome], failures: pd.DataFrame) -> str:
    """The first page: every suite with its verdict and its pages, then the failures by rule."""
    rows = []
    for suite in outcomes:
        failed = sum(not one.success for one in suite.expectations)
        links = [f'<a href="{html.escape(suite.page)}">results</a>'] if suite.page else []
        if (docs / "expectations" / f"{suite.name}.html").exists():
            links.append(f'<a href="expectations/{html.escape(suite.name)}.html">expectations</a>')
        details = sorted((docs / "validations" / f"{suite.name}_details").rglob("*.html"))
        links += [f'<a href="{html.escape(path.relative_to(docs).as_posix())}">details</a>' for path in details]
        rules = ", ".join(sorted({one.rule_id for one in suite.expectations}))
        verdict = '<span class="ok">holds</span>' if not failed else f'<span class="failed">{failed} failed</span>'
        rows.append(
            f"<tr><td>{html.escape(suite.name)}</td><td>{verdict}</td>"
            f'<td class="number">{len(suite.expectations)}</td><td class="number">{suite.rows}</td>'
            f"<td>{html.escape(rules)}</td><td>{' · '.join(links)}</td></tr>"
        )
    body = [
        "<h1>Validation of the warehouse</h1>",
        "<p>The rules are computed a second time from the staged rows; each suite compares one table with them.</p>",
        "<table><thead>" + _cells(["Table", "Verdict", "Expectations", "Rows checked", "Rules", "Pages"], "th"),
        "</thead><tbody>" + "".join(rows) + "</tbody></table>",
    ]
    if failures.empty:
        body.append('<p class="ok">Every rule holds.</p>')
    for rule, differing in failures.groupby("rule_id", sort=True):
        body.append(f"<h2>{html.escape(str(rule))}: {len(differing)} differences</h2><table><thead>")
        columns = [column for column in differing.columns if column != "rule_id"]
        body.append(_cells([column.replace("_", " ") for column in columns], "th") + "</thead><tbody>")
        body += [_cells(list(row)) for row in differing[columns].head(SHOWN_PER_RULE).itertuples(index=False)]
        body.append("</tbody></table>")
        if len(differing) > SHOWN_PER_RULE:
            body.append(f"<p>… and {len(differing) - SHOWN_PER_RULE} more</p>")
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="UTF-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1.0">'
        f"<title>Validation of the warehouse</title><style>{STYLE}</style></head>\n<body>"
        + "\n".join(body)
        + "</body></html>\n"
    )
