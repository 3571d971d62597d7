"""Numbers and texts as the French write them; figures are rounded half up on their exact value (D55)."""

from __future__ import annotations

from fractions import Fraction

import pytest

from plie_warehouse.report.typography import (
    alphabetical,
    exact,
    number,
    plural,
    rounded,
    typeset,
    typeset_html,
    wrapped,
)


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [
        ("13850", 0, "13\u202f850"), ("1234567.5", 0, "1\u202f234\u202f568"), ("999.5", 0, "1\u202f000"),
        ("215/28", 2, "7,68"), ("215/28", 0, "8"), ("0.5", 0, "1"), ("-0.5", 0, "0"), ("-0.6", 0, "\u22121"),
        ("-1234.25", 1, "\u22121\u202f234,2"), ("0.05", 1, "0,1"), ("0", 2, "0,00"),
    ],
)  # fmt: skip
def test_a_number(value: str, decimals: int, shown: str) -> None:
    assert number(Fraction(value), decimals) == shown


def test_what_the_file_rounded_is_not_rounded_twice() -> None:
    """0.4949996 is 0.495000 in the file, which would show as 50 %; the quotient shows as 49 %."""
    assert rounded(Fraction(4949996, 10**7) * 100, 0) == 49
    assert rounded(Fraction("0.495000") * 100, 0) == 50


def test_exact_values_and_plurals() -> None:
    assert [exact(Fraction(text)) for text in ("0.4764530", "12", "1/3")] == ["0,476453", "12", "0,333333"]
    assert exact(None) == "–"
    assert [plural(Fraction(text), "point", "points") for text in ("0", "1.5", "-1", "2", "-3")] == [
        "point", "point", "point", "points", "points",
    ]  # fmt: skip


def test_texts_get_their_spaces() -> None:
    assert typeset("13 850 sorties : l'an « 2021 » ; 44 % !") == (
        "13\u202f850\u00a0sorties\u00a0: l’an «\u00a02021\u00a0»\u202f; 44\u00a0%\u202f!"
    )
    once = typeset("« Un » ; deux : l'an")
    assert typeset(once) == once
    assert typeset_html("<p title=\"l'an : 1\">l'an : 1</p><style>a :hover{}</style>") == (
        '<p title="l\'an : 1">l’an\u00a0: 1</p><style>a :hover{}</style>'
    )


def test_a_minus_is_no_hyphen() -> None:
    assert typeset("131 - 133 = -2 ; (-3)") == "131 \u2212 133 = \u22122\u202f; (\u22123)"
    for text in ("59-09", "CL-59-01", "2021-12-31", "Choisy - Orly", "Nord-2", "L1-1"):
        assert typeset(text) == text


def test_names_are_in_the_order_of_the_alphabet() -> None:
    names = ["Vendée", "Île-de-France", "Isère", "Indre", "Ain", "Eure", "Étampes"]
    assert sorted(names, key=alphabetical) == ["Ain", "Étampes", "Eure", "Île-de-France", "Indre", "Isère", "Vendée"]


def test_labels_are_in_lines_and_none_is_cut() -> None:
    label = "Atelier et chantier d'insertion (ACI)"
    assert wrapped(label, 20) == ["Atelier et chantier", "d'insertion (ACI)"]
    long = wrapped("x" * 200, 26)
    assert max(map(len, long)) <= 26 and "".join(long).replace("-", "") == "x" * 200
