"""Direct identifiers in a delivery (D60). A file that holds one is refused; its values are neither kept nor shown."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Collection, Iterator

from plie_warehouse.contract import SUPPLIER_KINDS, YEAR, Table
from plie_warehouse.intake import personal_values
from plie_warehouse.intake.checks import Finding
from plie_warehouse.intake.decode import Grid
from plie_warehouse.intake.delivered_headers import Header, normalised

# Words of a header that no column of the contract has.
_HEADERS = (
    (
        re.compile(
            r"\b(nir|ss|securite sociale|(num(ero)?|no?) ?(de )?(secu|ss|insee|assure)|secu|nss|numsecu|numss"
            r"|immatriculation (cpam|sociale))\b"
        ),
        "un numéro de sécurité sociale",
    ),
    (re.compile(r"\b(e ?mails?|mails?|mel|courriels?|adresse electronique)\b"), "une adresse électronique (mail)"),
    (re.compile(r"\b(telephones?|tel|tels|portable|mobile|gsm|phone)\b"), "un numéro de téléphone"),
    (
        re.compile(
            r"\b((date|jour|dt|d) ?(de )?(naissance|naiss)|date (d )?anniversaire|ne le|nee le|ne e le|ddn|dob"
            r"|birth ?date|date of birth)\b"
        ),
        "une date de naissance complète",
    ),
    (re.compile(r"\b(adresses?|rue|voie|domicile|address)\b"), "une adresse"),
    (
        re.compile(
            r"\b(noms?|prenoms?|nomprenoms?|prenomnoms?|patronyme|identite|etat civil|civilite|surname"
            r"|((first|last|full|family|given) ?)?name)\b"
        ),
        "un nom ou un prénom",
    ),
)

# A name or an address of these is not a person's, unless a person is named beside.
_NOT_A_PERSON = re.compile(
    r"\b(structure|plie|mde|entreprise|employeur|organisme|association|commune|ville|action|formation|dispositif"
    r"|acheteur|maitre d (ouvrage|oeuvre)|donneur d ordre|attributaire|collectivite|marche|lot|chantier|operation"
    r"|qpv|zrr|quartier|territoire|secteur|zone|antenne|site|lieu|agence|service|pole|prestataire|financeur|operateur"
    r"|partenaire|bailleur|prescripteur|programme|projet|fichier|diplome|metier|poste|etape|parcours"
    r"|sans (domicile|adresse))s?\b"
)
_A_PERSON = re.compile(
    r"\b(beneficiaire|salarie|participant|personne|referent|facilitateur|contact|usager|candidat|demandeur|conseiller"
    r"|stagiaire|adherent|titulaire)e?s?\b"
)

# What a body may have without a person being identified.
BODIES_HAVE = ("un nom ou un prénom", "une adresse")

# Day numbers of a spreadsheet: one or two are typing errors in a year; more are days.
DAY_NUMBERS_FROM = 3

# Units of the columns that number things.
THINGS = ("identifiant", "numéro", "SIRET")

# Rows named in one sentence.
ROWS_NAMED = 10

_A_DAY = re.compile(r"\d{2}/\d{2}/\d{4}|\d{4}-\d{2}-\d{2}", re.ASCII)

# Between cells that are searched at once: no pattern crosses it.
_BETWEEN = "\n|\n"


def identifiers(table: Table | None, grid: Grid, header: Header, file: str) -> Iterator[Finding]:
    """One finding (CNF-01) per column and sort of identifier; ``value`` is never given."""
    names = {place: name for name, place in (header.unknown | header.places).items()}
    for name, place in header.unknown.items():
        sort = header_sort(name)
        if sort:
            count = sum(1 for row in grid.rows if row[place].strip())
            yield Finding("CNF-01", file, grid.header_line, name, detail=f"Son nom annonce {sort} ; {count} valeur(s).")
    units = {header.places.get(one.name): one.unit for one in (table.columns if table else ())}
    # A day has no sign of any of them, and is most of what differs from row to row beside pseudonyms.
    cells = {_plain(cell) for cell in set(itertools.chain.from_iterable(grid.rows)) if not _A_DAY.fullmatch(cell)}
    joined = _BETWEEN.join(cells)
    for sort, sign, find in personal_values.ANYWHERE:
        if not sign.search(joined):
            continue
        for place in range(len(grid.header)):
            # Bodies have addresses: those of their registers, and of columns that say so.
            of_a_body = (table is not None and table.kind not in SUPPLIER_KINDS) or _NOT_A_PERSON.search(
                normalised(names.get(place, ""))
            )
            if not (sort in BODIES_HAVE and of_a_body):
                yield from _by_column(grid, names, file, place, sort, find, units.get(place, ""))
    for column in table.columns if table else ():
        place = header.places.get(column.name)
        if place is not None and column.name == "birth_year":
            yield from _by_column(grid, names, file, place, "une date de naissance complète", _birth_days(grid, place))
        if place is not None and column.unit == "pseudonyme":
            for sort, find in personal_values.OF_PERSONS:
                yield from _by_column(grid, names, file, place, sort, find, column.unit, _year(grid, header))


def header_sort(header: str) -> str | None:
    """What an unknown header announces, or None."""
    words = normalised(header)
    for pattern, sort in _HEADERS:
        of_a_body = _NOT_A_PERSON.search(words) and not _A_PERSON.search(words)
        if pattern.search(words) and not (of_a_body and sort in BODIES_HAVE):
            return sort
    return None


def _plain(cell: str) -> str:
    """Digits, letters and signs of any width as those that patterns know."""
    return cell if cell.isascii() else unicodedata.normalize("NFKC", cell)


def _year(grid: Grid, header: Header) -> int | None:
    """The year that the rows describe, as their first row says."""
    place = header.places.get(YEAR)
    said = grid.rows[0][place].strip() if place is not None and grid.rows else ""
    return int(said) if re.fullmatch("[0-9]{4}", said) else None


def _birth_days(grid: Grid, place: int) -> personal_values.Find:
    def find(column: personal_values.Column) -> Collection[str]:
        numbers = personal_values.day_numbers(column)
        several = sum(_plain(row[place]) in numbers for row in grid.rows) >= DAY_NUMBERS_FROM
        return personal_values.birth_days(column) | (numbers if several else set())

    return find


def _by_column(
    grid: Grid,
    names: dict[int, str],
    file: str,
    place: int,
    sort: str,
    find: personal_values.Find,
    unit: str = "",
    year: int | None = None,
) -> Iterator[Finding]:
    texts = {cell: _plain(cell) for row in grid.rows if (cell := row[place]).strip()}
    found = find(personal_values.Column(frozenset(texts.values()), year, unit in THINGS))
    lines = [line for line, row in zip(grid.lines, grid.rows, strict=True) if found and texts.get(row[place]) in found]
    if lines:
        named = ", ".join(map(str, lines[:ROWS_NAMED])) + (", …" if len(lines) > ROWS_NAMED else "")
        detail = f"{len(lines)} valeur(s) ressemblent à {sort} (lignes {named})."
        yield Finding("CNF-01", file, lines[0], names.get(place, ""), detail=detail)
