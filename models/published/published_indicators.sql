-- D60: the long table, each part of a figure with the status that it has in its aggregate.
with indicators as (select * from {{ ref('indicators') }}),

definitions as (select * from {{ ref('measures') }}),

statuses as (select * from {{ ref('int_disclosure__statuses') }}),

reference_statuses as (select * from {{ ref('publication_statuses') }}),

with_measures as (
    select
        indicators.*,
        definitions.mart,
        definitions.measure,
        definitions.numerator as numerator_measure,
        definitions.denominator as denominator_measure,
        definitions.coverage_numerator as coverage_numerator_measure,
        definitions.coverage_denominator as coverage_denominator_measure
    from indicators
    inner join definitions using (indicator_code, cut, method_version)
),

with_statuses as (
    select
        {%- for part in ['numerator', 'denominator', 'coverage_numerator', 'coverage_denominator'] %}
        {{ part }}_statuses.status as {{ part }}_status,
        {{ part }}_statuses.severity as {{ part }}_severity,
        {%- endfor %}
        with_measures.*,
        value_statuses.status
    from with_measures
    inner join statuses as value_statuses
        using (reporting_year, territory_kind, territory_code, mart, cut, cut_value, measure)
    {%- for part in ['numerator', 'denominator', 'coverage_numerator', 'coverage_denominator'] %}
    left join statuses as {{ part }}_statuses
        on {{ same_cell('with_measures', part ~ '_statuses') }} and with_measures.{{ part }}_measure = {{ part }}_statuses.measure
    {%- endfor %}
),

-- The known part of a base gives one of its counts by the other: it follows both.
with_coverage as (
    select
        with_statuses.*,
        reference_statuses.status as coverage_status
    from with_statuses
    left join reference_statuses
        on
            reference_statuses.severity
            = greatest(with_statuses.coverage_numerator_severity, with_statuses.coverage_denominator_severity)
),

final as (
    select
        reporting_year,
        territory_kind,
        territory_code,
        indicator_code,
        cut,
        cut_value,
        method_version,
        case when numerator_status = {{ publication_status('publie') }} then numerator end as numerator,
        case when denominator_status = {{ publication_status('publie') }} then denominator end as denominator,
        case when status = {{ publication_status('publie') }} then value end as value, -- noqa: RF04
        unit,
        case when coverage_status = {{ publication_status('publie') }} then coverage end as coverage,
        build_id,
        label_fr,
        cut_value_label_fr,
        territory_name,
        status,
        numerator_status,
        coalesce(denominator_status, {{ publication_status('non_connu') }}) as denominator_status,
        coalesce(coverage_status, {{ publication_status('non_connu') }}) as coverage_status
    from with_coverage
    where status <> {{ publication_status('non_diffuse') }}
)

select * from final
