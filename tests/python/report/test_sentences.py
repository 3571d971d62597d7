"""Every branch of a sentence: up, down, equal, equal once rounded, year before hidden or unknown or not there, first
year, hidden, unknown, not in the release."""

from __future__ import annotations

import csv
import html
import re
from dataclasses import replace
from fractions import Fraction
from types import SimpleNamespace

import pytest

from plie_warehouse.paths import PROJECT
from plie_warehouse.report.facts import listed
from plie_warehouse.report.figures import Change, Figure, Key, Measure
from plie_warehouse.report.provenance import Ledger
from plie_warehouse.report.sentences import Past, Wording, sentence

RATE = Measure("m", "total", "with", "all", "taux", 100, 0, "D15", "Part des femmes", "", "plie-1")
COUNT = Measure("m", "total", "exits", None, "sorties", 1, 0, "D03", "Sorties", "", "plie-1")
KEY = Key("share", "total", "total", "national", "FR", 2021)
WOMEN, EXITS = Wording("", "de femmes"), Wording("sortie positive", "sorties positives")


def figure(value: str | None, measure: Measure = RATE, status: str = "publie", year: int = 2021) -> Figure:
    number = None if value is None else Fraction(value)
    return Figure(KEY._replace(year=year), measure, measure.label, "Total", "France", number, None, None, None, status)


def past(
    change: tuple[str, str] | None = None, before: Figure | None = None, earlier: bool = True, unit: str = "points"
):
    told = None if change is None else Change(2020, Fraction(change[0]), Fraction(change[1]), unit)
    return Past(2020, before, told, earlier)


def said(now: Figure | None, then: Past, wording: Wording = WOMEN) -> str:
    text = sentence(now, wording, then, Ledger(SimpleNamespace()), "Part des femmes")
    return html.unescape(re.sub(r"<[^>]*>", "", str(text))).replace("\u00a0", " ").replace("\u202f", " ")


OLD = figure("0.53", year=2020)


@pytest.mark.parametrize(
    ("now", "then", "expected"),
    [
        (figure("0.52"), past(("0.02", "2"), OLD), "52 % de femmes, 2 points de plus qu’en 2020."),
        (figure("0.52"), past(("-0.01", "-1"), OLD), "52 % de femmes, 1 point de moins qu’en 2020."),
        (figure("0.52"), past(("0", "0"), OLD), "52 % de femmes, comme en 2020."),
        (figure("0.52"), past(("0.001", "0"), OLD), "52 % de femmes, au même niveau qu’en 2020 à l’arrondi."),
        (figure("0.52"), past(None, figure(None, RATE, "masque_primaire", 2020)), "52 % de femmes (2020 : masqué)."),
        (figure("0.52"), past(None, figure(None, RATE, "non_connu", 2020)), "52 % de femmes (2020 : non connu)."),
        (figure("0.52"), past(), "52 % de femmes (2020 : sans donnée)."),
        (figure("0.52"), past(earlier=False), "52 % de femmes (première année connue)."),
        (figure(None, RATE, "masque_secondaire"), past(before=OLD), "Part des femmes : masqué."),
        (figure(None, RATE, "base_insuffisante"), past(before=OLD), "Part des femmes : base insuffisante."),
        (figure(None, RATE, "non_connu"), past(before=OLD), "Part des femmes : non connu."),
        (None, past(), "Part des femmes : sans donnée."),
    ],
)  # fmt: skip
def test_a_sentence_of_a_rate(now: Figure | None, then: Past, expected: str) -> None:
    assert said(now, then) == expected


def test_a_sentence_of_a_count() -> None:
    def count(value: str, change: tuple[str, str] | None) -> str:
        return said(figure(value, COUNT), past(change, OLD, unit="sorties"), EXITS)

    assert count("13850", ("120", "120")) == "13 850 sorties positives, 120 de plus qu’en 2020."
    assert count("1", ("-1200", "-1200")) == "1 sortie positive, 1 200 de moins qu’en 2020."
    assert count("0", ("0", "0")) == "0 sortie positive, comme en 2020."


def test_a_count_is_not_compared_with_a_year_of_few() -> None:
    """A rate of the year before is still that of the few: it is compared, and the section says of whom it is."""
    few = past(("-1200", "-1200"), OLD, unit="sorties")._replace(is_of_few=True)
    assert said(figure("12", COUNT), few, EXITS) == "12 sorties positives."
    assert said(figure("0.52"), past(("0.02", "2"), OLD)._replace(is_of_few=True)).endswith(
        "2 points de plus qu’en 2020."
    )
    hidden = past(None, figure(None, COUNT, "masque_primaire", 2020))._replace(is_of_few=True)
    assert said(figure("12", COUNT), hidden, EXITS) == "12 sorties positives."


def test_that_a_year_is_the_first_may_be_said_once_for_all() -> None:
    first = past(earlier=False)
    assert first.is_first and not past().is_first and not past(before=OLD).is_first
    text = sentence(figure("12", COUNT), EXITS, first, Ledger(SimpleNamespace()), alone=True)
    assert re.sub(r"<[^>]*>", "", str(text)) == "12 sorties positives."


def test_a_hidden_figure_of_a_breakdown_is_named_with_it() -> None:
    hidden = replace(
        figure(None, RATE, "masque_primaire"), cut_label="Femmes", key=KEY._replace(cut="profile", value="femme")
    )
    assert said(hidden, past()) == "Part des femmes (Femmes) : masqué."


def test_the_words_of_a_name_are_no_tags() -> None:
    hidden = replace(figure(None, replace(RATE, label="x"), "masque_primaire"), label="<script>alert('1')</script>")
    text = str(sentence(hidden, WOMEN, past(), Ledger(SimpleNamespace())))
    assert "<script>" not in text and "&lt;script&gt;" in text


def test_every_sentence_of_the_list_is_of_a_measure_and_agrees_with_it() -> None:
    """A rate has one wording; a count has two, and in French the plural begins at 2."""
    with (PROJECT / "seeds" / "reference" / "measures.csv").open(encoding="utf-8") as content:
        units = {(row["indicator_code"], row["cut"]): row["unit"] for row in csv.DictReader(content)}
    wordings = listed("sentences.csv")
    assert len({(row["indicator"], row["cut"], row["value"], row["section_id"]) for row in wordings}) == len(wordings)
    for row in wordings:
        wording = Wording(row["one"], row["many"])
        if units[row["indicator"], row["cut"]] == "taux":
            assert wording.many and not wording.one, row
            assert said(figure("0.52"), past(), wording) == f"52 % {wording.many} (2020 : sans donnée)."
            continue
        assert wording.many and wording.one, row
        for value, words in (("0", wording.one), ("1", wording.one), ("2", wording.many), ("1001", wording.many)):
            text = said(figure(value, COUNT), past(("-1", "-1"), OLD, unit="sorties"), wording)
            assert text == f"{value.replace('1001', '1 001')} {words}, 1 de moins qu’en 2020."


def test_no_word_of_employment_stands_with_the_neutralised_rate() -> None:
    """D17: in no sentence, tile or chart whose figure is that rate."""
    with (PROJECT / "seeds" / "reference" / "misleading_words.csv").open(encoding="utf-8") as content:
        words = {row["word_fr"] for row in csv.DictReader(content) if row["rule_id"] == "D17"}
    with (PROJECT / "seeds" / "reference" / "measures.csv").open(encoding="utf-8") as content:
        measures = [row for row in csv.DictReader(content) if row["denominator"] == "exits_excluding_neutralised"]
    rates = {row["indicator_code"] for row in measures}
    assert words and rates
    texts = [row["label_fr"] for row in measures]
    texts += [row["many"] for row in listed("sentences.csv") if row["indicator"] in rates]
    texts += [row["label_fr"] for row in listed("key_figures.csv") if row["indicator"] in rates]
    texts += [row["title_fr"] for row in listed("charts.csv") if rates & {*row["indicators"].split("|")}]
    assert len(texts) >= len(measures) + 3
    assert not [(text, word) for text in texts for word in words if word in text.lower()]
