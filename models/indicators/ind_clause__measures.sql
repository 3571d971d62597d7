-- D61: the figures of the aggregates of the social clause as rows, so that the long table is made from them and cannot disagree.
with clause_hours_etp as (
    {{ measures_as_rows('clause_hours_etp', ['cut', 'cut_value']) }}
),

clause_beneficiary_profile as (
    {{ measures_as_rows('clause_beneficiary_profile', ['profile']) }}
),

clause_facilitator_activity as (
    {{ measures_as_rows('clause_facilitator_activity') }}
),

final as (
    select * from clause_hours_etp
    union all
    select * from clause_beneficiary_profile
    union all
    select * from clause_facilitator_activity
)

select * from final
