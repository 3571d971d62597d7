"""Cells that identify a person: social security numbers, telephones, e-mail, addresses, birth dates, names.

What one cell shows is certain or not. A number of thirteen digits may be a serial number, a word may be a code: those
count when most values of their column are so. Every pattern costs time that grows with the text and no faster: no
repetition is followed by one that could take the same signs.

The values of a column differ, their shapes hardly do: each sort is first looked for in the shapes, by a pattern that
the shape of every value of that sort has, and then in the values of the shapes that have it.
"""

from __future__ import annotations

import re
import string
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import cached_property

from plie_warehouse.contract import parameter

# Between groups of digits.
_GAP = r"[ .\-_/\u00a0\u202f]"

# Shares of the values of a column that must look like an identifier when one alone would prove nothing, and values from
# which a share says something (seeds/reference/parameters.csv).
MOST, NEARLY_ALL = "intake_identifiers_most_share", "intake_identifiers_nearly_all_share"
FEW = "intake_identifiers_min_values"


# The shape of a text: 1 for a digit, a for a letter of ASCII, other signs as they are.
_SIGNS = string.digits + string.ascii_letters
_SHAPED = bytes.maketrans(_SIGNS.encode(), b"1" * 10 + b"a" * 52)
# Between values that become shapes at once.
_BETWEEN = "\0"


@dataclass(frozen=True)
class Column:
    """What is looked at: the different values of a column, and the year of the delivery. ``is_of_things``: it numbers
    things, and a long number there is theirs."""

    values: frozenset[str]
    year: int
    is_of_things: bool = False

    def most(self, found: Collection[str], of: Collection[str] | None = None, share: str = MOST) -> bool:
        """Whether what was found is a share of some values, or of all."""
        of = self.values if of is None else of
        return bool(found) and len(found) >= parameter(share, self.year) * len(of)

    @property
    def few(self) -> float:
        return parameter(FEW, self.year)

    @cached_property
    def shapes(self) -> dict[str, list[str]]:
        """Shape -> the values that have it."""
        values = list(self.values)
        shapes = _shape(_BETWEEN.join(values)).split(_BETWEEN)
        if len(shapes) != len(values):  # some hold what stands between them
            shapes = list(map(_shape, values))
        found: dict[str, list[str]] = defaultdict(list)
        for shape, value in zip(shapes, values, strict=True):
            found[shape].append(value)
        return found

    def shaped(self, has: Callable[[str], object]) -> Iterator[str]:
        """The values of the shapes that have something."""
        return (value for shape, values in self.shapes.items() if has(shape) for value in values)

    def shaped_as(self, pattern: re.Pattern[str]) -> Iterator[str]:
        """The values whose shape is all of a pattern, but for blanks around it."""
        return self.shaped(lambda shape: pattern.fullmatch(shape.strip()))


def _shape(text: str) -> str:
    return text.encode("utf-8", "surrogatepass").translate(_SHAPED).decode("utf-8", "surrogatepass")


Find = Callable[[Column], Collection[str]]


# Social security numbers ---------------------------------------------------------------------------------------------

# Thirteen signs, or fifteen with the key, with a gap or none between them; each start is looked at.
_SIGN = rf"(?:{_GAP}?[0-9ABab])"
_NUMBER = re.compile(rf"(?<![0-9A-Za-z])(?=([1-478](?:{_SIGN}{{14}}|{_SIGN}{{12}}))(?![0-9A-Za-z]))")
# Sex, year, month, department, commune, order, key. A month above 12 or another sex: provisional numbers, and births
# whose month is not known.
_NIR = re.compile(
    r"([1-478])\d\d(0[1-9]|1[0-2]|[23]\d|4[0-2]|[5-9]\d)(?:0[1-9]|[1-9]\d|2[AB])(?!000)\d{3}(?!000)\d{3}(\d\d)?",
    re.IGNORECASE,
)
# Where a person puts a gap: after sex, year, month, department, commune, order.
_BOUNDS = frozenset((1, 3, 5, 7, 10, 13))


def is_nir(text: str) -> bool:
    """Thirteen characters and the two digits of their key, which must hold."""
    return any(_nir(found[1]) == "sure" for found in _NUMBER.finditer(text) if len(_bare(found[1])) == 15)


def _bare(text: str) -> str:
    return re.sub(_GAP, "", text)


def _nir(text: str) -> str:
    """``sure``, ``likely``, ``possible`` or ''. ``text``: what ``_NUMBER`` found."""
    bare = _bare(text).upper()
    found = _NIR.fullmatch(bare)
    if not found:
        return ""
    if found[3] and int(found[3]) == 97 - int(bare[:13].replace("2A", "19").replace("2B", "18")) % 97:
        return "sure"
    usual = found[1] in "12" and int(found[2]) <= 12
    gaps = _gaps(text)
    if gaps and gaps <= _BOUNDS and ((usual and len(gaps) >= 2) or len(gaps) >= 4 or gaps == {13}):
        return "sure"
    return "likely" if usual else "possible"


def _gaps(text: str) -> set[int]:
    """After how many signs the gaps of a number are."""
    return _ends(re.split(_GAP, text))


def _ends(groups: list[str]) -> set[int]:
    """After how many signs each group but the last ends."""
    return {sum(map(len, groups[: place + 1])) for place in range(len(groups) - 1)}


def social_security_numbers(column: Column) -> set[str]:
    """Values that hold a NIR."""
    shown: dict[str, set[str]] = {"sure": set(), "likely": set(), "possible": set()}
    for value in column.shaped(_NUMBER.search):
        for found in _NUMBER.finditer(value):
            if sort := _nir(found[1]):
                shown[sort].add(value)
    if not any(shown.values()):
        return set()
    # Numbers alone in their cells: a serial number has the sex, year and month of few births.
    bare = {value: _bare(value.strip()) for value in column.values}
    numbers = {value for value, digits in bare.items() if len(digits) in (13, 15) and digits[:5].isdecimal()}
    births = {bare[value][:5] for value in numbers}
    vary = len(births) >= max(2, min(len(numbers), 10) // 2)
    if len(numbers) < column.few:
        return shown["sure"] | (set() if column.is_of_things else shown["likely"])
    if vary and column.most(shown["likely"] & numbers, numbers, NEARLY_ALL):
        return shown["sure"] | shown["likely"]
    all_of_them = (shown["likely"] | shown["possible"]) & numbers
    if vary and not column.is_of_things and column.most(all_of_them, numbers, NEARLY_ALL):
        return shown["sure"] | shown["likely"] | shown["possible"]
    return shown["sure"]


# E-mail --------------------------------------------------------------------------------------------------------------

# From the last sign before the @ on: nothing is looked for from each letter of a long word.
_MAIL_SHAPE = re.compile(r"@|[(\[] ?aa| a{7} ")
_MAIL = re.compile(
    r"[\w.+\-] ?(?:@|[(\[] ?(?:at|arobase?) ?[)\]]| arobase ) ?"
    r"(?:[\w-]{1,63}(?: ?(?:\.|[(\[]dot[)\]]| point ) ?[\w-]{1,63}){1,5}|[^\W\d_]{4,63}(?![\w.-]))",
    re.IGNORECASE,
)


def mail_addresses(column: Column) -> set[str]:
    """Values that hold an e-mail address."""
    return {value for value in column.shaped(_MAIL_SHAPE.search) if _MAIL.search(value)}


# Telephones ----------------------------------------------------------------------------------------------------------

# A run of digits that may be one, with what people put between them.
_RUN = re.compile(r"(?<![\w,.])[+(]{0,2}\d(?:[ .,\-_/()\u00a0\u202f]{0,3}\d){8,32}(?!\w|[.,-]\d)")
# After how many of ten digits the gaps are; all of them may be any sign, others are blanks or points.
_PAIRS, _GROUPS = ({2, 4, 6, 8}, set()), ({2}, {2, 6}, {2, 5, 8}, {2, 5, 7}, {4, 7}, {4, 6, 8}, {2, 4})
# The same of nine digits, of which a spreadsheet took the zero.
_WITHOUT_ZERO = ({1, 3, 5, 7}, {3, 5, 7})
_MOBILE = re.compile(r"[67]\d{8}")
# A day with its century, which a time of day may follow: no telephone.
_DATED = re.compile(
    r"\b(?:\d{1,2}[/.-](?:0?[1-9]|1[0-2])[/.-](?:19|20)\d{2}|(?:19|20)\d{2}[/.-](?:0?[1-9]|1[0-2])[/.-]\d{1,2})\b"
)


def _is_phone(run: str) -> bool:
    """Whether a run of digits is a telephone number, or several: French, or of a country that is named by its +."""
    if "/" in run and any(map(_is_phone, run.split("/"))):
        return True
    groups = re.findall(r"\d+", run.replace("(0)", " "))
    digits = "".join(groups)
    if run.lstrip("(").startswith(("+", "0033")):
        digits = digits.removeprefix("00")
        return len(digits.removeprefix("33").lstrip("0")) == 9 if digits.startswith("33") else len(digits) >= 9
    if "(0)" in run or (len(digits) == 11 and re.match("33[67]", digits)):
        return len(digits) in (9, 11)
    gaps = _ends(groups)
    if _MOBILE.fullmatch(digits) and gaps in _WITHOUT_ZERO:
        return True
    if len(digits) != 10 or not re.match("0[1-9]", digits):
        return False
    return gaps in _PAIRS or (gaps in _GROUPS and not re.search(r"[-_/]", run))


def _may_hold_phone(shape: str) -> bool:
    """Whether the digits of a shape are as many, and in such groups, that they can be a telephone number."""
    return any(_may_be_phone(run[0]) for run in _RUN.finditer(shape))


def _may_be_phone(run: str) -> bool:
    # A run of more digits may hold a day, too, or begin with the number of a country.
    groups = re.findall(r"\d+", run)
    digits = sum(map(len, groups))
    if re.search(r"[/(+]", run) or digits not in (9, 10, 12):
        return True
    return digits != 12 and _ends(groups) in (_WITHOUT_ZERO if digits == 9 else (*_PAIRS, *_GROUPS))


def telephone_numbers(column: Column) -> set[str]:
    """Values that hold a telephone number. A bare number of a column of things is theirs."""
    bare = set(column.shaped(lambda shape: shape.strip().isdecimal()))
    found = {
        value
        for value in column.shaped(_may_hold_phone)
        if not (column.is_of_things and value in bare)
        and any(_is_phone(run[0]) for run in _RUN.finditer(_DATED.sub("|", value)))
    }
    if column.is_of_things:
        return found
    mobiles = {value for value in bare if _MOBILE.fullmatch(value.strip())}
    vary = len({one[:4] for one in mobiles}) >= column.few
    if vary and column.most(mobiles, share=NEARLY_ALL):
        found |= mobiles
    return found


# Addresses -----------------------------------------------------------------------------------------------------------

_WAYS = (
    "rue", "avenue", "av", "ave", "boulevard", "bd", "bld", "place", "pl", "allée", "allées", "all", "chemin", "che",
    "impasse", "imp", "route", "rte", "quai", "cours", "square", "sq", "résidence", "rés", "lotissement", "hameau",
    "lieu-dit", "faubourg", "fg", "passage", "sentier", "villa", "cité", "esplanade", "promenade", "venelle", "ruelle",
    "montée",
)  # fmt: skip
_STREET_SHAPE = re.compile(r"\d ?a{0,6},? [^\W\d_](?:[^\W\d_]|-)*\.? [^\W\d_]")
_STREET = re.compile(
    rf"\b\d{{1,4}} ?(?:bis|ter|quater|[a-d])?,? (?:{'|'.join(_WAYS).replace('é', '[ée]')})\.? [^\W\d_]", re.IGNORECASE
)


def addresses(column: Column) -> set[str]:
    """Values that hold the address of a home."""
    if column.is_of_things:
        return set()
    return {value for value in column.shaped(_STREET_SHAPE.search) if _STREET.search(value)}


# Birth dates ---------------------------------------------------------------------------------------------------------

_MONTHS = (
    "janv(?:ier)?|f[ée]vr?(?:ier)?|mars|avr(?:il)?|mai|juin|juil(?:let)?|ao[uû]t|sept?(?:embre)?|oct(?:obre)?"
    "|nov(?:embre)?|d[ée]c(?:embre)?"
)
# A day in any spelling, or six or eight digits; a time of day may follow.
_DAY = re.compile(
    r"(?:n[ée]e? )?(?:le )?(?:\d{1,2}[/. -]\d{1,2}[/. -]\d{2,4}|\d{4}[/. -]\d{1,2}[/. -]\d{1,2}"
    rf"|\d{{1,2}}(?:er)?[ ./-](?:{_MONTHS})\.?[ ./-]\d{{2,4}}"
    r"|(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:19|20)?\d{2}|(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))"
    r"(?:[ T]\d{1,2}:.*)?",
    re.IGNORECASE,
)
# The number that a spreadsheet gives to a day. One or two are typing errors in a year; more are days.
_DAY_NUMBER = re.compile(r"[1-4]\d{4}(?:[.,]\d+)?")
# A day within a pseudonym: JD-12031984, 1984-03-12.
_WITHIN = re.compile(
    r"[^\W\d_]{0,8}[-_ .]?(?:(?:0[1-9]|[12]\d|3[01])([/.-]?)(?:0[1-9]|1[0-2])\1((?:19|20)\d{2})"
    r"|((?:19|20)\d{2})([/.-]?)(?:0[1-9]|1[0-2])\4(?:0[1-9]|[12]\d|3[01]))[-_ .]?[^\W\d_]{0,8}"
)
_WITHIN_SHAPE = re.compile(
    r"[^\W\d_]{0,8}[-_ .]?(?:\d\d([/.-]?)\d\d\1\d{4}|\d{4}([/.-]?)\d\d\2\d\d)[-_ .]?[^\W\d_]{0,8}"
)


def birth_days(column: Column) -> set[str]:
    """Values of a column of birth years that are whole days."""
    return {value for value in column.values if _DAY.fullmatch(value.strip())}


def day_numbers(column: Column) -> set[str]:
    """Values of a column of birth years that a spreadsheet made of days."""
    return {value for value in column.values if _DAY_NUMBER.fullmatch(value.strip())}


def birth_dates(column: Column) -> set[str]:
    """Values of a column of pseudonyms that hold a birth date, when most do: of somebody old enough in the year."""
    found = {}
    for value in column.shaped_as(_WITHIN_SHAPE):
        if within := _WITHIN.fullmatch(value.strip()):
            found[value] = within[2] or within[3]
    last = column.year - parameter("intake_min_age", column.year)
    born = {value for value, year in found.items() if int(year) <= last}
    vary = len(set(map(found.__getitem__, born))) >= 2
    return born if vary and len(born) >= column.few and column.most(born, share=NEARLY_ALL) else set()


# Names ---------------------------------------------------------------------------------------------------------------

_LETTERS = r"[^\W\d_]"
_TITLE = re.compile(r"(?:m\.?|mme\.?|mlle\.?|mr\.?|monsieur|madame|mademoiselle)[ .]", re.IGNORECASE)
# A name and a first name or its initial, in either order, with a year, a day or a department behind.
_SEVERAL, _SEVERAL_SHAPE = (
    re.compile(
        rf"{_LETTERS}+\.?(?:[ ,.'’_-]{{1,2}}{_LETTERS}+\.?){{1,5}}(?:[ ,._(-]{{1,3}}(?:{born} )?[\d/.-]{{2,10}}\)?)?"
    )
    for born in ("n[ée]+ le", f"{_LETTERS}+ aa")
)
_ONE = re.compile(rf"{_LETTERS}{{3,20}}")
_WORD = re.compile(rf"{_LETTERS}{{2,}}")
_VOWEL = re.compile("[aeiouyàâäéèêëîïôöùûü]", re.IGNORECASE)


def _name_words(value: str) -> list[str]:
    """The words of a value that reads like a name; none for a code."""
    text = value.strip()
    titled = _TITLE.match(text)
    if not _SEVERAL.fullmatch(text):
        return []
    if titled:
        text = text[titled.end() :]
    return [word.casefold() for word in _WORD.findall(text) if _VOWEL.search(word)]


def names(column: Column) -> set[str]:
    """Values of a column of pseudonyms that read like names, when most do: they differ in their words, not in a letter
    or a number behind the same ones."""
    several = {value: words for value in column.shaped_as(_SEVERAL_SHAPE) if (words := _name_words(value))}
    if column.most(several) and _differ(column, several):
        return set(several)
    # A surname alone: words of different lengths, which codes are not.
    single = {value for value in column.shaped_as(_ONE) if _VOWEL.search(value)}
    lengths = {len(value.strip()) for value in single}
    if len(lengths) >= column.few and column.most(single, share=NEARLY_ALL):
        return single
    return set()


def _differ(column: Column, named: dict[str, list[str]]) -> bool:
    """Whether the words of the values are as many as the values, or nearly."""
    words = {word for one in named.values() for word in one}
    return column.most(words, named) and (len(named) < column.few or len(words) >= column.few)


# What they are called, in the order of the report, and how they are found.
ANYWHERE: tuple[tuple[str, Find], ...] = (
    ("un numéro de sécurité sociale (NIR)", social_security_numbers),
    ("une adresse électronique (mail)", mail_addresses),
    ("un numéro de téléphone", telephone_numbers),
    ("une adresse", addresses),
)
BIRTH_DATE = "une date de naissance complète"
OF_PERSONS: tuple[tuple[str, Find], ...] = (
    (BIRTH_DATE, birth_dates),
    ("un nom et un prénom", names),
)
