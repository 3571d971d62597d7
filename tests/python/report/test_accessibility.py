"""Pages for everybody: axe-core in Chromium, narrow windows, the keyboard, dark pages; and the tags of the PDF."""

from __future__ import annotations

import re
from pathlib import Path

import pikepdf
import pytest
import weasyprint
from playwright.sync_api import Browser
from report_pages import violations

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}


@pytest.mark.parametrize(("scheme", "options"), [("light", RULES), ("dark", CONTRAST)])
def test_axe_finds_nothing(written, browser: Browser, scheme: str, options: dict) -> None:
    """Contrast is what a dark page changes."""
    page = browser.new_page(viewport={"width": 1280, "height": 900}, color_scheme=scheme)
    page.goto((written.folder / "report.html").as_uri())
    assert not violations(page, options)
    page.close()


def test_axe_would_find_it(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content('<html lang="fr"><title>x</title><main><h1>x</h1><p style="color:#ccc">gris</p><img src="data:,">')
    assert {one.split(":")[0] for one in violations(page, RULES)} >= {"color-contrast", "image-alt"}
    page.close()


def test_a_narrow_window_and_the_keyboard(written, browser: Browser) -> None:
    """320 px: nothing but tables and drawings scrolls. The first key leads to the text."""
    page = browser.new_page(viewport={"width": 320, "height": 640}, forced_colors="active")
    page.goto((written.folder / "report.html").as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "contenu"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('a.f')")
    assert page.evaluate("[...document.querySelectorAll('svg a')].every(link => link.tabIndex < 0)")
    page.close()


# Pixels of the smallest text of each drawing, and the tiles that their figure leaves. A figure of money is the longest.
ON_A_TELEPHONE = """() => {
    const sizes = {bars: [], map: []};
    for (const text of document.querySelectorAll('figure svg text')) {
        const drawing = text.ownerSVGElement;
        const scale = drawing.getBoundingClientRect().width / drawing.viewBox.baseVal.width;
        const size = parseFloat(getComputedStyle(text).fontSize) * scale;
        sizes[drawing.classList.contains('map') ? 'map' : 'bars'].push(size);
    }
    const tiles = [...document.querySelectorAll('.tiles li')];
    tiles[0].querySelector('.f').textContent = '41\u202f200\u202f000\u00a0€';
    const left = tiles.filter(tile => tile.scrollWidth > tile.clientWidth);
    return {bars: Math.min(...sizes.bars), map: Math.min(...sizes.map), left: left.length};
}"""


@pytest.mark.parametrize("width", [375, 1280])
def test_drawings_are_read_and_tiles_hold_their_figures(written, browser: Browser, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.goto((written.folder / "report.html").as_uri())
    found = page.evaluate(ON_A_TELEPHONE)
    assert found["bars"] >= 11 and found["map"] >= 9 and not found["left"]
    page.close()


def test_the_numbers_of_a_map_keep_their_ink(written, browser: Browser) -> None:
    """On a dark page too: they stand on the shade of their place, not on the page."""
    inks = []
    for scheme in ("light", "dark"):
        page = browser.new_page(color_scheme=scheme)
        page.goto((written.folder / "report.html").as_uri())
        inks.append(
            page.evaluate("[...document.querySelectorAll('svg.map a text')].map(one => getComputedStyle(one).fill)")
        )
        page.close()
    assert inks[0] == inks[1] and len(inks[0]) > 20


def structure(document: pikepdf.Pdf) -> list[pikepdf.Object]:
    """The elements of the tree of tags, in their order."""
    found, waiting = [], [document.Root.StructTreeRoot.K]
    while waiting:
        one = waiting.pop()
        if isinstance(one, pikepdf.Array):
            waiting.extend(reversed(list(one)))
        elif isinstance(one, pikepdf.Dictionary) and "/S" in one:
            found.append(one)
            if "/K" in one:
                waiting.append(one.K)
    return found


def check_pdf(path) -> dict[str, int]:
    """What PDF/UA-1 asks that a program can see (ISO 14289-1, 7.1 to 7.18). Returns the number of elements by tag."""
    with pikepdf.open(path) as document:
        root = document.Root
        assert root.MarkInfo.Marked and str(root.Lang) == "fr"
        assert root.ViewerPreferences.DisplayDocTitle
        metadata = bytes(root.Metadata.read_bytes()).decode("utf-8")
        assert re.search(r"pdfuaid:part[^0-9]{1,20}1", metadata) and "dc:title" in metadata
        counted: dict[str, int] = {}
        level = 0
        for element in structure(document):
            tag = str(element.S).lstrip("/")
            counted[tag] = counted.get(tag, 0) + 1
            if tag == "Figure":
                assert len(str(element.Alt)) > 10, "a picture without a text"
            if re.fullmatch(r"H[1-6]", tag):
                assert int(tag[1]) <= level + 1, "a level of titles is left out"
                level = int(tag[1])
        assert "/ParentTree" in root.StructTreeRoot
        assert root.Outlines.Count != 0, "no bookmarks"
        for page in document.pages:
            assert "/StructParents" in page and (page.get("/Tabs") == "/S" or not page.get("/Annots"))
            for annotation in page.get("/Annots", []):
                assert "/StructParent" in annotation or annotation.Subtype != "/Link", "a link outside of the tags"
            for font in (page.Resources.get("/Font") or {}).values():
                inner = font.DescendantFonts[0] if "/DescendantFonts" in font else font
                descriptor = inner.FontDescriptor
                assert any(name in descriptor for name in ("/FontFile", "/FontFile2", "/FontFile3")), (
                    "a font is not embedded"
                )
                assert "/ToUnicode" in font
        return counted


def test_the_pdf_is_tagged(written) -> None:
    counted = check_pdf(written.folder / "report.pdf")
    drawings = written.html.count("<figure>")
    assert counted["Figure"] == drawings > 10
    # A table that goes on over the page is two.
    assert counted["Table"] >= written.html.count("<table")
    assert counted["H1"] == 1 and counted["TH"] > 100 and counted["Link"] > 400


@pytest.mark.parametrize(
    ("page", "options"),
    [
        ('<html lang="fr"><title>x</title><h1>x</h1>', {}),
        ("<html><title>x</title><h1>x</h1>", {"pdf_variant": "pdf/ua-1"}),
        ('<html lang="fr"><title>x</title><h1>x</h1><h3>y</h3>', {"pdf_variant": "pdf/ua-1"}),
        ('<html lang="fr"><title>x</title><p>x</p>', {"pdf_variant": "pdf/ua-1"}),
        ('<html lang="fr"><title>x</title><h1>x</h1><svg><path d="M0 0h5v5z"/></svg>', {"pdf_variant": "pdf/ua-1"}),
    ],
    ids=["no tags", "no language", "a level left out", "no bookmarks", "a picture without a text"],
)
def test_what_the_check_of_pdfs_finds(page: str, options: dict, tmp_path: Path) -> None:
    path = tmp_path / "page.pdf"
    path.write_bytes(weasyprint.HTML(string=page).write_pdf(**options))
    with pytest.raises((AssertionError, AttributeError)):
        check_pdf(path)
