-- Generated from the contract: change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`.
-- D1B, D47: one row per delivered row; what cannot be read is null, its text is kept.
{{ staged_delivery(
    source('deliveries_clause', 'beneficiaries'), 'beneficiaries', 'structure_code',
    key=['beneficiary_id'],
    columns={
        'reporting_year': {'type': 'year', 'required': true},
        'structure_code': {'type': 'supplier', 'required': true},
        'beneficiary_id': {'type': 'text', 'required': true},
        'sex': {'type': 'code', 'code_list': 'sex'},
        'birth_year': {'type': 'year'},
        'education_level': {'type': 'education_level', 'code_list': 'education_level'},
        'jobseeker_months': {'type': 'integer'},
        'is_rsa': {'type': 'boolean', 'code_list': 'boolean'},
        'is_disabled_worker': {'type': 'boolean', 'code_list': 'boolean'},
        'is_qpv_resident': {'type': 'boolean', 'code_list': 'boolean'},
        'eligibility_validated_on': {'type': 'date'},
    }
) }}
