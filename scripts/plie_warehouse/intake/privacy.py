"""Direct identifiers in deliveries (D60). A file that holds one is refused; its values are neither kept nor shown."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from plie_warehouse.contract import Table
from plie_warehouse.intake.checks import Finding
from plie_warehouse.intake.decode import Grid
from plie_warehouse.intake.delivered_headers import Header, normalised

# Words of a header that no column of the contract has.
_HEADERS = (
    (
        re.compile(r"\b(nir|securite sociale|num(ero)? secu|no secu|nss|num(ero)? ss)\b"),
        "un numéro de sécurité sociale",
    ),
    (re.compile(r"\b(e ?mail|mail|mel|courriel|adresse electronique)\b"), "une adresse électronique (mail)"),
    (re.compile(r"\b(telephone|tel|portable|mobile|gsm)\b"), "un numéro de téléphone"),
    (
        re.compile(r"\b(date (de )?naissance|ne le|nee le|ne e le|ddn|jour de naissance)\b"),
        "une date de naissance complète",
    ),
    (re.compile(r"\b(adresse|rue|domicile)\b"), "une adresse"),
    (re.compile(r"\b(noms?|prenoms?|patronyme|identite|etat civil|civilite)\b"), "un nom ou un prénom"),
)

# A name or an address of these is not a person's, unless a person is named beside.
_NOT_A_PERSON = re.compile(
    r"\b(structure|plie|mde|entreprise|employeur|organisme|association|commune|ville|action|formation|dispositif"
    r"|acheteur|maitre d (ouvrage|oeuvre)|donneur d ordre|attributaire|collectivite|marche|lot|chantier|operation)s?\b"
)
_A_PERSON = re.compile(r"\b(beneficiaire|salarie|participant|personne|referent|facilitateur|contact)e?s?\b")

# What a body may have without a person being identified.
BODIES_HAVE = ("un nom ou un prénom", "une adresse")

_NIR = re.compile(r"(?<!\d)([12])\s?(\d{2})\s?(0[1-9]|[1-9]\d)\s?(\d{2}|2[ABab])\s?(\d{3})\s?(\d{3})\s?(\d{2})(?!\d)")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}")
_PHONE = re.compile(r"(?<![\w.,/-])(?:(?:\+|00)33[\s.]?(?:\(0\)[\s.]?)?[1-9]|0[1-9])(?:[\s.-]?\d{2}){4}(?![\w/])")
# A day with its century, which may be followed by a time of day: no telephone.
_DATED = re.compile(
    r"\b(?:\d{1,2}[/.-](?:0?[1-9]|1[0-2])[/.-](?:19|20)\d{2}|(?:19|20)\d{2}[/.-](?:0?[1-9]|1[0-2])[/.-]\d{1,2})\b"
)
# A day in any spelling, or eight digits.
_DAY = re.compile(
    r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\d{4}[/.-]\d{1,2}[/.-]\d{1,2}.*"
    r"|(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:19|20)\d{2}|(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
)

# The number that a spreadsheet gives to a day. One or two are typing errors in a year; more are days.
_DAY_NUMBER = re.compile(r"[1-4]\d{4}(?:[.,]\d+)?")
DAY_NUMBERS_FROM = 3
_TWO_WORDS = re.compile(r"[^\W\d_]{2,}(?:[ '’-]+[^\W\d_]{2,})+")

# Share of the pseudonyms of a column that are two words of letters before they are taken for names.
NAMES_SHARE = 0.5

# Units of the columns that number things.
THINGS = ("identifiant", "numéro")

# Rows named in one sentence.
ROWS_NAMED = 10

# Between cells that are searched at once: no pattern crosses it.
_BETWEEN = "\n|\n"


def is_nir(text: str) -> bool:
    """Thirteen characters and the two digits of their key, which must hold."""
    found = _NIR.search(text)
    if not found:
        return False
    digits = "".join(found.groups()[:-1]).upper().replace("2A", "19").replace("2B", "18")
    return int(found.groups()[-1]) == 97 - int(digits) % 97


# Pattern, a sign that it never goes without (sooner looked for than the pattern), what holds, and what it is.
_VALUES = (
    (_NIR, "", is_nir, "un numéro de sécurité sociale (NIR)"),
    (_MAIL, "@", lambda cell: bool(_MAIL.search(cell)), "une adresse électronique (mail)"),
    (_PHONE, "", lambda cell: bool(_PHONE.search(_DATED.sub("|", cell))), "un numéro de téléphone"),
)


def identifiers(table: Table | None, grid: Grid, header: Header, file: str) -> Iterator[Finding]:
    """One finding (CNF-01) per column and sort of identifier; ``value`` is never given."""
    names = {place: name for name, place in (header.unknown | header.places).items()}
    for name, place in header.unknown.items():
        sort = header_sort(name)
        if sort:
            count = sum(1 for row in grid.rows if row[place].strip())
            yield Finding("CNF-01", file, grid.header_line, name, detail=f"Son nom annonce {sort} ; {count} valeur(s).")
    # Ten digits in a row may be the number of a procurement; with blanks or a country code they are a telephone.
    things = {header.places.get(one.name) for one in (table.columns if table else ()) if one.unit in THINGS}
    cells = set(itertools.chain.from_iterable(grid.rows))
    joined = _BETWEEN.join(cells)
    for pattern, sign, holds, sort in _VALUES:
        if sign not in joined or not pattern.search(joined):
            continue
        guilty = {cell for cell in cells if holds(cell)}
        written = {cell for cell in guilty if not cell.strip().isdecimal()}
        for place in range(len(grid.header)) if guilty else ():
            suspects = written if pattern is _PHONE and place in things else guilty
            yield from _by_column(grid, names, file, suspects.__contains__, [place], sort)
    for column in table.columns if table else ():
        place = header.places.get(column.name)
        if place is None:
            continue
        if column.name == "birth_year":
            years = {row[place] for row in grid.rows}
            days = {cell for cell in years if _DAY.fullmatch(cell.strip())}
            numbers = {cell for cell in years if _DAY_NUMBER.fullmatch(cell.strip())}
            if sum(row[place] in numbers for row in grid.rows) >= DAY_NUMBERS_FROM:
                days |= numbers
            sort = "une date de naissance complète"
            yield from _by_column(grid, names, file, days.__contains__, [place], sort)
        if column.unit == "pseudonyme":
            filled = [row[place].strip() for row in grid.rows if row[place].strip()]
            if filled and sum(bool(_TWO_WORDS.fullmatch(one)) for one in filled) >= NAMES_SHARE * len(filled):
                detail = f"{len(filled)} valeur(s) ressemblent à un nom et un prénom."
                yield Finding("CNF-01", file, grid.lines[0], column.name, detail=detail)


def header_sort(header: str) -> str | None:
    """What an unknown header announces, or None."""
    words = normalised(header)
    for pattern, sort in _HEADERS:
        of_a_body = _NOT_A_PERSON.search(words) and not _A_PERSON.search(words)
        if pattern.search(words) and not (of_a_body and sort in BODIES_HAVE):
            return sort
    return None


def _by_column(grid: Grid, names: dict[int, str], file: str, holds, places, sort: str) -> Iterator[Finding]:
    for place in places:
        lines = [line for line, row in zip(grid.lines, grid.rows, strict=True) if holds(row[place])]
        if lines:
            named = ", ".join(map(str, lines[:ROWS_NAMED])) + (", …" if len(lines) > ROWS_NAMED else "")
            detail = f"{len(lines)} valeur(s) ressemblent à {sort} (lignes {named})."
            yield Finding("CNF-01", file, lines[0], names.get(place, ""), detail=detail)
