-- D11: what each accepted exit lacks to be a proven durable job, whatever it was declared as. Unknown is not proof: a comparison
-- with a missing date or type falls through to a reason. Neither is a check dated after the extraction, a day that has not come.
with exits as (select * from {{ ref('int_plie__exit_links') }}),

contract_types as (select * from {{ ref('contract_types') }}),

years as (select * from {{ ref('int_plie__years') }}),

with_durations as (
    select
        exits.source_file,
        exits.source_row,
        exits.contract_start_date,
        exits.contract_end_date,
        contract_types.is_durable,
        contract_types.is_fixed_term,
        contract_types.in_durable_share,
        {{ lasts_at_least('exits.contract_start_date', 'exits.contract_end_date', 'years.durable_job_min_months') }}
            as is_contract_long_enough,
        {{ lasts_at_least('exits.contract_start_date', 'exits.validated_on', 'years.job_validation_months') }}
        and exits.validated_on <= {{ as_of_date() }} as is_job_validated
    from exits
    inner join years using (reporting_year)
    left join contract_types using (contract_type)
),

final as (
    select
        source_file,
        source_row,
        case
            when not coalesce(is_durable, false) then {{ reclassification('contrat_non_durable') }}
            when contract_start_date is null or (is_fixed_term and contract_end_date is null)
                then {{ reclassification('dates_manquantes') }}
            when is_fixed_term and not is_contract_long_enough
                then {{ reclassification('contrat_trop_court') }}
            when not coalesce(is_job_validated, false) then {{ reclassification('non_valide') }}
        end as missing_evidence,
        -- D19: open-ended contracts, and fixed-term ones that are long enough; unknown when the type is.
        in_durable_share and (not is_fixed_term or coalesce(is_contract_long_enough, false)) as is_durable_contract
    from with_durations
)

select * from final
