-- D59: what the checks count of the registers and of the survey: comparisons that give a signal, of those that can be made.
with comparisons as (select * from {{ ref('int_quality__network_comparisons') }}),

final as (
    select
        reporting_year,
        supplier_kind as supplier_code,
        source_table,
        'signal' as subject_kind,
        network_signal as subject,
        count(*) filter (where is_signalled) as numerator,
        count(*) as denominator
    from comparisons
    group by reporting_year, supplier_kind, source_table, network_signal
)

select * from final
