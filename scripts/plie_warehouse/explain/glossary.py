"""docs/glossaire.md: the rows of seeds/reference/glossary.csv as a page."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

GLOSSARY = "docs/glossaire.md"


def glossary_rows(root: Path) -> list[dict[str, str]]:
    """One row per French word, in the order that readers see. ``root``: folder of the project."""
    with (root / "seeds" / "reference" / "glossary.csv").open(encoding="utf-8", newline="") as file:
        return sorted(csv.DictReader(file), key=lambda row: int(row["display_order"]))


def warehouse_names(row: dict[str, str]) -> list[str]:
    """The tables and columns that carry the word."""
    return row["warehouse_names"].split(", ")


def glossary_page(root: Path) -> Iterator[str]:
    """The lines of the page, each word with its rule. ``root``: folder of the project."""
    yield "# Glossaire"
    yield ""
    yield "Les mots du domaine et leurs noms dans l'entrepôt ; `reference.glossary` contient les mêmes lignes."
    yield ""
    yield "| français | dans l'entrepôt | sens | règle |"
    yield "|---|---|---|---|"
    for row in glossary_rows(root):
        names = ", ".join(f"`{name}`" for name in warehouse_names(row))
        rule = row["rule_id"]
        yield f"| {row['term_fr']} | {names} | {row['definition_fr']} | [{rule}](rules.md#{rule.lower()}) |"
