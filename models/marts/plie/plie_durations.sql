{%- set limits = {
    'short': 'duration_short_months',
    'middle': 'duration_middle_months',
    'long': 'duration_long_months',
} -%}
-- D1G: how long parcours last, from entry to exit, both included: of the exits of the year, all and by class, and of the parcours
-- still open, up to 31 December. A median is of the territory and no sum: it is taken from its parcours.
with parcours as (select * from {{ ref('fct_parcours') }}),

exits as (select * from {{ ref('fct_exits') }}),

exit_classes as (select * from {{ ref('exit_classes') }}),

populations as (select * from {{ ref('populations') }}),

years as (select * from {{ ref('int_plie__years') }}),

dim_territory as (select * from {{ ref('dim_territory') }}),

territories as (select * from {{ ref('int_plie__territories') }}),

with_days as (
    select
        parcours.reporting_year,
        parcours.plie_code,
        case when parcours.is_exit then 'exits' else 'stock' end as population,
        exits.exit_class,
        {{ days_from_to(
            'parcours.entry_date',
            'case when parcours.is_exit then parcours.exit_date else ' ~ last_day_of_year('parcours.reporting_year') ~ ' end'
        ) }} as days_in_parcours
    from parcours
    left join exits using (reporting_year, plie_code, participant_id, parcours_no)
),

-- Each exit twice: among all, and in its class.
with_class as (
    select
        reporting_year,
        plie_code,
        population,
        {{ total_cut() }} as exit_class,
        days_in_parcours
    from with_days
    union all
    select
        reporting_year,
        plie_code,
        population,
        exit_class,
        days_in_parcours
    from with_days
    where exit_class is not null
),

groups as (
    select
        'exits' as population,
        exit_class,
        label_fr as exit_class_label_fr
    from exit_classes
    union all
    select
        population,
        {{ total_cut() }} as exit_class,
        {{ total_label() }} as exit_class_label_fr
    from populations
    where population in ('exits', 'stock')
),

delivered as (
    select distinct
        parcours.reporting_year,
        territories.territory_kind,
        territories.territory_code
    from parcours
    inner join territories using (plie_code)
),

measured as (
    select
        with_class.reporting_year,
        territories.territory_kind,
        territories.territory_code,
        with_class.population,
        with_class.exit_class,
        {%- for length, months in limits.items() %}
        {{ count_where('with_class.days_in_parcours > years.' ~ months ~ ' * years.duration_month_days') }}
            as parcours_above_{{ length }},
        {%- endfor %}
        cast(count(*) as bigint) as parcours,
        {{ count_sum('with_class.days_in_parcours') }} as duration_days,
        cast({{ median_of('with_class.days_in_parcours') }} as decimal(9, 1)) as duration_days_median
    from with_class
    inner join territories using (plie_code)
    inner join years using (reporting_year)
    group by
        with_class.reporting_year,
        territories.territory_kind,
        territories.territory_code,
        with_class.population,
        with_class.exit_class
),

-- No parcours of a class is a count of zero.
with_zeros as (
    select
        delivered.reporting_year,
        delivered.territory_kind,
        delivered.territory_code,
        groups.population,
        groups.exit_class,
        populations.label_fr as population_label_fr,
        groups.exit_class_label_fr,
        coalesce(measured.parcours, 0) as parcours,
        coalesce(measured.duration_days, 0) as duration_days,
        measured.duration_days_median,
        {%- for length in limits %}
        coalesce(measured.parcours_above_{{ length }}, 0) as parcours_above_{{ length }},
        {%- endfor %}
        -- What a number of days is divided by for a mean in months.
        cast(coalesce(measured.parcours, 0) * years.duration_month_days as decimal(14, 4)) as duration_month_days,
        years.duration_month_days as month_days
    from delivered
    cross join groups
    inner join populations on groups.population = populations.population
    inner join years using (reporting_year)
    left join measured
        on
            delivered.reporting_year = measured.reporting_year
            and delivered.territory_kind = measured.territory_kind
            and delivered.territory_code = measured.territory_code
            and groups.population = measured.population
            and groups.exit_class = measured.exit_class
),

final as (
    select
        with_zeros.reporting_year,
        with_zeros.territory_kind,
        with_zeros.territory_code,
        with_zeros.population,
        with_zeros.exit_class,
        with_zeros.population_label_fr,
        with_zeros.exit_class_label_fr,
        with_zeros.parcours,
        with_zeros.duration_days,
        with_zeros.duration_month_days,
        with_zeros.parcours_above_short,
        with_zeros.parcours_above_middle,
        with_zeros.parcours_above_long,
        {{ exact_rate('with_zeros.duration_days', 'with_zeros.duration_month_days') }} as duration_months_mean,
        {{ exact_rate('with_zeros.duration_days_median', 'with_zeros.month_days') }} as duration_months_median,
        {%- for length in limits %}
        {{ rate('with_zeros.parcours_above_' ~ length, 'with_zeros.parcours') }} as share_above_{{ length }},
        {%- endfor %}
        dim_territory.territory_name
    from with_zeros
    left join dim_territory using (territory_kind, territory_code)
)

select * from final
