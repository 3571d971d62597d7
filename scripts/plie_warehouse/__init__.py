"""Everything around dbt: build, validation, publication and the synthetic sample. One module per job."""
