-- The long table, each part of a figure with the status that it has in its aggregate.
with indicators as (select * from {{ ref('indicators') }}),

definitions as (select * from {{ ref('indicator_definitions') }}),

statuses as (select * from {{ ref('int_disclosure__statuses') }}),

reference_statuses as (select * from {{ ref('publication_statuses') }}),

described as (
    select
        indicators.*,
        definitions.mart,
        definitions.value_column,
        definitions.numerator_column,
        definitions.denominator_column,
        definitions.coverage_numerator_column,
        definitions.coverage_denominator_column
    from indicators
    inner join definitions
        on
            indicators.indicator_code = definitions.indicator_code
            and indicators.cut = definitions.cut
            and indicators.method_version = definitions.method_version
),

found as (
    select
        {%- for part in ['numerator', 'denominator', 'coverage_numerator', 'coverage_denominator'] %}
        {{ part }}_statuses.status as {{ part }}_status,
        {{ part }}_statuses.severity as {{ part }}_severity,
        {%- endfor %}
        described.*,
        value_statuses.status
    from described
    inner join statuses as value_statuses
        on {{ same_cell('described', 'value_statuses') }} and described.value_column = value_statuses.measure
    {%- for part in ['numerator', 'denominator', 'coverage_numerator', 'coverage_denominator'] %}
    left join statuses as {{ part }}_statuses
        on {{ same_cell('described', part ~ '_statuses') }} and described.{{ part }}_column = {{ part }}_statuses.measure
    {%- endfor %}
),

-- The known part of a base gives one of its counts by the other: it follows both.
covered as (
    select
        found.*,
        reference_statuses.status as coverage_status
    from found
    left join reference_statuses
        on greatest(found.coverage_numerator_severity, found.coverage_denominator_severity) = reference_statuses.severity
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
    from covered
    where status <> {{ publication_status('non_diffuse') }}
)

select * from final
