"""What is wrong with a bad cell, in one sentence for the person who corrects it."""

from __future__ import annotations

import re
from collections.abc import Callable

from plie_warehouse.contract import PATTERNS, Table, load_codes

# Digits of the largest whole number that a column takes (macros/parsing.sql).
_TOO_LONG = re.compile(r"-?[0-9]{10,}(?:[.,][0-9]*)?")
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-[0-9]{2}|[0-9]{2}/([0-9]{2})/([0-9]{4})")
_MONTH = re.compile(r"(0?[1-9]|1[0-2])[/. -]([0-9]{4})|([0-9]{4})[/. -]?(0?[1-9]|1[0-2])")
_DAY_AND_TIME = re.compile(r"[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}[ T][0-9]{1,2}:[0-9]{2}.*")
_OTHER_DAY = re.compile(
    r"[0-9]{1,2}[-. ][0-9]{1,2}[-. ][0-9]{4}|[0-9]{1,2}/[0-9]{1,2}/[0-9]{2,4}|[0-9]{4}/[0-9]{1,2}/[0-9]{1,2}"
)
# A column too narrow for what it holds, as a spreadsheet shows and exports it.
_TOO_NARROW = re.compile(r"#{2,}")

# What a spreadsheet makes of a code or a lot such as 02-01: the month in French, or with a capital in English.
_MONTHS = (
    r"(?:janv|févr|fevr|mars|avr|mai|juin|juil|août|aout|sept|oct|nov|déc|dec"
    r"|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\.?"
)
MADE_A_DAY = rf"(?:\d{{1,2}}-{_MONTHS}(?:-\d{{2,4}})?|{_MONTHS}-\d{{2,4}})"
_CLOCK = re.compile(r"-?[0-9]+ ?[hH:] ?[0-9]{0,2}(?::[0-9]{2})?")


def hint(table: Table, column: str, value: str) -> str:
    """A sentence about a cell of a column, or '' (a cell that reads has another fault than its own text)."""
    if column not in table.names or not value:
        return ""
    found = table.column(column)
    if _TOO_NARROW.fullmatch(value):
        return "La colonne du tableur était trop étroite pour montrer la valeur : l'élargir avant d'exporter."
    if found.type in PATTERNS and re.match(PATTERNS[found.type], value):
        return ""
    if found.code_list:
        return _code(found.code_list, value)
    return _HINTS[found.type](value) if found.type in _HINTS else ""


def _date(value: str) -> str:
    if _DAY.fullmatch(value):
        return "Cette date n'existe pas."
    if _DAY_AND_TIME.fullmatch(value):
        return "C'est une date suivie d'une heure : écrire la date seule."
    return "Écrire le jour et le mois sur deux chiffres, l'année sur quatre." if _OTHER_DAY.fullmatch(value) else ""


def _name(value: str) -> str:
    made = re.fullmatch(MADE_A_DAY, value) or _DAY.fullmatch(value)
    return (
        "Un tableur a fait une date de ce code : mettre la colonne au format texte, puis le saisir à nouveau."
        if made
        else ""
    )


def _month(value: str) -> str:
    day, month = _DAY.fullmatch(value), _MONTH.fullmatch(value)
    if day:
        year, number = (day[1], day[2]) if day[1] else (day[4], day[3])
        return f"C'est un jour : écrire le mois seul, {year}-{number}."
    if month:
        year, number = (month[2], month[1]) if month[2] else (month[3], month[4])
        return f"Écrire {year}-{int(number):02d} : l'année, un tiret, le mois sur deux chiffres."
    return "Ce mois n'existe pas." if re.fullmatch(r"[0-9]{4}-[0-9]{2}", value) else ""


def _siret(value: str) -> str:
    digits = re.sub(r"[ .-]", "", value)
    if re.search(r"[0-9][eE]\+?[0-9]", value):
        return "La notation scientifique a effacé des chiffres de ce SIRET : ils ne se retrouvent que dans l'original."
    if digits != value and re.fullmatch(r"[0-9]{14}", digits):
        return "Un SIRET s'écrit sans espace ni point."
    if re.fullmatch(r"[0-9]{9}", value):
        return "C'est un SIREN : il manque les cinq chiffres de l'établissement."
    if re.fullmatch(r"[0-9]{10,13}", value):
        return f"Ce SIRET n'a que {len(value)} chiffres : ses zéros initiaux sont sans doute perdus."
    return "Un SIRET a 14 chiffres."


def _number(value: str) -> str:
    if value.endswith("%"):
        return "Écrire le nombre lui-même, sans pourcentage."
    if _TOO_LONG.fullmatch(value):
        return "Ce nombre est trop grand."
    if re.search(r"[0-9][eE]\+?[0-9]", value):
        return "Écrire le nombre en entier, sans notation scientifique."
    if re.fullmatch(r"-?[0-9]{1,3}(?:[ .,'’][0-9]{3})+(?:[.,][0-9]+)?", value):
        return "Écrire le nombre sans espace ni autre séparateur de milliers."
    return ""


def _hours(value: str) -> str:
    if _CLOCK.fullmatch(value):
        return "Écrire des heures et des centièmes : 84,25 pour 84 h 15."
    if re.fullmatch(r"-?[0-9]{1,9}[.,][0-9]{3,}", value):
        return "Au plus deux décimales : l'entrepôt n'arrondit pas les heures à votre place."
    return _number(value)


def _code(code_list: str, value: str) -> str:
    """A department that a spreadsheet took for a number."""
    known = {code.spelling for code in load_codes() if code.code_list == code_list}
    lost = re.fullmatch(r"[0-9]", value) and f"0{value}" in known
    return f"Ce code a sans doute perdu son zéro initial : écrire 0{value}." if lost else ""


_HINTS: dict[str, Callable[[str], str]] = {
    "date": _date,
    "month": _month,
    "siret": _siret,
    "integer": _number,
    "decimal": _number,
    "hours": _hours,
    "etp": _number,
    "supplier": _name,
    "text": _name,
}
