"""The site: reports, sheets, documentation and downloads under one index of plain files, with a search, that opens from
a file or any web server without a network."""

from __future__ import annotations

import html
import posixpath
import re
import shutil
from itertools import chain
from pathlib import Path
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup
from mdit_py_plugins.anchors import anchors_plugin

from plie_warehouse.files import READERS
from plie_warehouse.paths import PROJECT, DataFolder
from plie_warehouse.report import pages
from plie_warehouse.report.actions import catalogue
from plie_warehouse.report.figures import TOTAL
from plie_warehouse.report.places import KIND_LABELS, places
from plie_warehouse.report.published import Published

DOWNLOADS = ("plie_marts.duckdb", "datapackage.json", "manifest.json", "csv", "parquet")
WRITTEN = ("report", "sheets")
ACTIONS = "fiches-action.html"
# Of HTML in a document what text needs; nothing that runs or loads.
ALLOWED = {"*": {"id"}, "a": {"href"}, "th": {"style"}, "td": {"style"}, "ol": {"start"}}


def slug(title: str) -> str:
    """The anchor of a title, as GitHub makes it: the links between documents are written for it."""
    return re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-")


def rendered(text: str, path: str, known: set[str]) -> tuple[str, Markup]:
    """Title and HTML of a document. ``path``: its own, from the project's root; a link to a document of ``known`` leads
    to its page, one to a source file is its text alone."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    markdown.use(anchors_plugin, max_level=4, slug_func=slug)
    body = markdown.render(re.sub(r"^<!--.*?-->\s*", "", text, flags=re.DOTALL))

    def link(found: re.Match[str]) -> str:
        target, _, fragment = html.unescape(found[1]).partition("#")
        if re.match(r"[a-z]+:", target) or (not target and fragment):
            return found[0]
        wanted = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
        wanted = next((one for one in (wanted, f"{wanted}/README.md") if one in known), "")
        if not wanted:
            return f"<span>{found[2]}</span>"
        leads = posixpath.relpath(page_of(wanted), posixpath.dirname(page_of(path)))
        return f'<a href="{html.escape(leads + (f"#{fragment}" if fragment else ""))}">{found[2]}</a>'

    body = re.sub(r'<a href="([^"]*)">(.*?)</a>', link, body, flags=re.DOTALL)
    body = nh3.clean(body, attributes=ALLOWED, link_rel=None)
    number = iter(range(1, 10**6))
    body = re.sub(
        r"<table>(.*?)</table>",
        lambda found: (
            f'<div class="scroll" role="region" aria-label="Tableau {next(number)}" tabindex="0">'
            f'<table class="text">{found[1]}</table></div>'
        ),
        body, flags=re.DOTALL,
    )  # fmt: skip
    body = re.sub(r"<th([^>]*)></th>", r"<td\1></td>", body).replace("<pre>", '<pre tabindex="0">')
    title = re.search(r"<h1[^>]*>(.*?)</h1>", body, re.DOTALL)
    return (re.sub(r"<[^>]*>", "", html.unescape(title[1])) if title else Path(path).stem), Markup(body)


def page_of(document: str) -> str:
    """Where the page of a document stands in the site."""
    return re.sub(r"\.md$", ".html", document if document.startswith("docs/") else f"docs/{document}")


def documents() -> dict[str, str]:
    """The project's documents: path from its root -> text."""
    paths = [
        *sorted((PROJECT / "docs").rglob("*.md")),
        PROJECT / "README.md",
        PROJECT / "CHANGELOG.md",
        PROJECT / "CONTRIBUTING.md",
    ]
    # The two READMEs would stand on one page.
    return {
        path.relative_to(PROJECT).as_posix(): path.read_text(encoding="utf-8")
        for path in paths if path.exists() and path != PROJECT / "README.md"
    }  # fmt: skip


def write_site(data: DataFolder, published: Published, folder: Path) -> int:
    """Write the site into an empty folder. Returns the number of its own pages."""
    for name in WRITTEN:
        if (data.serving.parent / name).is_dir():
            shutil.copytree(data.serving.parent / name, folder / name)
    for name in DOWNLOADS:
        source, target = data.serving.parent / name, folder / "downloads" / name
        if source.is_dir():
            shutil.copytree(source, target)
        elif source.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    has_lineage = (data.docs / "index.html").exists()
    if has_lineage:
        (folder / "lineage").mkdir()
        shutil.copyfile(data.docs / "index.html", folder / "lineage" / "index.html")
    texts = documents()
    listed = []
    for path, text in texts.items():
        title, body = rendered(text, path, {*texts})
        page = folder / page_of(path)
        page.parent.mkdir(parents=True, exist_ok=True)
        up = posixpath.relpath(".", posixpath.dirname(page_of(path)))
        context = {"title": title, "body": body, "published": published, "up": up}
        page.write_text(pages.html("document.html.jinja", context), encoding="utf-8")
        listed.append({"title": title, "page": page_of(path), "path": path})
    reports = [path.parent.name for path in sorted((folder / "report").glob("*/report.html"))]
    sheets = _sheets(folder, published)
    actions = _actions(folder, published, sheets)
    found = [
        *({"t": f"Rapport {year}", "k": "Rapport", "u": f"report/{year}/report.html"} for year in reports),
        *({"t": f"{one['name']} ({one['code']}), {one['year']}", "k": one["kind"], "u": one["page"]} for one in sheets),
        *actions,
        *_definitions(published, texts),
        *({"t": one["title"], "k": "Documentation", "u": one["page"]} for one in listed),
    ]
    context = {
        "title": "PLIE et clause sociale : rapports, fiches, documentation", "published": published, "reports": reports,
        "sheets": sheets, "documents": listed, "has_lineage": has_lineage, "found": found,
        "actions": ACTIONS if actions else "",
        "downloads": [name for name in DOWNLOADS[:3] if (folder / "downloads" / name).exists()],
        "tables": sorted(path.stem for path in (folder / "downloads" / "csv").glob("*.csv")),
    }  # fmt: skip
    (folder / "index.html").write_text(pages.html("index.html.jinja", context), encoding="utf-8")
    for path in (folder, *folder.rglob("*")):
        path.chmod(READERS if path.is_dir() else 0o644)
    return len(listed) + 1 + bool(actions)


def _actions(folder: Path, published: Published, sheets: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Write the catalogue of the action sheets, each with a link to the sheet of its PLIE where there is one. Returns
    what the search finds of it."""
    plie = {one["code"]: one["page"] for one in reversed(sheets) if one["kind"] == KIND_LABELS["plie"]}
    themes = catalogue(published)
    for row in chain.from_iterable(rows for _, rows in themes):
        row |= {"anchor": f"a-{pages.file_name(row['sheet_id'])}", "page": plie.get(row["plie_code"])}
    if themes:
        context = {"title": "Fiches action", "published": published, "themes": themes}
        (folder / ACTIONS).write_text(pages.html("actions.html.jinja", context), encoding="utf-8")
    return [
        {"t": " ; ".join(filter(None, (row["title"], row["plie_name"], row["partners"]))), "k": "Fiche action",
         "u": f"{ACTIONS}#{row['anchor']}"}
        for _, rows in themes for row in rows
    ]  # fmt: skip


def _sheets(folder: Path, published: Published) -> list[dict[str, Any]]:
    """The sheets that are there, with the names of their territories. ``year``: that of the figures of a sheet, which
    for a structure may be before that of its folder; of two folders with the same the later one counts."""
    found: dict[tuple[str, str, int], dict[str, Any]] = {}
    for year_folder in sorted((folder / "sheets").glob("*"), reverse=True):
        there = {path.relative_to(folder).as_posix() for path in year_folder.rglob("*.html")}
        for place in places(published, int(year_folder.name)):
            page = f"sheets/{year_folder.name}/{place.territory.kind}/{pages.file_name(place.territory.code)}.html"
            if page in there:
                found.setdefault(
                    (*place.territory[:2], place.year),
                    {
                        "kind": KIND_LABELS[place.territory.kind], "code": place.territory.code,
                        "name": place.territory.name, "year": place.year, "page": page,
                    },
                )  # fmt: skip
    return list(found.values())


def _definitions(published: Published, texts: dict[str, str]) -> list[dict[str, str]]:
    """Rules and indicators, each at its place in the documentation."""
    found = [
        {"t": f"{row['rule_id']} : {row['label_fr']}", "k": "Règle", "u": f"docs/rules.html#{row['rule_id'].lower()}"}
        for row in published.rows("from reference.rules order by rule_id")
    ]
    for (indicator, cut, method), measure in published.measures.items():
        if f"docs/indicators/{measure.mart}.md" in texts:
            anchor = slug(f"{indicator} {cut} {method}")
            page = f"docs/indicators/{measure.mart}.html#{anchor}"
            of = "" if cut == TOTAL else f", découpage {cut}"
            found.append({"t": f"{measure.label} ({indicator}{of})", "k": "Indicateur", "u": page})
    return found
