-- D12: what each accepted exit lacks to be a proven qualifying training, whatever it was declared as. Unknown is not proof.
with exits as (select * from {{ ref('int_plie__exit_links') }}),

years as (select * from {{ ref('int_plie__years') }}),

with_durations as (
    select
        exits.source_file,
        exits.source_row,
        exits.is_certifying,
        exits.training_start_date,
        exits.training_end_date,
        exits.training_end_date <= exits.exit_date as is_training_over,
        {{ lasts_more_than('exits.training_start_date', 'exits.training_end_date', 'years.training_long_months') }}
            as is_training_long,
        {{ lasts_at_least('exits.training_start_date', 'exits.validated_on', 'years.training_validation_months') }}
            as is_training_validated
    from exits
    inner join years using (reporting_year)
),

final as (
    select
        source_file,
        source_row,
        case
            when not coalesce(is_certifying, false) then {{ reclassification('formation_non_certifiante') }}
            when training_end_date is null then {{ reclassification('dates_manquantes') }}
            when is_training_over then null
            when training_start_date is null then {{ reclassification('dates_manquantes') }}
            when not is_training_long then {{ reclassification('formation_non_achevee') }}
            when not coalesce(is_training_validated, false) then {{ reclassification('non_valide') }}
        end as missing_evidence
    from with_durations
)

select * from final
