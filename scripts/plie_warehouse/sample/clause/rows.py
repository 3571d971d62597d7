"""Rows of the clause typed by hand: short constructors that take text, exactly as it will stand in the file."""

from __future__ import annotations

from plie_warehouse.sample.rows import Delivered, row

Key = tuple[str, str, str]  # buyer_id, procurement_id, lot_no


class Structure:
    """A structure, from which the rows of its deliveries are made. Cells that are not given are empty."""

    def __init__(self, structure_code: str) -> None:
        self.code = structure_code

    def beneficiary_id(self, number: int) -> str:
        return f"SYN-{self.code}-{number:04d}"

    def lot(self, year: int | str, key: Key, *described: str, **cells: str) -> Delivered:
        """`described`: buyer_type, nature, awardee_id, awardee_type, notified_on, hours_committed."""
        columns = ("buyer_type", "nature", "awardee_id", "awardee_type", "notified_on", "hours_committed")
        return self._row("procurements", year, dict(zip(columns, described, strict=False)) | _lot_cells(key) | cells)

    def beneficiary(self, year: int | str, number: int, eligible: str, *profile: str, **cells: str) -> Delivered:
        """`profile`: the columns from sex to is_qpv_resident."""
        columns = ("sex", "birth_year", "education_level", "jobseeker_months", "is_rsa", "is_disabled_worker",
                   "is_qpv_resident")  # fmt: skip
        own = {"beneficiary_id": self.beneficiary_id(number), "eligibility_validated_on": eligible}
        return self._row("beneficiaries", year, dict(zip(columns, profile, strict=False)) | own | cells)

    def contract(
        self, year: int | str, contract: str, number: int, employer: tuple[str, str], contract_type: str, start: str,
        end: str = "", **cells: str,
    ) -> Delivered:  # fmt: skip
        """`employer`: employer_id and employer_type."""
        own = {"work_contract_id": contract, "beneficiary_id": self.beneficiary_id(number), "employer_id": employer[0],
               "employer_type": employer[1], "contract_type": contract_type, "start_date": start,
               "end_date": end}  # fmt: skip
        return self._row("work_contracts", year, own | cells)

    def hours(
        self, year: int | str, contract: str, key: Key, month: str, hours: str, proof: str = "bulletin_paie",
        **cells: str,
    ) -> Delivered:  # fmt: skip
        own = {"work_contract_id": contract, "month": month, "hours": hours, "proof": proof}
        return self._row("hours", year, own | _lot_cells(key) | cells)

    def _row(self, table: str, year: int | str, cells: dict[str, str]) -> Delivered:
        return row(table, **({"reporting_year": str(year), "structure_code": self.code} | cells))


def _lot_cells(key: Key) -> dict[str, str]:
    return dict(zip(("buyer_id", "procurement_id", "lot_no"), key, strict=True))


def siret(department: str, number: int, is_buyer: bool = False) -> str:
    """Fourteen digits that no establishment has: 991 a buyer or 992 a company, the department, a number."""
    return f"99{1 if is_buyer else 2}{department:0>3}{number:05d}000"
