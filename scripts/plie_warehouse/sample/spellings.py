"""How each supplier writes its delivery: dates, booleans, codes, education levels, stray blanks, local codes.

The national value is decided elsewhere; here it only becomes text. The warehouse must read all of it back.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

PARTICIPANT_COLUMNS = (
    "reporting_year", "plie_code", "participant_id", "parcours_no", "entry_date", "sex", "birth_year",
    "education_level", "jobseeker_months", "is_rsa", "is_other_minimum_income", "is_disabled_worker",
    "is_qpv_resident", "referent_id",
)  # fmt: skip
STEP_COLUMNS = (
    "reporting_year", "plie_code", "participant_id", "parcours_no", "step_id", "step_type", "start_date",
    "end_date", "contract_type", "employer_type",
)  # fmt: skip
EXIT_COLUMNS = (
    "reporting_year", "plie_code", "participant_id", "parcours_no", "exit_date", "exit_reason",
    "contract_type", "contract_start_date", "contract_end_date", "validated_on", "employer_category",
    "naf_section", "training_start_date", "training_end_date", "is_certifying",
)  # fmt: skip
COLUMNS = {"participants": PARTICIPANT_COLUMNS, "steps": STEP_COLUMNS, "exits": EXIT_COLUMNS}

CODE_COLUMNS = frozenset(
    {"sex", "education_level", "step_type", "contract_type", "employer_type", "exit_reason",
     "employer_category", "naf_section", "buyer_type", "nature", "awardee_type", "proof"}
)  # fmt: skip
FORMER_LEVELS = {1: "VI", 2: "V bis", 3: "V", 4: "IV", 5: "III", 6: "II", 7: "I", 8: "I"}


@dataclass(frozen=True)
class Style:
    """The habits of one supplier. `booleans` holds the (yes, no) pairs it mixes; `blank_rate` the share of
    cells with stray blanks around them; `local_codes` maps column → national code → its own code."""

    french_dates: bool = False
    decimal_comma: bool = False
    booleans: tuple[tuple[str, str], ...] = (("oui", "non"),)
    code_case: str = "lower"  # lower, upper, title or mixed
    former_levels: bool = False
    blank_rate: float = 0.0
    local_codes: dict[str, dict[str, str]] = field(default_factory=dict)


# The software of this PLIE has its own lists; reference/code_maps.csv translates them.
EST_ENSEMBLE_CODES = {
    "sex": {"femme": "F", "homme": "M"},
    "education_level": {
        "1": "SANS", "2": "CFG-DNB", "3": "CAP-BEP", "4": "BAC", "5": "BAC+2", "6": "LICENCE",
    },
    "is_rsa": {"oui": "ALLOC", "non": "SANS-ALLOC"},
    "step_type": {
        "mobilisation": "MOB", "mediation": "MED", "formation": "FOR", "emploi": "EMP", "sante_social": "SAN",
        "creation_activite": "CRE", "autre": "DIV",
    },
    "employer_type": {"entreprise": "PRIV", "association": "ASSO", "public": "PUB", "aci": "CHANTIER"},
    "exit_reason": {
        "emploi_durable": "S01", "formation_qualifiante": "S02", "autre_sortie_positive": "S03",
        "abandon": "S11", "demenagement": "S21", "reorientation": "S31",
    },
    "employer_category": {"entreprise": "E1", "association": "E2", "public": "E3", "particulier": "E4"},
}  # fmt: skip
# A second, smaller map: one field only.
SAINT_QUENTIN_CODES = {"contract_type": {"cdi": "DUREE INDETERMINEE", "cdd": "DUREE DETERMINEE"}}

LABELS_FR = {
    "sex": "Sexe", "education_level": "Niveau de formation", "is_rsa": "Bénéficiaire du RSA",
    "step_type": "Type d'étape", "employer_type": "Type d'employeur", "exit_reason": "Motif de sortie",
    "employer_category": "Catégorie d'employeur", "contract_type": "Type de contrat",
    "buyer_type": "Type d'acheteur", "nature": "Nature du marché", "awardee_type": "Type d'attributaire",
    "proof": "Justificatif",
}  # fmt: skip

STYLES = {
    "59-09": Style(booleans=(("OUI", "NON"),)),
    "59-14": Style(french_dates=True, booleans=(("o", "n"),), blank_rate=0.03),
    "62-03": Style(french_dates=True, booleans=(("1", "0"),)),
    "02-02": Style(booleans=(("Vrai", "Faux"),), code_case="upper", former_levels=True,
                   local_codes=SAINT_QUENTIN_CODES),
    "02-04": Style(french_dates=True, booleans=(("1", "0"),)),
    "33-01": Style(),
    "64-04": Style(french_dates=True, booleans=(("O", "N"),), code_case="title", former_levels=True),
    "93-02": Style(french_dates=True, booleans=(("TRUE", "FALSE"),), local_codes=EST_ENSEMBLE_CODES),
    "77-01": Style(booleans=(("true", "false"),), code_case="upper"),
    "13-05": Style(french_dates=True, booleans=(("Oui", "Non"), ("oui", "non")), code_case="mixed",
                   former_levels=True, blank_rate=0.02),
    "974-01": Style(booleans=(("vrai", "faux"), ("VRAI", "FAUX")), blank_rate=0.04),
}  # fmt: skip


def write_cell(column: str, value: object, style: Style, rng: random.Random) -> str:
    """Return `value` as this supplier writes it; None (unknown) is an empty cell."""
    if value is None:
        return ""
    if isinstance(value, date):
        text = value.strftime("%d/%m/%Y") if style.french_dates else value.isoformat()
    elif isinstance(value, bool):
        local = style.local_codes.get(column)
        yes, no = rng.choice(style.booleans)
        text = local["oui" if value else "non"] if local else (yes if value else no)
    elif isinstance(value, Decimal):
        text = str(value).replace(".", ",") if style.decimal_comma else str(value)
    elif column in CODE_COLUMNS:
        text = _write_code(column, value, style, rng)
    else:
        text = str(value)
    if style.blank_rate and rng.random() < style.blank_rate:
        text = rng.choice((f" {text}", f"{text} ", f"  {text} "))
    return text


def _write_code(column: str, value: object, style: Style, rng: random.Random) -> str:
    code = str(value)
    local = style.local_codes.get(column, {})
    if code in local:
        return local[code]
    if column == "education_level" and style.former_levels:
        code = FORMER_LEVELS[int(code)]
        return code.lower() if style.code_case == "mixed" and rng.random() < 0.3 else code
    if style.code_case == "mixed":
        return rng.choice((code.lower(), code.upper(), code.capitalize()))
    return {"lower": code.lower(), "upper": code.upper(), "title": code.capitalize()}[style.code_case]


def code_map_rows(
    styles: dict[str, Style], tables: dict[str, list[dict[str, str]]], supplier_column: str
) -> list[dict[str, str]]:
    """Rows of reference/code_maps.csv: one per supplier, column and local code that stands in its rows of `tables`."""
    return [
        {
            "supplier_code": supplier, "field": column, "local_code": local, "national_code": national,
            "label_fr": f"{LABELS_FR[column]} : {local} = {national}", "valid_from": "2020-01-01",
            "valid_to": "", "source": "échantillon synthétique",
        }
        for supplier in sorted(styles)
        for column, codes in styles[supplier].local_codes.items()
        for national, local in codes.items()
        if any(
            cells.get(column, "").strip() == local and cells.get(supplier_column, "").strip() == supplier
            for table in tables.values()
            for cells in table
        )
    ]  # fmt: skip
