-- D59: what of the registers and of the survey is worth a second look, beside its limit. It counts as it is.
with comparisons as (select * from {{ ref('int_quality__network_comparisons') }}),

signals as (select * from {{ ref('network_signal_kinds') }}),

final as (
    select
        comparisons.reporting_year,
        comparisons.supplier_kind,
        comparisons.subject_kind,
        comparisons.subject_code,
        comparisons.network_signal,
        comparisons.measure,
        comparisons.found_value,
        comparisons.limit_value,
        comparisons.source_table,
        signals.rule_id,
        signals.message_fr,
        signals.remedy_fr
    from comparisons
    left join signals using (network_signal)
    where comparisons.is_signalled
)

select * from final
