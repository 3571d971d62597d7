{{ published_aggregate('clause_beneficiary_profile', ['profile']) }}
