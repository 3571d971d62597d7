"""Direct identifiers in a delivery (D60). A file that holds one is refused; its values are neither kept nor shown."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from functools import partial
from operator import itemgetter

from plie_warehouse.contract import SUPPLIER_KINDS, Table, parameter
from plie_warehouse.intake import personal_values
from plie_warehouse.intake.checks import Finding
from plie_warehouse.intake.decode import Grid
from plie_warehouse.intake.delivered_headers import Header, normalised
from plie_warehouse.intake.personal_values import ANYWHERE, BIRTH_DATE, OF_PERSONS, Column

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

# Units of the columns that number things.
THINGS = ("identifiant", "numéro", "SIRET")

# Rows named in one sentence.
ROWS_NAMED = 10


def identifiers(table: Table | None, grid: Grid, header: Header, file: str, year: int) -> Iterator[Finding]:
    """One finding (CNF-01) per column and sort of identifier; ``value`` is never given. ``year``: that of the
    delivery."""
    names = {place: name for name, place in (header.unknown | header.places).items()}
    for name, place in header.unknown.items():
        sort = header_sort(name)
        if sort:
            count = sum(1 for row in grid.rows if row[place].strip())
            yield Finding("CNF-01", file, grid.header_line, name, detail=f"Son nom annonce {sort} ; {count} valeur(s).")
    columns = {header.places[one.name]: one for one in (table.columns if table else ()) if one.name in header.places}
    found: dict[str, list[Finding]] = {sort: [] for sort, _ in (*ANYWHERE, *OF_PERSONS)}
    for place in range(len(grid.header)):
        name, column = names.get(place, ""), columns.get(place)
        texts = {cell: _plain(cell) for cell in set(map(itemgetter(place), grid.rows)) if cell.strip()}
        values = Column(frozenset(texts.values()), year, bool(column and column.unit in THINGS))
        # Bodies have addresses: those of their registers, and of columns that say so.
        of_a_body = (table is not None and table.kind not in SUPPLIER_KINDS) or _NOT_A_PERSON.search(normalised(name))
        sorts = [one for one in ANYWHERE if not (one[0] in BODIES_HAVE and of_a_body)]
        if column and column.name == "birth_year":
            sorts.append((BIRTH_DATE, partial(_birth_days, grid, place)))
        if column and column.unit == "pseudonyme":
            sorts += OF_PERSONS
        for sort, find in sorts:
            if guilty := find(values):
                lines = [
                    line for line, row in zip(grid.lines, grid.rows, strict=True) if texts.get(row[place]) in guilty
                ]
                found[sort].append(Finding("CNF-01", file, lines[0], name, detail=_said(lines, sort)))
    yield from itertools.chain.from_iterable(found.values())


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


def _birth_days(grid: Grid, place: int, column: Column) -> Collection[str]:
    numbers = personal_values.day_numbers(column)
    # One or two are typing errors in a year; more are days.
    few = parameter("intake_min_day_numbers", column.year)
    several = numbers and sum(_plain(row[place]) in numbers for row in grid.rows) >= few
    return personal_values.birth_days(column) | (numbers if several else set())


def _said(lines: Sequence[int], sort: str) -> str:
    named = ", ".join(map(str, lines[:ROWS_NAMED])) + (", …" if len(lines) > ROWS_NAMED else "")
    return f"{len(lines)} valeur(s) ressemblent à {sort} (lignes {named})."
