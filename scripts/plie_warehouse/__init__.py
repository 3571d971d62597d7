"""The PLIE warehouse: what runs around dbt (sample, intake, validation, publication)."""
