-- D11 to D13: what an exit declared as a durable job or a qualifying training lacks to be one. One row per accepted exit.
with exits as (select * from {{ ref('int_plie__exit_links') }}),

exit_reasons as (select * from {{ ref('exit_reasons') }}),

exit_classes as (select * from {{ ref('exit_classes') }}),

contract_types as (select * from {{ ref('contract_types') }}),

years as (select * from {{ ref('int_plie__years') }}),

declared as (
    select
        exits.*,
        exit_reasons.exit_class as declared_class,
        coalesce(exit_classes.is_durable_job, false) as is_declared_durable_job,
        coalesce(exit_classes.is_qualifying_training, false) as is_declared_training,
        contract_types.is_durable,
        contract_types.is_fixed_term,
        contract_types.in_durable_share,
        {{ lasts_at_least('exits.contract_start_date', 'exits.contract_end_date', 'years.durable_job_min_months') }}
            as is_contract_long_enough,
        {{ lasts_at_least('exits.contract_start_date', 'exits.validated_on', 'years.job_validation_months') }}
            as is_job_validated,
        exits.training_end_date <= exits.exit_date as is_training_over,
        {{ lasts_more_than('exits.training_start_date', 'exits.training_end_date', 'years.training_long_months') }}
            as is_training_long,
        {{ lasts_at_least('exits.training_start_date', 'exits.validated_on', 'years.training_validation_months') }}
            as is_training_validated
    from exits
    inner join years on exits.reporting_year = years.reporting_year
    left join exit_reasons on exits.exit_reason = exit_reasons.exit_reason
    left join exit_classes on exit_reasons.exit_class = exit_classes.exit_class
    left join contract_types on exits.contract_type = contract_types.contract_type
),

-- Unknown is not proof: every comparison with a missing date or type falls through to a reason.
final as (
    select
        source_file,
        source_row,
        reporting_year,
        plie_code,
        participant_id,
        parcours_no,
        link_reason,
        exit_date,
        exit_reason,
        contract_type,
        contract_start_date,
        contract_end_date,
        validated_on,
        employer_category,
        naf_section,
        declared_class,
        case
            when is_declared_durable_job
                then case
                    when not coalesce(is_durable, false) then {{ reclassification('contrat_non_durable') }}
                    when contract_start_date is null or (is_fixed_term and contract_end_date is null)
                        then {{ reclassification('dates_manquantes') }}
                    when is_fixed_term and not is_contract_long_enough
                        then {{ reclassification('contrat_trop_court') }}
                    when not coalesce(is_job_validated, false) then {{ reclassification('non_valide') }}
                end
            when is_declared_training
                then case
                    when not coalesce(is_certifying, false) then {{ reclassification('formation_non_certifiante') }}
                    when training_end_date is null then {{ reclassification('dates_manquantes') }}
                    when is_training_over then null
                    when training_start_date is null then {{ reclassification('dates_manquantes') }}
                    when not is_training_long then {{ reclassification('formation_non_achevee') }}
                    when not coalesce(is_training_validated, false) then {{ reclassification('non_valide') }}
                end
        end as reclassification_reason,
        -- D19: open-ended contracts, and fixed-term ones that are long enough; unknown when the type is.
        in_durable_share and (not is_fixed_term or coalesce(is_contract_long_enough, false)) as is_durable_contract
    from declared
)

select * from final
