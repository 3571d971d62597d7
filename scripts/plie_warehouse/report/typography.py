"""French typography: numbers, and the spaces and signs of a text."""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction

# Non-breaking spaces: narrow in numbers and before ; ! ?, full before : % and within « ».
THIN, SPACE = "\u202f", "\u00a0"
MINUS = "\u2212"
# Rows of a table that stays whole on a page.
FEW_ROWS = 14
_UNITS = "%|€|ETP|PLIE|points?|heures|personnes|sorties|étapes|millions?"
_RULES = (
    (re.compile("(?<=\\d)[ \u00a0](?=\\d{3}(?!\\d))"), THIN),
    (re.compile(rf"(?<=\d)[ \u202f](?=(?:{_UNITS})(?!\w))"), SPACE),
    (re.compile("[ \u00a0]([;!?])"), THIN + r"\1"),
    (re.compile("[ \u202f]:"), SPACE + ":"),
    (re.compile("«[ \u202f\u00a0]?"), "«" + SPACE),
    (re.compile("[ \u202f\u00a0]?»"), SPACE + "»"),
    (re.compile("(?<=\\w)'(?=\\w)"), "’"),
    (re.compile(r"(?<![\w-])-(?=\d)|(?<=\d )-(?= \d)"), MINUS),
    (re.compile("(?<=\\w)&#39;(?=\\w)"), "’"),
)
_TAG = re.compile(r"(<(?:style|script)\b.*?</(?:style|script)>|<[^>]*>)", re.DOTALL)


def rounded(value: Fraction, decimals: int) -> Fraction:
    """Half up on the exact value, below zero too: -0.5 is 0 (D55)."""
    scale = 10**decimals
    return Fraction((value * scale + Fraction(1, 2)).__floor__(), scale)


def number(value: Fraction, decimals: int) -> str:
    """A number as the French write it: 13 850, 7,68, with the sign of minus."""
    shown = rounded(value, decimals)
    whole, part = divmod(abs(shown.numerator) * 10**decimals // shown.denominator, 10**decimals)
    text = f"{whole:,}".replace(",", THIN) + (f",{part:0{decimals}d}" if decimals else "")
    return (MINUS if shown < 0 else "") + text


def exact(value: Fraction | None, most: int = 6) -> str:
    """A number with the decimals that it has, six at most; a dash for none."""
    if value is None:
        return "–"
    text = number(value, most)
    return text.rstrip("0").rstrip(",") if "," in text else text


def plural(count: Fraction, one: str, many: str) -> str:
    """In French the plural begins at 2: « 1,5 point », « 0 sortie »."""
    return many if abs(count) >= 2 else one


def typeset(text: str) -> str:
    """A text with its non-breaking spaces and its apostrophes."""
    for pattern, by in _RULES:
        text = pattern.sub(by, text)
    return text


def typeset_html(page: str) -> str:
    """The same for the texts of a page; tags, styles and scripts stay as they are."""
    parts = _TAG.split(page)
    parts[::2] = map(typeset, parts[::2])
    return "".join(parts)


def alphabetical(text: str) -> str:
    """What names are put in order by: Île-de-France stands among the I."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(sign))


def wrapped(text: str, width: int) -> list[str]:
    """A label in lines of about ``width`` characters; a longer word is cut, for no label leaves its place."""
    lines = [""]
    for word in text.split():
        while len(word) > width:
            word, rest = word[: width - 1] + "-", word[width - 1 :]
            lines, word = [*lines, word] if lines[-1] else [word], rest
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
