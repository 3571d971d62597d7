{{ published_aggregate('plie_caseload') }}
