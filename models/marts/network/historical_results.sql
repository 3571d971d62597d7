-- D61: a method version of their own keeps earlier results apart from ours: nothing here is summed with what rows give.
with results as (select * from {{ ref('int_network__historical_results') }}),

measures as (select * from {{ ref('measures') }}),

-- An indicator has a row for each cut and method; what it is called and counted in is the same.
names as (
    select
        indicator_code,
        min(label_fr) as label_fr,
        min(unit) as unit
    from measures
    where indicator_code is not null
    group by indicator_code
),

final as (
    select
        results.reporting_year,
        results.indicator_code,
        results.cut,
        results.cut_value,
        'printed-1' as method_version,
        results.value,
        results.numerator,
        results.denominator,
        names.unit,
        names.label_fr,
        results.source
    from results
    inner join names using (indicator_code)
)

select * from final
