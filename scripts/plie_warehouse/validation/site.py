"""Make the Data Docs readable without a network.

As written, the pages take their style sheets, fonts and scripts from five public servers and show a bare
skeleton without them; the first page is drawn by one of those scripts. Here each page loses every reference
to another host and all its scripts, and gets one small style sheet inside; the first page is written anew, as
plain HTML.
"""

from __future__ import annotations

import re
from pathlib import Path

from plie_warehouse.text import render
from plie_warehouse.validation.outcomes import FAILURE_COLUMNS, SHOWN_PER_RULE, Failure, SuiteOutcome, failures

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

# Identifiers of blocks end in one that is drawn anew for each page: the same verdict must give the same page (D05).
_DRAWN = re.compile(r"(-collapse-body)-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

# The favicon and style sheets of the library also name remote files inside <style>.
_REMOTE_IN_STYLE = re.compile(r"@import[^;]*;|url\(\s*[\"']?https?:[^)]*\)", re.IGNORECASE)

_STATIC = re.compile(r"\bstatic/[^\"')\s]+")

STYLE = "\n" + Path(__file__).with_suffix(".css").read_text(encoding="utf-8")


def without_network(page: str) -> str:
    """One page of the site without any reference to another host and without scripts, styled from within."""
    for pattern in (*_REMOTE, *_USELESS):
        page = pattern.sub("", page)
    page = _DRAWN.sub(r"\1", _REMOTE_IN_STYLE.sub("", page))
    return page.replace("</head>", f"<style>{STYLE}</style></head>", 1)


def without_network_below(docs: Path) -> None:
    """Rewrite every page below ``docs`` in place."""
    for page in sorted(docs.rglob("*.html")):
        page.write_text(without_network(page.read_text(encoding="utf-8")), encoding="utf-8")


def delete_unused_below(docs: Path) -> None:
    """Delete the images, fonts and styles of the library that no page names: half of the site."""
    static = docs / "static"
    named = {Path(name).name for page in docs.rglob("*.html") for name in _STATIC.findall(page.read_text("utf-8"))}
    for file in sorted(static.rglob("*"), reverse=True):
        if file.is_dir() and not any(file.iterdir()):
            file.rmdir()
        elif file.is_file() and file.name not in named:
            file.unlink()


def write_index(docs: Path, suites: list[SuiteOutcome]) -> None:
    """Write the first page: every suite with its verdict and its pages, then what differs by rule."""
    by_rule: dict[str, list[Failure]] = {}
    for one in failures(suites):
        by_rule.setdefault(one["rule_id"], []).append(one)
    page = render(
        "validation.html",
        style=STYLE,
        suites=suites,
        pages={suite.name: _pages(docs, suite.name) for suite in suites},
        failures=sorted(by_rule.items()),
        columns=[column for column in FAILURE_COLUMNS if column != "rule_id"],
        shown=SHOWN_PER_RULE,
    )
    (docs / "index.html").write_text(page, encoding="utf-8")


def _pages(docs: Path, suite: str) -> list[tuple[str, str]]:
    """What a page of a suite is, and where it is."""
    found = [*docs.glob(f"validations/{suite}/**/*.html"), *docs.glob(f"validations/{suite}.[0-9]*/**/*.html")]
    details = [path for path in docs.glob(f"validations/{suite}.*/**/*.html") if ".details" in path.as_posix()]
    places = {
        "résultats": [path for path in found if path not in details],
        "attentes": [*docs.glob(f"expectations/{suite}.html")],
        "détails": details,
    }
    return [(name, path.relative_to(docs).as_posix()) for name, found in places.items() for path in sorted(found)]
