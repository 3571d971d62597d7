"""Make the Data Docs readable without a network.

As written, the pages take their style sheets, fonts and scripts from five public servers and show a bare
skeleton without them; the first page is drawn by one of those scripts. Here each page loses every reference
to another host and all its scripts, and gets one small style sheet inside; the first page is written anew, as
plain HTML.
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from plie_warehouse.text import render
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


def _first_page(docs: Path, outcomes: list[SuiteOutcome], failures: pd.DataFrame) -> str:
    """The first page: every suite with its verdict and its pages, then the failures by rule."""

    def pages(suite: SuiteOutcome) -> list[tuple[str, str]]:
        """What a page is, and where it is."""
        written = [("results", suite.page)] if suite.page else []
        if (docs / "expectations" / f"{suite.name}.html").exists():
            written.append(("expectations", f"expectations/{suite.name}.html"))
        details = sorted((docs / "validations" / f"{suite.name}_details").rglob("*.html"))
        return written + [("details", path.relative_to(docs).as_posix()) for path in details]

    return render(
        "validation.html",
        style=STYLE,
        suites=outcomes,
        pages={suite.name: pages(suite) for suite in outcomes},
        failures=[(rule, rows.to_dict("records")) for rule, rows in failures.groupby("rule_id", sort=True)],
        columns=[column for column in failures.columns if column != "rule_id"],
        shown=SHOWN_PER_RULE,
    )
