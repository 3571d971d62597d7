"""The columns of the clause and network files, and how each structure writes its own."""

from __future__ import annotations

from plie_warehouse.sample.spellings import Style

PROCUREMENT_COLUMNS = (
    "reporting_year", "structure_code", "buyer_id", "procurement_id", "lot_no", "buyer_type", "nature", "awardee_id",
    "awardee_type", "notified_on", "hours_committed",
)  # fmt: skip
BENEFICIARY_COLUMNS = (
    "reporting_year", "structure_code", "beneficiary_id", "sex", "birth_year", "education_level", "jobseeker_months",
    "is_rsa", "is_disabled_worker", "is_qpv_resident", "eligibility_validated_on",
)  # fmt: skip
WORK_CONTRACT_COLUMNS = (
    "reporting_year", "structure_code", "work_contract_id", "beneficiary_id", "employer_id", "employer_type",
    "contract_type", "start_date", "end_date",
)  # fmt: skip
HOURS_COLUMNS = (
    "reporting_year", "structure_code", "work_contract_id", "buyer_id", "procurement_id", "lot_no", "month", "hours",
    "proof",
)  # fmt: skip
CLAUSE_COLUMNS = {
    "procurements": PROCUREMENT_COLUMNS,
    "beneficiaries": BENEFICIARY_COLUMNS,
    "work_contracts": WORK_CONTRACT_COLUMNS,
    "hours": HOURS_COLUMNS,
}
NETWORK_COLUMNS = {
    "clause_structures": ("structure_code", "name", "structure_kind", "department_code", "opened_on", "closed_on"),
    "facilitators": ("reporting_year", "structure_code", "headcount", "fte"),
}
COLUMNS = CLAUSE_COLUMNS | NETWORK_COLUMNS

# The software of this structure has its own lists; reference/code_maps.csv translates them.
_COMPANY_CODES = {"entreprise": "PRIV", "etti": "TTI", "aci": "CHANTIER", "association": "ASSO"}
MARSEILLE_CODES = {
    "buyer_type": {"collectivite": "CT", "bailleur": "HLM", "etablissement_public": "EP"},
    "nature": {"travaux": "TRX", "services": "SVC"},
    "awardee_type": _COMPANY_CODES,
    "sex": {"femme": "F", "homme": "M"},
    "employer_type": _COMPANY_CODES,
    "contract_type": {"interim": "MISSION", "cddi": "INSERTION"},
    "proof": {"bulletin_paie": "BP", "releve_heures": "RH", "attestation": "AE"},
}

STYLES = {
    "CL-13-01": Style(booleans=(("Vrai", "Faux"),), local_codes=MARSEILLE_CODES),
    "CL-59-01": Style(french_dates=True, decimal_comma=True, booleans=(("OUI", "NON"),)),
    "CL-59-02": Style(booleans=(("o", "n"),), code_case="title", blank_rate=0.02),
    "CL-62-90": Style(french_dates=True, booleans=(("1", "0"),)),
    "CL-69-01": Style(booleans=(("true", "false"),), code_case="upper", former_levels=True),
    "CL-75-99": Style(french_dates=True, decimal_comma=True, booleans=(("Oui", "Non"), ("oui", "non")),
                      code_case="mixed"),
}  # fmt: skip
