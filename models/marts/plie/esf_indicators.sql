{%- set attributes = [
    'is_participant', 'is_unemployed', 'is_long_term', 'is_inactive', 'is_employed', 'is_minor', 'is_young', 'is_older',
    'has_low_level', 'has_middle_level', 'has_high_level', 'is_disabled', 'is_third_country', 'has_foreign_background',
    'is_homeless', 'is_rural', 'left_job_seeking', 'left_in_training', 'left_qualified', 'left_employed', 'later_employed',
    'later_improved',
] -%}
{%- set bases = {
    'participants': 'is_participant',
    'leavers': 'is_leaver',
    'leavers_inactive': 'is_leaver and is_inactive',
    'leavers_not_employed': 'is_leaver and not is_employed',
    'due': 'is_due',
    'due_employed': 'is_due and is_employed',
} -%}
{%- set counts = ['numerator', 'base', 'base_known', 'base_unknown'] -%}
-- D81 to D84: the common indicators of the ESF+, cumulated from the first day of the programme to each cut-off date. Nobody is
-- neutralised (D84). What has no data is not available, and never 0; what lacks a part of it is partial. D85: private.
with participations as (select * from {{ ref('int_plie__esf_participations') }}),

results as (select * from {{ ref('int_plie__esf_results') }}),

stays as (select * from {{ ref('int_plie__esf_stays') }}),

indicators as (select * from {{ ref('esf_indicator_list') }}),

code_lists as (select * from {{ ref('code_lists') }}),

reasons as (select * from {{ ref('esf_availability_reasons') }}),

categories as (select * from {{ ref('esf_region_categories') }}),

plie as (select * from {{ ref('int_plie__register') }}),

territories as (select * from {{ ref('int_plie__territories') }}),

dim_territory as (select * from {{ ref('dim_territory') }}),

persons as (
    select
        participations.*,
        true as is_participant,
        results.participant_id is not null as is_leaver,
        coalesce(results.is_due, false) as is_due,
        results.left_job_seeking,
        results.left_in_training,
        results.left_qualified,
        results.left_employed,
        results.later_employed,
        results.later_improved
    from participations
    left join results using (cutoff_date, plie_code, esf_operation_id, participant_id)
    where participations.is_in_programme
),

with_indicator as (
    select
        persons.cutoff_date,
        persons.plie_code,
        persons.esf_operation_id,
        persons.sex,
        indicators.indicator_code,
        case indicators.base
            {%- for base, condition in bases.items() %}
            when '{{ base }}' then {{ condition }}
            {%- endfor %}
        end as is_concerned,
        case indicators.attribute
            {%- for attribute in attributes %}
            when '{{ attribute }}' then {{ attribute }}
            {%- endfor %}
        end as has_it
    from persons
    cross join indicators
    where indicators.applies
),

counted as (
    select
        cutoff_date,
        plie_code,
        esf_operation_id,
        sex,
        indicator_code,
        {{ count_where('is_concerned and has_it') }} as numerator,
        {{ count_where('is_concerned') }} as base,
        {{ count_where('is_concerned and has_it is not null') }} as base_known,
        {{ count_where('is_concerned is null') }} as base_unknown
    from with_indicator
    group by cutoff_date, plie_code, esf_operation_id, sex, indicator_code
),

counted_by_plie as (
    select
        {%- for count in counts %}
        {{ count_sum(count) }} as {{ count }},
        {%- endfor %}
        cutoff_date,
        plie_code,
        sex,
        indicator_code
    from counted
    group by cutoff_date, plie_code, sex, indicator_code
),

sexes as (
    select code as sex
    from code_lists
    where code_list = 'sex'
    union all
    select {{ unknown_code() }} as sex
),

delivering as (
    select
        programme_period,
        cutoff_date,
        plie_code,
        bool_or(has_operations) as has_operations
    from stays
    group by programme_period, cutoff_date, plie_code
),

operations as (
    select
        programme_period,
        cutoff_date,
        plie_code,
        esf_operation_id
    from persons
    group by programme_period, cutoff_date, plie_code, esf_operation_id
),

-- Nobody of a PLIE that delivers its operations is a count of zero; without operations nothing is known.
by_plie as (
    select
        {%- for count in counts %}
        case when delivering.has_operations then coalesce(counted_by_plie.{{ count }}, 0) end as {{ count }},
        {%- endfor %}
        delivering.programme_period,
        delivering.cutoff_date,
        delivering.plie_code,
        sexes.sex,
        indicators.indicator_code,
        not delivering.has_operations as lacks_operations
    from delivering
    cross join sexes
    cross join indicators
    left join counted_by_plie
        on
            delivering.cutoff_date = counted_by_plie.cutoff_date
            and delivering.plie_code = counted_by_plie.plie_code
            and sexes.sex = counted_by_plie.sex
            and indicators.indicator_code = counted_by_plie.indicator_code
),

by_territory as (
    select
        {%- for count in counts %}
        by_plie.{{ count }},
        {%- endfor %}
        by_plie.programme_period,
        by_plie.cutoff_date,
        by_plie.plie_code,
        by_plie.sex,
        by_plie.indicator_code,
        by_plie.lacks_operations,
        territories.territory_kind,
        territories.territory_code,
        coalesce(categories.region_category, {{ unknown_code() }}) as region_category
    from by_plie
    inner join territories using (plie_code)
    left join plie using (plie_code)
    left join categories
        on
            plie.department_code = categories.department_code
            and {{ in_force('categories', 'by_plie.cutoff_date') }}
    union all
    select
        {%- for count in counts %}
        coalesce(counted.{{ count }}, 0) as {{ count }},
        {%- endfor %}
        operations.programme_period,
        operations.cutoff_date,
        operations.plie_code,
        sexes.sex,
        indicators.indicator_code,
        false as lacks_operations,
        'operation' as territory_kind,
        operations.plie_code || '/' || operations.esf_operation_id as territory_code,
        {{ total_cut() }} as region_category
    from operations
    cross join sexes
    cross join indicators
    left join counted
        on
            operations.cutoff_date = counted.cutoff_date
            and operations.plie_code = counted.plie_code
            and operations.esf_operation_id = counted.esf_operation_id
            and sexes.sex = counted.sex
            and indicators.indicator_code = counted.indicator_code
),

-- A territory that may hold regions of several categories is given by category too.
with_category as (
    select
        {%- for count in counts %}
        {{ count }},
        {%- endfor %}
        programme_period,
        cutoff_date,
        plie_code,
        sex,
        indicator_code,
        lacks_operations,
        territory_kind,
        territory_code,
        {{ total_cut() }} as region_category
    from by_territory
    union all
    select *
    from by_territory
    where territory_kind in ('oi', 'region', 'national')
),

with_sex as (
    select * from with_category
    union all
    select
        {%- for count in counts %}
        {{ count }},
        {%- endfor %}
        programme_period,
        cutoff_date,
        plie_code,
        {{ total_cut() }} as sex,
        indicator_code,
        lacks_operations,
        territory_kind,
        territory_code,
        region_category
    from with_category
),

summed as (
    select
        programme_period,
        cutoff_date,
        territory_kind,
        territory_code,
        region_category,
        indicator_code,
        sex,
        {%- for count in counts %}
        {{ count_sum(count) }} as {{ count }},
        {%- endfor %}
        count(*) filter (where lacks_operations) as plie_without_operations
    from with_sex
    group by programme_period, cutoff_date, territory_kind, territory_code, region_category, indicator_code, sex
),

-- What nobody of either sex has a value of was not delivered.
with_total as (
    select
        summed.*,
        max(case when summed.sex = {{ total_cut() }} then summed.base_known end) over of_indicator as total_known,
        max(case when summed.sex = {{ total_cut() }} then summed.base + summed.base_unknown end) over of_indicator
            as total_concerned
    from summed
    window of_indicator as (
        partition by
            summed.cutoff_date,
            summed.territory_kind,
            summed.territory_code,
            summed.region_category,
            summed.indicator_code
    )
),

with_reason as (
    select
        with_total.*,
        indicators.label_fr,
        indicators.method_version,
        case
            when not indicators.applies then 'sans_objet'
            when with_total.base is null then 'operations_non_livrees'
            when with_total.total_known = 0 and with_total.total_concerned > 0
                then case when indicators.base like 'due%' then 'suivi_non_livre' else 'colonne_non_livree' end
            when with_total.base_known < with_total.base or with_total.base_unknown > 0
                then case when indicators.base like 'due%' then 'echantillon' else 'valeurs_inconnues' end
            when with_total.plie_without_operations > 0 then 'plie_sans_operation'
            else 'complet'
        end as reason_code
    from with_total
    inner join indicators using (indicator_code)
),

final as (
    select
        with_reason.programme_period,
        with_reason.cutoff_date,
        with_reason.territory_kind,
        with_reason.territory_code,
        coalesce(dim_territory.territory_name, with_reason.territory_code) as territory_name,
        with_reason.region_category,
        with_reason.indicator_code,
        with_reason.sex,
        with_reason.method_version,
        with_reason.label_fr,
        case when reasons.is_available then with_reason.numerator end as numerator,
        case when with_reason.reason_code <> 'sans_objet' then with_reason.base end as base,
        case when with_reason.reason_code <> 'sans_objet' then with_reason.base_known end as base_known,
        {{ rate('with_reason.base_known', 'with_reason.base') }} as coverage,
        reasons.availability,
        with_reason.reason_code,
        {{ build_id() }} as build_id
    from with_reason
    inner join reasons using (reason_code)
    left join dim_territory using (territory_kind, territory_code)
)

select * from final
